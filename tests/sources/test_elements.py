"""The walker over a header: pydicom's answer, or none (H08-H15)."""

from __future__ import annotations

import io
import struct
from functools import cache
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydicom import Dataset, dcmwrite
from pydicom.dataset import FileMetaDataset
from pydicom.sequence import Sequence
from pydicom.uid import UID, ExplicitVRBigEndian, ExplicitVRLittleEndian, ImplicitVRLittleEndian

from tests import cases
from tests.sources.series import ct_slice
from tests.sources.test_real_cases import FOUND
from viewer_app.errors import CaliperError, Unreadable
from viewer_app.imaging.reading import tags
from viewer_app.imaging.reading.parse import HEADER_TAGS, parse_instance
from viewer_app.imaging.reading.quiet import quiet_pydicom
from viewer_app.progress import Watch
from viewer_app.sources import header
from viewer_app.sources.elements import PIXEL_TAGS, Declined, Header, walk

SYNTAXES = (ExplicitVRLittleEndian, ImplicitVRLittleEndian, ExplicitVRBigEndian)
WANTED = header._WANTED


def told(dataset: Dataset) -> tuple[object, ...]:
    """All that is made of a header, to the last bit."""
    items = [[shown(item) for item in tags.items(dataset, name)] for name in HEADER_TAGS if name.endswith("Sequence")]
    texts = [tags.text(dataset, name) for name in HEADER_TAGS if not name.endswith("Sequence")]
    try:
        return repr(parse_instance(dataset, locator="")), texts, items
    except CaliperError as error:
        return str(error), texts, items


def shown(item: Dataset) -> str:
    try:
        return repr(item)
    except Exception as error:  # a damaged value, which pydicom converts now
        return type(error).__name__


def by_pydicom(content: bytes) -> tuple[object, ...]:
    try:
        with header.plain_header_errors():
            return told(header._read(io.BytesIO(content), HEADER_TAGS, Watch(), max(PIXEL_TAGS)))
    except CaliperError as error:
        return (type(error).__name__,)


def by_walking(content: bytes) -> Header | None:
    try:
        with quiet_pydicom:
            return walk(io.BytesIO(content), WANTED, Watch())
    except Declined:
        return None


def same_or_declined(content: bytes) -> bool:
    """False where the walker declines; fails where its answer is not pydicom's."""
    found = by_walking(content)
    if found is not None and not is_directory(found):
        with quiet_pydicom:
            assert told(found.dataset) == by_pydicom(content)
    return found is not None


def is_directory(found: Header) -> bool:
    return tags.text(found.dataset.file_meta, "MediaStorageSOPClassUID") == "1.2.840.10008.1.3.10"


def nested(depth: int, undefined: bool) -> Sequence:
    item = Dataset()
    item.WindowCenter, item.WindowWidth = "50", "350"
    if depth > 1:
        item.FrameVOILUTSequence = nested(depth - 1, undefined)
        item["FrameVOILUTSequence"].is_undefined_length = undefined
    item.is_undefined_length_sequence_item = undefined
    return Sequence([item, Dataset()])


def written(syntax: UID, *, undefined: bool = False, depth: int = 2, **values: Any) -> bytes:
    """A CT slice with sequences that are wanted and not, private elements and an icon, as a file."""
    dataset = ct_slice(3)
    dataset.file_meta = FileMetaDataset()
    dataset.file_meta.TransferSyntaxUID = syntax
    block = dataset.private_block(0x29, "CALIPER", create=True)
    block.add_new(0x10, "OB", bytes(300))
    for name in ("SharedFunctionalGroupsSequence", "ReferencedImageSequence"):
        setattr(dataset, name, nested(depth, undefined))
        dataset[name].is_undefined_length = undefined
    for name, value in values.items():
        setattr(dataset, name, value)
    stream = io.BytesIO()
    dcmwrite(stream, dataset, enforce_file_format=True)
    return stream.getvalue()


@cache
def examples() -> list[bytes]:
    return [written(syntax, undefined=undefined) for syntax in SYNTAXES for undefined in (False, True)]


@pytest.mark.parametrize("syntax", SYNTAXES)
@pytest.mark.parametrize("undefined", [False, True])
def test_a_sound_file_is_walked(syntax: UID, undefined: bool) -> None:
    content = written(syntax, undefined=undefined)
    assert same_or_declined(content)
    found = by_walking(content)
    assert found is not None
    assert found.before_pixels is not None
    place = len(found.before_pixels)
    assert struct.unpack_from(">HH" if syntax == ExplicitVRBigEndian else "<HH", content, place) == (0x7FE0, 0x0010)


def test_the_wanted_sequence_arrives() -> None:
    found = by_walking(written(ExplicitVRLittleEndian, undefined=True))
    assert found is not None
    first, second = tags.items(found.dataset, "SharedFunctionalGroupsSequence")
    assert (str(first.WindowCenter), len(first.FrameVOILUTSequence), len(second)) == ("50", 2, 0)


@pytest.mark.parametrize(("depth", "walked"), [(7, True), (9, False), (50, False)])
def test_deep_sequences_are_left_to_pydicom(depth: int, walked: bool) -> None:
    """H08; what is deeper than pydicom goes is told by it."""
    assert same_or_declined(written(ExplicitVRLittleEndian, undefined=True, depth=depth)) is walked


def test_two_million_empty_items_are_declined_soon() -> None:
    """H09: no item costs more than its eight bytes."""
    content = written(ExplicitVRLittleEndian)
    place = content.index(b"\x08\x00\x40\x11SQ")
    items = b"\x08\x00\x40\x11SQ\0\0\xff\xff\xff\xff" + b"\xfe\xff\x00\xe0\0\0\0\0" * 2_000_000
    assert by_walking(content[:place] + items) is None


def test_a_private_element_longer_than_the_file_is_not_read() -> None:
    """H10: refused or read without it, at once."""
    content = written(ExplicitVRLittleEndian)
    place = content.index(b"\x29\x00\x10\x10OB")
    huge = content[: place + 8] + b"\xfe\xff\xff\xff" + content[place + 12 :]
    assert by_walking(huge) is None
    with pytest.raises(Unreadable):
        header.read_header(io.BytesIO(huge[:150]), Watch(), locator="", size_bytes=0)


@pytest.mark.parametrize(
    "swap", [(b"\x10\x00\x20\x00LO", b"\x08\x00\x90\x00PN"), (b"\x28\x00\x10\x00US", b"\x28\x00\x11\x00US")]
)
def test_doubles_and_disorder_are_left_to_pydicom(swap: tuple[bytes, bytes]) -> None:
    """H14, H15."""
    content = written(ExplicitVRLittleEndian)
    old, new = swap
    assert old in content
    assert by_walking(content.replace(old, new)) is None


@pytest.mark.parametrize("number", range(len(examples())))
def test_every_truncation(number: int) -> None:
    """H04 for headers."""
    content = examples()[number]
    found = by_walking(content)
    assert found is not None
    assert found.before_pixels is not None
    for length in range(len(found.before_pixels)):
        same_or_declined(content[:length])


EDITS = st.lists(
    st.tuples(st.integers(132, 2400), st.sampled_from(["set", "cut", "put"]), st.binary(min_size=1, max_size=6)),
    min_size=1,
    max_size=4,
)


@settings(max_examples=400, deadline=None)
@given(st.integers(0, 5), EDITS)
def test_damage_is_declined_or_read_as_pydicom_does(number: int, edits: list[tuple[int, str, bytes]]) -> None:
    content = examples()[number]
    for place, kind, new in edits:
        gone = 0 if kind == "put" else len(new)
        content = content[:place] + (b"" if kind == "cut" else new) + content[place + gone :]
    same_or_declined(content)


# Cases of sound files, in which the walker has nothing to decline.
SOUND = ("ct-chest-lidc0314-part", "mr-brain-multiorient-siemens", "mr-enhanced-multiframe", "pt-headneck-seg")


@pytest.mark.real_data
@pytest.mark.parametrize("name", FOUND)
def test_every_real_file(name: str) -> None:
    declined = []
    for path in sorted(path for path in cases.case(name).rglob("*") if path.is_file()):
        content = path.read_bytes()
        if content[128:132] == b"DICM" and not same_or_declined(content):
            declined.append(path.name)
    assert not declined or name not in SOUND
