"""C13: a tilted gantry keeps its shear; SimpleITK is no oracle here."""

from __future__ import annotations

import math

import numpy as np
import pytest

from tests.cases import case
from tests.made import stack
from viewer_app import scripting
from viewer_app.imaging.stacks import Stack
from viewer_app.imaging.volume import Volume
from viewer_app.phantom import steps


def tilted(degrees: float) -> Stack:
    """Twenty slices of P6, 2 mm of table from one to the next."""
    return stack(steps.tilted(degrees))


@pytest.mark.parametrize("degrees", [-30.0, -15.0, 15.0, 22.5, 30.0])
def test_step_and_tilt(degrees: float) -> None:
    report = tilted(degrees).report
    assert report.is_volume
    assert report.step_mm == pytest.approx(2.0 * math.cos(math.radians(degrees)), abs=1e-9)
    assert report.tilt_deg == pytest.approx(abs(degrees), abs=1e-6)
    assert report.warnings == (f"Gantry tilt {abs(degrees):.1f}°.",)


def test_the_catalogue_number() -> None:
    assert round(tilted(15).report.step_mm, 3) == 1.932


def test_the_affine_keeps_the_shear() -> None:
    found = tilted(15)
    affine = Volume(found).affine
    np.testing.assert_allclose(affine[:3, 0], (0, 0, -2), atol=1e-12)
    lean = math.radians(15)
    np.testing.assert_allclose(affine[:3, 1], (0, 0.5 * math.cos(lean), 0.5 * math.sin(lean)), atol=1e-9)
    np.testing.assert_allclose(affine @ (0, 0, 0, 1), (0, 0, 38, 1), atol=1e-12)
    np.testing.assert_allclose(affine @ (19, 0, 0, 1), (0, 0, 0, 1), atol=1e-12)
    # A voxel is base times height, not the product of the spacings.
    assert abs(np.linalg.det(affine)) == pytest.approx(0.25 * 2 * math.cos(lean), abs=1e-9)


def test_an_upright_gantry_has_no_tilt() -> None:
    report = tilted(0).report
    assert (report.tilt_deg, report.warnings, report.step_mm) == (0.0, (), 2.0)


@pytest.mark.real_data
def test_a_real_tilted_head_of_changing_pitch() -> None:
    with scripting.open_study(case("ct-head-ge-tilt-variable")) as study:
        (series,) = study.series
        report = series.geometry
    assert not report.is_volume
    assert report.tilt_deg == pytest.approx(18.5, abs=0.1)
    assert "Gantry tilt 18.5°." in report.warnings
    assert any(warning.startswith("Uneven slice distance") for warning in report.warnings)
