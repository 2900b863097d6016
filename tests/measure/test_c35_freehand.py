"""C35: a freehand outline does not depend on how often the mouse was asked."""

from __future__ import annotations

import numpy as np
import pytest

from tests.made import random_plane
from tests.measure.made import UPRIGHT, measurement
from viewer_app.imaging.geometry import Floats, Plane, vector
from viewer_app.measure.evaluate import evaluate
from viewer_app.measure.kinds.freehand import Freehand
from viewer_app.measure.spline import closed_spline, flattened
from viewer_app.measure.stroke import thinned

COUNTS = [20, 21, 33, 50, 100, 317, 1000, 2000]
RADIUS = 60.0
AREA_WITHIN, LENGTH_WITHIN = 0.0005, 0.0005
"""Named in docs/measuring.md."""


def circle(count: int, plane: Plane = UPRIGHT) -> Floats:
    turns = 2 * np.pi * np.arange(count) / count
    return plane.to_patient(100 + RADIUS * np.stack([np.cos(turns), np.sin(turns)], axis=1) / plane.spacing[::-1])


def numbers(points: Floats, plane: Plane = UPRIGHT) -> tuple[float, float]:
    area, perimeter, *_ = evaluate(measurement("freehand", plane, points), {})
    assert area.number is not None
    assert perimeter.number is not None
    return area.number, perimeter.number


@pytest.mark.parametrize("count", COUNTS)
def test_a_circle_has_its_area_however_many_points_were_taken(count: int) -> None:
    plane = random_plane(np.random.default_rng(count), row_spacing=0.6, column_spacing=0.9)
    kept = Freehand().finished(tuple(vector(point) for point in circle(count, plane)), plane)
    for points in (circle(count, plane), np.asarray(kept)):
        area, length = numbers(points, plane)
        assert area == pytest.approx(np.pi * RADIUS**2, rel=AREA_WITHIN)
        assert length == pytest.approx(2 * np.pi * RADIUS, rel=LENGTH_WITHIN)


def off(points: Floats, line: Floats) -> float:
    """How far the farthest point lies from a closed line."""
    start, along = line, np.roll(line, -1, axis=0) - line
    offsets = points[:, None] - start
    share = np.clip(np.einsum("ijk,jk->ij", offsets, along) / np.einsum("jk,jk->j", along, along), 0, 1)
    return float(np.linalg.norm(offsets - share[..., None] * along, axis=2).min(axis=1).max())


def square(count: int) -> Floats:
    side = np.arange(count) / count
    flat = np.zeros(count)
    parts = [(side, flat), (flat + 1, side), (1 - side, flat + 1), (flat, 1 - side)]
    found: Floats = np.concatenate([np.stack(part, axis=1) for part in parts]) * 80
    return found


def trembling(count: int) -> Floats:
    turns = 2 * np.pi * np.arange(count) / count
    radius = 40 + 8 * np.sin(3 * turns) + 2 * np.cos(11 * turns) + 0.4 * np.sin(40 * turns)
    found: Floats = radius[:, None] * np.stack([np.cos(turns), np.sin(turns)], axis=1)
    return found


STROKES = {"circle": circle(1500)[:, :2], "square": square(300), "trembling": trembling(1200)}


@pytest.mark.parametrize("name", STROKES)
@pytest.mark.parametrize("pixel", [0.3, 1.0])
def test_what_is_left_out_lies_within_a_tenth_of_a_pixel(name: str, pixel: float) -> None:
    stroke = STROKES[name]
    kept = thinned(stroke, pixel)
    assert kept == tuple(sorted(set(kept)))
    assert len(kept) < len(stroke) / 4
    curve = flattened(closed_spline(stroke[list(kept)]), 1e-3 * pixel)
    assert off(stroke, curve) < 0.1 * pixel
    assert off(curve, stroke) < 0.1 * pixel


def test_steps_of_whole_pixels_of_the_screen_do_not_change_the_area() -> None:
    """A mouse tells whole pixels: at twice the size of an image pixel each, an area is wrong by less than 0.5 %."""
    for count in (50, 317, 2000):
        area, _ = numbers(np.rint(circle(count) * 2) / 2)
        assert area == pytest.approx(np.pi * RADIUS**2, rel=0.005)


def test_resting_on_a_place_and_coming_back_is_nothing_new() -> None:
    once = circle(40)
    rested = np.concatenate([np.repeat(once, 3, axis=0), once[:1]])
    assert numbers(rested) == pytest.approx(numbers(once), rel=1e-12)
    assert len(thinned(rested[:, :2], 1.0)) <= 40


@pytest.mark.parametrize("stroke", [np.zeros((1, 2)), np.zeros((9, 2)), np.array([[0.0, 0], [3, 0], [3, 1]])])
def test_a_short_stroke_is_kept(stroke: Floats) -> None:
    assert thinned(stroke, 1.0) == tuple(range(len(np.unique(stroke, axis=0))))


def test_going_back_and_forth_ends() -> None:
    there = np.stack([np.linspace(0, 50, 200), np.zeros(200)], axis=1)
    stroke = np.concatenate([there, there[::-1], there])
    assert 3 <= len(thinned(stroke, 1.0)) <= len(stroke)
