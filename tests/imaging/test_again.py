"""A header that comes a second time is parsed again wherever it differs in anything that is measured with."""

from __future__ import annotations

import io
from typing import Any

import pytest
from pydicom import Dataset, dcmwrite
from pydicom.sequence import Sequence
from pydicom.uid import UID, ExplicitVRBigEndian, ExplicitVRLittleEndian, ImplicitVRLittleEndian

from tests.imaging.test_c36_suv import pet
from tests.made import image
from viewer_app.imaging.headers import Instance
from viewer_app.imaging.reading import again, private, tags
from viewer_app.imaging.reading.again import Parsed, parse_first
from viewer_app.imaging.reading.frames import _FrameReader
from viewer_app.imaging.reading.groups import Groups
from viewer_app.imaging.reading.parse import _pixels, parse_instance
from viewer_app.imaging.reading.recall import _copy, _Recorder, elements
from viewer_app.progress import Watch
from viewer_app.sources.elements import walk
from viewer_app.sources.header import _WANTED
from viewer_app.sources.orthanc.tags import dataset_of

SIZE = 2000


def made(**values: Any) -> Any:
    """A slice with all that is compared."""
    held: dict[str, Any] = {
        "SpecificCharacterSet": "ISO_IR 100",
        "PixelSpacing": [0.5, 0.5],
        "WindowCenter": 40,
        "WindowWidth": 400,
        "WindowCenterWidthExplanation": "SOFT",
        "PixelPaddingValue": 4000,
        "PatientID": "P-1",
        "RescaleSlope": 1,
        "RescaleIntercept": -1024,
    }
    return image(**held | values)


def header(dataset: Dataset, syntax: UID = ExplicitVRLittleEndian) -> Dataset:
    """As a file has it."""
    dataset.file_meta.TransferSyntaxUID = syntax
    stream = io.BytesIO()
    dcmwrite(stream, dataset, enforce_file_format=True)
    stream.seek(0)
    return walk(stream, _WANTED, Watch()).dataset


def first(dataset: Dataset) -> Parsed:
    return parse_first(header(dataset), locator="", size_bytes=SIZE)


def measured_with(one: Instance) -> tuple[object, ...]:
    return one.sop_instance_uid, one.study.study_uid, one.patient.patient_id, one.pixel_format, one.frames, one.padding


@pytest.mark.parametrize("syntax", [ExplicitVRLittleEndian, ImplicitVRLittleEndian])
def test_the_same_header_is_not_parsed_again(syntax: UID) -> None:
    before = first(made(PixelPaddingValue=None))
    found = before.parse(header(made(PixelPaddingValue=None), syntax), locator="here", size_bytes=SIZE)
    assert found.frames is before.instance.frames
    assert (found.locator, found.transfer_syntax_uid) == ("here", syntax)


CHANGED: dict[str, Any] = {
    "RescaleSlope": 2,
    "RescaleIntercept": -1000,
    "RescaleType": "OD",
    "PixelSpacing": [0.5, 0.25],
    "ImagePositionPatient": [0, 0, 7],
    "ImageOrientationPatient": [0, 1, 0, 1, 0, 0],
    "FrameOfReferenceUID": "2.25.2",
    "PatientID": "P-2",
    "SOPInstanceUID": "2.25.3",
    "StudyInstanceUID": "2.25.4",
    "Rows": 5,
    "BitsStored": 11,
    "HighBit": 14,
    "PixelRepresentation": 1,
    "PhotometricInterpretation": "MONOCHROME1",
    "NumberOfFrames": 2,
    "PixelPaddingValue": 4001,
    "PixelPaddingRangeLimit": 4010,
    "WindowCenter": 41,
    "WindowWidth": 300,
    "WindowCenterWidthExplanation": "LUNG",
    "VOILUTFunction": "SIGMOID",
    "ImageType": ["ORIGINAL", "PRIMARY", "LOCALIZER"],
    "SeriesDescription": "CBCT of the jaw",
    "ShutterShape": "RECTANGULAR",
    "PixelSpacingCalibrationType": "FIDUCIAL",
    "Modality": "DX",
}
MORE: dict[str, dict[str, Any]] = {
    "ShutterShape": {
        "ShutterLeftVerticalEdge": 1,
        "ShutterRightVerticalEdge": 3,
        "ShutterUpperHorizontalEdge": 1,
        "ShutterLowerHorizontalEdge": 3,
    },
    "ImageType": {"RescaleType": None},
    "Modality": {"RescaleType": None},
    "PixelSpacingCalibrationType": {"ImagePositionPatient": None, "Modality": "DX"},
}


@pytest.mark.parametrize("is_there", [True, False])
@pytest.mark.parametrize("syntax", [ExplicitVRLittleEndian, ImplicitVRLittleEndian, ExplicitVRBigEndian])
@pytest.mark.parametrize("name", CHANGED)
def test_what_differs_is_parsed(name: str, syntax: UID, is_there: bool) -> None:
    """Another value, and one where there was none before."""
    others = MORE.get(name, {})
    absent = {} if is_there or name in KEY else {name: None}
    before = first(made(**others | absent))
    changed = made(**others | {name: CHANGED[name]})
    found = before.parse(header(changed, syntax), locator="", size_bytes=SIZE)
    expected = parse_instance(header(changed, syntax), locator="", size_bytes=SIZE)
    assert measured_with(found) == measured_with(expected)
    assert measured_with(found) != measured_with(before.instance)


# Without these there is no image to compare with.
KEY = {"SOPInstanceUID", "Rows", "BitsStored", "PixelRepresentation", "Modality", "StudyInstanceUID"}


def item() -> Sequence:
    """A code, a segment, a private value ..."""
    inner = Dataset()
    inner.CodeMeaning = inner.SegmentLabel = "another"
    return Sequence([inner])


def other_texts() -> dict[str, Any]:
    names = [name for name in again._TOLD if name not in ("PatientName", "SegmentSequence")]
    return {name: item() if name.endswith("Sequence") else "ANOTHER" for name in names} | {"PatientName": "Other^One"}


@pytest.mark.parametrize("modality", ["CT", "MR", "US", "DX", "MG", "NM", "OT"])
def test_what_is_not_compared_is_not_measured_with(modality: str) -> None:
    before = first(made(Modality=modality))
    changed = made(Modality=modality, **other_texts())
    for element in (private.SIEMENS_B_VALUE, private.PHILIPS_SUV_SCALE, private.GE_SCAN_START, private.GE_B_VALUE):
        changed.add_new(element.tags[0], "LO", element.creator)
        changed.add_new(element.places[0], "UN", b"7 ")
    changed.add_new(private.SIEMENS_CSA_IMAGE_HEADER.tags[0], "LO", private.SIEMENS_CSA_IMAGE_HEADER.creator)
    changed.add_new(private.SIEMENS_CSA_IMAGE_HEADER.places[0], "OB", bytes(64))
    assert measured_with(parse_instance(header(changed), locator="", size_bytes=SIZE)) == measured_with(before.instance)
    assert before.parse(header(changed), locator="", size_bytes=SIZE).frames is before.instance.frames


@pytest.mark.parametrize("modality", ["CT", "MR", "US", "DX", "MG", "NM", "OT", "PT"])
def test_frames_do_not_even_ask_for_it(modality: str) -> None:
    dataset = header(made(Modality=modality, **other_texts()))
    asked = _Recorder(elements(dataset))
    recorded = _copy(dataset, asked)
    pixels, _ = _pixels(recorded)
    assert pixels is not None
    _FrameReader(Groups(recorded), modality, pixels).frame(1)
    assert tags.tag("PixelSpacing") in asked.questions
    assert not asked.questions.keys() & set(map(tags.tag, again._TOLD))


def test_what_decides_and_cannot_be_compared_is_always_parsed() -> None:
    assert first(pet()).known is None
    assert first(made(ImageType=["ORIGINAL", "PRIMARY", "M", "MOSAIC"])).known is None
    listed = dataset_of({"0008,0018": "2.25.1", "5200,9229": [{"0028,9110": [{"0028,0030": "1\\1"}]}]})
    assert parse_first(listed, locator="", size_bytes=SIZE).known is None


@pytest.mark.parametrize(
    ("character_set", "text"), [("ISO_IR 100", "Schädel"), ("ISO_IR 192", "Schädel"), ("ISO_IR 13", "SOFT")]
)
def test_texts_that_depend_on_the_character_set_are_parsed(character_set: str, text: str) -> None:
    def one() -> Any:
        return made(SpecificCharacterSet=character_set, WindowCenterWidthExplanation=text)

    before = first(one())
    found = before.parse(header(one()), locator="", size_bytes=SIZE)
    assert found.frames == before.instance.frames
    assert found.frames is not before.instance.frames


def test_a_file_of_another_length_is_parsed() -> None:
    before = first(made())
    assert before.parse(header(made()), locator="", size_bytes=SIZE + 2).frames is not before.instance.frames


def test_little_is_remembered() -> None:
    known = first(made(PatientName="A^B", ImageComments="long " * 500)).known
    assert known is not None
    assert not known.keys() & again._UNCOMPARED
    assert tags.tag("ImagePositionPatient") in known
