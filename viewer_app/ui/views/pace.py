"""How long the pictures of moving planes take, and whether full ones would come late."""

from __future__ import annotations

from collections import deque
from statistics import median

LONGEST_S = 0.002
"""Three such pictures, and all that is written and drawn over them, are to fit into a frame of a sixtieth second."""

# Not to and fro with every frame: full pictures come back once they take this share of the longest time.
_BACK = 0.7
_LOOKED_BACK = 5


class Pace:
    """What a pixel takes on this machine now, as the last pictures took it: one that was slow says little."""

    def __init__(self) -> None:
        self._per_pixel_s: deque[float] = deque(maxlen=_LOOKED_BACK)
        self._was_late = False

    def took(self, seconds: float, pixels: int) -> None:
        """A moving picture of so many pixels was made in that time."""
        self._per_pixel_s.append(seconds / pixels)

    def is_late(self, pixels: int) -> bool:
        """Would a moving picture of so many pixels take too long?"""
        longest = LONGEST_S * _BACK if self._was_late else LONGEST_S
        is_known = len(self._per_pixel_s) == _LOOKED_BACK
        self._was_late = is_known and median(self._per_pixel_s) * pixels > longest
        return self._was_late
