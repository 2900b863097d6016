"""Studies in a folder, or in a single file."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import BinaryIO, cast

from viewer_app.errors import AccessDenied, DamagedPixels, NotFound, SourceError
from viewer_app.imaging.headers import Instance, Problem
from viewer_app.progress import Watch
from viewer_app.sources.base import Listing
from viewer_app.sources.header import check_unchanged
from viewer_app.sources.scan import Candidate, Findings, printable, read_all

_FOLDER_STEP = 1000


class FolderSource:
    """Every regular file under `path`, whatever its name; `path` may also be one file.

    Locators are paths relative to the folder. Links to folders are not followed,
    links to files only where they stay inside the folder.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self._path = Path(os.path.abspath(path))  # noqa: PTH100 - links stay as the person wrote them
        self._root = self._path.parent if os.path.isfile(self._path) else self._path  # noqa: PTH113 - never raises

    @property
    def title(self) -> str:
        """The folder's or file's name."""
        return printable(self._path.name) or str(self._path)

    @property
    def address(self) -> str:
        """The absolute path."""
        return str(self._path)

    def find(self, watch: Watch) -> Listing:
        """Read the headers of all files; NotFound, AccessDenied or NothingToShow where that fails."""
        findings = Findings()
        with _plain_errors(self.title):
            candidates = list(self._candidates(findings, watch))
        read_all(candidates, findings, watch)
        return findings.listing(self.title, watch)

    def open(self, instance: Instance, watch: Watch) -> BinaryIO:
        """The file itself, after a look at its kind, size and identity."""
        watch.check()
        path = self._root / instance.locator
        with _plain_errors(printable(instance.locator)):
            stream = _open_regular(path)
        try:
            if os.fstat(stream.fileno()).st_size != instance.size_bytes:
                raise DamagedPixels(
                    f"{printable(instance.locator)} has changed since it was listed.", "Open the study again."
                )
            check_unchanged(stream, instance, watch, printable(instance.locator))
        except BaseException:
            stream.close()
            raise
        return stream

    def close(self) -> None:
        """Nothing is held open."""

    def _candidates(self, findings: Findings, watch: Watch) -> Iterator[Candidate]:
        info = self._path.stat()
        if stat.S_ISREG(info.st_mode):
            yield self._candidate(self._path, info)
            return
        if not stat.S_ISDIR(info.st_mode):
            raise NotFound(f"{self.title} is neither a file nor a folder.", "Choose another place.")
        seen: set[tuple[int, int]] = set()
        for entry in self._walk(findings, watch):
            with suppress(OSError):  # gone meanwhile, or a dangling link
                info = os.stat(entry)  # noqa: PTH116 - the entry's own stat knows no inode on Windows
                if stat.S_ISREG(info.st_mode) and (info.st_dev, info.st_ino) not in seen and self._inside(entry):
                    seen.add((info.st_dev, info.st_ino))
                    yield self._candidate(entry, info)

    def _candidate(self, file: os.PathLike[str], info: os.stat_result) -> Candidate:
        path = os.fspath(file)
        locator = path[len(os.path.join(self._root, "")) :]  # noqa: PTH118 - a Path for each file costs more than opening it
        return Candidate(printable(locator), locator, info.st_size, partial(_open_regular, path))

    def _walk(self, findings: Findings, watch: Watch) -> Iterator[os.DirEntry[str]]:
        """All that is no folder, in name order; folders are visited once, links to folders never."""
        pending, found = [self._path], 0
        while pending:
            folder = pending.pop()
            try:
                with os.scandir(folder) as listed:
                    entries = sorted(listed, key=lambda entry: entry.name)
            except OSError as error:
                if folder == self._path:
                    raise
                where = printable(str(folder.relative_to(self._root)))
                findings.problems.append(Problem(where, f"The folder cannot be read: {error.strerror}."))
                continue
            pending.extend(Path(entry) for entry in reversed(entries) if entry.is_dir(follow_symlinks=False))
            for entry in entries:
                watch.check()
                found += 1
                if found % _FOLDER_STEP == 1:
                    watch.step(0, 0, "Looking for files")
                if not _is_folder(entry):
                    yield entry

    def _inside(self, entry: os.DirEntry[str]) -> bool:
        return not entry.is_symlink() or Path(entry).resolve().is_relative_to(self._path.resolve())


def _is_folder(entry: os.DirEntry[str]) -> bool:
    """Also true for a link to a folder; a link that leads to itself is none."""
    try:
        return entry.is_dir()
    except OSError:
        return False


def _open_regular(path: str | Path) -> BinaryIO:
    """Open without ever waiting for a FIFO that took the file's place."""
    handle = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        raise NotFound(f"{printable(Path(path).name)} is not a regular file.")
    return cast(BinaryIO, os.fdopen(handle, "rb"))


@contextmanager
def _plain_errors(name: str) -> Iterator[None]:
    try:
        yield
    except FileNotFoundError as error:
        raise NotFound(f"{name} is not there.", "Check the path, or whether the medium is connected.") from error
    except PermissionError as error:
        raise AccessDenied(f"{name} may not be read.", "Ask its owner for permission to read.") from error
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "the name cannot be used"
        raise SourceError(f"{name[:200]} cannot be read: {reason}.", "Check the path and the medium.") from error
