"""From samples as they lie in memory to stored values (PS3.5 8.1.1, correctness C15)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
from numpy.typing import NDArray

from viewer_app.imaging.headers import PixelFormat
from viewer_app.imaging.pixels.layout import container


def are_bits_clear(samples: NDArray[Any], pixels: PixelFormat) -> bool:
    """True where `clear_unused_bits` would change nothing, as with most scanners."""
    if pixels.is_float or pixels.bits_allocated == 1 or pixels.bits_allocated == pixels.bits_stored:
        return True
    limit = 1 << (pixels.bits_stored - pixels.is_signed)
    return bool(samples.max() < limit and (not pixels.is_signed or samples.min() >= -limit))


def clear_unused_bits(samples: NDArray[Any], pixels: PixelFormat) -> NDArray[Any]:
    """Mask by Bits Stored, and carry the sign up; in place, same array back."""
    unused = pixels.bits_allocated - pixels.bits_stored
    if are_bits_clear(samples, pixels):
        return samples
    if pixels.is_signed:
        samples <<= unused
        samples >>= unused
    else:
        samples &= samples.dtype.type((1 << pixels.bits_stored) - 1)
    return samples


def in_native_order(raw: NDArray[np.uint8], pixels: PixelFormat, *, big_endian: bool) -> NDArray[Any]:
    """View the bytes of a frame as samples of this machine's byte order, swapping in place if needed."""
    kind = container(pixels)
    stored = raw.view(kind.newbyteorder(">" if big_endian else "<"))
    return stored if stored.dtype.isnative else stored.byteswap(inplace=True).view(kind)


def unpacked_bits(packed: NDArray[np.uint8], first: int, pixels: PixelFormat) -> NDArray[np.uint8]:
    """Pixels of one bit, lowest bit first (PS3.5 D.1), as 0 and 1; `first` is the bit the frame begins at."""
    count = pixels.rows * pixels.columns
    bits = np.unpackbits(packed, bitorder="little")[first : first + count]
    return np.ascontiguousarray(bits).reshape(pixels.rows, pixels.columns)


@contextmanager
def emptied_by_errors(target: NDArray[Any]) -> Iterator[None]:
    """No half frame stays in `target` where filling it breaks off."""
    try:
        yield
    except BaseException:
        target[...] = 0
        raise
