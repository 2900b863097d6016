"""From colour samples to RGB, eight bits each (PS3.3 C.7.6.3.1.2)."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from viewer_app.imaging.headers import PixelFormat
from viewer_app.imaging.pixels.layout import YBR

_FULL = np.array([[1, 0, 1.402], [1, -0.344136, -0.714136], [1, 1.772, 0]], dtype=np.float32)
_PARTIAL = np.array([[1.1644, 0, 1.5960], [1.1644, -0.3917, -0.8130], [1.1644, 2.0173, 0]], dtype=np.float32)
_BAND = 256


def to_rgb(samples: NDArray[Any], pixels: PixelFormat) -> NDArray[np.uint8]:
    """(rows, columns, 3) samples of the header's photometric interpretation as uint8 RGB.

    Of samples with more than eight used bits the upper eight are shown. YBR_RCT
    and YBR_ICT are RGB already: the codestream carries their transform.
    """
    eight = top_eight_bits(samples, pixels.bits_stored)
    if pixels.photometric_interpretation in YBR:
        return _from_ybr(eight, partial=pixels.photometric_interpretation.startswith("YBR_PARTIAL"))
    return eight


def top_eight_bits(samples: NDArray[Any], bits_stored: int) -> NDArray[np.uint8]:
    """The upper eight of `bits_stored` used bits, as uint8."""
    if samples.dtype == np.uint8:
        return samples
    return (samples >> (bits_stored - 8)).astype(np.uint8)


def _from_ybr(ybr: NDArray[np.uint8], *, partial: bool) -> NDArray[np.uint8]:
    matrix, floor = (_PARTIAL, 16) if partial else (_FULL, 0)
    zero = np.array([floor, 128, 128], dtype=np.float32)
    rgb = np.empty_like(ybr)
    for start in range(0, len(ybr), _BAND):
        band = (ybr[start : start + _BAND] - zero) @ matrix.T
        rgb[start : start + _BAND] = np.clip(np.rint(band), 0, 255)
    return rgb


def widened(halved: NDArray[Any], pixels: PixelFormat) -> NDArray[Any]:
    """Native Y1 Y2 Cb Cr as (rows, columns, 3): both neighbours get the shared colour."""
    pairs = halved.reshape(-1, 4)
    full = np.empty((len(pairs), 2, 3), dtype=halved.dtype)
    full[:, 0, 0], full[:, 1, 0] = pairs[:, 0], pairs[:, 1]
    full[:, :, 1:] = pairs[:, None, 2:]
    return full.reshape(pixels.rows, pixels.columns, 3)


def by_pixel(samples: NDArray[Any], pixels: PixelFormat) -> NDArray[Any]:
    """Native samples of one frame, flat, as (rows, columns[, 3]), whatever their planar configuration."""
    if pixels.samples_per_pixel == 1:
        return samples.reshape(pixels.rows, pixels.columns)
    if pixels.planar_configuration == 1:
        planes = samples.reshape(pixels.samples_per_pixel, pixels.rows, pixels.columns)
        return np.ascontiguousarray(np.moveaxis(planes, 0, -1))
    return samples.reshape(pixels.rows, pixels.columns, pixels.samples_per_pixel)
