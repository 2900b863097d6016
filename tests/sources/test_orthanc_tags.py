"""Orthanc's JSON of a header back to what the file says."""

from __future__ import annotations

import pytest
from pydicom import DataElement

from viewer_app.sources.orthanc.tags import dataset_of


def test_decimal_strings_keep_their_digits() -> None:
    dataset = dataset_of({"0020,0032": "-66.008080743032\\1e-05\\+0.10"})
    assert [str(part) for part in dataset.ImagePositionPatient] == ["-66.008080743032", "1e-05", "+0.10"]


@pytest.mark.parametrize(
    ("text", "number"),
    [("512", 512), ("63536", 63536), ("-2000", -2000), ("-99999", "-99999"), ("", None)],
)
def test_binary_numbers_of_either_sign(text: str, number: object) -> None:
    assert dataset_of({"0028,0120": text}).PixelPaddingValue == number


def test_sequences_nest() -> None:
    header = {"5200,9229": [{"0028,9110": [{"0028,0030": "0.5\\0.25", "0028,0002": "1"}]}]}
    measures = dataset_of(header).SharedFunctionalGroupsSequence[0].PixelMeasuresSequence[0]
    assert list(measures.PixelSpacing) == [0.5, 0.25]


def test_only_what_a_header_needs_is_taken() -> None:
    dataset = dataset_of({"0010,0010": "Müller^Zoë", "0029,1010": None, "0008,0081": "somewhere"}, "1.2.840.10008.1.2")
    assert str(dataset.PatientName) == "Müller^Zoë"
    assert [type(element) for element in dataset] == [DataElement]
    assert dataset.file_meta.TransferSyntaxUID == "1.2.840.10008.1.2"


@pytest.mark.parametrize("character_set", ["ISO_IR 13", "ISO 2022 IR 13\\ISO 2022 IR 87"])
def test_the_yen_sign_of_japanese_files_separates_values(character_set: str) -> None:
    header = {"0008,0005": character_set, "0028,0030": "0.5\u00a50.25", "0020,0032": "-1.5\u00a52\u00a53e1"}
    dataset = dataset_of(header)
    assert list(dataset.PixelSpacing) == [0.5, 0.25]
    assert list(dataset.ImagePositionPatient) == [-1.5, 2, 30]


def test_a_yen_sign_elsewhere_is_a_yen_sign() -> None:
    assert dataset_of({"0008,0005": "ISO_IR 192", "0008,103E": "100 \u00a5"}).SeriesDescription == "100 \u00a5"


def test_a_pointer_to_an_attribute() -> None:
    assert dataset_of({"0028,0009": "0018,1063"}).FrameIncrementPointer == 0x00181063
    assert dataset_of({"0028,0009": "0054,0010\\0054,0020"}).FrameIncrementPointer == [0x00540010, 0x00540020]
    assert dataset_of({"0028,0009": "rubbish"}).FrameIncrementPointer == "rubbish"
