"""The one door to pixels: stored values, or RGB, of every frame of an instance."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, BinaryIO, Protocol

from numpy.typing import NDArray

from viewer_app.imaging.headers import Instance, Tile
from viewer_app.imaging.pixels import layout, tiles
from viewer_app.imaging.pixels.compressed import CompressedFrames
from viewer_app.imaging.pixels.element import DEFLATED, PixelElement, find
from viewer_app.imaging.pixels.native import NativeFrames
from viewer_app.imaging.pixels.palette import Palette
from viewer_app.imaging.pixels.pool import WORKERS, Workers
from viewer_app.imaging.pixels.refusal import damaged
from viewer_app.progress import Watch

NATIVE = frozenset({"1.2.840.10008.1.2", "1.2.840.10008.1.2.1", "1.2.840.10008.1.2.2", DEFLATED})


class _Frames(Protocol):
    def samples(self, number: int, watch: Watch) -> NDArray[Any]:
        """Stored values of frame `number`, or RGB; indices of a palette."""


class FrameReader:
    """The frames of one instance, one at a time and in any order; for one thread at a time."""

    def __init__(self, file: BinaryIO, instance: Instance, watch: Watch, workers: Workers = WORKERS) -> None:
        self._instance = instance
        instance = tiles.whole(instance)
        element = find(file, instance, watch)
        assert instance.pixel_format is not None  # find() refuses objects without pixels
        self._pixels = instance.pixel_format
        self._mosaic: NDArray[Any] | None = None
        layout.check(self._pixels)
        self._frames = _frames(element, instance, watch, workers)
        is_palette = self._pixels.photometric_interpretation == layout.PALETTE
        self._palette = Palette(element.header, big_endian=element.big_endian) if is_palette else None

    def frame(self, number: int, watch: Watch) -> NDArray[Any]:
        """Frame `number`, counted from 1, as `read_frames` yields it."""
        frames = self._instance.frames
        if not 1 <= number <= len(frames):
            raise damaged(f"The image has {len(frames)} frame(s); frame {number} was asked for.")
        tile = frames[number - 1].tile
        return self._stored(number, watch) if tile is None else self._cut(tile, watch)

    def _cut(self, tile: Tile, watch: Watch) -> NDArray[Any]:
        """A tile of a mosaic, which is decoded once."""
        if self._mosaic is None:
            self._mosaic = self._stored(1, watch)
        assert self._instance.pixel_format is not None
        return tiles.cut(self._mosaic, tile, self._instance.pixel_format)

    def _stored(self, number: int, watch: Watch) -> NDArray[Any]:
        samples = self._frames.samples(number, watch)
        if self._palette is not None:
            return self._palette.colours(samples)
        return samples


def _frames(element: PixelElement, instance: Instance, watch: Watch, workers: Workers) -> _Frames:
    assert instance.pixel_format is not None
    pixels, syntax, count = instance.pixel_format, instance.transfer_syntax_uid, len(instance.frames)
    if syntax in NATIVE:
        return NativeFrames(element, pixels, count)
    return CompressedFrames(element, pixels, syntax, count, workers, watch)


def read_frames(file: BinaryIO, instance: Instance, watch: Watch) -> Iterator[tuple[int, NDArray[Any]]]:
    """Every frame of `instance`, in order, as (frame number from 1, array).

    `file` is the whole DICOM file, seekable, standing at its first byte; it stays open.
    The array is the caller's own: (rows, columns) stored values in the dtype of Bits
    Allocated and sign (0 and 1 as uint8 for one bit, floats for Float and Double Float
    Pixel Data), or (rows, columns, 3) uint8 RGB for colour; of colours with more than
    eight used bits, the upper eight. Modality and VOI LUTs are not applied.

    Raises NotAnImage, Unreadable, UnsupportedPixels, DamagedPixels or Cancelled.
    """
    reader = FrameReader(file, instance, watch)
    for frame in instance.frames:
        yield frame.number, reader.frame(frame.number, watch)


def read_frame(file: BinaryIO, instance: Instance, number: int, watch: Watch) -> NDArray[Any]:
    """One frame, counted from 1, without reading the others; otherwise as `read_frames`."""
    return FrameReader(file, instance, watch).frame(number, watch)
