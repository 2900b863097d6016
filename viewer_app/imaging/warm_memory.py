"""Zeroed memory for volumes that the system has given already: used again, or touched before it is asked for.

A page that is touched for the first time costs the system more than all that a load then writes to it.
"""

from __future__ import annotations

import atexit
import ctypes
import math
import mmap
import os
import sys
import threading
import time
import weakref
from collections import deque
from contextlib import suppress
from queue import Empty, SimpleQueue
from typing import Any

import numpy as np
from numpy.typing import NDArray

from viewer_app.imaging.memory import physical_bytes

# numpy's own zeros are as good for less.
_SMALLEST_BYTES = 8 << 20
_MOST_BYTES, _SHARE_OF_MEMORY = 512 << 20, 16
# More than this share of the memory of a volume is its own: all volumes together have a budget.
_SHARE_USED = 0.75
_KEPT_S, _PREPARED_S = 60.0, 10.0
# Who takes a block waits for a piece of it at the most. Pieces are whole pages.
_PIECE_BYTES, _PAGE_BYTES = 4 << 20, 4096


class _Block:
    """Memory that nobody uses. `is_zero` once it may be given out, `is_ready` once there is nothing left to do."""

    def __init__(self, memory: NDArray[np.uint8], kept_s: float, *, is_zero: bool) -> None:
        self.memory = memory
        self.until = time.monotonic() + kept_s
        self.is_zero, self.is_ready = is_zero, False
        self._is_taken = False
        self._writing = threading.Lock()

    def fits(self, size: int) -> bool:
        return _SHARE_USED * self.memory.size <= size <= self.memory.size

    def make_ready(self, ending: threading.Event) -> None:
        """Write zero to every byte, or to one of each page where it is zero already, as long as nobody takes it."""
        step = _PAGE_BYTES if self.is_zero else 1
        for start in range(0, self.memory.size, _PIECE_BYTES):
            with self._writing:
                if self._is_taken or ending.is_set():
                    return
                self.memory[start : start + _PIECE_BYTES : step] = 0
        self.is_zero = self.is_ready = True

    def take(self) -> NDArray[np.uint8]:
        """The memory, to which the block never writes again."""
        self._is_taken = True
        with self._writing:
            return self.memory


class WarmMemory:
    """Gives out zeroed arrays, and takes their memory back when nothing uses it any more; for several threads.

    What comes back is wiped by a thread of its own, and given out only after that. At most `most_bytes` (512 MB, of a
    small computer a sixteenth) are kept, for a minute.
    """

    def __init__(self, most_bytes: int | None = None) -> None:
        self._most = min(_MOST_BYTES, (physical_bytes() or 0) // _SHARE_OF_MEMORY) if most_bytes is None else most_bytes
        self.begin()

    def begin(self) -> None:
        """Begin with nothing: also in the copy of a process, which has the memory of it but no thread."""
        self._lock = threading.Lock()
        self._idle: list[_Block] = []
        # Arrays end in any thread at any moment, also in one that holds the lock: these two never wait.
        self._returned = deque[_Block]()
        self._news = SimpleQueue[None]()
        self._ending = threading.Event()
        self._thread: threading.Thread | None = None

    @property
    def idle_bytes(self) -> int:
        """How much memory is kept and not in use, what is not yet wiped included."""
        with self._lock:
            self._gather()
            return sum(block.memory.size for block in self._idle)

    @property
    def ready_bytes(self) -> int:
        """How much of it can be used without any work."""
        with self._lock:
            return sum(block.memory.size for block in self._idle if block.is_ready)

    def zeros(self, shape: tuple[int, ...], dtype: np.dtype[Any]) -> NDArray[Any]:
        """An array of zeros, C-contiguous; MemoryError or OSError where there is no room."""
        size = math.prod(shape) * dtype.itemsize
        if not _SMALLEST_BYTES <= size <= self._most:
            return np.zeros(shape, dtype)
        found = self._taken(size)
        memory = _new(size) if found is None else found.take()
        # Whatever sees this memory holds this buffer. numpy's views need not hold the array that they are views of.
        buffer = (ctypes.c_char * memory.size).from_buffer(memory.data)
        weakref.finalize(buffer, self._comes_back, memory).atexit = False
        self._start()
        array: NDArray[Any] = np.frombuffer(memoryview(buffer), dtype, math.prod(shape))
        return array.reshape(shape)

    def prepare(self, size_bytes: int) -> None:
        """Have memory ready soon for an array of this size or a little less; given back if it is not asked for."""
        if self._ending.is_set() or not _SMALLEST_BYTES <= size_bytes <= self._most:
            return
        with self._lock, suppress(OSError):
            self._gather()
            fitting = next((block for block in self._idle if block.fits(size_bytes)), None)
            if fitting is None:
                self._idle.append(_Block(_new(size_bytes), _PREPARED_S, is_zero=True))
            else:
                fitting.until = max(fitting.until, time.monotonic() + _PREPARED_S)
        self._start()
        self._news.put(None)

    def end(self) -> None:
        """Keep nothing any more, and end the thread."""
        atexit.unregister(self.end)
        self._ending.set()
        self._news.put(None)
        if self._thread is not None:
            self._thread.join()
        self._idle.clear()

    def _taken(self, size: int) -> _Block | None:
        """The smallest block that will do, no longer idle; one that is ready before one that is not."""
        with self._lock:
            fitting = [block for block in self._idle if block.is_zero and block.fits(size)]
            found = min(fitting, key=lambda block: (not block.is_ready, block.memory.size), default=None)
            if found is not None:
                self._idle.remove(found)
            return found

    def _comes_back(self, memory: NDArray[np.uint8]) -> None:
        if not self._ending.is_set():
            self._returned.append(_Block(memory, _KEPT_S, is_zero=False))
            self._news.put(None)

    def _gather(self) -> None:
        while self._returned:
            self._idle.append(self._returned.popleft())

    def _start(self) -> None:
        with self._lock:
            if self._thread is None:
                thread = threading.Thread(target=self._run, name="warm-memory", daemon=True)
                thread.start()
                self._thread = thread
                # It must not write while the interpreter is taken down.
                atexit.register(self.end)

    def _run(self) -> None:
        try:
            while not self._ending.is_set():
                self._make_all_ready()
                with suppress(Empty):
                    self._news.get(timeout=self._pause_s())
        finally:
            # Nothing may be kept that nobody lets go.
            self._ending.set()

    def _make_all_ready(self) -> None:
        while (block := self._unready()) is not None and not self._ending.is_set():
            block.make_ready(self._ending)

    def _unready(self) -> _Block | None:
        """A block with work to do, what is about to be asked for first; after what need not be kept is let go."""
        self._let_go()
        with self._lock:
            unready = [block for block in self._idle if not block.is_ready]
            return max(unready, key=lambda block: block.is_zero, default=None)

    def _let_go(self) -> None:
        with self._lock:
            self._gather()
            kept, room, now = deque[_Block](), self._most, time.monotonic()
            for block in reversed(self._idle):
                if block.memory.size <= room and block.until > now:
                    room -= block.memory.size
                    kept.appendleft(block)
            gone, self._idle = self._idle, list(kept)
        # The system takes its time; nobody should wait for the lock meanwhile.
        gone.clear()

    def _pause_s(self) -> float | None:
        """How long until something must be let go; None where nothing is kept."""
        with self._lock:
            first = min((block.until for block in self._idle), default=None)
        return None if first is None else max(0.0, first - time.monotonic())


def _new(size: int) -> NDArray[np.uint8]:
    """Zeros that begin with a page; what the C library hands out it need not give back to the system."""
    if sys.platform == "win32":
        made = mmap.mmap(-1, size)
    else:
        made = mmap.mmap(-1, size, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
    if sys.platform == "linux":
        with suppress(OSError):  # where the system has no huge pages
            made.madvise(mmap.MADV_HUGEPAGE)
    return np.frombuffer(made, np.uint8)


WARM = WarmMemory()
"""The one of the program."""

if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=WARM.begin)
