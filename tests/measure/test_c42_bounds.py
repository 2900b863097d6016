"""C42: what kinds of many points know of their own uncertainty is what moving each point gives, and takes no time."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from tests.measure.made import REFERENCE, UPRIGHT, image, measured, measurement
from viewer_app.imaging.geometry import Floats
from viewer_app.measure.bounds import area_bound, by_moving, length_bound
from viewer_app.measure.evaluate import evaluate
from viewer_app.measure.kinds import DRAWN, KINDS
from viewer_app.measure.shapes import Loop

ROW, COLUMN = 0.5, 0.7
PLANE = replace(UPRIGHT, row_spacing=ROW, column_spacing=COLUMN)
HALF = (COLUMN / 2, ROW / 2)
STORED = np.zeros((64, 64), dtype=np.int16)


def star(random: np.random.Generator, count: int) -> Floats:
    """Corners of an outline around the middle that does not cross itself, in mm."""
    turns = np.sort(random.uniform(0, 2 * math.pi, count))
    reach = random.uniform(300, 900, count)
    return np.stack([reach * np.cos(turns), reach * np.sin(turns)], axis=1)


def sizes(vertices: Floats) -> dict[str, float]:
    loop = Loop.of(vertices)
    return {"area": loop.area, "length": loop.length}


def test_a_polygon_of_any_shape_is_bounded_as_by_moving_its_corners() -> None:
    """Its length to first order: corners far apart leave the second order below a thousandth."""
    random = np.random.default_rng(7)
    for _ in range(50):
        vertices = star(random, int(random.integers(3, 12)))
        exact = by_moving(sizes, vertices, HALF)
        assert length_bound(vertices, HALF, closed=True) == pytest.approx(exact["length"], rel=1e-2)
        # An edge along which both ends turn the same way counts once; one that turns back counts in full.
        assert area_bound(vertices, HALF) >= exact["area"] * (1 - 1e-9)


def test_a_convex_polygon_is_bounded_exactly_where_no_side_turns_back() -> None:
    corners = np.array([(0.0, 0.0), (40.0, 0.0), (40.0, 30.0), (0.0, 30.0)])
    exact = by_moving(sizes, corners, HALF)
    assert area_bound(corners, HALF) == pytest.approx(exact["area"], rel=1e-12) == 40 * ROW + 30 * COLUMN


@pytest.mark.parametrize("kind", ["polygon", "freehand", "spline"])
@pytest.mark.parametrize("count", [24, 200, 2000])
def test_a_circle_is_as_uncertain_however_many_points_draw_it(kind: str, count: int) -> None:
    """C35. Half a pixel outward everywhere: 8 r half pixels of area; the way turns by 4 in each direction."""
    turns, radius = np.linspace(0, 2 * math.pi, count, endpoint=False), 20.0
    pixels = 32 + radius * np.stack([np.cos(turns), np.sin(turns)], axis=1)
    found = measured(kind, image(UPRIGHT, STORED), pixels)
    assert found["area"].uncertainty == pytest.approx(8 * radius * 0.5, rel=0.02)
    assert found["perimeter"].uncertainty == pytest.approx(8 * 0.5, rel=0.02)


def test_a_line_of_many_points_is_uncertain_by_its_ends_and_turns() -> None:
    straight = measured("polyline", image(PLANE, STORED), [(10 + step, 20) for step in range(31)])
    assert straight["length"].uncertainty == pytest.approx(COLUMN, rel=1e-12)
    corner = measured("polyline", image(PLANE, STORED), [(10, 20), (40, 20), (40, 60)])
    assert corner["length"].uncertainty == pytest.approx(COLUMN / 2 + (COLUMN + ROW) / 2 + ROW / 2, rel=1e-12)
    doubled = measured("polyline", image(PLANE, STORED), [(10, 20), (40, 20), (40, 20), (40, 60)])
    assert doubled["length"].uncertainty == corner["length"].uncertainty


def test_two_diameters_have_one_each_though_a_point_that_moves_puts_them_askew() -> None:
    found = measured("two_diameters", image(PLANE, STORED), [(10, 32), (50, 32), (30, 22), (30, 42)])
    long, short = 40 * COLUMN, 20 * ROW
    assert found["long"].uncertainty == pytest.approx(COLUMN + 2 * (math.hypot(long, ROW / 2) - long), rel=1e-9)
    assert found["short"].uncertainty == pytest.approx(ROW + 2 * (math.hypot(short, COLUMN / 2) - short), rel=1e-9)
    one = measured("two_diameters", image(PLANE, STORED), [(10, 32), (50, 32)])
    assert one["long"].uncertainty == pytest.approx(COLUMN, rel=1e-2)
    assert one["short"].uncertainty is None


def test_points_in_one_place_have_bounds_without_a_division_by_nothing() -> None:
    vertices = np.array([(3.0, 3.0)] * 3)
    assert (area_bound(vertices, HALF), length_bound(vertices, HALF, closed=True)) == (0.0, 0.0)
    for kind in ("polygon", "spline", "freehand"):
        assert all(value.uncertainty is None for value in measured(kind, image(PLANE, STORED), [(3, 3)] * 3).values())


@pytest.mark.parametrize("name", sorted(DRAWN))
def test_every_number_of_the_grid_says_how_far_it_may_be_off(name: str) -> None:
    """Length, area and angle of every kind, as it is drawn in general position, on an image in mm."""
    kind = KINDS[name]
    pixels = [(12.0, 12.0), (50.0, 14.0), (48.0, 51.0), (15.0, 47.0)][: min(kind.max_points, 4)]
    if name == "two_diameters":
        pixels = [(12.0, 30.0), (52.0, 30.0), (30.0, 20.0), (30.0, 40.0)]
    told = evaluate(measurement(name, PLANE, PLANE.to_patient(pixels)), {REFERENCE: image(PLANE, STORED)})
    scaled = [value for value in told if value.unit in ("mm", "mm²", "deg")]
    assert all(value.uncertainty is not None and value.uncertainty > 0 for value in scaled)
