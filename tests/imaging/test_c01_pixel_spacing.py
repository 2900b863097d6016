"""C01, C02: Pixel Spacing has the distance between rows first; angles are angles in millimetres."""

from __future__ import annotations

import math

import numpy as np
import pytest

from tests.made import frame, image
from viewer_app.imaging.geometry import Calibration

CASES = [((0.5, 0.7), 29.0), ((0.7, 0.5), math.hypot(0.5 * 30, 0.7 * 40)), ((0.5, 0.5), 25.0)]


@pytest.mark.parametrize(("spacing", "length"), CASES)
def test_length_of_thirty_columns_and_forty_rows(spacing: tuple[float, float], length: float) -> None:
    plane = frame(image(PixelSpacing=list(spacing))).plane
    a, b = plane.to_patient([(0, 0), (30, 40)])
    assert np.linalg.norm(b - a) == pytest.approx(length, rel=1e-12)
    assert plane.spacing == spacing
    assert (plane.unit, plane.calibration) == ("mm", Calibration.IMAGE_PLANE)


def test_the_catalogue_numbers() -> None:
    assert [round(length, 3) for _, length in CASES] == [29.0, 31.765, 25.0]


@pytest.mark.parametrize("sides", [(1, 1), (100, 3), (2, 90)])
def test_an_angle_does_not_depend_on_the_length_of_its_sides(sides: tuple[int, int]) -> None:
    plane = frame(image(PixelSpacing=["0.5", "0.7"])).plane
    vertex, along, diagonal = plane.to_patient([(0, 0), (sides[0], 0), (sides[1], sides[1])])
    u, v = along - vertex, diagonal - vertex
    degrees = math.degrees(math.acos(float(u @ v) / math.hypot(*u) / math.hypot(*v)))
    assert degrees == pytest.approx(math.degrees(math.atan2(0.5, 0.7)), abs=1e-9)
    assert round(degrees, 3) == 35.538
