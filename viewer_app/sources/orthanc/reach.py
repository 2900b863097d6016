"""Whether a server answers: once it did not, nobody waits for it again for a while."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from viewer_app.errors import CaliperError, Cancelled
from viewer_app.sources.orthanc.errors import AuthFailed, OrthancError, Stalled, Unreachable

_PAUSE_S = 1.5
# Until the request that tries the server says how it went.
_LONGEST_S = 60.0
SILENT = (Unreachable, Stalled)


class Reach:
    """What the requests of a source learn from each other, for several threads.

    While the server is down, one request at a time tries it, `pause_s` after the last one that failed; the others
    fail at once. After it has refused user or password, all fail.
    """

    def __init__(self, pause_s: float | None = None) -> None:
        self._pause_s = _PAUSE_S if pause_s is None else pause_s
        self._lock = threading.Lock()
        self._down: OrthancError | None = None
        self._next = 0.0
        self._refused: AuthFailed | None = None

    @property
    def is_down(self) -> bool:
        """The last request that was made got no answer."""
        return self._down is not None

    def check_allowed(self) -> None:
        """Raise the error the server refused the user with, once it has."""
        if self._refused is not None:
            raise AuthFailed(self._refused.what, self._refused.advice)

    def fail(self, error: OrthancError) -> None:
        """The server does not answer."""
        with self._lock:
            self._down, self._next = error, time.monotonic() + self._pause_s

    @contextmanager
    def asking(self) -> Iterator[bool]:
        """Around requests: learns from their errors. True while the server is thought to be down: ask it quickly."""
        was_down = self._enter()
        try:
            yield was_down
        except SILENT as error:
            self.fail(error)
            raise
        except Cancelled:
            self._next = 0.0  # nothing was learnt
            raise
        except CaliperError as error:
            self._refused = error if isinstance(error, AuthFailed) else None
            self._down = None
            raise
        self._down = None

    def _enter(self) -> bool:
        self.check_allowed()
        with self._lock:
            if self._down is None:
                return False
            now = time.monotonic()
            if now < self._next:
                raise type(self._down)(self._down.what, self._down.advice)
            self._next = now + _LONGEST_S
            return True
