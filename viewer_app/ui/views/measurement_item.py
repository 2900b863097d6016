"""The one item that draws every kind of measurement."""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Sequence
from dataclasses import dataclass, field

import pyqtgraph as pg
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPixmap
from PySide6.QtWidgets import QStyleOptionGraphicsItem, QWidget

from viewer_app.measure.coloring import ColorBy, color_of
from viewer_app.measure.present import origins
from viewer_app.ui.style import Palette
from viewer_app.ui.views.labels import Labels
from viewer_app.ui.views.marks import FEW_HANDLES, Hit, Mark
from viewer_app.ui.views.overlay import polyline
from viewer_app.ui.views.surviving import surviving
from viewer_app.ui.widgets.plain import tool_tip

_HANDLE_PX, _FAR_PX = 4.0, 2.5
# From so many marks on, those that nobody holds are drawn once and kept as a picture.
_MANY = 12


@dataclass(frozen=True, slots=True)
class Look:
    """How marks are seen: which are `selected`, which one a click would take, what decides their colours.

    With other `words` labels read otherwise than before.
    """

    selected: Collection[str] = frozenset()
    hover: Hit | None = None
    color_by: ColorBy = ColorBy.NOTHING
    words: Hashable = None


@dataclass(frozen=True)
class _Layer:
    """A picture of marks; an equal `key` is the same picture."""

    key: Hashable = None
    picture: QPixmap = field(default_factory=QPixmap)


class MeasurementItem(pg.GraphicsObject):  # type: ignore[misc]  # pyqtgraph is untyped
    """A picture of the marks on the shown image; the truth is in the session.

    Painted in screen pixels, so that lines, handles and letters keep their size.
    """

    def __init__(
        self,
        palette: Palette,
        viewport_size: Callable[[], QRectF],
        kept_clear: Callable[[], Sequence[QRectF]],
        labels: Labels,
    ) -> None:
        super().__init__()
        self.labels = labels
        self._kept_clear = kept_clear
        self._palette = palette
        self._viewport_size = viewport_size
        self._marks: tuple[Mark, ...] = ()
        self._look = Look()
        self._layer = _Layer()
        self.setZValue(10)

    def show_marks(self, marks: Sequence[Mark], look: Look) -> None:
        """Draw these marks from now on."""
        shown = tuple(marks), look
        if shown != (self._marks, self._look):
            self._marks, self._look = shown
            self.setToolTip(tool_tip(self._told_of(look.hover)))
            self.update()

    def boundingRect(self) -> QRectF:
        """All that is seen: labels stand anywhere."""
        view = self.getViewBox()
        return view.viewRect() if view is not None else QRectF()

    @surviving
    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        """Draw lines first, then handles, then labels clear of each other; what is in hand above all."""
        painter.save()
        painter.resetTransform()
        self.labels.place(self._marks, self._viewport_size(), self._kept_clear(), self._look.words)
        hover = self._look.hover
        in_hand = {*self._look.selected, hover.uid if hover is not None else ""}
        still = [mark for mark in self._marks if mark.uid not in in_hand]
        if len(still) < _MANY:
            self._draw_all(painter, self._marks)
        else:
            self._draw_layer(painter, still)
            self._draw_all(painter, [mark for mark in self._marks if mark.uid in in_hand])
        painter.restore()

    def _told_of(self, hover: Hit | None) -> str:
        """Where the numbers of the mark under the pointer come from."""
        found = (mark.record.values for mark in self._marks if hover is not None and mark.uid == hover.uid)
        return origins(next(found, ()))

    def _draw_all(self, painter: QPainter, marks: Sequence[Mark]) -> None:
        self.draw_marks(painter, marks)
        for mark in marks:
            self.labels.draw(painter, mark, self._color(mark), self._palette)

    def _draw_layer(self, painter: QPainter, still: Sequence[Mark]) -> None:
        """Marks that stay while another is moved, from a picture of them."""
        size, ratio = self._viewport_size().size().toSize(), painter.device().devicePixelRatioF()
        places = tuple(self.labels.boxes.get(mark.uid) for mark in still)
        # Held in the key, no other mark can be taken for one of these.
        key = (tuple(still), places, size.toTuple(), ratio, self._look.words, self._look.color_by)
        if key != self._layer.key:
            picture = QPixmap(size * ratio)
            picture.setDevicePixelRatio(ratio)
            picture.fill(Qt.GlobalColor.transparent)
            inner = QPainter(picture)
            self._draw_all(inner, still)
            inner.end()
            self._layer = _Layer(key, picture)
        painter.drawPixmap(QPointF(0, 0), self._layer.picture)

    def draw_marks(self, painter: QPainter, marks: Sequence[Mark]) -> None:
        """Lines, then handles, without labels."""
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for mark in marks:
            self._draw_lines(painter, mark)
        for mark in marks:
            self._draw_handles(painter, mark)
        painter.restore()

    def _color(self, mark: Mark) -> str:
        chosen = color_of(mark.record.measurement, self._look.color_by) or self._palette.mark
        return self._palette.mark_selected if mark.uid in self._look.selected else chosen

    def _draw_lines(self, painter: QPainter, mark: Mark) -> None:
        hover = self._look.hover
        width = 2.2 if hover is not None and hover.uid == mark.uid else 1.6
        halo, line = QPen(QColor(self._palette.halo), width + 2), QPen(QColor(self._color(mark)), width)
        helper_halo, helper = QPen(QColor(self._palette.halo), 2.6), QPen(QColor(self._color(mark)), 1.0)
        drawn = ((helper_halo, mark.helpers), (helper, mark.helpers), (halo, mark.lines), (line, mark.lines))
        for pen, lines in drawn:
            painter.setPen(pen)
            for points in lines:
                painter.drawPolyline(polyline(points))
        for pen in (helper_halo, QPen(QColor(self._color(mark)), 1.0, Qt.PenStyle.DashLine)):
            painter.setPen(pen)
            for points in mark.ways:
                painter.drawPolyline(polyline(points))

    def _draw_handles(self, painter: QPainter, mark: Mark) -> None:
        """Dots for far ends, else rings; none over a point that is all of a mark, or its lines mark, till taken."""
        for color, radius in ((self._palette.halo, _FAR_PX + 1.5), (self._color(mark), _FAR_PX)):
            for point in polyline(mark.far):
                painter.setBrush(QColor(color))
                painter.setPen(Qt.PenStyle.NoPen)
                painter.drawEllipse(point, radius, radius)
        is_plain = 1 < len(mark.handles) <= FEW_HANDLES or len(mark.far)
        if not is_plain and mark.uid not in self._look.selected:
            return
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for index, point in zip(mark.grips, polyline(mark.handles[list(mark.grips)]), strict=True):
            grabbed = self._is_grabbed(mark, index)
            if index in mark.bare and not grabbed:
                continue
            radius = _HANDLE_PX + (2 if grabbed else 0)
            for color, width in ((self._palette.halo, 3.5), (self._color(mark), 1.6)):
                painter.setPen(QPen(QColor(color), width))
                painter.drawEllipse(point, radius, radius)

    def _is_grabbed(self, mark: Mark, index: int) -> bool:
        hover = self._look.hover
        return hover is not None and hover.uid == mark.uid and (hover.figure, hover.handle) == mark.owners[index]
