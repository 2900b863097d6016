"""Encoders of one frame by transfer syntax: lossless, so that what comes back can be compared bit by bit."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from typing import Any

import imagecodecs
from numpy.typing import NDArray
from pydicom.pixels.encoders.base import get_encoder
from pydicom.uid import RLELossless

from viewer_app.imaging.headers import PixelFormat

J2K, HTJ2K = "1.2.840.10008.1.2.4.90", "1.2.840.10008.1.2.4.201"
LOSSLESS, SV1, JPEG_LS = "1.2.840.10008.1.2.4.57", "1.2.840.10008.1.2.4.70", "1.2.840.10008.1.2.4.80"
RLE, DEFLATED_FRAME = str(RLELossless), "1.2.840.10008.1.2.8.1"


def _rle(frame: NDArray[Any], pixels: PixelFormat) -> bytes:
    encoded: bytes = get_encoder(RLELossless).encode(
        frame.tobytes(),
        encoding_plugin="pydicom",
        rows=pixels.rows,
        columns=pixels.columns,
        samples_per_pixel=pixels.samples_per_pixel,
        photometric_interpretation=pixels.photometric_interpretation,
        planar_configuration=0,
        bits_allocated=pixels.bits_allocated,
        bits_stored=pixels.bits_stored,
        pixel_representation=int(pixels.is_signed),
        number_of_frames=1,
    )
    return encoded


def _deflate(frame: NDArray[Any], pixels: PixelFormat) -> bytes:
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(frame.tobytes()) + packer.flush()


def _unsigned(frame: NDArray[Any]) -> NDArray[Any]:
    return frame.view(f"u{frame.itemsize}")


def _lossless_jpeg(predictor: int) -> Callable[[NDArray[Any], PixelFormat], bytes]:
    def encode(frame: NDArray[Any], pixels: PixelFormat) -> bytes:
        space: dict[str, Any] = {"colorspace": "RGB", "outcolorspace": "RGB"} if frame.ndim == 3 else {}
        options = space | {"bitspersample": pixels.bits_allocated, "predictor": predictor}
        return bytes(imagecodecs.jpeg8_encode(_unsigned(frame), lossless=True, **options))

    return encode


ENCODERS: dict[str, Callable[[NDArray[Any], PixelFormat], bytes]] = {
    LOSSLESS: _lossless_jpeg(6),
    SV1: _lossless_jpeg(1),
    JPEG_LS: lambda frame, _: bytes(imagecodecs.jpegls_encode(_unsigned(frame), out=4 * frame.nbytes + 4096)),
    J2K: lambda frame, _: bytes(imagecodecs.jpeg2k_encode(frame, level=0, codecformat="J2K", reversible=True)),
    HTJ2K: lambda frame, _: bytes(imagecodecs.htj2k_encode(frame, reversible=True)),
    RLE: _rle,
    DEFLATED_FRAME: _deflate,
}
