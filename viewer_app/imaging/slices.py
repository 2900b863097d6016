"""Where the slices of a stack lie along its normal, and which of them is nearest to a place."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import chain

import numpy as np

from viewer_app.imaging.geometry import Floats, Plane, Vector
from viewer_app.imaging.stacks import Stack

TOLERANCE_MM = 0.1
"""Positions are often written to a tenth of a millimetre."""

# As stacks are sorted: a thousandth of a millimetre apart is the same place.
_SAME_PLACE_DIGITS = 3
_POINTS_KEPT = 16
# A Slice Thickness beyond this is not believed.
_THICKEST_MM = 50.0


@dataclass(frozen=True, eq=False)
class SlicePlaces:
    """Where the slices of a stack lie: `origins` and `normals` (n, 3), patient mm."""

    origins: Floats
    normals: Floats

    @classmethod
    def of(cls, stack: Stack) -> SlicePlaces:
        """Each slice with its own normal, as the gantry may have turned between them."""
        planes = [image.plane for image in stack.images]
        return cls(np.array([plane.origin for plane in planes]), np.array([plane.normal for plane in planes]))

    @cached_property
    def nearest(self) -> Callable[[Vector], int]:
        """Gives the index of the first slice whose plane is nearest to a patient point."""
        # A frame asks for the slices at its planes many times.
        return lru_cache(_POINTS_KEPT)(self._nearest)

    def _nearest(self, point: Vector) -> int:
        offsets = np.asarray(point) - self.origins
        return int(np.argmin(np.abs(np.einsum("ij,ij->i", offsets, self.normals))))


def frame_of_reference(stack: Stack) -> str:
    """The Frame of Reference UID all slices share (PS3.3 C.7.4.1); "" where there is none, or no place in it."""
    uids = {image.plane.frame_of_reference_uid if image.plane.located else "" for image in stack.images}
    return uids.pop() if len(uids) == 1 else ""


def is_located(stack: Stack) -> bool:
    """True if every slice has a place in the patient, with or without a Frame of Reference that is named."""
    return all(image.plane.located for image in stack.images)


def is_scrolled_through_space(stack: Stack) -> bool:
    """True if the slices have places and do not all share one, as those of a cine do."""
    return is_located(stack) and bool(np.ptp(heights(stack)) > TOLERANCE_MM)


def are_parallel(plane: Plane, other: Plane, within_deg: float) -> bool:
    """True if the normals, whichever way they point, are at most `within_deg` degrees apart."""
    return abs(float(np.dot(plane.normal, other.normal))) >= math.cos(math.radians(within_deg))


def heights(stack: Stack) -> Floats:
    """(n,) mm: the slices' places along the normal of the first, from the origin of the Frame of Reference."""
    # Flat and of known size: a stack of thousands is reckoned at every turn of the wheel.
    numbers = chain.from_iterable(image.frame.plane.origin for image in stack.images)
    origins = np.fromiter(numbers, np.float64, 3 * len(stack.images)).reshape(-1, 3)
    found: Floats = origins @ np.asarray(stack.images[0].plane.normal)
    return found


def nearest_slice(heights: Floats, height_mm: float, current: int = 0) -> int:
    """Index of the slice nearest to `height_mm`.

    Where a stack shows that place several times (phases, repeats), the one of the
    same turn as slice `current` is among those of its own place.
    """
    off = np.round(np.abs(heights - height_mm), _SAME_PLACE_DIGITS)
    there = _at_place_of(heights, int(np.argmin(off)))
    turn = int(np.searchsorted(_at_place_of(heights, current), current))
    return int(there[min(turn, len(there) - 1)])


def reach_mm(stack: Stack, index: int) -> float:
    """How far from its plane slice `index` stands for the patient: half a step or half its thickness, and a tolerance.

    Between slices that are farther apart than that there is a gap, of which no slice tells.
    """
    return max(stack.report.step_mm, _thickness_mm(stack, index)) / 2 + TOLERANCE_MM


def _at_place_of(heights: Floats, index: int) -> np.ndarray[tuple[int, ...], np.dtype[np.intp]]:
    return np.flatnonzero(np.round(np.abs(heights - heights[index]), _SAME_PLACE_DIGITS) == 0)


def _thickness_mm(stack: Stack, index: int) -> float:
    try:
        thickness = float(stack.images[index].instance.details.get("SliceThickness", ""))
    except ValueError:
        return 0.0
    return thickness if 0.0 < thickness <= _THICKEST_MM else 0.0
