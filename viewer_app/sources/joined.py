"""Studies of two places as one source: what is open, and a prior that lies elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import replace
from typing import BinaryIO

from viewer_app.imaging.headers import Instance, StudyInfo
from viewer_app.progress import Watch
from viewer_app.sources.base import Changes, Listing, LivingSource, Notice, Opened, Source, close_all, open_many


def joined(first: Source, listed: Listing, other: Source, added: Listing) -> tuple[Source, Listing]:
    """One source of both and what it lists, newest first; `listed` and `added` are what each holds.

    It has title and address of `first`. For news each place is asked by itself: `home_of` and `listed_anew`.
    """
    made = _Joined(first, listed, other, added)
    return made, made.listing()


def home_of(source: Source, instance: Instance) -> Source:
    """The place itself that an instance comes from, where `source` has several."""
    return home_of(source.half_of(instance), instance) if isinstance(source, _Joined) else source


def notices_of(source: Source, instance: Instance, notices: tuple[Notice, ...]) -> tuple[Notice, ...]:
    """What was told of the place that an instance comes from; `notices` is what the listing of `source` told."""
    return source.notices_of(instance) if isinstance(source, _Joined) else notices


def listed_anew(source: Source, instance: Instance, watch: Watch) -> Changes:
    """Have the place of an instance list all of its own, and leave the others as they were; the listing is of all.

    Raises:
        TypeError: that place is no LivingSource.
    """
    if isinstance(source, _Joined):
        return source.listed_anew(instance, watch)
    if isinstance(source, LivingSource):
        return source.refresh(watch)
    raise TypeError(f"{type(source).__name__} lists once only")


class _Joined:
    """Images of the studies that were added come from their own place, all others from the first."""

    def __init__(self, first: Source, listed: Listing, other: Source, added: Listing) -> None:
        self._first = first
        self._listed = listed
        self._other = other
        self._added = added
        self._theirs = _keys(added)

    @property
    def title(self) -> str:
        """What the first is called."""
        return self._first.title

    @property
    def address(self) -> str:
        """Where the first is."""
        return self._first.address

    def find(self, watch: Watch) -> Listing:
        """The first anew, and what was added as it was found."""
        self._listed = self._first.find(watch)
        return self.listing()

    def open(self, instance: Instance, watch: Watch) -> BinaryIO:
        """From the place it was listed in."""
        return self.half_of(instance).open(instance, watch)

    def open_many(self, instances: Sequence[Instance], watch: Watch) -> list[Opened | None]:
        """Each from the place it was listed in."""
        halves = [self.half_of(instance) for instance in instances]  # once: either may be listed anew meanwhile
        found: dict[int, Opened | None] = {}
        with ExitStack() as unwanted:
            for half in (self._first, self._other):
                ours = [at for at, one in enumerate(halves) if one is half]
                opened = open_many(half, [instances[at] for at in ours], watch)
                unwanted.callback(close_all, opened)
                found |= zip(ours, opened, strict=True)
            unwanted.pop_all()
        return [found[at] for at in range(len(instances))]

    def half_of(self, instance: Instance) -> Source:
        """Which of the two has it."""
        return self._other if _key(instance) in self._theirs else self._first

    def close(self) -> None:
        """Both."""
        self._first.close()
        self._other.close()

    def listing(self) -> Listing:
        """All studies of both; what is told of the whole is of the first."""
        both = (*self._listed.studies, *self._added.studies)
        studies = sorted(both, key=lambda one: _time(one.info), reverse=True)
        return replace(self._listed, studies=tuple(studies), problems=(*self._listed.problems, *self._added.problems))

    def notices_of(self, instance: Instance) -> tuple[Notice, ...]:
        """As the function of this name."""
        half = self.half_of(instance)
        return notices_of(half, instance, (self._added if half is self._other else self._listed).notices)

    def listed_anew(self, instance: Instance, watch: Watch) -> Changes:
        """As the function of this name."""
        half = self.half_of(instance)
        changes = listed_anew(half, instance, watch)
        if half is self._other:
            self._added, self._theirs = changes.listing, _keys(changes.listing)
        else:
            self._listed = changes.listing
        return replace(changes, listing=self.listing())


def _keys(listing: Listing) -> frozenset[tuple[str, str]]:
    return frozenset(_key(instance) for study in listing.studies for instance in study.instances)


def _key(instance: Instance) -> tuple[str, str]:
    return instance.study.study_uid, instance.locator


def _time(info: StudyInfo) -> tuple[str, str]:
    return info.date, info.time
