"""What all viewports have in common: the tool on the left button, the selected marks, what is written over images."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QObject, Signal

from viewer_app.imaging.geometry import Vector
from viewer_app.measure.coloring import ColorBy
from viewer_app.measure.measurement import Measurement
from viewer_app.ui.tools.brush import Brush
from viewer_app.ui.tools.hand import Hand
from viewer_app.ui.tools.navigate import window
from viewer_app.ui.tools.pointer import Tool
from viewer_app.ui.views.corner_text import Density
from viewer_app.ui.views.moving import NOTCHES_FOLLOW_MS, Moving
from viewer_app.ui.views.text_size import TextSize


class Manner(QObject):
    """Owned by the window; `update` changes it and has the viewports painted anew."""

    changed = Signal()
    """Something that is seen has changed."""

    selected_changed = Signal(str)
    """UID of the current one of the selected measurements, "" for none; `selected` has them all."""

    lying_wanted = Signal()
    """The user wants to say how far from its plane a mark is shown."""

    taken = Signal(object)
    """The `Record` that is drawn or moved just now, as it would become; None where that is over."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.left_tool: Tool = window
        self.hand = Hand(self)
        self.selected_changed.connect(self.hand.follow)
        self.moving = Moving(self)
        self.zooming = Moving(self, NOTCHES_FOLLOW_MS)
        """By the wheel, whose picture is sharp at every notch: only labels wait for its rest."""
        self.brush = Brush(self)
        self.takes_double_click = True
        self.density = Density.FULL
        self.patient_hidden = False
        self.drawings_shown = True
        self.crosshair_shown = True
        self.lines_shown = False
        self.advanced = False
        self.margins_shown = True
        self.text_size = TextSize.NORMAL
        self.marks_hidden = False
        self.color_by = ColorBy.NOTHING
        self.selected: frozenset[str] = frozenset()
        """UIDs of the selected measurements."""
        self.current = ""
        """The one of them that was selected last, "" for none."""
        self.pointed: tuple[Measurement, Vector] | None = None
        """The place of a measurement that its plot points at, a patient point."""
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
        margins_shown: bool | None = None,
        marks_hidden: bool | None = None,
        color_by: ColorBy | None = None,
        text_size: TextSize | None = None,
    ) -> None:
        """Change what is given. Marks that are hidden are not selected: nothing is done to what is not seen."""
        self.density = self.density if density is None else density
        self.patient_hidden = self.patient_hidden if patient_hidden is None else patient_hidden
        self.drawings_shown = self.drawings_shown if drawings_shown is None else drawings_shown
        self.crosshair_shown = self.crosshair_shown if crosshair_shown is None else crosshair_shown
        self.lines_shown = self.lines_shown if lines_shown is None else lines_shown
        self.advanced = self.advanced if advanced is None else advanced
        self.margins_shown = self.margins_shown if margins_shown is None else margins_shown
        self.color_by = self.color_by if color_by is None else color_by
        self.text_size = self.text_size if text_size is None else text_size
        self.marks_hidden = self.marks_hidden if marks_hidden is None else marks_hidden
        if self.marks_hidden:
            self.select("")
        self.changed.emit()

    def measured_on_screen(self, pixels_per_mm: float | None) -> None:
        """Another screen, or the same one measured anew."""
        self.pixels_per_mm = pixels_per_mm
        self.changed.emit()

    def point_at(self, measurement: Measurement | None, point: Vector | None = None) -> None:
        """Mark a place of a measurement where it is shown; None takes the mark away."""
        pointed = None if measurement is None or point is None else (measurement, point)
        if pointed != self.pointed:
            self.pointed = pointed
            self.changed.emit()

    def select(self, uid: str) -> None:
        """Select one measurement alone; "" selects none."""
        self.select_many((uid,) if uid else ())

    def select_many(self, uids: Iterable[str]) -> None:
        """Select these measurements and no other; the last one is the current one. They are shown from then on."""
        found = tuple(uids)
        chosen, current = frozenset(found), found[-1] if found else ""
        if (chosen, current) != (self.selected, self.current) or (found and self.marks_hidden):
            self.selected, self.current = chosen, current
            self.marks_hidden = self.marks_hidden and not found
            self.selected_changed.emit(current)
            self.changed.emit()

    def toggle(self, uid: str) -> None:
        """Select one more measurement, or one less; of those that stay, any is the current one."""
        others = sorted(self.selected - {uid})
        self.select_many(others if uid in self.selected else (*others, uid))
