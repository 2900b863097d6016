"""The one shape every place studies come from has."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from enum import Enum
from typing import BinaryIO, Protocol, runtime_checkable

from viewer_app.errors import ImageError, SourceError
from viewer_app.imaging.headers import Instance, Problem
from viewer_app.imaging.study import Study
from viewer_app.progress import Watch


class NoticeKind(Enum):
    """What there is to know of a listing as a whole."""

    SERVER_DOWN = "server down"
    """The server does not answer: this is what was kept of the study."""

    ARRIVING = "arriving"
    """The server still receives images."""


@dataclass(frozen=True, slots=True)
class Notice:
    """A sentence for a person about a listing that may be another one soon: it is worth asking again.

    `since` is when what is listed was true, as a person reads it; "" for now.
    """

    kind: NoticeKind
    text: str
    since: str = ""


@dataclass(frozen=True, slots=True)
class Listing:
    """What a source holds: its studies, newest first, what could not be read, and what may change.

    `is_ahead`: it was asked for a while before somebody opened it; there may be something else by now.
    """

    studies: tuple[Study, ...]
    problems: tuple[Problem, ...] = ()
    notices: tuple[Notice, ...] = ()
    is_ahead: bool = False


@dataclass(frozen=True, slots=True)
class Glance:
    """What a place has by now, `total` images, and how that differs from what was listed; instances by locator."""

    total: int
    new: frozenset[str] = frozenset()
    gone: frozenset[str] = frozenset()
    changed: frozenset[str] = frozenset()
    notices: tuple[Notice, ...] = ()

    @property
    def is_arriving(self) -> bool:
        """More images are on their way."""
        return any(notice.kind is NoticeKind.ARRIVING for notice in self.notices)


@dataclass(frozen=True, slots=True)
class Changes:
    """A newer listing, and what is otherwise than in the one before; instances by locator."""

    listing: Listing
    new: frozenset[str]
    gone: frozenset[str]
    changed: frozenset[str]

    @property
    def none(self) -> bool:
        """There is the same as before."""
        return not (self.new or self.gone or self.changed)


Opened = BinaryIO | ImageError | SourceError
"""A DICOM file at its first byte, or why there is none."""


class Source(Protocol):
    """Studies, series and instances: headers first, then pixels.

    Every method may block and is called on a background thread with a `Watch`;
    it raises an error of the CaliperError family and nothing else. Several
    threads may call `open` at once.
    """

    @property
    def title(self) -> str:
        """What a person calls the place: a folder's name, a server's name."""

    @property
    def address(self) -> str:
        """What opens the same place again: a path, or an orthanc URL without a password."""

    def find(self, watch: Watch) -> Listing:
        """Read the headers of all there is; NothingToShow when there is no DICOM object at all."""

    def open(self, instance: Instance, watch: Watch) -> BinaryIO:
        """The whole DICOM file of an instance, at its first byte, checked for being that instance's."""

    def close(self) -> None:
        """Let go of connections, archives and temporary files."""


@runtime_checkable
class ManySource(Source, Protocol):
    """A place where it is quicker to open several files at a time."""

    def open_many(self, instances: Sequence[Instance], watch: Watch) -> list[Opened | None]:
        """As `open` for each, or the error it would raise for that one; not None for all.

        None for one that would take too long by now: to be asked for again, if it is still what is wanted most.
        """


@runtime_checkable
class LivingSource(Source, Protocol):
    """A place that may hold something else a moment later."""

    def look(self, watch: Watch) -> Glance:
        """What there is by now, cheaply; what was listed stays as it is. NotFound where there is nothing any more."""

    def refresh(self, watch: Watch) -> Changes:
        """List everything anew: from then on, what is opened is of the new listing."""


def open_many(source: Source, instances: Sequence[Instance], watch: Watch) -> list[Opened | None]:
    """The files of several instances, together where that is quicker; None as `ManySource` says."""
    if isinstance(source, ManySource):
        return source.open_many(instances, watch)
    found: list[Opened | None] = []
    with ExitStack() as unwanted:
        unwanted.callback(close_all, found)
        for instance in instances:
            found.append(_opened(source, instance, watch))
        unwanted.pop_all()
    return found


def close_all(opened: Iterable[Opened | None]) -> None:
    """Close files that nobody wants any more; what goes wrong with that is nobody's concern."""
    for one in opened:
        if one is not None and not isinstance(one, Exception):
            with suppress(OSError):
                one.close()


def _opened(source: Source, instance: Instance, watch: Watch) -> Opened:
    try:
        return source.open(instance, watch)
    except (ImageError, SourceError) as error:
        return error
