"""Results of a header are shared between headers that answer alike, and between no others."""

from __future__ import annotations

from pydicom import Dataset
from pydicom.dataelem import RawDataElement
from pydicom.tag import Tag

from viewer_app.imaging.reading import tags
from viewer_app.imaging.reading.groups import Groups, recalled_when_classic
from viewer_app.imaging.reading.recall import recalled


def raw(**values: bytes) -> Dataset:
    """A data set as it comes from a file in implicit VR."""
    dataset = Dataset(
        {Tag(name): RawDataElement(Tag(name), None, len(v), v, 0, True, True) for name, v in values.items()}
    )
    dataset.set_original_encoding(True, True, "iso8859")
    return dataset


class Size:
    """Rows, and Columns where there is a Patient ID; `calls` counts how often it was found out."""

    def __init__(self) -> None:
        self.calls = 0
        self.of = recalled(self._of)

    def _of(self, dataset: Dataset, unit: str) -> tuple[str, ...]:
        self.calls += 1
        columns = tags.text(dataset, "Columns") if "PatientID" in dataset else "-"
        return tags.text(dataset, "Rows"), columns, unit


def test_what_was_not_asked_for_makes_no_difference() -> None:
    size = Size()
    first = size.of(raw(Rows=b"\x10\0", PatientID=b"A ", Columns=b"\x20\0", SOPInstanceUID=b"1.2"), "px")
    again = size.of(raw(Rows=b"\x10\0", PatientID=b"A ", Columns=b"\x20\0", SOPInstanceUID=b"1.3"), "px")
    assert first == ("16", "32", "px")
    assert again is first
    assert size.calls == 1


def test_every_answer_makes_a_difference() -> None:
    size = Size()
    asked = [
        size.of(raw(Rows=b"\x10\0", PatientID=b"A ", Columns=b"\x20\0"), "px"),
        size.of(raw(Rows=b"\x10\0", PatientID=b"A ", Columns=b"\x21\0"), "px"),
        size.of(raw(Rows=b"\x10\0", Columns=b"\x20\0"), "px"),
        size.of(raw(Columns=b"\x20\0"), "px"),
        size.of(raw(Rows=b"\x10\0", PatientID=b"A ", Columns=b"\x20\0"), "mm"),
    ]
    expected = [("16", "32", "px"), ("16", "33", "px"), ("16", "-", "px"), ("", "-", "px"), ("16", "32", "mm")]
    assert asked == expected
    assert size.calls == 5


def test_the_character_set_is_part_of_the_answer() -> None:
    name = recalled(lambda dataset: tags.text(dataset, "PatientName"))
    latin, cyrillic = raw(PatientName=b"\xe4"), raw(PatientName=b"\xe4")
    cyrillic.set_original_encoding(True, True, ["iso8859_5"])
    assert (name(latin), name(cyrillic)) == ("ä", "ф")


def test_who_looks_at_everything_is_asked_again() -> None:
    calls = []

    @recalled
    def count(dataset: Dataset, /) -> int:
        calls.append(1)
        return len(list(dataset))

    assert (count(raw(Rows=b"\x10\0")), count(raw(Rows=b"\x10\0", Columns=b"\x10\0"))) == (1, 2)
    assert len(calls) == 2


def test_a_written_data_set_is_answered_but_not_remembered() -> None:
    size = Size()
    dataset = Dataset()
    dataset.Rows = 16
    assert size.of(dataset, "px") == ("16", "-", "px")
    dataset.Rows = 17
    assert size.of(dataset, "px") == ("17", "-", "px")


def test_the_header_stays_as_it_was() -> None:
    dataset = raw(PixelPaddingValue=b"\x30\xf8", PixelRepresentation=b"\x01\0")
    padding = recalled(lambda header: tags.number(header, "PixelPaddingValue"))
    assert padding(dataset) == -2000
    assert isinstance(dataset.get_item("PixelPaddingValue"), RawDataElement)
    unsigned = raw(PixelPaddingValue=b"\x30\xf8", PixelRepresentation=b"\0\0")
    assert padding(unsigned) == 65536 - 2000


def test_frames_with_functional_groups_are_not_mixed_up() -> None:
    spacing = recalled_when_classic(
        lambda groups, number: tags.text(groups.holder(number, "PixelMeasuresSequence"), "PixelSpacing")
    )
    enhanced = Dataset()
    enhanced.PerFrameFunctionalGroupsSequence = [Dataset(), Dataset()]
    for number, item in enumerate(enhanced.PerFrameFunctionalGroupsSequence, start=1):
        item.PixelMeasuresSequence = [Dataset()]
        item.PixelMeasuresSequence[0].PixelSpacing = [number, number]
    groups = Groups(enhanced)
    assert [spacing(groups, 1), spacing(groups, 2)] == ["1.0\\1.0", "2.0\\2.0"]
    assert spacing(Groups(raw(PixelSpacing=b"3\\3 ")), 1) == "3\\3"
