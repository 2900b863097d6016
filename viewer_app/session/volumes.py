"""The volumes of an opened study: as many as memory allows, the one on show always."""

from __future__ import annotations

from viewer_app.imaging.memory import physical_bytes
from viewer_app.imaging.stacks import Stack
from viewer_app.imaging.volume import Volume

_WHERE_UNKNOWN = 8_000_000_000


class Volumes:
    """Volumes by stack key. Beyond `budget_bytes` (half of the memory) those shown longest ago are dropped."""

    def __init__(self, budget_bytes: int | None = None) -> None:
        self._budget = (physical_bytes() or _WHERE_UNKNOWN) // 2 if budget_bytes is None else budget_bytes
        self._volumes: dict[str, Volume] = {}

    @property
    def size_bytes(self) -> int:
        """Memory held by all volumes."""
        return sum(volume.stored_values.nbytes for volume in self._volumes.values())

    def get(self, key: str) -> Volume | None:
        """The volume of a stack, if it is there."""
        return self._volumes.get(key)

    def show(self, stack: Stack) -> Volume:
        """The volume of the stack that is shown from now on; UnsupportedPixels where it is too large to be held."""
        volume = self._volumes.get(stack.key) or Volume(stack)
        self._volumes.pop(stack.key, None)
        self._volumes[stack.key] = volume
        for key in tuple(self._volumes)[:-1]:
            if self.size_bytes > self._budget:
                del self._volumes[key]
        return volume

    def clear(self) -> None:
        """Let go of all."""
        self._volumes.clear()
