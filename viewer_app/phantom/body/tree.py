"""Branching vessels: a tree grown towards scattered places by halving them again and again."""

from __future__ import annotations

import math

from viewer_app.imaging.geometry import Vector
from viewer_app.phantom.curves import between, distance
from viewer_app.phantom.shapes import Capsule


def grow(root: Vector, ends: list[Vector], end_radius: float) -> list[Capsule]:
    """Tapering branches from `root` to every place of `ends`; a branch is the thicker the more ends it feeds."""
    if not ends:
        return []
    if len(ends) == 1:
        return [Capsule(root, ends[0], _radius(1, end_radius), end_radius * 0.6)]
    fork = between(root, _middle(ends), 0.4)
    left, right = _halves(ends)
    trunk = Capsule(root, fork, _radius(len(ends), end_radius), _radius(len(left), end_radius))
    return [trunk, *grow(fork, left, end_radius), *grow(fork, right, end_radius)]


def clear_of(branch: Capsule, center: Vector, radius: float) -> bool:
    """True where the branch stays more than its own thickness outside the ball."""
    length = max(distance(branch.start, branch.end), 1e-6)
    along = [(b - a) / length for a, b in zip(branch.start, branch.end, strict=True)]
    reach = sum((c - a) * d for c, a, d in zip(center, branch.start, along, strict=True))
    nearest = between(branch.start, branch.end, min(max(reach / length, 0.0), 1.0))
    return distance(nearest, center) > radius + branch.start_radius


def _radius(ends: int, end_radius: float) -> float:
    """`end_radius` times ends to the power of 3/8: close to Murray's law, by square roots alone."""
    fourth = math.sqrt(math.sqrt(ends))
    return end_radius * fourth * math.sqrt(fourth)


def _middle(points: list[Vector]) -> Vector:
    x, y, z = (math.fsum(values) / len(points) for values in zip(*points, strict=True))
    return x, y, z


def _halves(points: list[Vector]) -> tuple[list[Vector], list[Vector]]:
    spans = [max(values) - min(values) for values in zip(*points, strict=True)]
    axis = spans.index(max(spans))
    ordered = sorted(points, key=lambda point: point[axis])
    half = len(points) // 2
    return ordered[:half], ordered[half:]
