"""Synchronised scrolling: to which slice a leader's slice leads, and in which words.

By the reader's own offset, else by position in one Frame of Reference (PS3.3
C.7.4.1). Where neither holds, a follower stays and says why.
"""

from __future__ import annotations

from dataclasses import dataclass

from viewer_app.imaging.geometry import Plane
from viewer_app.imaging.slices import are_parallel, frame_of_reference, heights, nearest_slice, reach_mm
from viewer_app.imaging.stacks import Stack
from viewer_app.imaging.together import Extent, middle, to_patient
from viewer_app.session.links import PARALLEL_DEG, Links, Offset, sense
from viewer_app.session.view import View

BY_HAND = "linked by hand"
BY_HAND_ALL_THE_SAME = "linked by hand, not by position"
BY_NUMBER = "linked by hand, by image number"
BEYOND = "beyond this stack"
NO_PLACE = "not linked: position not known"
OTHER_FRAME = "not linked: other Frame of Reference"
OTHER_ORIENTATION = "not linked: other orientation"
RECONSTRUCTED = "not linked: reconstructed view"


@dataclass(frozen=True, slots=True)
class Shown:
    """What a viewport shows: a stack, the plane of its picture and that picture's extent, in the plane's unit."""

    stack: Stack
    plane: Plane
    extent: Extent

    def plane_of(self, view: View) -> Plane:
        """The plane `view` shows: that of its slice, or the reconstructed one."""
        return self.stack.images[view.index].plane if view.cut is None else self.plane


@dataclass(frozen=True, slots=True)
class Target:
    """Where scrolling leads a follower (None: nowhere), how it is linked, and what is to be said once it is there."""

    index: int | None
    link: str = ""
    told: str = ""

    def words(self, index: int) -> str:
        """What a viewport says that shows slice `index`."""
        is_there = self.index is None or index == self.index
        return ", ".join(part for part in (self.link, self.told if is_there else "") if part)


def scroll_target(after: View, leader: Shown, view: View, stack: Stack, links: Links) -> Target:
    """Where a follower that shows `view` of `stack` goes when the leader shows `after`."""
    if after.cut is not None or view.cut is not None:
        return Target(None, RECONSTRUCTED)
    offset = links.between(leader.stack, stack)
    if offset is not None:
        return _by_hand(after, leader.stack, view, stack, offset)
    if leader.stack.key == stack.key:
        return Target(after.index)
    return _by_position(after, leader, view, stack)


def _by_hand(after: View, leader: Stack, view: View, stack: Stack, offset: Offset) -> Target:
    if offset.unit == "images":
        wanted = after.index + round(offset.amount)
        index = min(max(wanted, 0), len(stack.images) - 1)
        return Target(index, BY_NUMBER, "" if index == wanted else BEYOND)
    ours, theirs = leader.images[0].plane, stack.images[0].plane
    if not are_parallel(ours, theirs, PARALLEL_DEG):
        return Target(None, OTHER_ORIENTATION)
    height = sense(ours, theirs) * (float(heights(leader)[after.index]) + offset.amount)
    is_overridden = frame_of_reference(leader) == frame_of_reference(stack) != ""
    return _at_height(stack, height, view.index, BY_HAND_ALL_THE_SAME if is_overridden else BY_HAND)


def _by_position(after: View, leader: Shown, view: View, stack: Stack) -> Target:
    ours, theirs = frame_of_reference(leader.stack), frame_of_reference(stack)
    if not (ours and theirs):
        return Target(None, NO_PLACE)
    if ours != theirs:
        return Target(None, OTHER_FRAME)
    plane = leader.plane_of(after)
    if not are_parallel(plane, stack.images[0].plane, PARALLEL_DEG):
        return Target(None, OTHER_ORIENTATION)
    center = to_patient(plane, middle(leader.extent))[0]
    return _at_height(stack, float(center @ stack.images[0].plane.normal), view.index, "")


def _at_height(stack: Stack, height_mm: float, current: int, link: str) -> Target:
    """The slice nearest to a height; at an end of the stack, and told, where the height lies beyond it."""
    places = heights(stack)
    index = nearest_slice(places, height_mm, current)
    off = abs(float(places[index]) - height_mm)
    if off <= reach_mm(stack, index):
        return Target(index, link)
    is_inside = float(places.min()) < height_mm < float(places.max())
    return Target(index, link, f"nearest slice {off:.1f} mm away" if is_inside else BEYOND)
