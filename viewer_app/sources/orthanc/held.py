"""A file that came from a server or the cache, whole in memory: what was proven is what is used."""

from __future__ import annotations

import io
from contextlib import suppress
from typing import Any

import numpy as np

from viewer_app.imaging.headers import HeaderMark

LARGEST_HELD = 32 << 20
"""Bytes; a larger file goes through the disk."""


class Held(io.BytesIO):
    """`size` bytes, to be filled by way of `getbuffer`, then read from the first one on by one thread at a time.

    `mark` is that of its header, once this is proven to be the one listed: pixels are found by it.
    """

    def __init__(self, size: int) -> None:
        super().__init__(bytes(size))
        self.mark: HeaderMark | None = None

    def readinto(self, target: Any, /) -> int:
        """As of every file; other threads run meanwhile, while a BytesIO would stop them."""
        at, into = self.tell(), np.frombuffer(target, np.uint8)
        piece = np.frombuffer(self.getbuffer(), np.uint8)[at : at + into.size]
        np.copyto(into[: piece.size], piece)
        self.seek(at + piece.size)
        return piece.size

    def close(self) -> None:
        """Let go of the memory; where an error still points at it, it goes with the error."""
        with suppress(BufferError):
            super().close()
