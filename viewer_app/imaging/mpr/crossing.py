"""A cut as a plane to draw and measure on, and where other cuts cross it (C14)."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from viewer_app.imaging.cuts import Cut
from viewer_app.imaging.geometry import Calibration, Plane, Vector, vector
from viewer_app.imaging.mpr.voxel_grid import VoxelGrid

# Planes are told to cross from this angle on (radians); nearer to parallel the line is not a place to be trusted.
_PARALLEL = 1e-6
_KEPT = 64
# Of millimetres: a crosshair that moves within a plane leaves it the same to the last bit.
_DIGITS = 9

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Line:
    """An endless line in in-plane millimetres (`Plane.in_plane` of `plane_of`): a point on it and a unit direction."""

    point: Point
    direction: Point


# A picture, its letters and its crosshair ask for the same plane many times in a frame.
@lru_cache(maxsize=_KEPT)
def plane_of(cut: Cut, grid: VoxelGrid) -> Plane:
    """The cut as a plane of square pixels as small as the smallest edge of a voxel.

    Its origin is where the middle of the volume's box is projected to: it stays
    when the crosshair moves within the plane, and so do zoom and pan.
    """
    beside = round(float(np.dot(np.subtract(grid.centre, cut.point), cut.normal)), _DIGITS)
    size = grid.smallest_edge_mm
    return Plane(
        origin=vector(np.subtract(grid.centre, np.multiply(cut.normal, beside))),
        row_direction=cut.row_direction,
        column_direction=cut.column_direction,
        row_spacing=size,
        column_spacing=size,
        unit="mm",
        calibration=Calibration.IMAGE_PLANE,
        frame_of_reference_uid=grid.frame_of_reference_uid,
    )


@lru_cache(maxsize=_KEPT)
def extent(cut: Cut, grid: VoxelGrid) -> tuple[float, float, float, float]:
    """(left, top, width, height) in in-plane millimetres of the whole volume, projected along the normal.

    It does not change by scrolling, so that a fitted view stays as large as it is.
    """
    points = plane_of(cut, grid).in_plane(grid.corners())
    left, top = (float(least) for least in points.min(axis=0))
    width, height = (float(size) for size in np.ptp(points, axis=0))
    return left, top, width, height


def lines_on(cut: Cut, others: tuple[Cut, ...], grid: VoxelGrid) -> tuple[Line | None, ...]:
    """Where the planes of other cuts cross this one: lines to draw. None for one that is parallel to it.

    The line's point is the one nearest to this cut's own point: the crosshair, where they share it.
    """
    own = _own_point(cut, grid)
    return tuple(_crossing(cut, own, other, 0.0) for other in others)


def borders_on(cut: Cut, other: Cut, grid: VoxelGrid) -> tuple[Line, Line] | None:
    """Where the two faces of another cut's slab cross this one; None without a slab, or where they are parallel."""
    if not other.slab_mm:
        return None
    own = _own_point(cut, grid)
    first, second = (_crossing(cut, own, other, side * other.slab_mm / 2) for side in (-1.0, 1.0))
    return (first, second) if first and second else None


def _own_point(cut: Cut, grid: VoxelGrid) -> Point:
    """The cut's own point, in-plane."""
    ((x, y),) = plane_of(cut, grid).in_plane(cut.point).tolist()
    return x, y


def _crossing(cut: Cut, own: Point, other: Cut, off_mm: float) -> Line | None:
    """Where the plane `off_mm` beside another cut, along its normal, crosses this one, whose own point is `own`."""
    normal = other.normal
    a, b = _along(cut.row_direction, normal), _along(cut.column_direction, normal)
    length = math.hypot(a, b)
    if length < _PARALLEL:
        return None
    away = (_along(other.point, normal) - _along(cut.point, normal) + off_mm) / length**2
    return Line((own[0] + a * away, own[1] + b * away), (-b / length, a / length))


def _along(one: Vector, other: Vector) -> float:
    """Their dot product; numpy would take ten times as long for three numbers."""
    return one[0] * other[0] + one[1] * other[1] + one[2] * other[2]
