"""On which planes a figure lies, and where it merely pierces one. Patient mm; no screen."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache

import numpy as np

from viewer_app.imaging.geometry import Floats, Plane, Vector, vector
from viewer_app.measure.kinds import KINDS
from viewer_app.measure.measurement import Figure, Measurement

PARALLEL_DEG = 0.1
"""Planes whose normals are nearer to each other than this are parallel: over 100 mm they part by less than 0.2 mm."""

OF_A_VOXEL = 0.5
"""A figure lies on a plane all its points are nearer to than this share of the smallest edge of a voxel.

A user may have it shown on planes that are nearer or further: `lies_on` takes another share.
"""

ONE_PLACE = 1e-6
"""Planes whose corners of an image are nearer to each other than this, in mm or px, are one.

A place that is worked out, as those of the tiles of a mosaic are, may differ in its last bits on another machine. A
millionth of a mm is a thousandth of what can be seen or measured on any image.
"""

_PARALLEL = math.cos(math.radians(PARALLEL_DEG))
# Views ask for those of all marks with every frame.
_KEPT = 4096


def lies_on(figure: Figure, plane: Plane, voxel_mm: float, share: float = OF_A_VOXEL) -> bool:
    """True where the figure's plane is parallel to `plane` and all its points lie on it.

    `voxel_mm` is the smallest edge of a voxel of the volume both are of, and `share` how much of it they may be away.
    With one of 0.5 or less a figure never lies on two neighbouring slices at once.
    """
    if not are_in_one_space(figure.plane, plane) or not _are_parallel(figure.plane, plane):
        return False
    return bool(np.abs(plane.height(figure.points)).max() < share * voxel_mm)


def is_one_place(plane: Plane, other: Plane, rows: int, columns: int) -> bool:
    """True where two planes put every pixel of an image of this size at one place, known in one way."""
    if _told(plane) != _told(other):
        return False
    corners = [(0, 0), (columns, 0), (0, rows), (columns, rows)]
    return bool(np.abs(plane.to_patient(corners) - other.to_patient(corners)).max() < ONE_PLACE)


def _told(plane: Plane) -> tuple[object, ...]:
    return plane.unit, plane.calibration, plane.located, plane.frame_of_reference_uid


def piercings(measurement: Measurement, plane: Plane) -> Floats:
    """Where the lines of a mark go through `plane`: in-plane points (n, 2) of it, in mm.

    None for a figure whose plane is parallel; of a mark of several planes it is the line through all its points.
    """
    if len(measurement.figures) > 1:
        return _between_figures(measurement.figures, plane)
    figure = measurement.figures[0]
    if not are_in_one_space(figure.plane, plane) or _are_parallel(figure.plane, plane):
        return np.empty((0, 2))
    found = [_crossings(line, plane) for line in _lines(measurement.kind, figure)]
    return plane.in_plane(np.concatenate([np.empty((0, 3)), *found]))


def may_pierce(measurement: Measurement, plane: Plane) -> bool:
    """False for a mark that goes through no plane parallel to `plane`."""
    (figure, *others) = measurement.figures
    return bool(others) or (are_in_one_space(figure.plane, plane) and not _are_parallel(figure.plane, plane))


def _between_figures(figures: Sequence[Figure], plane: Plane) -> Floats:
    if not all(are_in_one_space(figure.plane, plane) for figure in figures):
        return np.empty((0, 2))
    return plane.in_plane(_crossings(np.array([point for figure in figures for point in figure.points]), plane))


def to_patient(plane: Plane, in_plane: Floats) -> Floats:
    """In-plane points (n, 2) in the plane's unit to patient points (n, 3)."""
    return plane.to_patient(in_plane / (plane.column_spacing, plane.row_spacing))


def onto(plane: Plane, point: Vector) -> Vector:
    """The point of the plane that is nearest to a patient point."""
    return vector(plane.to_patient(plane.to_pixels([point]))[0])


def are_in_one_space(plane: Plane, other: Plane) -> bool:
    """Both are of one volume, which needs no Frame of Reference that is named, but must not be of two."""
    return plane.located and other.located and plane.frame_of_reference_uid == other.frame_of_reference_uid


def _are_parallel(plane: Plane, other: Plane) -> bool:
    return abs(sum(a * b for a, b in zip(_normal(plane), _normal(other), strict=True))) >= _PARALLEL


@lru_cache(maxsize=_KEPT)
def _normal(plane: Plane) -> Vector:
    return plane.normal


@lru_cache(maxsize=_KEPT)
def _lines(kind: str, figure: Figure) -> tuple[Floats, ...]:
    """The lines of a mark as patient points (n, 3); what has a size on the screen has that of pixels of the plane."""
    outline = KINDS[kind].outline(figure.plane.in_plane(figure.points), figure.plane.column_spacing)
    return tuple(to_patient(figure.plane, line) for line in outline.lines)


def _crossings(line: Floats, plane: Plane) -> Floats:
    """Where a polyline of patient points (n, 3) changes sides of the plane, (n, 3)."""
    heights = (line - plane.origin) @ _normal(plane)
    before, after = heights[:-1], heights[1:]
    changes = (before < 0) != (after < 0)
    share = before[changes] / (before[changes] - after[changes])
    found: Floats = line[:-1][changes] + share[:, None] * np.diff(line, axis=0)[changes]
    return found
