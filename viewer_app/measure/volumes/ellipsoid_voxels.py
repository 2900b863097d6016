"""The voxels inside the ellipsoid that three diameters make, where they make one (docs/measuring.md)."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import ArrayLike

from viewer_app.errors import VolumeError
from viewer_app.imaging.geometry import Floats, Plane
from viewer_app.imaging.slices import heights
from viewer_app.imaging.stacks import Stack
from viewer_app.measure.region import Mask
from viewer_app.measure.volumes.layer import Layer
from viewer_app.measure.volumes.slabs import slabs_of
from viewer_app.measure.volumes.voxel_region import StackGrid, VoxelRegion

MOST_OBLIQUE_DEG = 20.0
"""Two diameters may stand so far off a right angle."""

MOST_APART = 0.5
"""The middles of two diameters may be so far apart, as a share of the shortest diameter."""

_MISSING = 1.5  # a step of so many usual ones leaves a slice out
# The normals of a stack may differ by a ten thousandth, over half a metre.
_MARGIN_MM = 1.0
_ADVICE = "The volume stays; paint or grow it for statistics."


@dataclass(frozen=True, eq=False)
class Body:
    """An ellipsoid in the patient, mm: `center` (3,), half axes (3,), and as columns (3, 3) the directions of these."""

    center: Floats
    half: Floats
    axes: Floats

    def reach(self, direction: ArrayLike) -> float:
        """How far it reaches from its centre along a unit vector."""
        return float(np.linalg.norm(self.half * (np.asarray(direction) @ self.axes)))


def body_of(ends: Floats) -> Body:
    """The ellipsoid of three diameters, ends (6, 3), both of each after one another, patient mm.

    Its centre is the mean of their middles, its axes are the nearest directions that stand at right angles (the
    orthogonal factor of the polar decomposition of the three), its half axes half the diameters.

    Raises:
        VolumeError: too oblique to each other, or apart.
    """
    starts, stops = ends[::2], ends[1::2]
    lengths = np.linalg.norm(stops - starts, axis=1)
    if lengths.min() <= 0.0 or not np.isfinite(lengths).all():
        raise VolumeError("An ellipsoid needs three diameters longer than 0 mm.", "Draw the missing one.")
    middles, directions = (starts + stops) / 2, (stops - starts) / lengths[:, None]
    cosines = [abs(float(one @ other)) for one, other in combinations(directions, 2)]
    if max(cosines) > math.sin(math.radians(MOST_OBLIQUE_DEG)):
        off = f"more than {MOST_OBLIQUE_DEG:g}° off a right angle"
        raise VolumeError(f"Two diameters stand {off}: no statistics.", _ADVICE)
    apart = max(float(np.linalg.norm(one - other)) for one, other in combinations(middles, 2))
    if apart > MOST_APART * float(lengths.min()):
        raise VolumeError("The middles of the diameters lie too far apart: no statistics.", _ADVICE)
    left, _, right = np.linalg.svd(directions.T)
    return Body(middles.mean(axis=0), lengths / 2, left @ right)


def body_region(stack: Stack, body: Body) -> tuple[VoxelRegion, tuple[str, ...]]:
    """The voxels whose centres lie inside, each slice where its own image lies; and what a reader should know.

    Raises:
        VolumeError: no stack of slices at places of their own (`slabs_of`), or one that lacks slices inside.
    """
    try:
        notes = slabs_of(stack).notes
    except VolumeError as error:
        raise VolumeError("Its images are no stack to count voxels in: no statistics.", error.what) from error
    _refuse_missing(stack, body)
    grid = StackGrid.of(stack)
    sections = list(_sections(stack, grid, body))
    is_cut = _reaches_out(stack, body) or any(is_cut for _, is_cut in sections)
    remark = ("part of it lies outside the images",) if is_cut else ()
    return VoxelRegion.of(grid, (layer for layer, _ in sections)), (*remark, *notes)


def voxels_about(stack: Stack, ends: Floats) -> int:
    """About how many voxels the ellipsoid of three diameters has, without looking."""
    lengths, plane = np.linalg.norm(ends[1::2] - ends[::2], axis=1), stack.images[0].plane
    voxel = plane.row_spacing * plane.column_spacing * stack.report.step_mm
    return int(math.pi / 6.0 * float(np.prod(lengths)) / voxel) if voxel else 0


def _span(stack: Stack, body: Body) -> tuple[Floats, float, float]:
    """Where the slices lie along the normal of the first, and from where to where the ellipsoid reaches there."""
    normal = stack.images[0].plane.normal
    middle, reach = float(body.center @ np.asarray(normal)), body.reach(normal)
    return heights(stack), middle - reach, middle + reach


def _refuse_missing(stack: Stack, body: Body) -> None:
    places, low, high = _span(stack, body)
    starts, stops = np.minimum(places[:-1], places[1:]), np.maximum(places[:-1], places[1:])
    is_wide = stops - starts > _MISSING * stack.report.step_mm
    if (is_wide & (stops > low) & (starts < high)).any():
        raise VolumeError("Slices are missing inside of it: no statistics.", _ADVICE)


def _reaches_out(stack: Stack, body: Body) -> bool:
    """Whether it goes beyond the slabs of the first and the last slice."""
    places, low, high = _span(stack, body)
    steps = np.abs(np.diff(places))
    is_rising = places[-1] > places[0]
    first, last = (steps[0], steps[-1]) if is_rising else (steps[-1], steps[0])
    return bool(low < places.min() - first / 2 or high > places.max() + last / 2)


def _sections(stack: Stack, grid: StackGrid, body: Body) -> Iterator[tuple[Layer | None, bool]]:
    """Of each slice it may reach its voxels there, and whether the edge of the image cuts it."""
    places, low, high = _span(stack, body)
    for index in np.flatnonzero((places > low - _MARGIN_MM) & (places < high + _MARGIN_MM)).tolist():
        yield _section(grid, index, stack.images[index].plane, body)


def _section(grid: StackGrid, index: int, plane: Plane, body: Body) -> tuple[Layer | None, bool]:
    ((column, row),) = plane.to_pixels([body.center])
    rows = _reached(row, body.reach(plane.column_direction) / plane.row_spacing, grid.shape[1])
    columns = _reached(column, body.reach(plane.row_direction) / plane.column_spacing, grid.shape[2])
    if not (rows and columns):
        return None, False
    mask = _inside(plane, rows, columns, body)
    down, along = np.asarray(rows), np.asarray(columns)
    is_row, is_column = (down >= 0) & (down < grid.shape[1]), (along >= 0) & (along < grid.shape[2])
    within = mask & is_row[:, None] & is_column
    return Layer.of(index, within, rows.start, columns.start), bool(mask.sum() > within.sum())


def _reached(place: float, reach: float, size: int) -> range:
    """The rows (or columns) it may reach, with at most one beyond each edge of the image."""
    return range(max(math.floor(place - reach), -1), min(math.ceil(place + reach), size) + 1)


def _inside(plane: Plane, rows: range, columns: range, body: Body) -> Mask:
    """Whether the centres of these pixels lie inside, (rows, columns)."""
    to_ball = body.axes / body.half
    start = (np.asarray(plane.origin) - body.center) @ to_ball
    down = np.asarray(rows)[:, None] * plane.row_spacing
    along = np.asarray(columns) * plane.column_spacing
    by_row, by_column = np.asarray(plane.column_direction) @ to_ball, np.asarray(plane.row_direction) @ to_ball
    square: Floats = np.zeros((len(rows), len(columns)))
    for axis in range(3):
        square += (start[axis] + down * by_row[axis] + along * by_column[axis]) ** 2
    return np.asarray(square < 1.0, dtype=np.bool_)
