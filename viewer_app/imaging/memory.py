"""How much memory there is and, where it is too little, arrays in a file of the disk."""

from __future__ import annotations

import math
import mmap
import os
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

_CGROUPS = Path("/sys/fs/cgroup")
# Other programs, Caliper's store among them, need the disk too.
_LEFT_ON_DISK_BYTES = 1_000_000_000


def physical_bytes() -> int | None:
    """Memory in bytes: what the computer has, or what a container is given of it; None where nothing tells."""
    return min((found for found in (_installed(), *_container_limits()) if found), default=None)


def mapped_zeros(shape: tuple[int, ...], dtype: np.dtype[Any], folder: Path) -> NDArray[Any]:
    """An array of zeros mapped to a file of `folder` that no other program sees.

    The file has no name or, on Windows, is deleted by the system when it is closed: nothing
    is left behind, not even by a crash. OSError where there is no room.
    """
    size = math.prod(shape) * dtype.itemsize
    folder.mkdir(parents=True, exist_ok=True)
    if shutil.disk_usage(folder).free < size + _LEFT_ON_DISK_BYTES:
        raise OSError("no room on the disk")
    with tempfile.TemporaryFile(dir=folder) as file:
        file.truncate(size)
        if hasattr(os, "posix_fallocate"):
            # A disk that runs full later would end the program when it writes to the map.
            os.posix_fallocate(file.fileno(), 0, size)
        return np.frombuffer(mmap.mmap(file.fileno(), size), dtype).reshape(shape)


def _installed() -> int | None:
    if sys.platform == "win32":
        import ctypes

        status = (ctypes.c_ulonglong * 8)(64)  # MEMORYSTATUSEX: two 32-bit words, then seven of 64 bits
        is_told = ctypes.windll.kernel32.GlobalMemoryStatusEx(ctypes.byref(status))
        return status[1] if is_told else None
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (OSError, ValueError):
        return None


def _container_limits() -> list[int]:
    """What Linux control groups, of version 2 and 1, allow this process; [] elsewhere and where nothing is limited."""
    places = [_CGROUPS / "memory.max", _CGROUPS / "memory" / "memory.limit_in_bytes"]
    for line in _lines(Path("/proc/self/cgroup")):
        own = _CGROUPS / line.rpartition(":")[2].lstrip("/")
        places += [group / "memory.max" for group in (own, *own.parents) if group.is_relative_to(_CGROUPS)]
    return [int(line) for place in places for line in _lines(place) if line.isdigit()]


def _lines(path: Path) -> list[str]:
    try:
        return path.read_text().splitlines()
    except (OSError, ValueError):
        return []
