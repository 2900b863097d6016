"""A slider over frames with two marks beneath it: from where to where a cine plays."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSignalBlocker, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPalette, QPolygonF
from PySide6.QtWidgets import QAbstractSlider, QWidget

from viewer_app.ui import style
from viewer_app.ui.widgets.plain import tool_tip

_HEIGHT, _EDGE, _RADIUS = 26, 8, 6  # px
_LINE_Y = 10
_MARK_TOP, _MARK = 16, 6
_TEN = 10
_TIP = (
    "Drag, or arrow keys: one frame. Page keys: ten.\n"
    "Drag the marks beneath, or [ and ]: play from here, to here. Double click: play all."
)


class FrameSlider(QAbstractSlider):
    """`frame_wanted` with a frame (from 0) and `range_wanted` with the first and last one to play, both from the user.

    It shows what `show_frames` says; it does not move by itself.
    """

    frame_wanted = Signal(int)
    range_wanted = Signal(int, int)

    def __init__(self, name: str, parent: QWidget | None = None, *, has_range: bool = True) -> None:
        super().__init__(parent)
        self._has_range = has_range
        self._played = range(0)
        self._clip = range(0)
        self._dragged = ""
        self.setOrientation(Qt.Orientation.Horizontal)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setAccessibleName(name)
        self.setPageStep(_TEN)
        if has_range:
            self.setToolTip(tool_tip(_TIP))
        self.valueChanged.connect(self.frame_wanted)

    def show_frames(self, count: int, position: int, played: range | None = None, clip: range | None = None) -> None:
        """`count` frames with that at `position` on show, of which `played` are played; `clip` is what could be."""
        with QSignalBlocker(self):
            self.setRange(0, max(count - 1, 0))
            self.setValue(position)
        self._played = played if played is not None else range(count)
        self._clip = clip if clip is not None else range(count)
        self.update()

    def sizeHint(self) -> QSize:
        """As wide as there is room."""
        return QSize(200, _HEIGHT)

    def minimumSizeHint(self) -> QSize:
        """It gives way, but stays usable."""
        return QSize(80, _HEIGHT)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """[ and ] play from or to the frame on show; the rest is any slider's."""
        if self._has_range and event.text() == "[":
            self.range_wanted.emit(self.value(), max(self._played.stop - 1, self.value()))
        elif self._has_range and event.text() == "]":
            self.range_wanted.emit(min(self._played.start, self.value()), self.value())
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Above the marks the frame, on them the range."""
        if event.button() == Qt.MouseButton.LeftButton:
            self._dragged = self._grip(event.position())
            self._drag(event.position().x())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Follow the pointer."""
        if self._dragged:
            self._drag(event.position().x())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let go."""
        self._dragged = ""

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Play all again."""
        if self._has_range and self._clip:
            self.range_wanted.emit(self._clip.start, self._clip.stop - 1)

    def paintEvent(self, event: QPaintEvent) -> None:
        """A line, brighter where frames are played; the frame on show as a disc; the marks beneath."""
        palette = style.current_palette()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        self._line(painter, 0, self.maximum(), palette.line)
        if self._has_range and self._played:
            first, last = self._played.start, self._played.stop - 1
            self._line(painter, first, last, palette.active_line)
            painter.setBrush(QColor(palette.secondary if self._played == self._clip else palette.accent))
            painter.drawPolygon(_mark(self._x(first), -_MARK))
            painter.drawPolygon(_mark(self._x(last), _MARK))
        group = QPalette.ColorGroup.Normal if self.isEnabled() else QPalette.ColorGroup.Disabled
        plain = self.palette().color(group, QPalette.ColorRole.WindowText)
        painter.setBrush(QColor(palette.accent) if self.hasFocus() else plain)
        painter.drawEllipse(QPointF(self._x(self.value()), self._line_y()), _RADIUS, _RADIUS)

    def _line(self, painter: QPainter, first: int, last: int, color: str) -> None:
        left, right = self._x(first), self._x(last)
        painter.setBrush(QColor(color))
        painter.drawRoundedRect(QRectF(left, self._line_y() - 1.5, right - left, 3), 1.5, 1.5)

    def _line_y(self) -> float:
        """High enough for the marks beneath; in the middle where there are none."""
        return _LINE_Y if self._has_range else self.height() / 2

    def _x(self, frame: int) -> float:
        room = self.width() - 2 * _EDGE
        return _EDGE + room * frame / max(self.maximum(), 1)

    def _frame(self, x: float) -> int:
        share = (x - _EDGE) / max(self.width() - 2 * _EDGE, 1)
        return round(min(max(share, 0.0), 1.0) * self.maximum())

    def _grip(self, point: QPointF) -> str:
        if not self._has_range or not self._played or point.y() < _MARK_TOP:
            return "frame"
        to_first = abs(point.x() - self._x(self._played.start))
        to_last = abs(point.x() - self._x(self._played.stop - 1))
        if min(to_first, to_last) > 2 * _MARK:
            return "frame"
        return "first" if to_first < to_last else "last"

    def _drag(self, x: float) -> None:
        frame = self._frame(x)
        if self._dragged == "frame":
            self.setValue(frame)
        elif self._dragged == "first":
            self.range_wanted.emit(min(frame, self._played.stop - 1), self._played.stop - 1)
        else:
            self.range_wanted.emit(self._played.start, max(frame, self._played.start))


def _mark(x: float, side: int) -> QPolygonF:
    """A flag under the line that points at `x`, its body outwards by `side` pixels."""
    return QPolygonF([QPointF(x, _MARK_TOP), QPointF(x, _HEIGHT - 2), QPointF(x + side, _HEIGHT - 2)])
