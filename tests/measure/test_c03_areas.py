"""C03: area and outline in closed form, on tilted planes with unequal spacings."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
import pytest
from numpy.typing import ArrayLike

from tests.made import random_plane
from tests.measure.made import measurement
from viewer_app.imaging.geometry import Floats, Plane
from viewer_app.measure.evaluate import evaluate
from viewer_app.measure.kinds import KINDS
from viewer_app.measure.shapes import circumference
from viewer_app.measure.spline import area_and_length, closed_spline, flattened

CASES = range(50)


@pytest.fixture
def random() -> np.random.Generator:
    return np.random.default_rng(3)


def numbers(kind: str, plane: Plane, mm: ArrayLike) -> Mapping[str, float | None]:
    """Numbers by key of in-plane points (n, 2) in mm; no image is needed."""
    points = plane.to_patient(np.asarray(mm) / (plane.column_spacing, plane.row_spacing))
    return {value.key: value.number for value in evaluate(measurement(kind, plane, points), {})}


def test_a_rectangle(random: np.random.Generator) -> None:
    for _ in CASES:
        corner, (width, height) = random.uniform(-200, 200, 2), random.uniform(1, 200, 2)
        found = numbers("rectangle", random_plane(random), [corner, np.add(corner, (-width, height))])
        assert found["area"] == pytest.approx(width * height, rel=1e-9)
        assert found["perimeter"] == pytest.approx(2 * (width + height), rel=1e-9)
        assert found["long_side"] == pytest.approx(max(width, height), rel=1e-9)
        assert found["short_side"] == pytest.approx(min(width, height), rel=1e-9)


def test_an_ellipse(random: np.random.Generator) -> None:
    for _ in CASES:
        corner, (width, height) = random.uniform(-200, 200, 2), random.uniform(1, 200, 2)
        found = numbers("ellipse", random_plane(random), [corner, np.add(corner, (width, -height))])
        assert found["area"] == pytest.approx(math.pi * width * height / 4, rel=1e-9)
        assert found["perimeter"] == pytest.approx(circumference(width / 2, height / 2), rel=1e-9)
        assert found["long_diameter"] == pytest.approx(max(width, height), rel=1e-9)
        assert found["short_diameter"] == pytest.approx(min(width, height), rel=1e-9)


@pytest.mark.parametrize(("a", "b"), [(1.0, 1.0), (3.0, 1.0), (1.0, 40.0), (1e-3, 1e3), (5.0, 1e-15), (7.0, 0.0)])
def test_the_circumference_is_that_of_its_integral(a: float, b: float) -> None:
    """4 a E(e), by the trapezium rule: on a period it converges faster than any power."""
    turns = np.linspace(0, math.pi / 2, 2_000_001)
    speed = np.hypot(a * np.sin(turns), b * np.cos(turns))
    expected = 4 * float(np.trapezoid(speed, turns))
    assert circumference(a, b) == pytest.approx(expected, rel=1e-9)
    assert circumference(a, b) == circumference(b, a)


def test_circles(random: np.random.Generator) -> None:
    for _ in CASES:
        center, radius = random.uniform(-200, 200, 2), float(random.uniform(0.5, 200))
        turns = np.sort(random.uniform(0, 2 * math.pi, 3))
        edge = center + radius * np.stack([np.cos(turns), np.sin(turns)], axis=1)
        for kind, points, accuracy in (("circle", [center, edge[0]], 1e-9), ("circle_three_points", edge, 1e-6)):
            found = numbers(kind, random_plane(random), points)
            assert found["area"] == pytest.approx(math.pi * radius**2, rel=accuracy)
            assert found["perimeter"] == pytest.approx(2 * math.pi * radius, rel=accuracy)
            assert found["diameter"] == pytest.approx(2 * radius, rel=accuracy)


def test_a_regular_polygon(random: np.random.Generator) -> None:
    for corners in range(3, 40):
        radius = float(random.uniform(0.5, 200))
        turns = 2 * math.pi * np.arange(corners) / corners + random.uniform(0, 6)
        points = radius * np.stack([np.cos(turns), np.sin(turns)], axis=1)
        found = numbers("polygon", random_plane(random), points)
        assert found["area"] == pytest.approx(corners / 2 * radius**2 * math.sin(2 * math.pi / corners), rel=1e-9)
        assert found["perimeter"] == pytest.approx(2 * corners * radius * math.sin(math.pi / corners), rel=1e-9)


def spread(random: np.random.Generator, corners: int) -> Floats:
    """Points around a middle, in order: their smooth outline does not cross itself."""
    turns = 2 * math.pi * (np.arange(corners) + random.uniform(-0.2, 0.2, corners)) / corners
    found: Floats = random.uniform(20, 60, (corners, 1)) * np.stack([np.cos(turns), np.sin(turns)], axis=1)
    return found


def test_a_spline_has_the_area_and_length_of_its_finest_chords(random: np.random.Generator) -> None:
    for corners in range(3, 30):
        curve = closed_spline(spread(random, corners))
        fine = flattened(curve, 1e-5)
        x, y = fine.T
        area, length = area_and_length(curve)
        assert area == pytest.approx(abs(float(x @ np.roll(y, -1) - np.roll(x, -1) @ y)) / 2, rel=1e-6)
        assert length == pytest.approx(float(np.hypot(*(np.roll(fine, -1, axis=0) - fine).T).sum()), rel=2e-5)


def test_a_spline_goes_through_its_points_and_is_smooth_there(random: np.random.Generator) -> None:
    points = spread(random, 9)
    curve = closed_spline(points)
    np.testing.assert_array_equal(curve[:, 0], points)
    np.testing.assert_array_equal(curve[:, 3], np.roll(points, -1, axis=0))
    leaving, arriving = curve[:, 1] - curve[:, 0], np.roll(curve[:, 3] - curve[:, 2], 1, axis=0)
    turn = leaving[:, 0] * arriving[:, 1] - leaving[:, 1] * arriving[:, 0]
    np.testing.assert_allclose(turn, 0, atol=1e-9)
    assert (np.einsum("ij,ij->i", leaving, arriving) > 0).all()


def test_chords_leave_the_curve_by_no_more_than_they_may(random: np.random.Generator) -> None:
    curve = closed_spline(spread(random, 7))
    coarse, fine = flattened(curve, 0.01), flattened(curve, 1e-5)
    start, along = coarse, np.roll(coarse, -1, axis=0) - coarse
    offsets = fine[:, None] - start
    share = np.clip(np.einsum("ijk,jk->ij", offsets, along) / np.einsum("jk,jk->j", along, along), 0, 1)
    off = np.linalg.norm(offsets - share[..., None] * along, axis=2).min(axis=1)
    assert 0.002 < off.max() <= 0.01


NO_SHAPE = [
    ("rectangle", [(3, 4)] * 2, 0.0),
    ("ellipse", [(3, 4)] * 2, 0.0),
    ("circle", [(3, 4)] * 2, 0.0),
    ("polygon", [(3, 4), (9, 4), (5, 4)], 0.0),
    ("freehand", [(3, 4)] * 5, 0.0),
    ("spline", [(3, 4), (9, 4), (3, 4)], 0.0),
    ("circle_three_points", [(3, 4), (9, 4), (5, 4)], None),
    ("circle_three_points", [(3, 4)] * 3, None),
]


@pytest.mark.parametrize(("kind", "points", "area"), NO_SHAPE)
def test_what_has_no_shape_has_no_area(kind: str, points: ArrayLike, area: float | None) -> None:
    plane = Plane.in_pixels()
    values = evaluate(measurement(kind, plane, plane.to_patient(points)), {})
    assert values[0].number == area
    assert area is not None or values[0].note == "the three points lie in one line"


def test_the_centre_takes_a_circle_along() -> None:
    moved = KINDS["circle"].move_point(((1.0, 2.0, 3.0), (4.0, 2.0, 3.0)), 0, (11.0, 22.0, 3.0))
    assert moved == ((11.0, 22.0, 3.0), (14.0, 22.0, 3.0))
