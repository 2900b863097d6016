"""The studies that are kept of a server, as a list to choose from."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from viewer_app.sources.orthanc.cache.shelf import Shelf
from viewer_app.sources.orthanc.model import SeriesRecord, StudyRecord


@dataclass(frozen=True, slots=True)
class KeptStudy:
    """A study as the server had it at `at` (ISO 8601), last used here at `used` (seconds since 1970).

    Of its `study.instance_count` files, `file_count` are here.
    """

    study: StudyRecord
    series: tuple[SeriesRecord, ...]
    at: str
    used: float
    file_count: int

    @property
    def is_whole(self) -> bool:
        """No image of it needs the server."""
        return self.file_count > 0 and self.file_count == self.study.instance_count


def kept_study(shelf: Shelf) -> KeptStudy | None:
    """What a shelf has; None where it has no listing."""
    listing = shelf.listing()
    if listing is None:
        return None
    count = sum(shelf.file(file.id) is not None for files in listing.files.values() for file in files)
    return KeptStudy(listing.record, listing.series, listing.at, last_used(shelf.folder), count)


def kept_studies(shelves: Iterable[Shelf]) -> tuple[KeptStudy, ...]:
    """Those with a listing, the one used last first."""
    found = (kept_study(shelf) for shelf in shelves)
    return tuple(sorted((one for one in found if one is not None), key=lambda one: -one.used))


def last_used(folder: Path) -> float:
    """When a study was last in use, in seconds since 1970."""
    try:
        return folder.stat().st_mtime
    except OSError:
        return 0.0
