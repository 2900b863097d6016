"""The files of one source: kept ones that are still what the server has, others fetched and kept."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass, replace
from typing import BinaryIO

from viewer_app.errors import ImageError, SourceError
from viewer_app.imaging.headers import Instance
from viewer_app.imaging.reading.again import Parsed
from viewer_app.progress import Watch
from viewer_app.sources.base import Opened, close_all
from viewer_app.sources.header import check_unchanged
from viewer_app.sources.orthanc.cache import Cache, KeptFile, Shelf
from viewer_app.sources.orthanc.client import OrthancClient
from viewer_app.sources.orthanc.fetching import Fetched, Fetching
from viewer_app.sources.orthanc.integrity import checked_mark
from viewer_app.sources.orthanc.listed import is_kept
from viewer_app.sources.orthanc.model import DicomFile
from viewer_app.sources.orthanc.reach import SILENT, Reach

# Nobody waits for a batch that much longer than for one file: the eye may have turned elsewhere.
_LATE_AFTER_S = 0.15


@dataclass(frozen=True, slots=True)
class _Wanted:
    """The `number`-th of the files that are opened together; without a `file` it has gone since it was listed."""

    number: int
    instance: Instance
    file: DicomFile | None


class Files:
    """Opens files for several threads. `listed` are those of the server by ID, `owners` says where each is kept.

    `parsed` is what the listed instances were parsed from, each until its file has come.
    """

    def __init__(self, client: OrthancClient, cache: Cache | None, reach: Reach) -> None:
        self._client = client
        self._cache = cache
        self._reach = reach
        self._fetching = Fetching(client, reach)
        self.listed: Mapping[str, DicomFile] = {}
        self.owners: Mapping[str, Shelf] = {}
        self.parsed: dict[str, Parsed] = {}

    def open_many(self, instances: Sequence[Instance], watch: Watch) -> list[Opened | None]:
        """The proven file of each; None for those it is late for, never for all."""
        until = time.monotonic() + _LATE_AFTER_S
        places: dict[Shelf | None, list[_Wanted]] = {}
        for number, instance in enumerate(instances):
            wanted = _Wanted(number, instance, self.listed.get(instance.locator))
            places.setdefault(self.owners.get(instance.locator) if wanted.file else None, []).append(wanted)
        found: dict[int, Opened] = {}
        with ExitStack() as unwanted:  # where an error ends all
            for shelf, together in places.items():
                found |= self._open(shelf, together, until, watch, unwanted)
            unwanted.pop_all()
        return [found.get(number) for number in range(len(instances))]

    def _open(
        self, shelf: Shelf | None, together: list[_Wanted], until: float, watch: Watch, unwanted: ExitStack
    ) -> dict[int, Opened]:
        if shelf is None or self._cache is None:
            return self._fetch(None, together, until, watch, unwanted)
        with self._cache.alone(shelf, [wanted.instance.locator for wanted in together], watch):
            found: dict[int, Opened] = {}
            for wanted in together:
                if found and time.monotonic() > until:
                    return found
                try:
                    kept = self._kept(shelf, wanted, watch)
                except (ImageError, SourceError) as error:
                    found[wanted.number] = error
                else:
                    if kept is not None:
                        found[wanted.number] = unwanted.enter_context(closing(kept))
            missing = [wanted for wanted in together if wanted.number not in found]
            return found | self._fetch(shelf, missing, until, watch, unwanted)

    def _fetch(
        self, shelf: Shelf | None, together: list[_Wanted], until: float, watch: Watch, unwanted: ExitStack
    ) -> dict[int, Opened]:
        found: dict[int, Opened] = {}
        parsed = [self.parsed.get(wanted.instance.locator) for wanted in together]
        came = self._fetching.fetch([wanted.instance for wanted in together], parsed, until, watch)
        unwanted.callback(close_all, [one.body for one in came if isinstance(one, Fetched)])
        for wanted, one in zip(together, came, strict=True):
            if one is None:
                continue
            if not isinstance(one, Fetched):
                found[wanted.number] = one
                continue
            found[wanted.number] = one.body
            self.parsed.pop(wanted.instance.locator, None)
            if shelf is not None and wanted.file is not None:
                shelf.keep(wanted.instance.locator, one.body, wanted.file.uuid, one.md5, one.mark, watch)
        return found

    def _kept(self, shelf: Shelf, wanted: _Wanted, watch: Watch) -> BinaryIO | None:
        """The kept file, if it is what the server has now and what was listed."""
        instance = wanted.instance
        kept = shelf.file(instance.locator)
        if kept is None or wanted.file is None or not self._is_current(shelf, wanted.file, kept, watch):
            return None
        body = shelf.open(instance.locator, watch)
        if body is None:
            return None
        try:
            if instance.mark is not None:
                check_unchanged(body, instance, watch, "The kept file")
            else:
                checked_mark(body, instance, watch, self.parsed.pop(instance.locator, None))
        except ImageError:
            body.close()
            shelf.drop(instance.locator)
            return None
        except BaseException:
            body.close()
            raise
        return body

    def _is_current(self, shelf: Shelf, file: DicomFile, kept: KeptFile, watch: Watch) -> bool:
        """By the listing, which needs no request; by the MD5 where the server has stored the file anew."""
        is_same = is_kept(shelf, file)
        if is_same and (file.uuid or self._reach.is_down):
            return True
        try:
            with self._reach.asking(), self._fetching.slots.taken(watch):
                is_current = self._client.get_file_md5(file.id, watch=watch) == kept.md5
        except SILENT:
            if is_same:
                return True
            raise
        if is_current and kept.size == file.size_bytes:
            shelf.confirm(file.id, replace(kept, uuid=file.uuid))
            return True
        return False
