"""Bringing the store up to what is on the screen, and saying whether it is."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

from PySide6.QtCore import QObject, Signal

from viewer_app.errors import CaliperError, StoreConflict, StoreError
from viewer_app.imaging.study import Study
from viewer_app.measure.measurement import Record
from viewer_app.measure.user_calibration import UserCalibration
from viewer_app.progress import Watch
from viewer_app.session.history import Change, Move, Step
from viewer_app.session.kept_steps import stored_step
from viewer_app.store import Batch, Store, StoredStep
from viewer_app.tasks import Lane, Tasks

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Wishes:
    """What is to be in the store, by UID; None for what is to be gone."""

    records: dict[str, Record | None] = field(default_factory=dict)
    steps: dict[str, Step | None] = field(default_factory=dict)
    calibrations: dict[str, UserCalibration | None] = field(default_factory=dict)

    def __or__(self, later: Wishes) -> Wishes:
        """Both; of the same thing the later wish."""
        return Wishes(self.records | later.records, self.steps | later.steps, self.calibrations | later.calibrations)

    def without(self, met: Wishes) -> Wishes:
        """What was not met, or is wished otherwise by now."""
        return Wishes(
            _unmet(self.records, met.records),
            _unmet(self.steps, met.steps),
            _unmet(self.calibrations, met.calibrations),
        )


class Saver(QObject):
    """Saves each change of one study at once, in the background; what could not be saved is kept for `retry`.

    Each move of the history queues one write, and a write takes all wishes at the moment
    it is made, in one transaction. So all of it is written even when the window closes at
    once, and no step is ever half stored.
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
        self._wanted = Wishes()
        self._contested: set[str] = set()
        self._writes = 0
        self.error: CaliperError | None = None

    @property
    def waiting(self) -> int:
        """How many measurements and calibrations are not yet as they should be in the store."""
        with self._lock:
            return len(self._wanted.records) + len(self._wanted.calibrations)

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

    def save(self, move: Move) -> None:
        """Bring the store up to what the history did: all of the move, or nothing of it."""
        wishes = Wishes(steps=dict(move.steps))
        for change in move.changes:
            _wish(wishes, change)
        with self._lock:
            self._wanted |= wishes
        self._queue()
        self.changed.emit()

    def retry(self) -> None:
        """Try again what could not be saved."""
        if not self.ready:
            return
        self.error = None
        self._queue()
        self.changed.emit()

    def take_wishes(self) -> Wishes:
        """Hand over what is not saved.

        What another window changed in the meantime stays as that window left it;
        what was drawn here comes beside it, as a measurement of its own.
        """
        with self._lock:
            wishes, self._wanted = self._wanted, Wishes()
            contested, self._contested = self._contested, set()
        self.error = None
        kept = {uid: record for uid, record in wishes.records.items() if uid not in contested}
        ours = (record for uid, record in wishes.records.items() if uid in contested and record is not None)
        copies = ((copy.measurement.uid, copy) for copy in map(_as_another, ours))
        return replace(wishes, records={**kept, **dict(copies)})

    def adopt(self, wishes: Wishes, outdated: Iterable[str] = ()) -> None:
        """Take over what another saver of the study could not save, for the next `begin` or `retry`.

        Steps that are `outdated` are forgotten, if anything can be written at all.
        """
        forgotten = dict.fromkeys(outdated) if self._store.writable else {}
        with self._lock:
            self._wanted |= wishes | Wishes(steps=forgotten)

    def fail(self, error: CaliperError) -> None:
        """Tell why nothing is saved at the moment."""
        self.error = error
        self.changed.emit()

    def _queue(self) -> None:
        study_id = self._study_id
        if study_id is None:
            return
        self._writes += 1
        self._tasks.run(
            Lane.STORE,
            lambda watch: self._write(watch, study_id),
            done=lambda _: self._answered(None),
            failed=self._answered,
            must_finish=True,
        )

    def _write(self, watch: Watch, study_id: int) -> None:
        """On the store lane, which does one thing after the other."""
        with self._lock:
            wanted, known = self._wanted, frozenset(self._stored)
        if wanted == Wishes():
            return
        steps, unkept = _to_store(wanted.steps)
        batch = Batch(study_id, wanted.records, steps, known, self._session_id, wanted.calibrations)
        refused = self._store.carry(batch)
        refused = {**refused, **unkept}
        self._note(wanted, refused)
        for error in refused.values():
            raise error

    def _note(self, wanted: Wishes, refused: Mapping[str, StoreError]) -> None:
        """Of what was `wanted` all is stored now but what was refused."""
        records = {uid: record for uid, record in wanted.records.items() if uid not in refused}
        with self._lock:
            self._contested -= records.keys()
            self._contested |= {uid for uid, error in refused.items() if isinstance(error, StoreConflict)}
            self._stored -= records.keys()
            self._stored |= {uid for uid, record in records.items() if record is not None}
            steps = {uid: step for uid, step in wanted.steps.items() if uid not in refused}
            self._wanted = self._wanted.without(Wishes(records, steps, wanted.calibrations))

    def _answered(self, error: CaliperError | None) -> None:
        self._writes -= 1
        if error is not None:
            self.error = error
        elif not self.waiting:
            self.error = None
        self.changed.emit()


def _wish(wishes: Wishes, change: Change[Any]) -> None:
    """Add what a change wishes."""
    thing = change.before if change.after is None else change.after
    if isinstance(thing, Record):
        wishes.records[thing.measurement.uid] = change.after
    elif isinstance(thing, UserCalibration):
        wishes.calibrations[thing.uid] = change.after


def _to_store(steps: Mapping[str, Step | None]) -> tuple[dict[str, StoredStep | None], dict[str, StoreError]]:
    """The steps as the store keeps them, and why some cannot be kept."""
    found: dict[str, StoredStep | None] = {}
    refused: dict[str, StoreError] = {}
    for uid, step in steps.items():
        try:
            found[uid] = None if step is None else stored_step(step)
        except StoreError as error:
            refused[uid] = error
    return found, refused


def _unmet(wished: dict[str, T], met: dict[str, T]) -> dict[str, T]:
    return {uid: wish for uid, wish in wished.items() if uid not in met or met[uid] is not wish}


def _as_another(record: Record) -> Record:
    return replace(record, measurement=replace(record.measurement, uid=str(uuid.uuid4())))
