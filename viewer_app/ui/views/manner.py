"""What all viewports have in common: the tool on the left button, the selected mark, what is written over images."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from viewer_app.ui.tools.hand import Hand
from viewer_app.ui.tools.navigate import window
from viewer_app.ui.tools.pointer import Tool
from viewer_app.ui.views.corner_text import Density
from viewer_app.ui.views.moving import Moving


class Manner(QObject):
    """Owned by the window; `update` changes it and has the viewports painted anew."""

    changed = Signal()
    """Something that is seen has changed."""

    selected_changed = Signal(str)
    """UID of the selected measurement, "" for none."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.left_tool: Tool = window
        self.hand = Hand(self)
        self.selected_changed.connect(self.hand.follow)
        self.moving = Moving(self)
        self.takes_double_click = True
        self.density = Density.FULL
        self.patient_hidden = False
        self.drawings_shown = True
        self.crosshair_shown = True
        self.lines_shown = False
        self.advanced = False
        self.selected = ""
        self.pixels_per_mm: float | None = None
        """Logical pixels per mm on the glass of the screen; None where it was never measured."""

    def update(
        self,
        *,
        density: Density | None = None,
        patient_hidden: bool | None = None,
        drawings_shown: bool | None = None,
        crosshair_shown: bool | None = None,
        lines_shown: bool | None = None,
        advanced: bool | None = None,
    ) -> None:
        """Change what is given."""
        self.density = self.density if density is None else density
        self.patient_hidden = self.patient_hidden if patient_hidden is None else patient_hidden
        self.drawings_shown = self.drawings_shown if drawings_shown is None else drawings_shown
        self.crosshair_shown = self.crosshair_shown if crosshair_shown is None else crosshair_shown
        self.lines_shown = self.lines_shown if lines_shown is None else lines_shown
        self.advanced = self.advanced if advanced is None else advanced
        self.changed.emit()

    def measured_on_screen(self, pixels_per_mm: float | None) -> None:
        """Another screen, or the same one measured anew."""
        self.pixels_per_mm = pixels_per_mm
        self.changed.emit()

    def select(self, uid: str) -> None:
        """Select a measurement; "" selects none."""
        if uid != self.selected:
            self.selected = uid
            self.selected_changed.emit(uid)
            self.changed.emit()
