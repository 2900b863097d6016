"""Area inside a closed outline by even-odd, also of one that crosses itself (C03, C04).

The same rule as for pixels: what the outline goes around twice is outside.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from viewer_app.imaging.geometry import Floats
from viewer_app.measure.near_edges import Indices, near_edges

_SAME = 1e-9  # of the area: an outline that only touches itself encloses what its corners say
# Of the size of the outline: where corners lie on edges, so little moves them off, and areas by less than is told.
_NUDGES = (0.0, 2.0**-44, 2.0**-40, 2.0**-36)
_GOLDEN_ANGLE = 2.399963229728653
# Twice what rounding does to the area of a triangle, of the two products it is the difference of (Shewchuk 1997).
_DOUBT = 1e-15


@dataclass(frozen=True, slots=True, eq=False)
class _Crossings:
    """Where edges (n,) cross others: at these shares (n,) of their lengths, in `points` (n, 2).

    Each crossing is there for both edges, at the very same point: where these are nearly parallel, shares are vague.
    `is_sure` is False where rounding decides whether some cross.
    """

    edges: Indices
    shares: Floats
    points: Floats
    is_sure: bool


def enclosed(vertices: Floats) -> float:
    """Area inside the closed polygon through vertices (n, 2) after Gauss: right where it does not cross itself."""
    if len(vertices) < 3:
        return 0.0
    x, y = (vertices - vertices[0]).T
    return abs(float(x @ np.roll(y, -1) - np.roll(x, -1) @ y)) / 2


def crossed_area(vertices: Floats) -> float | None:
    """Area by even-odd of a closed polygon that crosses itself; None for one that does not."""
    size = np.ptp(vertices, axis=0)
    if len(vertices) < 3 or not size.all():
        return None
    turns = np.arange(len(vertices)) * _GOLDEN_ANGLE
    directions = np.stack([np.cos(turns), np.sin(turns)], axis=1)
    for share in _NUDGES:
        nudged = vertices + share * float(size.max()) * directions
        found = _crossings(nudged)
        if found.is_sure:
            break
    if not len(found.edges):
        return None
    area = _even_odd(nudged, found)
    return None if abs(area - enclosed(vertices)) <= _SAME * size.prod() else area


def _crossings(vertices: Floats) -> _Crossings:
    """Of edges that are no neighbours."""
    start, end = vertices, np.roll(vertices, -1, axis=0)
    edges, shares, is_sure = [np.empty((0, 2), np.int64)], [np.empty((0, 2))], True
    for pairs in near_edges(vertices):
        first, second = pairs.T
        a, b, c, d = start[first], end[first], start[second], end[second]
        sides = np.stack([_side(c, d, a), _side(a, b, c), _side(c, d, b), _side(a, b, d)])
        apart = (sides[:2] * sides[2:] > 0).any(axis=0)
        is_sure = is_sure and not bool((~apart & (sides == 0).any(axis=0)).any())
        met = ~apart & (sides[:2] != sides[2:]).all(axis=0)
        before, after = sides[:2, met], sides[2:, met]
        edges.append(pairs[met])
        shares.append((before / (before - after)).T)
    edge, share = np.concatenate(edges), np.concatenate(shares)
    points = start[edge[:, 0]] + share[:, :1] * (end[edge[:, 0]] - start[edge[:, 0]])
    return _Crossings(edge.ravel(), share.ravel(), np.repeat(points, 2, axis=0), is_sure)


def _side(a: Floats, b: Floats, c: Floats) -> Floats:
    """Twice the signed area of triangles (n, 2) each; 0 where its sign is in doubt."""
    first, second = b - a, c - a
    left, right = first[:, 0] * second[:, 1], first[:, 1] * second[:, 0]
    return np.where(np.abs(left - right) > _DOUBT * (np.abs(left) + np.abs(right)), left - right, 0.0)


def _even_odd(vertices: Floats, crossings: _Crossings) -> float:
    """Along the outline the inside is now to the left, now to the right: it changes at every crossing."""
    edges = np.concatenate([np.arange(len(vertices)), crossings.edges])
    shares = np.concatenate([np.zeros(len(vertices)), crossings.shares])
    order = np.lexsort((shares, edges))
    x, y = (np.concatenate([vertices, crossings.points])[order] - vertices[0]).T
    swept = x * np.roll(y, -1) - np.roll(x, -1) * y
    crossed = np.cumsum(order >= len(vertices))
    return abs(float(swept @ np.where(crossed % 2, -1.0, 1.0))) / 2
