"""Hearing of what comes to a server and goes from it, by asking now and then.

Orthanc lists what came to be, and never what was deleted: a deletion even erases the entries of what it removes.
So the counts of the server are compared with what was heard.
"""

from __future__ import annotations

from dataclasses import dataclass

from viewer_app.progress import Watch
from viewer_app.sources.orthanc.changes import Change
from viewer_app.sources.orthanc.client import OrthancClient

# Beyond any number a server gives, so that it answers with its own last one.
_FAR = 10**15
_NEW, _NEW_STUDY = "NewInstance", "NewStudy"


@dataclass(frozen=True, slots=True)
class News:
    """What is otherwise than at the look before: Orthanc IDs of what is new, complete or changed, by level.

    `new_studies` are those of `studies` that were not there before. `removed`: something was deleted, no matter what.
    `replaced`: this is another database than before; nothing known of it holds any more.
    """

    patients: frozenset[str] = frozenset()
    studies: frozenset[str] = frozenset()
    series: frozenset[str] = frozenset()
    instances: frozenset[str] = frozenset()
    new_studies: frozenset[str] = frozenset()
    removed: bool = False
    replaced: bool = False

    @property
    def none(self) -> bool:
        """Nothing is otherwise."""
        return self == News()


class ServerLookout:
    """Remembers how a server was at the last look. For one thread at a time."""

    def __init__(self, client: OrthancClient) -> None:
        self._client = client
        self._last: int | None = None
        self._instances = 0

    def look(self, watch: Watch) -> News:
        """What happened since the look before; the first one only remembers."""
        there = self._client.get_changes(_FAR, limit=1, watch=watch).last
        is_first, is_other = self._last is None, self._last is not None and there < self._last
        if self._last is None or is_other:
            self._instances, self._last = self._client.get_statistics(watch=watch).instances, there
            return News(replaced=not is_first)
        found, last = self._heard(self._last, watch)
        new = len({one.id for one in found if one.kind == _NEW})
        count = self._client.get_statistics(watch=watch).instances
        expected, self._instances, self._last = self._instances + new, count, last  # nothing is heard by halves
        return News(
            patients=_of("Patient", found),
            studies=_of("Study", found),
            series=_of("Series", found),
            instances=_of("Instance", found),
            new_studies=frozenset(one.id for one in found if one.kind == _NEW_STUDY),
            removed=count < expected,
        )

    def _heard(self, since: int, watch: Watch) -> tuple[list[Change], int]:
        found: list[Change] = []
        while True:
            page = self._client.get_changes(since, watch=watch)
            found += page.changes
            is_end = page.done or page.last <= since
            since = max(since, page.last)
            if is_end:
                return found, since


def _of(level: str, found: list[Change]) -> frozenset[str]:
    return frozenset(one.id for one in found if one.level == level)
