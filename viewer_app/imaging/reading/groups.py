"""Where a multi-frame object keeps the attributes of one frame (PS3.3 C.7.6.16).

Per-frame functional groups come before shared ones, and those before the top
level, which is all that classic objects have (C43)."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache, wraps
from typing import TypeVar, TypeVarTuple

from pydicom import Dataset
from pydicom.datadict import tag_for_keyword

from viewer_app.imaging.reading import tags
from viewer_app.imaging.reading.recall import recalled

_Arguments = TypeVarTuple("_Arguments")
_Answer = TypeVar("_Answer")


class Groups:
    """Looks attributes of a frame up in a header."""

    def __init__(self, dataset: Dataset) -> None:
        self.dataset = dataset
        self._per_frame = tags.items(dataset, "PerFrameFunctionalGroupsSequence")
        self._shared = tags.items(dataset, "SharedFunctionalGroupsSequence")[:1]
        self.is_classic = not self._per_frame and not self._shared
        self._varying = frozenset(tag for own in self._per_frame for tag in own.keys())  # noqa: SIM118 - no elements
        self._shared_groups: dict[str, Dataset | None] = {}

    def of_frame(self, number: int) -> tuple[Dataset, ...]:
        """The items with functional groups of frame `number` (from 1), its own before the shared one."""
        return (*self._per_frame[number - 1 : number], *self._shared)

    def holder(self, number: int, sequence: str) -> Dataset:
        """The data set that holds the attributes of functional group `sequence` for frame `number` (from 1)."""
        found = self.group(number, sequence)
        return self.dataset if found is None else found

    def group(self, number: int, sequence: str) -> Dataset | None:
        """Functional group `sequence` of frame `number` (from 1), its own or the shared one; None where neither is."""
        if self.varies(sequence) and 1 <= number <= len(self._per_frame):
            found = tags.items(self._per_frame[number - 1], sequence)
            if found:
                return found[0]
        return self._of_all(sequence)

    def varies(self, sequence: str) -> bool:
        """True where at least one frame has a functional group `sequence` of its own."""
        return _tag(sequence) in self._varying

    def _of_all(self, sequence: str) -> Dataset | None:
        if sequence not in self._shared_groups:
            found = [item for shared in self._shared for item in tags.items(shared, sequence)]
            self._shared_groups[sequence] = found[0] if found else None
        return self._shared_groups[sequence]


def recalled_when_classic(
    function: Callable[[Groups, *_Arguments], _Answer],
) -> Callable[[Groups, *_Arguments], _Answer]:
    """`function` of a frame with a memory (see `recall`), unless the object has functional groups."""

    @recalled
    def classic(dataset: Dataset, /, *arguments: *_Arguments) -> _Answer:
        return function(Groups(dataset), *arguments)

    @wraps(function)
    def wrapper(groups: Groups, /, *arguments: *_Arguments) -> _Answer:
        return classic(groups.dataset, *arguments) if groups.is_classic else function(groups, *arguments)

    return wrapper


@lru_cache(maxsize=256)
def _tag(keyword: str) -> int | None:
    return tag_for_keyword(keyword)
