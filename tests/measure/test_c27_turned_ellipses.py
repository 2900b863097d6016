"""C27: pixels of ellipses however they lie in the pixel grid, by exact numbers on every pixel."""

from __future__ import annotations

import math
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from numpy.typing import ArrayLike

from tests.measure.made import UPRIGHT, image, measured
from viewer_app.imaging.geometry import Plane
from viewer_app.measure.area import footprint_of
from viewer_app.measure.region import Mask, disc_mask, ellipse_crossings, footprint, polygon_crossings
from viewer_app.measure.shapes import Oval

SHAPE = (23, 19)


def exact(*values: ArrayLike) -> tuple[int, list[int]]:
    """A number of parts of a pixel that makes all values whole, and the values in such parts."""
    found = [Fraction(value) for one in values for value in np.asarray(one, dtype=np.float64).ravel().tolist()]
    parts = math.lcm(*(value.denominator for value in found))
    return parts, [int(value * parts) for value in found]


def reference(shape: tuple[int, int], center: ArrayLike, first: ArrayLike, second: ArrayLike) -> Mask:
    """Inside where (s, t) of centre + s first + t second = pixel has s²+t² < 1; on the border, where the row enters."""
    parts, (x, y, ux, uy, vx, vy) = exact(center, first, second)
    turn = ux * vy - uy * vx
    inside = np.zeros(shape, dtype=bool)
    for row in range(shape[0]):
        for column in range(shape[1]):
            dx, dy = column * parts - x, row * parts - y
            s, t = (
                dx * vy - dy * vx,
                ux * dy - uy * dx,
            )  # times `turn`, which is not divided by: whole numbers are quick
            beyond, growth = s * s + t * t - turn * turn, s * vy - t * uy
            enters = growth < 0 or (growth == 0 and dy < 0)
            inside[row, column] = beyond < 0 or (beyond == 0 and enters)
    return inside


def mask(center: ArrayLike, first: ArrayLike, second: ArrayLike, shape: tuple[int, int] = SHAPE) -> Mask:
    return footprint(ellipse_crossings(center, first, second, shape), shape).in_image(shape)


def test_a_thousand_turned_ellipses_on_every_pixel() -> None:
    random = np.random.default_rng(27)
    for _ in range(1000):
        scale = 2 ** int(random.choice([0, 0, 1, 3, 10]))
        center = random.integers(-3 * scale, 22 * scale, 2) / scale
        first, second = random.integers(-12 * scale, 12 * scale, (2, 2)) / scale
        if first[0] * second[1] == first[1] * second[0]:
            assert not mask(center, first, second).any()
            continue
        expected = reference(SHAPE, center, first, second)
        np.testing.assert_array_equal(mask(center, first, second), expected, err_msg=f"{center} {first} {second}")


def test_it_does_not_matter_which_half_axes_name_it() -> None:
    random = np.random.default_rng(28)
    for _ in range(300):
        center, (first, second) = random.integers(0, 20, 2), random.integers(-9, 9, (2, 2))
        here = mask(center, first, second)
        np.testing.assert_array_equal(here, mask(center, second, first))
        np.testing.assert_array_equal(here, mask(center, -first, second))


def test_a_disc_is_one_of_them() -> None:
    np.testing.assert_array_equal(mask((9.25, 8), (0, 5), (7, 0)), disc_mask(SHAPE, (9.25, 8), (7, 5)))
    np.testing.assert_array_equal(mask((9, 8), (3, 4), (-4, 3)), disc_mask(SHAPE, (9, 8), (5, 5)))


def test_what_lies_beyond_the_image_is_counted() -> None:
    random = np.random.default_rng(29)
    for _ in range(200):
        center, (first, second) = random.uniform(-30, 50, 2), random.uniform(-9, 9, (2, 2))
        drawn = footprint(ellipse_crossings(center, first, second, SHAPE), SHAPE).drawn
        assert drawn == mask(center + 60.0, first, second, (170, 170)).sum()
        corners = random.uniform(-30, 50, (5, 2))
        drawn = footprint(polygon_crossings(corners, SHAPE), SHAPE).drawn
        whole = footprint(polygon_crossings(corners + 60.0, (170, 170)), (170, 170))
        assert drawn == whole.drawn == whole.mask.sum()


@pytest.mark.parametrize("spacing", [(0.5, 0.7), (2.0, 0.4)])
def test_a_circle_is_round_in_millimetres(spacing: tuple[float, float]) -> None:
    plane = replace(UPRIGHT, row_spacing=spacing[0], column_spacing=spacing[1])
    center, edge = (31.3, 32.6), (40.1, 33.0)
    row, column = np.mgrid[:64, :64]
    radius = np.hypot((edge[0] - center[0]) * spacing[1], (edge[1] - center[1]) * spacing[0])
    inside = np.hypot((row - center[1]) * spacing[0], (column - center[0]) * spacing[1]) < radius
    values = measured("circle", image(plane, 64 * row + column), [center, edge])
    assert values["count"].number == inside.sum()
    assert values["mean"].number == pytest.approx((64 * row + column)[inside].mean(), rel=1e-12)


def test_the_same_patient_points_on_an_image_turned_in_its_plane() -> None:
    """An ellipse drawn on one plane, its pixels taken from an image whose rows run aslant."""
    turned = Plane((-30.0, 20.0, 0.0), (0.8, -0.6, 0.0), (0.6, 0.8, 0.0), 0.7, 0.4)
    shown = image(turned, np.zeros((90, 120)))
    region = footprint_of(Oval(np.array([10.0, 12.0]), 9.0, 4.0), UPRIGHT, shown).in_image((90, 120))
    row, column = np.mgrid[:90, :120]
    places = turned.to_patient(np.stack([column.ravel(), row.ravel()], axis=1))
    inside = ((places[:, 0] - 10) / 9) ** 2 + ((places[:, 1] - 12) / 4) ** 2 < 1
    np.testing.assert_array_equal(region, inside.reshape(90, 120))
    assert region.sum() == pytest.approx(np.pi * 36 / 0.28, rel=0.03)
