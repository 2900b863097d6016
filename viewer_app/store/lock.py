"""A lock file that tells a second window from the first. It hinders nobody; the system frees it at a crash."""

from __future__ import annotations

import os
import sys
from pathlib import Path

if sys.platform == "win32":
    import msvcrt

    def _try_lock(handle: int) -> None:
        msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
else:
    import fcntl

    def _try_lock(handle: int) -> None:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)


class WindowLock:
    """Held by the first window on a store.

    Where no lock file can be made (a read-only folder) nothing is held and
    nothing is shared.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._handle: int | None = None
        self._shared = False
        self.taken_by_other()

    def taken_by_other(self) -> bool:
        """True while another window holds the lock; takes it over once that window is gone."""
        if self._handle is None:
            self._handle, self._shared = _take(self._path)
        return self._shared

    def release(self) -> None:
        """Let the next window be the first."""
        if self._handle is not None:
            os.close(self._handle)
        self._handle, self._shared = None, False


def _take(path: Path) -> tuple[int | None, bool]:
    try:
        handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError:
        return None, False
    try:
        _try_lock(handle)
    except (BlockingIOError, PermissionError):
        os.close(handle)
        return None, True
    except OSError:  # a file system without locks
        os.close(handle)
        return None, False
    return handle, False
