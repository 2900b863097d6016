"""Frames that lie uncompressed in the file, read straight into the array they become (PS3.5 8.2, A.1 to A.3)."""

from __future__ import annotations

import sys
from typing import Any, BinaryIO, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from viewer_app.imaging.headers import PixelFormat
from viewer_app.imaging.pixels import layout
from viewer_app.imaging.pixels.colour import by_pixel, to_rgb, widened
from viewer_app.imaging.pixels.element import PixelElement
from viewer_app.imaging.pixels.refusal import damaged, reading, unsupported
from viewer_app.imaging.pixels.values import (
    are_bits_clear,
    clear_unused_bits,
    emptied_by_errors,
    in_native_order,
    unpacked_bits,
)
from viewer_app.progress import Watch

_CHUNK = 8 << 20


@runtime_checkable
class ReadOnce(Protocol):
    """A file in memory that need not keep what lies elsewhere too."""

    def lies_in(self, start: int, memory: memoryview) -> None:
        """The bytes from `start` on are found unchanged in `memory`, which whoever reads the pixels keeps."""


class NativeFrames:
    """The final pixels of every frame of one uncompressed pixel element, at random.

    `doubts` are sentences on how the file stores them, for whoever reads the image.
    """

    def __init__(self, element: PixelElement, pixels: PixelFormat, frame_count: int) -> None:
        if layout.is_halved(pixels) and (pixels.columns % 2 or pixels.bits_allocated != 8):
            raise unsupported("Colours shared by two pixels need an even number of columns of 8 bits.")
        if pixels.photometric_interpretation in layout.REVERSIBLE | {"YBR_PARTIAL_420"}:
            raise unsupported(f"Uncompressed pixels cannot be {pixels.photometric_interpretation}.")
        self._element, self._pixels = element, pixels
        self._frame_bits = layout.native_bits(pixels)
        self.doubts: tuple[str, ...] = ()
        self._check_length(frame_count)

    def _check_length(self, frame_count: int) -> None:
        element = self._element
        if element.length is None:
            raise damaged("The header says the pixels are uncompressed, but they lie in compressed pieces.")
        present = element.end - element.start
        if element.length > present:
            self.doubts = (f"The file claims {element.length} bytes of pixels and has {present}: all the image needs.",)
        available = min(element.length, present)
        needed = -(-frame_count * self._frame_bits // 8)
        if available < needed:
            raise damaged(
                f"The header promises {needed} bytes of pixels for {frame_count} frame(s),"
                f" but only {available} are there."
            )
        if available > needed + 1:
            self._check_rest(element.start + needed, available - needed)

    def _check_rest(self, at: int, size: int) -> None:
        """More than the even-length pad byte: only zeros, less than a frame, are no other image."""
        with reading("The file cannot be read to its end."):
            self._element.file.seek(at)
            rest = self._element.file.read(size) if size * 8 < self._frame_bits else b"\1"
        if rest.strip(b"\0"):
            raise damaged(f"The file holds {size} bytes of pixels more than its header promises.")

    def read_into(self, number: int, target: NDArray[Any], watch: Watch) -> None:
        """Fill `target` with `samples`; straight from the file where the bytes lie there as they lie in memory."""
        if not self._lies_as_in_memory:
            target[...] = self.samples(number, watch)
            return
        element = self._element
        at = element.start + (number - 1) * self._frame_bits // 8
        memory = target.reshape(-1).view(np.uint8).data
        with element.lock, emptied_by_errors(target):
            _fill(element.file, at, memory, watch)
        if not are_bits_clear(target, self._pixels):
            clear_unused_bits(target, self._pixels)
        elif isinstance(element.file, ReadOnce):
            element.file.lies_in(at, memory)

    @property
    def _lies_as_in_memory(self) -> bool:
        pixels = self._pixels
        is_swapped = self._element.big_endian or sys.byteorder == "big"
        return pixels.samples_per_pixel == 1 and pixels.bits_allocated > 1 and not is_swapped

    def samples(self, number: int, watch: Watch) -> NDArray[Any]:
        """Frame `number` (from 1): stored values (rows, columns), or uint8 RGB (rows, columns, 3)."""
        pixels = self._pixels
        first = (number - 1) * self._frame_bits
        raw = self._bytes(first // 8, -(-(first + self._frame_bits) // 8), watch)
        if pixels.bits_allocated == 1:
            return unpacked_bits(raw, first % 8, pixels)
        flat = clear_unused_bits(in_native_order(raw, pixels, big_endian=self._element.big_endian), pixels)
        samples = widened(flat, pixels) if layout.is_halved(pixels) else by_pixel(flat, pixels)
        return to_rgb(samples, pixels) if pixels.samples_per_pixel > 1 else samples

    def _bytes(self, begin: int, end: int, watch: Watch) -> NDArray[np.uint8]:
        """Bytes [begin, end) of the value, as a little endian writer would have put them.

        A big endian file keeps bytes and bits in swapped 16-bit words where the VR is OW (PS3.5 A.3).
        """
        element = self._element
        if not (element.big_endian and element.vr == "OW" and self._pixels.bits_allocated <= 8):
            return self._read(begin, end, watch)
        even_begin, even_end = begin & ~1, (end + 1) & ~1
        words = self._read(even_begin, even_end, watch)
        swapped = words.view(np.uint16).byteswap(inplace=True).view(np.uint8)
        return swapped[begin - even_begin : end - even_begin].copy()

    def _read(self, begin: int, end: int, watch: Watch) -> NDArray[np.uint8]:
        raw = np.empty(end - begin, dtype=np.uint8)
        with self._element.lock:
            _fill(self._element.file, self._element.start + begin, raw.data, watch)
        return raw


def _fill(file: BinaryIO, start: int, view: memoryview, watch: Watch) -> None:
    size, done = len(view), 0
    with reading("The file cannot be read to its end."):
        file.seek(start)
        while done < size:
            watch.check()
            got = _read_into(file, view[done : done + _CHUNK])
            if not got:
                raise damaged(f"The file ends {size - done} bytes before the end of the frame.")
            done += got


def _read_into(file: BinaryIO, view: memoryview) -> int:
    into = getattr(file, "readinto", None)
    if into is not None:
        return int(into(view))
    piece = file.read(len(view))
    view[: len(piece)] = piece
    return len(piece)
