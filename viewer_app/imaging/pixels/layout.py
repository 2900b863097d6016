"""What a Pixel Format promises: legal values, sizes in bytes, the array a frame becomes."""

from __future__ import annotations

from typing import Any

import numpy as np

from viewer_app.imaging.headers import PixelFormat
from viewer_app.imaging.pixels.refusal import damaged, unsupported

GREY = frozenset({"MONOCHROME1", "MONOCHROME2"})
YBR = frozenset({"YBR_FULL", "YBR_FULL_422", "YBR_PARTIAL_422", "YBR_PARTIAL_420"})
REVERSIBLE = frozenset({"YBR_RCT", "YBR_ICT"})
COLOUR = YBR | REVERSIBLE | {"RGB"}
PALETTE = "PALETTE COLOR"

MAX_FRAME_BYTES = 1 << 30


def check(pixels: PixelFormat) -> None:
    """Refuse what is contradictory or what Caliper does not show (PS3.3 C.7.6.3, PS3.5 8.1.1).

    Raises DamagedPixels or UnsupportedPixels.
    """
    if pixels.rows < 1 or pixels.columns < 1:
        raise damaged(f"The header says the image is {pixels.columns} by {pixels.rows} pixels large.")
    _check_photometric(pixels)
    if pixels.is_float:
        _check_float(pixels)
    else:
        _check_bits(pixels)
    if pixels.rows * pixels.columns * samples(pixels) * container(pixels).itemsize > MAX_FRAME_BYTES:
        raise unsupported(f"One frame of {pixels.columns} by {pixels.rows} pixels is larger than 1 GiB.")


def _check_photometric(pixels: PixelFormat) -> None:
    known = {1: GREY | {PALETTE}, 3: COLOUR}.get(pixels.samples_per_pixel, frozenset())
    if pixels.photometric_interpretation not in known:
        raise unsupported(
            f"Pixels of {pixels.samples_per_pixel} values each, read as"
            f" {pixels.photometric_interpretation or 'nothing named'!r}, are not supported."
        )
    if pixels.samples_per_pixel > 1 and pixels.planar_configuration not in (0, 1):
        raise damaged(f"The header names an order of colours that does not exist ({pixels.planar_configuration}).")


def _check_float(pixels: PixelFormat) -> None:
    if pixels.bits_allocated not in (32, 64) or pixels.photometric_interpretation not in GREY:
        raise unsupported(f"Floating point pixels of {pixels.bits_allocated} bits are not supported.")


def _check_bits(pixels: PixelFormat) -> None:
    allocated, stored = pixels.bits_allocated, pixels.bits_stored
    if allocated not in (1, 8, 16, 32):
        raise unsupported(f"Pixels in {allocated} bits each are not supported.")
    if not 1 <= stored <= allocated:
        raise damaged(f"The header says {stored} of {allocated} bits of a pixel are used.")
    if pixels.high_bit != stored - 1:
        raise unsupported(f"The {stored} used bits of a pixel end at bit {pixels.high_bit}, not at bit {stored - 1}.")
    if pixels.samples_per_pixel > 1 and (pixels.is_signed or stored < 8):
        raise unsupported(f"Colours of {stored} bits{' with a sign' * pixels.is_signed} are not supported.")
    if pixels.photometric_interpretation == PALETTE and (pixels.is_signed or allocated > 16):
        raise unsupported("A palette image needs indices of 8 or 16 bits without a sign.")


def samples(pixels: PixelFormat) -> int:
    """Values per pixel in the file: 1 or 3."""
    return pixels.samples_per_pixel


def container(pixels: PixelFormat) -> np.dtype[Any]:
    """The dtype of one stored sample, native byte order: by Bits Allocated and sign; uint8 for 1 bit."""
    if pixels.is_float:
        return np.dtype(f"f{pixels.bits_allocated // 8}")
    return np.dtype(f"{'i' if pixels.is_signed else 'u'}{max(1, pixels.bits_allocated // 8)}")


def sample_shape(pixels: PixelFormat) -> tuple[int, ...]:
    """(rows, columns) or (rows, columns, 3): a frame's samples, colour by pixel."""
    grey = (pixels.rows, pixels.columns)
    return grey if pixels.samples_per_pixel == 1 else (*grey, pixels.samples_per_pixel)


def frame_form(pixels: PixelFormat) -> tuple[tuple[int, ...], np.dtype[Any]]:
    """Shape and dtype of one frame as the door hands it out: stored values, or RGB in 8 bits for colour."""
    grey = (pixels.rows, pixels.columns)
    return ((*grey, 3), np.dtype(np.uint8)) if pixels.is_colour else (grey, container(pixels))


def is_halved(pixels: PixelFormat) -> bool:
    """True where two neighbours share their colour in native data (PS3.3 C.7.6.3.1.2): Y1 Y2 Cb Cr."""
    return pixels.photometric_interpretation in ("YBR_FULL_422", "YBR_PARTIAL_422")


def native_bits(pixels: PixelFormat) -> int:
    """Bits of one native frame in the file; frames of 1-bit pixels follow each other without a gap."""
    per_pixel = 2 if is_halved(pixels) else pixels.samples_per_pixel
    return pixels.rows * pixels.columns * per_pixel * pixels.bits_allocated
