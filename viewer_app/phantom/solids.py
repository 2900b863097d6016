"""P2 and P4: solids and a disc whose volumes and pixel counts are known.

A voxel is wholly inside or outside by its centre, in voxels of 0.7 x 0.5 x 1.25 mm.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import FileDataset

from viewer_app.imaging.geometry import Floats, Plane, Vector
from viewer_app.phantom.blocks import axial_plane, stack
from viewer_app.phantom.curves import turn

SOLID_HU = 1000.0
TILT_DEG = 15.0
DISC_RADIUS_MM = 5.0
DISC_CENTER_MM = (0.3, 0.2)
# C28, by three rules of membership, of the very disc that was drawn.
DISC_CENTRES, DISC_TOUCHED, DISC_AREA_MM2 = 79, 100, math.pi * DISC_RADIUS_MM**2
DISC_MEANS = {"centres": 100.0, "touched": 79.0, "coverage": 95.4}
# By centres once more, with the region moved by half a pixel to the right and up.
DISC_MEAN_MOVED = 91.1

Mask = NDArray[np.bool_]
_ROWS, _COLUMNS, _SLICES = 64, 52, 32
_ROW_SPACING, _COLUMN_SPACING, _STEP = 0.5, 0.7, 1.25
_TURN, _LEAN = turn(3 / 17), turn(1 / 4)


@dataclass(frozen=True)
class Solid:
    """A solid in patient space: its volume, and which of patient points (n, 3) lie in it.

    `is_exact`: its faces run half way between voxels, so that voxels fill it without a rest.
    """

    volume_mm3: float
    inside: Callable[[Floats], Mask]
    is_exact: bool = False
    tilt_deg: float = 0.0


def _ellipsoid(center: Vector, axes: Vector) -> Solid:
    def inside(points: Floats) -> Mask:
        return np.asarray(np.sum(((points - center) / axes) ** 2, axis=1) < 1.0, dtype=np.bool_)

    return Solid(4 / 3 * math.pi * math.prod(axes), inside)


def _box(center: Vector, edges: tuple[Vector, Vector, Vector], lengths: Vector, *, tilt_deg: float = 0.0) -> Solid:
    """A box, or one that leans: `edges` are unit vectors."""
    matrix = np.array(edges).T

    def inside(points: Floats) -> Mask:
        along = np.linalg.solve(matrix, (points - center).T).T
        return np.asarray(np.all(np.abs(along) < np.divide(lengths, 2), axis=1), dtype=np.bool_)

    is_exact = edges[0] == (1.0, 0.0, 0.0)
    return Solid(abs(float(np.linalg.det(matrix))) * math.prod(lengths), inside, is_exact, tilt_deg)


def _turned_axes() -> tuple[Vector, Vector, Vector]:
    (c, s), (d, t) = _TURN, _LEAN
    return (c, s, 0.0), (-s * d, c * d, t), (s * t, -c * t, d)


def _gantry(degrees: float) -> Vector:
    lean = math.radians(degrees)
    return 0.0, math.cos(lean), math.sin(lean)


_X, _Y, _Z = (1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0)
_OFF_GRID = (0.13, -0.21, 0.37)
# Edges of 20 columns, 24 rows and 12 slices, all half way between voxels (the grid's middle is between them too).
_WHOLE_VOXELS = (20 * _COLUMN_SPACING, 24 * _ROW_SPACING, 12 * _STEP)

SOLIDS: Mapping[str, Solid] = {
    "sphere": _ellipsoid(_OFF_GRID, (10.0, 10.0, 10.0)),
    "small sphere": _ellipsoid(_OFF_GRID, (3.0, 3.0, 3.0)),
    "ellipsoid": _ellipsoid(_OFF_GRID, (14.0, 9.0, 12.0)),
    "box": _box((0.0, 0.0, 0.0), (_X, _Y, _Z), _WHOLE_VOXELS),
    "turned box": _box(_OFF_GRID, _turned_axes(), (16.0, 10.0, 12.0)),
    "tilted box": _box((0.0, 0.0, 0.0), (_X, _gantry(TILT_DEG), _Z), _WHOLE_VOXELS, tilt_deg=TILT_DEG),
}


def solid(name: str) -> list[FileDataset]:
    """P2: a solid of `SOLIDS` of 1000 HU in water; "tilted box" lies in slices of a gantry tilted by 15 degrees."""
    shape, plane = SOLIDS[name], _solid_plane(SOLIDS[name].tilt_deg)
    steps = [(0.0, 0.0, _STEP * k) for k in range(_SLICES)]
    pixels = np.stack(np.meshgrid(np.arange(_COLUMNS), np.arange(_ROWS)), axis=-1).reshape(-1, 2)
    inside = [shape.inside(plane.to_patient(pixels) + step).reshape(_ROWS, _COLUMNS) for step in steps]
    stored = [np.where(mask, 1024.0 + SOLID_HU, 1024.0).astype(np.uint16) for mask in inside]
    return stack(stored, plane, steps, f"solid {name}", SliceThickness="1.25")


def _solid_plane(tilt_deg: float) -> Plane:
    """The first slice of a stack whose middle, between voxels, is the patient's origin."""
    down = _gantry(tilt_deg) if tilt_deg else _Y
    half_height = (_ROWS - 1) / 2 * _ROW_SPACING
    origin = (
        -(_COLUMNS - 1) / 2 * _COLUMN_SPACING,
        -half_height * down[1],
        -half_height * down[2] - (_SLICES - 1) / 2 * _STEP,
    )
    plane = axial_plane(origin, _ROW_SPACING, _COLUMN_SPACING, "solid")
    return replace(plane, column_direction=down)


def edge_disc() -> list[FileDataset]:
    """P4: a disc of 100 HU in water, r = 5 pixels of 1 mm, centre off the grid (C28)."""
    y, x = np.mgrid[-8:9, -8:9].astype(np.float64)
    inside = (x - DISC_CENTER_MM[0]) ** 2 + (y - DISC_CENTER_MM[1]) ** 2 < DISC_RADIUS_MM**2
    stored = np.where(inside, 1124, 1024).astype(np.uint16)
    return stack([stored], axial_plane((-8.0, -8.0, 0.0), 1.0, 1.0, "disc"), [(0.0, 0.0, 0.0)], "disc")
