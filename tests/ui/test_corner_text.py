"""C05, C08, C37: what the corners say about scale, side and orientation, before anybody measures."""

from __future__ import annotations

from typing import Any

import pytest

from tests.made import image, stack
from viewer_app.imaging.headers import Patient, StudyInfo
from viewer_app.ui.views.corner_text import Corners, Density, corner_text

# Characters that find room beside the letters in a viewport of 880 pixels.
_ROOM = 68


def corners(density: Density = Density.FULL, **values: Any) -> Corners:
    return corner_text(Patient(), StudyInfo("1"), stack([image(**values)]), 0, None, 1.0, density)


MAMMOGRAM: dict[str, Any] = {
    "Modality": "MG", "PixelSpacing": None, "ImagePositionPatient": None, "ImageOrientationPatient": None,
    "ImagerPixelSpacing": ["0.1", "0.1"], "EstimatedRadiographicMagnificationFactor": "1.07",
    "ImageLaterality": "R", "ViewPosition": "CC", "PatientOrientation": ["P", "L"],
}  # fmt: skip


def test_a_mammogram_tells_side_view_and_detector() -> None:
    shown = corners(**MAMMOGRAM)
    assert "Right · CC" in shown.top_right
    assert shown.badges == (
        "Lengths hold at the detector; the patient is magnified.",
        "Estimate: 100 mm here are about 93 mm in the patient (÷ 1.07).",
    )


@pytest.mark.parametrize("density", Density)
def test_how_lengths_are_known_is_never_hidden(density: Density) -> None:
    assert corners(density, **MAMMOGRAM).badges == corners(**MAMMOGRAM).badges


SIDES = [("L", "", "Left"), ("", "R", "Right"), ("B", "", "Both sides"), ("R", "L", "Right"), ("U", "", None)]


@pytest.mark.parametrize(("of_image", "of_series", "told"), SIDES)
def test_the_side_is_that_of_the_image_before_that_of_the_series(of_image: str, of_series: str, told: str) -> None:
    shown = corners(ImageLaterality=of_image or None, Laterality=of_series or None)
    assert (told in shown.top_right) if told else not {"Left", "Right", "Both sides"} & set(shown.top_right)


def test_a_contradicted_orientation_has_no_name_and_says_why() -> None:
    assert "Axial" in corners().top_right
    shown = corners(PatientOrientation=["R", "P"])
    assert "Axial" not in shown.top_right
    assert any("contradicts" in badge for badge in shown.badges)


CALIBRATED: list[dict[str, Any]] = [
    {"PixelSpacingCalibrationType": "FIDUCIAL"},
    {"PixelSpacingCalibrationType": "GEOMETRY"},
    {"ImagerPixelSpacing": ["0.05", "0.05"]},
    {"ImagerPixelSpacing": ["0.2", "0.2"]},
    {"ImagerPixelSpacing": ["0.1", "0.1"], "DistanceSourceToDetector": "1200", "DistanceSourceToPatient": "800"},
    {"SOPClassUID": "1.2.840.10008.5.1.4.1.1.7"},
    {"Modality": "US"},
    {"Modality": "PX", "PixelAspectRatio": [4, 3]},
    {"SOPClassUID": "1.2.840.10008.5.1.4.1.1.20"},
    {"PixelSpacing": None, "NominalScannedPixelSpacing": ["0.2", "0.2"]},
    {"PatientOrientation": ["L", "R"]},
    {"PixelSpacing": None, "PixelAspectRatio": [4, 3]},
]


@pytest.mark.parametrize("values", CALIBRATED, ids=str)
def test_every_sentence_fits_into_its_corner(values: dict[str, Any]) -> None:
    """What is cut off at the end might be the very word "pixels"."""
    nowhere = {
        "Modality": "XA",
        "PixelSpacing": ["0.1", "0.1"],
        "ImagePositionPatient": None,
        "ImageOrientationPatient": None,
    }
    badges = corners(**nowhere | values).badges
    assert badges
    assert max(map(len, badges)) <= _ROOM, badges
