"""One undo for everything done to a study: steps of one or several changes, kept over restarts."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any, Generic, TypeVar

from PySide6.QtCore import QObject, Signal

STEPS_KEPT = 500

Thing = TypeVar("Thing")


@dataclass(frozen=True, slots=True)
class Change(Generic[Thing]):
    """A thing of a study before and after; None where it was not there. Both are of one type."""

    before: Thing | None
    after: Thing | None

    @property
    def undone(self) -> Change[Thing]:
        """The change that takes this one back."""
        return Change(self.after, self.before)

    @property
    def sort(self) -> type:
        """The type of what is changed; NoneType for a change of nothing."""
        return type(self.before if self.after is None else self.after)


Changes = tuple[Change[Any], ...]


@dataclass(frozen=True, slots=True)
class Step:
    """Changes that are done and taken back as one. `title` is a verb phrase for menus, `time` is UTC."""

    uid: str
    title: str
    time: datetime
    changes: Changes
    done: bool = True

    @property
    def turned(self) -> Step:
        """The step taken back, or done again."""
        return replace(self, done=not self.done)

    @property
    def to_carry_out(self) -> Changes:
        """What brings the study to where the step says: its changes, or what takes them back, last one first."""
        return self.changes if self.done else tuple(change.undone for change in reversed(self.changes))


Steps = tuple[tuple[Step, ...], tuple[Step, ...]]
"""What was done, oldest first, and what was taken back, the one taken back last at the end."""


@dataclass(frozen=True, slots=True)
class Move:
    """One move of the history, for the store to follow.

    `changes` are those carried out, `steps` by UID the steps that are otherwise
    now; None stands for one that is forgotten.
    """

    changes: Changes
    steps: Mapping[str, Step | None] = field(default_factory=dict)


class History(QObject):
    """What was done, in order, and what was taken back. Every change passes through `do`."""

    changed = Signal()
    """The list, or the place in it, is another."""

    moved = Signal(object)
    """A `Move`, for the store to follow."""

    def __init__(self, parent: QObject | None = None, kept: int = STEPS_KEPT) -> None:
        super().__init__(parent)
        self._kept = kept
        self._carriers: dict[type, Callable[[tuple[Change[Any], ...]], None]] = {}
        self._settle: Callable[[], None] = lambda: None
        self._in_turn: Callable[[Callable[[], None]], None] = lambda act: act()
        self._done: list[Step] = []
        self._undone: list[Step] = []

    def let_carry(self, sort: type[Thing], carry_out: Callable[[tuple[Change[Thing], ...]], None]) -> None:
        """From now on `carry_out` does all changes of one step to things of that type.

        What is named first is done first, forth and back: what others depend on comes before them.
        """
        self._carriers[sort] = carry_out

    def let_settle(self, settle: Callable[[], None], in_turn: Callable[[Callable[[], None]], None]) -> None:
        """What was asked for earlier comes first: `settle` does it before anything is done.

        `in_turn` is given what takes back or does again, to be called once that is done.
        """
        self._settle, self._in_turn = settle, in_turn

    @property
    def next_undo(self) -> Step | None:
        """What `undo` would take back."""
        return self._done[-1] if self._done else None

    @property
    def next_redo(self) -> Step | None:
        """What `redo` would do again."""
        return self._undone[-1] if self._undone else None

    @property
    def titles(self) -> tuple[str, ...]:
        """What was done, oldest first."""
        return tuple(step.title for step in self._done)

    @property
    def listed(self) -> tuple[Step, ...]:
        """All steps, oldest first, those taken back at the end."""
        return (*self._done, *reversed(self._undone))

    @property
    def steps(self) -> Steps:
        """Everything done and taken back, to go on from later."""
        return tuple(self._done), tuple(self._undone)

    def resume(self, steps: Steps) -> None:
        """Go on where another history of the same study was left; nothing is carried out."""
        self._done, self._undone = list(steps[0]), list(steps[1])
        self.changed.emit()

    def do(self, title: str, *changes: Change[Any], onto: str = "") -> str:
        """Carry `changes` out as one step; what was taken back before can no longer be done again.

        `onto` is the UID of a step: where that was the last one done, both become one, of the title it had. Given back
        is the UID of the step, "" where there was no change.
        """
        if not changes:
            return ""
        self._settle()
        step, before, gone = Step(str(uuid.uuid4()), title, datetime.now(UTC), changes), self._done, self._undone
        if before and before[-1].uid == onto:
            *before, last = before
            gone = [*gone, last]
            step = replace(step, title=last.title, changes=_as_one(last.changes, changes))
        too_many = max(len(before) + 1 - self._kept, 0)
        gone = [*gone, *before[:too_many]]
        self._undone, self._done = [], [*before[too_many:], step]
        self._carry_out(step, changes, {old.uid: None for old in gone})
        self.changed.emit()
        return step.uid

    def undo(self) -> None:
        """Take the last step back, in its turn; nothing happens where there is none."""
        self._in_turn(lambda: self._go_to(len(self._done) - 1))

    def redo(self) -> None:
        """Do again what was taken back last, in its turn."""
        self._in_turn(lambda: self._go_to(len(self._done) + 1))

    def go_to(self, count: int) -> None:
        """Take back or do again, in its turn, until the first `count` steps are done; nothing where there are fewer."""
        self._in_turn(lambda: self._go_to(count))

    def _go_to(self, count: int) -> None:
        if not 0 <= count <= len(self._done) + len(self._undone) or count == len(self._done):
            return
        while count != len(self._done):
            source, target = (self._done, self._undone) if count < len(self._done) else (self._undone, self._done)
            target.append(source.pop().turned)
            self._carry_out(target[-1], target[-1].to_carry_out, {})
        self.changed.emit()

    def _carry_out(self, step: Step, changes: Changes, gone: Mapping[str, Step | None]) -> None:
        for sort, carry_out in self._carriers.items():
            if mine := tuple(change for change in changes if change.sort is sort):
                carry_out(mine)
        self.moved.emit(Move(changes, {**gone, step.uid: step}))


def _as_one(earlier: Changes, later: Changes) -> Changes:
    """Both, of the same thing one change from how it was at first to how it became at last."""
    found = list(earlier)
    for change in later:
        same = [place for place, each in enumerate(found) if each.after is not None and each.after == change.before]
        if same:
            found[same[0]] = Change(found[same[0]].before, change.after)
        else:
            found.append(change)
    return tuple(found)
