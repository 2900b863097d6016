"""Where labels stand: beside their marks, off their lines, clear of each other. Screen pixels; no Qt.

A box is (left, top, right, bottom).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from viewer_app.imaging.geometry import Floats

Box = tuple[float, float, float, float]

GAP_PX = 10.0
_GAPS_PX = (GAP_PX, 32.0, 54.0)
_SHARES = (0.5, 0.0, 1.0, 0.25, 0.75)
_CLEAR_OF_LINES_PX = 2.0
# What a label costs that covers all of itself with others, and for each pixel of its own lines and point of others.
_OVERLAP, _OWN_LINE, _FOREIGN_POINT, _BEFORE, _RANK = 600.0, 20.0, 12.0, -6.0, 0.5


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
    taken = [*room.written, *(placed.box for placed in found.values())]
    spots = np.concatenate([np.empty((0, 2)), *(label.spots for label in wanted)])
    owners = np.repeat(np.arange(len(wanted)), [len(label.spots) for label in wanted])
    moving = [(number, label) for number, label in enumerate(wanted) if label.key not in found]
    for number, label in sorted(moving, key=lambda each: each[1].by_hand is None):
        if label.by_hand is not None:
            placed = Placed(_held(_around(label.by_hand, label.size), room.inside), -1)
        else:
            placed = _best(label, room.inside, np.array(taken).reshape(-1, 4), spots[owners != number], before)
        found[label.key] = placed
        taken.append(placed.box)
    return found


def _best(label: Wanted, inside: Box, taken: Floats, foreign: Floats, before: Mapping[str, int]) -> Placed:
    """The place before where it covers nothing, else the first that does; where there is none, that of least cost."""
    boxes = _places(label, inside)
    kept = before.get(label.key, -1)
    choice = kept
    if kept < 0 or _cost(label, boxes[kept : kept + 1], taken, foreign).item() > 0:
        cost = _cost(label, boxes, taken, foreign) + _RANK * np.arange(len(boxes))
        if kept >= 0:
            cost[kept] += _BEFORE
        choice = int(np.argmin(cost))
    left, top, right, bottom = boxes[choice].tolist()
    return Placed((left, top, right, bottom), choice)


def _cost(label: Wanted, boxes: Floats, taken: Floats, foreign: Floats) -> Floats:
    """What a label covers in each of the boxes (n, 4)."""
    hidden = _OVERLAP * overlaps(boxes, taken) / (label.size[0] * label.size[1])
    cost: Floats = hidden + _OWN_LINE * covered(boxes, label.segments) + _FOREIGN_POINT * _points_in(boxes, foreign)
    return cost


def _places(label: Wanted, inside: Box) -> Floats:
    """Boxes (n, 4) round what is seen of a mark, always as many, the best ones first.

    Beside, below and above its last point; then along the sides of the box round it, and the same farther off.
    """
    (left, top, right, bottom), (across, down) = _seen(label, inside)
    width, height = label.size
    spots = []
    for gap in _GAPS_PX:
        at_right, at_left, below, above = right + gap, left - gap - width, bottom + gap, top - gap - height
        spots += [(at_right, down - height / 2), (at_left, down - height / 2)]
        spots += [(across - width / 2, below), (across - width / 2, above)]
        for share in _SHARES:
            level, column = top + share * (bottom - top), left + share * (right - left)
            spots += [(at_right, level - height / 2), (at_left, level - height / 2)]
            spots += [(column - width / 2, below), (column - width / 2, above)]
    corners = np.array(spots)
    low, high = np.array(inside[:2]), np.array(inside[2:]) - label.size
    corners = np.maximum(np.minimum(corners, high), low)
    return np.hstack([corners, corners + label.size])


def _seen(label: Wanted, inside: Box) -> tuple[Box, tuple[float, float]]:
    """The box round what is seen of a mark, and the point of it that is nearest to its last one."""
    ends = label.segments.reshape(-1, 2)
    low, high = ends.min(axis=0), ends.max(axis=0)
    low, high = (np.clip(edge, inside[:2], inside[2:]) for edge in (low, high))
    across, down = np.clip(label.spots[-1], low, high).tolist()
    return (float(low[0]), float(low[1]), float(high[0]), float(high[1])), (across, down)


def overlaps(boxes: Floats, others: Floats) -> Floats:
    """How much of each box (n, 4) lies under others (m, 4), in square pixels."""
    low = np.maximum(boxes[:, None, :2], others[None, :, :2])
    high = np.minimum(boxes[:, None, 2:], others[None, :, 2:])
    total: Floats = np.maximum(high - low, 0.0).prod(axis=2).sum(axis=1)
    return total


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
