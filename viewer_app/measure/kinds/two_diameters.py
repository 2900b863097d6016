"""A diameter and the one across it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from pydicom.sr.codedict import codes

from viewer_app.imaging.geometry import Floats, Plane, Vector, vector
from viewer_app.measure.angles import SHORTEST, angle_between
from viewer_app.measure.bounds import Half, by_moving
from viewer_app.measure.kind import FreePoints, Gesture, Images, Number, Outline
from viewer_app.measure.measurement import Figure
from viewer_app.measure.quantity import Dimension, Quantity

_SKEW_DEG = 0.1


class TwoDiameters(FreePoints):
    """Two lengths at right angles: both ends of the first axis, then both of the second.

    The longer one is the long axis, whichever was drawn first.
    """

    name, title, shortcut, icon = "two_diameters", "Two diameters", "X", "two-diameters"
    gesture, min_points, max_points = Gesture.CLICKS, 2, 4
    quantities = (
        Quantity("long", "Long axis", Dimension.LENGTH, codes.SCT.LongAxis),
        Quantity("short", "Short axis", Dimension.LENGTH, codes.SCT.ShortAxis),
    )

    def outline(self, points: Floats, mm_per_pixel: float) -> Outline:
        """Both axes."""
        return Outline(lines=(points[:2], points[2:]) if len(points) == 4 else (points[:2],))

    def evaluate(self, figures: Sequence[Figure], images: Images) -> dict[str, Number]:
        """`long` and `short`, in the plane's unit."""
        points = np.asarray(figures[0].points)
        first = points[1] - points[0]
        if len(points) < 4:
            return {"long": Number(_length(first)), "short": Number(None, "the second axis is missing")}
        second = points[3] - points[2]
        angle = angle_between(first, second)
        if angle is not None and abs(angle - 90) > _SKEW_DEG:
            return {
                key: Number(None, f"the axes are at {angle:.1f}°, not at right angles") for key in ("long", "short")
            }
        short, long = sorted((_length(first), _length(second)))
        return {"long": Number(long), "short": Number(short)}

    def bounds(self, figure: Figure, half: Half) -> Mapping[str, float]:
        """By the ends alone: a point that moves a little by itself puts the axes out of their right angle."""
        return by_moving(_axes, figure.plane.in_plane(figure.points), half)

    def move_point(self, points: tuple[Vector, ...], index: int, to: Vector) -> tuple[Vector, ...]:
        """An end of the first axis turns the second with it; an end of the second takes it along the first.

        A second axis without length (one that is being drawn) grows from its other end instead.
        """
        moved = (*points[:index], to, *points[index + 1 :])
        if _length(np.subtract(moved[1], moved[0])) < SHORTEST:
            return moved
        if index < 2:
            return _turned(points, moved)
        return _slid(points, moved, index) if len(points) == 4 else moved

    def constrained(self, points: tuple[Vector, ...], index: int, to: Vector, plane: Plane) -> Vector:
        """The first axis only: the second is at right angles already."""
        return super().constrained(points, index, to, plane) if index < 2 else to

    def anchor(self, index: int) -> int | None:
        """The other end of its axis."""
        return index ^ 1


def _axes(points: Floats) -> Mapping[str, float]:
    short, *long = sorted(_length(end - start) for start, end in zip(points[::2], points[1::2], strict=False))
    return {"long": long[0], "short": short} if long else {"long": short}


def _length(along: Floats) -> float:
    return float(np.linalg.norm(along))


def _turned(points: tuple[Vector, ...], moved: tuple[Vector, ...]) -> tuple[Vector, ...]:
    """The ends of the second axis at the same part of the first, as far from it, and again at right angles."""
    start, new_start = np.asarray(points[0]), np.asarray(moved[0])
    along, new_along = np.subtract(points[1], points[0]), np.subtract(moved[1], moved[0])
    length, new_length = _length(along), _length(new_along)
    if length < SHORTEST:
        return moved
    before, after = along / length, new_along / new_length
    ends = []
    for end in points[2:]:
        share = float((np.asarray(end) - start) @ before) / length
        aside = np.asarray(end) - start - share * along
        # Turned from `before` to `after`; in a plane, their cross product is at right angles to `aside`.
        aside = (before @ after) * aside + np.cross(np.cross(before, after), aside)
        ends.append(vector(new_start + share * new_along + _across(aside, after)))
    return (*moved[:2], *ends)


def _slid(points: tuple[Vector, ...], moved: tuple[Vector, ...], index: int) -> tuple[Vector, ...]:
    """The second axis at right angles again after its end at `index` was moved."""
    along = np.subtract(moved[1], moved[0])
    along = along / _length(along)
    other = 5 - index
    is_new = points[index] == points[other]
    kept, changed = (other, index) if is_new else (index, other)
    ends = list(moved)
    ends[changed] = vector(moved[kept] + _across(np.subtract(moved[changed], moved[kept]), along))
    return tuple(ends)


def _across(offset: Floats, along: Floats) -> Floats:
    """The part of `offset` at right angles to the unit vector `along`."""
    across: Floats = offset - (offset @ along) * along
    return across
