"""P3: volumes whose value is a linear function of the patient point, exact in every voxel."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike
from pydicom.dataset import FileDataset

from viewer_app.imaging.geometry import Floats, Plane, Vector, vector
from viewer_app.phantom.blocks import axial_plane, stack
from viewer_app.phantom.curves import turn

ROWS, COLUMNS, SLICES = 20, 24, 12
# HU from one slice, row and column to the next: whole stored values, at Rescale Slope 0.5.
_HU_STEPS = (7.0, 2.5, 1.5)
_FIRST_HU = -60.0
_STEP_MM = 2.0


@dataclass(frozen=True)
class Ramp:
    """f(x, y, z) = gradient . (x, y, z) + offset, in HU and HU per mm, and its slices."""

    images: tuple[FileDataset, ...]
    gradient: Vector
    offset: float

    def values_at(self, points_mm: ArrayLike) -> Floats:
        """f at patient points (n, 3), closed form."""
        values: Floats = np.asarray(points_mm, dtype=np.float64) @ np.asarray(self.gradient) + self.offset
        return values


def _rotated() -> tuple[Plane, Vector]:
    (c, s), (d, t) = turn(3 / 17), turn(1 / 4)
    plane = axial_plane((-12.5, 7.25, 30.0), 0.75, 0.5, "ramp oblique")
    plane = replace(plane, row_direction=(c, s, 0.0), column_direction=(-s * d, c * d, t))
    return plane, vector(np.multiply(plane.normal, _STEP_MM))


def _tilted(degrees: float) -> tuple[Plane, Vector]:
    lean = math.radians(degrees)
    plane = axial_plane((-6.0, -8.0, 100.0), 0.75, 0.5, f"ramp tilted {degrees:g}")
    return replace(plane, column_direction=(0.0, math.cos(lean), math.sin(lean))), (0.0, 0.0, _STEP_MM)


_LAYOUTS: Mapping[str, tuple[Plane, Vector]] = {
    "axial": (axial_plane((-6.0, -8.0, 100.0), 0.75, 0.5, "ramp axial"), (0.0, 0.0, _STEP_MM)),
    "axial, feet first": (axial_plane((3.0, -8.0, -40.0), 0.75, 0.5, "ramp feet first"), (0.0, 0.0, -_STEP_MM)),
    "oblique": _rotated(),
    "tilted by 15": _tilted(15.0),
    "tilted by -30": _tilted(-30.0),
}
RAMPS = tuple(_LAYOUTS)


def ramp(name: str = "axial") -> Ramp:
    """The ramp of `RAMPS` by its name: 12 slices of 24 x 20 pixels of 0.5 x 0.75 mm, 2 mm from slice to slice."""
    plane, step = _LAYOUTS[name]
    hu = _FIRST_HU + np.tensordot(_HU_STEPS, np.indices((SLICES, ROWS, COLUMNS)), axes=1)
    stored = ((hu + 500.0) / 0.5).astype(np.uint16)
    steps = [vector(np.multiply(step, k)) for k in range(SLICES)]
    rescale = {"RescaleSlope": "0.5", "RescaleIntercept": "-500", "SliceThickness": "2"}
    down, along = np.multiply(plane.column_direction, 0.75), np.multiply(plane.row_direction, 0.5)
    gradient = vector(np.linalg.solve(np.array([step, down, along]), _HU_STEPS))
    offset = _FIRST_HU - float(np.dot(gradient, plane.origin))
    return Ramp(tuple(stack(list(stored), plane, steps, f"ramp {name}", **rescale)), gradient, offset)
