"""Which pixels belong to a region, and their statistics (C24, C27-C30).

The rule, version 1: a pixel belongs to a region when its centre lies inside.
A centre exactly on the border counts as if it lay an infinitesimal step
further along the row, then down the column: left and upper edges are in, right
and lower edges are out. Crossing outlines follow even-odd. Nothing depends on
zoom, window or the direction of drawing.

Coordinates are first rounded to 2^-20 of a pixel and then decided in whole
numbers: what lies below is the rounding of the way from patient millimetres,
which must not decide on which side of a border a pixel falls.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

RULE_VERSION = 1

_LATTICE = 1 << 20  # steps per pixel
_FARTHEST = 1 << 40  # pixels: whole numbers of 64 bits hold no more steps
_MOST_ROWS = 1 << 16  # beyond, pixels outside the image are not counted

Mask = NDArray[np.bool_]
Integers = NDArray[np.int64]
Shape = tuple[int, int]


@dataclass(frozen=True, slots=True, eq=False)
class Crossings:
    """Where rows of a grid without end enter and leave a region: (n,) rows, and the column from which on it changes.

    `is_whole` is False where rows beyond the image were left out, because there are too many.
    """

    rows: Integers
    columns: Integers
    is_whole: bool = True


@dataclass(frozen=True, slots=True, eq=False)
class Footprint:
    """The pixels of a region: `mask` covers the rectangle of the image that begins at row `top` and column `left`.

    `drawn` counts those beyond the image too (C30); None where the region reaches too far for that.
    """

    top: int
    left: int
    mask: Mask
    drawn: int | None

    @property
    def window(self) -> tuple[slice, slice]:
        """Rows and columns of the image that `mask` covers."""
        rows, columns = self.mask.shape
        return slice(self.top, self.top + rows), slice(self.left, self.left + columns)

    def in_image(self, shape: Shape) -> Mask:
        """The mask of all (rows, columns)."""
        inside = np.zeros(shape, dtype=bool)
        inside[self.window] = self.mask
        return inside


def footprint(crossings: Crossings, shape: Shape) -> Footprint:
    """The pixels of a (rows, columns) image between the crossings."""
    order = np.lexsort((crossings.columns, crossings.rows))
    rows, columns = crossings.rows[order][::2], crossings.columns[order].reshape(-1, 2)
    drawn = int((columns[:, 1] - columns[:, 0]).sum()) if crossings.is_whole else None
    columns = np.clip(columns, 0, shape[1])
    inside = (rows >= 0) & (rows < shape[0]) & (columns[:, 0] < columns[:, 1])
    if not inside.any():
        return Footprint(0, 0, np.zeros((0, 0), dtype=bool), drawn)
    rows, columns = rows[inside], columns[inside]
    top, left = int(rows.min()), int(columns.min())
    return Footprint(top, left, _between(rows - top, columns - left), drawn)


def _between(rows: Integers, columns: Integers) -> Mask:
    """The mask of runs (n,) of columns (n, 2), from the first on and before the second."""
    inside = np.zeros((int(rows.max()) + 1, int(columns.max())), dtype=bool)
    for row, (start, stop) in zip(rows.tolist(), columns.tolist(), strict=True):
        inside[row, start:stop] = True
    return inside


def ellipse_crossings(center: ArrayLike, first: ArrayLike, second: ArrayLike, shape: Shape) -> Crossings:
    """The rows of an ellipse, turned or not, by its centre and two conjugate half axes, (column, row) in pixels.

    A centre at `d` from the middle is inside where (d x second)^2 + (d x first)^2 is
    less than (first x second)^2, all whole numbers: conjugate half axes are the
    pictures of two radii at right angles of a circle, so unequal spacings
    need nothing special.
    """
    (x, y), (ux, uy), (vx, vy) = _on_lattice(center), _on_lattice(first), _on_lattice(second)
    height, lean, square = uy * uy + vy * vy, -(ux * uy + vx * vy), (ux * vy - uy * vx) ** 2
    if not square:
        return Crossings(np.zeros(0, np.int64), np.zeros(0, np.int64))
    reach = math.isqrt(height)
    rows, is_whole = _counted(_ceil(y - reach, _LATTICE), _ceil(y + reach + 1, _LATTICE), shape)
    columns = []
    for row in rows:
        down = row * _LATTICE - y
        chord = square * (height - down * down)
        half = math.isqrt(chord)
        # The right border is out, and so is the lowest point.
        last = half - (half * half == chord) if half or down > 0 else 0
        middle = height * x - lean * down
        columns.append(_ceil(middle - half, height * _LATTICE))
        columns.append(_ceil(middle + last + 1, height * _LATTICE))
    return Crossings(np.repeat(np.array(rows, dtype=np.int64), 2), np.array(columns, dtype=np.int64), is_whole)


def polygon_crossings(vertices: ArrayLike, shape: Shape) -> Crossings:
    """The rows of a polygon; `vertices` (n, 2) are (column, row). Rows are half-open, and so are rays to the left."""
    start = np.array(_on_lattice(vertices), dtype=np.int64).reshape(-1, 2)
    end = np.roll(start, -1, axis=0)
    upwards = (start[:, 1] > end[:, 1])[:, None]
    start, end = np.where(upwards, end, start), np.where(upwards, start, end)
    first, stop = -(-start[:, 1] // _LATTICE), -(-end[:, 1] // _LATTICE)
    rows, is_whole = _counted(int(first.min(initial=0)), int(stop.max(initial=0)), shape)
    first = np.clip(first, rows.start, rows.stop)
    heights = np.clip(stop, rows.start, rows.stop) - first
    edge = np.repeat(np.arange(len(start)), heights)
    row = np.arange(len(edge)) - np.repeat(np.cumsum(heights) - heights - first, heights)
    return Crossings(row, _columns(start[edge], end[edge] - start[edge], row), is_whole)


def _columns(start: Integers, along: Integers, rows: Integers) -> Integers:
    """The first columns not left of edges that run from `start` (n, 2) `along` (n, 2), in lattice steps, at `rows`.

    A double decides where it is farther from a whole column than it can be wrong; whole numbers decide elsewhere.
    """
    down = rows * _LATTICE - start[:, 1]
    place = (start[:, 0] + down * (along[:, 0] / along[:, 1])) / _LATTICE
    error = 1e-9 + (np.abs(start[:, 0]) + np.abs(along[:, 0])) * (2.0**-46 / _LATTICE)
    upright = along[:, 0] == 0
    columns = np.where(upright, -(-start[:, 0] // _LATTICE), np.ceil(place).astype(np.int64))
    doubtful = ~upright & (np.abs(place - np.rint(place)) <= error)
    for index in np.flatnonzero(doubtful).tolist():
        width, height = along[index].tolist()
        crossing = int(start[index, 0]) * height + int(down[index]) * width
        columns[index] = _ceil(crossing, height * _LATTICE)
    return columns


def _counted(start: int, stop: int, shape: Shape) -> tuple[range, bool]:
    """The rows to go through, and whether they are all there are."""
    is_whole = stop - start <= _MOST_ROWS
    return (range(start, stop) if is_whole else range(max(0, start), max(0, min(stop, shape[0])))), is_whole


def disc_mask(shape: Shape, center: ArrayLike, radii: ArrayLike) -> Mask:
    """Pixels of a (rows, columns) grid inside an axis-aligned ellipse.

    `center` is (column, row), `radii` (columns, rows), both in pixels.
    """
    return disc_footprint(center, radii, shape).in_image(shape)


def disc_footprint(center: ArrayLike, radii: ArrayLike, shape: Shape) -> Footprint:
    """The pixels of `disc_mask`."""
    return footprint(_disc_crossings(center, radii, shape), shape)


def disc_pixels(center: ArrayLike, radii: ArrayLike) -> int:
    """How many pixels `disc_mask` has on a grid without end: those beyond the image are counted too (C30)."""
    columns = _disc_crossings(center, radii, (0, 0)).columns
    return int((columns[1::2] - columns[::2]).sum())


def _disc_crossings(center: ArrayLike, radii: ArrayLike, shape: Shape) -> Crossings:
    across, down = np.maximum(np.asarray(radii, dtype=np.float64), 0.0)
    return ellipse_crossings(center, (across, 0.0), (0.0, down), shape)


def polygon_mask(shape: Shape, vertices: ArrayLike) -> Mask:
    """Pixels of a (rows, columns) grid inside a polygon; `vertices` (n, 2) are (column, row)."""
    return footprint(polygon_crossings(vertices, shape), shape).in_image(shape)


def _on_lattice(pixels: ArrayLike) -> list[int]:
    """Pixel coordinates, of any shape, in whole steps of the lattice."""
    scaled = np.clip(np.asarray(pixels, dtype=np.float64), -_FARTHEST, _FARTHEST) * _LATTICE
    steps: list[int] = np.rint(scaled).ravel().astype(np.int64).tolist()
    return steps


def _ceil(numerator: int, denominator: int) -> int:
    return -(-numerator // denominator)
