"""Structured reports as text (PS3.3 C.17)."""

from __future__ import annotations

import io
import random
import warnings

import pytest
from pydicom import Dataset
from pydicom.uid import (
    KeyObjectSelectionDocumentStorage,
)

from tests.cases import case
from tests.imaging.documents import as_file, code, item, measured, reference, report_object
from viewer_app.imaging.documents import (
    LineKind,
    StructuredReport,
    read_report,
)
from viewer_app.progress import Watch

NAMES = {"2.25.100": "CT #2 Chest, instance 12"}


def report(dataset: Dataset) -> StructuredReport:
    return read_report(io.BytesIO(as_file(dataset)), Watch(), NAMES)


def lines(*content: Dataset) -> list[str]:
    """What the content says, indented."""
    return [line.as_text() for line in report(report_object(*content)).lines]


def test_every_kind_of_value_is_told() -> None:
    assert lines(
        item("TEXT", "Finding", TextValue="A mass.\nNo effusion."),
        item("CODE", "Laterality", ConceptCodeSequence=code("Left")),
        item("DATE", "Day", Date="20260112"),
        item("TIME", "Hour", Time="140509"),
        item("DATETIME", "Moment", DateTime="20260112140509.25+0100"),
        item("PNAME", "Reader", PersonName="Roe^Richard^^Dr."),
        item("UIDREF", "Tracking", UID="2.25.9"),
        item("IMAGE", "Source", ReferencedSOPSequence=reference("2.25.100", ReferencedFrameNumber=[5, 7])),
        item("COMPOSITE", "Other", ReferencedSOPSequence=reference("2.25.101", ReferencedSegmentNumber=2)),
        item("SCOORD", "Outline", GraphicType="POLYLINE", GraphicData=[1.0, 2.0, 3.0, 4.0, 1.0, 2.0]),
        item("SCOORD3D", "Place", GraphicType="POINT", GraphicData=[1.0, 2.0, 3.0]),
        item("TCOORD", "When", TemporalRangeType="SEGMENT"),
        item("TABLE", "Grid"),
    ) == [
        "Finding: A mass.\n  No effusion.",
        "Laterality: Left",
        "Day: 2026-01-12",
        "Hour: 14:05:09",
        "Moment: 2026-01-12 14:05:09 +0100",
        "Reader: Roe, Richard Dr.",
        "Tracking: 2.25.9",
        "Source: CT #2 Chest, instance 12, frames 5, 7",
        "Other: CT Image that is not opened here, segment 2",
        "Outline: polyline, 3 points",
        "Place: point, 1 point in the patient",
        "When: segment",
        "Grid: TABLE item, not shown; see its tags",
    ]


def test_numbers_have_their_units_and_reasons() -> None:
    qualified = item("NUM", "Volume", NumericValueQualifierCodeSequence=code("Value out of range"))
    qualified.MeasuredValueSequence = []
    assert lines(
        measured("Diameter", "12.50", "mm", "millimeter"),
        measured("Area", "3", "mm2", "square millimeter"),
        measured("Mean", "-100", "[hnsf'U]", "Hounsfield unit"),
        measured("Uptake", "6.01529", "{SUVbw}g/ml", "Standardized Uptake Value body weight"),
        measured("Count", "4", "1", "no units"),
        measured("Own", "4", "mm", "my unit", scheme="99TEST"),
        qualified,
    ) == [
        "Diameter: 12.50\u2009mm",
        "Area: 3\u2009mm²",
        "Mean: -100\u2009HU",
        "Uptake: 6.01529\u2009Standardized Uptake Value body weight",
        "Count: 4",
        "Own: 4\u2009my unit",
        "Volume: no value · Value out of range",
    ]


def test_the_tree_is_told_by_depth_with_what_a_value_comes_from() -> None:
    image = item("IMAGE", "Source", relationship="SELECTED FROM", ReferencedSOPSequence=reference("2.25.100"))
    outline = item("SCOORD", "", image, relationship="INFERRED FROM", GraphicType="CIRCLE", GraphicData=[1.0] * 4)
    by_reference = Dataset()
    by_reference.RelationshipType, by_reference.ReferencedContentItemIdentifier = "INFERRED FROM", [1, 1, 1]
    nowhere = Dataset()
    nowhere.RelationshipType, nowhere.ReferencedContentItemIdentifier = "INFERRED FROM", [1, 9]
    found = report(
        report_object(
            item("CONTAINER", "Lesion", measured("Diameter", "12", "mm", "millimeter", outline)),
            item("CODE", "Site", by_reference, nowhere, ConceptCodeSequence=code("Lung")),
        )
    )
    assert [line.as_text() for line in found.lines] == [
        "Lesion",
        "  Diameter: 12\u2009mm",
        "    Inferred from: circle, 2 points",
        "      Source (selected from): CT #2 Chest, instance 12",
        "Site: Lung",
        "  Inferred from: see item 1.1.1, Diameter",
        "  Inferred from: item 1.9, which is not there",
    ]
    assert found.lines[0].kind is LineKind.HEADING


def test_absent_images_in_a_row_are_told_once() -> None:
    images = [item("IMAGE", "", ReferencedSOPSequence=reference(f"2.25.{200 + n}")) for n in range(299)]
    assert lines(*images) == ["CT Image that is not opened here (299 times)"]


def test_the_head_says_who_when_and_how_far_to_trust_it() -> None:
    found = report(report_object(PreliminaryFlag="PRELIMINARY", CompletionFlag="PARTIAL"))
    assert found.title == "Measurement Report"
    assert [line.as_text() for line in found.head] == [
        "Patient: Doe, Jane",
        "ID: 4711",
        "Born: 1961-05-12",
        "Study: 2026-01-12",
        "Written: 2026-01-12 14:05:09",
        "Completion: partial: not all of it is written",
        "State: preliminary: a later version may differ",
        "Verification: not verified by a person",
    ]
    assert [line.kind for line in found.head[-3:]] == [LineKind.WARNING] * 3


def test_who_verified_it_is_named_and_hidden_with_the_patient() -> None:
    observer = Dataset()
    observer.VerifyingObserverName, observer.VerifyingOrganization = "Roe^Richard", "St. Elsewhere"
    observer.VerificationDateTime = "20260112150000"
    found = report(
        report_object(
            item("PNAME", "Reader", PersonName="Roe^Richard"),
            VerificationFlag="VERIFIED",
            VerifyingObserverSequence=[observer],
        )
    )
    assert "Verified by: Roe, Richard · St. Elsewhere · 2026-01-12 15:00:00" in found.as_text()
    hidden = found.as_text(hidden=True)
    for word in ("Roe", "Doe", "4711", "1961", "Elsewhere"):
        assert word not in hidden
    assert "Reader: hidden" in hidden


def test_a_report_without_content_says_so() -> None:
    found = report(report_object())
    assert found.lines == ()
    assert "no content" in found.notes[0]


def test_a_key_object_selection_is_told_as_its_images() -> None:
    note = item("TEXT", "Key Object Description", TextValue="for the meeting")
    image = item("IMAGE", "", ReferencedSOPSequence=reference("2.25.100"))
    dataset = report_object(image, note, ConceptNameCodeSequence=code("For Conference"))
    dataset.SOPClassUID = KeyObjectSelectionDocumentStorage
    del dataset.CompletionFlag, dataset.VerificationFlag
    found = report(dataset)
    assert found.title == "For Conference"
    assert [line.as_text() for line in found.lines] == [
        "CT #2 Chest, instance 12",
        "Key Object Description: for the meeting",
    ]
    assert "verified" not in found.as_text()


def test_a_report_cut_short_tells_what_is_there_and_says_so() -> None:
    data = as_file(report_object(*(item("TEXT", f"Line {n}", TextValue="x" * 50) for n in range(20))))
    found = read_report(io.BytesIO(data[: len(data) // 2]), Watch(), {})
    assert 5 < len(found.lines) < 15
    assert "cut short" in found.notes[0]


def test_no_damage_makes_a_report_fail() -> None:
    data = as_file(
        report_object(item("CONTAINER", "A", measured("B", "1", "mm", "mm")), item("TEXT", "C", TextValue="d"))
    )
    chance = random.Random(7)
    for _ in range(300):
        damaged = bytearray(data)
        for _ in range(4):
            damaged[chance.randrange(132, len(damaged))] = chance.randrange(256)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            read_report(io.BytesIO(bytes(damaged)), Watch(), {}).as_text()


REPORTS = {
    "seg-sr-highdicom/sr_document.dcm": ("Imaging Measurement Report", "    Area of defined region: 1.7\u2009cm²"),
    "seg-sr-highdicom/sr_document_with_multiple_groups.dcm": (
        "Imaging Measurement Report",
        "    Diameter: 10.0\u2009mm",
    ),
    "odd-files-pydicom/test_files/reportsi.dcm": ("Document Title", "  Report Text: Enter text"),
    "odd-files-pydicom/test_files/test-SR.dcm": ("Diagnosis", "    Text Code: A mass of"),
    "syntax-one-ct/no-pixel-data.dcm": ("Consultation Report", "Observer Name: Packer, David M. M. D."),
}


@pytest.mark.real_data
@pytest.mark.parametrize("name", REPORTS)
def test_real_reports_are_told(name: str) -> None:
    title, line = REPORTS[name]
    with case(name).open("rb") as file:
        found = read_report(file, Watch(), {})
    assert found.title == title
    assert line in [told.as_text() for told in found.lines]
    assert found.notes == ()
    assert all(told.kind is not LineKind.WARNING for told in found.lines)


@pytest.mark.real_data
def test_the_published_numbers_of_a_real_report_are_told() -> None:
    """seg-sr-dcmqi: volume and SUV its authors publish."""
    with case("seg-sr-dcmqi/sr-example/sr.dcm").open("rb") as file:
        text = read_report(file, Watch(), {}).as_text()
    for number in ("33.5824", "6.01529", "2.91136", "10.3814", "9.45534"):
        assert number in text
