"""The tag browser's tree of hostile and damaged files: bounded in time and size, and never an error (H09, H10)."""

from __future__ import annotations

import io
import random
import struct
import time
import warnings
import zlib
from pathlib import Path

import pytest
from pydicom.uid import DeflatedExplicitVRLittleEndian

from tests.imaging.tag_files import SYNTAXES, data_set, file_of, told, tree_of, written
from viewer_app.imaging.tagtree import read_tags
from viewer_app.progress import Watch


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
