"""The one item that draws every kind of measurement."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field

import pyqtgraph as pg
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPainterPath, QPen, QPixmap
from PySide6.QtWidgets import QStyleOptionGraphicsItem, QWidget

from viewer_app.measure.coloring import ColorBy, color_of
from viewer_app.measure.present import caution, details, headline, plane_words
from viewer_app.ui.style import Palette, tabular
from viewer_app.ui.views.corner_layout import MARGIN_PX
from viewer_app.ui.views.marks import FEW_HANDLES, Hit, Mark
from viewer_app.ui.views.overlay import draw_text, polyline

_HANDLE_PX = 4.0
_LABEL_GAP_PX = 10.0
_VALUE_PX, _DETAILS_PX = 14, 12
# From so many marks on, those that nobody holds are drawn once and kept as a picture.
_MANY = 12


@dataclass(frozen=True)
class _Layer:
    """A picture of marks and where their labels stand; an equal `key` is the same picture."""

    key: Hashable = None
    picture: QPixmap = field(default_factory=QPixmap)
    taken: Sequence[QRectF] = ()
    marks: Sequence[Mark] = ()


class MeasurementItem(pg.GraphicsObject):  # type: ignore[misc]  # pyqtgraph is untyped
    """A picture of the marks on the shown image; the truth is in the session.

    Painted in screen pixels, so that lines, handles and letters keep their size.
    """

    def __init__(
        self,
        palette: Palette,
        viewport_size: Callable[[], QRectF],
        kept_clear: Callable[[], Sequence[QRectF]],
        free: Callable[[str], str],
    ) -> None:
        super().__init__()
        self._fonts = _label_fonts()
        self._kept_clear = kept_clear
        self._free = free
        self._palette = palette
        self._viewport_size = viewport_size
        self._marks: tuple[Mark, ...] = ()
        self._selected = ""
        self._hover: Hit | None = None
        self._look: Hashable = None
        self._layer = _Layer()
        self.setZValue(10)

    def show_marks(self, marks: Sequence[Mark], selected: str, hover: Hit | None, look: Hashable = None) -> None:
        """Draw these marks from now on; with another `look` their labels read otherwise."""
        shown = tuple(map(id, marks)), selected, hover, look
        if shown != (tuple(map(id, self._marks)), self._selected, self._hover, self._look):
            self._marks, self._selected, self._hover, self._look = tuple(marks), selected, hover, look
            self.update()

    def boundingRect(self) -> QRectF:
        """All that is seen: labels stand anywhere."""
        view = self.getViewBox()
        return view.viewRect() if view is not None else QRectF()

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        """Draw lines first, then handles, then labels clear of each other; what is in hand above all."""
        painter.save()
        painter.resetTransform()
        in_hand = {self._selected, self._hover.uid if self._hover is not None else ""}
        still = [mark for mark in self._marks if mark.uid not in in_hand]
        if len(still) < _MANY:
            self._draw_all(painter, self._marks, [])
        else:
            taken = self._draw_layer(painter, still)
            self._draw_all(painter, [mark for mark in self._marks if mark.uid in in_hand], taken)
        painter.restore()

    def _draw_all(self, painter: QPainter, marks: Sequence[Mark], taken: list[QRectF]) -> None:
        """Marks with their labels, which are added to the places that are `taken`."""
        self.draw_marks(painter, marks)
        for mark in marks:
            lines = self._label(mark)
            if lines and self._is_seen(mark):
                taken.append(self._draw_label(painter, mark, lines, taken))

    def _draw_layer(self, painter: QPainter, still: Sequence[Mark]) -> list[QRectF]:
        """Marks that stay while another is moved, from a picture of them; returns where their labels stand."""
        size, ratio = self._viewport_size().size().toSize(), painter.device().devicePixelRatioF()
        key = (tuple(map(id, still)), size.toTuple(), ratio, self._look, _corners(self._kept_clear(), size))
        if key != self._layer.key:
            picture = QPixmap(size * ratio)
            picture.setDevicePixelRatio(ratio)
            picture.fill(Qt.GlobalColor.transparent)
            inner, taken = QPainter(picture), list[QRectF]()
            self._draw_all(inner, still, taken)
            inner.end()
            # The marks are held, so that no other object can take the identity of one.
            self._layer = _Layer(key, picture, taken, tuple(still))
        painter.drawPixmap(QPointF(0, 0), self._layer.picture)
        return list(self._layer.taken)

    def draw_marks(self, painter: QPainter, marks: Sequence[Mark]) -> None:
        """Lines, then handles, without labels."""
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for mark in marks:
            self._draw_lines(painter, mark)
        for mark in marks:
            self._draw_handles(painter, mark)
        painter.restore()

    def _is_seen(self, mark: Mark) -> bool:
        """False for a mark outside the viewport: a label without its mark would mislead."""
        path = QPainterPath()
        for points in mark.lines:
            path.addPolygon(polyline(points))
        return path.intersects(self._viewport_size())

    def _color(self, mark: Mark) -> str:
        chosen = color_of(mark.record.measurement, ColorBy.NOTHING) or self._palette.mark
        return self._palette.mark_selected if mark.uid == self._selected else chosen

    def _draw_lines(self, painter: QPainter, mark: Mark) -> None:
        hovered = self._hover is not None and self._hover.uid == mark.uid
        width = 2.2 if hovered else 1.6
        halo, line = QPen(QColor(self._palette.halo), width + 2), QPen(QColor(self._color(mark)), width)
        helper_halo, helper = QPen(QColor(self._palette.halo), 2.6), QPen(QColor(self._color(mark)), 1.0)
        drawn = ((helper_halo, mark.helpers), (helper, mark.helpers), (halo, mark.lines), (line, mark.lines))
        for pen, lines in drawn:
            painter.setPen(pen)
            for points in lines:
                painter.drawPolyline(polyline(points))

    def _draw_handles(self, painter: QPainter, mark: Mark) -> None:
        if not 1 < len(mark.handles) <= FEW_HANDLES and mark.uid != self._selected:
            return
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for index, point in zip(mark.grips, polyline(mark.handles[list(mark.grips)]), strict=True):
            grabbed = self._hover is not None and (self._hover.uid, self._hover.handle) == (mark.uid, index)
            radius = _HANDLE_PX + (2 if grabbed else 0)
            for color, width in ((self._palette.halo, 3.5), (self._color(mark), 1.6)):
                painter.setPen(QPen(QColor(color), width))
                painter.drawEllipse(point, radius, radius)

    def _draw_label(self, painter: QPainter, mark: Mark, lines: Sequence[str], taken: list[QRectF]) -> QRectF:
        metrics = [QFontMetricsF(font) for font in self._fonts[: len(lines)]]
        width = max(metric.horizontalAdvance(line) for metric, line in zip(metrics, lines, strict=True))
        box = self._free_place(mark, width, sum(metric.height() for metric in metrics), taken)
        top = box.top()
        for line, font, metric in zip(lines, self._fonts, metrics, strict=False):
            painter.setFont(font)
            draw_text(painter, QPointF(box.left(), top), line, self._color(mark), self._palette)
            top += metric.height()
        return box

    def _label(self, mark: Mark) -> list[str]:
        record = mark.record
        first = "  ".join(part for part in (self._free(record.measurement.label), headline(record.values)) if part)
        told = (details(record.values) or caution(record.values), plane_words(record))
        further = " · ".join(filter(None, told))
        return [line for line in (first, further) if line]

    def _free_place(self, mark: Mark, width: float, height: float, taken: Sequence[QRectF]) -> QRectF:
        """Beside what is seen of the mark: the first place clear of other labels and of the corner text."""
        inside = self._viewport_size().adjusted(MARGIN_PX, MARGIN_PX, -MARGIN_PX, -MARGIN_PX)
        places = [_held_inside(place, inside) for place in _places(mark, inside, width, height)]
        for place in places:
            if not any(place.intersects(other) for other in (*taken, *self._kept_clear())):
                return place
        return places[0]


def _corners(boxes: Sequence[QRectF], size: QSize) -> Hashable:
    """Where text stands that marks keep clear of; not that below at the right, which follows the pointer."""
    across, down = size.width() / 2, size.height() / 2
    fixed = (box for box in boxes if box.left() < across or box.top() < down)
    return tuple((round(box.left()), round(box.top()), round(box.width())) for box in fixed)


def _places(mark: Mark, inside: QRectF, width: float, height: float) -> list[QRectF]:
    """Right, left, below and above of the part of the mark that is seen."""
    left, top = (float(value) for value in mark.handles.min(axis=0))
    right, bottom = (float(value) for value in mark.handles.max(axis=0))
    seen = QRectF(left, top, max(right - left, 1.0), max(bottom - top, 1.0)).intersected(inside)
    if seen.isEmpty():
        seen = QRectF(left, top, 1.0, 1.0)
    last = mark.handles[-1]
    across = min(max(float(last[0]), seen.left()), seen.right())
    down = min(max(float(last[1]), seen.top()), seen.bottom())
    gap = _LABEL_GAP_PX
    return [
        QRectF(seen.right() + gap, down - height / 2, width, height),
        QRectF(seen.left() - gap - width, down - height / 2, width, height),
        QRectF(across - width / 2, seen.bottom() + gap, width, height),
        QRectF(across - width / 2, seen.top() - gap - height, width, height),
    ]


def _held_inside(place: QRectF, inside: QRectF) -> QRectF:
    held = QRectF(place)
    held.moveLeft(max(inside.left(), min(place.left(), inside.right() - place.width())))
    held.moveTop(max(inside.top(), min(place.top(), inside.bottom() - place.height())))
    return held


def _label_fonts() -> tuple[QFont, QFont]:
    """For the value, and smaller for what stands below it."""
    large, small = tabular(QFont()), tabular(QFont())
    large.setPixelSize(_VALUE_PX)
    large.setWeight(QFont.Weight.DemiBold)
    small.setPixelSize(_DETAILS_PX)
    return large, small
