"""Studies of two places as one source: what is open, and a prior that lies elsewhere."""

from __future__ import annotations

from dataclasses import replace
from typing import BinaryIO

from viewer_app.imaging.headers import Instance, StudyInfo
from viewer_app.progress import Watch
from viewer_app.sources.base import Changes, Glance, Listing, LivingSource, Source


def joined(first: Source, listed: Listing, other: Source, added: Listing) -> tuple[Source, Listing]:
    """One source of both and what it lists, newest first; `listed` and `added` are what each holds.

    It has title and address of `first`, is alive where that is, and looks only there for news: a prior is at its end.
    """
    made = (_LivingJoined if isinstance(first, LivingSource) else _Joined)(first, other, added)
    return made, made.with_added(listed)


def home_of(source: Source, instance: Instance) -> Source:
    """The place itself that an instance comes from, where `source` has several."""
    return home_of(source.home_of(instance), instance) if isinstance(source, _Joined) else source


class _Joined:
    """Images of the studies that were added come from their own place, all others from the first."""

    def __init__(self, first: Source, other: Source, added: Listing) -> None:
        self._first = first
        self._other = other
        self._added = added
        self._theirs = {_key(instance) for study in added.studies for instance in study.instances}

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
        return self.with_added(self._first.find(watch))

    def open(self, instance: Instance, watch: Watch) -> BinaryIO:
        """From the place it was listed in."""
        return self.home_of(instance).open(instance, watch)

    def home_of(self, instance: Instance) -> Source:
        """Which of the two has it."""
        return self._other if _key(instance) in self._theirs else self._first

    def close(self) -> None:
        """Both."""
        self._first.close()
        self._other.close()

    def with_added(self, listed: Listing) -> Listing:
        """A listing of the first, and what was added."""
        studies = sorted((*listed.studies, *self._added.studies), key=lambda one: _time(one.info), reverse=True)
        problems = (*listed.problems, *self._added.problems)
        return replace(listed, studies=tuple(studies), problems=problems)


class _LivingJoined(_Joined):
    """With a first that may hold something else a moment later."""

    _first: LivingSource

    def look(self, watch: Watch) -> Glance:
        """What the first has by now."""
        return self._first.look(watch)

    def refresh(self, watch: Watch) -> Changes:
        """List the first anew."""
        changes = self._first.refresh(watch)
        return replace(changes, listing=self.with_added(changes.listing))


def _key(instance: Instance) -> tuple[str, str]:
    return instance.study.study_uid, instance.locator


def _time(info: StudyInfo) -> tuple[str, str]:
    return info.date, info.time
