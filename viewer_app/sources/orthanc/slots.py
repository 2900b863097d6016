"""So many downloads at a time, whichever thread begins them."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from viewer_app.progress import Watch

_LOOKED_S = 0.1


class Slots:
    """Places for `count` at a time; who waits for one can be cancelled."""

    def __init__(self, count: int) -> None:
        self._free = threading.BoundedSemaphore(count)

    @contextmanager
    def taken(self, watch: Watch) -> Iterator[None]:
        """A place for as long as the block runs; Cancelled where nobody wants it any more."""
        while not self._free.acquire(timeout=_LOOKED_S):
            watch.check()
        try:
            yield
        finally:
            self._free.release()
