"""Frames of a compressed pixel element: looked at here, decoded in a worker process."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from viewer_app.imaging.headers import PixelFormat
from viewer_app.imaging.pixels import codestream, layout
from viewer_app.imaging.pixels.codecs import CODECS, RLE_MOST_EXPANSION, Codec
from viewer_app.imaging.pixels.element import PixelElement
from viewer_app.imaging.pixels.encapsulated import EncapsulatedFrames
from viewer_app.imaging.pixels.pool import Workers
from viewer_app.imaging.pixels.refusal import damaged, unsupported
from viewer_app.progress import Watch


def codec(transfer_syntax_uid: str) -> Codec:
    """The one decoder of a transfer syntax; UnsupportedPixels, naming the syntax, where there is none."""
    from pydicom.config import IGNORE
    from pydicom.uid import UID

    if not transfer_syntax_uid:
        raise unsupported("The file does not say how its pixels are compressed.")
    found = CODECS.get(transfer_syntax_uid)
    if found is None:
        name = UID(transfer_syntax_uid, validation_mode=IGNORE).name
        raise unsupported(f"The image is stored in a form Caliper does not read ({name}).")
    return found


class CompressedFrames:
    """The final pixels of every frame of one compressed pixel element, at random."""

    def __init__(
        self, element: PixelElement, pixels: PixelFormat, syntax: str, count: int, workers: Workers, watch: Watch
    ) -> None:
        self._codec, self._syntax = codec(syntax), syntax
        self.doubts: tuple[str, ...] = ()
        self._pixels, self._workers = pixels, workers
        self._frames = EncapsulatedFrames(element, count, self._codec.mark, watch)

    def samples(self, number: int, watch: Watch) -> NDArray[Any]:
        """Frame `number` (from 1): stored values (rows, columns), or uint8 RGB (rows, columns, 3)."""
        shape = layout.sample_shape(self._pixels)
        decoded = np.empty(shape, np.uint8 if len(shape) == 3 else layout.container(self._pixels))
        self.read_into(number, decoded, watch)
        return decoded

    def read_into(self, number: int, target: NDArray[Any], watch: Watch) -> None:
        """Decode frame `number` into `target`, which has the shape and dtype of `samples`."""
        frame, pixels = self._frames.frame(number), self._pixels
        if self._codec.mark:
            codestream.compare(codestream.inspect(frame, self._codec.processes), pixels)
        elif self._codec.name.startswith("RLE") and layout.native_bits(pixels) // 8 > len(frame) * RLE_MOST_EXPANSION:
            raise damaged("The compressed frame is too short for the size its header promises.")
        self._workers.decode(frame, self._syntax, pixels, target, watch)
