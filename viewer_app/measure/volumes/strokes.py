"""What a brush covers: a disc on one slice, or a ball, drawn along a path.

A voxel is covered when its centre is less than the radius away from the path, in patient millimetres. Each slice is
taken where its own image says it lies: uneven steps, and the shear of a tilted gantry, need nothing special.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import ArrayLike

from viewer_app.errors import VolumeError
from viewer_app.imaging.geometry import Floats, Plane
from viewer_app.imaging.slices import heights, is_located
from viewer_app.imaging.stacks import Stack
from viewer_app.measure.region import Mask
from viewer_app.measure.volumes.layer import Layer
from viewer_app.measure.volumes.voxel_region import StackGrid, VoxelRegion

# The normals of a stack may differ by a ten thousandth, over half a metre.
_MARGIN_MM = 1.0


def disc_stroke(stack: Stack, index: int, path: ArrayLike, radius_mm: float) -> VoxelRegion:
    """What a disc covers on slice `index` that is drawn along `path` (n, 3), patient mm; n = 1 is a dab.

    Points beside the slice count as their projections on it.

    Raises:
        VolumeError: images without millimetres, or a radius that is none.
    """
    points, plane = _checked(stack, path, radius_mm), stack.images[index].plane
    flat = np.column_stack([plane.in_plane(points), np.zeros(len(points))])
    return VoxelRegion.of(grid := StackGrid.of(stack), [_covered(grid, index, plane, flat, radius_mm)])


def ball_stroke(stack: Stack, path: ArrayLike, radius_mm: float) -> VoxelRegion:
    """What a ball covers that is drawn along `path` (n, 3), patient mm; n = 1 is a dab.

    Raises:
        VolumeError: images without millimetres or without a place in the patient, or a radius that is none.
    """
    points = _checked(stack, path, radius_mm)
    if not is_located(stack):
        raise VolumeError(
            "The images have no place in the patient: no brush through slices.", "Use the one for a slice."
        )
    grid = StackGrid.of(stack)
    return VoxelRegion.of(grid, _layers(stack, grid, points, radius_mm))


def _checked(stack: Stack, path: ArrayLike, radius_mm: float) -> Floats:
    points: Floats = np.asarray(path, dtype=np.float64).reshape(-1, 3)
    if stack.images[0].plane.unit != "mm":
        raise VolumeError("The image has no scale: a brush has no size in mm.", "Calibrate the image first.")
    if not (np.isfinite(points).all() and 0.0 < radius_mm < np.inf):
        raise VolumeError("The brush has no size or no place.", "Choose a radius in mm.")
    return points


def _layers(stack: Stack, grid: StackGrid, points: Floats, radius_mm: float) -> Iterator[Layer | None]:
    for index in _near(stack, points, radius_mm + _MARGIN_MM):
        plane = stack.images[index].plane
        local = np.column_stack([plane.in_plane(points), plane.height(points)])
        yield _covered(grid, index, plane, local, radius_mm)


def _near(stack: Stack, points: Floats, reach_mm: float) -> list[int]:
    """The slices a path may reach, by their places along the normal of the first."""
    if not len(points):
        return []
    places, path = heights(stack), points @ np.asarray(stack.images[0].plane.normal)
    found: list[int] = np.flatnonzero((places > path.min() - reach_mm) & (places < path.max() + reach_mm)).tolist()
    return found


def _covered(grid: StackGrid, index: int, plane: Plane, path: Floats, radius_mm: float) -> Layer | None:
    """Voxels of a slice near a path (n, 3): along its rows, down its columns, and above it, in mm."""
    rows = _reached(path[:, 1], radius_mm, plane.row_spacing, grid.shape[1])
    columns = _reached(path[:, 0], radius_mm, plane.column_spacing, grid.shape[2])
    down: Floats = np.arange(rows.start, rows.stop, dtype=np.float64)[:, None] * plane.row_spacing
    along: Floats = np.arange(columns.start, columns.stop, dtype=np.float64) * plane.column_spacing
    mask: Mask = np.zeros((len(rows), len(columns)), dtype=np.bool_)
    for start, end in zip(path, path[1:] if len(path) > 1 else path, strict=False):
        mask |= _square_distances(along, down, start, end) < radius_mm**2
    return Layer.of(index, mask, rows.start, columns.start)


def _reached(places: Floats, radius_mm: float, spacing: float, size: int) -> range:
    """The rows (or columns) a path (n,) may reach, without those beyond the image."""
    if not places.size:
        return range(0)
    first = np.clip(np.floor((places.min() - radius_mm) / spacing), 0, size)
    last = np.clip(np.ceil((places.max() + radius_mm) / spacing) + 1, first, size)
    return range(int(first), int(last))


def _square_distances(along: Floats, down: Floats, start: Floats, end: Floats) -> Floats:
    """Of the pixels at (`along`, `down`, 0) from the piece of a path, in mm²."""
    way = end - start
    square = float(way @ way)
    x, y = along - start[0], down - start[1]
    share = np.clip((x * way[0] + y * way[1] - start[2] * way[2]) / square, 0.0, 1.0) if square else 0.0
    found: Floats = (x - share * way[0]) ** 2 + (y - share * way[1]) ** 2 + (start[2] + share * way[2]) ** 2
    return found
