"""What is linked: the switches, and the stacks a reader has linked by hand where no Frame of Reference does it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from viewer_app.errors import CaliperError
from viewer_app.imaging.geometry import Plane
from viewer_app.imaging.slices import are_parallel, heights, is_scrolled_through_space
from viewer_app.imaging.stacks import Stack

PARALLEL_DEG = 15.0
"""Stacks whose normals differ by more than this do not scroll together."""


@dataclass(frozen=True, slots=True)
class Offset:
    """By how much two stacks are apart, by the slices of them which the reader put side by side.

    In mm it is how much farther the follower's slice lies than the leader's along
    the normal of the leader's slices, each in its own Frame of Reference; in
    "images" it is the follower's index less the leader's. `leader` and `follower`
    are stack keys as they were when the link was set; either may lead from then on.
    """

    leader: str
    follower: str
    amount: float
    unit: Literal["mm", "images"] = "mm"


@dataclass(frozen=True, slots=True)
class Links:
    """What moves together, each on its own switch; `offsets` are those set by hand."""

    scroll: bool = False
    pan_zoom: bool = False
    window: bool = False
    offsets: tuple[Offset, ...] = ()

    def between(self, stack: Stack, other: Stack) -> Offset | None:
        """The offset of two stacks with `stack` as the leader, whichever of them led when it was set."""
        for offset in self.offsets:
            if (offset.leader, offset.follower) == (stack.key, other.key):
                return offset
            if (offset.follower, offset.leader) == (stack.key, other.key):
                return _reversed(offset, sense(stack.images[0].plane, other.images[0].plane))
        return None

    def with_offset(self, offset: Offset) -> Links:
        """These links with `offset`, in the place of an earlier one of the same two stacks."""
        return replace(self, offsets=(*self.without_offset(offset.leader, offset.follower).offsets, offset))

    def without_offset(self, key: str, other: str) -> Links:
        """These links without an offset of the two stacks of these keys."""
        kept = (offset for offset in self.offsets if {offset.leader, offset.follower} != {key, other})
        return replace(self, offsets=tuple(kept))


def sense(plane: Plane, other: Plane) -> float:
    """+1 if the normals point the same way in the patient, -1 if they run opposite."""
    return 1.0 if float(np.dot(plane.normal, other.normal)) >= 0.0 else -1.0


def has_distances(stack: Stack, other: Stack) -> bool:
    """True if both stacks go through the patient, so that a link by hand is one in mm; else it is by image number."""
    return is_scrolled_through_space(stack) and is_scrolled_through_space(other)


def offset_by_hand(leader: Stack, leader_index: int, follower: Stack, follower_index: int) -> Offset:
    """These two slices belong together; CaliperError where the stacks have no places or do not run the same way."""
    _refuse_same(leader, follower)
    if not has_distances(leader, follower):
        raise CaliperError(
            "These images have no distances to scroll by.",
            "Link them by image number, if they belong together image by image.",
        )
    ours, theirs = leader.images[leader_index].plane, follower.images[follower_index].plane
    if not are_parallel(ours, theirs, PARALLEL_DEG):
        raise CaliperError(
            f"The slices are more than {PARALLEL_DEG:g}° apart.", "Link two stacks of the same orientation."
        )
    ours_mm, theirs_mm = heights(leader)[leader_index], heights(follower)[follower_index]
    same_way = sense(leader.images[0].plane, follower.images[0].plane)
    return Offset(leader.key, follower.key, float(same_way * theirs_mm - ours_mm))


def offset_by_number(leader: Stack, leader_index: int, follower: Stack, follower_index: int) -> Offset:
    """These two images belong together, and so do their neighbours; CaliperError where places say more."""
    _refuse_same(leader, follower)
    if has_distances(leader, follower):
        raise CaliperError("Both stacks have positions in the patient.", "Link them by position.")
    return Offset(leader.key, follower.key, float(follower_index - leader_index), "images")


def _refuse_same(leader: Stack, follower: Stack) -> None:
    if leader.key == follower.key:
        raise CaliperError("Both viewports show the same stack.", "It scrolls together without a link by hand.")


def _reversed(offset: Offset, same_way: float) -> Offset:
    amount = -offset.amount * (same_way if offset.unit == "mm" else 1.0)
    return Offset(offset.follower, offset.leader, amount, offset.unit)
