"""Viewports side by side: localizer lines and the 3D cursor.

All of it is geometry in one Frame of Reference (PS3.3 C.7.4.1, C.7.6.2.1.1):
what has no place in it, or another one, is answered by None. In-plane points
are distances in mm along the row and down the column from a plane's origin.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike

from viewer_app.imaging.geometry import Floats, Plane, Vector, vector
from viewer_app.imaging.slices import TOLERANCE_MM, are_parallel, frame_of_reference, heights, nearest_slice, reach_mm
from viewer_app.imaging.stacks import Stack

Extent = tuple[float, float, float, float]
"""Left, top, width and height of a picture, in-plane; the edges of an image lie half a pixel outside its centres."""

_PARALLEL_DEG = 1.0
_SHORTEST_MM = 1e-6


@dataclass(frozen=True, slots=True)
class PatientPoint:
    """A point (x, y, z) in mm, in the Frame of Reference of that UID."""

    position: Vector
    frame_of_reference_uid: str


@dataclass(frozen=True, slots=True)
class Mark:
    """Where the 3D cursor shows in a stack: on slice `index`, in-plane, `distance_mm` from the slice's plane."""

    index: int
    in_plane: tuple[float, float]
    distance_mm: float


def in_one_space(plane: Plane, other: Plane) -> bool:
    """True if both planes have a place in one and the same known Frame of Reference."""
    known = plane.frame_of_reference_uid != ""
    return known and plane.located and other.located and plane.frame_of_reference_uid == other.frame_of_reference_uid


def to_patient(plane: Plane, in_plane: ArrayLike) -> Floats:
    """In-plane points (n, 2) in mm to patient points (n, 3)."""
    return plane.to_patient(np.asarray(in_plane, dtype=np.float64).reshape(-1, 2) / plane.spacing[::-1])


def middle(extent: Extent) -> tuple[float, float]:
    """The in-plane point in the middle of a picture."""
    left, top, width, height = extent
    return left + width / 2, top + height / 2


def point_on(plane: Plane, in_plane: tuple[float, float]) -> PatientPoint | None:
    """The patient point a reader points at; None without a place in a known Frame of Reference."""
    if not in_one_space(plane, plane):
        return None
    return PatientPoint(vector(to_patient(plane, in_plane)[0]), plane.frame_of_reference_uid)


def reference_line(plane: Plane, extent: Extent, other: Plane, other_extent: Extent) -> Floats | None:
    """The localizer line of the picture `other` on the picture `plane`: (2, 2) in-plane mm of `plane`, end by end.

    It is where the two rectangles cut each other. None where they do not, where
    they are parallel within a degree, and where they have no Frame of Reference in common.
    """
    if not in_one_space(plane, other) or are_parallel(plane, other, _PARALLEL_DEG):
        return None
    start, along = _line(plane, middle(extent), other)
    first, last = to_patient(plane, np.stack([start, start + along]))
    their_start, their_end = other.in_plane([first, last])
    ours = _inside(start, along, extent)
    theirs = _inside(their_start, their_end - their_start, other_extent)
    low, high = max(ours[0], theirs[0]), min(ours[1], theirs[1])
    if not high - low > _SHORTEST_MM:
        return None
    return start + np.outer((low, high), along)


def slab_lines(
    plane: Plane, extent: Extent, other: Plane, other_extent: Extent, thickness_mm: float
) -> tuple[Floats, ...]:
    """The localizer lines of both faces of a slab about `other`, as far as they show on the picture `plane`."""
    lines = []
    for off in (-thickness_mm / 2, thickness_mm / 2):
        face = replace(other, origin=vector(np.add(other.origin, np.multiply(other.normal, off))))
        lines.append(reference_line(plane, extent, face, other_extent))
    return tuple(line for line in lines if line is not None)


def nearest_index(stack: Stack, point: PatientPoint, current: int = 0) -> tuple[int, float] | None:
    """The slice nearest to `point` and its distance in mm; None where no slice of `stack` stands for the point.

    A slice stands for what is within half a step (or half its thickness) of its
    plane. `current` is the slice on show, which decides where a place is shown more than once.
    """
    if not point.frame_of_reference_uid or frame_of_reference(stack) != point.frame_of_reference_uid:
        return None
    index = nearest_slice(heights(stack), float(np.dot(stack.images[0].plane.normal, point.position)), current)
    distance = abs(float(stack.images[index].plane.height(point.position)[0]))
    return (index, distance) if distance <= reach_mm(stack, index) else None


def shown_at(
    plane: Plane, extent: Extent, point: PatientPoint, within_mm: float = TOLERANCE_MM
) -> tuple[float, float] | None:
    """Where `point` lies in the picture, in-plane; None outside it, or farther than `within_mm` from its plane."""
    if not plane.located or not point.frame_of_reference_uid == plane.frame_of_reference_uid != "":
        return None
    if abs(float(plane.height(point.position)[0])) > within_mm:
        return None
    along, down = (float(value) for value in plane.in_plane(point.position)[0])
    left, top, width, height = extent
    return (along, down) if left <= along <= left + width and top <= down <= top + height else None


def cursor_mark(stack: Stack, extent: Extent, point: PatientPoint, current: int = 0) -> Mark | None:
    """The 3D cursor in a stack whose slices have this extent; None where the point is not in it."""
    found = nearest_index(stack, point, current)
    if found is None:
        return None
    index, distance = found
    place = shown_at(stack.images[index].plane, extent, point, math.inf)
    return Mark(index, place, distance) if place is not None else None


def _line(plane: Plane, near: tuple[float, float], other: Plane) -> tuple[Floats, Floats]:
    """A point and a unit vector, in-plane in `plane`, of the line in which the plane `other` cuts it."""
    normal = np.asarray(other.normal)
    slope: Floats = np.array([normal @ plane.row_direction, normal @ plane.column_direction])
    height = float(other.height(to_patient(plane, near))[0])
    start: Floats = np.asarray(near) - height * slope / (slope @ slope)
    along: Floats = np.array([-slope[1], slope[0]]) / np.linalg.norm(slope)
    return start, along


def _inside(start: Floats, along: Floats, extent: Extent) -> tuple[float, float]:
    """From where to where `start + t * along` is in the rectangle, as values of t; the first is larger if never."""
    low, high = -math.inf, math.inf
    for first, step, edge, size in zip(start, along, extent[:2], extent[2:], strict=True):
        if abs(step) < 1e-12:
            low = low if edge <= first <= edge + size else math.inf
            continue
        ends = sorted(((edge - first) / step, (edge + size - first) / step))
        low, high = max(low, ends[0]), min(high, ends[1])
    return low, high
