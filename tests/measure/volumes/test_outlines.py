"""Areas by even-odd are exact, with holes and crossings; distances are those of brute force."""

from __future__ import annotations

import math

import numpy as np
import pytest

from tests.measure.volumes.made import shoelace
from viewer_app.imaging.geometry import Floats
from viewer_app.measure.region import polygon_mask
from viewer_app.measure.volumes.outline import even_odd_area, perimeter, signed_distances

SQUARE = np.array([(0.0, 0.0), (4.0, 0.0), (4.0, 4.0), (0.0, 4.0)])
CLOSED: dict[str, tuple[list[Floats], float]] = {
    "square": ([SQUARE], 16.0),
    "the other way round": ([SQUARE[::-1]], 16.0),
    "hole": ([SQUARE, SQUARE / 2 + 1], 12.0),
    "hole, drawn as the outline": ([SQUARE, (SQUARE / 2 + 1)[::-1]], 12.0),
    "beside": ([SQUARE, SQUARE + 10], 32.0),
    "twice the same": ([SQUARE, SQUARE], 0.0),
    "overlap": ([SQUARE, SQUARE + 2], 24.0),
    "bow tie": ([np.array([(0.0, 0.0), (4.0, 4.0), (4.0, 0.0), (0.0, 4.0)])], 8.0),
    "line": ([np.array([(0.0, 0.0), (4.0, 4.0), (2.0, 2.0)])], 0.0),
    "flat": ([np.array([(0.0, 1.0), (4.0, 1.0), (2.0, 1.0)])], 0.0),
    "corners twice": ([np.repeat(SQUARE, 2, axis=0)], 16.0),
}


@pytest.mark.parametrize(("polygons", "area"), CLOSED.values(), ids=CLOSED)
def test_areas_in_closed_form(polygons: list[Floats], area: float) -> None:
    assert even_odd_area(polygons) == pytest.approx(area, abs=1e-12)
    turn = np.array([(0.6, 0.8), (-0.8, 0.6)])
    assert even_odd_area([polygon @ turn + (700.0, -300.0) for polygon in polygons]) == pytest.approx(area, abs=1e-9)


def test_a_pentagram_counts_its_arms_alone() -> None:
    corners = np.array([(math.cos(4 * math.pi * n / 5), math.sin(4 * math.pi * n / 5)) for n in range(5)])
    inner = math.cos(2 * math.pi / 5) / math.cos(math.pi / 5)
    star = [
        (math.cos(math.pi * n / 5) * r, math.sin(math.pi * n / 5) * r) for n in range(10) for r in [(1, inner)[n % 2]]
    ]
    pentagon = np.array(star[1::2])
    assert even_odd_area([corners]) == pytest.approx(shoelace(np.array(star)) - shoelace(pentagon), rel=1e-12)


def test_stars_equal_the_shoelace_in_fractions() -> None:
    random = np.random.default_rng(3)
    for _ in range(200):
        turn = np.sort(random.uniform(0, 2 * math.pi, int(random.integers(3, 60))))
        radius = random.uniform(5, 40, len(turn))
        star = np.column_stack([radius * np.cos(turn), radius * np.sin(turn)]) + random.uniform(-300, 300, 2)
        if (
            np.diff(turn, append=turn[0] + 2 * math.pi).max() < math.pi
        ):  # its middle is inside: it does not cross itself
            assert even_odd_area([star]) == pytest.approx(shoelace(star), rel=1e-11)


def test_tangles_equal_the_count_of_centres() -> None:
    random = np.random.default_rng(4)
    for _ in range(20):
        tangle = [random.uniform(20, 780, (int(random.integers(3, 9)), 2)) for _ in range(int(random.integers(1, 3)))]
        mask = np.zeros((800, 800), dtype=np.bool_)
        for polygon in tangle:
            mask ^= polygon_mask((800, 800), polygon)
        assert even_odd_area(tangle) == pytest.approx(np.count_nonzero(mask), abs=perimeter(tangle) * 0.1)


def test_a_long_outline_is_worked_through_in_parts() -> None:
    turn = np.arange(3000) * 2 * math.pi / 3000
    wave = (20 + np.sin(40 * turn))[:, None] * np.column_stack([np.cos(turn), np.sin(turn)])
    assert even_odd_area([wave]) == pytest.approx(shoelace(wave), rel=1e-11)


def test_distances_equal_brute_force() -> None:
    random = np.random.default_rng(5)
    polygon = random.uniform(0, 20, (7, 2))
    x, y = np.arange(-3.0, 24.0, 0.7), np.arange(-4.0, 23.0, 0.9)
    found = signed_distances([polygon], x, y)
    ends = np.roll(polygon, -1, axis=0)
    shares = np.linspace(0, 1, 4001)[:, None]
    border = np.concatenate([a + shares * (b - a) for a, b in zip(polygon, ends, strict=True)])
    inside = polygon_mask((len(y), len(x)), (polygon - (x[0], y[0])) / (0.7, 0.9))
    for row, column in np.ndindex(found.shape):
        nearest = np.hypot(*(border - (x[column], y[row])).T).min()
        assert abs(found[row, column]) == pytest.approx(nearest, abs=5e-3)
    assert np.array_equal(found < 0, inside)


def test_the_perimeter_closes_the_outlines() -> None:
    assert perimeter([SQUARE, SQUARE / 2 + 1]) == 24.0
