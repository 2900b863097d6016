"""How reconstructed views are turned at the start and when snapped, and what lies at their edges (C37)."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Literal

import numpy as np

from viewer_app.imaging.cuts import Cut
from viewer_app.imaging.geometry import Floats, Vector, orientation_letters, vector
from viewer_app.imaging.mpr.voxel_grid import VoxelGrid
from viewer_app.imaging.places.orientation import Edges
from viewer_app.imaging.stacks import Stack

Cuts = tuple[Cut, Cut, Cut]
"""The three views of an MPR. All go through one point: where their planes meet is the crosshair."""

Name = Literal["axial", "coronal", "sagittal"]

_LEFT, _BACK, _FEET = (1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, -1.0)

# Row and column direction as radiologists look at them: from the feet, from the front, and from the patient's left.
_STANDARD: Mapping[Name, tuple[Vector, Vector]] = {
    "axial": (_LEFT, _BACK),
    "coronal": (_LEFT, _FEET),
    "sagittal": (_BACK, _FEET),
}
_UNKNOWN: Edges = ("", "", "", "")


def standard_cut(name: Name, point: Vector) -> Cut:
    """The plane of that name through a point: the patient's right or front at the left, front or head at the top."""
    return Cut(point, *_STANDARD[name])


def acquired_cut(grid: VoxelGrid, point: Vector) -> Cut:
    """The plane of the acquired images through a point, turned as they are."""
    return facing(Cut(point, grid.steps[2], grid.steps[1]), grid.normal)


def facing(cut: Cut, normal: Vector) -> Cut:
    """The cut across `normal` (a unit vector) with the nearest row direction: right-handed, at exact right angles."""
    row = np.subtract(cut.row_direction, np.multiply(normal, np.dot(cut.row_direction, normal)))
    row /= np.linalg.norm(row)
    return replace(cut, row_direction=vector(row), column_direction=vector(np.cross(normal, row)))


def start_cuts(grid: VoxelGrid, point: Vector | None = None) -> Cuts:
    """The acquired plane, and the two across it that are nearest to two of axial, coronal and sagittal, in this order.

    They meet in `point`, or in the middle voxel. The two are turned as radiologists look at them.
    """
    point = grid.middle if point is None else grid.nearest(point)
    acquired = acquired_cut(grid, point)
    names = [name for name in _STANDARD if name != _nearest_name(acquired)]
    first, second = (vector(way) for way in (acquired.row_direction, acquired.column_direction))
    normals = max(((first, second), (second, first)), key=lambda pair: _agreement(pair, names))
    axes = np.array([acquired.normal, first, second])
    one, other = (_turned_like(name, normal, axes, point) for name, normal in zip(names, normals, strict=True))
    return acquired, one, other


def snapped(cuts: Cuts, which: int, name: Name) -> Cuts:
    """View `which` becomes the plane of that name, the two others become the other two, whichever they are nearer to.

    Point and slabs stay.
    """
    others = [index for index in range(3) if index != which]
    left = [other for other in _STANDARD if other != name]
    pairs = (tuple(left), tuple(reversed(left)))
    normals = [cuts[index].normal for index in others]
    names = dict(zip(others, max(pairs, key=lambda pair: _agreement(normals, pair)), strict=True)) | {which: name}
    first, second, third = (_redirected(cut, names[index]) for index, cut in enumerate(cuts))
    return first, second, third


def cut_letters(cut: Cut, stack: Stack) -> Edges:
    """What lies at the left, right, top and bottom edge of the cut: up to three letters each.

    Four times "" where the files do not let the coordinates be trusted for it: animals, contradictions (C37).
    """
    if stack.has_own_orientation:
        return _UNKNOWN
    row, column = np.asarray(cut.row_direction), np.asarray(cut.column_direction)
    left, right, top, bottom = (orientation_letters(way) for way in (-row, row, -column, column))
    return left, right, top, bottom


def _redirected(cut: Cut, name: Name) -> Cut:
    row, column = _STANDARD[name]
    return replace(cut, row_direction=row, column_direction=column)


def _nearest_name(cut: Cut) -> Name:
    return max(_STANDARD, key=lambda name: _agreement([cut.normal], [name]))


def _agreement(normals: Iterable[Vector], names: Iterable[Name]) -> float:
    """How well planes lie in those of the names, one for one."""
    pairs = zip(normals, names, strict=True)
    return sum(abs(float(np.dot(normal, np.cross(*_STANDARD[name])))) for normal, name in pairs)


def _turned_like(name: Name, normal: Vector, axes: Floats, point: Vector) -> Cut:
    """The cut across `normal` along signed axes (3, 3) that needs the smallest turn to be the standard one."""
    signed = [sign * axis for axis in axes if abs(np.dot(axis, normal)) < 0.5 for sign in (1.0, -1.0)]
    pairs = (pair for pair in itertools.permutations(signed, 2) if abs(np.dot(*pair)) < 0.5)
    row, column = max(pairs, key=lambda pair: _closeness(pair, _STANDARD[name]))
    return facing(Cut(point, vector(row), vector(column)), vector(np.cross(row, column)))


def _closeness(one: tuple[Floats, Floats], other: tuple[Vector, Vector]) -> float:
    """The trace of the rotation from one pair of directions to the other: 3 where they are the same."""
    rows = np.dot(one[0], other[0]) + np.dot(one[1], other[1])
    return float(rows + np.dot(np.cross(one[0], one[1]), np.cross(other[0], other[1])))
