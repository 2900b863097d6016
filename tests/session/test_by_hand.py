"""Linking by hand what positions do not link: any of the stacks may lead afterwards."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest

from tests.made import FRAME_OF_REFERENCE
from tests.scans import AXIAL, SAGITTAL, Directions, middles, pictures, scan
from tests.session.linked import OTHER, scrolled, shown
from viewer_app.imaging.stacks import Stack
from viewer_app.phantom.positions import POSITIONS
from viewer_app.session.by_hand import ByHand, Seen, link_by_hand
from viewer_app.session.links import Links
from viewer_app.session.view import View

_EVEN = np.arange(-20.0, 21.0, 4.0)
_THIRD = "2.25.3"
_OF_TWO_FRAMES = (("here", FRAME_OF_REFERENCE), ("second", FRAME_OF_REFERENCE), ("prior", OTHER))


def seen(stack: Stack, index: int) -> Seen:
    return View(stack.key, index), shown(stack, index)


@pytest.mark.parametrize("directions", [AXIAL, *POSITIONS.values()])
def test_all_stacks_keep_together_whichever_leads(directions: Directions) -> None:
    """Two of one Frame of Reference, two priors of others, one of them read in any direction."""
    first = scan("first", places=_EVEN)
    second = scan("second", places=_EVEN)
    prior = scan("prior", directions, middle=(9.0, 9.0, 500.0), places=_EVEN, frame_of_reference=OTHER)
    older = scan("older", middle=(0.0, 3.0, -300.0), places=_EVEN, frame_of_reference=_THIRD)
    others = [seen(second, 2), seen(prior, 6), seen(older, 4)]
    made = link_by_hand(Links(), seen(first, 5), others)
    links = made.links
    assert links.scroll
    assert "this view and 2 others" in made.told
    beside = {"first": 0.0, "second": 0.0, "prior": 0.0, "older": 0.0}
    stacks = {"first": first, "second": second, "prior": prior, "older": older}
    for name, index in (("first", 5), ("second", 5), ("prior", 6), ("older", 4)):
        beside[name] = float(middles(stacks[name])[index][2])
    for one, other in permutations(stacks, 2):
        leader, follower = stacks[one], stacks[other]
        for index, middle in enumerate(middles(leader)):
            wanted = middle[2] - beside[one] + beside[other]
            there, _ = scrolled(leader, index, follower, 0, links)
            heights = middles(follower)[:, 2]
            assert heights[there] == pytest.approx(np.clip(wanted, heights.min(), heights.max()), abs=1e-6)


def test_what_positions_link_or_cannot_be_linked_is_left_and_told() -> None:
    here, alike = scan("here"), scan("alike")
    across, prior_across = scan("across", SAGITTAL), scan("prior across", SAGITTAL, frame_of_reference=OTHER)
    for index, may_override in ((0, False), (3, True)):
        assert link_by_hand(Links(), seen(here, 0), [seen(alike, index)]) == ByHand(
            Links(),
            "Nothing is linked by hand: positions say which slices of the other views belong to this one.",
            may_override,
        )
    for other, words in ((across, "another way"), (prior_across, "15°")):
        made = link_by_hand(Links(), seen(here, 0), [seen(other, 3)])
        assert (made.links, made.may_override) == (Links(), False)
        assert words in made.told
    assert not link_by_hand(Links(), seen(here, 0), [seen(here, 3)]).may_override


def test_what_positions_link_is_linked_by_hand_all_the_same() -> None:
    """The patient moved between two series of one Frame of Reference: slice 5 is seen to belong to slice 3."""
    here, second, prior = (scan(name, places=_EVEN, frame_of_reference=frame) for name, frame in _OF_TWO_FRAMES)
    moved = scan("moved", places=_EVEN)
    others = [seen(second, 3), seen(moved, 5), seen(prior, 4)]
    made = link_by_hand(Links(), seen(here, 3), others)
    assert made.may_override
    assert scrolled(here, 4, moved, 0, made.links) == (4, "")
    made = link_by_hand(made.links, seen(here, 3), others, overriding=True)
    assert not made.may_override
    assert "this view and 2 others" in made.told
    assert "whatever their positions say" in made.told
    beside = {"here": 3, "second": 3, "moved": 5, "prior": 4}
    stacks = {"here": here, "second": second, "moved": moved, "prior": prior}
    for one, other in permutations(stacks, 2):
        index, words = scrolled(stacks[one], beside[one] + 2, stacks[other], 0, made.links)
        assert index == beside[other] + 2
        kinds = {one, other}
        by_position = "linked by hand, not by position" if "moved" in kinds else ""
        assert words == ("linked by hand" if "prior" in kinds else by_position)


def test_overriding_needs_no_other_frame_of_reference_and_is_taken_back() -> None:
    here, moved = scan("here", places=_EVEN), scan("moved", places=_EVEN)
    links = link_by_hand(Links(), seen(here, 2), [seen(moved, 6)], overriding=True).links
    assert links.scroll
    assert scrolled(here, 3, moved, 0, links) == (7, "linked by hand, not by position")
    assert scrolled(moved, 6, here, 0, links) == (2, "linked by hand, not by position")
    assert scrolled(here, 3, moved, 0, links.without_offset(here.key, moved.key)) == (3, "")


def test_images_without_a_place_are_linked_by_number_with_all_that_belong() -> None:
    first, second = pictures("first", 6), pictures("second", 8)
    third = pictures("third", 9)
    links = link_by_hand(Links(), seen(first, 1), [seen(second, 3), seen(third, 2)]).links
    assert scrolled(first, 2, second, 0, links)[0] == 4
    assert scrolled(second, 5, third, 0, links)[0] == 4
    assert scrolled(third, 4, first, 0, links)[0] == 3


def test_an_earlier_link_of_the_same_two_is_replaced() -> None:
    here, prior = scan("here"), scan("prior", middle=(0.0, 0.0, 90.0), frame_of_reference=OTHER)
    links = link_by_hand(Links(), seen(here, 0), [seen(prior, 1)]).links
    links = link_by_hand(links, seen(here, 2), [seen(prior, 2)]).links
    assert len(links.offsets) == 1
    assert scrolled(here, 3, prior, 0, links)[0] == 3
