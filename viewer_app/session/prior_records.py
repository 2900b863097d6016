"""What the store knows of the studies that lie beside the one on show; they are read, never entered."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from viewer_app.imaging.stacks import Stack
from viewer_app.imaging.study import Study
from viewer_app.measure.measurement import Figure, Reconstruction, Record, Reference
from viewer_app.session.finding import stack_in, stacks_of
from viewer_app.session.remembering import known_ids
from viewer_app.store import Store
from viewer_app.tasks import Lane, Task, Tasks

if TYPE_CHECKING:
    from viewer_app.session.study import OpenStudy


@dataclass(frozen=True, slots=True)
class PriorRecords:
    """The measurements of one prior, oldest first, and the UIDs of those in doubt."""

    study: Study
    records: tuple[Record, ...]
    doubtful: frozenset[str]


def prior_records(store: Store, studies: Iterable[Study]) -> tuple[PriorRecords, ...]:
    """The stored measurements of those of `studies` that have some; for the store lane.

    Raises an error of the StoreError family.
    """
    found = []
    for study, study_id in known_ids(store, studies):
        stored = store.list(study_id)
        records = tuple(item.record for item in stored if item.record is not None)
        if records:
            found.append(PriorRecords(study, records, frozenset(item.uid for item in stored if item.doubt)))
    return tuple(found)


class PriorMarks(QObject):
    """The stored marks of the priors of an opened study. They are looked at; none is ever changed from here.

    A mark belongs to its study, not to a Series UID: where studies share one, each shows its own (C40).
    """

    changed = Signal()
    """The store has told them."""

    pointed_out = Signal()
    """`pointed` is another."""

    def __init__(self, opened: OpenStudy) -> None:
        super().__init__(opened)
        self._opened = opened
        self._stacks: dict[tuple[str, Reference | Reconstruction], Stack | None] = {}
        self._by_uid: dict[str, tuple[Study, Record]] = {}
        self._asked: Task[tuple[PriorRecords, ...]] | None = None
        self.all: tuple[PriorRecords, ...] = ()
        self.pointed = ""
        """UID of the one that was gone to last, "" for none."""

    def ask(self, tasks: Tasks, store: Store) -> None:
        """Have the store tell them; what is being written is written before."""
        studies = {id(study): study for _, study in self._opened.within_reach}
        priors = tuple(study for study in studies.values() if study is not self._opened.study)
        if priors:
            self._asked = tasks.run(
                Lane.STORE,
                lambda watch: prior_records(store, priors),
                done=self._take,
                failed=self._opened.failed.emit,
            )

    def close(self) -> None:
        """Wait for no answer any more."""
        if self._asked is not None:
            self._asked.cancel()

    def get(self, uid: str) -> tuple[Study, Record] | None:
        """A measurement and the prior it belongs to; None for one of no prior."""
        return self._by_uid.get(uid)

    def of(self, study: Study) -> tuple[Record, ...]:
        """The measurements of a prior, oldest first."""
        return next((each.records for each in self.all if each.study is study), ())

    def stack(self, study: Study, figure: Figure) -> Stack | None:
        """The stack of the prior that a figure was drawn on, or on a plane of which; None where it is not there."""
        drawn_on = figure.reconstruction or figure.reference
        if drawn_on is None:
            return None
        key = study.info.study_uid, drawn_on
        if key not in self._stacks:
            self._stacks[key] = stack_in(stacks_of(self._opened, study), drawn_on)
        return self._stacks[key]

    def point_out(self, uid: str) -> None:
        """Let one be seen before the others."""
        if uid != self.pointed:
            self.pointed = uid
            self.pointed_out.emit()

    def _take(self, found: tuple[PriorRecords, ...]) -> None:
        self.all = found
        self._by_uid = {record.measurement.uid: (each.study, record) for each in found for record in each.records}
        self.changed.emit()
