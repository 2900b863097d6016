"""A plot as it is drawn: axes in units, the curve or the bars, thin lines at its least, mean and largest value."""

from __future__ import annotations

import math
from collections.abc import Iterator

import pyqtgraph as pg
from PySide6.QtCore import QEvent, QPoint, Qt, Signal
from PySide6.QtGui import QColor, QFontInfo, QMouseEvent
from PySide6.QtWidgets import QWidget

from viewer_app.measure.histogram import Histogram
from viewer_app.measure.plotting import Plot, counted_title, titled
from viewer_app.measure.present import MINUS
from viewer_app.measure.profile import Profile
from viewer_app.ui.style import current_palette, small_px, tabular

_LINES = (("min", "minimum"), ("mean", "mean"), ("max", "maximum"))
_FILL_ALPHA = 90
_TALLEST_PX = 380
_MARGINS_PX = (1, 8, 16, 1)
"""Left, top, right, bottom: half of a number stands beyond the end of an axis."""
_ROOM_ALONG, _ROOM_ABOVE = 0.14, 0.24
"""What is left free beyond the values of a profile, and above the bars, as a share of them: the words stand there."""
_SHARES = tuple(step / 20 for step in range(2, 19))
_HALF_A_WORD = 0.12


class _Axis(pg.AxisItem):  # type: ignore[misc]  # pyqtgraph is untyped
    """An axis whose numbers have a real minus sign, as all others in the window."""

    def tickStrings(self, values: list[float], scale: float, spacing: float) -> list[str]:
        """What is written at `values`."""
        return [text.replace("-", MINUS) for text in super().tickStrings(values, scale, spacing)]


class PlotView(pg.PlotWidget):  # type: ignore[misc]  # pyqtgraph is untyped
    """Draws one `Plot`. It neither zooms nor pans: all there is is shown."""

    pointed = Signal(object)
    """Where along the horizontal axis the pointer is, a float; None where it is not over the plot."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, axisItems={side: _Axis(side) for side in ("bottom", "left")})
        self.setMenuEnabled(False)
        self.setMouseEnabled(x=False, y=False)
        self.hideButtons()
        self.getViewBox().setDefaultPadding(0.0)
        self.getPlotItem().layout.setContentsMargins(*_MARGINS_PX)
        self.setMaximumHeight(_TALLEST_PX)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setAccessibleName("Plot")
        self.curve = pg.PlotDataItem(connect="finite")
        self._cursor = pg.InfiniteLine(angle=90)
        self._lines: list[pg.InfiniteLine] = []
        self._is_dimmed = False
        self._mouse: QPoint | None = None
        self.addItem(self.curve)
        self.addItem(self._cursor, ignoreBounds=True)
        self._cursor.hide()
        self._dress()

    def draw(self, plot: Plot, *, is_dimmed: bool = False) -> None:
        """Draw it, instead of what was drawn before; dimmed as the marks of a prior are."""
        self._is_dimmed = is_dimmed
        self._color_curve()
        for line in self._lines:
            self.removeItem(line)
        if isinstance(plot.found, Profile):
            self._draw_profile(plot.found)
        else:
            self._draw_histogram(plot.found)
        self._lines = list(self._made_lines(plot))
        for line in self._lines:
            self.addItem(line, ignoreBounds=True)
        if self._mouse is not None:  # it points at another value now
            self._tell_pointed()

    def show_cursor(self, at: float | None) -> None:
        """Draw a line at this place of the horizontal axis; None takes it away."""
        self._cursor.setVisible(at is not None)
        if at is not None:
            self._cursor.setPos(at)

    # -- drawing ------------------------------------------------------------------------------------

    def _draw_profile(self, found: Profile) -> None:
        values = [math.nan if value is None else value for value in found.values]
        self.curve.setData(found.distances, values, stepMode=None, fillLevel=None)
        self._name_axes(titled("Distance", found.distance_unit), titled("Value", found.unit))
        self.setXRange(found.distances[0], found.distances[-1] or 1.0, padding=0.0)
        known = [value for value in values if math.isfinite(value)]
        room = _ROOM_ALONG * (max(known) - min(known)) or 1.0
        self.setYRange(min(known) - room, max(known) + room, padding=0.0)

    def _draw_histogram(self, found: Histogram) -> None:
        self.curve.setData(found.edges, found.counts, stepMode="center", fillLevel=0)
        self._name_axes(titled("Value", found.unit), counted_title(found))
        self.setXRange(found.edges[0], found.edges[-1], padding=0.0)
        self.setYRange(0, max(found.counts) * (1 + _ROOM_ABOVE), padding=0.0)

    def _made_lines(self, plot: Plot) -> Iterator[pg.InfiniteLine]:
        if plot.summary is None:
            return
        palette, angle = current_palette(), 0 if isinstance(plot.found, Profile) else 90
        for words, name in _LINES:
            place, anchor = _place(plot, name)
            style = Qt.PenStyle.SolidLine if name == "mean" else Qt.PenStyle.DashLine
            pen = pg.mkPen(QColor(palette.warn), width=1, style=style)
            options = {
                "position": place,
                "color": QColor(palette.warn),
                "anchors": [anchor, anchor],
            }
            line = pg.InfiniteLine(getattr(plot.summary, name), angle, pen, label=words, labelOpts=options)
            line.setZValue(-1)  # no word hides a value
            yield line

    def _name_axes(self, bottom: str, left: str) -> None:
        for side, words in (("bottom", bottom), ("left", left)):
            self.getAxis(side).setLabel(words)

    # -- look ---------------------------------------------------------------------------------------

    def _dress(self) -> None:
        palette = current_palette()
        font = tabular(self.font())
        font.setPixelSize(small_px(QFontInfo(font).pixelSize()))
        self.setBackground(QColor(palette.window))
        for side in ("bottom", "left"):
            axis = self.getAxis(side)
            axis.enableAutoSIPrefix(False)
            axis.setStyle(hideOverlappingLabels=False)  # the numbers at its ends stand out beyond it
            axis.setPen(QColor(palette.line))
            axis.setTextPen(QColor(palette.secondary))
            axis.setTickFont(font)
            axis.label.setFont(font)
        self._cursor.setPen(pg.mkPen(QColor(palette.text), width=1))
        self._color_curve()

    def _color_curve(self) -> None:
        palette = current_palette()
        color = palette.secondary if self._is_dimmed else palette.accent
        self.curve.setPen(pg.mkPen(QColor(color), width=2))
        self.curve.setFillBrush(_see_through(color))

    def changeEvent(self, event: QEvent) -> None:
        """Take over another theme."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "_cursor"):
            self._dress()

    # -- pointer ------------------------------------------------------------------------------------

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Tell every move: the scene's own signal leaves out those that follow quickly, the last of a stroke too."""
        super().mouseMoveEvent(event)
        self._mouse = event.position().toPoint()
        self._tell_pointed()

    def _tell_pointed(self) -> None:
        at, box = self.mapToScene(self._mouse), self.getViewBox()
        inside = box.sceneBoundingRect().contains(at)
        self.pointed.emit(float(box.mapSceneToView(at).x()) if inside else None)

    def leaveEvent(self, event: QEvent) -> None:
        """The pointer is somewhere else."""
        super().leaveEvent(event)
        self._mouse = None
        self.pointed.emit(None)

    def wheelEvent(self, event: QEvent) -> None:
        """Nothing to scroll."""
        event.ignore()


def _place(plot: Plot, name: str) -> tuple[float, tuple[float, float]]:
    """Where along its line a word stands, and which point of the word lies there: off the curve and the bars."""
    found, summary = plot.found, plot.summary
    if summary is None or (isinstance(found, Profile) and name != "mean"):
        return 0.03, (0.0, 0.0 if name == "minimum" else 1.0)
    if isinstance(found, Histogram):
        is_left = getattr(summary, name) < (found.edges[0] + found.edges[-1]) / 2
        return 0.86 if name == "mean" else 0.95, (0.0 if is_left else 1.0, 0.5)
    share, is_below = max((_clear(found, summary.mean, share) for share in _SHARES), key=lambda one: one[0])[1:]
    return share, (0.5, 0.0 if is_below else 1.0)


def _clear(found: Profile, mean: float, share: float) -> tuple[float, float, bool]:
    """How far the curve keeps off a word at a share of the line of the mean, that share, and if below that line."""
    last = len(found.values) - 1
    start, stop = (round(min(max(share + side, 0.0), 1.0) * last) for side in (-_HALF_A_WORD, _HALF_A_WORD))
    near = [value - mean for value in found.values[start : stop + 1] if value is not None]
    above, below = (
        min((max(-value, 0.0) for value in near), default=0.0),
        min((max(value, 0.0) for value in near), default=0.0),
    )
    return max(above, below), share, below > above


def _see_through(name: str) -> QColor:
    color = QColor(name)
    color.setAlpha(_FILL_ALPHA)
    return color
