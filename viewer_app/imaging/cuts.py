"""What a reconstructed view shows: a plane through a volume, with a slab about it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import Enum

import numpy as np
from numpy.typing import ArrayLike

from viewer_app.imaging.geometry import Vector, vector

_IN_LINE = 1e-9  # of the sine of an angle


class SlabMode(Enum):
    """How the samples through a slab become one value. The value is what a reader is shown."""

    MAXIMUM = "MIP"
    MINIMUM = "MinIP"
    MEAN = "mean"


@dataclass(frozen=True, slots=True)
class Cut:
    """A plane through `point` (patient LPS mm), with `slab_mm` of slab centred on it; 0 is a plane without thickness.

    `row_direction` points to the right of the picture and `column_direction` down it; unit vectors at right angles.
    """

    point: Vector
    row_direction: Vector
    column_direction: Vector
    slab_mm: float = 0.0
    slab_mode: SlabMode = SlabMode.MAXIMUM

    @property
    def normal(self) -> Vector:
        """Unit vector along `row_direction x column_direction`."""
        (a, b, c), (d, e, f) = self.row_direction, self.column_direction
        x, y, z = b * f - c * e, c * d - a * f, a * e - b * d
        length = math.hypot(x, y, z)
        return x / length, y / length, z / length


def plane_through(points_mm: ArrayLike, *, slab_mm: float = 0.0, slab_mode: SlabMode = SlabMode.MAXIMUM) -> Cut:
    """The plane through three patient points (3, 3), LPS mm, with a slab centred on it.

    Its rows run from the first point towards the second.

    Raises:
        ValueError: the points lie in one line, or the slab is less than nothing.
    """
    first, second, third = np.asarray(points_mm, dtype=np.float64).reshape(3, 3)
    normal = np.cross(second - first, third - first)
    size = float(np.linalg.norm(normal))
    if not size > _IN_LINE * np.linalg.norm(second - first) * np.linalg.norm(third - first):
        raise ValueError("three points in one line lie on many planes")
    if not 0 <= slab_mm < math.inf:
        raise ValueError("a slab has a thickness of 0 mm or more")
    across = (second - first) / np.linalg.norm(second - first)
    return Cut(vector(first), vector(across), vector(np.cross(normal / size, across)), slab_mm, slab_mode)


def slab_words(slab_mm: float, mode: SlabMode) -> str:
    """How the values of a slab come about, "projected, MIP 10 mm"; "" for a plane without thickness."""
    return f"projected, {mode.value} {slab_mm:g} mm" if slab_mm else ""
