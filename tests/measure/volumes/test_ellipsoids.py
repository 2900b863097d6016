"""The ellipsoid from three diameters, and volumes side by side."""

from __future__ import annotations

import math

import pytest

from viewer_app.errors import VolumeError
from viewer_app.measure.volumes import MeasuredVolume, Method, ellipsoid_volume, side_by_side


def test_a_ball_is_an_ellipsoid() -> None:
    found = ellipsoid_volume((20.0, 20.0, 20.0))
    assert found.mm3 == pytest.approx(4 / 3 * math.pi * 1000, rel=1e-15)
    assert (found.ml, found.bound_mm3) == (found.mm3 / 1000, None)


def test_the_bound_is_that_of_longer_diameters() -> None:
    found, longer = ellipsoid_volume((28.0, 18.0, 24.0), 1e-6), ellipsoid_volume((28 + 1e-6, 18 + 1e-6, 24 + 1e-6))
    assert found.bound_mm3 == pytest.approx(longer.mm3 - found.mm3, rel=1e-5)


@pytest.mark.parametrize("wrong", [0.0, -1.0, math.nan, math.inf])
def test_a_diameter_is_a_length(wrong: float) -> None:
    with pytest.raises(VolumeError, match="three diameters"):
        ellipsoid_volume((1.0, wrong, 1.0))


def test_differences_are_those_from_the_first() -> None:
    volumes = [MeasuredVolume(Method.VOXELS, mm3, "") for mm3 in (200.0, 210.0, 150.0)]
    assert [side.difference_percent for side in side_by_side(volumes)] == [
        None,
        pytest.approx(5.0),
        pytest.approx(-25.0),
    ]
    nothing = MeasuredVolume(Method.VOXELS, 0.0, "")
    assert [side.difference_percent for side in side_by_side([nothing, *volumes])] == [None] * 4
    assert side_by_side([]) == ()
