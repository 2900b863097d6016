"""Frames read straight into a slice: the numbers of `frame`, or nothing; marked headers are not parsed again."""

from __future__ import annotations

import io
import tracemalloc
from dataclasses import replace
from typing import Any, BinaryIO

import numpy as np
import pytest
from numpy.typing import NDArray
from pydicom.uid import ExplicitVRBigEndian, ExplicitVRLittleEndian, ImplicitVRLittleEndian

from tests.imaging.pixels.encoders import ENCODERS, J2K, RLE, SV1
from tests.imaging.pixels.records import compressed_file, pixel_format, ramp, stored_file
from viewer_app.errors import DamagedPixels
from viewer_app.imaging.headers import HeaderMark, Instance, PixelFormat
from viewer_app.imaging.pixels import FrameReader
from viewer_app.progress import Watch

GREY = [
    pixel_format(9, 13, bits_allocated=8),
    pixel_format(9, 13, bits_stored=12),
    pixel_format(9, 13, bits_stored=12, is_signed=True),
    pixel_format(9, 13, bits_allocated=32, is_signed=True),
    pixel_format(9, 13, bits_allocated=32, is_float=True),
]
COLOUR = pixel_format(9, 13, bits_allocated=8, samples_per_pixel=3, photometric_interpretation="RGB")
SYNTAXES = [ExplicitVRLittleEndian, ImplicitVRLittleEndian, ExplicitVRBigEndian]


def marked(file: BinaryIO, instance: Instance, tag: bytes = b"\xe0\x7f\x10\x00") -> Instance:
    """The record as a source makes it that keeps where the pixels begin."""
    size = file.read().index(tag)
    file.seek(0)
    return replace(instance, mark=HeaderMark(size, b""))


def filled(reader: FrameReader, number: int, shape: tuple[int, ...], kind: str) -> NDArray[Any]:
    target = np.full(shape, 77, kind)
    reader.read_into(number, target, Watch())
    return target


@pytest.mark.parametrize("syntax", SYNTAXES, ids=lambda syntax: syntax.keyword)
@pytest.mark.parametrize("pixels", GREY, ids=lambda item: f"{item.bits_stored}-{item.is_signed}-{item.is_float}")
def test_every_native_frame_is_what_frame_gives(pixels: PixelFormat, syntax: str) -> None:
    content = np.random.default_rng(3).bytes(2 * 9 * 13 * pixels.bits_allocated // 8)
    file, record = stored_file(pixels, content, syntax, frames=2)
    reader = FrameReader(file, record, Watch())
    for number in (2, 1):
        expected = reader.frame(number, Watch())
        np.testing.assert_array_equal(filled(reader, number, (9, 13), expected.dtype.str), expected)
        wider = filled(reader, number, (9, 13), "f8")
        np.testing.assert_array_equal(wider, expected.astype("f8"))


def test_colours_and_compressed_frames_too() -> None:
    content = np.random.default_rng(4).bytes(9 * 13 * 3)
    reader = FrameReader(*stored_file(COLOUR, content), Watch())
    np.testing.assert_array_equal(filled(reader, 1, (9, 13, 3), "u1"), reader.frame(1, Watch()))
    pixels, truth = pixel_format(40, 50), ramp((40, 50), "u2", 0, 0xFFFF)
    for syntax in (SV1, J2K, RLE):
        reader = FrameReader(*compressed_file(pixels, [ENCODERS[syntax](truth, pixels)], syntax), Watch())
        np.testing.assert_array_equal(filled(reader, 1, (40, 50), "u2"), truth)


def test_a_slice_of_another_shape_is_refused_untouched() -> None:
    reader = FrameReader(*stored_file(GREY[1], bytes(9 * 13 * 2)), Watch())
    target = np.full((13, 9), 7, np.uint16)
    with pytest.raises(DamagedPixels, match="unlike the others"):
        reader.read_into(1, target, Watch())
    assert (target == 7).all()


def test_nothing_is_copied_between_file_and_slice() -> None:
    pixels, target = pixel_format(1024, 1024), np.zeros((1024, 1024), np.uint16)
    reader = FrameReader(*stored_file(pixels, bytes(1 << 21)), Watch())
    tracemalloc.start()
    reader.read_into(1, target, Watch())
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 1 << 18


class Breaking(io.BytesIO):
    """A medium that is pulled out in the middle of the pixels."""

    def readinto(self, view: Any) -> int:
        if self.tell() > 4096:
            raise OSError("pulled out")
        return super().readinto(memoryview(view)[:4096])


def test_no_half_frame_is_left_behind() -> None:
    pixels = pixel_format(100, 100)
    file, record = stored_file(pixels, b"\x01" * 20_000)
    reader = FrameReader(Breaking(file.read()), record, Watch())
    target = np.zeros((100, 100), np.uint16)
    with pytest.raises(Exception, match="cannot be read to its end"):
        reader.read_into(1, target, Watch())
    assert not target.any()


@pytest.mark.parametrize("syntax", SYNTAXES, ids=lambda syntax: syntax.keyword)
def test_a_mark_gives_the_same_pixels(syntax: str) -> None:
    tag = b"\x7f\xe0\x00\x10" if syntax == ExplicitVRBigEndian else b"\xe0\x7f\x10\x00"
    file, record = stored_file(GREY[1], np.random.default_rng(5).bytes(9 * 13 * 2), syntax)
    expected = FrameReader(file, record, Watch()).frame(1, Watch())
    file.seek(0)
    known = marked(file, record, tag)
    np.testing.assert_array_equal(FrameReader(file, known, Watch()).frame(1, Watch()), expected)


def test_a_marked_header_is_not_parsed_again() -> None:
    file, record = stored_file(GREY[1], np.random.default_rng(6).bytes(9 * 13 * 2))
    known = marked(file, record)
    expected = FrameReader(file, record, Watch()).frame(1, Watch())
    assert known.mark is not None
    data = file.getvalue()  # type: ignore[attr-defined]  # records.py makes a BytesIO
    unreadable = io.BytesIO(b"\xff" * known.mark.size + data[known.mark.size :])
    np.testing.assert_array_equal(FrameReader(unreadable, known, Watch()).frame(1, Watch()), expected)


def test_a_mark_that_does_not_fit_is_not_believed() -> None:
    file, record = stored_file(GREY[1], np.random.default_rng(7).bytes(9 * 13 * 2))
    expected = FrameReader(file, record, Watch()).frame(1, Watch())
    for size in (0, 132, 10_000_000):
        file.seek(0)
        wrong = replace(record, mark=HeaderMark(size, b""))
        np.testing.assert_array_equal(FrameReader(file, wrong, Watch()).frame(1, Watch()), expected)


def test_a_palette_is_still_found_behind_a_mark() -> None:
    pixels = pixel_format(2, 2, bits_allocated=8, photometric_interpretation="PALETTE COLOR")
    tables: dict[str, Any] = {"PixelRepresentation": 0}
    for colour, table in (("Red", b"\0\x0a\x14\x1e"), ("Green", b"\x01\x0b\x15\x1f"), ("Blue", b"\x02\x0c\x16\x20")):
        tables[f"{colour}PaletteColorLookupTableDescriptor"] = [4, 0, 8]
        tables[f"{colour}PaletteColorLookupTableData"] = table
    file, record = stored_file(pixels, bytes([0, 1, 2, 3]), **tables)
    known = marked(file, record)
    rgb = filled(FrameReader(file, known, Watch()), 1, (2, 2, 3), "u1")
    assert rgb.tolist() == [[[0, 1, 2], [10, 11, 12]], [[20, 21, 22], [30, 31, 32]]]
