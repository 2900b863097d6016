"""C37: letters of all 48 axis permutations and flips, and of obliques, from the direction cosines alone."""

from __future__ import annotations

import itertools
import math

import highdicom as hd
import numpy as np
import pytest

from tests.made import frame, image, rotation
from viewer_app.imaging.geometry import Plane, orientation_letters, plane_name, vector

LETTERS = {(0, 1): "L", (0, -1): "R", (1, 1): "P", (1, -1): "A", (2, 1): "H", (2, -1): "F"}
NAMES = ("sagittal", "coronal", "axial")
AXES = list(itertools.product(itertools.permutations(range(3)), itertools.product((1, -1), repeat=3)))


def unit(axis: int, sign: int) -> list[float]:
    return [float(sign * (place == axis)) for place in range(3)]


def test_there_are_forty_eight() -> None:
    assert len(AXES) == 48


@pytest.mark.parametrize(("order", "signs"), AXES)
def test_every_axis_permutation_and_flip(order: tuple[int, ...], signs: tuple[int, ...]) -> None:
    row, column, through = (unit(axis, sign) for axis, sign in zip(order, signs, strict=True))
    plane = frame(image(ImageOrientationPatient=[*row, *column])).plane
    wanted = [LETTERS[axis, sign] for axis, sign in zip(order, signs, strict=True)]
    assert [orientation_letters(plane.row_direction), orientation_letters(plane.column_direction)] == wanted[:2]
    # The normal of an image is right-handed: for a left-handed permutation it points the other way.
    handed = round(float(np.linalg.det([unit(axis, sign) for axis, sign in zip(order, signs, strict=True)])))
    assert orientation_letters(plane.normal) == LETTERS[order[2], signs[2] * handed]
    assert plane_name(plane) == NAMES[order[2]]
    theirs = hd.spatial.get_closest_patient_orientation(np.array([row, column, through]).T)
    assert [entry.value for entry in theirs] == wanted


def test_obliques_by_the_size_of_their_parts() -> None:
    random = np.random.default_rng(37)
    for direction in random.normal(size=(2000, 3)) * random.uniform(0, 1, (2000, 3)) ** 3:
        length = math.hypot(*direction)
        parts = sorted(((abs(x) / length, LETTERS[axis, 1 if x > 0 else -1]) for axis, x in enumerate(direction)))
        wanted = "".join(letter for size, letter in reversed(parts) if size >= 0.1)
        assert orientation_letters(direction) == wanted
        opposite = wanted.translate(str.maketrans("LRPAHF", "RLAPFH"))
        assert orientation_letters(-direction) == opposite
        assert orientation_letters(direction * 1e-3) == wanted


KNOWN = [((1, 1e-9, 0), "L"), ((0.8, 0.6, 0), "LP"), ((-0.5, 0.7, -0.51), "PFR"), ((0.0, -0.995, 0.0999), "A")]


@pytest.mark.parametrize(("direction", "letters"), KNOWN)
def test_known_obliques(direction: tuple[float, float, float], letters: str) -> None:
    assert orientation_letters(direction) == letters


@pytest.mark.parametrize("direction", [(0, 0, 0), (math.nan, 0, 1), (math.inf, 0, 0)])
def test_no_direction_no_letters(direction: tuple[float, float, float]) -> None:
    assert orientation_letters(direction) == ""


def test_a_contradicted_orientation_has_no_name() -> None:
    assert plane_name(Plane.in_pixels()) == ""
    assert not frame(image(ImageOrientationPatient=[1, 0, 0, 1, 0, 0])).plane.located


@pytest.mark.parametrize(("degrees", "name"), [(5.9, "axial"), (6.1, "oblique axial"), (44.0, "oblique axial")])
def test_names_of_tilted_planes(degrees: float, name: str) -> None:
    lean = math.radians(degrees)
    plane = Plane((0.0, 0.0, 0.0), (1.0, 0.0, 0.0), (0.0, math.cos(lean), math.sin(lean)), 1.0, 1.0)
    assert plane_name(plane) == name


def test_names_follow_the_largest_part_of_the_normal() -> None:
    random = np.random.default_rng(38)
    for _ in range(300):
        turn = rotation(random)
        plane = Plane((0.0, 0.0, 0.0), vector(turn[0]), vector(turn[1]), 1.0, 1.0)
        assert plane_name(plane).removeprefix("oblique ") == NAMES[int(np.argmax(np.abs(turn[2])))]
