"""G10, G11, G12: the figures of the hostile catalogue, quickly; `dev.py campaign` runs the long forms."""

from __future__ import annotations

import numpy as np
import pytest

from tests.measure.closed_forms import truth_of
from tests.measure.made import POINTWISE, UPRIGHT
from tests.measure.proofs import fan_mask, prove_areas, prove_points, prove_polygons, prove_volumes
from viewer_app.measure.quantity import Dimension

OF_PIXELS = (Dimension.PIXEL_VALUE, Dimension.COUNT)


@pytest.mark.parametrize("name", POINTWISE)
def test_g10_every_number_of_points_has_a_closed_form(name: str) -> None:
    points = np.random.default_rng(3).uniform(0, 9, (min(POINTWISE[name].max_points, 4), 3)) * (1, 1, 0)
    told = {value.key for value in POINTWISE[name].quantities if value.dimension not in OF_PIXELS}
    assert told == set(truth_of(name, UPRIGHT, points))


@pytest.mark.timeout(300)
def test_g10_ten_thousand_cases() -> None:
    prove_points(np.random.default_rng(10), 10_000)


def test_the_other_reference_itself() -> None:
    square = fan_mask((3, 3), [(0, 0), (2, 0), (2, 2), (0, 2)])
    assert square.astype(int).tolist() == [[1, 1, 0], [1, 1, 0], [0, 0, 0]]


def test_g11_a_thousand_polygons_on_every_pixel() -> None:
    """Against a reference that shoots no rays, as test_c27_membership's and the product do."""
    prove_polygons(np.random.default_rng(11), 1000)


def test_g11_every_kind_of_area_on_random_planes() -> None:
    prove_areas(np.random.default_rng(12), 700)


def test_g12_boxes_are_exact_and_balls_near_enough() -> None:
    voxels, contours = prove_volumes(np.random.default_rng(13), 30)
    assert voxels > 0
    assert contours > 0
