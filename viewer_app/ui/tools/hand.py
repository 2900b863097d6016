"""What the hand is doing, for all viewports: what it holds, what it draws, and how it places points."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal

from viewer_app.imaging.geometry import Vector
from viewer_app.measure.measurement import Measurement
from viewer_app.ui.views.marks import Hit


@dataclass(frozen=True, slots=True)
class Drawing:
    """A drawing under way: its kind, and how many points are placed."""

    kind: str
    placed: int


@dataclass(frozen=True, slots=True)
class Aid:
    """Patient points of a line that is no measurement yet, and a place that was found, with words."""

    line: tuple[Vector, ...] = ()
    spot: Vector | None = None
    words: str = ""


class Hand(QObject):
    """Owned by the manner of the viewports.

    `tool` is the kind the left button draws, "" for none; `drawing` a gesture that waits for points; `pending` a
    measurement whose further points may be placed on other planes; `held` what was taken by a click, for keys to
    move. `snaps` and `shows_lens` are switches.
    """

    changed = Signal()
    """Something of it is another."""

    writing_wanted = Signal(str)
    """UID of a mark that waits for its words."""

    joining = Signal(str, str, str)
    """UIDs of a volume of contours, of an outline that was drawn while it was selected, and of the step of that."""

    settling = Signal()
    """A burst of keys is over: what they move next is another step of the history."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.snaps = False
        self.shows_lens = False
        self.tool = ""
        self.drawing: Drawing | None = None
        self.pending: Measurement | None = None
        self.held: Hit | None = None

    def take(self, tool: str) -> None:
        """Another tool is on the left button."""
        self.tool = tool
        self.drop()

    def hold(self, hit: Hit | None) -> None:
        """Take what a click took; None lets go."""
        if hit != self.held:
            self.settling.emit()
            self.held = hit
            self.changed.emit()

    def keep(self, pending: Measurement | None) -> None:
        """Keep what has points to come, wherever these are."""
        self.pending = pending
        self.changed.emit()

    def drop(self) -> bool:
        """Give up what has points to come; False where there was nothing."""
        had, self.pending = self.pending is not None, None
        self.changed.emit()
        return had

    def follow(self, selected: str) -> None:
        """Another mark is selected: only that can be held."""
        if self.held is not None and self.held.uid != selected:
            self.hold(None)

    def toggle_snap(self) -> None:
        """Place points on edges, or where the pointer is."""
        self.snaps = not self.snaps
        self.changed.emit()

    def toggle_lens(self) -> None:
        """Show the lens while points are placed, or not."""
        self.shows_lens = not self.shows_lens
        self.changed.emit()
