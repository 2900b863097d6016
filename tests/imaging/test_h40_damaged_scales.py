"""H40: whatever the attributes of scale and place hold, the image is listed; no scale is made of rubbish."""

from __future__ import annotations

import math
import random
import warnings
from collections.abc import Callable
from typing import Any

import pytest
from pydicom import Dataset
from pydicom.datadict import dictionary_VR, tag_for_keyword
from pydicom.dataelem import RawDataElement
from pydicom.tag import Tag

from tests.imaging.test_c07_isocentre import calibration, enhanced
from tests.imaging.test_c08_ultrasound_regions import LEFT, region, ultrasound
from tests.imaging.test_c11_nuclear_medicine import nuclear
from tests.made import image
from viewer_app.errors import CaliperError
from viewer_app.imaging.places.orientation import edge_letters
from viewer_app.imaging.reading.parse import parse_instance

ATTRIBUTES = (
    "PixelSpacing", "ImagerPixelSpacing", "NominalScannedPixelSpacing", "PixelSpacingCalibrationType",
    "PixelSpacingCalibrationDescription", "EstimatedRadiographicMagnificationFactor", "DistanceSourceToDetector",
    "DistanceSourceToPatient", "PixelAspectRatio", "PatientOrientation", "AnatomicalOrientationType",
    "SequenceOfUltrasoundRegions", "DetectorInformationSequence", "SliceVector", "SpacingBetweenSlices", "ImageType",
    "ImagePositionPatient", "ImageOrientationPatient", "NumberOfFrames", "Modality",
)  # fmt: skip
IN_A_REGION = (
    "RegionFlags", "RegionSpatialFormat", "PhysicalDeltaX", "PhysicalDeltaY", "RegionLocationMinX0",
    "RegionLocationMaxX1", "PhysicalUnitsXDirection",
)  # fmt: skip
VALUES = (
    b"", b"\\", b"nan\\inf", b"1e400", b"-1\\-1", b"0", b"\xff\xfe\x00\x01", b"1\\2\\3", b"L\\F", b"CR\\V", b"{0}\\{x}",
    b"1" * 300, b"\x00\x00\x00\x00\x00\x00\xf8\x7f", b"\xff\xff\xff\xff",
)  # fmt: skip
KINDS: dict[str, Callable[[], Any]] = {
    "ultrasound": lambda: ultrasound(region(LEFT), region(LEFT)),
    "nuclear": nuclear,
    "angiogram": lambda: enhanced(calibration(1.0)),
    "radiograph": lambda: image(Modality="DX"),
    "capture": lambda: image(SOPClassUID="1.2.840.10008.5.1.4.1.1.7", Modality="OT"),
}


def spoil(dataset: Dataset, keyword: str, chance: random.Random) -> None:
    """Put bytes of no meaning into an element, sometimes under another value representation."""
    tag, value = Tag(tag_for_keyword(keyword) or 0), chance.choice(VALUES)
    vr = chance.choice(
        (dictionary_VR(tag), chance.choice(("DS", "IS", "CS", "LO", "US", "UL", "FD", "FL", "UN", "SQ")))
    )
    dataset._dict[tag] = RawDataElement(tag, vr, len(value), value, 0, False, True)


@pytest.mark.parametrize("kind", KINDS)
def test_h40_rubbish_is_no_scale_and_no_crash(kind: str) -> None:
    chance = random.Random(kind)
    listed = 0
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for _ in range(100):
            made = KINDS[kind]()
            if kind == "ultrasound":
                spoil(made.SequenceOfUltrasoundRegions[0], chance.choice(IN_A_REGION), chance)
            for keyword in chance.sample(ATTRIBUTES, chance.randrange(1, 4)):
                spoil(made, keyword, chance)
            try:
                found = parse_instance(made, locator="")
            except CaliperError:
                continue
            listed += 1
            for frame in found.frames:
                scales = [frame.plane.spacing, *(one.spacing for one in frame.regions if one.spacing)]
                assert all(1e-4 < side < 1e3 for spacing in scales for side in spacing)
                assert all(math.isfinite(value) for value in frame.plane.origin)
                edges = edge_letters(frame)
                assert edges is None or any(edges)
    assert listed > 80
