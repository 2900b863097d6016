"""Where labels stand: beside their marks, off their lines, clear of each other. Screen pixels; no Qt.

A box is (left, top, right, bottom).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from viewer_app.imaging.geometry import Floats

Box = tuple[float, float, float, float]

GAP_PX = 10.0
_GAPS_PX = (GAP_PX, 32.0, 54.0)
_NOWHERE: Box = (-1.0, -1.0, -1.0, -1.0)
_NEAR_PX = 2 * GAP_PX
_SHARES = (0.5, 0.0, 1.0, 0.25, 0.75)
_CLEAR_OF_LINES_PX = 2.0
# What it costs to lie under others with all of it, for each pixel of its own and of other lines, and point of others.
_OVERLAP, _OWN_LINE, _FOREIGN_LINE, _FOREIGN_POINT = 600.0, 20.0, 4.0, 12.0
_LOOKED_AT_AGAIN = 8  # places, the best ones otherwise, that are tried for lines of others too
# And, among places that cover as little, within the box round its mark, for each pixel away from it, before, and later.
_WITHIN, _AWAY, _BEFORE, _RANK = 20.0, 0.3, -6.0, 0.2


@dataclass(frozen=True, slots=True, eq=False)
class Wanted:
    """A label to be placed: its size, and the lines of its mark as segments (n, 4) from (x, y) to (x, y).

    `spots` are the points of the mark that other labels keep clear of, (n, 2); `by_hand` is where a person wants the
    middle of the label. Labels of one `key` want the same place.
    """

    key: str
    size: tuple[float, float]
    segments: Floats
    spots: Floats
    by_hand: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True)
class Placed:
    """Where a label stands, and which of the places round its mark that is; -1 for one of a person's choice."""

    box: Box
    choice: int


@dataclass(frozen=True, slots=True)
class Room:
    """All places lie `inside`, if they can clear of what is `written`."""

    inside: Box
    written: tuple[Box, ...] = ()


def laid_out(
    wanted: Sequence[Wanted], room: Room, settled: Mapping[str, Placed], before: Mapping[str, int]
) -> dict[str, Placed]:
    """The place of each label, by key.

    Those that are `settled` stay where they are. The others, those of a person's choice first, take the place where
    they cover least; that of `before` is left only for a better one.
    """
    found = {label.key: settled[label.key] for label in wanted if label.key in settled}
    standing = [*room.written, *(placed.box for placed in found.values())]
    moving = [(number, label) for number, label in enumerate(wanted) if label.key not in found]
    taken = np.array([*standing, *[_NOWHERE] * len(moving)]).reshape(-1, 4)
    spots = np.concatenate([np.empty((0, 2)), *(label.spots for label in wanted)])
    owners = np.repeat(np.arange(len(wanted)), [len(label.spots) for label in wanted])
    lines = _Lines(wanted)
    moving.sort(key=lambda each: each[1].by_hand is None)
    for count, (number, label) in enumerate(moving, len(standing)):
        if label.by_hand is not None:
            placed = Placed(_held(_around(label.by_hand, label.size), room.inside), -1)
        else:
            foreign = spots[owners != number]
            placed = _best(
                label,
                room.inside,
                taken[:count],
                foreign,
                before.get(label.key, -1),
                partial(lines.under, owner=number),
            )
        found[label.key] = placed
        taken[count] = placed.box
    return found


class _Lines:
    """The lines of all marks, with the boxes round them."""

    def __init__(self, wanted: Sequence[Wanted]) -> None:
        self._all = np.concatenate([np.empty((0, 4)), *(label.segments for label in wanted)])
        self._owners = np.repeat(np.arange(len(wanted)), [len(label.segments) for label in wanted])
        self._low = np.minimum(self._all[:, :2], self._all[:, 2:])
        self._high = np.maximum(self._all[:, :2], self._all[:, 2:])

    def under(self, boxes: Floats, owner: int) -> Floats:
        """What length of the lines of all marks but one each box (n, 4) covers."""
        low, high = boxes[:, :2].min(axis=0), boxes[:, 2:].max(axis=0)
        is_near = (self._high[:, 0] >= low[0]) & (self._low[:, 0] <= high[0])
        is_near &= (self._high[:, 1] >= low[1]) & (self._low[:, 1] <= high[1])
        near = np.flatnonzero(is_near)
        return covered(boxes, self._all[near[self._owners[near] != owner]])


def _best(
    label: Wanted, inside: Box, taken: Floats, foreign: Floats, kept: int, crossed: Callable[[Floats], Floats]
) -> Placed:
    """The place `kept` where it covers nothing, else the one that covers least and lies best.

    `crossed` tells what length of lines of other marks boxes cover.
    """
    around = _seen(label, inside)
    boxes = _places(label, inside, around)
    taken, foreign = _near(boxes, taken, foreign)
    # A mark that is drawn on, or seen otherwise, has fewer or more places.
    kept = kept if kept < len(boxes) else -1
    choice = kept
    here = boxes[kept : kept + 1]
    if kept < 0 or not _is_good(label, here, taken, foreign) or crossed(here).item():
        cost = _cost(label, boxes, taken, foreign) + _unease(label, boxes, around)
        if kept >= 0:
            cost[kept] += _BEFORE
        best = np.argsort(cost, kind="stable")[:_LOOKED_AT_AGAIN]
        choice = int(best[np.argmin(cost[best] + _FOREIGN_LINE * crossed(boxes[best]))])
    left, top, right, bottom = boxes[choice].tolist()
    return Placed((left, top, right, bottom), choice)


def _near(boxes: Floats, taken: Floats, foreign: Floats) -> tuple[Floats, Floats]:
    """Those of other boxes and points that any of the boxes may touch: of many marks, few."""
    low, high = boxes[:, :2].min(axis=0), boxes[:, 2:].max(axis=0)
    is_near = (taken[:, 2:] > low).all(axis=1) & (taken[:, :2] < high).all(axis=1)
    return taken[is_near], foreign[((foreign >= low) & (foreign <= high)).all(axis=1)]


def _is_good(label: Wanted, box: Floats, taken: Floats, foreign: Floats) -> bool:
    """Whether a box (1, 4) covers nothing and is by the mark."""
    is_near = _distances(box, label.segments).item() <= _NEAR_PX
    return is_near and _cost(label, box, taken, foreign).item() == 0.0


def _cost(label: Wanted, boxes: Floats, taken: Floats, foreign: Floats) -> Floats:
    """What a label covers in each of the boxes (n, 4)."""
    # Of the smaller of two: a long line over a short one hides that, however little of the long one does it.
    smaller = np.minimum((taken[:, 2:] - taken[:, :2]).prod(axis=1), label.size[0] * label.size[1])
    hidden = _OVERLAP * (_shared(boxes, taken) / smaller).sum(axis=1)
    cost: Floats = hidden + _OWN_LINE * covered(boxes, label.segments) + _FOREIGN_POINT * _points_in(boxes, foreign)
    return cost


def _unease(label: Wanted, boxes: Floats, around: Box) -> Floats:
    """How much of each box lies within its mark, how far it is from it, and how late among the places."""
    within = overlaps(boxes, np.array([around])) / (label.size[0] * label.size[1])
    unease: Floats = _WITHIN * within + _AWAY * _distances(boxes, label.segments) + _RANK * np.arange(len(boxes))
    return unease


def _places(label: Wanted, inside: Box, around: Box) -> Floats:
    """Boxes (n, 4) by a mark, always as many, the best ones first.

    Level with its last point beside what is seen of it, round its last and its first point, along the sides of what is
    seen; then the same farther off.
    """
    (left, top, right, bottom), ends = around, np.clip(label.spots[[-1, 0]], around[:2], around[2:])
    (across, down), _ = ends.tolist()
    sides = [(x, y, x, y) for x, y in ends.tolist()]
    for share in _SHARES:
        level, column = top + share * (bottom - top), left + share * (right - left)
        sides.append((left, level, right, level))
        sides.append((column, top, column, bottom))
    near = [(left, down, right, down), (across, top, across, bottom), *sides]
    spots = [spot for gap in _GAPS_PX for side in near for spot in _beside(side, label.size, gap)]
    corners = np.array(spots)
    low, high = np.array(inside[:2]), np.array(inside[2:]) - label.size
    corners = np.maximum(np.minimum(corners, high), low)
    return np.hstack([corners, corners + label.size])


def _beside(side: Box, size: tuple[float, float], gap: float) -> tuple[tuple[float, float], ...]:
    """Upper left corners of boxes right and left of a level line, below and above an upright one, or round a point."""
    (left, top, right, bottom), (width, height) = side, size
    level, column = (top + bottom - height) / 2, (left + right - width) / 2
    sideways = (right + gap, level), (left - gap - width, level)
    upright = (column, bottom + gap), (column, top - gap - height)
    return (sideways if top == bottom else ()) + (upright if left == right else ())


def _seen(label: Wanted, inside: Box) -> Box:
    """The box round what is seen of a mark."""
    ends = label.segments.reshape(-1, 2)
    low, high = (np.clip(edge, inside[:2], inside[2:]).tolist() for edge in (ends.min(axis=0), ends.max(axis=0)))
    return low[0], low[1], high[0], high[1]


def _distances(boxes: Floats, segments: Floats) -> Floats:
    """How far each box (n, 4) is from the nearest of the segments (m, 4), as seen from its middle."""
    middles = (boxes[:, None, :2] + boxes[:, None, 2:]) / 2
    start, along = segments[:, :2], segments[:, 2:] - segments[:, :2]
    squared = np.maximum((along * along).sum(axis=1), 1e-9)
    share = (((middles - start) * along).sum(axis=2) / squared).clip(0.0, 1.0)
    spots = start + share[:, :, None] * along
    held = np.maximum(np.minimum(spots, boxes[:, None, 2:]), boxes[:, None, :2])
    nearest: Floats = np.hypot(*np.moveaxis(spots - held, 2, 0)).min(axis=1)
    return nearest


def overlaps(boxes: Floats, others: Floats) -> Floats:
    """How much of each box (n, 4) lies under others (m, 4), in square pixels."""
    total: Floats = _shared(boxes, others).sum(axis=1)
    return total


def _shared(boxes: Floats, others: Floats) -> Floats:
    """What each box (n, 4) has in common with each of others (m, 4), (n, m) square pixels."""
    low = np.maximum(boxes[:, None, :2], others[None, :, :2])
    high = np.minimum(boxes[:, None, 2:], others[None, :, 2:])
    area: Floats = np.maximum(high - low, 0.0).prod(axis=2)
    return area


def covered(boxes: Floats, segments: Floats) -> Floats:
    """What length of segments (m, 4) each box (n, 4) covers, or all but covers (after Liang and Barsky)."""
    margin = _CLEAR_OF_LINES_PX
    start, along = segments[:, :2], segments[:, 2:] - segments[:, :2]
    step = np.where(np.abs(along) < 1e-9, 1e-9, along)
    enter = (boxes[:, None, :2] - margin - start) / step
    leave = (boxes[:, None, 2:] + margin - start) / step
    first = np.minimum(enter, leave).max(axis=2).clip(0.0, 1.0)
    last = np.maximum(enter, leave).min(axis=2).clip(0.0, 1.0)
    lengths = np.maximum(np.hypot(*along.T), 1.0)
    total: Floats = (np.maximum(last - first, 0.0) * lengths).sum(axis=1)
    return total


def _points_in(boxes: Floats, points: Floats) -> Floats:
    inside = (points >= boxes[:, None, :2]) & (points <= boxes[:, None, 2:])
    count: Floats = inside.all(axis=2).sum(axis=1).astype(np.float64)
    return count


def _around(middle: tuple[float, float], size: tuple[float, float]) -> Box:
    (across, down), (width, height) = middle, size
    return across - width / 2, down - height / 2, across + width / 2, down + height / 2


def _held(box: Box, inside: Box) -> Box:
    """The box moved into what is seen."""
    width, height = box[2] - box[0], box[3] - box[1]
    left = max(inside[0], min(box[0], inside[2] - width))
    top = max(inside[1], min(box[1], inside[3] - height))
    return left, top, left + width, top + height
