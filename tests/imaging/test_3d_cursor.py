"""The 3D cursor: on the nearest slice, with its distance, and nowhere else."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.cases import case
from tests.made import rotation, stack
from tests.scans import (
    AXIAL,
    ORIENTATIONS,
    SIZE,
    SQUARE,
    at,
    extent_of,
    middles,
    picture,
    pictures,
    plane_at,
    scan,
)
from viewer_app import scripting
from viewer_app.imaging.geometry import vector
from viewer_app.imaging.slices import nearest_slice
from viewer_app.imaging.together import (
    Mark,
    PatientPoint,
    cursor_mark,
    nearest_index,
    point_on,
    shown_at,
    to_patient,
)
from viewer_app.phantom import steps
from viewer_app.phantom.positions import POSITIONS


def rounded(answer: tuple[int, float] | None) -> tuple[int, float] | None:
    """What `nearest_index` says, its mm to nine digits."""
    return answer and (answer[0], round(answer[1], 9))


@pytest.mark.real_data
def test_the_cursor_in_every_series_of_a_brain_is_at_the_point_it_came_from() -> None:
    with scripting.open_study(case("mr-brain-multiorient-siemens")) as study:
        stacks = [series.stack for series in study.series]
    plane, (rows, columns) = picture(stacks[1], 27)
    point = point_on(plane, (columns / 2 * plane.column_spacing, rows / 2 * plane.row_spacing))
    assert point is not None
    for found in stacks:
        mark = cursor_mark(found, extent_of(*picture(found, 0)), point)
        assert mark is not None
        off = to_patient(found.images[mark.index].plane, mark.in_plane)[0] - point.position
        assert np.linalg.norm(off) == pytest.approx(mark.distance_mm, abs=1e-3)
        assert mark.distance_mm <= found.report.step_mm / 2 + 0.1
        heights = [abs(image.plane.height(point.position)[0]) for image in found.images]
        assert mark.index == int(np.argmin(heights))


@pytest.mark.parametrize("name", ORIENTATIONS)
@pytest.mark.parametrize(("off", "place"), [(0.0, 0), (1.9, 0), (2.1, 1), (-1.9, 0), (-2.1, -1), (10.0, 2)])
def test_the_nearest_slice_is_told_with_its_distance(name: str, off: float, place: int) -> None:
    found = scan(name, ORIENTATIONS[name], middle=(5.0, 6.0, 7.0))
    normal = np.asarray(found.images[0].plane.normal)
    answer = nearest_index(found, at(*(np.array([5.0, 6.0, 7.0]) + normal * off)))
    assert answer is not None
    index, distance = answer
    np.testing.assert_allclose(middles(found)[index], np.array([5.0, 6.0, 7.0]) + normal * 4.0 * place, atol=1e-9)
    assert distance == pytest.approx(abs(off - 4.0 * place), abs=1e-9)


def test_no_slice_stands_for_a_point_outside_the_stack() -> None:
    found = scan("ends")
    assert rounded(nearest_index(found, at(0, 0, 10.0))) == (0, 2.0)
    assert rounded(nearest_index(found, at(0, 0, -10.05))) == (4, 2.05)
    assert nearest_index(found, at(0, 0, 10.2)) is None
    assert nearest_index(found, at(0, 0, -10.2)) is None
    assert rounded(nearest_index(scan("one", places=[3.0], SliceThickness="5"), at(0, 0, 5.5))) == (0, 2.5)
    assert nearest_index(scan("one", places=[3.0], SliceThickness="5"), at(0, 0, 5.7)) is None


def test_no_slice_stands_for_a_point_in_a_gap_unless_it_is_thick_enough() -> None:
    places = [0.0, 2.0, 4.0, 10.0, 12.0, 14.0]
    thin, thick = (scan("gap", places=places, SliceThickness=thickness) for thickness in ("2", "6"))
    assert nearest_index(thin, at(0, 0, 6.5)) is None
    assert rounded(nearest_index(thick, at(0, 0, 6.5))) == (3, 2.5)
    assert rounded(nearest_index(thin, at(0, 0, 5.0))) == (3, 1.0)
    assert nearest_index(scan("gap", places=places, SliceThickness="1000"), at(0, 0, 6.5)) is None
    assert nearest_index(scan("gap", places=places, SliceThickness=""), at(0, 0, 6.5)) is None


def test_the_slice_of_a_sheared_stack_is_found_by_its_plane() -> None:
    found = stack(steps.tilted(30.0))
    for index, image in enumerate(found.images):
        point = vector(image.plane.to_patient([[3.0, 7.0]])[0])
        answer = nearest_index(found, PatientPoint(point, image.plane.frame_of_reference_uid))
        assert rounded(answer) == (index, 0.0)


@pytest.mark.parametrize("uid", ["", "2.25.2"])
def test_a_point_of_another_or_no_frame_of_reference_is_nowhere(uid: str) -> None:
    for found in (scan("known"), scan("other", frame_of_reference=uid or "2.25.3"), pictures("none", 3)):
        if found.images[0].plane.frame_of_reference_uid != uid:
            point = PatientPoint((0.0, 0.0, 0.0), uid)
            plane = found.images[0].plane
            assert nearest_index(found, point) is None
            assert shown_at(plane, extent_of(plane), point, math.inf) is None
            assert cursor_mark(found, extent_of(plane), point) is None


def test_nothing_is_pointed_at_in_an_image_without_a_place() -> None:
    assert point_on(pictures("none", 1).images[0].plane, (1.0, 2.0)) is None
    assert point_on(replace(plane_at(AXIAL), frame_of_reference_uid=""), (1.0, 2.0)) is None
    assert point_on(plane_at(AXIAL, (1.0, 2.0, 3.0)), (4.0, 5.0)) == at(5.0, 7.0, 3.0)


def test_a_mark_shows_within_the_image_and_on_its_plane_only() -> None:
    plane = plane_at(AXIAL)
    assert shown_at(plane, SQUARE, at(12.0, -7.0, 0.05)) == pytest.approx((12.0, -7.0))
    assert shown_at(plane, SQUARE, at(12.0, -7.0, 0.2)) is None
    assert shown_at(plane, SQUARE, at(12.0, -7.0, 0.2), within_mm=0.5) == pytest.approx((12.0, -7.0))
    assert shown_at(plane, SQUARE, at(49.9, 49.9, 0.0)) == pytest.approx((49.9, 49.9))
    assert shown_at(plane, SQUARE, at(50.1, 0.0, 0.0)) is None
    assert shown_at(plane, SQUARE, at(0.0, -50.1, 0.0)) is None


@pytest.mark.parametrize("position", POSITIONS)
def test_the_cursor_points_at_the_same_patient_point_however_the_patient_lay(position: str) -> None:
    found = scan(position, POSITIONS[position], middle=(3.0, 4.0, 0.0))
    mark = cursor_mark(found, extent_of(found.images[0].plane), at(5.0, -1.0, 4.5))
    assert isinstance(mark, Mark)
    assert mark.distance_mm == pytest.approx(0.5, abs=1e-9)
    place = to_patient(found.images[mark.index].plane, mark.in_plane)[0]
    np.testing.assert_allclose(place, (5.0, -1.0, 4.0), atol=1e-9)
    assert cursor_mark(found, extent_of(found.images[0].plane), at(5.0, 40.0, 4.5)) is None


@settings(max_examples=50, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_a_point_of_a_slice_anywhere_is_found_on_that_slice(seed: int) -> None:
    random = np.random.default_rng(seed)
    turn = rotation(random)
    found = scan("any", (vector(turn[0]), vector(turn[1])), middle=random.uniform(-400, 400, 3))
    index = int(random.integers(len(found.images)))
    plane = found.images[index].plane
    pixel = random.uniform(-0.4, np.subtract(SIZE[::-1], 0.6))
    in_plane = (float(pixel[0] * plane.column_spacing), float(pixel[1] * plane.row_spacing))
    point = point_on(plane, in_plane)
    assert point is not None
    mark = cursor_mark(found, extent_of(plane), point)
    assert mark is not None
    assert mark.index == index
    assert mark.distance_mm == pytest.approx(0.0, abs=1e-6)
    np.testing.assert_allclose(mark.in_plane, in_plane, atol=1e-6)


def test_of_a_place_shown_several_times_the_same_turn_is_taken() -> None:
    phases = np.array([0.0, 2.0, 4.0] * 3)
    assert [nearest_slice(phases, 4.1, current) for current in (0, 1, 3, 5, 8)] == [2, 2, 5, 5, 8]
    beats = np.array([0.0, 0.0, 0.0, 2.0, 2.0, 2.0])
    assert [nearest_slice(beats, 1.9, current) for current in range(6)] == [3, 4, 5, 3, 4, 5]
    assert nearest_slice(np.array([0.0, 0.0, 0.0, 2.0]), 1.9, 2) == 3
