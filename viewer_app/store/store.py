"""The store of measurements and sittings, as the rest of Caliper sees it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from types import TracebackType
from typing import TypeVar

from peewee import SqliteDatabase

from viewer_app.errors import StoreError, StoreReadOnly
from viewer_app.measure.measurement import Record
from viewer_app.store import batches, calibrations, measurements, sessions, steps, studies
from viewer_app.store.boundary import boundary, retrying
from viewer_app.store.lock import WindowLock
from viewer_app.store.records import (
    Batch,
    KindSummary,
    SavedView,
    StoredCalibration,
    StoredMeasurement,
    StoredStep,
    StoredStudy,
    StudyRecord,
)
from viewer_app.store.rows import stored_of

_Result = TypeVar("_Result")
_CHANGE_FOLDER = "What is on the screen stays there, but it is not saved. Check the rights of its folder."


class Store:
    """An open store; made by `open_store` and `open_store_in_memory`.

    Every method may wait for the disk, so all calls come from one background
    thread, the store lane. Opening, use and closing may happen on different
    threads one after another; calls that overlap wait for each other.

    A method that returns has written its work durably; one that raises has
    written nothing. All errors are of the StoreError family: writing raises
    StoreReadOnly, StoreBusy (after about a second) and StoreConflict, anything
    may raise StoreDamaged.
    """

    def __init__(
        self, database: SqliteDatabase, lock: WindowLock | None, why_not_writable: str, notices: tuple[str, ...]
    ) -> None:
        self._database = database
        self._lock = lock
        self._turn = threading.Lock()
        self._seen: dict[str, int] = {}  # revision of each measurement as this window last saw it
        self._why_not_writable = why_not_writable
        self._notices = notices

    @property
    def writable(self) -> bool:
        """False where measurements can be read but not saved."""
        return not self._why_not_writable

    @property
    def forgets(self) -> bool:
        """True for a store in memory: what is written is gone when it is closed."""
        return str(self._database.database) == ":memory:"

    @property
    def why_not_writable(self) -> str:
        """A sentence; "" for a store that can be written."""
        return self._why_not_writable

    @property
    def notices(self) -> tuple[str, ...]:
        """What a person must be told about the opening: repairs, restored backups, work that is not saved."""
        return self._notices

    @property
    def shared_with_other_window(self) -> bool:
        """True while another window was first on this store. Both may read and write."""
        return self._lock is not None and self._lock.taken_by_other()

    def remember_study(self, study: StudyRecord) -> int:
        """Insert the study or refresh what is known of it and when it was used; its id in this store."""
        return self._write(lambda database: studies.remember(database, study))

    def studies(self, limit: int = 100) -> tuple[StoredStudy, ...]:
        """The studies used last, newest first."""
        return self._read(lambda database: studies.latest(database, limit))

    def add(self, study_id: int, record: Record, session_id: int | None = None) -> StoredMeasurement:
        """Store a new measurement, counted in the sitting if one is named.

        Adding the very same record again is no error. StoreConflict when the
        measurement is there already, but another; StoreError for a number that is not finite.
        """

        def work(database: SqliteDatabase) -> StoredMeasurement:
            if session_id is not None:
                sessions.count_measurements(database, session_id, 1)
            return stored_of(measurements.add(database, study_id, record))

        return self._note(self._write(work))

    def get(self, uid: str) -> StoredMeasurement | None:
        """The measurement of that UID, flagged if it is damaged; None when there is none."""
        stored = self._read(lambda database: measurements.get(database, uid))
        return None if stored is None else self._note(stored)

    def list(self, study_id: int) -> tuple[StoredMeasurement, ...]:
        """All measurements of a study, oldest first, damaged ones flagged."""
        found = self._read(lambda database: measurements.of_study(database, study_id))
        return tuple(self._note(stored) for stored in found)

    def update(self, study_id: int, record: Record) -> StoredMeasurement:
        """Replace a measurement. StoreConflict when another window changed it since this one last read or wrote it."""
        seen = self._seen.get(record.measurement.uid)
        row = self._write(lambda database: measurements.update(database, study_id, record, seen))
        return self._note(stored_of(row))

    def delete(self, uid: str) -> None:
        """Remove a measurement for good (`add` brings it back); StoreConflict as in `update`."""
        seen = self._seen.get(uid)
        self._write(lambda database: measurements.delete(database, uid, seen))
        self._seen.pop(uid, None)

    def carry(self, batch: Batch) -> Mapping[str, StoreError]:
        """Bring measurements, calibrations and history of a study up to `batch` in one transaction.

        What is left as it is because it may not be written is returned by UID, with the
        StoreConflict or other error that `add`, `update` or `delete` would raise.
        """
        outcome = self._write(lambda database: batches.carry(database, batch, self._seen))
        self._seen.update(outcome.written)
        for uid in outcome.deleted:
            self._seen.pop(uid, None)
        return outcome.refused

    def steps(self, study_id: int) -> tuple[StoredStep, ...]:
        """The history of a study, oldest first; damaged steps and those before them are left out."""
        return self._read(lambda database: steps.of_study(database, study_id))

    def calibrations(self, study_id: int) -> tuple[StoredCalibration, ...]:
        """All calibrations of a study, oldest first, damaged ones without their content."""
        return self._read(lambda database: calibrations.of_study(database, study_id))

    def summary(self, study_id: int) -> tuple[KindSummary, ...]:
        """Count, minimum, maximum and mean of the study's main values by kind and unit."""
        return measurements.summary(self._read(lambda database: measurements.of_study(database, study_id)))

    def start_session(self, study_id: int, author: str) -> int:
        """Begin a sitting at a study; its id in this store."""
        return self._write(lambda database: sessions.start(database, study_id, author))

    def save_view(self, session_id: int, view: SavedView) -> None:
        """Remember how the study is looked at now."""
        self._write(lambda database: sessions.save_view(database, session_id, view))

    def count_export(self, session_id: int) -> None:
        """Note that a report was written in this sitting."""
        self._write(lambda database: sessions.count_export(database, session_id))

    def end_session(self, session_id: int) -> None:
        """End a sitting."""
        self._write(lambda database: sessions.end(database, session_id))

    def last_view(self, study_id: int) -> SavedView | None:
        """How the study was looked at in its latest sitting; None when nothing usable was saved."""
        return self._read(lambda database: sessions.last_view(database, study_id))

    def close(self) -> None:
        """Let go of the file and the lock. A second call does nothing; any other raises StoreError."""
        with self._turn, boundary():
            try:
                self._database.close()
            finally:
                if self._lock is not None:
                    self._lock.release()
                    self._lock = None

    def __enter__(self) -> Store:
        """The store itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close."""
        self.close()

    def _write(self, work: Callable[[SqliteDatabase], _Result]) -> _Result:
        if self._why_not_writable:
            raise StoreReadOnly(self._why_not_writable, _CHANGE_FOLDER)

        def transaction() -> _Result:
            with boundary(), self._database.atomic("IMMEDIATE"):
                return work(self._database)

        with self._turn:
            self._refuse_closed()
            return retrying(transaction)

    def _read(self, work: Callable[[SqliteDatabase], _Result]) -> _Result:
        def once() -> _Result:
            with boundary():
                return work(self._database)

        with self._turn:
            self._refuse_closed()
            return retrying(once)

    def _refuse_closed(self) -> None:
        if self._database.is_closed():
            raise StoreError("The store of measurements is closed.", "Start Caliper again.")

    def _note(self, stored: StoredMeasurement) -> StoredMeasurement:
        self._seen[stored.uid] = stored.revision
        return stored
