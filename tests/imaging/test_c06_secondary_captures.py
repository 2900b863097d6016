"""C06: a secondary capture has a scale only where it is a scanned film or says that it is calibrated (PS3.3 10.7)."""

from __future__ import annotations

from typing import Any

import pytest

from tests.cases import case
from tests.made import frame, image
from viewer_app import scripting
from viewer_app.imaging.geometry import Calibration

A, B = ["0.15", "0.16"], ["0.2", "0.21"]
FIDUCIAL = {"PixelSpacingCalibrationType": "FIDUCIAL", "PixelSpacingCalibrationDescription": "ruler"}
NOWHERE: dict[str, Any] = {"ImagePositionPatient": None, "ImageOrientationPatient": None, "PixelSpacing": None}
SINGLE, MULTIPLE = "1.2.840.10008.5.1.4.1.1.7", "1.2.840.10008.5.1.4.1.1.7.4"

TABLE: list[tuple[dict[str, Any], Calibration, tuple[float, float], str]] = [
    ({}, Calibration.NONE, (1.0, 1.0), "does not prove a scale"),
    ({"NominalScannedPixelSpacing": B}, Calibration.FILM, (0.2, 0.21), "on the scanned film"),
    ({"NominalScannedPixelSpacing": B, "PixelSpacing": B}, Calibration.FILM, (0.2, 0.21), "on the scanned film"),
    ({"NominalScannedPixelSpacing": B, "PixelSpacing": A}, Calibration.PROJECTION, (0.15, 0.16), "not said how"),
    ({"PixelSpacing": A, **FIDUCIAL}, Calibration.PROJECTION, (0.15, 0.16), "its depth (ruler)"),
    ({"PixelSpacing": ["1", "1"]}, Calibration.NONE, (1.0, 1.0), "nothing says what the pixel spacing"),
    ({"PixelSpacing": A}, Calibration.NONE, (1.0, 1.0), "nothing says what the pixel spacing"),
    ({"NominalScannedPixelSpacing": ["0", "0"]}, Calibration.NONE, (1.0, 1.0), "does not prove a scale"),
    ({"ImagerPixelSpacing": B}, Calibration.DETECTOR, (0.2, 0.21), "at the detector"),
]


@pytest.mark.parametrize("sop_class", [SINGLE, MULTIPLE])
@pytest.mark.parametrize("modality", ["OT", "SC", "CR", "DX", "CT", "MR", "NM", ""])
@pytest.mark.parametrize(("values", "calibration", "used", "told"), TABLE)
def test_c06_the_table_of_spacings(
    sop_class: str, modality: str, values: dict[str, Any], calibration: Calibration, used: Any, told: str
) -> None:
    found = frame(image(SOPClassUID=sop_class, Modality=modality, **NOWHERE | values))
    assert (found.plane.calibration, found.plane.spacing) == (calibration, used)
    assert found.plane.unit == ("px" if calibration is Calibration.NONE else "mm")
    assert told in " ".join(found.doubts)


def test_c06_a_capture_with_a_place_in_the_patient_is_a_slice() -> None:
    found = frame(image(SOPClassUID=SINGLE, Modality="CT", PixelSpacing=A))
    assert (found.plane.calibration, found.plane.located) == (Calibration.IMAGE_PLANE, True)


RATIOS = [([4, 3], True), ([1, 1], False), ([2, 2], False), ([0, 1], False), ([-4, 3], False), ([4], False)]


@pytest.mark.parametrize(("ratio", "is_told"), RATIOS)
def test_c09_pixels_that_are_not_square_are_told(ratio: Any, is_told: bool) -> None:
    found = frame(image(SOPClassUID=SINGLE, Modality="OT", PixelAspectRatio=ratio, **NOWHERE))
    assert found.plane.unit == "px"
    assert any("not square" in doubt for doubt in found.doubts) is is_told
    assert found.has_square_pixels is (ratio in ([1, 1], [2, 2]))


@pytest.mark.parametrize(("spacing", "is_square"), [([0.5, 0.5], True), ([0.5, 0.7], False), ([0, 0], False)])
def test_c09_a_spacing_that_proves_no_scale_may_still_tell_the_shape(spacing: Any, is_square: bool) -> None:
    found = frame(image(SOPClassUID=SINGLE, Modality="OT", **NOWHERE | {"PixelSpacing": spacing}))
    assert (found.plane.unit, found.has_square_pixels) == ("px", is_square)


@pytest.mark.real_data
def test_c06_real_captures() -> None:
    """Test pictures with a Pixel Spacing of 1 or 33 mm, which only say that nobody knew."""
    for name in ("SC_rgb_dcmtk_+eb+cr.dcm", "SC_rgb_small_odd.dcm"):
        with scripting.open_study(case(f"odd-files-pydicom/test_files/{name}")) as study:
            assert study.series[0].stack.images[0].plane.unit == "px"
