"""What the opened source holds, and how it is read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from viewer_app.errors import CaliperError
from viewer_app.imaging.headers import Problem
from viewer_app.imaging.pixels import warm_up
from viewer_app.imaging.study import Study
from viewer_app.progress import Step, Watch
from viewer_app.sources.base import Listing, Notice, Source
from viewer_app.tasks import Task

MakeSource = Callable[[Watch], Source]
Found = tuple[Source, Listing]
Tell = Callable[[CaliperError], object]
Take = Callable[[Source, Listing], object]


class Reading(Protocol):
    """Reads what a place holds, or has begun to."""

    def __call__(
        self,
        *,
        done: Callable[[Found], None],
        failed: Callable[[CaliperError], None],
        progress: Callable[[Step], None],
    ) -> Task[Found]:
        """Tell of it, never before this returns; a task that is cancelled tells nothing and leaves nothing open."""


@dataclass(frozen=True, slots=True)
class Contents:
    """What the opened source holds. `studies` are newest first; `notices` say why that may be another soon.

    `is_ahead` is that of the listing.
    """

    title: str
    address: str
    studies: tuple[Study, ...] = ()
    problems: tuple[Problem, ...] = ()
    notices: tuple[Notice, ...] = ()
    is_ahead: bool = False

    @classmethod
    def of(cls, source: Source, listing: Listing) -> Contents:
        """What `source` has listed."""
        return cls(source.title, source.address, listing.studies, listing.problems, listing.notices, listing.is_ahead)


def find(make_source: MakeSource, watch: Watch) -> Found:
    """Make a source and read what it holds; it is closed again where that cannot be done. For the background."""
    source = make_source(watch)
    try:
        listing = source.find(watch)
        warm_up(instance for study in listing.studies[:1] for instance in study.instances)
        watch.check()
    except BaseException:
        source.close()
        raise
    watch.on_cancel(source.close)  # given up before it was taken: nobody else would close it
    return source, listing
