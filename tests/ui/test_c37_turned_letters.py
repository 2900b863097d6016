"""C37: the letters at the edges go with the picture through every flip and turn."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import numpy as np
import pytest

from tests.imaging.test_c37_orientation_letters import AXES, unit
from tests.imaging.test_c37_patient_orientation import ANIMAL, ANIMALS, OBLIQUE, PAIRS, projection
from tests.made import frame, image, random_plane
from viewer_app.imaging.geometry import Floats, Plane, image_extent, orientation_letters
from viewer_app.imaging.headers import Frame
from viewer_app.imaging.places.orientation import Edges, edge_letters, turned
from viewer_app.session.view import View
from viewer_app.ui.views.camera import Camera, camera_for

TURNS = list(itertools.product((False, True), range(4)))
SIZE = (400.0, 300.0)
# From the middle of the viewport to its left, right, upper and lower edge.
WAYS = ((-200.0, 0.0), (200.0, 0.0), (0.0, -150.0), (0.0, 150.0))


def cameras(plane: Plane) -> Iterator[Camera]:
    for flipped, quarter_turns in TURNS:
        yield camera_for(View(flipped=flipped, quarter_turns=quarter_turns), image_extent(plane, (60, 40)), SIZE)


def edges_by_camera(camera: Camera, plane: Plane) -> Edges:
    """Where the screen's edges lie in the patient: the way there, taken through the camera and the plane."""
    middle = np.asarray(SIZE) / 2
    here, *there = camera.to_plane([middle, *(middle + way for way in WAYS)])
    left, right, top, bottom = (orientation_letters(_in_patient(plane, end - here)) for end in there)
    return left, right, top, bottom


def _in_patient(plane: Plane, way: Floats) -> Floats:
    found: Floats = way[0] * np.asarray(plane.row_direction) + way[1] * np.asarray(plane.column_direction)
    return found


def turned_by_numpy(edges: Edges, flipped: bool, quarter_turns: int) -> Edges:
    """The words written into a picture of 3 x 3 fields, and the picture mirrored and turned."""
    left, right, top, bottom = edges
    picture = np.array([["", top, ""], [left, "", right], ["", bottom, ""]])
    picture = np.rot90(np.fliplr(picture) if flipped else picture, -quarter_turns)
    return str(picture[1, 0]), str(picture[1, 2]), str(picture[0, 1]), str(picture[2, 1])


@pytest.mark.parametrize(("order", "signs"), AXES)
def test_every_axis_permutation_and_flip_in_every_turn(order: tuple[int, ...], signs: tuple[int, ...]) -> None:
    row, column = (unit(axis, sign) for axis, sign in list(zip(order, signs, strict=True))[:2])
    found = frame(image(ImageOrientationPatient=[*row, *column]))
    check_all_turns(found)


def test_obliques_in_every_turn() -> None:
    random = np.random.default_rng(37)
    for _ in range(200):
        check_all_turns(Frame(1, random_plane(random)))


def check_all_turns(found: Frame) -> None:
    shown = set()
    for camera in cameras(found.plane):
        letters = turned(edge_letters(found), camera.flipped, camera.quarter_turns)
        assert letters == edges_by_camera(camera, found.plane)
        shown.add(letters)
    assert len(shown) == 8


@pytest.mark.parametrize(("across", "down"), [*PAIRS, *OBLIQUE[:6]])
def test_a_projection_with_patient_orientation_alone(across: str, down: str) -> None:
    edges = edge_letters(frame(projection([across, down])))
    assert edges is not None
    for turn in TURNS:
        assert turned(edges, *turn) == turned_by_numpy(edges, *turn)


@pytest.mark.parametrize(("said", "wanted"), ANIMALS)
def test_the_words_of_animals(said: list[str], wanted: Edges) -> None:
    edges = edge_letters(frame(projection(said, **ANIMAL)))
    for turn in TURNS:
        assert turned(edges, *turn) == turned_by_numpy(wanted, *turn)


def test_what_is_unknown_stays_unknown() -> None:
    assert {turned(None, *turn) for turn in TURNS} == {None}
