"""C05, H40: which spacing of a projection is a scale, and how it is told (PS3.3 10.7.1)."""

from __future__ import annotations

from typing import Any

import pytest

from tests.made import frame, image
from viewer_app.imaging.geometry import Calibration

A, B, NAN = ["0.15", "0.16"], ["0.2", "0.21"], ["0", "0"]
PROJECTION, DETECTOR, NONE = Calibration.PROJECTION, Calibration.DETECTOR, Calibration.NONE

# Pixel Spacing, Imager Pixel Spacing, calibration, (between rows, between columns)
TABLE = [
    (None, None, NONE, (1.0, 1.0)),
    (A, None, PROJECTION, (0.15, 0.16)),
    (None, B, DETECTOR, (0.2, 0.21)),
    (A, B, PROJECTION, (0.15, 0.16)),
    (B, B, DETECTOR, (0.2, 0.21)),
    (NAN, None, NONE, (1.0, 1.0)),
    (None, NAN, NONE, (1.0, 1.0)),
    (NAN, B, DETECTOR, (0.2, 0.21)),
    (A, NAN, PROJECTION, (0.15, 0.16)),
    (NAN, NAN, NONE, (1.0, 1.0)),
]


@pytest.mark.parametrize("modality", ["CR", "DX", "MG", "XA", "RF"])
@pytest.mark.parametrize(("spacing", "imager", "calibration", "used"), TABLE)
def test_the_table_of_spacings(modality: str, spacing: Any, imager: Any, calibration: Calibration, used: Any) -> None:
    values: dict[str, Any] = {"Modality": modality, "PixelSpacing": spacing, "ImagerPixelSpacing": imager}
    found = frame(image(**values, ImagePositionPatient=None, ImageOrientationPatient=None))
    assert (found.plane.calibration, found.plane.spacing) == (calibration, used)
    assert found.plane.unit == ("px" if calibration is NONE else "mm")
    assert not found.plane.located
    assert bool(found.doubts) is (calibration is not PROJECTION or spacing is NAN)
    assert any("detector" in doubt for doubt in found.doubts) is (calibration is DETECTOR)
