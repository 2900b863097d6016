"""A file that came from a server or the cache, whole in memory: what was proven is what is used."""

from __future__ import annotations

import io
import weakref
from collections import deque
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from viewer_app.imaging.headers import HeaderMark

LARGEST_HELD = 32 << 20
"""Bytes; a larger file goes through the disk."""

# Memory touched for the first time costs more than to receive into it: so much of it waits for the next files.
_MOST_FREE_BYTES = 32 << 20
_STEP = 1 << 16

Bytes = NDArray[np.uint8]


class _Memory:
    """Blocks that are used again once no view of them is left; for several threads."""

    def __init__(self) -> None:
        self._free: deque[Bytes] = deque()
        self._leased: dict[int, tuple[weakref.ref[Bytes], Bytes]] = {}

    def taken(self, size: int) -> Bytes:
        """`size` bytes of any content."""
        whole = -(-max(size, 1) // _STEP) * _STEP
        block = self._again(whole)
        if block is None:
            block = np.empty(whole, np.uint8)
        # Over a foreign buffer: numpy has every view keep this very array alive.
        leased = np.frombuffer(block.data, np.uint8, size) if size else np.empty(0, np.uint8)
        left = weakref.ref(leased, self._back)
        self._leased[id(left)] = left, block
        return leased

    def _again(self, whole: int) -> Bytes | None:
        """One of the wanted size; others, of the files of a series before, are let go."""
        while self._free:
            try:
                block = self._free.pop()
            except IndexError:  # another thread was quicker
                return None
            if block.size == whole:
                return block
        return None

    def _back(self, left: weakref.ref[Bytes]) -> None:
        """At any moment of any thread, so without a lock."""
        _, block = self._leased.pop(id(left))
        if (len(self._free) + 1) * block.size <= _MOST_FREE_BYTES:
            self._free.append(block)


_MEMORY = _Memory()


class Held(io.RawIOBase):
    """`size` bytes, all to be filled by way of `memory`, then read from the first one on by one thread at a time.

    `mark` is that of its header, once this is proven to be the one listed: pixels are found by it. With `outlives`
    the bytes are there after `close` too, for whoever writes them (`pieces`).
    """

    def __init__(self, size: int) -> None:
        super().__init__()
        self.mark: HeaderMark | None = None
        self.outlives = False
        self.is_elsewhere = False
        self._memory = _MEMORY.taken(size)
        self._pieces: tuple[memoryview, ...] = ()
        self._at = 0
        self._copy: tuple[int, memoryview] | None = None

    @property
    def memory(self) -> memoryview:
        """All bytes; of any content before they are filled."""
        return self._memory.data

    def pieces(self) -> Sequence[memoryview]:
        """All bytes, in order; after `close` only where it `outlives` this."""
        memory = self._memory  # before the pieces, for `close` makes these first
        return self._pieces or (memory.data,)

    def readable(self) -> bool:
        """It is."""
        return True

    def seekable(self) -> bool:
        """It is."""
        return True

    def tell(self) -> int:
        """Where the next byte is read."""
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        """As of every file."""
        self._at = max(0, offset + (0, self._at, self._memory.size)[whence])
        return self._at

    def read(self, size: int | None = -1, /) -> bytes:
        """As of every file."""
        end = self._memory.size if size is None or size < 0 else self._at + size
        found = self._memory[self._at : end].tobytes()
        self._at += len(found)
        return found

    def readinto(self, target: Any, /) -> int:
        """As of every file; other threads run meanwhile, while a BytesIO would stop them."""
        at, into = self._at, np.frombuffer(target, np.uint8)
        piece = self._memory[at : at + into.size]
        np.copyto(into[: piece.size], piece)
        self._at += piece.size
        return piece.size

    def close(self) -> None:
        """Let go of the memory; it is used again once no view of it is left.

        What has to outlive this stays where it was read to: in the slice of a volume.
        """
        if self.closed:
            return
        if self.outlives:
            self._pieces = self._elsewhere() or (self._memory.data,)
        self._copy, self._memory = None, self._memory[:0].copy()
        super().close()

    def lies_in(self, start: int, memory: memoryview) -> None:
        """The bytes from `start` on are found in `memory` too: `close` need not keep them, if they are most of it."""
        if 2 * len(memory) > self._memory.size:
            self._copy = start, memory

    def _elsewhere(self) -> tuple[memoryview, ...]:
        if self._copy is None:
            return ()
        at, copy = self._copy
        self.is_elsewhere = True
        before, after = self._memory[:at].tobytes(), self._memory[at + len(copy) :].tobytes()
        return memoryview(before), copy, memoryview(after)
