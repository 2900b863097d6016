"""What a reconstructed view shows: a plane through a volume, with a slab about it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import Enum

from viewer_app.imaging.geometry import Vector


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


def slab_words(slab_mm: float, mode: SlabMode) -> str:
    """How the values of a slab come about, "projected, MIP 10 mm"; "" for a plane without thickness."""
    return f"projected, {mode.value} {slab_mm:g} mm" if slab_mm else ""
