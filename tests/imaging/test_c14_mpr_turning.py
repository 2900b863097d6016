"""C14: the crosshair turned. Closed form, continuous, never mirrored, and at right angles however often."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.imaging.test_c14_mpr import (
    NAMES,
    VOLUMES,
    assert_frames,
    assert_square,
    axes,
    grid_of,
    random_point,
    seeds,
    turned_often,
)
from viewer_app.imaging import mpr
from viewer_app.imaging.cuts import SlabMode
from viewer_app.imaging.geometry import Floats, vector

STANDARD = mpr.snapped(mpr.start_cuts(grid_of("P3 axial")), 0, "axial")


def change_deg(one: Floats, other: Floats) -> float:
    """The angle of the rotation from one right-handed frame (3, 3) to another."""
    return math.degrees(2 * math.asin(min(float(np.linalg.norm(one - other)) / math.sqrt(8), 1.0)))


@pytest.mark.parametrize("degrees", [-170.0, -30.0, 1e-3, 30.0, 90.0])
def test_turned_clockwise_in_the_axial_view(degrees: float) -> None:
    angle = math.radians(degrees)
    cuts = mpr.rotated(STANDARD, 0, angle)
    c, s = math.cos(angle), math.sin(angle)
    # Left is to the right of the picture and back is down: clockwise is from left to back.
    np.testing.assert_allclose(axes(cuts[0]), [(1, 0, 0), (0, 1, 0), (0, 0, 1)], atol=1e-15)
    np.testing.assert_allclose(axes(cuts[1]), [(c, s, 0), (0, 0, -1), (-s, c, 0)], atol=1e-15)
    np.testing.assert_allclose(axes(cuts[2]), [(-s, c, 0), (0, 0, -1), (-c, -s, 0)], atol=1e-15)
    grid = grid_of("P3 axial")
    before, after = (mpr.lines_on(some[0], some[1:], grid) for some in (STANDARD, cuts))
    for old, new in zip(before, after, strict=True):
        assert old is not None
        assert new is not None
        turned = (c * old.direction[0] - s * old.direction[1], s * old.direction[0] + c * old.direction[1])
        assert new.direction == pytest.approx(turned, abs=1e-12)


@settings(max_examples=30, deadline=None)
@given(seeds, st.integers(0, 2), st.floats(-math.pi, math.pi))
def test_the_view_it_is_turned_in_stays_and_the_others_turn_about_its_normal(
    seed: int, which: int, angle: float
) -> None:
    cuts = turned_often(STANDARD, np.random.default_rng(seed))
    turned = mpr.rotated(cuts, which, angle)
    assert turned[which] == cuts[which]
    assert_frames(turned)
    assert_square(turned)
    for index in {0, 1, 2} - {which}:
        assert change_deg(axes(cuts[index]), axes(turned[index])) == pytest.approx(abs(math.degrees(angle)), abs=1e-6)
        axis = np.asarray(cuts[which].normal)
        np.testing.assert_allclose(axes(turned[index]) @ axis, axes(cuts[index]) @ axis, atol=1e-12)
    back = mpr.rotated(turned, which, -angle)
    for cut, original in zip(back, cuts, strict=True):
        np.testing.assert_allclose(axes(cut), axes(original), atol=1e-12)


def test_ten_thousand_small_turns_leave_right_angles_exact() -> None:
    random = np.random.default_rng(10)
    cuts = STANDARD
    for which, angle in zip(random.integers(0, 3, 10_000), random.normal(0, 0.02, 10_000), strict=True):
        cuts = mpr.rotated(cuts, int(which), float(angle))
    assert_frames(cuts)
    assert_square(cuts)


def test_no_picture_turns_further_than_the_hand() -> None:
    random = np.random.default_rng(11)
    cuts = STANDARD
    for which, angle in zip(random.integers(0, 3, 500), random.normal(0, 0.1, 500), strict=True):
        before, cuts = cuts, mpr.rotated(cuts, int(which), float(angle))
        for now, then in zip(cuts, before, strict=True):
            assert np.abs(axes(now) - axes(then)).max() <= abs(angle) + 1e-12


def test_a_thousand_small_turns_one_way_add_up() -> None:
    cuts = STANDARD
    for _ in range(1000):
        cuts = mpr.rotated(cuts, 1, 0.01)
    for cut, wanted in zip(cuts, mpr.rotated(STANDARD, 1, 10.0), strict=True):
        np.testing.assert_allclose(axes(cut), axes(wanted), atol=1e-11)


def test_unlocked_one_plane_turns_alone() -> None:
    cuts = mpr.rotated(STANDARD, 0, math.radians(20), only=1)
    assert (cuts[0], cuts[2]) == (STANDARD[0], STANDARD[2])
    assert math.degrees(math.acos(float(np.dot(cuts[1].normal, STANDARD[1].normal)))) == pytest.approx(20, abs=1e-9)
    assert_frames(cuts)
    # Turned together afterwards, the two keep the angle they were given.
    later = mpr.rotated(cuts, 0, 0.3)
    assert np.dot(later[1].normal, later[2].normal) == pytest.approx(np.dot(cuts[1].normal, cuts[2].normal), abs=1e-12)
    with pytest.raises(ValueError, match="its own view"):
        mpr.rotated(STANDARD, 2, 0.1, only=2)


@pytest.mark.parametrize("which", range(3))
@pytest.mark.parametrize("name", NAMES)
def test_snapped_to_a_standard_plane_the_others_are_the_other_two(which: int, name: mpr.Name) -> None:
    grid = grid_of("P3 oblique")
    cuts = turned_often(mpr.start_cuts(grid), np.random.default_rng(which))
    cuts = mpr.with_slab(cuts, 1, 3.0, SlabMode.MEAN, grid)
    after = mpr.snapped(cuts, which, name)
    assert after[which] == replace(
        mpr.standard_cut(name, cuts[0].point), slab_mm=cuts[which].slab_mm, slab_mode=cuts[which].slab_mode
    )
    assert [cut.slab_mm for cut in after] == [0.0, 3.0, 0.0]
    found = [
        next(one for one in NAMES if np.array_equal(axes(cut), axes(mpr.standard_cut(one, cut.point)))) for cut in after
    ]
    assert sorted(found) == sorted(NAMES)


def test_snapped_nearly_straight_planes_become_what_they_nearly_are() -> None:
    cuts = mpr.rotated(mpr.rotated(STANDARD, 0, 0.3), 2, -0.3)
    assert mpr.snapped(cuts, 1, "coronal") == STANDARD


@pytest.mark.parametrize("name", VOLUMES)
def test_to_start_again_is_to_start(name: str) -> None:
    grid = grid_of(name)
    random = np.random.default_rng(4)
    point = random_point(grid, random)
    cuts = mpr.start_cuts(grid, point)
    assert {cut.point for cut in cuts} == {point}
    again = mpr.start_cuts(grid, vector(np.add(grid.centre, 1e6)))
    index = grid.index(again[0].point)
    assert ((index > -1e-6) & (index < grid.last + 1e-6)).all()
