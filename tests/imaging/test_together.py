"""Localizer lines: closed form in every orientation and position, and highdicom's transforms."""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import permutations

import numpy as np
import pytest
from highdicom.spatial import ImageToReferenceTransformer, ReferenceToImageTransformer

from tests.cases import case
from tests.made import FRAME_OF_REFERENCE, random_plane, rotation
from tests.scans import AXIAL, ORIENTATIONS, Directions, extent_of, picture
from viewer_app import scripting
from viewer_app.imaging.geometry import Floats, Plane, vector
from viewer_app.imaging.together import (
    Extent,
    PatientPoint,
    reference_line,
    slab_lines,
    to_patient,
)
from viewer_app.phantom.positions import POSITIONS

SQUARE: Extent = (-50.0, -50.0, 100.0, 100.0)


def plane_at(directions: Directions, origin: tuple[float, float, float] = (0.0, 0.0, 0.0)) -> Plane:
    return Plane(origin, *directions, 1.3, 0.7, frame_of_reference_uid=FRAME_OF_REFERENCE)


def at(*position: float) -> PatientPoint:
    return PatientPoint(vector(position), FRAME_OF_REFERENCE)


def in_patient(plane: Plane, line: Floats | None) -> list[list[float]]:
    """The ends of a line in patient mm, in an order that does not depend on it."""
    assert line is not None
    assert line.shape == (2, 2)
    return sorted(np.round(to_patient(plane, line), 9).tolist())


@pytest.mark.parametrize("names", list(permutations(ORIENTATIONS, 2)))
def test_two_of_the_three_main_planes_cut_each_other_along_the_third_axis(names: tuple[str, str]) -> None:
    point = (7.0, -11.0, 23.0)
    plane, other = (plane_at(ORIENTATIONS[name], point) for name in names)
    axis = int(np.argmax(np.abs(np.cross(plane.normal, other.normal))))
    expected = [list(point), list(point)]
    expected[0][axis] -= 50.0
    expected[1][axis] += 50.0
    assert in_patient(plane, reference_line(plane, SQUARE, other, SQUARE)) == expected


@pytest.mark.parametrize("position", POSITIONS)
def test_the_line_of_a_sagittal_slice_does_not_depend_on_how_the_patient_lay(position: str) -> None:
    axial = plane_at(POSITIONS[position], (10.0, -20.0, 5.0))
    sagittal = plane_at(ORIENTATIONS["sagittal"], (30.0, 0.0, 0.0))
    line = reference_line(axial, SQUARE, sagittal, (-40.0, -60.0, 60.0, 120.0))
    # The axial image spans y from -70 to 30, the sagittal one y from -40 to 20.
    assert in_patient(axial, line) == [[30.0, -40.0, 5.0], [30.0, 20.0, 5.0]]
    assert in_patient(sagittal, reference_line(sagittal, (-40.0, -60.0, 60.0, 120.0), axial, SQUARE)) == [
        [30.0, -40.0, 5.0],
        [30.0, 20.0, 5.0],
    ]


def test_the_line_of_a_tilted_slice_ends_where_its_image_ends() -> None:
    lean = math.radians(30.0)
    tilted = plane_at(((1.0, 0.0, 0.0), (0.0, math.cos(lean), math.sin(lean))))
    sagittal = plane_at(ORIENTATIONS["sagittal"], (12.0, 0.0, 0.0))
    line = reference_line(sagittal, (-100.0, -100.0, 200.0, 200.0), tilted, SQUARE)
    y, z = 50 * math.cos(lean), 50 * math.sin(lean)
    np.testing.assert_allclose(in_patient(sagittal, line), [[12.0, -y, -z], [12.0, y, z]], atol=1e-9)


@pytest.mark.parametrize(
    ("plane", "other"),
    [
        (plane_at(AXIAL), plane_at(AXIAL, (0.0, 0.0, 3.0))),
        (plane_at(AXIAL), plane_at(ORIENTATIONS["sagittal"], (50.1, 0.0, 0.0))),
        (plane_at(AXIAL), plane_at(ORIENTATIONS["sagittal"], (0.0, 0.0, 50.1))),
        (plane_at(AXIAL), replace(plane_at(ORIENTATIONS["sagittal"]), frame_of_reference_uid="2.25.2")),
        (
            replace(plane_at(AXIAL), frame_of_reference_uid=""),
            replace(plane_at(ORIENTATIONS["sagittal"]), frame_of_reference_uid=""),
        ),
        (plane_at(AXIAL), replace(plane_at(ORIENTATIONS["sagittal"]), located=False)),
        (replace(plane_at(AXIAL), located=False), plane_at(ORIENTATIONS["sagittal"])),
    ],
    ids=["parallel", "beside", "below", "other frame", "unknown frame", "other unlocated", "unlocated"],
)
def test_no_line_where_none_can_be_true(plane: Plane, other: Plane) -> None:
    assert reference_line(plane, SQUARE, other, SQUARE) is None
    assert slab_lines(plane, SQUARE, other, SQUARE, 0.0) == ()


@pytest.mark.parametrize(("degrees", "is_shown"), [(0.9, False), (1.1, True), (179.1, False), (178.9, True)])
def test_planes_are_parallel_within_a_degree(degrees: float, is_shown: bool) -> None:
    turn = math.radians(degrees)
    other = plane_at(((1.0, 0.0, 0.0), (0.0, math.cos(turn), math.sin(turn))))
    assert (reference_line(plane_at(AXIAL), SQUARE, other, SQUARE) is not None) == is_shown


def test_a_slab_has_a_line_for_each_face_that_shows() -> None:
    axial, coronal = plane_at(AXIAL), plane_at(ORIENTATIONS["coronal"], (0.0, 47.0, 0.0))
    front, back = sorted(in_patient(axial, line) for line in slab_lines(axial, SQUARE, coronal, SQUARE, 4.0))
    assert (front[0][1], back[0][1]) == (45.0, 49.0)
    (only,) = slab_lines(axial, SQUARE, coronal, SQUARE, 8.0)
    assert in_patient(axial, only)[0][1] == 43.0


def column_row(plane: Plane, in_plane: Floats) -> Floats:
    """In highdicom's image coordinates: from the corner of the first pixel, in pixels."""
    found: Floats = in_plane / plane.spacing[::-1] + 0.5
    return found


def placed(plane: Plane) -> dict[str, tuple[float, ...]]:
    return {
        "image_position": plane.origin,
        "image_orientation": (*plane.row_direction, *plane.column_direction),
        "pixel_spacing": plane.spacing,
    }


def check_line(plane: Plane, size: tuple[int, int], other: Plane, other_size: tuple[int, int]) -> bool:
    """By highdicom: all of the line is in both images, and nothing beyond its ends; False where there is none."""
    line = reference_line(plane, extent_of(plane, size), other, extent_of(other, other_size))
    if line is None:
        assert not _crosses(plane, size, other, other_size)
        return False
    beyond = (line[1] - line[0]) / np.linalg.norm(line[1] - line[0]) * 0.01
    on_line = np.concatenate([np.linspace(line[0], line[1], 5), [line[0] - beyond, line[1] + beyond]])
    ours = column_row(plane, on_line)
    patient = ImageToReferenceTransformer(**placed(plane))(ours)
    theirs = ReferenceToImageTransformer(**placed(other))(patient)
    np.testing.assert_allclose(theirs[:, 2], 0.0, atol=1e-4)
    is_in = _is_in(ours, size, 1e-4) & _is_in(theirs[:, :2], other_size, 1e-4)
    assert is_in.tolist() == [True] * 5 + [False] * 2
    return True


def _is_in(points: Floats, size: tuple[int, int], within: float) -> np.ndarray[tuple[int, ...], np.dtype[np.bool_]]:
    inside = (points >= -within) & (points <= np.array(size[::-1]) + within)
    return np.asarray(inside.all(axis=1))


def _crosses(plane: Plane, size: tuple[int, int], other: Plane, other_size: tuple[int, int]) -> bool:
    """True if, point by point of its lines of pixels, the other image goes through this one away from the edges."""
    rows, columns = other_size
    across, down = np.meshgrid(np.linspace(0, columns, 129), np.linspace(0, rows, 129))
    patient = ImageToReferenceTransformer(**placed(other))(np.stack([across.ravel(), down.ravel()], axis=1))
    found = ReferenceToImageTransformer(**placed(plane))(patient).reshape(129, 129, 3)
    for first, last in ((found[:, :-1], found[:, 1:]), (found[:-1], found[1:])):
        # Of an image in the very same plane there is nothing but rounding.
        is_slanted = np.abs(last[..., 2] - first[..., 2]) > 1e-6
        passes = (is_slanted & (first[..., 2] * last[..., 2] < 0)).ravel()
        share = (first[..., 2] / (first[..., 2] - last[..., 2] + (first[..., 2] == last[..., 2])))[..., None]
        points = (first + share * (last - first)).reshape(-1, 3)[passes, :2]
        if _is_in(points, size, -0.5).any():
            return True
    return False


def test_lines_of_planes_anywhere_against_highdicom() -> None:
    random = np.random.default_rng(4)
    shown = 0
    for _ in range(150):
        plane = random_plane(random)
        middle = plane.to_patient([[50.0, 40.0]])[0]
        turn = rotation(random)
        other = replace(
            random_plane(random),
            row_direction=vector(turn[0]),
            column_direction=vector(turn[1]),
            origin=vector(middle + random.uniform(-150, 150, 3)),
        )
        shown += check_line(plane, (80, 100), other, (64, 128))
    assert 30 < shown < 120


@pytest.mark.real_data
def test_lines_between_the_series_of_a_brain_against_highdicom() -> None:
    with scripting.open_study(case("mr-brain-multiorient-siemens")) as study:
        stacks = [series.stack for series in study.series]
    shown = 0
    for stack_, other in permutations(stacks, 2):
        for index in range(0, len(stack_.images), 29):
            for place in range(0, len(other.images), 11):
                shown += check_line(*picture(stack_, index), *picture(other, place))
    assert shown > 100
