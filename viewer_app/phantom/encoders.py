"""One frame into the codestream of a transfer syntax; only for images that are made, never for those of a patient."""

from __future__ import annotations

import io
import zlib
from collections.abc import Callable, Mapping
from typing import Any

import imagecodecs
import numpy as np
from numpy.typing import NDArray
from PIL import Image
from pydicom.pixels.encoders.base import get_encoder
from pydicom.uid import RLELossless

from viewer_app.imaging.headers import PixelFormat

Encode = Callable[[NDArray[Any], PixelFormat], bytes]

BASELINE, EXTENDED = "1.2.840.10008.1.2.4.50", "1.2.840.10008.1.2.4.51"
SPECTRAL, PROGRESSIVE = "1.2.840.10008.1.2.4.53", "1.2.840.10008.1.2.4.55"
LOSSLESS, SV1 = "1.2.840.10008.1.2.4.57", "1.2.840.10008.1.2.4.70"
JPEG_LS, JPEG_LS_NEAR = "1.2.840.10008.1.2.4.80", "1.2.840.10008.1.2.4.81"
J2K, J2K_LOSSY = "1.2.840.10008.1.2.4.90", "1.2.840.10008.1.2.4.91"
HTJ2K, HTJ2K_RPCL = "1.2.840.10008.1.2.4.201", "1.2.840.10008.1.2.4.202"
HTJ2K_LOSSY = "1.2.840.10008.1.2.4.203"
RLE, DEFLATED_FRAME = str(RLELossless), "1.2.840.10008.1.2.8.1"

NEAR = 2


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


def _lossless_jpeg(predictor: int) -> Encode:
    def encode(frame: NDArray[Any], pixels: PixelFormat) -> bytes:
        space: dict[str, Any] = {"colorspace": "RGB", "outcolorspace": "RGB"} if frame.ndim == 3 else {}
        options = space | {"bitspersample": pixels.bits_allocated, "predictor": predictor}
        return bytes(imagecodecs.jpeg8_encode(_unsigned(frame), lossless=True, **options))

    return encode


def _jpeg(bits: int) -> Encode:
    return lambda frame, _: bytes(imagecodecs.jpeg8_encode(frame, level=100, bitspersample=bits))


def _progressive_jpeg(frame: NDArray[Any], pixels: PixelFormat) -> bytes:
    file = io.BytesIO()
    Image.fromarray(np.asarray(frame, dtype=np.uint8)).save(file, "JPEG", quality=100, progressive=True)
    return file.getvalue()


def _jpeg_ls(near: int) -> Encode:
    return lambda frame, _: bytes(imagecodecs.jpegls_encode(_unsigned(frame), level=near, out=4 * frame.nbytes + 4096))


def _jpeg_2000(frame: NDArray[Any], pixels: PixelFormat) -> bytes:
    return bytes(imagecodecs.jpeg2k_encode(frame, level=0, codecformat="J2K", reversible=True))


def _lossy_jpeg_2000(frame: NDArray[Any], pixels: PixelFormat) -> bytes:
    options: dict[str, Any] = {"codecformat": "J2K", "bitspersample": pixels.bits_stored}
    return bytes(imagecodecs.jpeg2k_encode(frame, level=60, reversible=False, **options))


def _high_throughput(with_lengths: bool) -> Encode:
    """OpenJPH orders by RPCL by itself; the RPCL syntax also wants the lengths of tile parts (PS3.5 10.18)."""
    return lambda frame, _: bytes(imagecodecs.htj2k_encode(frame, reversible=True, tlm=with_lengths))


LOSSLESS_ENCODERS: Mapping[str, Encode] = {
    LOSSLESS: _lossless_jpeg(6),
    SV1: _lossless_jpeg(1),
    JPEG_LS: _jpeg_ls(0),
    J2K: _jpeg_2000,
    HTJ2K: _high_throughput(with_lengths=False),
    HTJ2K_RPCL: _high_throughput(with_lengths=True),
    RLE: _rle,
    DEFLATED_FRAME: _deflate,
}
LOSSY_ENCODERS: Mapping[str, Encode] = {
    BASELINE: _jpeg(8),
    EXTENDED: _jpeg(12),
    SPECTRAL: _progressive_jpeg,
    PROGRESSIVE: _progressive_jpeg,
    JPEG_LS_NEAR: _jpeg_ls(NEAR),
    J2K_LOSSY: _lossy_jpeg_2000,
    HTJ2K_LOSSY: lambda frame, _: bytes(imagecodecs.htj2k_encode(frame, reversible=False, level=0.0005)),
}
