"""On which planes a figure lies, and where it goes through one."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from tests.made import random_plane, rotation
from tests.measure.made import NOW, REFERENCE, UPRIGHT
from viewer_app.imaging.geometry import Calibration, Plane, Vector, vector
from viewer_app.measure.lying import is_one_place, lies_on, onto, piercings, to_patient
from viewer_app.measure.measurement import Figure, Measurement

VOXEL_MM = 0.8


def raised(plane: Plane, mm: float) -> Plane:
    return replace(plane, origin=vector(np.add(plane.origin, np.multiply(plane.normal, mm))))


def leaning(degrees: float) -> Plane:
    """`UPRIGHT` turned about its row."""
    lean = math.radians(degrees)
    return replace(UPRIGHT, column_direction=(0.0, math.cos(lean), math.sin(lean)))


def figure_on(plane: Plane, *pixels: tuple[float, float]) -> Figure:
    return Figure(plane, tuple(vector(point) for point in plane.to_patient(pixels)), REFERENCE)


def distance(*points: Vector, plane: Plane = UPRIGHT) -> Measurement:
    return Measurement("uid", "distance", (Figure(plane, points, REFERENCE),), "", "", "", NOW, NOW)


def test_it_lies_on_its_own_plane_and_on_the_same_one_drawn_otherwise() -> None:
    random = np.random.default_rng(5)
    for _ in range(100):
        plane = random_plane(random)
        figure = figure_on(plane, (1.0, 2.0), (40.0, 50.0))
        assert lies_on(figure, plane, VOXEL_MM)
        turned = replace(
            plane, origin=figure.points[1], row_direction=plane.column_direction, column_direction=plane.row_direction
        )
        assert lies_on(figure, turned, VOXEL_MM)


@pytest.mark.parametrize(("away", "expected"), [(0.39, True), (-0.39, True), (0.41, False), (-0.41, False)])
def test_within_half_a_voxel(away: float, expected: bool) -> None:
    assert lies_on(figure_on(UPRIGHT, (1.0, 2.0)), raised(UPRIGHT, away), VOXEL_MM) is expected


def test_of_two_neighbouring_slices_at_most_one() -> None:
    for share in np.linspace(0.0, 1.0, 101):
        figure = figure_on(raised(UPRIGHT, float(share) * VOXEL_MM), (1.0, 2.0))
        assert lies_on(figure, UPRIGHT, VOXEL_MM) + lies_on(figure, raised(UPRIGHT, VOXEL_MM), VOXEL_MM) <= 1


@pytest.mark.parametrize(("degrees", "expected"), [(0.09, True), (0.11, False), (-0.11, False), (180.0, True)])
def test_parallel_within_a_tenth_of_a_degree(degrees: float, expected: bool) -> None:
    assert lies_on(figure_on(UPRIGHT, (0.0, 0.0)), leaning(degrees), VOXEL_MM) is expected


def test_not_in_another_space() -> None:
    figure = figure_on(UPRIGHT, (0.0, 0.0))
    assert not lies_on(figure, replace(UPRIGHT, frame_of_reference_uid="2.25.9"), VOXEL_MM)
    assert not lies_on(figure, replace(UPRIGHT, located=False), VOXEL_MM)
    assert piercings(distance((0.0, 0.0, -1.0), (0.0, 0.0, 1.0)), Plane.in_pixels()).shape == (0, 2)


def test_a_line_goes_through_where_it_changes_sides() -> None:
    standing = replace(UPRIGHT, column_direction=(0.0, 0.0, 1.0))
    found = piercings(distance((2.0, 0.0, -1.0), (6.0, 0.0, 3.0), plane=standing), UPRIGHT)
    np.testing.assert_allclose(found, [(3.0, 0.0)], atol=1e-12)


def test_a_line_that_ends_before_the_plane_does_not_go_through() -> None:
    standing = replace(UPRIGHT, column_direction=(0.0, 0.0, 1.0))
    assert piercings(distance((2.0, 0.0, 0.5), (6.0, 0.0, 3.0), plane=standing), UPRIGHT).shape == (0, 2)
    assert piercings(distance((2.0, 0.0, 0.0), (6.0, 0.0, 0.0)), UPRIGHT).shape == (0, 2)


def test_it_goes_through_at_one_point_whatever_the_planes() -> None:
    """The crossing lies on both the line and the plane."""
    random = np.random.default_rng(6)
    for _ in range(100):
        plane = random_plane(random)
        row, column, _ = rotation(random)
        other = replace(plane, row_direction=vector(row), column_direction=vector(column))
        ends = other.to_patient([(-30.0, -20.0), (35.0, 25.0)])
        heights = plane.height(ends)
        found = piercings(distance(vector(ends[0]), vector(ends[1]), plane=other), plane)
        if heights[0] * heights[1] > 0:
            assert len(found) == 0
            continue
        share = heights[0] / (heights[0] - heights[1])
        np.testing.assert_allclose(to_patient(plane, found), [ends[0] + share * (ends[1] - ends[0])], atol=1e-8)


def test_onto_is_the_nearest_point() -> None:
    random = np.random.default_rng(7)
    for _ in range(50):
        plane = random_plane(random)
        point = vector(random.uniform(-100, 100, 3))
        found = onto(plane, point)
        assert abs(float(plane.height([found])[0])) < 1e-9
        assert abs(float(plane.height([point])[0])) == pytest.approx(float(np.linalg.norm(np.subtract(point, found))))


@pytest.mark.parametrize(
    ("beside_mm", "is_one"), [(0.0, True), (1e-12, True), (9e-7, True), (2e-6, False), (1.0, False)]
)
def test_planes_that_part_by_less_than_can_be_seen_are_one(beside_mm: float, is_one: bool) -> None:
    plane = Plane((1.0, 2.0, 3.0), (1.0, 0.0, 0.0), (0.0, 1.0, 0.0), 0.8, 0.5, "mm", Calibration.IMAGE_PLANE, "2.25.1")
    moved = replace(plane, origin=(1.0, 2.0, 3.0 + beside_mm))
    assert is_one_place(plane, moved, 512, 512) is is_one
    # What adds up from pixel to pixel counts where it is largest: at the far corner of the image.
    wider = replace(plane, column_spacing=0.5 + beside_mm / 512)
    assert is_one_place(plane, wider, 512, 512) is is_one


@pytest.mark.parametrize("change", [{"unit": "px"}, {"located": False}, {"frame_of_reference_uid": "2.25.2"}])
def test_planes_that_are_known_otherwise_are_not_one(change: dict[str, Any]) -> None:
    plane = Plane((1.0, 2.0, 3.0), (1.0, 0.0, 0.0), (0.0, 1.0, 0.0), 0.8, 0.5, "mm", Calibration.IMAGE_PLANE, "2.25.1")
    assert not is_one_place(plane, replace(plane, **change), 512, 512)
