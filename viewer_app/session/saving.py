"""Bringing the store up to what is on the screen, and saying whether it is."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import replace

from PySide6.QtCore import QObject, Signal

from viewer_app.errors import CaliperError, StoreConflict
from viewer_app.imaging.study import Study
from viewer_app.measure.measurement import Record
from viewer_app.progress import Watch
from viewer_app.session.history import Change
from viewer_app.store import Store
from viewer_app.tasks import Lane, Tasks


class Saver(QObject):
    """Saves each change of one study at once, in the background; what could not be saved is kept for `retry`.

    Each change queues one write, and a write takes the newest wish at the moment
    it is made. So all of it is written even when the window closes at once.
    """

    changed = Signal()

    def __init__(self, tasks: Tasks, store: Store, study: Study, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.study = study
        self._tasks = tasks
        self._store = store
        self._study_id: int | None = None
        self._session_id: int | None = None
        self._lock = threading.Lock()
        self._stored: set[str] = set()
        self._wanted: dict[str, Record | None] = {}
        self._contested: set[str] = set()
        self._writes = 0
        self.error: CaliperError | None = None

    @property
    def waiting(self) -> int:
        """How many measurements are not yet as they should be in the store."""
        with self._lock:
            return len(self._wanted)

    @property
    def idle(self) -> bool:
        """True while no write is under way; what failed still waits then."""
        return self._writes == 0

    @property
    def ready(self) -> bool:
        """True once the store has answered what it knows of the study."""
        return self._study_id is not None

    def begin(self, study_id: int, session_id: int | None, stored: Iterable[str]) -> None:
        """The store knows the study, and holds measurements of these UIDs: from now on changes are written."""
        self._study_id, self._session_id = study_id, session_id
        with self._lock:
            self._stored.update(stored)
        self.retry()

    def save(self, change: Change) -> None:
        """Bring the store up to `change.after`."""
        record = change.after or change.before
        assert record is not None
        with self._lock:
            self._wanted[record.measurement.uid] = change.after
        self._queue(record.measurement.uid)
        self.changed.emit()

    def retry(self) -> None:
        """Try again what could not be saved."""
        if not self.ready:
            return
        self.error = None
        with self._lock:
            uids = tuple(self._wanted)
        for uid in uids:
            self._queue(uid)
        self.changed.emit()

    def take_wishes(self) -> dict[str, Record | None]:
        """Hand over what is not saved; None stands for what is to be deleted.

        What another window changed in the meantime stays as that window left it;
        what was drawn here comes beside it, as a measurement of its own.
        """
        with self._lock:
            wishes, self._wanted = self._wanted, {}
            contested, self._contested = self._contested, set()
        self.error = None
        kept = {uid: record for uid, record in wishes.items() if uid not in contested}
        ours = (record for uid, record in wishes.items() if uid in contested and record is not None)
        return kept | {copy.measurement.uid: copy for copy in map(_as_another, ours)}

    def adopt(self, wishes: Mapping[str, Record | None]) -> None:
        """Take over what another saver of the study could not save, for the next `begin` or `retry`."""
        with self._lock:
            self._wanted.update(wishes)

    def fail(self, error: CaliperError) -> None:
        """Tell why nothing is saved at the moment."""
        self.error = error
        self.changed.emit()

    def _queue(self, uid: str) -> None:
        study_id = self._study_id
        if study_id is None:
            return
        self._writes += 1
        self._tasks.run(
            Lane.STORE,
            lambda watch: self._write(watch, study_id, uid),
            done=lambda _: self._answered(None),
            failed=self._answered,
            must_finish=True,
        )

    def _write(self, watch: Watch, study_id: int, uid: str) -> None:
        """On the store lane, which does one thing after the other."""
        with self._lock:
            if uid not in self._wanted:
                return
            wanted, known = self._wanted[uid], uid in self._stored
        try:
            self._bring(study_id, uid, wanted, known=known)
        except StoreConflict:
            with self._lock:
                self._contested.add(uid)
            raise
        with self._lock:
            self._contested.discard(uid)
            (self._stored.discard if wanted is None else self._stored.add)(uid)
            if self._wanted.get(uid, ...) is wanted:
                del self._wanted[uid]

    def _bring(self, study_id: int, uid: str, wanted: Record | None, *, known: bool) -> None:
        if wanted is not None and known:
            self._store.update(study_id, wanted)
        elif wanted is not None:
            self._store.add(study_id, wanted, self._session_id)
        elif known:
            self._store.delete(uid)

    def _answered(self, error: CaliperError | None) -> None:
        self._writes -= 1
        if error is not None:
            self.error = error
        elif not self.waiting:
            self.error = None
        self.changed.emit()


def _as_another(record: Record) -> Record:
    return replace(record, measurement=replace(record.measurement, uid=str(uuid.uuid4())))
