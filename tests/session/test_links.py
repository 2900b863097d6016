"""Stacks linked by hand: priors in a Frame of Reference of their own, and images without a place."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.made import rotation
from tests.scans import AXIAL, SAGITTAL, Directions, middles, pictures, scan
from tests.session.linked import OTHER, SCROLL, leaning, scrolled
from viewer_app.errors import CaliperError
from viewer_app.imaging.geometry import vector
from viewer_app.imaging.stacks import Stack
from viewer_app.phantom.positions import POSITIONS
from viewer_app.session.links import Offset, has_distances, offset_by_hand, offset_by_number
from viewer_app.session.scroll_link import BEYOND, BY_HAND, BY_HAND_ALL_THE_SAME, BY_NUMBER, OTHER_ORIENTATION


@pytest.mark.parametrize("directions", [AXIAL, *POSITIONS.values()])
def test_an_offset_by_hand_leads_the_same_way_in_the_patient(directions: Directions) -> None:
    leader = scan("leader", places=np.arange(-20.0, 21.0, 4.0))
    prior = scan(
        "prior", directions, middle=(9.0, 9.0, 500.0), places=np.arange(-20.0, 21.0, 2.0), frame_of_reference=OTHER
    )
    links = SCROLL.with_offset(offset_by_hand(leader, 5, prior, 4))
    shift = middles(prior)[4][2] - middles(leader)[5][2]
    for index, middle in enumerate(middles(leader)):
        there, words = scrolled(leader, index, prior, 0, links)
        wanted = middle[2] + shift
        assert middles(prior)[there][2] == pytest.approx(np.clip(wanted, 480.0, 520.0), abs=1e-9)
        assert words == (BY_HAND if 478.9 <= wanted <= 521.1 else f"{BY_HAND}, {BEYOND}")


def _opposite() -> tuple[Stack, Stack]:
    """Two oblique stacks a few degrees apart that are read in opposite directions, being mostly of other axes."""
    stacks = []
    for degrees, uid in ((43.0, OTHER), (47.0, "2.25.1")):
        turn = np.radians(degrees)
        row = (float(np.sin(turn)), float(np.cos(turn)), 0.0)
        stacks.append(scan(f"at {degrees}", (row, (0.0, 0.0, -1.0)), frame_of_reference=uid))
    return stacks[0], stacks[1]


def test_an_offset_is_safe_where_stacks_are_read_in_opposite_directions() -> None:
    leader, follower = _opposite()
    ours, theirs = (np.diff(middles(found), axis=0)[0] for found in (leader, follower))
    assert ours @ theirs < 0
    links = SCROLL.with_offset(offset_by_hand(leader, 2, follower, 2))
    for one, other in ((leader, follower), (follower, leader)):
        assert [scrolled(one, index, other, 2, links) for index in range(5)] == [(4 - k, BY_HAND) for k in range(5)]


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**32 - 1), st.booleans(), st.booleans())
def test_an_offset_holds_both_ways(seed: int, is_opposite: bool, is_later: bool) -> None:
    random = np.random.default_rng(seed)
    turn, tilt = rotation(random), np.array(leaning(float(random.uniform(-14, 14))))
    if is_opposite:
        tilt[1] *= -1
    their = tilt @ turn
    leader = scan("leader", (vector(turn[0]), vector(turn[1])), middle=random.uniform(-300, 300, 3))
    prior = scan(
        "prior", (vector(their[0]), vector(their[1])), middle=random.uniform(-300, 300, 3), frame_of_reference=OTHER
    )
    index, at = (int(value) for value in random.integers(5, size=2))
    links = SCROLL.with_offset(offset_by_hand(leader, index, prior, at))
    one, other, here, there = (prior, leader, at, index) if is_later else (leader, prior, index, at)
    assert scrolled(one, here, other, 2, links) == (there, BY_HAND)
    for step in (-1, 1):
        if 0 <= here + step < 5:
            height = (middles(one)[here + step] - middles(one)[here]) @ one.images[0].plane.normal
            same_way = np.sign(np.dot(one.images[0].plane.normal, other.images[0].plane.normal))
            heights = (middles(other) - middles(other)[there]) @ other.images[0].plane.normal * same_way
            expected = int(np.argmin(np.abs(heights - height).round(6)))
            assert scrolled(one, here + step, other, 2, links)[0] == expected


def test_a_link_by_hand_goes_before_the_frame_of_reference() -> None:
    leader, follower = scan("leader"), scan("follower")
    links = SCROLL.with_offset(offset_by_hand(leader, 1, follower, 2))
    assert scrolled(leader, 2, follower, 0, links) == (3, BY_HAND_ALL_THE_SAME)
    assert scrolled(leader, 2, follower, 0, links.without_offset(follower.key, leader.key)) == (2, "")


def test_a_later_offset_of_two_stacks_replaces_the_earlier_whichever_led() -> None:
    leader, prior = scan("leader"), scan("prior", frame_of_reference=OTHER)
    links = SCROLL.with_offset(offset_by_hand(leader, 0, prior, 0)).with_offset(offset_by_hand(prior, 3, leader, 2))
    assert links.offsets == (Offset(prior.key, leader.key, 4.0),)
    assert scrolled(leader, 2, prior, 0, links) == (3, BY_HAND)


def test_images_without_a_place_are_linked_by_number_only_if_the_reader_says_so() -> None:
    leader, other = pictures("one", 6), pictures("two", 4)
    assert not has_distances(leader, other)
    with pytest.raises(CaliperError, match="by image number"):
        offset_by_hand(leader, 2, other, 1)
    links = SCROLL.with_offset(offset_by_number(leader, 2, other, 1))
    answers = [scrolled(leader, index, other, 0, links) for index in range(6)]
    inside = [(k, BY_NUMBER) for k in range(4)]
    assert answers == [(0, f"{BY_NUMBER}, {BEYOND}"), *inside, (3, f"{BY_NUMBER}, {BEYOND}")]
    assert scrolled(other, 3, leader, 0, links) == (4, BY_NUMBER)


def test_what_cannot_be_linked_by_hand_is_refused_with_advice() -> None:
    leader = scan("leader")
    with pytest.raises(CaliperError, match="same orientation"):
        offset_by_hand(leader, 0, scan("other", SAGITTAL, frame_of_reference=OTHER), 0)
    with pytest.raises(CaliperError, match="by position"):
        offset_by_number(leader, 0, scan("other", frame_of_reference=OTHER), 0)
    for link in (offset_by_hand, offset_by_number):
        with pytest.raises(CaliperError, match="the same stack"):
            link(leader, 0, leader, 1)


def test_an_offset_that_no_longer_fits_moves_nothing() -> None:
    leader, other = scan("leader"), scan("other", SAGITTAL, frame_of_reference=OTHER)
    links = SCROLL.with_offset(Offset(leader.key, other.key, 3.0))
    assert scrolled(leader, 4, other, 1, links) == (1, OTHER_ORIENTATION)
