"""C01, C14, G10: polylines, two diameters and distances in space, in closed form and by SimpleITK."""

from __future__ import annotations

import math
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest
import SimpleITK as sitk

from tests.made import random_plane, rotation
from tests.measure.made import NOW, REFERENCE, UPRIGHT, image, measured, measurement
from viewer_app.imaging.geometry import Calibration, Plane, Vector, vector
from viewer_app.measure.evaluate import evaluate
from viewer_app.measure.kind import with_point
from viewer_app.measure.kinds import KINDS
from viewer_app.measure.measurement import Figure, Measurement
from viewer_app.measure.quantity import Value

STORED = np.zeros((64, 64), dtype=np.int16)
UNEVEN = {"row_spacing": 0.5, "column_spacing": 0.7}


def itk_image(plane: Plane, step: float) -> sitk.Image:
    """A stack of that plane as SimpleITK knows it; its index is (column, row, slice)."""
    found = sitk.Image(64, 64, 16, sitk.sitkInt16)
    found.SetOrigin(plane.origin)
    found.SetSpacing((plane.column_spacing, plane.row_spacing, step))
    axes = np.column_stack([plane.row_direction, plane.column_direction, plane.normal])
    found.SetDirection(axes.ravel().tolist())
    return found


# -- polyline ---------------------------------------------------------------------------------------


def test_a_polyline_is_as_long_as_its_parts() -> None:
    """Steps of 3-4-5 in pixels of 1 mm, and of (30, 40) pixels of 0.5 and 0.7 mm, 29 mm each."""
    assert measured("polyline", image(UPRIGHT, STORED), [(0, 0), (3, 4), (0, 0), (-4, 3)])["length"].number == 15.0
    plane = random_plane(np.random.default_rng(1), **UNEVEN)
    zigzag = [(0, 0), (30, 40), (60, 0), (90, 40), (60, 80)]
    found = measured("polyline", image(plane, STORED), zigzag)["length"]
    assert found.number == pytest.approx(4 * 29.0, rel=1e-12)
    assert (found.unit, found.provenance) == ("mm", "image plane")


def test_a_circle_of_ever_more_points_becomes_its_circumference() -> None:
    """A regular polygon of n corners on a radius r has n chords of 2 r sin(pi / n)."""
    plane = random_plane(np.random.default_rng(2), **UNEVEN)
    for corners in (3, 20, 2_000):
        turns = 2 * math.pi * np.arange(corners + 1) / corners
        pixels = 10 * np.column_stack([np.cos(turns) / 0.7, np.sin(turns) / 0.5])
        found = measured("polyline", image(plane, STORED), pixels)["length"].number
        assert found == pytest.approx(corners * 20 * math.sin(math.pi / corners), rel=1e-11)


def test_g10_random_polylines_are_as_long_as_simpleitk_says() -> None:
    random = np.random.default_rng(3)
    for count in random.integers(2, 12, 300):
        plane = random_plane(random)
        pixels = random.uniform(0, 63, (int(count), 2))
        itk = itk_image(plane, 1.0)
        places = [itk.TransformContinuousIndexToPhysicalPoint((*pixel, 0.0)) for pixel in pixels.tolist()]
        truth = math.fsum(math.dist(a, b) for a, b in pairwise(places))
        assert measured("polyline", image(plane, STORED), pixels)["length"].number == pytest.approx(truth, rel=1e-9)


# -- two diameters ----------------------------------------------------------------------------------


def drawn(plane: Plane, *pixels: tuple[float, float]) -> tuple[Vector, ...]:
    """Patient points, placed one by one as the draw tool places them."""
    points: tuple[Vector, ...] = ()
    for pixel in pixels:
        points = with_point(KINDS["two_diameters"], points, vector(plane.to_patient(pixel)[0]))
    return points


def axes(plane: Plane, points: tuple[Vector, ...]) -> tuple[float | None, float | None]:
    found = {value.key: value for value in evaluate(measurement("two_diameters", plane, points), {})}
    return found["long"].number, found["short"].number


def assert_right_angle(points: tuple[Vector, ...]) -> None:
    first, second = np.subtract(points[1], points[0]), np.subtract(points[3], points[2])
    cosine = first @ second / (np.linalg.norm(first) * np.linalg.norm(second))
    assert abs(cosine) < 1e-9


def test_the_short_axis_is_placed_at_right_angles() -> None:
    """The fourth point lies where the perpendicular through the third comes nearest to the click."""
    points = drawn(UPRIGHT, (0, 0), (30, 0), (10, 5), (14, -7))
    assert np.asarray(points).tolist() == [[0, 0, 0], [30, 0, 0], [10, 5, 0], [10, -7, 0]]
    assert axes(UPRIGHT, points) == (30.0, 12.0)


def test_both_axes_on_a_tilted_plane_with_unequal_spacings() -> None:
    """Along (30, 40) pixels of 0.5 x 0.7 mm is 29 mm; the short axis is as long as what was clicked along its way."""
    plane = random_plane(np.random.default_rng(4), **UNEVEN)
    points = drawn(plane, (0, 0), (30, 40), (20, 10), (2, 31))
    assert_right_angle(points)
    along = (Fraction(21), Fraction(20))  # mm, of length 29
    click = (Fraction(-18) * Fraction("0.7"), Fraction(21) * Fraction("0.5"))
    across = (click[0] * -along[1] + click[1] * along[0]) / 29
    assert axes(plane, points) == pytest.approx((29.0, float(abs(across))), rel=1e-12)


def test_the_longer_axis_is_the_long_one_whichever_was_drawn_first() -> None:
    points = drawn(UPRIGHT, (0, 0), (10, 0), (5, -20), (5, 15))
    assert axes(UPRIGHT, points) == (35.0, 10.0)


@pytest.mark.parametrize("index", [2, 3])
def test_an_end_of_the_short_axis_takes_it_along(index: int) -> None:
    points = drawn(UPRIGHT, (0, 0), (30, 0), (10, 5), (10, -7))
    moved = KINDS["two_diameters"].move_point(points, index, (22.0, 9.0, 0.0))
    assert moved[:2] == points[:2]
    assert moved[index] == (22.0, 9.0, 0.0)
    assert moved[5 - index] == (22.0, points[5 - index][1], 0.0)


def test_an_end_of_the_long_axis_turns_the_short_one_with_it() -> None:
    """From along x to along y, and twice as long: a third of the way, 5 mm to one side and 7 to the other."""
    points = drawn(UPRIGHT, (0, 0), (30, 0), (10, 5), (10, -7))
    moved = KINDS["two_diameters"].move_point(points, 1, (0.0, 60.0, 0.0))
    assert np.asarray(moved) == pytest.approx(np.array([(0, 0, 0), (0, 60, 0), (-5, 20, 0), (7, 20, 0)]), abs=1e-12)
    assert axes(UPRIGHT, moved) == pytest.approx((60.0, 12.0), rel=1e-12)
    over = KINDS["two_diameters"].move_point(points, 1, (-30.0, 0.0, 0.0))
    assert np.asarray(over[2:]) == pytest.approx(np.array([(-10, -5, 0), (-10, 7, 0)]), abs=1e-12)


def test_after_many_moves_the_axes_are_still_at_right_angles_and_in_the_plane() -> None:
    random = np.random.default_rng(5)
    for _ in range(20):
        plane = random_plane(random)
        points = drawn(plane, *map(tuple, random.uniform(0, 60, (4, 2))))
        for _ in range(100):
            index, to = int(random.integers(4)), vector(plane.to_patient(random.uniform(0, 60, 2))[0])
            across = math.dist(*points[2:])
            points = KINDS["two_diameters"].move_point(points, index, to)
            assert points[index] == to
            assert_right_angle(points)
            assert np.abs(plane.height(points)).max() < 1e-8
            if index < 2:  # an end of the first axis leaves the length of the second
                assert math.dist(*points[2:]) == pytest.approx(across, abs=1e-9)


def test_axes_that_are_not_at_right_angles_have_no_lengths() -> None:
    shown = image(UPRIGHT, STORED)
    found = measured("two_diameters", shown, [(0, 0), (30, 0), (10, 5), (22, -7)])
    assert {value.number for value in found.values()} == {None}
    assert found["long"].note == found["short"].note == "the axes are at 45.0°, not at right angles"
    unfinished = measured("two_diameters", shown, [(0, 0), (30, 40)])
    assert unfinished["long"].number == 50.0
    assert (unfinished["short"].number, unfinished["short"].note) == (None, "the second axis is missing")


def test_an_axis_without_length_holds_nothing_up() -> None:
    shown = image(UPRIGHT, STORED)
    flat = measured("two_diameters", shown, [(0, 0), (30, 0), (10, 5), (10, 5)])
    assert (flat["long"].number, flat["short"].number) == (30.0, 0.0)
    points = drawn(UPRIGHT, (3, 3), (3, 3), (10, 5), (12, 9))
    assert axes(UPRIGHT, points) == pytest.approx((math.hypot(2, 4), 0.0))


# -- distance in space ------------------------------------------------------------------------------


def in_space(*figures: Figure) -> Value:
    (found,) = evaluate(Measurement("uid", "distance_3d", figures, "", "", "", NOW, NOW), {})
    return found


def slice_of(plane: Plane, step: float, index: int) -> Plane:
    return replace(plane, origin=vector(np.add(plane.origin, np.multiply(plane.normal, step * index))))


def test_a_box_has_its_diagonal() -> None:
    """2 x 3 x 6 mm has 7 mm, from slice 0 to slice 3 at 2 mm."""
    ends = (UPRIGHT, ((0.0, 0.0, 0.0),)), (slice_of(UPRIGHT, 2.0, 3), ((2.0, 3.0, 6.0),))
    found = in_space(*(Figure(plane, points, REFERENCE) for plane, points in ends))
    assert (found.number, found.unit, found.provenance) == (7.0, "mm", "image plane")


def test_g10_random_distances_in_space_are_those_of_simpleitk() -> None:
    random = np.random.default_rng(6)
    for _ in range(500):
        plane, step = random_plane(random), float(random.uniform(0.5, 8))
        itk, ends, figures = itk_image(plane, step), [], []
        for _ in range(2):
            index, pixel = int(random.integers(16)), random.uniform(0, 63, 2)
            ends.append(itk.TransformContinuousIndexToPhysicalPoint((*pixel.tolist(), float(index))))
            place = slice_of(plane, step, index)
            figures.append(Figure(place, (vector(place.to_patient(pixel)[0]),), REFERENCE))
        assert in_space(*figures).number == pytest.approx(math.dist(*ends), rel=1e-9)


def test_c14_points_on_planes_that_cross_are_measured_in_space() -> None:
    random = np.random.default_rng(7)
    for _ in range(100):
        plane = random_plane(random)
        a, b = (vector(point) for point in plane.to_patient(random.uniform(0, 60, (2, 2))))
        other = random_plane(random, origin=b)
        found = in_space(Figure(plane, (a,), REFERENCE), Figure(other, (b,), REFERENCE))
        assert found.number == pytest.approx(math.dist(a, b), rel=1e-12)


def test_two_points_on_one_image_need_no_place_in_the_patient() -> None:
    figure = Figure(Plane.in_pixels(), ((0.0, 0.0, 0.0), (3.0, 4.0, 0.0)), REFERENCE)
    assert (in_space(figure).number, in_space(figure).unit) == (5.0, "px")
    alone = Figure(UPRIGHT, ((0.0, 0.0, 0.0),), REFERENCE)
    assert in_space(alone).note == "the second point is missing"


FLAT = Plane.unlocated(0.5, 0.5, "mm", Calibration.DETECTOR)
APART = {
    "another space": (UPRIGHT, replace(UPRIGHT, frame_of_reference_uid="2.25.99"), "different Frames of Reference"),
    "no name of it": (*[replace(UPRIGHT, frame_of_reference_uid="")] * 2, "name no Frame of Reference"),
    "one without a name": (UPRIGHT, replace(UPRIGHT, frame_of_reference_uid=""), "different Frames of Reference"),
    "a projection": (UPRIGHT, FLAT, "no place in the patient"),
    "two projections": (FLAT, FLAT, "no place in the patient"),
    "pixels": (Plane.in_pixels(), Plane.in_pixels(), "no place in the patient"),
}


@pytest.mark.parametrize(("one", "other", "why"), APART.values(), ids=APART)
def test_no_distance_between_places_that_are_not_in_one_space(one: Plane, other: Plane, why: str) -> None:
    figures = [Figure(plane, ((1.0, 2.0, 3.0),), REFERENCE) for plane in (one, other)]
    found = in_space(*figures)
    assert found.number is None
    assert why in found.note


def test_length_does_not_change_when_all_turns() -> None:
    random = np.random.default_rng(8)
    plane = random_plane(random)
    points = plane.to_patient(random.uniform(0, 60, (5, 2)))
    here = evaluate(measurement("polyline", plane, points), {})[0].number
    turn = rotation(random)
    assert here == pytest.approx(evaluate(measurement("polyline", plane, points @ turn.T), {})[0].number, rel=1e-12)


@pytest.mark.parametrize("other", [Plane.in_pixels(), FLAT, replace(FLAT, row_spacing=FLAT.row_spacing * 2)])
def test_a_kind_over_two_images_of_different_scales_has_no_length(other: Plane) -> None:
    """A length, an area or an angle through points of both would be neither's."""
    base = UPRIGHT if other == FLAT else FLAT
    drawn = measurement("distance", base, base.to_patient([(1, 1), (4, 5)]))
    second = replace(drawn.figures[0], plane=other, reference=replace(REFERENCE, frame=9))
    (value,) = evaluate(replace(drawn, figures=(*drawn.figures, second)), {})
    assert (value.number, value.note, value.uncertainty) == (None, "the images have different scales", None)
    (alone,) = evaluate(drawn, {})
    assert alone.number is not None
