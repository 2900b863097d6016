"""Shapes in a plane, in its unit: exact area and length of the outline, and the pixels inside.

Points are (n, 2), distances along row and column as `Plane.in_plane` gives them.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from viewer_app.imaging.geometry import Floats
from viewer_app.measure.evenodd import crossed_area, enclosed
from viewer_app.measure.region import Crossings, ellipse_crossings, polygon_crossings
from viewer_app.measure.spline import Beziers, area_and_length, closed_spline, distinct, flattened

ToPixels = Callable[[Floats], Floats]
"""Points of the plane to (column, row) in the image; affine."""

_FEWEST, _MOST = 32, 720
_CHORD = 2.0**-10  # of a pixel
_BEND = 0.2  # of a screen pixel: how far a drawn ellipse may lie from the true one


class Shape(Protocol):
    """What an area kind draws."""

    @property
    def area(self) -> float:
        """Area by even-odd, in the plane's unit squared; never from pixels (C03)."""

    @property
    def length(self) -> float:
        """Length of the outline, in the plane's unit."""

    @property
    def is_crossed(self) -> bool:
        """The outline crosses itself."""

    def outline(self, pixel: float) -> Floats:
        """The closed polyline (n, 2) to draw where a screen pixel has this size."""

    def crossings(self, to_pixels: ToPixels, shape: tuple[int, int]) -> Crossings:
        """The rows of an image of (rows, columns) that it covers, and those beyond."""


@dataclass(frozen=True, slots=True, eq=False)
class Oval:
    """An ellipse: its centre (2,) and its half axes along the axes of the plane, >= 0."""

    center: Floats
    across: float
    down: float
    is_crossed: bool = False

    @property
    def area(self) -> float:
        """pi a b."""
        return math.pi * self.across * self.down

    @property
    def length(self) -> float:
        """The circumference, by the arithmetic-geometric mean: exact but for rounding."""
        return circumference(self.across, self.down)

    def outline(self, pixel: float) -> Floats:
        """Chords that leave the curve by a fraction of a screen pixel."""
        steps = math.pi * math.sqrt(max(self.across, self.down) / (2 * _BEND * pixel))
        turns = np.linspace(0.0, 2 * math.pi, int(min(max(steps, _FEWEST), _MOST)) + 1)
        return self.center + np.stack([self.across * np.cos(turns), self.down * np.sin(turns)], axis=1)

    def crossings(self, to_pixels: ToPixels, shape: tuple[int, int]) -> Crossings:
        """Exact, however the image is turned: the picture of an ellipse is one."""
        ends = self.center + np.array([(0.0, 0.0), (self.across, 0.0), (0.0, self.down)])
        center, first, second = to_pixels(ends)
        return ellipse_crossings(center, first - center, second - center, shape)


@dataclass(frozen=True, slots=True, eq=False)
class Loop:
    """A closed outline through vertices (n, 2), n > 0; `area` and `length` are those of the line it stands for."""

    vertices: Floats
    area: float
    length: float
    is_crossed: bool

    @classmethod
    def of(cls, vertices: Floats) -> Loop:
        """The polygon itself."""
        sides = np.roll(vertices, -1, axis=0) - vertices
        return cls._judged(vertices, enclosed(vertices), float(np.hypot(*sides.T).sum()))

    @classmethod
    def along(cls, curve: Beziers, tolerance: float) -> Loop:
        """A closed curve, with vertices on it whose chords leave it by no more than `tolerance`."""
        return cls._judged(flattened(curve, tolerance), *area_and_length(curve))

    @classmethod
    def _judged(cls, vertices: Floats, area: float, length: float) -> Loop:
        crossed = crossed_area(vertices)
        return cls(vertices, area if crossed is None else crossed, length, crossed is not None)

    def outline(self, pixel: float) -> Floats:
        """All vertices, and the first once more."""
        return np.concatenate([self.vertices, self.vertices[:1]])

    def crossings(self, to_pixels: ToPixels, shape: tuple[int, int]) -> Crossings:
        """Those of the polygon."""
        return polygon_crossings(to_pixels(self.vertices), shape)


def smooth_loop(points: Floats, pixel: float) -> Loop:
    """The smooth curve through points (n, 2), n > 0: what lies between its chords is far below the size of a pixel."""
    apart = distinct(points)
    return Loop.along(closed_spline(apart), _CHORD * pixel) if len(apart) > 2 else Loop.of(apart)


def circumference(first: float, second: float) -> float:
    """Circumference of an ellipse with these half axes, by the arithmetic-geometric mean (Gauss)."""
    a, b = max(first, second), min(first, second)
    if b <= a * 1e-12:
        return 4 * a
    square, power = (a * a + b * b) / 2, 1.0
    while a - b > 1e-15 * a:
        half = (a - b) / 2
        a, b = (a + b) / 2, math.sqrt(a * b)
        square -= power * half * half
        power *= 2
    return 2 * math.pi * square / a
