"""C27, G11: which pixels are inside, by an exact-rational reference on every pixel.

skimage and matplotlib are no oracles here: they include edges, or decide by the winding.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction

import numpy as np
import pytest
from numpy.typing import ArrayLike

from tests.made import random_plane
from viewer_app.imaging.geometry import Floats
from viewer_app.measure.region import Mask, disc_mask, disc_pixels, polygon_mask

SHAPE = (14, 17)
Points = Sequence[tuple[Fraction, Fraction]]


def exact(points: ArrayLike) -> list[tuple[Fraction, Fraction]]:
    return [(Fraction(x), Fraction(y)) for x, y in np.asarray(points, dtype=np.float64).tolist()]


def side(a: tuple[int, int], b: tuple[int, int], column: int, row: int) -> int:
    """Twice the signed area of a, b and the pixel's centre."""
    return (b[0] - a[0]) * (row - a[1]) - (b[1] - a[1]) * (column - a[0])


def crosses_to_the_right(a: tuple[int, int], b: tuple[int, int], column: int, row: int) -> bool:
    """The edge cuts the ray from the centre, a hair to the right and less below it, along the row to the right."""
    if a[1] > b[1]:
        a, b = b, a
    return a[1] <= row < b[1] and side(a, b, column, row) > 0


def reference(shape: tuple[int, int], points: Points) -> Mask:
    """Even-odd over exact numbers, pixel by pixel; rays go to the right, the product's to the left.

    In parts of a pixel that make all numbers whole: fractions are slow.
    """
    parts = math.lcm(*(value.denominator for point in points for value in point))
    whole = [(int(x * parts), int(y * parts)) for x, y in points]
    edges = list(zip(whole, (*whole[1:], *whole[:1]), strict=True))
    columns, rows = (range(0, size * parts, parts) for size in (shape[1], shape[0]))
    inside = [[sum(crosses_to_the_right(a, b, x, y) for a, b in edges) % 2 == 1 for x in columns] for y in rows]
    return np.array(inside, dtype=bool)


def test_the_reference_itself() -> None:
    square = exact([(0, 0), (2, 0), (2, 2), (0, 2)])
    assert reference((3, 3), square).astype(int).tolist() == [[1, 1, 0], [1, 1, 0], [0, 0, 0]]


RECTANGLE = [(2, 3), (6, 3), (6, 7), (2, 7)]


@pytest.mark.parametrize("start", range(4))
@pytest.mark.parametrize("step", [1, -1])
def test_an_integer_rectangle_of_four_by_four_has_sixteen_pixels(start: int, step: int) -> None:
    points = [RECTANGLE[(start + step * k) % 4] for k in range(4)]
    mask = polygon_mask((12, 12), points)
    assert mask.sum() == 16
    assert mask[3:7, 2:6].all()


def test_the_rectangle_has_sixteen_pixels_through_every_plane() -> None:
    random = np.random.default_rng(16)
    for _ in range(2000):
        plane = random_plane(random)
        points = plane.to_pixels(plane.to_patient(RECTANGLE))
        np.testing.assert_array_equal(polygon_mask((12, 12), points), polygon_mask((12, 12), RECTANGLE))


def polygons(random: np.random.Generator, count: int) -> list[Floats]:
    """Polygons of 3 to 9 corners, crossing ones among them, on lattices of 1 to 1/1024 pixel, partly outside."""
    found = []
    for _ in range(count):
        corners, scale = int(random.integers(3, 10)), 2 ** int(random.choice([0, 0, 1, 3, 10]))
        found.append(random.integers(-3 * scale, 19 * scale, (corners, 2)) / scale)
    return found


def test_g11_a_thousand_polygons_on_every_pixel() -> None:
    for points in polygons(np.random.default_rng(27), 1000):
        mask = polygon_mask(SHAPE, points)
        np.testing.assert_array_equal(mask, reference(SHAPE, exact(points)), err_msg=str(points.tolist()))


def test_winding_and_first_corner_do_not_matter() -> None:
    for points in polygons(np.random.default_rng(28), 300):
        mask = polygon_mask(SHAPE, points)
        np.testing.assert_array_equal(mask, polygon_mask(SHAPE, points[::-1]))
        np.testing.assert_array_equal(mask, polygon_mask(SHAPE, np.roll(points, 2, axis=0)))


def test_neighbours_share_no_pixel_and_lose_none() -> None:
    random = np.random.default_rng(29)
    for _ in range(300):
        middle = random.integers(8, 128, 2) / 8
        corners = [(-5.0, -5.0), (30.0, -5.0), (30.0, 30.0), (-5.0, 30.0)]
        triangles = [np.array([corners[k], corners[(k + 1) % 4], middle]) for k in range(4)]
        times_inside = np.stack([polygon_mask(SHAPE, points) for points in triangles]).sum(axis=0)
        assert (times_inside == 1).all()


def test_a_pixel_of_shift_is_a_pixel_of_shift() -> None:
    for points in polygons(np.random.default_rng(30), 200):
        moved = polygon_mask((40, 40), np.add(points, (9, 7)))
        np.testing.assert_array_equal(moved[7 : 7 + SHAPE[0], 9 : 9 + SHAPE[1]], polygon_mask(SHAPE, points))


@pytest.mark.parametrize("points", [[], [(3, 3)], [(3, 3), (9, 9)], [(3, 3)] * 5, [(1, 4), (9, 4), (5, 4)]])
def test_what_has_no_area_has_no_pixel(points: list[tuple[int, int]]) -> None:
    assert not polygon_mask(SHAPE, points).any()


def test_a_bow_tie_follows_even_odd() -> None:
    mask = polygon_mask((12, 12), [(0, 0), (10, 10), (10, 0), (0, 10)])
    np.testing.assert_array_equal(mask, reference((12, 12), exact([(0, 0), (10, 10), (10, 0), (0, 10)])))
    assert mask[5, 1]
    assert not mask[1, 5]


def disc_reference(shape: tuple[int, int], center: ArrayLike, radii: ArrayLike) -> Mask:
    """Inside by exact numbers; on the border the left half and the top point are in."""
    (x, y), (rx, ry) = exact(np.array([center, radii]))
    inside = np.zeros(shape, dtype=bool)
    for row in range(shape[0]):
        for column in range(shape[1]):
            across, down = column - x, row - y
            size = (across / rx) ** 2 + (down / ry) ** 2
            on_the_left = across < 0 or (across == 0 and down < 0)
            inside[row, column] = size < 1 or (size == 1 and on_the_left)
    return inside


def test_a_thousand_discs_on_every_pixel() -> None:
    random = np.random.default_rng(31)
    for _ in range(1000):
        scale = 2 ** int(random.choice([0, 1, 3, 10]))
        center = random.integers(-3 * scale, 19 * scale, 2) / scale
        radii = random.integers(1, 12 * scale, 2) / scale
        if random.random() < 0.5:
            radii[1] = radii[0]
        mask = disc_mask(SHAPE, center, radii)
        np.testing.assert_array_equal(mask, disc_reference(SHAPE, center, radii), err_msg=f"{center} {radii}")


TRIPLES = [(5, 3, 4), (13, 5, 12), (17, 8, 15), (25, 7, 24), (29, 20, 21), (37, 12, 35), (65, 33, 56), (85, 36, 77)]


@pytest.mark.parametrize(("radius", "short", "long"), TRIPLES)
def test_centres_exactly_on_the_border(radius: int, short: int, long: int) -> None:
    mask = disc_mask((201, 201), (100, 100), (radius, radius))
    for across, down in ((short, long), (long, short)):
        for sign in (1, -1):
            assert mask[100 + sign * down, 100 - across]
            assert not mask[100 + sign * down, 100 + across]
    edges = [mask[100, 100 - radius], mask[100 - radius, 100], mask[100, 100 + radius], mask[100 + radius, 100]]
    assert edges == [True, True, False, False]
    # The border goes half to each side: as many as strictly inside, and half of those on it.
    y, x = np.mgrid[-100:101, -100:101]
    size = x * x + y * y - radius * radius
    assert mask.sum() == (size < 0).sum() + (size == 0).sum() // 2


def test_a_disc_is_the_same_through_every_plane() -> None:
    random = np.random.default_rng(32)
    for _ in range(1000):
        spacing = float(random.choice([0.5, 0.625, 0.7, 1.25]))
        plane = random_plane(random, row_spacing=spacing, column_spacing=spacing)
        center = plane.to_pixels(plane.to_patient([(20, 21)]))[0]
        radius = 13 * spacing / plane.row_spacing
        np.testing.assert_array_equal(
            disc_mask((41, 41), center, (radius,) * 2), disc_mask((41, 41), (20, 21), (13, 13))
        )


def test_pixels_beyond_the_image_are_counted_too() -> None:
    random = np.random.default_rng(34)
    for _ in range(300):
        center, radii = random.uniform(-20, 40, 2), random.uniform(0.1, 9, 2)
        assert disc_pixels(center, radii) == disc_mask((100, 100), center + 40.0, radii).sum()


@pytest.mark.parametrize("radii", [(0, 0), (0, 5), (5, 0), (-1, 5)])
def test_a_disc_without_area_has_no_pixel(radii: tuple[int, int]) -> None:
    assert not disc_mask(SHAPE, (5, 5), radii).any()


def test_c28_a_disc_of_radius_five_has_about_its_area_of_pixels() -> None:
    random = np.random.default_rng(33)
    counts = [disc_mask((20, 20), center, (5, 5)).sum() for center in random.uniform(8, 10, (4000, 2))]
    assert np.mean(counts) == pytest.approx(math.pi * 25, abs=0.15)
    assert 74 <= min(counts) <= max(counts) <= 83


def test_c28_a_disc_on_its_own_object_reads_the_object_only() -> None:
    y, x = np.mgrid[:32, :32]
    for center in ((15.5, 15.5), (15.25, 16.0), (15.3, 14.9)):
        values = np.where((x - center[0]) ** 2 + (y - center[1]) ** 2 < 25, 100.0, 0.0)
        assert values[disc_mask((32, 32), center, (5, 5))].mean() == 100.0
