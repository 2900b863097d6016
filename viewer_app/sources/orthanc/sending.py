"""Sending many files to a server, each verified there, and none twice.

An upload may be repeated: the server knows an instance by its UIDs and keeps the first. So whatever broke off is
made whole by sending the same files again.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass, replace
from pathlib import Path

from viewer_app.errors import ImageError, NotDicom, NotFound, SourceError
from viewer_app.imaging.reading.quiet import quiet_pydicom
from viewer_app.progress import Step, Watch
from viewer_app.sources.header import MediaDirectory, read_header
from viewer_app.sources.orthanc.client import OrthancClient
from viewer_app.sources.orthanc.errors import Forbidden
from viewer_app.sources.orthanc.local import cannot_read
from viewer_app.sources.orthanc.model import Uploaded

# Two fill the links that were measured; more only wait for the server's database.
_THREADS = 2
# The list of a medium's files (PS3.10 8.6), which is nothing to send.
_DIRECTORY = "DICOMDIR"


@dataclass(frozen=True, slots=True)
class Sent:
    """What became of the files, in the order they were given; each is in one of the first three.

    `stored` are new on the server, `already` were there under the same UIDs (the server keeps what it had),
    `refused` did not go, with the reason in a sentence. `unverified` are those of the first two whose MD5 on the
    server is not the file's: another file has these UIDs there, or the server changes or does not sum what it stores.
    """

    stored: tuple[Path, ...] = ()
    already: tuple[Path, ...] = ()
    refused: tuple[tuple[Path, str], ...] = ()
    unverified: tuple[Path, ...] = ()

    @property
    def ok(self) -> bool:
        """Every file is on the server, byte for byte."""
        return not (self.refused or self.unverified)


def send(client: OrthancClient, files: Iterable[Path], watch: Watch) -> Sent:
    """Upload `files`, and all files in the folders among them, two at a time; `watch` is told bytes.

    Only DICOM files leave this computer. What ends early for all (no answer, a refused password, no right) is
    raised as it is: what arrived until then stays, and the same call again sends the rest.

    Raises:
        OrthancError: the server cannot be asked any more.
        SourceError: a folder cannot be read.
    """
    work = _Sending(client, list(_files(files, watch)), watch)
    with quiet_pydicom, ThreadPoolExecutor(_THREADS, thread_name_prefix="send") as pool:
        senders = [pool.submit(work.send_all) for _ in range(_THREADS)]
        wait(senders)
    for sender in senders:
        sender.result()
    return work.sent()


class _Sending:
    """The files still to be sent and what became of the others; for several threads."""

    def __init__(self, client: OrthancClient, files: list[tuple[Path, int]], watch: Watch) -> None:
        self._client, self._files, self._watch = client, files, watch
        self._next = 0
        self._total = sum(size for _, size in files)
        self._gone = [0] * len(files)
        self._became: dict[int, Uploaded | str] = {}
        self._lock = threading.Lock()

    def send_all(self) -> None:
        """Send until nothing is left; what ends it ends the other threads too."""
        try:
            while (number := self._take()) is not None:
                became = self._one(number)
                self._became[number] = became
                self._tell(number, self._files[number][1])
        except BaseException:
            with self._lock:
                self._next = len(self._files)
            raise

    def sent(self) -> Sent:
        """What became of all of them."""
        ends = [(self._files[number][0], became) for number, became in sorted(self._became.items())]
        went = [(path, became) for path, became in ends if isinstance(became, Uploaded)]
        return Sent(
            stored=tuple(path for path, one in went if not one.was_there),
            already=tuple(path for path, one in went if one.was_there),
            refused=tuple((path, why) for path, why in ends if isinstance(why, str)),
            unverified=tuple(path for path, one in went if not one.verified),
        )

    def _take(self) -> int | None:
        with self._lock:
            if self._next >= len(self._files):
                return None
            self._next += 1
            return self._next - 1

    def _one(self, number: int) -> Uploaded | str:
        path, size = self._files[number]
        told = replace(self._watch, report=lambda step: self._tell(number, min(step.done, size)))
        try:
            _check_dicom(path, size, told)
            return self._client.upload(path, watch=told)
        except Forbidden:  # it would be forbidden for each
            raise
        except (SourceError, NotDicom, MediaDirectory) as error:
            if isinstance(error, SourceError) and error.ends_source:
                raise
            return str(error)

    def _tell(self, number: int, gone: int) -> None:
        with self._lock:
            self._gone[number] = max(gone, self._gone[number])  # a second try begins anew, the progress does not
            text = f"{len(self._became)} of {len(self._files)} files sent"
            self._watch.report(Step(sum(self._gone), self._total, text))


def _check_dicom(path: Path, size: int, watch: Watch) -> None:
    """NotDicom or MediaDirectory for any other file; one whose header is odd is for the server to judge."""
    silent = replace(watch, report=lambda step: None)
    if not path.is_file():
        raise NotFound(f"{path.name} is not there.", "Check the path, or whether the medium is connected.")
    try:
        with path.open("rb") as stream:
            read_header(stream, silent, locator=path.name, size_bytes=size)
    except (NotDicom, MediaDirectory):
        raise
    except OSError as error:
        raise cannot_read(path, error) from error
    except ImageError:
        watch.check()


def _files(given: Iterable[Path], watch: Watch) -> Iterator[tuple[Path, int]]:
    """Each regular file once with its size in bytes; of folders, neither hidden files nor links."""
    seen: set[Path] = set()
    for path in given:
        for found in _inside(path, watch) if path.is_dir() else (path,):
            if found not in seen:
                seen.add(found)
                yield found, _size(found)


def _inside(folder: Path, watch: Watch) -> Iterator[Path]:
    def unread(error: OSError) -> None:
        where = Path(error.filename or folder).name
        raise SourceError(f"The folder {where} cannot be read: {error.strerror}.", "Check the folder.") from error

    for place, folders, names in os.walk(folder, onerror=unread):
        folders.sort()
        for name in sorted(names):
            watch.check()
            path = Path(place, name)
            if not name.startswith(".") and name.upper() != _DIRECTORY and not path.is_symlink() and path.is_file():
                yield path


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0  # sending it says what is wrong
