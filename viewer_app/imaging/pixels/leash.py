"""Deadlines for processes: one thread kills whichever is late."""

from __future__ import annotations

import math
import subprocess
import threading
import time


class Leash:
    """Kills `process` at `deadline` (monotonic seconds) unless released before."""

    def __init__(self, process: subprocess.Popen[bytes], seconds: float) -> None:
        self._process = process
        self.deadline = time.monotonic() + seconds
        self.was_pulled = False
        _KEEPER.hold(self)

    def shorten(self, seconds: float) -> None:
        """Kill in `seconds` at the latest."""
        self.deadline = min(self.deadline, time.monotonic() + seconds)
        _KEEPER.look_by(self.deadline)

    def release(self) -> None:
        """The process is not ours to kill any more."""
        _KEEPER.let_go(self)

    def pull(self) -> None:
        """Kill it; only the keeper asks for this."""
        self.was_pulled = True
        self._process.kill()


class _Keeper:
    """The thread that holds all leashes. It is woken only where it would otherwise look too late."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._held: set[Leash] = set()
        self._looks_at = math.inf
        self._thread: threading.Thread | None = None

    def hold(self, leash: Leash) -> None:
        with self._changed:
            self._held.add(leash)
            if self._thread is None:
                self._thread = threading.Thread(target=self._keep, name="deadlines", daemon=True)
                self._thread.start()
        self.look_by(leash.deadline)

    def let_go(self, leash: Leash) -> None:
        with self._changed:
            self._held.discard(leash)

    def look_by(self, deadline: float) -> None:
        with self._changed:
            if deadline < self._looks_at:
                self._looks_at = deadline
                self._changed.notify()

    def _keep(self) -> None:
        with self._changed:
            while True:
                now = time.monotonic()
                for late in [leash for leash in self._held if leash.deadline <= now]:
                    self._held.discard(late)
                    late.pull()
                self._looks_at = min((leash.deadline for leash in self._held), default=math.inf)
                self._changed.wait(None if self._looks_at == math.inf else max(0.0, self._looks_at - now))


_KEEPER = _Keeper()
