"""Painting solids on a grid of voxels, smooth below the size of a voxel."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from viewer_app.imaging.geometry import Vector
from viewer_app.phantom.shapes import Box, Floats32, Shape

Window = tuple[slice, slice, slice]


@dataclass(frozen=True, slots=True)
class Grid:
    """Voxel centres in patient space (mm), counted (slice, row, column).

    `slice_step`, `row_step` and `column_step` lead from a voxel to its neighbour
    in the next slice, row and column; they stand at right angles.
    """

    origin: Vector
    slice_step: Vector
    row_step: Vector
    column_step: Vector
    shape: tuple[int, int, int]

    def slab(self, first: int, last: int) -> Grid:
        """The slices from `first` up to, not including, `last`."""
        x, y, z = (o + first * s for o, s in zip(self.origin, self.slice_step, strict=True))
        return replace(self, origin=(x, y, z), shape=(last - first, *self.shape[1:]))

    def windows(self, boxes: Sequence[Box], margin: float) -> NDArray[np.intp]:
        """For each box the part of the grid that holds it, `margin` mm wider: (boxes, 3 axes, first and past-last)."""
        ends = np.array(boxes, dtype=np.float64).reshape(-1, 2, 3)
        middle, half = (ends[:, 1] + ends[:, 0]) / 2 - np.array(self.origin), (ends[:, 1] - ends[:, 0]) / 2
        found = np.empty((len(ends), 3, 2), dtype=np.intp)
        for axis, (step, size) in enumerate(zip(self._steps, self.shape, strict=True)):
            length = _length(step)
            center, reach = np.zeros(len(ends)), np.full(len(ends), margin / length)
            for component in range(3):
                share = step[component] / (length * length)
                center, reach = center + middle[:, component] * share, reach + half[:, component] * abs(share)
            found[:, axis, 0] = np.clip(np.floor(center - reach), 0, size)
            found[:, axis, 1] = np.clip(np.ceil(center + reach) + 1, 0, size)
        return found

    def points(self, window: Window) -> tuple[Floats32, Floats32, Floats32]:
        """x, y and z of the voxel centres; an array is no larger than the grid's turn needs."""
        k, j, i = (np.arange(part.start, part.stop) for part in window)
        k, j = k[:, None, None], j[:, None]
        components = zip(self.origin, *self._steps, strict=True)
        x, y, z = (_ramp(o, ((k, s), (j, r), (i, c))) for o, s, r, c in components)
        return x, y, z

    @property
    def _steps(self) -> tuple[Vector, Vector, Vector]:
        return self.slice_step, self.row_step, self.column_step


def paint(field: Floats32, points: tuple[Floats32, ...], shape: Shape, value: float, edge_mm: float) -> None:
    """Blend `value` into `field` at `points` (x, y, z) inside `shape`; the edge is a ramp `edge_mm` wide."""
    x, y, z = points
    share = shape.distance(x, y, z)
    share = np.float32(0.5) - share * np.float32(1.0 / edge_mm)
    np.clip(share, np.float32(0.0), np.float32(1.0), out=share)
    share *= np.float32(value) - field
    field += share


def _ramp(origin: float, parts: Iterable[tuple[np.ndarray, float]]) -> Floats32:
    total = np.full((1, 1, 1), origin)
    for index, step in parts:
        if step:
            total = total + index * step
    return total.astype(np.float32)


def _length(step: Vector) -> float:
    return math.sqrt(sum(part * part for part in step))
