"""Uneven slices brought to even steps: a correction that is asked for, marked, and never done silently (C12)."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from viewer_app.imaging.geometry import Floats, vector
from viewer_app.imaging.mpr.voxel_grid import VoxelGrid
from viewer_app.imaging.report import Finding
from viewer_app.imaging.stacks import Stack
from viewer_app.imaging.volume import Volume
from viewer_app.progress import Watch

# A distance this many times its neighbours (of missing slices: the step) is a gap, over which nothing is known.
_GAP = 1.5
# Places this near to a slice are the slice, unchanged: as near as slices of an even stack are to theirs.
_SAME_PLACE, _SAME_PLACE_MM = 0.01, 0.01
# Slices may lie this share of a pixel beside the line they are taken to lie on.
_BESIDE = 0.25

# What a slice is made of: (index of an image, its share).
_Shares = tuple[tuple[int, float], ...]


@dataclass(frozen=True, eq=False)
class Regridded:
    """What even slices would show, linear between the images along the line of their positions.

    `values` is (slices, rows, columns) of modality values, float32, NaN where
    there is none: padding, slices that have not arrived, gaps. These are no
    images of the file: no mark may belong to them (C41), and what is reckoned
    from them is interpolated (C45). `finding` says so.
    `changes` is that of the volume it was made of: with another it is out of date.
    """

    stack: Stack
    values: NDArray[np.float32]
    grid: VoxelGrid
    unit: str
    finding: Finding
    changes: int

    @property
    def affine(self) -> Floats:
        """(4, 4): index (slice, row, column, 1) to patient mm."""
        return self.grid.affine


VoxelSource = Volume | Regridded
"""What a picture is made of: the slices of a file, or what was resampled from them."""


def lie_in_line(stack: Stack) -> bool:
    """True where the first pixels of all slices lie on one line, to a quarter of a pixel."""
    origins, line = _origins(stack), _on_line(stack)
    return float(np.linalg.norm(origins - line, axis=1).max()) <= _BESIDE * min(stack.images[0].plane.spacing)


def even_grid(stack: Stack) -> VoxelGrid:
    """The even steps a stack that `may_be_resampled` is brought to: from its first image to its last.

    Missing slices and rounded positions leave the usual step; of uneven ones it is the smallest (of at
    least half the usual), so that no image is passed over.
    """
    count = _even_steps(stack)
    origins, grid = _origins(stack), VoxelGrid.of(stack)
    slice_step = vector((origins[-1] - origins[0]) / count)
    return replace(grid, steps=(slice_step, *grid.steps[1:]), shape=(count + 1, *grid.shape[1:]))


def _even_steps(stack: Stack) -> int:
    steps, usual = np.diff(_heights(stack)), stack.report.step_mm
    if any(finding.kind == "uneven" for finding in stack.report.findings):
        smallest = float(steps[steps >= usual / 2].min())
        return math.ceil(float(steps.sum()) / smallest - _SAME_PLACE)
    return round(float(np.rint(steps / usual).sum()))


def regridded_bytes(stack: Stack) -> int:
    """How much memory the values of `resampled` take."""
    return math.prod(even_grid(stack).shape) * np.dtype(np.float32).itemsize


def resampled_badge(stack: Stack) -> str:
    """What must stand on every picture of the resampled stack."""
    gaps = int(np.count_nonzero(_gaps(stack)))
    black = f"; {gaps} {'gap stays' if gaps == 1 else 'gaps stay'} black" if gaps else ""
    return f"Resampled from uneven slices, interpolated{black}"


def resampled(volume: Volume, watch: Watch | None = None) -> Regridded:
    """The values of an uneven stack at even steps. Gaps stay empty: what lay there is not known.

    `watch` is told each slice.

    Raises:
        ValueError: colour.
    """
    watch = watch or Watch()
    if volume.stored_values.ndim != 3:
        raise ValueError("there are no values between colours")
    stack, grid, changes = volume.stack, even_grid(volume.stack), volume.changes
    recipe = _recipe(stack, grid)
    slice_values = _reader(volume)
    values = np.full(grid.shape, np.nan, dtype=np.float32)
    for index, shares in enumerate(recipe):
        watch.step(index, len(recipe), "Resampling to even slices")
        if shares:
            values[index] = sum(share * slice_values(place) for place, share in shares)
    is_interpolated = any(len(shares) > 1 for shares in recipe)
    unit, finding = stack.images[0].frame.rescale.unit, _finding(stack, grid, is_interpolated)
    return Regridded(stack, values, grid, unit, finding, changes)


def _recipe(stack: Stack, grid: VoxelGrid) -> list[_Shares]:
    """Which images make up each slice of the grid."""
    heights, is_gap = _heights(stack), _gaps(stack)
    return [_shares(float(height), heights, is_gap) for height in np.linspace(0.0, heights[-1], grid.shape[0])]


def _reader(volume: Volume) -> Callable[[int], Floats]:
    """Modality values by slice; the last two are kept, as they are asked for again."""
    shape = volume.stored_values.shape[1:]
    return lru_cache(maxsize=2)(
        lambda index: volume.image(index).modality_values() if volume.has(index) else np.full(shape, np.nan)
    )


def _shares(height: float, heights: Floats, is_gap: NDArray[np.bool_]) -> _Shares:
    """Which images make up the values at a height: (index, share). One at an image, two between, none in a gap."""
    below = int(np.clip(np.searchsorted(heights, height, side="right") - 1, 0, len(heights) - 2))
    step = float(heights[below + 1] - heights[below])
    share = (height - float(heights[below])) / step
    same = min(_SAME_PLACE, _SAME_PLACE_MM / step)
    if share < same:
        return ((below, 1.0),)
    if share > 1.0 - same:
        return ((below + 1, 1.0),)
    return () if is_gap[below] else ((below, 1.0 - share), (below + 1, share))


def _gaps(stack: Stack) -> NDArray[np.bool_]:
    """Which distances between images are gaps: where slices are missing by the step, else by the distances beside."""
    steps = np.diff(_heights(stack))
    if any(finding.kind == "gap" for finding in stack.report.findings):
        return np.asarray(steps > _GAP * stack.report.step_mm)
    before, after = np.append(0.0, steps[:-1]), np.append(steps[1:], 0.0)
    return np.asarray(steps > _GAP * np.maximum(before, after))


def _finding(stack: Stack, grid: VoxelGrid, is_interpolated: bool) -> Finding:
    steps, is_gap = np.diff(_heights(stack)), _gaps(stack)
    what = (
        f"Resampled from {len(stack.images)} uneven slices, {steps.min():.2f} to {steps.max():.2f} mm apart, "
        f"to {grid.shape[0]} even ones, {grid.voxel_mm(grid.normal):.2f} mm apart."
    )
    left = int(np.count_nonzero(is_gap))
    how = "Values between the slices are interpolated." if is_interpolated else "Every slice keeps its own values."
    gaps = f" {left} {'gap is' if left == 1 else 'gaps are'} left empty: what lay there is not known." if left else ""
    return Finding("resampled", what, f"{how}{gaps}", is_warning=True)


def _origins(stack: Stack) -> Floats:
    return np.array([image.plane.origin for image in stack.images], dtype=np.float64)


def _heights(stack: Stack) -> Floats:
    """(n,): how far the images are from the first one, along the normal, growing."""
    origins = _origins(stack)
    heights = stack.images[0].plane.height(origins)
    from_first: Floats = np.abs(heights - heights[0])
    return from_first


def _on_line(stack: Stack) -> Floats:
    """(n, 3): where the first pixels would be, at the same heights, on the line from the first to the last."""
    origins, heights = _origins(stack), _heights(stack)
    line: Floats = origins[0] + np.outer(heights / heights[-1], origins[-1] - origins[0])
    return line
