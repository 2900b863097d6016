"""Where a multi-frame object keeps the attributes of one frame (PS3.3 C.7.6.16).

Per-frame functional groups come before shared ones, and those before the top
level, which is all that classic objects have (C43).
"""

from __future__ import annotations

from pydicom import Dataset

from viewer_app.imaging import tags


class Groups:
    """Looks attributes of a frame up in a header."""

    def __init__(self, dataset: Dataset) -> None:
        self.dataset = dataset
        self._per_frame = tags.items(dataset, "PerFrameFunctionalGroupsSequence")
        self._shared = tags.items(dataset, "SharedFunctionalGroupsSequence")[:1]

    def holder(self, number: int, sequence: str) -> Dataset:
        """The data set that holds the attributes of functional group `sequence` for frame `number` (from 1)."""
        per_frame = self._per_frame[number - 1 : number]
        for group in (*per_frame, *self._shared):
            found = tags.items(group, sequence)
            if found:
                return found[0]
        return self.dataset
