"""Solids in patient space (LPS, mm) that know how far a point lies from their skin.

Only + - * / and square roots are used, on float32: IEEE 754 rounds these the
same way everywhere, so a picture drawn from them is the same to the last bit.
A `distance` is negative inside; it is exact for spheres, capsules of one radius,
round cylinders and blocks, and within some ten per cent of the edge for the rest.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from viewer_app.imaging.geometry import Vector

Floats32 = NDArray[np.float32]
Box = tuple[Vector, Vector]


class Shape(Protocol):
    """A solid. `box` holds it; `distance` takes arrays that broadcast together."""

    @property
    def box(self) -> Box:
        """Lowest and highest corner, mm."""

    def distance(self, x: Floats32, y: Floats32, z: Floats32) -> Floats32:
        """Signed distances in mm of the points (x, y, z), negative inside."""


@dataclass(frozen=True, slots=True)
class Ellipsoid:
    """An ellipsoid; its axes lie along the columns of `axes`, three unit vectors at right angles."""

    center: Vector
    radii: Vector
    axes: tuple[Vector, Vector, Vector] | None = None

    @staticmethod
    def ball(center: Vector, radius: float) -> Ellipsoid:
        """A sphere."""
        return Ellipsoid(center, (radius, radius, radius))

    @property
    def box(self) -> Box:
        """Lowest and highest corner, mm."""
        reach = self.radii if self.axes is None else (max(self.radii),) * 3
        return around(self.center, reach)

    def distance(self, x: Floats32, y: Floats32, z: Floats32) -> Floats32:
        """Signed distances in mm of the points (x, y, z), negative inside."""
        x, y, z = x - self.center[0], y - self.center[1], z - self.center[2]
        if self.axes is not None:
            x, y, z = (x * ax + y * ay + z * az for ax, ay, az in self.axes)
        u, v, w = x / self.radii[0], y / self.radii[1], z / self.radii[2]
        ratio: Floats32 = np.sqrt(u * u + v * v + w * w)
        return (ratio - np.float32(1.0)) * np.float32(sum(self.radii) / 3)


@dataclass(frozen=True, slots=True)
class Capsule:
    """A round rod between two points, tapering from one radius to the other."""

    start: Vector
    end: Vector
    start_radius: float
    end_radius: float

    @property
    def box(self) -> Box:
        """Lowest and highest corner, mm."""
        reach = max(self.start_radius, self.end_radius)
        low = tuple(min(a, b) - reach for a, b in zip(self.start, self.end, strict=True))
        high = tuple(max(a, b) + reach for a, b in zip(self.start, self.end, strict=True))
        return (low[0], low[1], low[2]), (high[0], high[1], high[2])

    def distance(self, x: Floats32, y: Floats32, z: Floats32) -> Floats32:
        """Signed distances in mm of the points (x, y, z), negative inside."""
        bx, by, bz = (e - s for s, e in zip(self.start, self.end, strict=True))
        x, y, z = x - self.start[0], y - self.start[1], z - self.start[2]
        length_squared = max(bx * bx + by * by + bz * bz, 1e-9)
        along = (x * (bx / length_squared) + y * (by / length_squared)) + z * (bz / length_squared)
        along = np.clip(along, np.float32(0.0), np.float32(1.0))
        x, y, z = x - along * bx, y - along * by, z - along * bz
        away: Floats32 = np.sqrt(x * x + y * y + z * z)
        radius = along * (self.end_radius - self.start_radius) + self.start_radius
        signed: Floats32 = away - radius
        return signed


@dataclass(frozen=True, slots=True)
class Cylinder:
    """An upright elliptic cylinder along z with flat ends."""

    center: Vector
    radii: tuple[float, float]
    half_height: float

    @property
    def box(self) -> Box:
        """Lowest and highest corner, mm."""
        return around(self.center, (*self.radii, self.half_height))

    def distance(self, x: Floats32, y: Floats32, z: Floats32) -> Floats32:
        """Signed distances in mm of the points (x, y, z), negative inside."""
        u, v = (x - self.center[0]) / self.radii[0], (y - self.center[1]) / self.radii[1]
        ratio: Floats32 = np.sqrt(u * u + v * v)
        side = (ratio - np.float32(1.0)) * np.float32((self.radii[0] + self.radii[1]) / 2)
        signed: Floats32 = np.maximum(side, np.abs(z - self.center[2]) - np.float32(self.half_height))
        return signed


@dataclass(frozen=True, slots=True)
class Block:
    """A box with its edges rounded by `rounding` mm."""

    center: Vector
    half: Vector
    rounding: float = 0.0

    @property
    def box(self) -> Box:
        """Lowest and highest corner, mm."""
        return around(self.center, self.half)

    def distance(self, x: Floats32, y: Floats32, z: Floats32) -> Floats32:
        """Signed distances in mm of the points (x, y, z), negative inside."""
        sides = [
            np.abs(value - middle) - np.float32(half - self.rounding)
            for value, middle, half in zip((x, y, z), self.center, self.half, strict=True)
        ]
        zero = np.float32(0.0)
        u, v, w = (np.maximum(side, zero) for side in sides)
        outside: Floats32 = np.sqrt(u * u + v * v + w * w)
        inside = np.minimum(np.maximum(np.maximum(sides[0], sides[1]), sides[2]), zero)
        signed: Floats32 = outside + inside - np.float32(self.rounding)
        return signed


@dataclass(frozen=True, slots=True)
class Behind:
    """The part of a solid behind (or, with `sign` -1, before) the level y = `level`: fluid and gas in the stomach."""

    solid: Ellipsoid
    level: float
    sign: int = 1

    @property
    def box(self) -> Box:
        """Lowest and highest corner, mm."""
        return self.solid.box

    def distance(self, x: Floats32, y: Floats32, z: Floats32) -> Floats32:
        """Signed distances in mm of the points (x, y, z), negative inside."""
        signed: Floats32 = np.maximum(
            self.solid.distance(x, y, z), (np.float32(self.level) - y) * np.float32(self.sign)
        )
        return signed


def around(center: Vector, reach: tuple[float, ...]) -> Box:
    """The box `reach` mm to each side of `center`."""
    (x, y, z), (a, b, c) = center, reach
    return (x - a, y - b, z - c), (x + a, y + b, z + c)
