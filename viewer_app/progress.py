"""How long work tells its caller how far it is, and learns that nobody waits any more."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field

from viewer_app.errors import Cancelled


@dataclass(frozen=True, slots=True)
class Step:
    """`done` of `total` (0 = unknown) units of work; `text` is one short plain phrase."""

    done: int
    total: int
    text: str = ""


def _ignore(step: Step) -> None:
    """Nobody looks at the progress."""


@dataclass(frozen=True)
class Watch:
    """Handed to every piece of long work, from any thread.

    The work calls `step` as it goes on and `check` at least every 0.1 s; after
    `cancel`, both raise `Cancelled`. `on_cancel` registers what wakes a blocked
    call (a socket's shutdown), run once, in the thread that cancels.
    """

    report: Callable[[Step], None] = _ignore
    _cancelled: threading.Event = field(default_factory=threading.Event)
    _wakers: list[Callable[[], None]] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def cancelled(self) -> bool:
        """True once `cancel` was called."""
        return self._cancelled.is_set()

    def check(self) -> None:
        """Raise `Cancelled` once the work is not wanted any more."""
        if self._cancelled.is_set():
            raise Cancelled()

    def step(self, done: int, total: int, text: str = "") -> None:
        """Tell how far the work is; raises `Cancelled` like `check`."""
        self.check()
        self.report(Step(done, total, text))

    def cancel(self) -> None:
        """End the work at its next `check`, and wake it where it is blocked."""
        with self._lock:
            if self._cancelled.is_set():
                return
            self._cancelled.set()
            wakers = tuple(self._wakers)
            self._wakers.clear()
        for wake in wakers:
            wake()

    def on_cancel(self, wake: Callable[[], None]) -> Callable[[], None]:
        """Register `wake`; returns the call that takes it back."""
        with self._lock:
            late = self._cancelled.is_set()
            if not late:
                self._wakers.append(wake)
        if late:
            wake()
        return lambda: self._forget(wake)

    def _forget(self, wake: Callable[[], None]) -> None:
        with self._lock:
            if wake in self._wakers:
                self._wakers.remove(wake)
