"""The memory a volume takes: its form, its size, and what is refused because there is no room for it."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from viewer_app.errors import DamagedPixels, UnsupportedPixels
from viewer_app.imaging.headers import PixelFormat
from viewer_app.imaging.memory import mapped_zeros, physical_bytes
from viewer_app.imaging.stacks import Stack
from viewer_app.imaging.warm_memory import WARM

_DEPTHS = frozenset({1, 8, 16, 32, 64})
_LARGEST_SLICE_BYTES = 1 << 30


def volume_bytes(stack: Stack) -> int:
    """Size of the volume of a stack; UnsupportedPixels where it can have none."""
    shape, dtype = _form(_formats(stack))
    return math.prod(shape) * dtype.itemsize


def memory_of(stack: Stack, folder: Path | None) -> NDArray[np.generic]:
    """Zeros for the slices of a stack, of the form of `Volume.stored_values`; in a file where there is a `folder`."""
    return _allocate(_formats(stack), folder)


def _formats(stack: Stack) -> list[PixelFormat]:
    formats = (image.instance.pixel_format for image in stack.images)
    return [item for item in formats if item is not None]


def _form(formats: list[PixelFormat]) -> tuple[tuple[int, ...], np.dtype[np.generic]]:
    shape = (len(formats), formats[0].rows, formats[0].columns)
    dtype = _common_dtype(formats)
    return ((*shape, 3), np.dtype(np.uint8)) if formats[0].is_colour else (shape, dtype)


def _allocate(formats: list[PixelFormat], folder: Path | None) -> NDArray[np.generic]:
    shape, dtype = _form(formats)
    _refuse_too_large(shape, dtype, None if folder else physical_bytes())
    try:
        return mapped_zeros(shape, dtype, folder) if folder else WARM.zeros(shape, dtype)
    except (MemoryError, OSError, ValueError) as error:
        raise _too_large(shape) from error


def _refuse_too_large(shape: tuple[int, ...], dtype: np.dtype[np.generic], memory: int | None) -> None:
    """Before anything is allocated: the system may promise more memory than there is."""
    if min(shape) < 0:
        raise DamagedPixels(
            f"The header says the image is {shape[2]} by {shape[1]} pixels large.", "It is damaged; ask for it again."
        )
    whole = math.prod(shape) * dtype.itemsize
    if whole > shape[0] * _LARGEST_SLICE_BYTES or whole > (memory or whole):
        raise _too_large(shape)


def _too_large(shape: tuple[int, ...]) -> UnsupportedPixels:
    return UnsupportedPixels(
        f"{shape[0]} image(s) of {shape[2]} x {shape[1]} pixels do not fit into this computer's memory or disk.",
        "Open fewer images at once, or ask the sender whether the size is right.",
    )


def _common_dtype(formats: list[PixelFormat]) -> np.dtype[np.generic]:
    """Wide enough for every image that can be read; one of another depth is refused when it is read."""
    usable = {_dtype(item) for item in formats if item.bits_allocated in _DEPTHS}
    if not usable:
        raise UnsupportedPixels(
            f"Pixels of {formats[0].bits_allocated} bits cannot be shown.", "Ask the sender for another image type."
        )
    return np.result_type(*usable)


def _dtype(pixel_format: PixelFormat) -> np.dtype[np.generic]:
    bytes_allocated = max(1, pixel_format.bits_allocated // 8)
    if pixel_format.is_float:
        return np.dtype(f"f{bytes_allocated}")
    return np.dtype(f"{'i' if pixel_format.is_signed else 'u'}{bytes_allocated}")
