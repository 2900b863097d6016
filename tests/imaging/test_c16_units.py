"""C16: the unit of modality values is proven by the file, or missing; what it means is said."""

from __future__ import annotations

from typing import Any

import pytest
from pydicom import Dataset

from tests.imaging.luts import lut_item
from tests.made import frame, image

CT: dict[str, Any] = {"RescaleType": None}
LOCALIZER = ["ORIGINAL", "PRIMARY", "LOCALIZER"]


@pytest.mark.parametrize(
    ("values", "unit"),
    [
        (CT, "HU"),
        ({**CT, "ImageType": ["DERIVED", "SECONDARY", "MPR"]}, "HU"),
        ({**CT, "ImageType": LOCALIZER}, ""),
        ({"RescaleType": "HU", "ImageType": LOCALIZER}, "HU"),
        ({**CT, "MultienergyCTAcquisition": "YES"}, ""),
        ({**CT, "MultienergyCTAcquisition": "NO"}, "HU"),
        ({"MultienergyCTAcquisition": "YES", "RescaleType": "Z_EFF"}, "Z eff"),
        ({"MultienergyCTAcquisition": "YES", "RescaleType": "HU_MOD"}, "HU"),
        ({"Modality": "CR", "RescaleType": None}, ""),
        ({"Modality": "CR", "RescaleType": "OD"}, "mOD"),
        ({"Modality": "CR", "RescaleType": "OD REL"}, ""),
        ({"Modality": "MR", "RescaleType": "normalized"}, ""),
        ({"Modality": "OT", "RescaleType": None}, ""),
    ],
)
def test_the_unit(values: dict[str, Any], unit: str) -> None:
    assert frame(image(**values)).rescale.unit == unit


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({}, False),
        ({"SeriesDescription": "kV CBCT"}, True),
        ({"ManufacturerModelName": "Cone Beam Unit"}, True),
        ({"ImageType": ["ORIGINAL", "PRIMARY", "AXIAL", "CBCT"]}, True),
        ({"SeriesDescription": "CBCT", "RescaleType": "US"}, False),
    ],
)
def test_hu_of_a_cone_beam_carry_a_warning(values: dict[str, Any], told: bool) -> None:
    assert any("Cone beam" in doubt for doubt in frame(image(**values)).doubts) is told


def mapping(meaning: str, code: str = "mm2/s") -> Dataset:
    unit = Dataset()
    unit.CodeValue, unit.CodingSchemeDesignator, unit.CodeMeaning = code, "UCUM", meaning
    item = Dataset()
    item.LUTLabel, item.MeasurementUnitsCodeSequence = "ADC", [unit]
    return item


def test_a_real_world_value_mapping_is_told_and_not_applied() -> None:
    plain = frame(image(Modality="MR", RescaleType="US"))
    found = frame(image(Modality="MR", RescaleType="US", RealWorldValueMappingSequence=[mapping("mm²/s")]))
    (note,) = found.notes
    assert "ADC in mm²/s" in note
    assert "without a unit" in note
    assert found.rescale == plain.rescale
    assert found.doubts == plain.doubts


@pytest.mark.parametrize("unit", ["no units", "HU"])
def test_a_mapping_that_adds_nothing_is_not_told(unit: str) -> None:
    assert frame(image(RealWorldValueMappingSequence=[mapping(unit)])).notes == ()


def test_a_voi_lut_of_a_functional_group_is_the_frames_own() -> None:
    shared, voi = Dataset(), Dataset()
    voi.VOILUTSequence = [lut_item([0, 255], 0, 8, name="Perfusion")]
    shared.FrameVOILUTSequence = [voi]
    made = image(SharedFunctionalGroupsSequence=[shared], WindowCenter="1", WindowWidth="2")
    (window,) = frame(made).windows
    assert (window.explanation, window.function) == ("Perfusion", "LUT")
