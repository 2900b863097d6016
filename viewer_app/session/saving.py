"""Bringing the store up to what is on the screen, and saying whether it is."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QObject, Signal

from viewer_app.errors import CaliperError
from viewer_app.measure.measurement import Record
from viewer_app.progress import Watch
from viewer_app.session.history import Change
from viewer_app.store import Store
from viewer_app.tasks import Lane, Tasks


class Saver(QObject):
    """Saves each change at once, in the background; what could not be saved is kept for `retry`."""

    changed = Signal()

    def __init__(self, tasks: Tasks, store: Store, study_id: int, session_id: int | None, parent: QObject) -> None:
        super().__init__(parent)
        self._tasks = tasks
        self._store = store
        self._study_id = study_id
        self._session_id = session_id
        self._stored: set[str] = set()
        self._wanted: dict[str, Record | None] = {}
        self._under_way: set[str] = set()
        self.error: CaliperError | None = None

    @property
    def waiting(self) -> int:
        """How many measurements are not yet as they should be in the store."""
        return len(self._wanted)

    def stored(self, uids: Iterable[str]) -> None:
        """Tell which measurements the store holds already."""
        self._stored.update(uids)

    def save(self, change: Change) -> None:
        """Bring the store up to `change.after`."""
        record = change.after or change.before
        assert record is not None
        self._wanted[record.measurement.uid] = change.after
        self._next(record.measurement.uid)
        self.changed.emit()

    def retry(self) -> None:
        """Try again what could not be saved."""
        self.error = None
        for uid in tuple(self._wanted):
            self._next(uid)
        self.changed.emit()

    def _next(self, uid: str) -> None:
        """One write at a time for each measurement, always towards the newest wish."""
        if uid in self._under_way:
            return
        wanted = self._wanted[uid]
        known = uid in self._stored
        self._under_way.add(uid)
        self._tasks.run(
            Lane.STORE,
            lambda watch: self._write(watch, uid, wanted, known),
            done=lambda _: self._saved(uid, wanted),
            failed=lambda error: self._failed(uid, error),
            must_finish=True,
        )

    def _write(self, watch: Watch, uid: str, wanted: Record | None, known: bool) -> None:
        if wanted is None:
            if known:
                self._store.delete(uid)
        elif known:
            self._store.update(self._study_id, wanted)
        else:
            self._store.add(self._study_id, wanted, self._session_id)

    def _saved(self, uid: str, written: Record | None) -> None:
        self._under_way.discard(uid)
        if written is None:
            self._stored.discard(uid)
        else:
            self._stored.add(uid)
        if self._wanted.get(uid) is written:
            del self._wanted[uid]
        else:
            self._next(uid)
        if not self._wanted:
            self.error = None
        self.changed.emit()

    def _failed(self, uid: str, error: CaliperError) -> None:
        self._under_way.discard(uid)
        self.error = error
        self.changed.emit()
