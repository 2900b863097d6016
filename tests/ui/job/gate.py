"""A door before a real source: it lets so many images pass and holds the others until it is opened."""

from __future__ import annotations

import threading
from typing import BinaryIO

from viewer_app.imaging.headers import Instance
from viewer_app.progress import Watch
from viewer_app.sources.base import Listing, Source
from viewer_app.tasks import Lane

_LOOK_EVERY_S = 0.01


class Gate:
    """A `Source` that answers as `inner` does, when it does. `passing` different images go through a closed gate."""

    def __init__(self, inner: Source, passing: int = 1) -> None:
        self._inner = inner
        self._left = passing
        self._known: set[str] = set()
        self._lock = threading.Lock()
        self._opened = threading.Event()

    @property
    def title(self) -> str:
        """As it is."""
        return self._inner.title

    @property
    def address(self) -> str:
        """As it is."""
        return self._inner.address

    def find(self, watch: Watch) -> Listing:
        """At once."""
        return self._inner.find(watch)

    def open(self, instance: Instance, watch: Watch) -> BinaryIO:
        """Once the gate lets it pass."""
        if not self._passes(instance):
            while not self._opened.wait(_LOOK_EVERY_S):
                watch.check()
        return self._inner.open(instance, watch)

    def close(self) -> None:
        """Close what is behind."""
        self._inner.close()

    def let_all_pass(self) -> None:
        """Open the gate for good."""
        self._opened.set()

    def _passes(self, instance: Instance) -> bool:
        with self._lock:
            for_thumbnail = threading.current_thread().name.startswith(Lane.THUMBNAILS.title)
            if for_thumbnail:  # it must not take the turn of the image that is to be shown
                return instance.sop_instance_uid in self._known
            if instance.sop_instance_uid not in self._known and self._left > 0:
                self._known.add(instance.sop_instance_uid)
                self._left -= 1
            return instance.sop_instance_uid in self._known
