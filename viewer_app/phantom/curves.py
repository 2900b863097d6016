"""Curves, turns and dice made of the four operations and square roots only: the same on every machine."""

from __future__ import annotations

import math
from collections.abc import Sequence

from viewer_app.imaging.geometry import Vector


class Dice:
    """A linear congruential generator (Knuth's MMIX constants): few numbers, for where a branch goes."""

    def __init__(self, seed: int) -> None:
        self._state = seed

    def roll(self) -> float:
        """The next number in [0, 1)."""
        self._state = (self._state * 6364136223846793005 + 1442695040888963407) % (1 << 64)
        return (self._state >> 11) / (1 << 53)


def turn(half_tangent: float) -> tuple[float, float]:
    """(cosine, sine) of the angle whose half has this tangent: exact without a trigonometric function."""
    square = half_tangent * half_tangent
    return (1 - square) / (1 + square), 2 * half_tangent / (1 + square)


def around_z(half_tangent: float) -> tuple[Vector, Vector, Vector]:
    """Three axes turned about z by the angle whose half has this tangent."""
    c, s = turn(half_tangent)
    return (c, s, 0.0), (-s, c, 0.0), (0.0, 0.0, 1.0)


def between(a: Vector, b: Vector, part: float) -> Vector:
    """The point `part` of the way from `a` to `b`."""
    return a[0] + (b[0] - a[0]) * part, a[1] + (b[1] - a[1]) * part, a[2] + (b[2] - a[2]) * part


def distance(a: Vector, b: Vector) -> float:
    """The distance of two points."""
    x, y, z = a[0] - b[0], a[1] - b[1], a[2] - b[2]
    return math.sqrt(x * x + y * y + z * z)


def smooth_curve(points: Sequence[Sequence[float]], steps: int) -> list[list[float]]:
    """A Catmull-Rom curve through points of any dimension, `steps` pieces between two of them."""
    padded = [points[0], *points, points[-1]]
    curve = [
        [_spline(part / steps, *values) for values in zip(*padded[i : i + 4], strict=True)]
        for i in range(len(points) - 1)
        for part in range(steps)
    ]
    return [*curve, list(points[-1])]


def smooth_table(knots: Sequence[Sequence[float]]) -> list[list[float]]:
    """One row for each whole mm between knots (z, values ...), without z; smooth, never outside its two knots."""
    rows: list[list[float]] = []
    padded = [knots[0], *knots, knots[-1]]
    for before, low, high, after in zip(padded, padded[1:], padded[2:], padded[3:], strict=False):
        span = round(high[0] - low[0])
        for mm in range(span):
            values = zip(before[1:], low[1:], high[1:], after[1:], strict=True)
            rows.append([_held(_spline(mm / span, *four), four[1], four[2]) for four in values])
    return [*rows, list(knots[-1][1:])]


def _spline(t: float, a: float, b: float, c: float, d: float) -> float:
    return b + 0.5 * t * (c - a + t * (2 * a - 5 * b + 4 * c - d + t * (3 * (b - c) + d - a)))


def _held(value: float, a: float, b: float) -> float:
    return min(max(value, min(a, b)), max(a, b))
