"""Linked viewports: each switch is its own; pan, zoom and window follow by patient point, mm and unit."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tests.made import stack
from tests.scans import AXIAL, CORONAL, SAGITTAL, middles, pictures, scan
from tests.session.linked import ALL, OTHER, PAN_ZOOM, SCROLL, WINDOW, moved, scrolled, shown
from viewer_app.imaging.cuts import Cut
from viewer_app.imaging.headers import Lookup, Window
from viewer_app.imaging.together import to_patient
from viewer_app.phantom import steps
from viewer_app.phantom.positions import POSITIONS
from viewer_app.session.linking import followed
from viewer_app.session.links import Links, Offset
from viewer_app.session.scroll_link import BEYOND, BY_HAND, RECONSTRUCTED, Shown
from viewer_app.session.view import View


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


def test_where_slices_are_sheared_the_point_is_that_of_the_slice_gone_to() -> None:
    tilted = stack(steps.tilted(30.0))
    after = View(tilted.key, 15, scale=2.0, center=(1.0, 2.0))
    found, _ = followed(None, after, shown(tilted, 15), {1: (View(tilted.key, 0), shown(tilted))}, ALL)[1]
    assert found.index == 15
    assert found.center == pytest.approx((1.0, 2.0))


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


def test_a_follower_that_was_not_brought_along_says_only_how_it_is_linked() -> None:
    leader, short = scan("leader", places=[40.0, 44.0, 48.0]), scan("short", frame_of_reference=OTHER)
    links = replace(ALL, offsets=(Offset(leader.key, short.key, 0.0),))
    before, after = View(index=1), View(index=1, scale=2.0)
    assert moved(leader, before, after, short, View(index=2), links)[1] == BY_HAND
    assert moved(leader, before, after, short, View(index=0), links)[1] == f"{BY_HAND}, {BEYOND}"


def test_followers_do_not_swing_to_and_fro() -> None:
    """Were the follower to lead in turn, the first would stay where its reader put it, to half a step."""
    coarse, fine = scan("coarse", places=np.arange(-20.0, 21.0, 5.0)), scan("fine", places=np.arange(-20.0, 21.0, 1.5))
    for index in range(len(coarse.images)):
        there, _ = scrolled(coarse, index, fine, 0)
        assert scrolled(fine, there, coarse, index)[0] == index


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


def test_thewhole_picture_is_shown_where_the_leader_shows_itswhole() -> None:
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
