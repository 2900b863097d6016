"""One undo for everything done to the measurements of a study."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal

from viewer_app.measure.measurement import Record


@dataclass(frozen=True, slots=True)
class Change:
    """A record before and after; None where it was not there. `title` is a verb phrase for menus."""

    title: str
    before: Record | None
    after: Record | None

    @property
    def undone(self) -> Change:
        """The change that takes this one back."""
        return Change(self.title, self.after, self.before)


Steps = tuple[tuple[Change, ...], tuple[Change, ...]]


class History(QObject):
    """What was done, in order, and what was taken back. Every change passes through `do`."""

    changed = Signal()

    def __init__(self, carry_out: Callable[[Change], None], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._carry_out = carry_out
        self._done: list[Change] = []
        self._undone: list[Change] = []

    @property
    def next_undo(self) -> Change | None:
        """What `undo` would take back."""
        return self._done[-1] if self._done else None

    @property
    def next_redo(self) -> Change | None:
        """What `redo` would do again."""
        return self._undone[-1] if self._undone else None

    @property
    def titles(self) -> tuple[str, ...]:
        """What was done, oldest first."""
        return tuple(change.title for change in self._done)

    @property
    def steps(self) -> Steps:
        """Everything done and taken back, to go on from later."""
        return tuple(self._done), tuple(self._undone)

    def resume(self, steps: Steps) -> None:
        """Go on where another history of the same study was left."""
        self._done, self._undone = list(steps[0]), list(steps[1])
        self.changed.emit()

    def do(self, change: Change) -> None:
        """Carry `change` out; what was taken back before can no longer be done again."""
        self._undone.clear()
        self._done.append(change)
        self._carry_out(change)
        self.changed.emit()

    def undo(self) -> None:
        """Take the last change back; nothing happens where there is none."""
        if self._done:
            change = self._done.pop()
            self._undone.append(change)
            self._carry_out(change.undone)
            self.changed.emit()

    def redo(self) -> None:
        """Do again what was taken back last."""
        if self._undone:
            change = self._undone.pop()
            self._done.append(change)
            self._carry_out(change)
            self.changed.emit()
