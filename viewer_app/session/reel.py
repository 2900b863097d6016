"""Which frame is due: the order in which frames are played, and how long each stays."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Repeat(StrEnum):
    """What happens at the end of the range."""

    ONCE = "once"
    LOOP = "loop"
    SWEEP = "sweep"


@dataclass(frozen=True, slots=True)
class Reel:
    """One round of frames: `path` are their positions, `seconds` how long each stays (> 0)."""

    path: tuple[int, ...]
    seconds: tuple[float, ...]
    is_endless: bool

    @classmethod
    def over(cls, frames: range, repeat: Repeat, rate: float, shares: Mapping[int, float]) -> Reel:
        """The frames of a range at `rate` a second; `shares` as in `Pace`, by position, 1 where it names none."""
        there = tuple(frames)
        path = there + there[-2:0:-1] if repeat is Repeat.SWEEP else there
        return cls(path, tuple(shares.get(frame, 1.0) / rate for frame in path), repeat is not Repeat.ONCE)

    def due(self, place: int, elapsed: float) -> tuple[int, float]:
        """How many frames on from `path[place]` the due one is, and for how many seconds it has been due.

        `elapsed` seconds ago the frame at `place` was due. Without end, whole rounds are left out; else the last
        frame stays.
        """
        if self.is_endless:
            elapsed %= sum(self.seconds)
        steps = 0
        while elapsed >= self.seconds[(place + steps) % len(self.path)]:
            if not self.is_endless and place + steps == len(self.path) - 1:
                break
            elapsed -= self.seconds[(place + steps) % len(self.path)]
            steps += 1
        return steps, elapsed
