"""Memory that the program and one decoding process both see.

It has no name in the system (on Windows it has one, and goes with its last user), so
nothing is left behind when either side is killed.
"""

from __future__ import annotations

import mmap
import os
import secrets
import sys
import tempfile
from contextlib import suppress

_STEP = 1 << 20


class SharedMemory:
    """`view(size)` is the first `size` bytes of it, on either side; it grows and never shrinks.

    The program makes it without a handle and passes `handle` on to the process, together
    with the files `inherited`. The process asks for no more than the program did before.
    """

    def __init__(self, handle: str = "") -> None:
        self._is_owner = not handle
        self.handle = handle or (secrets.token_hex(16) if sys.platform == "win32" else str(_nameless_file()))
        self._map: mmap.mmap | None = None

    @property
    def inherited(self) -> tuple[int, ...]:
        """File descriptors the process needs to see it."""
        return () if sys.platform == "win32" else (int(self.handle),)

    def view(self, size: int) -> memoryview:
        """The first `size` bytes; release it before the next call."""
        if self._map is None or len(self._map) < size:
            self._grow(-(-size // _STEP) * _STEP)
        assert self._map is not None
        return memoryview(self._map)[:size]

    def close(self) -> None:
        """Let go of it."""
        self._unmap()
        if self._is_owner and sys.platform != "win32" and self.handle:
            os.close(int(self.handle))
            self.handle = ""

    def _grow(self, size: int) -> None:
        self._unmap()
        if sys.platform == "win32":
            # A mapping cannot grow there: each size is another one, known by size and secret.
            self._map = mmap.mmap(-1, size, tagname=f"caliper-{self.handle}-{size}")
        else:
            if self._is_owner:
                os.ftruncate(int(self.handle), size)
            self._map = mmap.mmap(int(self.handle), size)

    def _unmap(self) -> None:
        if self._map is not None:
            with suppress(BufferError):  # a reader that failed still holds a view; the map goes with it
                self._map.close()
            self._map = None


def _nameless_file() -> int:
    """A file in memory that can only grow, or where there is none, one on the disk without a name."""
    if hasattr(os, "memfd_create"):
        import fcntl

        made = os.memfd_create("caliper", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
        # Shrunk by a process gone wild, it would take the program along.
        fcntl.fcntl(made, fcntl.F_ADD_SEALS, fcntl.F_SEAL_SHRINK)
        return made
    with tempfile.TemporaryFile() as file:
        return os.dup(file.fileno())
