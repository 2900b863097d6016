"""Outlines in a plane: their area by even-odd, and how far a point lies inside."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from viewer_app.imaging.geometry import Floats

_AT_ONCE = 1 << 20


def perimeter(polygons: Sequence[Floats]) -> float:
    """The length of all outlines (n, 2)."""
    starts, ends = _edges(polygons)
    return float(np.hypot(*(ends - starts).T).sum())


def even_odd_area(polygons: Sequence[Floats]) -> float:
    """The area inside an odd number of the outlines (n, 2), exact but for rounding.

    An outline within another cuts a hole; one that crosses itself follows even-odd, as `region.polygon_mask` does.
    Between two neighbouring heights of corners and crossings the edges form trapezoids, which are summed.
    """
    starts, ends = _edges(polygons)
    levels = np.unique(np.concatenate([starts[:, 1], *_crossing_heights(starts, ends)]))
    middles, depths = (levels[1:] + levels[:-1]) / 2, np.diff(levels)
    chunk = max(1, _AT_ONCE // max(1, len(starts)))
    parts = (slice(n, n + chunk) for n in range(0, len(middles), chunk))
    return float(sum(_widths(starts, ends, middles[part]) @ depths[part] for part in parts))


def signed_distances(polygons: Sequence[Floats], x: Floats, y: Floats) -> Floats:
    """(rows, columns): distances of points (`x` (columns,), `y` (rows,)) from outlines (n, 2), negative inside."""
    down, inside = y[:, None], np.zeros((len(y), len(x)), dtype=np.bool_)
    squares = np.full(inside.shape, np.inf)
    for start, end in zip(*_edges(polygons), strict=True):
        way = end - start
        square = float(way @ way)
        if not square:
            continue
        share = np.clip(((x - start[0]) * way[0] + (down - start[1]) * way[1]) / square, 0.0, 1.0)
        away = (x - start[0] - share * way[0]) ** 2 + (down - start[1] - share * way[1]) ** 2
        np.minimum(squares, away, out=squares)
        inside ^= _is_left(start, end, x, down)
    found: Floats = np.where(inside, -1.0, 1.0) * np.sqrt(squares)
    return found


def _is_left(start: Floats, end: Floats, x: Floats, y: Floats) -> NDArray[np.bool_]:
    """Which points have the edge on their right, at their height; the lower end belongs to it."""
    if start[1] == end[1]:
        return np.zeros((len(y), len(x)), dtype=np.bool_)
    crossing = start[0] + (y - start[1]) * (end[0] - start[0]) / (end[1] - start[1])
    return np.asarray(((start[1] <= y) != (end[1] <= y)) & (x < crossing))


def _edges(polygons: Sequence[Floats]) -> tuple[Floats, Floats]:
    starts = np.concatenate(list(polygons))
    ends = np.concatenate([np.roll(polygon, -1, axis=0) for polygon in polygons])
    return starts, ends


def _crossing_heights(starts: Floats, ends: Floats) -> Iterator[Floats]:
    """At which heights edges cross each other, some edges at a time."""
    ways = ends - starts
    chunk = max(1, _AT_ONCE // max(1, len(starts)))
    for first in range(0, len(starts), chunk):
        part = slice(first, first + chunk)
        way, apart = ways[part, None], starts[None] - starts[part, None]
        turn = _cross(way, ways[None])
        turn[turn == 0.0] = np.nan  # parallel ones, which do not cross
        along, beside = _cross(apart, ways[None]) / turn, _cross(apart, way) / turn
        meets = (along > 0) & (along < 1) & (beside > 0) & (beside < 1)
        heights: Floats = (starts[part, None, 1] + along * way[..., 1])[meets]
        yield heights


def _cross(one: Floats, other: Floats) -> Floats:
    found: Floats = one[..., 0] * other[..., 1] - one[..., 1] * other[..., 0]
    return found


def _widths(starts: Floats, ends: Floats, heights: Floats) -> Floats:
    """How much of a line at each height lies inside."""
    y, rise = heights[:, None], ends[:, 1] - starts[:, 1]
    meets = (starts[:, 1] < y) != (ends[:, 1] < y)
    share = (y - starts[:, 1]) / np.where(rise, rise, 1.0)
    crossings = np.where(meets, starts[:, 0] + share * (ends[:, 0] - starts[:, 0]), np.inf)
    crossings.sort(axis=1)
    # An even number of crossings: from the first to the second is inside, and so on.
    pairs = crossings[:, : len(starts) // 2 * 2].reshape(len(heights), -1, 2)
    known = np.isfinite(pairs[..., 1])
    widths: Floats = np.where(known, pairs[..., 1], 0.0).sum(axis=1) - np.where(known, pairs[..., 0], 0.0).sum(axis=1)
    return widths
