"""Measuring a screen: a bank card or a ruler is laid on the glass, and a box is drawn to its size."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, QSettings, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QMoveEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QComboBox, QDialog, QDialogButtonBox, QLabel, QPushButton, QVBoxLayout, QWidget

from viewer_app.ui.screen_scale import (
    CARD_CORNER_MM,
    CARD_MM,
    LARGEST_PX_PER_MM,
    RULER_MM,
    SMALLEST_PX_PER_MM,
    ScreenIdentity,
    keep_pixels_per_mm,
    pixels_per_mm,
    proposed_pixels_per_mm,
)
from viewer_app.ui.style import current_palette

_WHAT = (
    "So that real size is real size, Caliper needs to know how large this screen is.\n"
    "Lay the thing chosen below flat on the glass, its left edge on the left edge of the drawing, and pull the right"
    " edge until both are equally wide. Left and Right move it by one pixel, with Shift by ten."
)
_MARGIN_PX = 16.0
_LEAST_WIDTH_PX = 600
_FAR = 10


@dataclass(frozen=True, slots=True)
class Thing:
    """Something of known `width_mm` to lay on the glass; `draw` draws it from a point at so many pixels per mm."""

    title: str
    width_mm: float
    draw: Callable[[QPainter, QPointF, float], None]


def _draw_card(painter: QPainter, at: QPointF, scale: float) -> None:
    corner = CARD_CORNER_MM * scale
    box = QRectF(at.x(), at.y(), CARD_MM[0] * scale, CARD_MM[1] * scale)
    painter.drawRoundedRect(box, corner, corner)


def _draw_ruler(painter: QPainter, at: QPointF, scale: float) -> None:
    painter.drawLine(at, QPointF(at.x() + RULER_MM * scale, at.y()))
    for millimetre in range(int(RULER_MM) + 1):
        length = 28 if millimetre % 10 == 0 else 18 if millimetre % 5 == 0 else 9
        if length < 28 and scale < 2:
            continue  # finer lines would run together
        across = at.x() + millimetre * scale
        painter.drawLine(QPointF(across, at.y()), QPointF(across, at.y() + length))
        if length == 28:
            painter.drawText(QRectF(across - 20, at.y() + 32, 40, 20), Qt.AlignmentFlag.AlignHCenter, str(millimetre))


THINGS = (
    Thing("Bank card, 85.60 mm wide", CARD_MM[0], _draw_card),
    Thing("Ruler, from 0 to 100 mm", RULER_MM, _draw_ruler),
)


class FittingBox(QWidget):
    """A drawing whose width is pulled to that of a thing on the glass."""

    changed = Signal(float)
    """Logical pixels per mm, as the drawing is now."""

    def __init__(self, scale: float, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._thing = THINGS[0]
        self._scale = scale
        self._grip: float | None = None
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.SizeHorCursor)
        self.setAccessibleName("Drawing to be pulled to the size of the thing on the glass")

    @property
    def scale(self) -> float:
        """Logical pixels per mm."""
        return self._scale

    @property
    def right_edge(self) -> float:
        """Where the drawing ends, in logical pixels from the left of this widget."""
        return _MARGIN_PX + self._thing.width_mm * self._scale

    def lay(self, thing: Thing) -> None:
        """Draw another thing at the same scale."""
        self._thing = thing
        self.update()

    def set_scale(self, scale: float) -> None:
        """Draw at `scale`, or at the nearest that a screen may have."""
        self._scale = min(max(scale, SMALLEST_PX_PER_MM), LARGEST_PX_PER_MM)
        self.changed.emit(self._scale)
        self.update()

    def sizeHint(self) -> QSize:
        """Room for every thing, and some to pull."""
        width = round(RULER_MM * self._scale + 4 * _MARGIN_PX)
        return QSize(max(width, _LEAST_WIDTH_PX), round(CARD_MM[1] * self._scale + 2 * _MARGIN_PX))

    def paintEvent(self, event: QPaintEvent) -> None:
        """The thing, and a line at the edge that is pulled."""
        palette = current_palette()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(self.rect(), QColor(palette.viewport))
        # One device pixel wide: what is measured is where the line lies.
        painter.setPen(QPen(QColor(palette.overlay), 0))
        self._thing.draw(painter, QPointF(_MARGIN_PX, _MARGIN_PX), self._scale)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        painter.setPen(QPen(QColor(palette.accent), 0))
        for edge in (_MARGIN_PX, self.right_edge):
            painter.drawLine(QPointF(edge, 0), QPointF(edge, self.height()))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take the edge, from wherever in the drawing."""
        if event.button() == Qt.MouseButton.LeftButton:
            self._grip = event.position().x() - self.right_edge

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """The edge follows the pointer."""
        if self._grip is not None:
            self._pull_to(event.position().x() - self._grip)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let the edge go."""
        self._grip = None

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Left and Right pull by one pixel of the glass, with Shift by ten."""
        steps = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()))
        if steps is None:
            super().keyPressEvent(event)
            return
        far = _FAR if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else 1
        self._pull_to(self.right_edge + steps * far / self.devicePixelRatioF())

    def _pull_to(self, right_edge: float) -> None:
        self.set_scale((right_edge - _MARGIN_PX) / self._thing.width_mm)


class ScreenDialog(QDialog):
    """Measures the screen it stands on; what the user says fits is kept for that screen alone."""

    def __init__(self, settings: QSettings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._settings = settings
        self.setWindowTitle("Size of this screen")
        self.box = FittingBox(self._known())
        self.thing = QComboBox()
        self.told = QLabel()
        self.told.setProperty("role", "secondary")
        self._measured_on = ScreenIdentity.of(self.screen())
        self._arrange()
        self.box.changed.connect(self._tell)
        self._tell(self.box.scale)

    def moveEvent(self, event: QMoveEvent) -> None:
        """On another screen another measure holds."""
        super().moveEvent(event)
        self._follow_screen()

    def accept(self) -> None:
        """Keep what the drawing was pulled to, unless the screen has become another one meanwhile."""
        if self._follow_screen():
            return
        keep_pixels_per_mm(self._settings, self.screen(), self.box.scale)
        super().accept()

    def _follow_screen(self) -> bool:
        """Begin anew on another screen, or with another resolution; False on the same."""
        here = ScreenIdentity.of(self.screen())
        if here == self._measured_on:
            return False
        self._measured_on = here
        self.box.set_scale(self._known())
        return True

    def _known(self) -> float:
        screen = self.screen()
        return pixels_per_mm(self._settings, screen) or proposed_pixels_per_mm(screen)

    def _arrange(self) -> None:
        what = QLabel(_WHAT)
        what.setWordWrap(True)
        self.thing.addItems([thing.title for thing in THINGS])
        self.thing.setAccessibleName("Thing on the glass")
        self.thing.currentIndexChanged.connect(lambda index: self.box.lay(THINGS[index]))
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        fits = QPushButton("It fits")
        buttons.addButton(fits, QDialogButtonBox.ButtonRole.AcceptRole)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        fits.setDefault(True)
        column = QVBoxLayout(self)
        for part in (what, self.thing):
            column.addWidget(part)
        column.addWidget(self.box, 1)
        column.addWidget(self.told)
        column.addWidget(buttons)
        self.box.setFocus()

    def _tell(self, scale: float) -> None:
        self.told.setText(f"{scale:.3f} pixels per mm, {scale * 25.4:.1f} per inch")


def ask_pixels_per_mm(settings: QSettings, parent: QWidget) -> float | None:
    """Let the user measure the screen that `parent` stands on; what is kept, None after a cancel."""
    dialog = ScreenDialog(settings, parent)
    fits, measured = bool(dialog.exec()), dialog.box.scale
    dialog.deleteLater()
    return measured if fits else None
