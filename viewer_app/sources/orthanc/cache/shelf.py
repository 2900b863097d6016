"""The files of one study of one server."""

from __future__ import annotations

import hashlib
import os
import threading
import time
import zlib
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO, cast

from viewer_app.errors import CaliperError, ImageError
from viewer_app.imaging.headers import HeaderMark, Instance
from viewer_app.progress import Watch
from viewer_app.sources.header import read_header
from viewer_app.sources.orthanc import shape
from viewer_app.sources.orthanc.cache import disk
from viewer_app.sources.orthanc.cache.behind import BEHIND
from viewer_app.sources.orthanc.cache.records import (
    Headers,
    KeptFile,
    KeptListing,
    file_line,
    file_of_line,
    headers_json,
    headers_of_json,
    listing_json,
    listing_of_json,
)
from viewer_app.sources.orthanc.errors import BadResponse
from viewer_app.sources.orthanc.held import LARGEST_HELD, Held
from viewer_app.sources.orthanc.transport import JSON_CAP

LISTING = "listing.json"
_FILES = "files.jsonl"
_TOUCHED_EVERY_S = 60.0

Save = Callable[[int, Callable[[], None]], None]
"""Told how many bytes a piece of writing takes; runs it, or does not where there is no room."""


class Shelf:
    """What is kept of a study, for several threads. Nothing here fails: what cannot be read is not here."""

    def __init__(self, folder: Path, save: Save) -> None:
        self.folder = folder
        self._beginning = f"{folder}{os.sep}"
        self._save = save
        self._lock = threading.Lock()
        self._files: dict[str, KeptFile] | None = None
        self._touched = 0.0
        self._is_made = False

    def listing(self) -> KeptListing | None:
        """What the server listed when it was last asked; None where nothing is kept."""
        self._settle_listing()
        try:
            return listing_of_json(disk.read_small(self.folder / LISTING, JSON_CAP))
        except BadResponse:
            return None

    def is_of(self, study_uid: str) -> bool:
        """The listing is that of a study; most are known not to be without being parsed."""
        self._settle_listing()
        if study_uid.encode() not in disk.read_small(self.folder / LISTING, JSON_CAP):
            return False
        listing = self.listing()
        return listing is not None and listing.study_uid == study_uid

    def keep_listing(self, listing: KeptListing, headers: Mapping[str, Headers]) -> None:
        """Keep a listing, and the headers of its series by series ID, a moment later: a person waits for the views."""

        def write() -> None:
            for series_id, ours in headers.items():
                self._write(self._headers_path(series_id), headers_json(ours))
            self._write(self.folder / LISTING, listing_json(listing))

        BEHIND.put(self.folder / LISTING, 0, write, Watch())  # of no size, so that it never waits for room

    def forget_listing(self) -> None:
        """The study does not open without the server any more."""
        self._settle_listing()
        with suppress(OSError):
            (self.folder / LISTING).unlink()

    def headers(self, series_id: str) -> Headers:
        """The headers of a series as the server sent them; none where they are not kept, or damaged."""
        self._settle_listing()
        try:
            return headers_of_json(disk.read_small(self._headers_path(series_id), JSON_CAP))
        except BadResponse:
            return {}

    def file(self, instance_id: str) -> KeptFile | None:
        """What is known of a kept file; it may have gone or changed since, which `open` finds out."""
        if self._files is None:
            BEHIND.settle(self.folder)
        elif BEHIND.waiting_bytes:
            BEHIND.finish(self._path(instance_id))
        return self._known().get(instance_id)

    def instance(self, instance_id: str, watch: Watch) -> Instance | None:
        """The header of a kept file; None where it is not the one that was kept."""
        kept, stream = self.file(instance_id), disk.open_regular(self._name(instance_id))
        if kept is None or kept.mark is None or stream is None:
            if stream is not None:
                stream.close()
            return None
        try:
            with stream:
                if os.fstat(stream.fileno()).st_size != kept.size:
                    return None
                found = read_header(stream, watch, locator=instance_id, size_bytes=kept.size)
        except (ImageError, OSError):
            return None
        return found if found.mark == kept.mark else None

    def open(self, instance_id: str, watch: Watch) -> BinaryIO | None:
        """A kept file at its first byte, proven by its CRC-32; None, and no file any more, where it is another."""
        kept, stream = self.file(instance_id), disk.open_regular(self._name(instance_id))
        if kept is None or stream is None:
            if stream is not None:
                stream.close()
            return None
        self._touch()
        with suppress(OSError):
            if (proven := _proven(stream, kept, watch)) is not None:
                return proven
        self.drop(instance_id)
        return None

    def keep(
        self, instance_id: str, body: BinaryIO, uuid: str, md5: str, mark: HeaderMark | None, watch: Watch
    ) -> None:
        """Keep a file that is proven to be the instance; `body` is at its first byte before and after.

        One in memory is written a moment later, whatever becomes of `body` meanwhile; Cancelled while too many wait.
        """
        path = self._path(instance_id)
        if isinstance(body, Held):
            held, size = body, len(body.memory)
            held.outlives = True

            def write_held() -> None:
                pieces = held.pieces()
                # The memory they lie in by now is somebody else's, who may come to need it at any moment: what is
                # noted was true before the MD5 was, so that a file that came out otherwise is never taken for it.
                kept = KeptFile(size, _crc32(pieces), md5, uuid, mark)
                if held.is_elsewhere and _md5(pieces) != md5:
                    return
                self._whole(path, pieces)
                self._note(instance_id, kept)

            BEHIND.put(path, size, lambda: self._save(size, write_held), watch)
            return
        size = body.seek(0, os.SEEK_END)
        body.seek(0)

        def write() -> None:
            self._whole(path, disk.chunks_of(body))
            body.seek(0)
            self._note(instance_id, KeptFile(size, _crc32(disk.chunks_of(body)), md5, uuid, mark))

        self._save(size, write)
        body.seek(0)

    def confirm(self, instance_id: str, kept: KeptFile) -> None:
        """Note that the server has a kept file under another `FileUuid` now, with the same bytes."""
        self._save(0, lambda: self._note(instance_id, kept))

    def drop(self, instance_id: str) -> None:
        """Remove a file."""
        with self._lock:
            if self._files is not None:
                self._files.pop(instance_id, None)
        with suppress(OSError):
            self._path(instance_id).unlink()

    def forget_files(self) -> None:
        """Somebody has removed the files: read the list of them anew."""
        with self._lock:
            self._files, self._is_made = None, False

    def _settle_listing(self) -> None:
        BEHIND.finish(self.folder / LISTING)

    def _note(self, instance_id: str, kept: KeptFile) -> None:
        disk.append_line(self.folder / _FILES, file_line(instance_id, kept))
        self._known()
        with self._lock:
            if self._files is not None:
                self._files[instance_id] = kept

    def _write(self, path: Path, data: bytes) -> None:
        self._save(len(data), lambda: self._whole(path, [data]))

    def _whole(self, path: Path, chunks: Iterable[bytes | memoryview]) -> None:
        # Another program may have cleared everything; a Path for each file costs more than the look itself.
        if not (self._is_made and os.path.isdir(self._beginning)):  # noqa: PTH112
            disk.make_private(self.folder)
            self._is_made = True
        disk.write_whole(path, chunks)

    def _known(self) -> dict[str, KeptFile]:
        with self._lock:
            if self._files is None:
                self._files = _read_lines(disk.read_small(self.folder / _FILES, JSON_CAP))
            return self._files

    def _touch(self) -> None:
        """Say that the study is in use: those used longest ago are let go first."""
        now = time.monotonic()
        if now - self._touched > _TOUCHED_EVERY_S:
            self._touched = now
            with suppress(OSError):
                os.utime(self.folder)

    def _path(self, instance_id: str) -> Path:
        return Path(self._name(instance_id))

    def _name(self, instance_id: str) -> str:
        """Of the same file: a Path for each of many costs more than to open them."""
        return f"{self._beginning}{shape.checked_id(instance_id)}.dcm"

    def _headers_path(self, series_id: str) -> Path:
        return self.folder / f"{shape.checked_id(series_id)}.headers.json"


def _proven(stream: BinaryIO, kept: KeptFile, watch: Watch) -> BinaryIO | None:
    """The bytes that were kept, at the first one; None, and `stream` closed, where these are others. OSError.

    What is proven is what is used: the copy in memory or, of a large file, the open one, for files are only ever
    replaced by a rename. A CRC-32 is against disks that forget: whoever may write the files may write the list, too.
    """
    found = stream
    try:
        watch.check()
        if os.fstat(stream.fileno()).st_size == kept.size:
            if kept.size <= LARGEST_HELD:
                found = _in_memory(stream, kept.size)
            if _crc32(disk.chunks_of(found)) == kept.crc32:
                found.seek(0)
                return found
    except BaseException:
        stream.close()
        raise
    stream.close()
    return None


def _in_memory(stream: BinaryIO, size: int) -> BinaryIO:
    """All of a stream, which is closed; OSError where it is shorter."""
    held = Held(size)
    with stream:
        came = stream.readinto(held.memory)  # type: ignore[attr-defined]  # every stream of `disk.open_regular` has it
    if came != size:
        raise OSError("the file has become shorter")
    return cast(BinaryIO, held)


def _crc32(chunks: Iterable[bytes | memoryview]) -> int:
    found = 0
    for chunk in chunks:
        found = zlib.crc32(chunk, found)
    return found


def _md5(chunks: Iterable[bytes | memoryview]) -> str:
    found = hashlib.md5(usedforsecurity=False)
    for chunk in chunks:
        found.update(chunk)
    return found.hexdigest()


def _read_lines(data: bytes) -> dict[str, KeptFile]:
    """The last word on each file; lines that are cut or damaged confirm nothing."""
    found: dict[str, KeptFile] = {}
    for line in filter(None, data.split(b"\n")):
        with suppress(CaliperError):
            instance_id, kept = file_of_line(line)
            found[instance_id] = kept
    return found
