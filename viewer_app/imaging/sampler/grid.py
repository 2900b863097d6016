"""Which points of an acquired slice the pixels of a picture show."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

Pair = tuple[float, float]

_NEARLY_NOTHING = 1e-9
# At 1:1 a picture has no more detail to lose: pixels are shown as they are, wherever between them the grid lies.
_NEARLY_ONE = 1e-6


@dataclass(frozen=True, slots=True)
class Grid:
    """The pixels of a picture in an image: zoom, pan, flips and quarter turns.

    `shape` is (rows, columns) of the picture. Points are continuous (column, row) of the image, (0, 0) the
    centre of its first pixel: `origin` is where the centre of picture pixel (0, 0) lies, `across` and `down` the
    steps from a picture pixel to the next one to its right and below it.
    """

    shape: tuple[int, int]
    origin: Pair
    across: Pair
    down: Pair

    @property
    def is_turned(self) -> bool:
        """True where a row of the picture runs along a column of the image; ValueError for no quarter turn."""
        straight = _is_nothing(self.across[1], self.across[0]) and _is_nothing(self.down[0], self.down[1])
        turned = _is_nothing(self.across[0], self.across[1]) and _is_nothing(self.down[1], self.down[0])
        if straight == turned:
            raise ValueError("the rows of a picture of a slice run along its rows or its columns")
        return turned


@dataclass(frozen=True, slots=True)
class Axis:
    """`count` points on a line of pixels: `origin` the first, `step` from one to the next, in pixels."""

    origin: float
    step: float
    count: int

    @property
    def is_reduced(self) -> bool:
        """True where a picture pixel stands for more than one of the image."""
        return abs(self.step) > 1.0 + _NEARLY_ONE

    def width(self, *, smooth: bool) -> float:
        """How many pixels one point averages over: 1 interpolates linearly, 0 takes the nearest pixel."""
        if self.is_reduced:
            return abs(self.step)
        return 1.0 if smooth and abs(self.step) < 1.0 - _NEARLY_ONE else 0.0


def axes(grid: Grid) -> tuple[Axis, Axis]:
    """The axes of `grid` (down the image, along the image's rows)."""
    rows, columns = grid.shape
    if grid.is_turned:
        return Axis(grid.origin[1], grid.across[1], columns), Axis(grid.origin[0], grid.down[0], rows)
    return Axis(grid.origin[1], grid.down[1], rows), Axis(grid.origin[0], grid.across[0], columns)


def _is_nothing(part: float, whole: float) -> bool:
    return bool(np.abs(part) <= _NEARLY_NOTHING * np.abs(whole)) and whole != 0.0
