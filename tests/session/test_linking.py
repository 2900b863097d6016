"""Linked viewports: each follower shows what the leader shows, or stays and says why."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.cases import case
from tests.made import rotation
from tests.scans import AXIAL, CORONAL, ORIENTATIONS, SAGITTAL, Directions, extent_of, middles, pictures, scan
from viewer_app import scripting
from viewer_app.errors import CaliperError
from viewer_app.imaging.cuts import Cut
from viewer_app.imaging.geometry import vector
from viewer_app.imaging.headers import Lookup, Window
from viewer_app.imaging.stacks import Stack
from viewer_app.imaging.together import to_patient
from viewer_app.phantom.positions import POSITIONS
from viewer_app.session.linking import followed
from viewer_app.session.links import Links, Offset, has_distances, offset_by_hand, offset_by_number
from viewer_app.session.scroll_link import (
    BEYOND,
    BY_HAND,
    BY_NUMBER,
    NO_PLACE,
    OTHER_FRAME,
    OTHER_ORIENTATION,
    RECONSTRUCTED,
    Shown,
)
from viewer_app.session.view import View

SCROLL, PAN_ZOOM, WINDOW = Links(scroll=True), Links(pan_zoom=True), Links(window=True)
ALL = Links(True, True, True)
OTHER = "2.25.2"


def shown(stack: Stack, index: int = 0) -> Shown:
    plane = stack.images[index].plane
    return Shown(stack, plane, extent_of(plane))


def moved(leader: Stack, before: View, after: View, follower: Stack, view: View, links: Links) -> tuple[View, str]:
    """What becomes of one follower."""
    pair = (replace(view, stack_key=follower.key), shown(follower, view.index))
    before, after = replace(before, stack_key=leader.key), replace(after, stack_key=leader.key)
    found = followed(before, after, shown(leader, after.index), {7: pair}, links)
    assert list(found) == [7]
    return found[7]


def scrolled(leader: Stack, index: int, follower: Stack, at: int, links: Links = SCROLL) -> tuple[int, str]:
    """Where a follower at slice `at` goes when the leader scrolls to `index`."""
    before = View(index=(index + 1) % len(leader.images))
    view, words = moved(leader, before, View(index=index), follower, View(index=at), links)
    assert view == View(follower.key, view.index)
    return view.index, words


# Scroll, in one Frame of Reference


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
    index, told = scrolled(scan("leader"), 0, scan("tilted", _leaning(degrees)), 2)
    assert told == words
    assert (index == 2) == bool(words)


def _leaning(degrees: float) -> Directions:
    turn = np.radians(degrees)
    return (1.0, 0.0, 0.0), (0.0, float(np.cos(turn)), float(np.sin(turn)))


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32 - 1), st.floats(0.5, 8.0), st.floats(0.5, 8.0), st.floats(0.0, 14.0), st.booleans())
def test_a_follower_is_within_half_a_step_of_the_leaders_middle(
    seed: int, step: float, their_step: float, degrees: float, is_opposite: bool
) -> None:
    random = np.random.default_rng(seed)
    turn = rotation(random)
    tilt = np.array(_leaning(degrees)) @ turn
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


# Other Frames of Reference, and none


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
    turn, tilt = rotation(random), np.array(_leaning(float(random.uniform(-14, 14))))
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
    assert scrolled(leader, 2, follower, 0, links) == (3, BY_HAND)
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


# When the leader does something else than scroll


def test_a_leader_that_shows_another_stack_moves_nobody() -> None:
    leader, follower = scan("leader"), scan("follower")
    before, after = View("another", 1, Window(1, 2), scale=1.0), View(leader.key, 4, Window(3, 4), scale=2.0)
    view = View(follower.key, 2)
    assert followed(before, after, shown(leader), {1: (view, shown(follower))}, ALL) == {1: (view, "")}


def test_reconstructed_views_neither_lead_nor_follow_scrolling() -> None:
    leader, follower = scan("leader"), scan("follower")
    cut = Cut((0.0, 0.0, 0.0), *CORONAL)
    for before, after, view in (
        (View(index=1), View(index=4), View(index=2, cut=cut)),
        (View(index=1, cut=cut), View(index=4, cut=cut), View(index=2)),
        (View(index=1, cut=cut), View(index=4), View(index=2)),
    ):
        found, words = moved(leader, before, after, follower, view, SCROLL)
        assert found == replace(view, stack_key=follower.key)
        assert words == ("" if after.cut is None and view.cut is None else RECONSTRUCTED)


def test_all_follows_where_the_link_is_put_on() -> None:
    leader, follower = scan("leader"), scan("follower")
    after = View(leader.key, 4, Window(3, 4), scale=2.0, center=(5.0, 6.0))
    found = followed(None, after, shown(leader), {1: (View(follower.key, 0), shown(follower))}, ALL)
    assert found[1][0].index == 4
    assert found[1][0].window == Window(3, 4)
    assert found[1][0].scale == 2.0
    assert followed(None, after, shown(leader), {1: (View(follower.key, 0), shown(follower))}, Links()) == {
        1: (View(follower.key, 0), "")
    }


def test_each_switch_is_its_own() -> None:
    leader, follower = scan("leader"), scan("follower")
    before, after = View(index=0), View(index=3, window=Window(40, 400), scale=3.0, center=(1.0, 2.0))
    for links, fields in (
        (Links(), set()),
        (SCROLL, {"index"}),
        (PAN_ZOOM, {"scale", "center"}),
        (WINDOW, {"window"}),
        (ALL, {"index", "scale", "center", "window"}),
    ):
        start = View(follower.key, 1)
        view, _ = moved(leader, before, after, follower, start, links)
        names = ("index", "window", "inverted", "scale", "center", "cut", "flipped", "quarter_turns")
        assert {name for name in names if getattr(view, name) != getattr(start, name)} == fields


def test_what_the_leader_did_not_change_stays_the_followers_own() -> None:
    leader, follower = scan("leader"), scan("follower")
    own = View(follower.key, 1, Window(1, 2), scale=9.0, center=(3.0, 4.0))
    view, _ = moved(leader, View(index=0), View(index=3), follower, own, ALL)
    assert view == replace(own, index=3)


def test_followers_do_not_swing_to_and_fro() -> None:
    """Were the follower to lead in turn, the first would stay where its reader put it, to half a step."""
    coarse, fine = scan("coarse", places=np.arange(-20.0, 21.0, 5.0)), scan("fine", places=np.arange(-20.0, 21.0, 1.5))
    for index in range(len(coarse.images)):
        there, _ = scrolled(coarse, index, fine, 0)
        assert scrolled(fine, there, coarse, index)[0] == index


# Pan, zoom and window


@pytest.mark.parametrize("position", POSITIONS)
@pytest.mark.parametrize("frame_of_reference", ["2.25.1", OTHER])
def test_pan_goes_to_the_same_patient_point_or_as_far_the_same_way(position: str, frame_of_reference: str) -> None:
    leader = scan("leader", middle=(0.0, 0.0, 0.0))
    follower = scan("follower", POSITIONS[position], middle=(11.0, 7.0, 0.0), frame_of_reference=frame_of_reference)
    after = View(index=0, scale=2.5, center=(4.0, 6.0))
    view, _ = moved(leader, View(index=0), after, follower, View(index=0), PAN_ZOOM)
    assert view.scale == 2.5
    assert view.center is not None
    ours = to_patient(leader.images[0].plane, (4.0, 6.0))[0]
    theirs = to_patient(follower.images[0].plane, view.center)[0]
    is_same = frame_of_reference == "2.25.1"
    expected = ours if is_same else ours - middles(leader)[0] + middles(follower)[0]
    np.testing.assert_allclose(theirs[:2], expected[:2], atol=1e-9)


def test_zoom_about_the_middle_keeps_the_leaders_middle_in_the_middle() -> None:
    leader, follower = scan("leader"), scan("follower", middle=(10.0, 0.0, 0.0))
    view, _ = moved(leader, View(), View(scale=4.0), follower, View(), PAN_ZOOM)
    assert view.center is not None
    np.testing.assert_allclose(to_patient(follower.images[0].plane, view.center)[0][:2], (0.0, 0.0), atol=1e-9)


def test_across_orientations_zoom_follows_and_pan_does_not() -> None:
    leader, follower = scan("leader"), scan("follower", SAGITTAL)
    view, _ = moved(leader, View(), View(scale=4.0, center=(1.0, 2.0)), follower, View(center=(8.0, 9.0)), PAN_ZOOM)
    assert (view.scale, view.center) == (4.0, (8.0, 9.0))


def test_the_whole_picture_is_shown_where_the_leader_shows_its_whole() -> None:
    leader, follower = scan("leader"), scan("follower", frame_of_reference=OTHER)
    view, _ = moved(leader, View(scale=2.0), View(), follower, View(scale=2.0, center=(1.0, 2.0)), PAN_ZOOM)
    assert (view.scale, view.center) == (None, None)


def test_pictures_without_a_scale_do_not_follow_millimetres() -> None:
    leader, picture, other = scan("leader"), pictures("none", 2), pictures("more", 2)
    after = View(scale=4.0, center=(1.0, 2.0))
    assert picture.images[0].plane.unit == "px"
    assert moved(leader, View(), after, picture, View(), PAN_ZOOM)[0] == View(picture.key)
    view, _ = moved(other, View(), after, picture, View(), PAN_ZOOM)
    assert (view.scale, view.center) == (4.0, (1.0, 2.0))


def test_a_reconstructed_view_pans_and_zooms_with_the_others() -> None:
    leader, follower = scan("leader"), scan("follower")
    plane = replace(follower.images[0].plane, origin=(-30.0, -30.0, 2.0), column_direction=(0.0, 1.0, 0.0))
    view = View(follower.key, cut=Cut((0.0, 0.0, 2.0), *AXIAL))
    after = View(leader.key, scale=2.0, center=(3.0, 3.0))
    pair = (view, Shown(follower, plane, (0.0, 0.0, 60.0, 60.0)))
    found, _ = followed(View(leader.key), after, shown(leader), {0: pair}, PAN_ZOOM)[0]
    assert found.center is not None
    ours = to_patient(leader.images[0].plane, (3.0, 3.0))[0]
    np.testing.assert_allclose(to_patient(plane, found.center)[0][:2], ours[:2], atol=1e-9)


WINDOWS = (Window(40, 400), None)


@pytest.mark.parametrize("window", WINDOWS)
def test_a_window_follows_within_one_modality_and_unit(window: Window | None) -> None:
    ct, other = scan("ct"), scan("other", frame_of_reference=OTHER)
    raw, mr = scan("raw", RescaleType="US"), scan("mr", modality="MR")
    assert [found.images[0].frame.rescale.unit for found in (ct, other, raw)] == ["HU", "HU", ""]
    before, start = View(window=Window(1, 2)), View(window=Window(5, 6))
    for follower, is_followed in ((other, True), (raw, False), (mr, False)):
        view, _ = moved(ct, before, View(window=window), follower, start, WINDOW)
        assert view.window == (window if is_followed else start.window)


def test_a_table_of_one_file_is_not_put_onto_another() -> None:
    window = Window(40, 400, function="LUT", lookup=Lookup(0, b"\0\0", 8))
    view, _ = moved(scan("ct"), View(), View(window=window), scan("other"), View(), WINDOW)
    assert view.window is None


# Real cases


@pytest.mark.real_data
def test_in_a_real_brain_the_axial_series_scroll_together_and_the_sagittal_one_stays() -> None:
    with scripting.open_study(case("mr-brain-multiorient-siemens")) as study:
        sagittal, axial, perfusion, _ = (series.stack for series in study.series)
    leader = _whole(axial)
    told = set()
    for index in range(1, len(axial.images)):
        plane = axial.images[index].plane
        left, top, width, height = leader.extent
        middle = to_patient(plane, (left + width / 2, top + height / 2))[0]
        followers = {number: (View(found.key, 5), _whole(found)) for number, found in enumerate((sagittal, perfusion))}
        found = followed(View(axial.key), View(axial.key, index), leader, followers, SCROLL)
        assert found[0] == (followers[0][0], OTHER_ORIENTATION)
        view, words = found[1]
        off = np.abs([image.plane.height(middle)[0] for image in perfusion.images])
        assert view.index == int(np.argmin(off))
        assert (words == BEYOND) == (off.min() > 3.1)
        told.add(words)
    assert told == {"", BEYOND}


def _whole(found: Stack) -> Shown:
    plane, pixels = found.images[0].plane, found.images[0].instance.pixel_format
    assert pixels is not None
    return Shown(found, plane, extent_of(plane, (pixels.rows, pixels.columns)))
