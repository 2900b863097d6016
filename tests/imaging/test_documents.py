"""The PDF inside an object (PS3.3 C.24.2), and what objects are called."""

from __future__ import annotations

import io
from typing import Any

import pydicom
import pytest
from pydicom import Dataset
from pydicom.uid import (
    CTImageStorage,
    EncapsulatedCDAStorage,
    EncapsulatedPDFStorage,
    GrayscaleSoftcopyPresentationStateStorage,
    KeyObjectSelectionDocumentStorage,
    RTStructureSetStorage,
    SegmentationStorage,
    TwelveLeadECGWaveformStorage,
    XRayRadiationDoseSRStorage,
)

from tests.cases import case
from tests.imaging.documents import PDF, as_file, code, made, pdf_object
from viewer_app.errors import Unreadable
from viewer_app.imaging.documents import (
    Opens,
    object_title,
    opens_as,
    write_pdf,
)
from viewer_app.imaging.headers import Instance
from viewer_app.imaging.objects import family_name
from viewer_app.imaging.reading.parse import OBJECT_TITLE, parse_instance
from viewer_app.progress import Watch

# -- documents ----------------------------------------------------------------------------------------


def unpacked(dataset: Dataset) -> bytes:
    target = io.BytesIO()
    write_pdf(io.BytesIO(as_file(dataset)), target, Watch())
    return target.getvalue()


@pytest.mark.parametrize("content", [PDF, PDF + b"\n"], ids=["odd", "even"])
@pytest.mark.parametrize("told", [True, False], ids=["length told", "length not told"])
def test_the_pdf_comes_out_byte_for_byte(content: bytes, told: bool) -> None:
    assert {len(PDF) % 2, len(PDF + b"\n") % 2} == {0, 1}
    assert unpacked(pdf_object(content, EncapsulatedDocumentLength=len(content) if told else None)) == content


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"MIMETypeOfEncapsulatedDocument": "application/x-msdownload"}, "no PDF but application/x-msdownload"),
        ({"EncapsulatedDocument": b"MZ\x90\x00 no pdf"}, "is no PDF, though"),
        ({"EncapsulatedDocument": b""}, "holds no document"),
        ({"EncapsulatedDocument": None}, "holds no document"),
        ({"EncapsulatedDocument": b"\n%PDF-1.4"}, "is no PDF, though"),
    ],
)
def test_nothing_but_a_pdf_comes_out(values: dict[str, Any], words: str) -> None:
    with pytest.raises(Unreadable, match=words):
        unpacked(pdf_object(**values))


def test_a_pdf_that_is_cut_short_is_refused() -> None:
    data = as_file(pdf_object())
    with pytest.raises(Unreadable, match="cut short"):
        write_pdf(io.BytesIO(data[: data.index(PDF) + 20]), io.BytesIO(), Watch())


# -- names --------------------------------------------------------------------------------------------


def instance(sop_class: str, **values: Any) -> Instance:
    return parse_instance(made(sop_class, **values), locator="")


KINDS = {
    CTImageStorage: ("CT Image", Opens.TAGS),
    SegmentationStorage: ("Segmentation", Opens.TAGS),
    RTStructureSetStorage: ("Radiotherapy structure set", Opens.TAGS),
    GrayscaleSoftcopyPresentationStateStorage: ("Presentation state", Opens.TAGS),
    TwelveLeadECGWaveformStorage: ("Waveform", Opens.TAGS),
    KeyObjectSelectionDocumentStorage: ("Key object selection", Opens.TEXT),
    XRayRadiationDoseSRStorage: ("Structured report", Opens.TEXT),
    EncapsulatedPDFStorage: ("Document (PDF)", Opens.PDF),
    EncapsulatedCDAStorage: ("Document (CDA)", Opens.TAGS),
    "1.2.3": ("Object of an unknown kind", Opens.TAGS),
}


@pytest.mark.parametrize("sop_class", KINDS)
def test_objects_are_called_what_they_are(sop_class: str) -> None:
    found = instance(sop_class)
    assert (family_name(found), opens_as(found)) == KINDS[sop_class]


def segments(*labels: str) -> list[Dataset]:
    found = [Dataset() for _ in labels]
    for segment, label in zip(found, labels, strict=True):
        segment.SegmentLabel = label
    return found


@pytest.mark.parametrize(
    ("sop_class", "values", "title"),
    [
        (SegmentationStorage, {"SegmentSequence": segments("Liver")}, "Liver"),
        (SegmentationStorage, {"SegmentSequence": segments("A", "B", "C", "D", "E")}, "A, B, C and 2 more"),
        (RTStructureSetStorage, {"StructureSetLabel": "Plan 1"}, "Plan 1"),
        (GrayscaleSoftcopyPresentationStateStorage, {"ContentLabel": "LUNG"}, "LUNG"),
        (XRayRadiationDoseSRStorage, {"ConceptNameCodeSequence": code("Dose Report")}, "Dose Report"),
        (EncapsulatedPDFStorage, {"DocumentTitle": "Letter", "ConceptNameCodeSequence": code("Note")}, "Letter"),
        (CTImageStorage, {"ContentLabel": "LUNG"}, ""),
        (RTStructureSetStorage, {}, ""),
    ],
)
def test_objects_have_the_title_they_give_themselves(sop_class: str, values: dict[str, Any], title: str) -> None:
    assert object_title(made(sop_class, **values)) == title
    assert instance(sop_class, **values).details.get(OBJECT_TITLE, "") == title


@pytest.mark.real_data
@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("seg-sr-dcmqi/segmentations/liver.dcm", "Liver"),
        ("rt-dicompyler/rtss.dcm", "CT_1"),
        ("rt-dicompyler/rtplan.dcm", "B1"),
        ("seg-sr-highdicom/sr_document.dcm", "Imaging Measurement Report"),
    ],
)
def test_real_objects_have_their_titles(name: str, title: str) -> None:
    assert object_title(pydicom.dcmread(case(name), stop_before_pixels=True)) == title
