"""Profiles: what bilinear must give on planes and ramps, and nothing where there is no value."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import ArrayLike

from tests.made import random_plane
from tests.measure.made import REFERENCE, UPRIGHT, image, measurement
from viewer_app.imaging.geometry import Plane
from viewer_app.imaging.headers import Rescale
from viewer_app.imaging.volume import PlanarImage
from viewer_app.measure.profile import Profile, profile


def along(shown: PlanarImage, pixels: ArrayLike, plane: Plane | None = None) -> Profile:
    plane = plane or shown.plane
    return profile(measurement("distance", plane, plane.to_patient(pixels)).figures[0], {REFERENCE: shown})


def test_a_line_along_a_row_by_hand() -> None:
    shown = image(UPRIGHT, np.array([[0, 10, 40], [0, 0, 0]]))
    found = along(shown, [(0, 0), (2, 0)])
    assert found.distances == (0.0, 0.5, 1.0, 1.5, 2.0)
    assert found.values == (0.0, 5.0, 10.0, 25.0, 40.0)
    assert (found.distance_unit, found.unit, found.corners) == ("mm", "HU", (0.0, 2.0))
    assert found.note == "interpolated between the pixels of the image"


def test_a_ramp_is_given_back_exactly_on_any_plane() -> None:
    """f = a column + b row + c: bilinear reproduces it."""
    random = np.random.default_rng(14)
    row, column = np.mgrid[:40, :50]
    for _ in range(100):
        a, b, c = random.uniform(-3, 3, 3)
        plane = random_plane(random)
        shown = image(plane, (a * column + b * row + c), rescale=Rescale(1.5, -10.0, "HU"))
        pixels = random.uniform((0, 0), (49, 39), (4, 2))
        found = along(shown, pixels)
        points = plane.to_patient(pixels)
        lengths = np.linalg.norm(np.diff(points, axis=0), axis=1)
        assert found.corners == pytest.approx([0.0, *np.cumsum(lengths)])
        assert found.distances[-1] == found.corners[-1]
        steps = np.diff(found.distances)
        assert steps.max() <= min(plane.spacing) / 2 * (1 + 1e-9)
        np.testing.assert_allclose(steps, steps[0], rtol=1e-6)
        expected = 1.5 * (pixels @ (a, b) + c) - 10
        on_line = np.stack([np.interp(found.distances, found.corners, axis) for axis in pixels.T], axis=1)
        np.testing.assert_allclose(np.array(found.values), 1.5 * (on_line @ (a, b) + c) - 10, atol=1e-9)
        assert (found.values[0], found.values[-1]) == pytest.approx((expected[0], expected[-1]), abs=1e-9)


def test_outside_the_centres_of_the_outermost_pixels_there_is_nothing() -> None:
    found = along(image(UPRIGHT, np.ones((4, 4))), [(-2, 1), (5, 1)])
    inside = [0 <= distance - 2 <= 3 for distance in found.distances]
    assert [value == 1.0 for value in found.values] == inside
    assert [value is None for value in found.values] == [not here for here in inside]


def test_padding_takes_no_part() -> None:
    shown = image(UPRIGHT, np.array([[1, 1, -5, 1, 1]] * 2), padding=(-5.0, -5.0))
    assert along(shown, [(0, 0), (4, 0)]).values == (1.0, 1.0, 1.0, None, None, None, 1.0, 1.0, 1.0)


def test_an_edge_is_as_wide_as_a_pixel() -> None:
    """P4-like: the value half way between two pixels is half way between theirs."""
    shown = image(UPRIGHT, np.repeat([[0, 0, 100, 100]], 4, axis=0))
    found = dict(zip(along(shown, [(0, 2), (3, 2)]).distances, along(shown, [(0, 2), (3, 2)]).values, strict=True))
    assert (found[1.0], found[1.5], found[2.0]) == (0.0, 50.0, 100.0)


def test_a_single_column_and_a_line_without_length() -> None:
    shown = image(UPRIGHT, np.arange(5.0).reshape(5, 1))
    assert along(shown, [(0, 0), (0, 4)]).values == tuple(np.arange(0, 4.5, 0.5).tolist())
    assert along(shown, [(0, 2), (0, 2)]).values == (2.0, 2.0)


def test_why_there_is_none() -> None:
    colour = along(image(UPRIGHT, np.zeros((8, 8, 3), dtype=np.uint8)), [(0, 0), (1, 1)])
    assert colour == Profile(distance_unit="mm", note="a colour image has no values")
    drawn = measurement("distance", UPRIGHT, UPRIGHT.to_patient([(0, 0), (1, 1)]))
    assert profile(drawn.figures[0], {}) == Profile(distance_unit="mm", note="the image is not loaded")
