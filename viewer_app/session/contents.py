"""What the opened source holds, and how it is read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from viewer_app.imaging.headers import Problem
from viewer_app.imaging.pixels import warm_up
from viewer_app.imaging.study import Study
from viewer_app.progress import Watch
from viewer_app.sources.base import Listing, Notice, Source


@dataclass(frozen=True, slots=True)
class Contents:
    """What the opened source holds. `studies` are newest first; `notices` say why that may be another soon."""

    title: str
    address: str
    studies: tuple[Study, ...] = ()
    problems: tuple[Problem, ...] = ()
    notices: tuple[Notice, ...] = ()

    @classmethod
    def of(cls, source: Source, listing: Listing) -> Contents:
        """What `source` has listed."""
        return cls(source.title, source.address, listing.studies, listing.problems, listing.notices)


def find(make_source: Callable[[Watch], Source], watch: Watch) -> tuple[Source, Listing]:
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
