"""By how much numbers change when points in a plane move by half a sample (C42), for kinds with many points.

Points and vertices are (n, 2), distances along row and column; `half` is half a sample along either.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from viewer_app.imaging.geometry import Floats

Half = tuple[float, float]


def area_bound(vertices: Floats, half: Half) -> float:
    """Of the area of a closed outline that may lie half a sample aside along all its length; also of a crossed one."""
    across, down = np.abs(_sides(vertices, closed=True)).sum(axis=0)
    return float(down * half[0] + across * half[1])


def length_bound(vertices: Floats, half: Half, *, closed: bool) -> float:
    """Of the length of a line whose every vertex may lie half a sample aside, to first order.

    A vertex on a straight line adds nothing, one at a corner as much as the line turns there.
    """
    sides = _sides(vertices, closed=closed)
    lengths = np.hypot(sides[:, 0], sides[:, 1])
    ways = sides[lengths > 0] / lengths[lengths > 0, None]
    if not len(ways):
        return 0.0
    turns = np.diff(np.concatenate([ways, ways[:1]]) if closed else np.pad(ways, ((1, 1), (0, 0))), axis=0)
    return float(np.abs(turns).sum(axis=0) @ half)


def by_moving(numbers: Callable[[Floats], Mapping[str, float]], points: Floats, half: Half) -> dict[str, float]:
    """The rule itself: the sum over all coordinates of the largest change of each number when that one moves alone.

    Nothing for a number that is not told wherever a point may lie.
    """
    known = dict(numbers(points))
    sums = dict.fromkeys(known, 0.0)
    for index in np.ndindex(points.shape) if known else ():
        ends = [numbers(_moved(points, index, sign * half[index[1]])) for sign in (1.0, -1.0)]
        sums = {
            key: total + max(abs(end[key] - known[key]) for end in ends)
            for key, total in sums.items()
            if all(key in end for end in ends)
        }
    return sums


def _moved(points: Floats, index: tuple[int, ...], by: float) -> Floats:
    moved = points.copy()
    moved[index] += by
    return moved


def _sides(vertices: Floats, *, closed: bool) -> Floats:
    return np.diff(np.concatenate([vertices, vertices[:1]]) if closed else vertices, axis=0)
