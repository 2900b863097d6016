"""The rows of a picture, or the parts of a plane, shared out over the cores."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from queue import SimpleQueue

Rows = Callable[[int, int], None]

# A share of this many pixels is a few tenths of a millisecond of work, and its values stay in the cache of a core.
_SHARE_PIXELS = 1 << 15


class _Call:
    """One picture under way; `work` is done for share after share by whoever is free."""

    def __init__(self, work: Rows, shares: list[tuple[int, int]]) -> None:
        self._work, self._shares = work, iter(shares)
        self._errors: list[BaseException] = []
        self._helping, self._is_over, self._lock = 0, False, threading.Lock()
        self._done = threading.Semaphore(0)

    def help(self) -> None:
        """Work until no share is left; nothing where it is over, as the helper was busy elsewhere meanwhile."""
        with self._lock:
            if self._is_over:
                return
            self._helping += 1
        try:
            self._take_all(self._shares)
        except BaseException as error:
            self._errors.append(error)
        finally:
            self._done.release()

    def finish(self) -> None:
        """Work along, wait for the helpers that came, and raise what one of them raised."""
        try:
            self._take_all(self._shares)
        finally:
            with self._lock:
                self._is_over = True
            for _ in range(self._helping):
                self._done.acquire()
        if self._errors:
            raise self._errors[0]

    def _take_all(self, shares: Iterator[tuple[int, int]]) -> None:
        for first, last in shares:
            self._work(first, last)


class _Helpers:
    """Threads that end with the program; none are started before they are needed."""

    def __init__(self, count: int) -> None:
        self.count = count
        self._calls: SimpleQueue[_Call] = SimpleQueue()
        self._lock, self._is_started = threading.Lock(), False

    def share(self, work: Rows, shares: list[tuple[int, int]]) -> None:
        """Do `work` for all shares, with the calling thread among the workers."""
        self._start()
        call = _Call(work, shares)
        for _ in range(min(self.count, len(shares) - 1)):
            self._calls.put(call)
        call.finish()

    def _start(self) -> None:
        with self._lock:
            if not self._is_started:
                self._is_started = True
                for number in range(self.count):
                    threading.Thread(target=self._run, name=f"sampler-{number}", daemon=True).start()

    def _run(self) -> None:
        while True:
            self._calls.get().help()


def cores() -> int:
    """How many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


_HELPERS = _Helpers(cores() - 1)


def over_rows(work: Rows, rows: int, columns: int) -> None:
    """Call `work(first, last)` for pieces of rows that together are 0 to `rows`; `work` gives up the GIL to gain."""
    height = max(1, _SHARE_PIXELS // max(columns, 1))
    _shared_out(work, [(first, min(first + height, rows)) for first in range(0, rows, height)])


def over_parts(work: Callable[[int], None], count: int) -> None:
    """Call `work(number)` for numbers from 0 to `count`, each a share by itself; `work` gives up the GIL to gain."""
    _shared_out(lambda number, _: work(number), [(number, number + 1) for number in range(count)])


def _shared_out(work: Rows, shares: list[tuple[int, int]]) -> None:
    if len(shares) < 2 or not _HELPERS.count:
        for first, last in shares:
            work(first, last)
        return
    _HELPERS.share(work, shares)
