"""The labels of the marks of one viewport: what they say, where they stand, how they are painted."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPen

from viewer_app.imaging.geometry import Floats
from viewer_app.measure.present import caution, details, headline, plane_words, shown_with_margin
from viewer_app.ui.palette import Palette
from viewer_app.ui.style import tabular
from viewer_app.ui.views.corner_layout import MARGIN_PX
from viewer_app.ui.views.label_layout import GAP_PX, Box, Placed, Room, Wanted, covered, laid_out
from viewer_app.ui.views.lettering import lettering
from viewer_app.ui.views.marks import Mark, nearest_on
from viewer_app.ui.views.overlay import draw_text
from viewer_app.ui.views.text_size import TextSize
from viewer_app.ui.views.wrapping import wrapped

# A label farther from its mark than this is led back to it by a line.
_LEADER_PX = 2 * GAP_PX


@dataclass(frozen=True, slots=True, eq=False)
class Label:
    """What is written beside a mark, the first `large` lines of it large.

    `wanted` is None where nothing is, or the mark is not seen.
    """

    mark: Mark
    lines: tuple[str, ...]
    large: int
    wanted: Wanted | None


class Labels:
    """Keeps every label where it is for as long as its mark lies as it did, whatever other marks do.

    `words` tells what a mark is called, "" for nothing, and what is to be said below its value. `boxes` are those of
    the labels that were placed last, by UID. Uncertainties are told while `margins()`. While a hand is `moving` what is
    seen, labels go along with their marks; they keep clear of each other again once it rests.
    """

    def __init__(
        self,
        words: Callable[[Mark], Sequence[str]],
        margins: Callable[[], bool],
        moving: Callable[[], bool],
        text_size: Callable[[], TextSize] = lambda: TextSize.NORMAL,
    ) -> None:
        self._words, self._margins, self._moving, self._text_size = words, margins, moving, text_size
        self._carried: set[str] = set()
        self._write_as(text_size())
        self._known: dict[str, Label] = {}
        self._placed: dict[str, Placed] = {}
        self._key: Hashable = None
        self.boxes: dict[str, Box] = {}

    def place(self, marks: Sequence[Mark], size: QRectF, written: Sequence[QRectF], look: Hashable) -> None:
        """Place the labels of marks in a viewport; where its `size`, what stands there or the `look` is another, anew.

        Which letters are `written` at the lower right depends on the pointer, so no label settles by them.
        """
        self._write_as(self._text_size())
        key = size.getRect(), _fixed(written, size), look, self._size
        known = self._known if key == self._key else {}
        labels = {mark.uid: self._label(mark, known.get(mark.uid), size) for mark in marks}
        carried = self._carried_among(labels, known) if self._moving() else set()
        unsettled = set() if self._moving() else self._carried
        settled = {
            uid: self._placed[uid]
            for uid, label in labels.items()
            if label is known.get(uid) and uid in self._placed and uid not in unsettled
        }
        settled |= {uid: _carried(self._placed[uid], known[uid].mark, labels[uid].mark) for uid in carried}
        self._carried = (self._carried & settled.keys()) - unsettled | carried
        wanted = [label.wanted for label in labels.values() if label.wanted is not None]
        edges = size.adjusted(MARGIN_PX, MARGIN_PX, -MARGIN_PX, -MARGIN_PX)
        room = Room(_box(edges), tuple(map(_box, written)))
        if len(settled) < len(wanted):
            before = {uid: placed.choice for uid, placed in self._placed.items()}
            settled = laid_out(wanted, room, settled, before)
        self._known, self._placed, self._key = labels, settled, key
        self.boxes = {uid: placed.box for uid, placed in settled.items()}

    def _write_as(self, size: TextSize) -> None:
        self._size = size
        self._fonts = _fonts(size.value_px, size.px)
        self._metrics = [lettering(font) for font in self._fonts]

    @property
    def are_carried(self) -> bool:
        """True while some stand where a moving hand brought them."""
        return bool(self._carried)

    def _carried_among(self, labels: Mapping[str, Label], known: Mapping[str, Label]) -> set[str]:
        """Those whose marks are the same, only seen otherwise: the place a person chose needs no search."""
        same = (
            uid for uid, label in labels.items() if uid in self._placed and uid in known and label is not known[uid]
        )
        return {
            uid
            for uid in same
            if (wanted := labels[uid].wanted) is not None
            and wanted.by_hand is None
            and known[uid].mark.record is labels[uid].mark.record
            and known[uid].mark.figures == labels[uid].mark.figures
        }

    def draw(self, painter: QPainter, mark: Mark, color: str, palette: Palette) -> None:
        """Paint the label of a mark that was placed, with a line to the mark where it stands far from it."""
        label, box = self._known[mark.uid], self.boxes.get(mark.uid)
        if box is None:
            return
        _draw_leader(painter, mark, box, color, palette)
        top = box[1]
        for number, line in enumerate(label.lines):
            which = int(number >= label.large)
            painter.setFont(self._fonts[which])
            draw_text(painter, QPointF(box[0], top), line, color, palette)
            top += self._metrics[which].height()

    def _label(self, mark: Mark, known: Label | None, size: QRectF) -> Label:
        if known is not None and known.mark is mark:
            return known
        segments = _segments(mark)
        (first, *others), room = self.lines(mark) or ("",), size.width() - 2 * MARGIN_PX
        large, small = self._metrics
        head = wrapped(first, large.horizontalAdvance, room)
        below = [part for line in others for part in wrapped(line, small.horizontalAdvance, room)]
        lines = (*head, *below)
        if not first or not covered(np.array([_box(size)]), segments).any():
            return Label(mark, lines, len(head), None)  # a label without its mark would mislead
        width = max(*map(large.horizontalAdvance, head), *map(small.horizontalAdvance, below), 0.0)
        height = len(head) * large.height() + len(below) * small.height()
        return Label(mark, lines, len(head), Wanted(mark.uid, (width, height), segments, mark.handles, mark.label_at))

    def lines(self, mark: Mark) -> tuple[str, ...]:
        """The value, and what is to be told below it."""
        record = mark.record
        name, *others = self._words(mark)
        value = shown_with_margin(record.values[0]) if record.values and self._margins() else headline(record.values)
        first = "  ".join(part for part in (name, value) if part)
        told = (details(record.values) or caution(record.values), plane_words(record), *others)
        return tuple(filter(None, (first, " · ".join(filter(None, told)))))


def _carried(placed: Placed, before: Mark, now: Mark) -> Placed:
    """The place as far on as the last point of the mark was moved on the screen."""
    (across, down), (left, top, right, bottom) = (now.handles[-1] - before.handles[-1]).tolist(), placed.box
    return Placed((left + across, top + down, right + across, bottom + down), placed.choice)


def _segments(mark: Mark) -> Floats:
    """All lines of a mark, and its handles, as (n, 4)."""
    lines = [np.hstack([line[:-1], line[1:]]) for line in (*mark.lines, *mark.helpers, *mark.ways, *_around(mark))]
    return np.concatenate([*lines, np.hstack([mark.handles, mark.handles])])


def _around(mark: Mark) -> tuple[Floats, ...]:
    return () if mark.around is None else (mark.around,)


def _draw_leader(painter: QPainter, mark: Mark, box: Box, color: str, palette: Palette) -> None:
    middle = np.array([(box[0] + box[2]) / 2, (box[1] + box[3]) / 2])
    lines = [line for line in (*mark.lines, *mark.helpers, *_around(mark)) if len(line) > 1]
    spots = [*mark.handles, *(nearest_on(line, middle) for line in lines)]
    ways = [(np.clip(spot, box[:2], box[2:]), spot) for spot in spots]
    start, end = min(ways, key=lambda way: float(np.linalg.norm(way[1] - way[0])))
    if np.linalg.norm(end - start) <= _LEADER_PX:
        return
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    for shade, width, style in ((palette.halo, 2.6, Qt.PenStyle.SolidLine), (color, 1.0, Qt.PenStyle.DashLine)):
        painter.setPen(QPen(QColor(shade), width, style))
        painter.drawLine(QPointF(*start.tolist()), QPointF(*end.tolist()))
    painter.restore()


def _box(box: QRectF) -> Box:
    return box.left(), box.top(), box.right(), box.bottom()


def _fixed(boxes: Sequence[QRectF], size: QRectF) -> Hashable:
    """Where text stands; not that below at the right, which follows the pointer."""
    across, down = size.width() / 2, size.height() / 2
    fixed = (box for box in boxes if box.left() < across or box.top() < down)
    return tuple((round(box.left()), round(box.top()), round(box.width())) for box in fixed)


@lru_cache(maxsize=len(TextSize))
def _fonts(value_px: int, details_px: int) -> tuple[QFont, QFont]:
    """For the value, and smaller for what stands below it."""
    large, small = tabular(QFont()), tabular(QFont())
    large.setPixelSize(value_px)
    large.setWeight(QFont.Weight.DemiBold)
    small.setPixelSize(details_px)
    return large, small
