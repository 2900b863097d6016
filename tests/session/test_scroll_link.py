"""Synchronised scroll by patient position: the follower shows the leader's place, or stays and says why."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.cases import case
from tests.made import rotation
from tests.scans import CORONAL, ORIENTATIONS, SAGITTAL, middles, pictures, scan
from tests.session.linked import ALL, OTHER, SCROLL, leaning, scrolled, shown
from viewer_app import scripting
from viewer_app.imaging.geometry import vector
from viewer_app.imaging.together import to_patient
from viewer_app.phantom.positions import POSITIONS
from viewer_app.session.linking import followed
from viewer_app.session.links import offset_by_hand
from viewer_app.session.scroll_link import BEYOND, BY_HAND, NO_PLACE, OTHER_FRAME, OTHER_ORIENTATION
from viewer_app.session.view import View


@pytest.mark.parametrize("name", ORIENTATIONS)
def test_the_slice_at_the_same_place_follows(name: str) -> None:
    leader = scan("leader", ORIENTATIONS[name])
    fine = scan("fine", ORIENTATIONS[name], places=np.arange(-20.0, 20.5, 1.0))
    for index, middle in enumerate(middles(leader)):
        there, words = scrolled(leader, index, fine, 0)
        np.testing.assert_allclose(middles(fine)[there], middle, atol=1e-9)
        assert words == ""


@pytest.mark.parametrize("position", POSITIONS)
def test_the_same_place_follows_however_the_patient_lay(position: str) -> None:
    leader, follower = scan("leader"), scan("follower", POSITIONS[position], places=np.arange(-12.0, 13.0, 2.0))
    for index, middle in enumerate(middles(leader)):
        there, words = scrolled(leader, index, follower, 0)
        assert middles(follower)[there][2] == pytest.approx(middle[2], abs=1e-9)
        assert words == ""


def test_beyond_its_range_a_stack_stays_at_its_end_and_says_so() -> None:
    leader, short = scan("leader", places=np.arange(-40.0, 41.0, 4.0)), scan("short")
    answers = [scrolled(leader, index, short, 2) for index in range(21)]
    assert answers == [*[(0, BEYOND)] * 8, *[(k, "") for k in range(5)], *[(4, BEYOND)] * 8]


def test_a_gap_is_told_with_the_distance_of_the_nearest_slice() -> None:
    leader = scan("leader", places=[0.0, 4.0, 8.0, 12.0, 16.0])
    gap = scan("gap", places=[0.0, 2.0, 4.0, 6.0, 14.0, 16.0], SliceThickness="2")
    away = "nearest slice 2.0 mm away"
    assert [scrolled(leader, index, gap, 0) for index in range(5)] == [(0, ""), (1, away), (2, away), (3, ""), (5, "")]


def test_other_orientations_stay() -> None:
    leader = scan("leader")
    for directions in (CORONAL, SAGITTAL):
        assert scrolled(leader, 4, scan("other", directions), 1) == (1, OTHER_ORIENTATION)


@pytest.mark.parametrize(("degrees", "words"), [(14.9, ""), (-14.9, ""), (15.1, OTHER_ORIENTATION), (165.1, "")])
def test_stacks_are_parallel_within_fifteen_degrees(degrees: float, words: str) -> None:
    index, told = scrolled(scan("leader"), 0, scan("tilted", leaning(degrees)), 2)
    assert told == words
    assert (index == 2) == bool(words)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32 - 1), st.floats(0.5, 8.0), st.floats(0.5, 8.0), st.floats(0.0, 14.0), st.booleans())
def test_a_follower_is_within_half_a_step_of_the_leaders_middle(
    seed: int, step: float, their_step: float, degrees: float, is_opposite: bool
) -> None:
    random = np.random.default_rng(seed)
    turn = rotation(random)
    tilt = np.array(leaning(degrees)) @ turn
    if is_opposite:
        tilt[0] *= -1
    center = random.uniform(-300, 300, 3)
    leader = scan("leader", (vector(turn[0]), vector(turn[1])), middle=center, places=np.arange(-5, 6) * step)
    follower = scan(
        "follower", (vector(tilt[0]), vector(tilt[1])), middle=center, places=np.arange(-9, 10) * their_step
    )
    for index, middle in enumerate(middles(leader)):
        there, words = scrolled(leader, index, follower, int(random.integers(19)))
        distances = np.abs([image.plane.height(middle)[0] for image in follower.images])
        assert distances[there] == pytest.approx(distances.min(), abs=1e-3)
        assert (words == BEYOND) == (distances.min() > max(their_step, 1.0) / 2 + 0.1)
        assert words in ("", BEYOND)


def test_where_a_follower_goes_does_not_depend_on_the_way() -> None:
    leader, follower = scan("leader"), scan("follower", places=np.arange(-9.0, 10.0, 1.5))
    for index in range(5):
        assert len({scrolled(leader, index, follower, at) for at in range(len(follower.images))}) == 1


def test_two_viewports_of_one_stack_show_one_slice() -> None:
    for found in (scan("same"), pictures("same", 5)):
        assert scrolled(found, 3, found, 0) == (3, "")


def test_of_several_phases_a_follower_keeps_its_own() -> None:
    heart = scan("heart", places=[0.0, 4.0, 8.0])
    phases = replace(heart, images=heart.images * 3, number=1)
    leader = scan("leader", places=[0.0, 4.0, 8.0])
    at = [scrolled(leader, 0, phases, current)[0] for current in (1, 4, 8)]
    assert at == [0, 3, 6]


def test_another_frame_of_reference_never_moves_without_an_offset() -> None:
    leader, prior = scan("leader"), scan("prior", frame_of_reference=OTHER)
    third = scan("third", frame_of_reference="2.25.3")
    links = ALL.with_offset(offset_by_hand(leader, 0, third, 0))
    for index in range(5):
        assert scrolled(leader, index, prior, 1, links) == (1, OTHER_FRAME)


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_another_frame_of_reference_never_moves_wherever_it_lies(seed: int) -> None:
    random = np.random.default_rng(seed)
    turn = rotation(random)
    prior = scan("prior", (vector(turn[0]), vector(turn[1])), middle=random.normal(size=3), frame_of_reference=OTHER)
    at = int(random.integers(5))
    assert scrolled(scan("leader"), int(random.integers(5)), prior, at) == (at, OTHER_FRAME)


@pytest.mark.parametrize("uid", ["", None])
def test_without_a_known_position_nothing_moves(uid: str | None) -> None:
    leader = scan("leader")
    follower = pictures("none", 4) if uid is None else scan("unknown", FrameOfReferenceUID=None)
    assert scrolled(leader, 4, follower, 1) == (1, NO_PLACE)
    assert scrolled(follower, 3, leader, 1) == (1, NO_PLACE)


@pytest.mark.real_data
def test_in_a_real_brain_the_axial_series_scroll_together_and_the_sagittal_one_stays() -> None:
    with scripting.open_study(case("mr-brain-multiorient-siemens")) as study:
        sagittal, axial, perfusion, _ = (series.stack for series in study.series)
    leader = shown(axial)
    told = set()
    for index in range(1, len(axial.images)):
        plane = axial.images[index].plane
        left, top, width, height = leader.extent
        middle = to_patient(plane, (left + width / 2, top + height / 2))[0]
        followers = {number: (View(found.key, 5), shown(found)) for number, found in enumerate((sagittal, perfusion))}
        found = followed(View(axial.key), View(axial.key, index), leader, followers, SCROLL)
        assert found[0] == (followers[0][0], OTHER_ORIENTATION)
        view, words = found[1]
        off = np.abs([image.plane.height(middle)[0] for image in perfusion.images])
        assert view.index == int(np.argmin(off))
        assert (words == BEYOND) == (off.min() > 3.1)
        told.add(words)
    assert told == {"", BEYOND}


@pytest.mark.real_data
def test_two_real_examinations_of_the_same_head_never_move_each_other_without_an_offset() -> None:
    stacks = []
    for position in ("HFS", "HFDR"):
        with scripting.open_study(case("mr-decubitus-a") / position) as study:
            stacks.append(study.series[0].stack)
    now, prior = stacks
    count = len(now.images)
    assert {scrolled(now, index, prior, 5) for index in range(count)} == {(5, OTHER_FRAME)}
    links = SCROLL.with_offset(offset_by_hand(now, 4, prior, 6))
    answers = [scrolled(now, index, prior, 5, links) for index in range(count)]
    inside = [(index + 2, BY_HAND) for index in range(count - 2)]
    assert answers == [*inside, *[(count - 1, f"{BY_HAND}, {BEYOND}")] * 2]
