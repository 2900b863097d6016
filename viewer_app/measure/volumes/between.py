"""The shape between two shapes: where the mean of their signed distances is negative (shape interpolation).

A point inside both is inside all between; of two circles about one axis, those between are circles whose radii
change evenly. Shapes that do not overlap have nothing half way between them.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from viewer_app.imaging.geometry import Floats
from viewer_app.measure.volumes.outline import signed_distances

# Points across the larger side of both shapes.
_POINTS = 128


def area_between(lower: Sequence[Floats], upper: Sequence[Floats], shares: Sequence[float]) -> list[float]:
    """Areas of the shapes between two sets of outlines (n, 2) in mm, at shares from 0 (lower) to 1 (upper).

    Each point of a grid of 128 across counts by how much of its cell the border leaves inside.
    """
    if not shares:
        return []
    corners = np.concatenate([*lower, *upper])
    first, size = corners.min(axis=0), np.ptp(corners, axis=0)
    cell = float(size.max()) / _POINTS
    x, y = (first[axis] - 1.5 * cell + np.arange(int(size[axis] / cell) + 5) * cell for axis in (0, 1))
    below, above = signed_distances(lower, x, y), signed_distances(upper, x, y)
    return [_area((1.0 - share) * below + share * above, cell) for share in shares]


def _area(distances: Floats, cell: float) -> float:
    return float(np.clip(0.5 - distances / cell, 0.0, 1.0).sum()) * cell * cell
