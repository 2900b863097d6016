"""Private folders, and files that appear whole or not at all."""

from __future__ import annotations

import io
import os
import stat
import time
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO, cast

from viewer_app.sources.orthanc.held import Held

_PART = ".part"
_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0) | getattr(os, "O_NOFOLLOW", 0)
_FORGOTTEN_AFTER_S = 24 * 3600.0


def make_private(folder: Path) -> None:
    """The folder and those above it that are missing; all are their owner's alone, it even where it was not before."""
    if not folder.parent.exists():
        make_private(folder.parent)
    folder.mkdir(mode=0o700, exist_ok=True)
    if os.name == "posix" and stat.S_IMODE(folder.stat().st_mode) != 0o700:
        folder.chmod(0o700)


def write_whole(path: Path, chunks: Iterable[bytes | memoryview]) -> None:
    """Write a file beside `path`, then put it there in one move; of a failure nothing is left. OSError."""
    name = f"{path}.{os.getpid():x}-{time.time_ns():x}{_PART}"  # by no other program or time
    try:
        with os.fdopen(os.open(name, _NEW, 0o600), "wb", 0) as stream:
            for chunk in chunks:
                _write_all(stream, chunk)
        os.replace(name, path)  # noqa: PTH105 - a Path for each file costs more than the move
    except BaseException:
        with suppress(OSError):
            Path(name).unlink()
        raise


def _write_all(stream: io.FileIO, chunk: bytes | memoryview) -> None:
    rest = memoryview(chunk)
    while rest:
        rest = rest[stream.write(rest) :]


def append_line(path: Path, line: str) -> None:
    """Add one line in one write, so that lines of several programs do not mix. OSError."""
    handle = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | getattr(os, "O_BINARY", 0), 0o600)
    try:
        os.write(handle, f"\n{line}\n".encode())
    finally:
        os.close(handle)


def open_regular(path: Path | str) -> BinaryIO | None:
    """The file for reading, never waiting for a pipe that took its place; None where there is no regular file."""
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0) | getattr(os, "O_NOFOLLOW", 0)
    try:
        handle = os.open(path, flags)
    except OSError:
        return None
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        return None
    return cast(BinaryIO, os.fdopen(handle, "rb"))


def read_small(path: Path, cap: int) -> bytes:
    """A file of at most `cap` bytes; b"" where there is none, or a larger one."""
    stream = open_regular(path)
    if stream is None:
        return b""
    with stream, suppress(OSError):
        if os.fstat(stream.fileno()).st_size <= cap:
            return stream.read(cap)
    return b""


def chunks_of(stream: BinaryIO) -> Iterator[bytes | memoryview]:
    """The whole of a stream that is at its first byte: in pieces of a megabyte, or at once where it is in memory."""
    if isinstance(stream, Held):
        yield from stream.pieces()
        return
    while chunk := stream.read(1 << 20):
        yield chunk


def size_of(folder: Path) -> int:
    """Bytes of all files in and below a folder."""
    total = 0
    for entry in _entries(folder):
        with suppress(OSError):  # gone meanwhile
            total += size_of(Path(entry)) if entry.is_dir(follow_symlinks=False) else entry.stat().st_size
    return total


def remove_left_parts(folder: Path) -> None:
    """Remove what a program that was killed left half-written a day ago or earlier."""
    before = time.time() - _FORGOTTEN_AFTER_S
    for entry in _entries(folder):
        with suppress(OSError):
            if entry.name.endswith(_PART) and entry.stat().st_mtime < before:
                Path(entry).unlink()


def folders_in(folder: Path) -> list[Path]:
    """The folders in a folder, links to folders left out; none where it cannot be read."""
    return [Path(entry) for entry in _entries(folder) if entry.is_dir(follow_symlinks=False)]


def _entries(folder: Path) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as listed:
            return list(listed)
    except OSError:
        return []
