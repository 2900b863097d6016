"""C04: the area of an outline that crosses itself is that of even-odd, as its pixels are, and the number says so."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest

from tests.measure.made import UPRIGHT, image, measured
from viewer_app.imaging.geometry import Floats
from viewer_app.measure.area import CROSSED
from viewer_app.measure.evenodd import crossed_area, enclosed
from viewer_app.measure.near_edges import near_edges
from viewer_app.measure.region import polygon_mask

Point = tuple[Fraction, Fraction]

BOW_TIE = [(0, 0), (10, 10), (10, 0), (0, 10)]


def exact_area(points: list[Point]) -> Fraction:
    """Even-odd, slowly: the plane is cut at every height of a corner or a crossing."""
    edges = list(zip(points, (*points[1:], points[0]), strict=True))
    heights = {point[1] for point in points}
    for one in edges:
        heights |= {height for other in edges if (height := crossing(one, other)) is not None}
    return sum((strip(edges, low, high) for low, high in pairwise(sorted(heights))), Fraction(0))


def crossing(one: tuple[Point, Point], other: tuple[Point, Point]) -> Fraction | None:
    """The height at which the lines of two edges meet, where they meet on both."""
    (a, b), (c, d) = one, other
    turn = (b[0] - a[0]) * (d[1] - c[1]) - (b[1] - a[1]) * (d[0] - c[0])
    if not turn:
        return None
    s = ((c[0] - a[0]) * (d[1] - c[1]) - (c[1] - a[1]) * (d[0] - c[0])) / turn
    t = ((c[0] - a[0]) * (b[1] - a[1]) - (c[1] - a[1]) * (b[0] - a[0])) / turn
    return a[1] + s * (b[1] - a[1]) if 0 <= s <= 1 and 0 <= t <= 1 else None


def strip(edges: list[tuple[Point, Point]], low: Fraction, high: Fraction) -> Fraction:
    """Area between two heights, by its width half way."""
    middle = (low + high) / 2
    places = sorted(
        a[0] + (middle - a[1]) / (b[1] - a[1]) * (b[0] - a[0])
        for a, b in edges
        if min(a[1], b[1]) < middle < max(a[1], b[1])
    )
    widths = [right - left for left, right in zip(places[::2], places[1::2], strict=True)]
    return (high - low) * sum(widths, Fraction(0))


def test_the_reference_itself() -> None:
    square: list[Point] = [(Fraction(x), Fraction(y)) for x, y in ((0, 0), (3, 0), (3, 2), (0, 2))]
    assert exact_area(square) == 6
    assert exact_area([(Fraction(x), Fraction(y)) for x, y in BOW_TIE]) == 50


def test_three_hundred_random_polygons_have_the_exact_area() -> None:
    random = np.random.default_rng(4)
    crossed = 0
    for case in range(300):
        scale = 1 if case % 3 else 64
        points = random.integers(-9 * scale, 9 * scale, (int(random.integers(3, 9)), 2)) / scale
        found = crossed_area(points)
        crossed += found is not None
        expected = float(exact_area([(Fraction(x), Fraction(y)) for x, y in points.tolist()]))
        assert (enclosed(points) if found is None else found) == pytest.approx(expected, abs=1e-6), points.tolist()
    assert 100 < crossed < 290


@pytest.mark.parametrize("side", [5, 40, 1 << 20])
def test_tangles_of_thirty_corners_have_the_exact_area(side: int) -> None:
    """On few places corners lie on edges and edges on edges; on many, edges are long and short."""
    random = np.random.default_rng(side)
    for _ in range(6):
        points = random.integers(0, side, (30, 2)) / 4
        expected = float(exact_area([(Fraction(x), Fraction(y)) for x, y in points.tolist()]))
        assert crossed_area(points) == pytest.approx(expected, rel=1e-9, abs=1e-8), points.tolist()


def test_a_noisy_ring_of_two_thousand_corners_is_what_its_pixels_are() -> None:
    """Its corners are places of the mouse: whole screen pixels, many of them taken twice."""
    turns = np.linspace(0, 2 * np.pi, 2000, endpoint=False)
    noise = np.random.default_rng(6).normal(0, 3, (2000, 2))
    points = np.rint(np.stack([250 + 150 * np.cos(turns), 250 + 150 * np.sin(turns)], axis=1) + noise)
    fine = 16
    covered = polygon_mask((500 * fine, 500 * fine), (points + 0.5) * fine).sum() / fine**2
    assert crossed_area(points) == pytest.approx(float(covered), rel=1e-3)


def test_every_near_pair_is_found_once() -> None:
    random = np.random.default_rng(7)
    for count in (4, 60, 400):
        points = np.cumsum(random.normal(0, 1, (count, 2)), axis=0)
        pairs = np.concatenate(list(near_edges(points)))
        found = {tuple(sorted(pair)) for pair in pairs.tolist()}
        assert len(found) == len(pairs)
        assert crossing_pairs(points) <= found


def crossing_pairs(points: Floats) -> set[tuple[int, int]]:
    """Edges that cross, by trying all of them with fractions."""
    exact = [(Fraction(x), Fraction(y)) for x, y in points.tolist()]
    edges = list(zip(exact, (*exact[1:], exact[0]), strict=True))
    low, high = (np.array([pick(*edge) for edge in edges], dtype=float) for pick in (lows, highs))
    meet = (low[:, None] <= high).all(axis=2) & (low <= high[:, None]).all(axis=2)
    neighbours = (1, len(edges) - 1)
    return {
        (one, other)
        for one, other in np.argwhere(np.triu(meet, 2)).tolist()
        if other - one not in neighbours and crossing(edges[one], edges[other]) is not None
    }


def lows(a: Point, b: Point) -> Point:
    return min(a[0], b[0]), min(a[1], b[1])


def highs(a: Point, b: Point) -> Point:
    return max(a[0], b[0]), max(a[1], b[1])


def test_a_bow_tie_has_fifty_and_says_so() -> None:
    shown = image(UPRIGHT, np.ones((12, 12)))
    values = measured("polygon", shown, BOW_TIE)
    assert values["area"].number == pytest.approx(50)
    assert values["area"].note == CROSSED
    assert values["mean"].note == CROSSED
    assert values["perimeter"].note == ""
    assert values["count"].number == polygon_mask((12, 12), BOW_TIE).sum()


@pytest.mark.parametrize("step", [1, -1])
def test_going_around_twice_leaves_nothing(step: int) -> None:
    square = [(2, 2), (9, 2), (9, 8), (2, 8)][::step]
    values = measured("polygon", image(UPRIGHT, np.ones((12, 12))), square * 2)
    assert values["area"].number == pytest.approx(0, abs=1e-9)
    assert values["count"].number == 0
    assert values["area"].note == CROSSED


@pytest.mark.parametrize("points", [
    [(0, 0), (10, 0), (10, 10), (0, 10)],
    [(0, 0), (10, 0), (10, 0), (10, 10), (0, 10)],
    [(0, 0), (5, 0), (10, 0), (10, 10), (0, 10)],
    [(0, 0), (10, 0), (10, 10), (12, 10), (10, 10), (0, 10)],
    [(0, 0), (10, 0), (10, 10), (5, 0), (0, 10)],
])  # fmt: skip
def test_what_only_touches_itself_says_nothing(points: list[tuple[int, int]]) -> None:
    values = measured("polygon", image(UPRIGHT, np.ones((16, 16))), points)
    assert values["area"].note == ""
    exact = exact_area([(Fraction(x), Fraction(y)) for x, y in points])
    assert values["area"].number == pytest.approx(float(exact))


@pytest.mark.parametrize("kind", ["spline", "freehand"])
def test_area_and_pixels_agree_where_a_smooth_outline_crosses_itself(kind: str) -> None:
    random = np.random.default_rng(5)
    shown = image(UPRIGHT, np.ones((512, 512)))
    for _ in range(20):
        values = measured(kind, shown, random.uniform(40, 470, (7, 2)))
        area, count, length = (values[key].number for key in ("area", "count", "perimeter"))
        assert area is not None
        assert count is not None
        assert length is not None
        assert abs(area - count) < 0.5 * length**0.5 * 4


@pytest.mark.parametrize("flat", [(7.0, 0.0), (0.0, 7.0), (0.0, 0.0)])
def test_an_outline_without_height_or_width_does_not_cross_itself(flat: tuple[float, float]) -> None:
    """A rectangle that was drawn along a row has no area, and no remark."""
    (across, down), (left, top) = flat, (3.1, 5.2)
    corners = np.array([(left, top), (left + across, top), (left + across, top + down), (left, top + down)])
    assert crossed_area(corners) is None
    assert enclosed(corners) == 0.0
