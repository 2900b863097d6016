"""Which edges of a closed outline are near each other.

An outline is cut into stretches that run in one quarter of directions: none of them crosses itself, and the box of any
part of one is that of its two ends. Stretches whose boxes meet are found by a grid, and halved down to single edges.
"""

from __future__ import annotations

from collections.abc import Iterator
from copy import copy

import numpy as np
from numpy.typing import NDArray

from viewer_app.imaging.geometry import Floats

Indices = NDArray[np.int64]

_CELL = 2.0  # sides of the mean box of a stretch
_CELLS_EACH = 8  # on the mean, at most
_AT_A_TIME = 1 << 20  # pairs looked at together: what is in hand stays small, however tangled the outline is


def near_edges(vertices: Floats) -> Iterator[Indices]:
    """Pairs (n, 2) of edges of the closed polygon through vertices (m, 2) whose boxes meet: each once, in parts.

    Left out are neighbours, and what lies in one stretch. Edge k begins at vertex k.
    """
    closed = np.concatenate([vertices, vertices[:1]])
    bounds = _stretches(np.diff(closed, axis=0))
    boxes = _Boxes(closed, bounds[:-1], bounds[1:])
    for near in _near(boxes):
        pairs = near[_met(boxes.at(near[:, 0]), boxes.at(near[:, 1]))]
        ends = np.stack([bounds[pairs], bounds[pairs + 1]], axis=2)
        edges = _halved(closed, ends)
        gap = np.abs(edges[:, 0] - edges[:, 1])
        yield edges[(gap > 1) & (gap < len(vertices) - 1)]


class _Boxes:
    """The boxes (n,) of parts of stretches, from vertices `start` to `stop`: corners (2, n), as (x, y)."""

    def __init__(self, closed: Floats, start: Indices, stop: Indices) -> None:
        one, other = closed.T[:, start], closed.T[:, stop]
        self.low, self.high = np.minimum(one, other), np.maximum(one, other)

    def at(self, places: Indices) -> _Boxes:
        """Some of them."""
        found = copy(self)
        found.low, found.high = self.low[:, places], self.high[:, places]
        return found


def _met(one: _Boxes, other: _Boxes) -> NDArray[np.bool_]:
    """Which pairs of boxes meet."""
    (a, b), (c, d), (e, f), (g, h) = one.low, other.high, other.low, one.high
    met: NDArray[np.bool_] = (a <= c) & (b <= d) & (e <= g) & (f <= h)
    return met


def _stretches(along: Floats) -> Indices:
    """The vertices at which stretches begin, and the last one at which one ends."""
    rising = along >= 0
    turns = np.flatnonzero((rising[1:] != rising[:-1]).any(axis=1)) + 1
    return np.concatenate([[0], turns, [len(along)]])


def _halved(closed: Floats, ends: Indices) -> Indices:
    """Pairs of single edges (k, 2) whose boxes meet, of pairs of parts (n, 2, 2) from vertex to vertex."""
    while len(ends):
        ends = ends[_met(_Boxes(closed, *ends[:, 0].T), _Boxes(closed, *ends[:, 1].T))]
        lengths = ends[:, :, 1] - ends[:, :, 0]
        longer = (lengths[:, 1] > lengths[:, 0]).astype(np.int64)
        if not (lengths > 1).any():
            break
        ends = _split(ends, longer, np.take_along_axis(lengths, longer[:, None], axis=1)[:, 0] > 1)
    return ends[:, :, 0]


def _split(ends: Indices, which: Indices, wanted: NDArray[np.bool_]) -> Indices:
    """The pairs of parts; of those that are wanted, one part is halved."""
    whole, first = ends[~wanted], ends[wanted]
    which, rows = which[wanted], np.arange(len(first))
    second, middle = first.copy(), first[rows, which].sum(axis=1) // 2
    first[rows, which, 1] = middle
    second[rows, which, 0] = middle
    return np.concatenate([whole, first, second])


def _near(boxes: _Boxes) -> Iterator[Indices]:
    """Pairs (n, 2) of boxes in one cell of the grid: each pair once, in parts."""
    first, last = _cells(boxes)
    box, column, row = _covered(first, last)
    order = np.lexsort((column, row))
    box, column, row = box[order], column[order], row[order]
    changes = np.flatnonzero((np.diff(column) != 0) | (np.diff(row) != 0)) + 1
    stops = np.concatenate([changes, [len(box)]])
    after = np.repeat(stops, np.diff(stops, prepend=0)) - np.arange(len(box)) - 1
    for begin, stop in _parts(after):
        one = np.repeat(np.arange(begin, stop), after[begin:stop])
        pairs = np.stack([box[one], box[one + 1 + _from_zero(after[begin:stop])]], axis=1)
        # Two boxes meet in a rectangle; the cell of its first corner alone tells of them.
        corner = first[pairs].max(axis=1)
        yield pairs[(corner[:, 0] == column[one]) & (corner[:, 1] == row[one])]


def _cells(boxes: _Boxes) -> tuple[Indices, Indices]:
    """The first and the last cell (column, row) of each box, (n, 2)."""
    origin = boxes.low.min(axis=1)
    cell = _CELL * float((boxes.high - boxes.low).mean()) or 1.0
    while True:
        first, last = (np.floor((corner.T - origin) / cell) for corner in (boxes.low, boxes.high))
        if (last - first + 1).prod(axis=1).sum() <= _CELLS_EACH * len(first):
            return first.astype(np.int64), last.astype(np.int64)
        cell *= 2


def _covered(first: Indices, last: Indices) -> tuple[Indices, Indices, Indices]:
    """Every cell of every box: whose it is, its column and its row."""
    across, down = (last - first + 1).T
    box = np.repeat(np.arange(len(first)), across * down)
    number = _from_zero(across * down)
    return box, first[box, 0] + number % across[box], first[box, 1] + number // across[box]


def _from_zero(counts: Indices) -> Indices:
    """0, 1, 2 ... so many times for each of the counts, one after another."""
    found: Indices = np.arange(int(counts.sum())) - np.repeat(np.cumsum(counts) - counts, counts)
    return found


def _parts(counts: Indices) -> Iterator[tuple[int, int]]:
    """Begins and ends of stretches of `counts` whose sum is no more than can be looked at together, or of one."""
    until, begin = np.cumsum(counts), 0
    while begin < len(counts):
        done = int(until[begin - 1]) if begin else 0
        stop = max(int(np.searchsorted(until, done + _AT_A_TIME, side="right")), begin + 1)
        yield begin, stop
        begin = stop
