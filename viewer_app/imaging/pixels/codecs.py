"""One named decoder for each compressed transfer syntax; what is not in the table is refused.

The functions run in a worker process only: native code on bytes nobody vouches for.
Each takes one frame and its Pixel Format and returns samples (rows, columns) or (rows,
columns, 3); any exception means "damaged".
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from viewer_app.imaging.headers import PixelFormat
from viewer_app.imaging.pixels import layout
from viewer_app.imaging.pixels.codestream import J2K_MARK, JPEG_MARK
from viewer_app.imaging.pixels.colour import by_pixel, to_rgb
from viewer_app.imaging.pixels.values import clear_unused_bits, in_native_order, unpacked_bits

Decode = Callable[[bytes, PixelFormat], NDArray[Any]]

RLE_MOST_EXPANSION = 64


@dataclass(frozen=True, slots=True)
class Codec:
    """A decoder and what it may be fed.

    `mark` begins every codestream and `processes` are the ones allowed (see `codestream`);
    both are empty for RLE and Deflate, whose frames have no head of their own. With
    `gives_rgb` colours come out as RGB whatever the header calls them.
    """

    name: str
    decode: Decode
    mark: bytes = b""
    processes: frozenset[int] = frozenset()
    is_lossy: bool = False
    gives_rgb: bool = False


def jpeg(frame: bytes, pixels: PixelFormat) -> NDArray[Any]:
    """JPEG with DCT, 8 and 12 bits: libjpeg-turbo, which also turns YCbCr into RGB."""
    import imagecodecs

    if pixels.samples_per_pixel == 1:
        return _array(imagecodecs.jpeg8_decode(frame))
    coded = "RGB" if pixels.photometric_interpretation == "RGB" else "YCBCR"
    return _array(imagecodecs.jpeg8_decode(frame, colorspace=coded, outcolorspace="RGB"))


def jpeg_lossless(frame: bytes, pixels: PixelFormat) -> NDArray[Any]:
    """JPEG lossless, all predictors, up to 16 bits: libjpeg-turbo, colours left as they are."""
    import imagecodecs

    if pixels.samples_per_pixel == 1:
        return _array(imagecodecs.jpeg8_decode(frame))
    return _array(imagecodecs.jpeg8_decode(frame, colorspace="RGB", outcolorspace="RGB"))


def jpeg_ls(frame: bytes, pixels: PixelFormat) -> NDArray[Any]:
    """JPEG-LS: CharLS."""
    import imagecodecs

    return _array(imagecodecs.jpegls_decode(frame))


def jpeg_2000(frame: bytes, pixels: PixelFormat) -> NDArray[Any]:
    """JPEG 2000, high throughput too: OpenJPEG on one thread; it undoes the codestream's colour transform.

    OpenJPH would be faster, but as imagecodecs wraps it, lossy values beyond the range fold over.
    """
    import imagecodecs

    return _array(imagecodecs.jpeg2k_decode(frame, numthreads=1))


def _array(decoded: Any) -> NDArray[Any]:
    """What an untyped library answers, typed."""
    return np.asarray(decoded)


def rle(frame: bytes, pixels: PixelFormat) -> NDArray[Any]:
    """RLE Lossless (PS3.5 annex G): pydicom's own, in Python. One-bit pixels are packed, eight in a byte."""
    from pydicom.encaps import encapsulate
    from pydicom.pixels.decoders.base import get_decoder
    from pydicom.uid import RLELossless

    if pixels.bits_allocated == 1:
        packed = replace(pixels, rows=1, columns=_packed_size(pixels), bits_allocated=8, bits_stored=8, high_bit=7)
        return unpacked_bits(rle(frame, packed).reshape(-1), 0, pixels)
    options: dict[str, Any] = {
        "pixel_keyword": "PixelData",
        "rows": pixels.rows,
        "columns": pixels.columns,
        "samples_per_pixel": pixels.samples_per_pixel,
        "photometric_interpretation": pixels.photometric_interpretation,
        "planar_configuration": 1,
        "bits_allocated": pixels.bits_allocated,
        "bits_stored": pixels.bits_stored,
        "pixel_representation": int(pixels.is_signed),
        "number_of_frames": 1,
    }
    _check_segments(frame, pixels.rows * pixels.columns)
    decoder = get_decoder(RLELossless)
    samples, _ = decoder.as_array(encapsulate([frame]), raw=True, decoding_plugin="pydicom", **options)
    return _array(samples)


def _check_segments(frame: bytes, size: int) -> None:
    """ValueError unless each segment holds `size` bytes, or a zero more: pydicom would cut off what is too much."""
    import imagecodecs

    count, *starts = struct.unpack_from("<16L", frame)
    for start, end in pairwise((*starts[:count], len(frame))):
        segment = imagecodecs.packbits_decode(frame[start:end])
        if len(segment) < size or segment[size:] not in (b"", b"\0"):
            raise ValueError(f"a segment of {len(segment)} bytes instead of {size}")


def deflate(frame: bytes, pixels: PixelFormat) -> NDArray[Any]:
    """Deflated Image Frame Compression (PS3.5 A.4.13 of Supplement 244): a native frame, packed."""
    size = _packed_size(pixels) if pixels.bits_allocated == 1 else layout.native_bits(pixels) // 8
    stream = zlib.decompressobj(-zlib.MAX_WBITS)
    raw = np.frombuffer(bytearray(stream.decompress(frame, size + 2)), dtype=np.uint8)
    if not size <= len(raw) <= size + 1:
        raise ValueError(f"{len(raw)} bytes instead of {size}")
    if pixels.bits_allocated == 1:
        return unpacked_bits(raw, 0, pixels)
    return by_pixel(in_native_order(raw[:size], pixels, big_endian=False), pixels)


def _packed_size(pixels: PixelFormat) -> int:
    return -(-pixels.rows * pixels.columns // 8)


def decode(transfer_syntax_uid: str, frame: bytes, pixels: PixelFormat) -> NDArray[Any]:
    """One frame by the codec of the table: stored values (rows, columns), or uint8 RGB (rows, columns, 3)."""
    codec = CODECS[transfer_syntax_uid]
    samples = codec.decode(frame, pixels)
    if samples.shape != layout.sample_shape(pixels):
        raise ValueError(f"decoded to {samples.shape}")
    stored = np.require(samples, layout.container(pixels), ["C", "W"])
    is_bit_pattern = pixels.is_signed and samples.dtype.kind == "u"
    if codec.is_lossy and not is_bit_pattern:
        stored = _saturated(stored, pixels)
    stored = clear_unused_bits(stored, pixels)
    return to_rgb(stored, pixels) if pixels.samples_per_pixel > 1 and not codec.gives_rgb else stored


def _saturated(samples: NDArray[Any], pixels: PixelFormat) -> NDArray[Any]:
    """Keep a lossy coder's overshoot at the end of the stored range, where masking would fold it over.

    Values far outside are no overshoot but other data in the unused bits: ValueError.
    """
    low, high = pixels.stored_range
    slack = (high - low) // 8
    if int(samples.max()) > high + slack or int(samples.min()) < low - slack:
        raise ValueError("values far beyond the stored bits in a lossy frame")
    return _array(np.clip(samples, low, high))


_BASELINE, _EXTENDED, _PROGRESSIVE, _LOSSLESS, _LS = (frozenset({mark}) for mark in (0xC0, 0xC1, 0xC2, 0xC3, 0xF7))
_J2K = frozenset({J2K_MARK[1]})

CODECS: dict[str, Codec] = {
    "1.2.840.10008.1.2.4.50": Codec("JPEG Baseline", jpeg, JPEG_MARK, _BASELINE, is_lossy=True, gives_rgb=True),
    "1.2.840.10008.1.2.4.51": Codec(
        "JPEG Extended", jpeg, JPEG_MARK, _BASELINE | _EXTENDED, is_lossy=True, gives_rgb=True
    ),
    "1.2.840.10008.1.2.4.53": Codec(
        "JPEG Spectral Selection", jpeg, JPEG_MARK, _PROGRESSIVE, is_lossy=True, gives_rgb=True
    ),
    "1.2.840.10008.1.2.4.55": Codec(
        "JPEG Full Progression", jpeg, JPEG_MARK, _PROGRESSIVE, is_lossy=True, gives_rgb=True
    ),
    "1.2.840.10008.1.2.4.57": Codec("JPEG Lossless", jpeg_lossless, JPEG_MARK, _LOSSLESS),
    "1.2.840.10008.1.2.4.70": Codec("JPEG Lossless SV1", jpeg_lossless, JPEG_MARK, _LOSSLESS),
    "1.2.840.10008.1.2.4.80": Codec("JPEG-LS Lossless", jpeg_ls, JPEG_MARK, _LS),
    "1.2.840.10008.1.2.4.81": Codec("JPEG-LS Near-Lossless", jpeg_ls, JPEG_MARK, _LS, is_lossy=True),
    "1.2.840.10008.1.2.4.90": Codec("JPEG 2000 Lossless", jpeg_2000, J2K_MARK, _J2K),
    "1.2.840.10008.1.2.4.91": Codec("JPEG 2000", jpeg_2000, J2K_MARK, _J2K, is_lossy=True),
    "1.2.840.10008.1.2.4.201": Codec("HTJ2K Lossless", jpeg_2000, J2K_MARK, _J2K),
    "1.2.840.10008.1.2.4.202": Codec("HTJ2K Lossless RPCL", jpeg_2000, J2K_MARK, _J2K),
    "1.2.840.10008.1.2.4.203": Codec("HTJ2K", jpeg_2000, J2K_MARK, _J2K, is_lossy=True),
    "1.2.840.10008.1.2.5": Codec("RLE Lossless", rle),
    "1.2.840.10008.1.2.8.1": Codec("Deflated Image Frame", deflate),
}
