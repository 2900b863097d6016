"""Compressed pixels: lossless codecs give back what was encoded; everything doubtful is refused."""

from __future__ import annotations

import dataclasses
import io
from collections.abc import Iterator

import imagecodecs
import numpy as np
import pytest
from numpy.typing import NDArray

from tests.imaging.pixels.encoders import DEFLATED_FRAME, ENCODERS, HTJ2K, J2K, JPEG_LS, LOSSLESS, RLE, SV1
from tests.imaging.pixels.records import compressed_file, only_frame, pixel_format, ramp, stored_file
from viewer_app.errors import DamagedPixels, ImageError, UnsupportedPixels
from viewer_app.imaging.pixels import read_frame, read_frames, shutdown
from viewer_app.progress import Watch

J2K_LOSSY = "1.2.840.10008.1.2.4.91"
BASELINE, EXTENDED = "1.2.840.10008.1.2.4.50", "1.2.840.10008.1.2.4.51"
NEAR = "1.2.840.10008.1.2.4.81"


@pytest.fixture(scope="module", autouse=True)
def _no_process_is_left() -> Iterator[None]:
    yield
    shutdown()


SLICE = pixel_format(40, 30, bits_stored=12)


def _smooth(rows: int = 40, columns: int = 30) -> NDArray[np.uint16]:
    y, x = np.mgrid[:rows, :columns]
    return np.asarray(2000 + 900 * np.sin(y / 9) * np.cos(x / 7), np.uint16)


@pytest.mark.parametrize("dtype", ["u1", "u2", "i2"])
@pytest.mark.parametrize("syntax", ENCODERS)
def test_lossless_frames_come_back_bit_by_bit(syntax: str, dtype: str) -> None:
    limits = np.iinfo(dtype)
    frames = ramp((3, 40, 30), dtype, limits.min, limits.max)
    pixels = pixel_format(40, 30, bits_allocated=8 * frames.itemsize, is_signed=dtype[0] == "i")
    file, record = compressed_file(pixels, [ENCODERS[syntax](frame, pixels) for frame in frames], syntax)
    for number, values in read_frames(file, record, Watch()):
        assert values.dtype == np.dtype(dtype)
        np.testing.assert_array_equal(values, frames[number - 1])


def test_32_bit_frames() -> None:
    truth = ramp((6, 5), "u4", 0, (1 << 32) - 1)
    pixels = pixel_format(6, 5, bits_allocated=32)
    np.testing.assert_array_equal(
        only_frame(*compressed_file(pixels, [ENCODERS[DEFLATED_FRAME](truth, pixels)], DEFLATED_FRAME)), truth
    )


@pytest.mark.parametrize("syntax", ENCODERS)
def test_lossless_rgb_is_not_turned_twice(syntax: str) -> None:
    truth = ramp((20, 30, 3), "u1", 0, 255)
    named = "YBR_RCT" if syntax in (J2K, HTJ2K) else "RGB"
    pixels = pixel_format(20, 30, bits_allocated=8, samples_per_pixel=3, photometric_interpretation=named)
    np.testing.assert_array_equal(
        only_frame(*compressed_file(pixels, [ENCODERS[syntax](truth, pixels)], syntax)), truth
    )


@pytest.mark.parametrize("is_signed", [False, True])
@pytest.mark.parametrize("syntax", [LOSSLESS, SV1, JPEG_LS, RLE, J2K])
def test_junk_above_the_stored_bits_of_a_compressed_frame(syntax: str, is_signed: bool) -> None:
    pixels = pixel_format(9, 8, bits_stored=12, is_signed=is_signed)
    truth = ramp((9, 8), "i2" if is_signed else "u2", *pixels.stored_range)
    dirty = (truth.view("u2") & 0xFFF) | (ramp((9, 8), "u2", 0, 15) << 12)
    file, record = compressed_file(pixels, [ENCODERS[syntax](dirty, pixels)], syntax)
    np.testing.assert_array_equal(only_frame(file, record), truth)


def test_a_jpeg_2000_frame_without_sign_keeps_the_signed_bit_pattern() -> None:
    pixels = pixel_format(9, 8, bits_stored=12, is_signed=True)
    truth = ramp((9, 8), "i2", *pixels.stored_range)
    frame = imagecodecs.jpeg2k_encode(truth.view("u2") & 0xFFF, level=0, codecformat="J2K", bitspersample=12)
    np.testing.assert_array_equal(only_frame(*compressed_file(pixels, [bytes(frame)], J2K)), truth)


def test_a_negative_frame_under_an_unsigned_header_is_refused() -> None:
    frame = ENCODERS[J2K](ramp((9, 8), "i2", -5, 5), pixel_format(9, 8))
    with pytest.raises(DamagedPixels, match="negative"):
        only_frame(*compressed_file(pixel_format(9, 8), [frame], J2K))


@pytest.mark.parametrize(("named", "coded"), [("YBR_FULL_422", "YCBCR"), ("YBR_FULL", "YCBCR"), ("RGB", "RGB")])
def test_baseline_colours_become_rgb_exactly_once(named: str, coded: str) -> None:
    truth = np.zeros((32, 48, 3), np.uint8)
    truth[:, :16], truth[:, 16:32], truth[:, 32:] = (200, 30, 40), (20, 180, 60), (10, 40, 220)
    frame = imagecodecs.jpeg8_encode(truth, level=100, colorspace="RGB", outcolorspace=coded, subsampling="444")
    pixels = pixel_format(32, 48, bits_allocated=8, samples_per_pixel=3, photometric_interpretation=named)
    values = only_frame(*compressed_file(pixels, [bytes(frame)], BASELINE))
    np.testing.assert_allclose(values.astype(int), truth, atol=3)
    other = "YBR_FULL" if named == "RGB" else "RGB"
    wrong = dataclasses.replace(pixels, photometric_interpretation=other)
    with pytest.raises(DamagedPixels, match="different colours"):
        only_frame(*compressed_file(wrong, [bytes(frame)], BASELINE))


def test_12_bit_extended_jpeg() -> None:
    frame = imagecodecs.jpeg8_encode(_smooth(), level=100, bitspersample=12)
    values = only_frame(*compressed_file(SLICE, [bytes(frame)], EXTENDED))
    np.testing.assert_allclose(values.astype(int), _smooth(), atol=3)


def test_an_overshoot_of_a_lossy_frame_stays_at_the_end_of_the_range() -> None:
    truth = np.full((32, 32), 4095, np.uint16)
    truth[8:24, 8:24] = 4100
    frame = ENCODERS[J2K](truth, SLICE)
    pixels = pixel_format(32, 32, bits_stored=12)
    values = only_frame(*compressed_file(pixels, [frame], J2K_LOSSY))
    assert values.min() == values.max() == 4095
    truth[:] = 9000
    with pytest.raises(DamagedPixels):
        only_frame(*compressed_file(pixels, [ENCODERS[J2K](truth, SLICE)], J2K_LOSSY))


@pytest.mark.parametrize("has_bot", [True, False])
@pytest.mark.parametrize("per_frame", [1, 3])
def test_frames_in_fragments_with_and_without_a_table(per_frame: int, has_bot: bool) -> None:
    frames = ramp((4, 40, 30), "u2", 0, 0xFFFF)
    pixels = pixel_format(40, 30)
    encoded = [ENCODERS[J2K](frame, pixels) for frame in frames]
    file, record = compressed_file(pixels, encoded, J2K, per_frame=per_frame, has_bot=has_bot)
    for number, values in read_frames(file, record, Watch()):
        np.testing.assert_array_equal(values, frames[number - 1])
    file.seek(0)
    np.testing.assert_array_equal(read_frame(file, record, 3, Watch()), frames[2])


@pytest.mark.parametrize("promised", [1, 2, 5])
def test_another_count_of_frames_than_promised_is_refused(promised: int) -> None:
    frame = ENCODERS[SV1](_smooth(), SLICE)
    file, record = compressed_file(SLICE, [frame] * 4, SV1)
    with pytest.raises(DamagedPixels, match="promises"):
        list(read_frames(file, dataclasses.replace(record, frames=(record.frames * 2)[:promised]), Watch()))


@pytest.mark.parametrize("syntax", ENCODERS)
def test_a_frame_cut_short_is_refused(syntax: str) -> None:
    """H05: never a picture from half a frame."""
    whole = ENCODERS[syntax](_smooth(), SLICE)
    for kept in np.linspace(1, len(whole) - 4, 12).astype(int):
        file, record = compressed_file(SLICE, [whole[:kept]], syntax)
        with pytest.raises(ImageError) as refusal:
            only_frame(file, record)
        assert refusal.value.what and refusal.value.advice


@pytest.mark.parametrize("lossy", [BASELINE, EXTENDED, NEAR, J2K_LOSSY])
def test_a_lossy_frame_cut_short_is_refused(lossy: str) -> None:
    eight, frame = _smooth().astype(np.uint8), _smooth()
    whole, pixels = {
        BASELINE: (imagecodecs.jpeg8_encode(eight, level=90), pixel_format(40, 30, bits_allocated=8)),
        EXTENDED: (imagecodecs.jpeg8_encode(frame, level=90, bitspersample=12), SLICE),
        NEAR: (imagecodecs.jpegls_encode(frame, level=2), SLICE),
        J2K_LOSSY: (imagecodecs.jpeg2k_encode(frame, level=40, codecformat="J2K", bitspersample=12), SLICE),
    }[lossy]
    assert only_frame(*compressed_file(pixels, [bytes(whole)], lossy)).shape == (40, 30)
    for kept in np.linspace(1, len(whole) - 4, 12).astype(int):
        with pytest.raises(ImageError):
            only_frame(*compressed_file(pixels, [bytes(whole[:kept])], lossy))


@pytest.mark.parametrize("syntax", [LOSSLESS, SV1, JPEG_LS, J2K, HTJ2K])
@pytest.mark.parametrize("size", [(39, 30), (41, 30), (40, 29), (40, 31)])
def test_a_frame_of_another_size_than_the_header_is_refused(size: tuple[int, int], syntax: str) -> None:
    frame = ENCODERS[syntax](_smooth(), SLICE)
    with pytest.raises(DamagedPixels, match="but the header says"):
        only_frame(*compressed_file(pixel_format(*size, bits_stored=12), [frame], syntax))


def test_a_rle_frame_of_another_size_is_refused() -> None:
    with pytest.raises(DamagedPixels):
        only_frame(*compressed_file(pixel_format(41, 30), [ENCODERS[RLE](_smooth(), SLICE)], RLE))
    with pytest.raises(DamagedPixels, match="too short"):
        only_frame(*compressed_file(pixel_format(20000, 20000), [ENCODERS[RLE](_smooth(), SLICE)], RLE))


@pytest.mark.parametrize("declared", [BASELINE, SV1, JPEG_LS, J2K, HTJ2K])
def test_a_frame_of_another_compression_is_refused(declared: str) -> None:
    other = JPEG_LS if declared != JPEG_LS else SV1
    with pytest.raises(DamagedPixels):
        only_frame(*compressed_file(SLICE, [ENCODERS[other](_smooth(), SLICE)], declared))


def test_raw_bytes_under_a_compressed_syntax_are_refused() -> None:
    file, record = stored_file(SLICE, _smooth().tobytes())
    with pytest.raises(DamagedPixels, match="uncompressed piece"):
        only_frame(file, dataclasses.replace(record, transfer_syntax_uid=J2K))
    with pytest.raises(DamagedPixels):
        only_frame(*compressed_file(SLICE, [_smooth().tobytes()], J2K))


def test_pieces_under_an_uncompressed_syntax_are_refused() -> None:
    file, record = compressed_file(SLICE, [ENCODERS[J2K](_smooth(), SLICE)], J2K)
    with pytest.raises(DamagedPixels, match="compressed pieces"):
        only_frame(file, dataclasses.replace(record, transfer_syntax_uid="1.2.840.10008.1.2.1"))


def test_a_file_cut_anywhere_in_its_pieces_is_refused() -> None:
    frame = ENCODERS[SV1](_smooth(), SLICE)
    file, record = compressed_file(SLICE, [frame, frame], SV1, per_frame=2)
    whole = file.read()
    for kept in range(len(whole) - 2 * len(frame), len(whole), 37):
        with pytest.raises(ImageError):
            list(read_frames(io.BytesIO(whole[:kept]), record, Watch()))


def test_a_file_inside_a_frame_is_refused() -> None:
    wrapped = imagecodecs.jpeg2k_encode(_smooth(), level=0, codecformat="JP2")
    with pytest.raises(UnsupportedPixels, match="JP2"):
        only_frame(*compressed_file(SLICE, [bytes(wrapped)], J2K))


def test_a_deflated_frame_that_is_a_bomb_is_refused() -> None:
    frame = ENCODERS[DEFLATED_FRAME](np.zeros(1 << 24, np.uint8), SLICE)
    with pytest.raises(DamagedPixels):
        only_frame(*compressed_file(SLICE, [frame], DEFLATED_FRAME))
