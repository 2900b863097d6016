"""Where a multi-frame object keeps the attributes of one frame (PS3.3 C.7.6.16).

Per-frame functional groups come before shared ones, and those before the top
level, which is all that classic objects have (C43). What a legacy converted
object could not assign to a group lies in groups of its own (PS3.3 C.7.6.16.2.25.1).
"""

from __future__ import annotations

from pydicom import Dataset

from viewer_app.imaging import tags

_UNASSIGNED = "UnassignedPerFrameConvertedAttributesSequence"


class Groups:
    """Looks attributes of a frame up in a header."""

    def __init__(self, dataset: Dataset) -> None:
        self.dataset = dataset
        self._per_frame = tags.items(dataset, "PerFrameFunctionalGroupsSequence")
        self._shared = tags.items(dataset, "SharedFunctionalGroupsSequence")[:1]
        self._shared_holders: dict[str, Dataset | None] = {}

    @property
    def is_multi_frame(self) -> bool:
        """True where the header has functional groups."""
        return bool(self._per_frame or self._shared)

    def holder(self, number: int, sequence: str) -> Dataset:
        """The data set that holds the attributes of functional group `sequence` for frame `number` (from 1)."""
        found = self.group(number, sequence)
        return self.dataset if found is None else found

    def group(self, number: int, sequence: str) -> Dataset | None:
        """Functional group `sequence` of frame `number` (from 1), its own or the shared one; None where neither is."""
        if 1 <= number <= len(self._per_frame):
            found = tags.items(self._per_frame[number - 1], sequence)
            if found:
                return found[0]
        return self._of_all(sequence)

    def unassigned(self, number: int) -> Dataset | None:
        """The attributes of frame `number` that a conversion left without a group."""
        return self.group(number, _UNASSIGNED)

    def _of_all(self, sequence: str) -> Dataset | None:
        if sequence not in self._shared_holders:
            found = [item for shared in self._shared for item in tags.items(shared, sequence)]
            self._shared_holders[sequence] = found[0] if found else None
        return self._shared_holders[sequence]
