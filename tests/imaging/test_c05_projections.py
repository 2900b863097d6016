"""C05, H40: which spacing of a projection is a scale, and how it is told (PS3.3 10.7.1)."""

from __future__ import annotations

from typing import Any

import pytest
from pydicom import Dataset
from pydicom.sequence import Sequence

from tests.cases import case
from tests.made import frame, image
from viewer_app import scripting
from viewer_app.imaging.geometry import Calibration

A, B, NAN = ["0.15", "0.16"], ["0.2", "0.21"], ["0", "0"]
PROJECTION, DETECTOR, NONE = Calibration.PROJECTION, Calibration.DETECTOR, Calibration.NONE
FILM, UNSTATED = Calibration.FILM, Calibration.UNSTATED
FIDUCIAL = {"PixelSpacingCalibrationType": "FIDUCIAL", "PixelSpacingCalibrationDescription": "25 mm ball at the hip"}
GEOMETRY = {"PixelSpacingCalibrationType": "GEOMETRY", "PixelSpacingCalibrationDescription": "body centre"}
NOTHING: dict[str, Any] = {}
NOMINAL = {"NominalScannedPixelSpacing": B}

# Pixel Spacing, Imager Pixel Spacing, further values, calibration, (between rows, between columns), what is told
TABLE = [
    (None, None, NOTHING, NONE, (1.0, 1.0), "has no pixel spacing"),
    (A, None, NOTHING, UNSTATED, (0.15, 0.16), "Calibration unknown"),
    (None, B, NOTHING, DETECTOR, (0.2, 0.21), "hold at the detector"),
    (A, B, NOTHING, PROJECTION, (0.15, 0.16), "not said how"),
    (B, B, NOTHING, DETECTOR, (0.2, 0.21), "hold at the detector"),
    (["0.2000", "0.21"], B, NOTHING, DETECTOR, (0.2, 0.21), "hold at the detector"),
    (["0.20001", "0.21001"], B, NOTHING, DETECTOR, (0.2, 0.21), "hold at the detector"),
    (NAN, None, NOTHING, NONE, (1.0, 1.0), "not usable"),
    (None, NAN, NOTHING, NONE, (1.0, 1.0), "has no pixel spacing"),
    (NAN, B, NOTHING, DETECTOR, (0.2, 0.21), "not usable"),
    (A, NAN, NOTHING, UNSTATED, (0.15, 0.16), "Calibration unknown"),
    (NAN, NAN, NOTHING, NONE, (1.0, 1.0), "not usable"),
    (A, B, FIDUCIAL, PROJECTION, (0.15, 0.16), "its depth (25 mm ball at the hip)"),
    (A, B, GEOMETRY, PROJECTION, (0.15, 0.16), "the assumed depth (body centre)"),
    (A, None, FIDUCIAL, PROJECTION, (0.15, 0.16), "its depth (25 mm ball at the hip)"),
    (B, B, GEOMETRY, PROJECTION, (0.2, 0.21), "Check the calibration"),
    (A, None, {"PixelSpacingCalibrationType": "PERHAPS"}, UNSTATED, (0.15, 0.16), "Calibration unknown"),
    (B, A, NOTHING, PROJECTION, (0.2, 0.21), "exceeds the detector's"),
    (None, B, FIDUCIAL, DETECTOR, (0.2, 0.21), "hold at the detector"),
    (None, None, NOMINAL, FILM, (0.2, 0.21), "on the scanned film"),
    (B, None, NOMINAL, FILM, (0.2, 0.21), "on the scanned film"),
    (A, None, NOMINAL, PROJECTION, (0.15, 0.16), "not said how"),
]


@pytest.mark.parametrize("modality", ["CR", "DX", "MG", "XA", "RF", "IO", "PX"])
@pytest.mark.parametrize(("spacing", "imager", "further", "calibration", "used", "told"), TABLE)
def test_c05_the_table_of_spacings(
    modality: str, spacing: Any, imager: Any, further: Any, calibration: Calibration, used: Any, told: str
) -> None:
    values: dict[str, Any] = {"Modality": modality, "PixelSpacing": spacing, "ImagerPixelSpacing": imager, **further}
    found = frame(image(**values, ImagePositionPatient=None, ImageOrientationPatient=None))
    assert (found.plane.calibration, found.plane.spacing) == (calibration, used)
    assert found.plane.unit == ("px" if calibration is NONE else "mm")
    assert not found.plane.located
    assert told in " ".join(found.doubts)
    assert any("hold at the detector" in doubt for doubt in found.doubts) is (calibration is DETECTOR)


CR_CLASS = "1.2.840.10008.5.1.4.1.1.1"


def test_c05_a_place_makes_no_slice_of_a_projection() -> None:
    """Some writers give a radiograph the position of a slice; its pixels are still those of a shadow."""
    found = frame(image(Modality="CR", SOPClassUID=CR_CLASS, PixelSpacing=A))
    assert (found.plane.calibration, found.plane.located) == (UNSTATED, False)


VOLUMES = {"XA": "13.1.1", "PX": "13.1.2", "MG": "13.1.3"}


@pytest.mark.parametrize("modality", VOLUMES)
def test_c05_volumes_of_projections_are_slices(modality: str) -> None:
    """X-ray angiography, craniofacial and breast tomosynthesis volumes keep their places in functional groups."""
    place, way, pixels, shared, own = (Dataset() for _ in range(5))
    place.ImagePositionPatient, way.ImageOrientationPatient = ["1", "2", "3"], ["0", "1", "0", "0", "0", "-1"]
    pixels.PixelSpacing = A
    own.PlanePositionSequence = Sequence([place])
    shared.PlaneOrientationSequence, shared.PixelMeasuresSequence = Sequence([way]), Sequence([pixels])
    values: dict[str, Any] = {
        "SOPClassUID": f"1.2.840.10008.5.1.4.1.1.{VOLUMES[modality]}",
        "Modality": modality,
        "PixelSpacing": None,
        "ImagePositionPatient": None,
        "ImageOrientationPatient": None,
        "SharedFunctionalGroupsSequence": Sequence([shared]),
        "PerFrameFunctionalGroupsSequence": Sequence([own]),
    }
    found = frame(image(**values))
    assert (found.plane.located, found.plane.origin) == (True, (1.0, 2.0, 3.0))
    assert (found.plane.calibration, found.plane.spacing) == (Calibration.IMAGE_PLANE, (0.15, 0.16))
    assert found.doubts == ()
    own.PlanePositionSequence = None
    assert frame(image(**values | {"Modality": "OPT"})).plane.calibration is Calibration.IMAGE_PLANE


# Magnification factor, source to detector, source to patient, sentence
ESTIMATES = [
    ("1.25", None, None, "100 mm here are about 80 mm in the patient (÷ 1.25)"),
    (None, "1200", "800", "100 mm here are about 67 mm where the patient begins (÷ 1.50)"),
    ("1.25", "1200", "800", "÷ 1.25"),
    ("1", None, None, ""),
    ("0.8", None, None, ""),
    ("1000", None, None, ""),
    (None, "1200", "0", ""),
    (None, "1200", "-800", ""),
    (None, None, "800", ""),
    (None, "800", "1200", ""),
]


@pytest.mark.parametrize("modality", ["MG", "DX", "CR"])
@pytest.mark.parametrize(("factor", "detector", "patient", "sentence"), ESTIMATES)
def test_c05_a_magnification_is_an_estimate_in_words(
    modality: str, factor: Any, detector: Any, patient: Any, sentence: str
) -> None:
    found = frame(
        image(
            Modality=modality,
            PixelSpacing=None,
            ImagerPixelSpacing=B,
            EstimatedRadiographicMagnificationFactor=factor,
            DistanceSourceToDetector=detector,
            DistanceSourceToPatient=patient,
        )
    )
    estimates = [doubt for doubt in found.doubts if doubt.startswith("Estimate")]
    assert (found.plane.spacing, found.plane.calibration) == ((0.2, 0.21), DETECTOR)
    assert bool(estimates) is bool(sentence)
    assert sentence in " ".join(estimates)


def test_c05_a_panoramic_image_says_what_it_is() -> None:
    found = frame(image(Modality="PX", PixelSpacing=None, ImagerPixelSpacing=B))
    assert any("Panoramic" in doubt for doubt in found.doubts)


@pytest.mark.real_data
def test_c05_real_radiographs() -> None:
    """A DX whose Pixel Spacing repeats its detector's, CR with the detector's alone, CR with a spacing of zero."""
    for name, calibration, spacing in (
        ("seg-sr-highdicom/dx_image.dcm", DETECTOR, (1.2, 1.201199999999)),
        ("odd-files-pydicom/test_files/dicomdirtests/77654033/CR1/6154", DETECTOR, (0.1, 0.1)),
        ("syntax-pydicom-data/RG1_J2KI.dcm", NONE, (1.0, 1.0)),
        ("syntax-pydicom-data/RG3_J2KI.dcm", NONE, (1.0, 1.0)),
    ):
        with scripting.open_study(case(name)) as study:
            plane = study.series[0].stack.images[0].plane
            assert (plane.calibration, plane.spacing) == (calibration, spacing), name
