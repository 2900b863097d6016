"""Uncompressed pixels of every layout against arrays they were written from."""

from __future__ import annotations

import dataclasses
import io
import zlib
from typing import Any

import numpy as np
import pytest
from pydicom.uid import (
    DeflatedExplicitVRLittleEndian,
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
    generate_uid,
)

from tests.imaging.pixels.records import instance, only_frame, pixel_format, ramp, stored_file
from viewer_app.errors import Cancelled, DamagedPixels, ImageError, NotAnImage, Unreadable, UnsupportedPixels
from viewer_app.imaging.pixels import read_frame, read_frames
from viewer_app.progress import Watch

SYNTAXES = [ImplicitVRLittleEndian, ExplicitVRLittleEndian, ExplicitVRBigEndian, DeflatedExplicitVRLittleEndian]


@pytest.mark.parametrize("syntax", SYNTAXES)
@pytest.mark.parametrize("dtype", ["u1", "i1", "u2", "i2", "u4", "i4"])
def test_integers_of_every_size_and_byte_order(dtype: str, syntax: str) -> None:
    limits = np.iinfo(dtype)
    truth = ramp((5, 7), dtype, limits.min, limits.max)
    order = ">" if syntax == ExplicitVRBigEndian else "<"
    pixels = pixel_format(5, 7, bits_allocated=8 * truth.itemsize, is_signed=dtype[0] == "i")
    pad = b"\0" * (truth.nbytes % 2)
    values = only_frame(*stored_file(pixels, truth.astype(order + dtype).tobytes() + pad, syntax))
    assert values.dtype == np.dtype(dtype)
    np.testing.assert_array_equal(values, truth)


@pytest.mark.parametrize("dtype", ["f4", "f8"])
@pytest.mark.parametrize("syntax", SYNTAXES)
def test_floats_with_nan_and_infinity(dtype: str, syntax: str) -> None:
    truth = np.array([[1.5, np.nan, -np.inf], [np.inf, -0.1, 1e30]], dtype=dtype)
    order = ">" if syntax == ExplicitVRBigEndian else "<"
    pixels = pixel_format(2, 3, bits_allocated=8 * truth.itemsize, is_float=True)
    values = only_frame(*stored_file(pixels, truth.astype(order + dtype).tobytes(), syntax))
    assert values.dtype == truth.dtype
    np.testing.assert_array_equal(values, truth)


@pytest.mark.parametrize("is_signed", [False, True])
@pytest.mark.parametrize("bits_stored", [9, 12, 15])
@pytest.mark.parametrize("syntax", SYNTAXES)
def test_junk_above_the_stored_bits_changes_nothing(syntax: str, bits_stored: int, is_signed: bool) -> None:
    pixels = pixel_format(6, 5, bits_stored=bits_stored, is_signed=is_signed)
    low, high = pixels.stored_range
    truth = ramp((6, 5), "i2" if is_signed else "u2", low, high)
    junk = ramp((6, 5), "u2", 0, 0xFFFF) << bits_stored
    dirty = (truth.view("u2") & ((1 << bits_stored) - 1)) | junk
    order = ">" if syntax == ExplicitVRBigEndian else "<"
    np.testing.assert_array_equal(only_frame(*stored_file(pixels, dirty.astype(order + "u2").tobytes(), syntax)), truth)


@pytest.mark.parametrize("vr", ["OB", "OW"])
@pytest.mark.parametrize("planar", [0, 1])
@pytest.mark.parametrize("syntax", [ExplicitVRLittleEndian, ExplicitVRBigEndian])
def test_rgb_by_pixel_and_by_plane(syntax: str, planar: int, vr: str) -> None:
    truth = ramp((2, 3, 5, 3), "u1", 0, 255)
    raw = np.moveaxis(truth, -1, 1).tobytes() if planar else truth.tobytes()
    if vr == "OW" and syntax == ExplicitVRBigEndian:
        raw = np.frombuffer(raw, "u2").byteswap().tobytes()
    pixels = pixel_format(
        3, 5, bits_allocated=8, samples_per_pixel=3, photometric_interpretation="RGB", planar_configuration=planar
    )
    file, record = stored_file(pixels, raw, syntax, frames=2, vr=vr)
    for number, values in read_frames(file, record, Watch()):
        np.testing.assert_array_equal(values, truth[number - 1])


def test_the_upper_eight_bits_of_wide_colours() -> None:
    truth = ramp((3, 4, 3), "u2", 0, 0xFFF)
    pixels = pixel_format(3, 4, bits_stored=12, samples_per_pixel=3, photometric_interpretation="RGB")
    np.testing.assert_array_equal(only_frame(*stored_file(pixels, truth.tobytes())), truth >> 4)


def test_full_range_ybr_of_the_primary_colours() -> None:
    ybr = np.array([[[76, 85, 255], [150, 44, 21], [29, 255, 107], [255, 128, 128]]], dtype="u1")
    pixels = pixel_format(1, 4, bits_allocated=8, samples_per_pixel=3, photometric_interpretation="YBR_FULL")
    expected = [[[254, 0, 0], [0, 255, 1], [0, 0, 254], [255, 255, 255]]]
    values = only_frame(*stored_file(pixels, ybr.tobytes())).astype(int)
    np.testing.assert_allclose(values, expected, atol=1)


def test_partial_range_ybr_reaches_black_and_white() -> None:
    raw = np.array([16, 235, 128, 128], dtype="u1")
    pixels = pixel_format(1, 2, bits_allocated=8, samples_per_pixel=3, photometric_interpretation="YBR_PARTIAL_422")
    np.testing.assert_array_equal(only_frame(*stored_file(pixels, raw.tobytes())), [[[0] * 3, [255] * 3]])


def test_shared_colours_go_to_both_neighbours() -> None:
    pixels = pixel_format(1, 4, bits_allocated=8, samples_per_pixel=3, photometric_interpretation="YBR_FULL_422")
    raw = np.array([10, 200, 128, 128, 76, 76, 85, 255], dtype="u1")
    values = only_frame(*stored_file(pixels, raw.tobytes()))
    np.testing.assert_array_equal(values, [[[10] * 3, [200] * 3, [254, 0, 0], [254, 0, 0]]])


@pytest.mark.parametrize(("syntax", "vr"), [(ExplicitVRLittleEndian, "OB"), (ExplicitVRBigEndian, "OW")])
def test_one_bit_pixels_cross_byte_borders_between_frames(syntax: str, vr: str) -> None:
    truth = ramp((3, 3, 5), "u1", 0, 1)
    raw = np.packbits(truth.reshape(-1), bitorder="little")
    if vr == "OW":
        raw = raw.view("u2").byteswap().view("u1")
    pixels = pixel_format(3, 5, bits_allocated=1)
    file, record = stored_file(pixels, raw.tobytes(), syntax, frames=3, vr=vr)
    for number, values in read_frames(file, record, Watch()):
        np.testing.assert_array_equal(values, truth[number - 1])
    np.testing.assert_array_equal(read_frame(_again(file), record, 3, Watch()), truth[2])


def _again(file: object) -> io.BytesIO:
    assert isinstance(file, io.BytesIO)
    file.seek(0)
    return file


@pytest.mark.parametrize("big_endian", [False, True])
@pytest.mark.parametrize("bits", [8, 16])
def test_a_palette_clamps_outside_and_keeps_the_upper_bits(bits: int, big_endian: bool) -> None:
    order, syntax = (">", ExplicitVRBigEndian) if big_endian else ("<", ExplicitVRLittleEndian)
    tables = ramp((3, 6), f"u{bits // 8}", 0, (1 << bits) - 1)
    extra: dict[str, Any] = {}
    for name, table in zip(("Red", "Green", "Blue"), tables, strict=True):
        packed = table.view("u2").byteswap() if big_endian and bits == 8 else table.astype(f"{order}u{bits // 8}")
        extra[f"{name}PaletteColorLookupTableDescriptor"] = [6, 10, bits]
        extra[f"{name}PaletteColorLookupTableData"] = packed.tobytes()
    pixels = pixel_format(1, 4, bits_allocated=8, photometric_interpretation="PALETTE COLOR")
    values = only_frame(*stored_file(pixels, bytes([0, 10, 12, 255]), syntax, PixelRepresentation=0, **extra))
    np.testing.assert_array_equal(values[0], (tables >> (bits - 8)).T[[0, 0, 2, 5]])


def test_a_folded_palette_is_unfolded() -> None:
    words = np.array([0, 2, 0x0100, 0x0200, 1, 3, 0x0800, 2, 1, 0, 0], dtype="<u2")
    extra: dict[str, Any] = {}
    for name in ("Red", "Green", "Blue"):
        extra[f"{name}PaletteColorLookupTableDescriptor"] = [7, 0, 16]
        extra[f"Segmented{name}PaletteColorLookupTableData"] = words.tobytes()
    pixels = pixel_format(1, 7, bits_allocated=8, photometric_interpretation="PALETTE COLOR")
    values = only_frame(*stored_file(pixels, bytes([0, 1, 2, 3, 4, 5, 6, 0]), PixelRepresentation=0, **extra))
    np.testing.assert_array_equal(values[0, :, 0], [1, 2, 4, 6, 8, 1, 2])


@pytest.mark.parametrize("descriptor", [None, [600, 0, 8], [4, 0, 12], [4, 0, 16]])
def test_a_missing_or_short_palette_is_refused(descriptor: list[int] | None) -> None:
    extra: dict[str, Any] = {}
    for name in ("Red", "Green", "Blue"):
        if descriptor:
            extra[f"{name}PaletteColorLookupTableDescriptor"] = descriptor
            extra[f"{name}PaletteColorLookupTableData"] = bytes(4)
    pixels = pixel_format(1, 2, bits_allocated=8, photometric_interpretation="PALETTE COLOR")
    with pytest.raises(DamagedPixels, match="palette"):
        only_frame(*stored_file(pixels, bytes(2), PixelRepresentation=0, **extra))


@pytest.mark.parametrize("syntax", SYNTAXES)
@pytest.mark.parametrize("missing", [1, 2, 60])
def test_fewer_bytes_than_promised_are_named(missing: int, syntax: str) -> None:
    pixels = pixel_format(8, 8, bits_allocated=8)
    with pytest.raises(DamagedPixels, match=r"promises 128 bytes .* only \d+ are there"):
        list(read_frames(*stored_file(pixels, bytes(128 - 2 * missing), syntax, frames=2), Watch()))


def test_one_pad_byte_and_a_zero_tail_are_fine_but_another_image_is_not() -> None:
    pixels = pixel_format(3, 3, bits_allocated=8)
    for tail in (b"\0", b"\7", bytes(7)):
        assert only_frame(*stored_file(pixels, bytes(range(9)) + tail)).tolist()[2] == [6, 7, 8]
    for tail in (b"\0\0\1", bytes(9)):
        with pytest.raises(DamagedPixels, match="more than its header promises"):
            only_frame(*stored_file(pixels, bytes(range(9)) + tail))


def test_a_length_field_that_lies_over_whole_pixels_is_accepted() -> None:
    pixels = pixel_format(2, 2)
    file, record = stored_file(pixels, np.arange(4, dtype="<u2").tobytes())
    whole = file.read()
    at = whole.index(b"\xe0\x7f\x10\x00OW") + 8
    lied = io.BytesIO(whole[:at] + (0x7FFFFFFE).to_bytes(4, "little") + whole[at + 4 :])
    np.testing.assert_array_equal(only_frame(lied, record), [[0, 1], [2, 3]])


@pytest.mark.parametrize(
    ("changes", "kind"),
    [
        ({"high_bit": 15, "bits_stored": 12}, UnsupportedPixels),
        ({"bits_stored": 17}, DamagedPixels),
        ({"bits_stored": 0}, DamagedPixels),
        ({"bits_allocated": 12}, UnsupportedPixels),
        ({"bits_allocated": 24}, UnsupportedPixels),
        ({"bits_allocated": 64}, UnsupportedPixels),
        ({"rows": 0}, DamagedPixels),
        ({"columns": 0}, DamagedPixels),
        ({"rows": 65535, "columns": 65535}, ImageError),
        ({"samples_per_pixel": 2}, UnsupportedPixels),
        ({"samples_per_pixel": 3, "photometric_interpretation": "MONOCHROME2"}, UnsupportedPixels),
        ({"samples_per_pixel": 3, "photometric_interpretation": "RGB", "planar_configuration": 7}, DamagedPixels),
        ({"samples_per_pixel": 3, "photometric_interpretation": "YBR_RCT"}, UnsupportedPixels),
        ({"photometric_interpretation": "CMYK"}, UnsupportedPixels),
        ({"photometric_interpretation": ""}, UnsupportedPixels),
    ],
)
def test_contradictions_are_refused_in_words(changes: dict[str, object], kind: type[ImageError]) -> None:
    changed = dataclasses.replace(pixel_format(4, 4), **changes)  # type: ignore[arg-type]  # fields by name
    file, record = stored_file(pixel_format(4, 4), bytes(32))
    with pytest.raises(kind) as refusal:
        only_frame(file, dataclasses.replace(record, pixel_format=changed))
    assert refusal.value.what and refusal.value.advice


def test_an_odd_row_cannot_share_colours() -> None:
    pixels = pixel_format(2, 3, bits_allocated=8, samples_per_pixel=3, photometric_interpretation="YBR_FULL_422")
    with pytest.raises(UnsupportedPixels, match="even number"):
        only_frame(*stored_file(pixels, bytes(12)))


def test_an_object_without_pixels_is_not_an_image() -> None:
    file, record = stored_file(pixel_format(2, 2), bytes(8))
    with pytest.raises(NotAnImage):
        only_frame(file, dataclasses.replace(record, pixel_format=None))


def test_another_image_than_the_one_asked_for_is_refused() -> None:
    file, record = stored_file(pixel_format(2, 2), bytes(8))
    with pytest.raises(DamagedPixels, match="not the image"):
        only_frame(file, dataclasses.replace(record, sop_instance_uid=generate_uid()))


@pytest.mark.parametrize("syntax", ["1.2.840.10008.1.2.4.100", "1.2.840.10008.1.2.4.110", "1.2.3.4"])
def test_an_unknown_compression_is_named(syntax: str) -> None:
    file, record = stored_file(pixel_format(2, 2), bytes(8))
    with pytest.raises(UnsupportedPixels):
        only_frame(file, dataclasses.replace(record, transfer_syntax_uid=syntax))


@pytest.mark.parametrize("kept", range(0, 600, 7))
def test_a_file_cut_anywhere_is_refused(kept: int) -> None:
    file, record = stored_file(pixel_format(8, 8), bytes(128))
    whole = file.read()
    with pytest.raises((DamagedPixels, Unreadable)):
        only_frame(io.BytesIO(whole[: min(kept, len(whole) - 1)]), record)


def test_a_deflated_bomb_stops_at_what_the_header_promises() -> None:
    file, record = stored_file(pixel_format(4, 4), bytes(32), DeflatedExplicitVRLittleEndian)
    whole = file.read()
    meta = whole[: 144 + int.from_bytes(whole[140:144], "little")]
    packer = zlib.compressobj(9, wbits=-15)
    body = b"".join(packer.compress(bytes(1 << 20)) for _ in range(80)) + packer.flush()
    with pytest.raises(DamagedPixels, match="unpacks to far more"):
        only_frame(io.BytesIO(meta + body), record)
    with pytest.raises(DamagedPixels, match="breaks off"):
        only_frame(io.BytesIO(whole[:-8]), record)


def test_a_cancelled_read_stops() -> None:
    file, record = stored_file(pixel_format(8, 8), bytes(256), frames=2)
    watch = Watch()
    frames = read_frames(file, record, watch)
    next(frames)
    watch.cancel()
    with pytest.raises(Cancelled):
        next(frames)


def test_a_record_without_file_is_unreadable() -> None:
    record = instance(pixel_format(2, 2), ExplicitVRLittleEndian, "1.2.3")
    with pytest.raises((Unreadable, DamagedPixels)):
        only_frame(io.BytesIO(b""), record)
