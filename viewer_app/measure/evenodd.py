"""Area inside a closed outline by even-odd, also of one that crosses itself (C03, C04).

The same rule as for pixels: what the outline goes around twice is outside.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from viewer_app.imaging.geometry import Floats

_SAME = 1e-9  # of the area: an outline that only touches itself encloses what its corners say

Indices = NDArray[np.int64]


def enclosed(vertices: Floats) -> float:
    """Area inside the closed polygon through vertices (n, 2) after Gauss: right where it does not cross itself."""
    if len(vertices) < 3:
        return 0.0
    x, y = (vertices - vertices[0]).T
    return abs(float(x @ np.roll(y, -1) - np.roll(x, -1) @ y)) / 2


def crossed_area(vertices: Floats) -> float | None:
    """Area by even-odd of a closed polygon that crosses itself; None for one that does not."""
    meeting = _meeting(vertices)
    if not len(meeting):
        return None
    area = _even_odd(vertices, _heights(vertices, meeting))
    return None if abs(area - enclosed(vertices)) <= _SAME * np.ptp(vertices, axis=0).prod() else area


def _meeting(vertices: Floats) -> Indices:
    """Pairs (n, 2) of edges that are no neighbours and meet."""
    start, end = vertices, np.roll(vertices, -1, axis=0)
    pairs = _near(start, end)
    a, b, c, d = start[pairs[:, 0]], end[pairs[:, 0]], start[pairs[:, 1]], end[pairs[:, 1]]
    apart = _side(a, b, c) * _side(a, b, d) > 0
    apart |= _side(c, d, a) * _side(c, d, b) > 0
    met: Indices = pairs[~apart]
    return met


def _near(start: Floats, end: Floats) -> Indices:
    """Pairs of edges, not neighbours, whose boxes meet: looked for along the axis that leaves fewer."""
    low, high = np.minimum(start, end), np.maximum(start, end)
    first, second = min((_overlapping(low[:, axis], high[:, axis]) for axis in (0, 1)), key=lambda found: len(found[0]))
    meet = np.all((low[first] <= high[second]) & (low[second] <= high[first]), axis=1)
    gap = np.abs(first - second)
    meet &= (gap > 1) & (gap < len(start) - 1)
    return np.stack([first[meet], second[meet]], axis=1)


def _overlapping(low: Floats, high: Floats) -> tuple[Indices, Indices]:
    """Every pair of intervals that overlap, once."""
    order = np.argsort(low, kind="stable")
    stop = np.searchsorted(low[order], high[order], side="right")
    counts = stop - np.arange(len(order)) - 1
    first = np.repeat(np.arange(len(order)), counts)
    second = np.arange(len(first)) - np.repeat(np.cumsum(counts) - counts, counts) + first + 1
    return order[first], order[second]


def _side(a: Floats, b: Floats, c: Floats) -> Floats:
    """Twice the signed area of triangles (n, 2) each."""
    first, second = b - a, c - a
    found: Floats = first[:, 0] * second[:, 1] - first[:, 1] * second[:, 0]
    return found


def _heights(vertices: Floats, meeting: Indices) -> Floats:
    """All y at which an edge begins, ends or meets another, in order."""
    end = np.roll(vertices, -1, axis=0)
    a, b, c, d = vertices[meeting[:, 0]], end[meeting[:, 0]], vertices[meeting[:, 1]], end[meeting[:, 1]]
    before, after = _side(c, d, a), _side(c, d, b)
    with np.errstate(divide="ignore", invalid="ignore"):
        crossing = a[:, 1] + before / (before - after) * (b[:, 1] - a[:, 1])
    heights: Floats = np.unique(np.concatenate([vertices[:, 1], crossing[np.isfinite(crossing)]]))
    return heights


def _even_odd(vertices: Floats, heights: Floats) -> float:
    """Between two neighbouring heights no edges cross: every other strip between them is inside."""
    low, high = np.sort(np.stack([vertices[:, 1], np.roll(vertices[:, 1], -1)]), axis=0)
    first = np.searchsorted(heights, low)
    counts = np.searchsorted(heights, high) - first
    edge = np.repeat(np.arange(len(vertices)), counts)
    slab = np.arange(len(edge)) - np.repeat(np.cumsum(counts) - counts - first, counts)
    middle = (heights[slab] + heights[slab + 1]) / 2
    start, end = vertices[edge], vertices[(edge + 1) % len(vertices)]
    place = start[:, 0] + (middle - start[:, 1]) / (end[:, 1] - start[:, 1]) * (end[:, 0] - start[:, 0])
    order = np.lexsort((place, slab))
    widths, slabs = np.diff(place[order])[::2], slab[order][::2]
    return float(widths @ (heights[slabs + 1] - heights[slabs]))
