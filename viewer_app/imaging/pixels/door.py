"""The one door to pixels: stored values, or RGB, of every frame of an instance."""

from __future__ import annotations

import threading
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


_UNNAMED = "The file does not say how its pixels are stored; they are read as uncompressed."


class _Frames(Protocol):
    doubts: tuple[str, ...]

    def samples(self, number: int, watch: Watch) -> NDArray[Any]:
        """Stored values of frame `number`, or RGB; indices of a palette."""

    def read_into(self, number: int, target: NDArray[Any], watch: Watch) -> None:
        """The same, into an array of that very shape and dtype."""


class FrameReader:
    """The frames of one instance, in any order, for any number of threads: they read in turn, decode side by side.

    Whoever else moves the file meanwhile holds `lock`.
    """

    def __init__(self, file: BinaryIO, instance: Instance, watch: Watch, workers: Workers = WORKERS) -> None:
        self._instance = instance
        instance = tiles.whole(instance)
        element = find(file, instance, watch)
        assert instance.pixel_format is not None  # find() refuses objects without pixels
        self._pixels = instance.pixel_format
        self.lock = element.lock
        self._cutting = threading.Lock()
        self._mosaic: NDArray[Any] | None = None
        layout.check(self._pixels)
        self._frames = _frames(element, instance, watch, workers)
        is_palette = self._pixels.photometric_interpretation == layout.PALETTE
        self._palette = Palette(element.header(), big_endian=element.big_endian) if is_palette else None

    def frame(self, number: int, watch: Watch) -> NDArray[Any]:
        """Frame `number`, counted from 1, as `read_frames` yields it."""
        self._check(number)
        tile = self._instance.frames[number - 1].tile
        return self._stored(number, watch) if tile is None else self._cut(tile, watch)

    def read_into(self, number: int, target: NDArray[Any], watch: Watch) -> None:
        """Fill `target`, a slice of a volume, with frame `number`, without a copy between where none is needed.

        DamagedPixels where the frame has another shape. After an error `target` holds what it held before, or zeros.
        """
        self._check(number)
        tile = self._instance.frames[number - 1].tile
        if tile is not None:
            target[...] = self._cut(tile, watch)
            return
        shape, kind = layout.frame_form(self._pixels)
        if target.shape != shape:
            raise damaged(f"The image has {shape[0]} x {shape[1]} pixels, unlike the others of its stack.")
        if self._palette is None and target.dtype == kind and target.flags.c_contiguous:
            self._frames.read_into(number, target, watch)
        else:
            target[...] = self._stored(number, watch)

    @property
    def doubts(self) -> tuple[str, ...]:
        """Sentences on how the pixels lie in the file that its header alone does not tell."""
        unnamed = () if self._instance.transfer_syntax_uid else (_UNNAMED,)
        return (*unnamed, *self._frames.doubts)

    def _check(self, number: int) -> None:
        count = len(self._instance.frames)
        if not 1 <= number <= count:
            raise damaged(f"The image has {count} frame(s); frame {number} was asked for.")

    def _cut(self, tile: Tile, watch: Watch) -> NDArray[Any]:
        """A tile of a mosaic, which is decoded once."""
        assert self._instance.pixel_format is not None
        with self._cutting:
            if self._mosaic is None:
                self._mosaic = self._stored(1, watch)
        return tiles.cut(self._mosaic, tile, self._instance.pixel_format)

    def _stored(self, number: int, watch: Watch) -> NDArray[Any]:
        samples = self._frames.samples(number, watch)
        return samples if self._palette is None else self._palette.colours(samples)


def _frames(element: PixelElement, instance: Instance, watch: Watch, workers: Workers) -> _Frames:
    assert instance.pixel_format is not None
    pixels, syntax, count = instance.pixel_format, instance.transfer_syntax_uid, len(instance.frames)
    # Without a name, a pixel element of a defined length lies as the data set around it is written (PS3.5 A.1 to A.4).
    if syntax in NATIVE or (not syntax and element.length is not None):
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
