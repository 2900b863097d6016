"""An outline lofted along z through smooth knots: trunk, chest wall, lungs."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from viewer_app.phantom.curves import smooth_table
from viewer_app.phantom.shapes import Box, Floats32

Knot = tuple[float, float, float, float, float]


@dataclass(frozen=True)
class Loft:
    """Ellipses stacked along z, boxier the nearer `squareness` is to 1.

    `table` has one row for each mm of z from `bottom`: centre x, centre y, half
    width, half depth, all mm. The outline is u² + v² - squareness u² v² = 1.
    """

    bottom: float
    table: Floats32
    squareness: float = 0.0

    @staticmethod
    def through(knots: tuple[Knot, ...], squareness: float = 0.0) -> Loft:
        """The loft through knots of (z, centre x, centre y, half width, half depth), lowest first, whole mm of z."""
        return Loft(knots[0][0], np.array(smooth_table(knots), dtype=np.float32), squareness)

    def grown(self, sideways: float, deep: float) -> Loft:
        """The same loft with half width and half depth larger by so many mm."""
        grown = self.table + np.array([0.0, 0.0, sideways, deep], dtype=np.float32)
        return Loft(self.bottom, grown, self.squareness)

    def at(self, z: float) -> tuple[float, float, float, float]:
        """(centre x, centre y, half width, half depth) at the nearest mm of `z`."""
        row = self.table[min(max(math.floor(z - self.bottom), 0), len(self.table) - 1)]
        return float(row[0]), float(row[1]), float(row[2]), float(row[3])

    @property
    def top(self) -> float:
        """The highest z, mm."""
        return self.bottom + len(self.table) - 1

    @property
    def box(self) -> Box:
        """Lowest and highest corner, mm."""
        center, half = self.table[:, :2], self.table[:, 2:]
        low, high = (center - half).min(axis=0), (center + half).max(axis=0)
        return (float(low[0]), float(low[1]), self.bottom), (float(high[0]), float(high[1]), self.top)

    def distance(self, x: Floats32, y: Floats32, z: Floats32) -> Floats32:
        """Signed distances in mm of the points (x, y, z), negative inside."""
        center_x, center_y, half_width, half_depth = self._rows(z)
        u, v = (x - center_x) / half_width, (y - center_y) / half_depth
        u, v = u * u, v * v
        ratio: Floats32 = np.sqrt(np.maximum(u + v * (np.float32(1.0) - np.float32(self.squareness) * u), 0))
        side = (ratio - np.float32(1.0)) * np.sqrt(half_width * half_depth)
        ends = np.maximum(np.float32(self.bottom) - z, z - np.float32(self.top))
        signed: Floats32 = np.maximum(side, ends)
        return signed

    def _rows(self, z: Floats32) -> tuple[Floats32, Floats32, Floats32, Floats32]:
        height = np.clip(z - np.float32(self.bottom), np.float32(0.0), np.float32(len(self.table) - 1.001))
        index = np.floor(height).astype(np.intp)
        part = height - np.floor(height)
        columns = [c[index] + part * (c[index + 1] - c[index]) for c in self.table.T]
        return columns[0], columns[1], columns[2], columns[3]
