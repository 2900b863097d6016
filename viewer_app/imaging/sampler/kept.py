"""What was worked out for a volume and may be wanted again: little, and not longer than the volume lives."""

from __future__ import annotations

import threading
import weakref
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

from viewer_app.imaging.mpr import VoxelSource

Thing = TypeVar("Thing")
_Key = tuple["weakref.ref[VoxelSource]", Hashable]


class Kept(Generic[Thing]):
    """The things used last, as many as fit into `most_bytes`, and at least the one just made."""

    def __init__(self, most_bytes: int, size: Callable[[Thing], int]) -> None:
        self._most_bytes, self._size = most_bytes, size
        self._things: OrderedDict[_Key, tuple[Thing, int]] = OrderedDict()
        self._bytes = 0
        # Taken again by `_drop` where the collector strikes while it is held.
        self._lock = threading.RLock()

    def get(self, volume: VoxelSource, name: Hashable, make: Callable[[], Thing]) -> Thing:
        """What is kept of `volume` under `name`, else what `make` returns, kept from now on."""
        found = self.find(volume, name)
        if found is None:
            found = make()
            self.keep(volume, name, found)
        return found

    def find(self, volume: VoxelSource, name: Hashable) -> Thing | None:
        """What is kept of `volume` under `name`."""
        key = (weakref.ref(volume), name)
        with self._lock:
            if key not in self._things:
                return None
            self._things.move_to_end(key)
            return self._things[key][0]

    def keep(self, volume: VoxelSource, name: Hashable, thing: Thing) -> None:
        """Keep `thing`, and let others go for it."""
        key = (weakref.ref(volume, self._drop), name)
        with self._lock:
            self._forget(key)
            self._things[key] = thing, self._size(thing)
            self._bytes += self._things[key][1]
            while len(self._things) > 1 and self._bytes > self._most_bytes:
                self._forget(next(iter(self._things)))

    def _drop(self, volume: weakref.ref[VoxelSource]) -> None:
        with self._lock:
            for key in [key for key in self._things if key[0] is volume]:
                self._forget(key)

    def _forget(self, key: _Key) -> None:
        _, size = self._things.pop(key, (None, 0))
        self._bytes -= size
