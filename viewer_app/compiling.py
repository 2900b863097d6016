"""How kernels are compiled by numba, and when: in the background, one after the other."""

from __future__ import annotations

import atexit
import os
import threading
from collections.abc import Callable, Iterator
from typing import TypeVar, cast

from viewer_app.folders import cache_folder

Kernel = TypeVar("Kernel", bound=Callable[..., object])

_ending = threading.Event()


def compiled(function: Kernel) -> Kernel:
    """Compiled at the first call, without the GIL; kept on the disk where there is a place for it.

    Serial: two threads in numba's own parallel loops can end the process (docs/decisions/0001-dependencies.md).
    """
    import numba

    try:
        return cast(Kernel, numba.njit(nogil=True, cache=True)(function))
    except RuntimeError:  # no folder that may be written to
        return cast(Kernel, numba.njit(nogil=True)(function))


class Warming:
    """Compiles some kernels once for the program, in a thread of its own.

    `steps` compiles one kernel after the other and yields between them, so that the program need not wait for more
    than one when it ends. It is the first that imports numba.
    """

    def __init__(self, name: str, steps: Callable[[], Iterator[None]]) -> None:
        self._name = name
        self._steps = steps
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None

    def start(self, after: threading.Thread | None = None) -> threading.Thread:
        """The thread, which begins once `after` has ended; a second call returns the same."""
        with self._lock:
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, args=(after,), name=self._name, daemon=True)
                self._thread.start()
                # The compiler must not be at work when the system takes its memory away.
                atexit.register(_end, self._thread)
            return self._thread

    def _run(self, after: threading.Thread | None) -> None:
        if after is not None:
            after.join()
        if _ending.is_set():
            return
        os.environ.setdefault("NUMBA_CACHE_DIR", str(cache_folder() / "numba"))
        for _ in self._steps():
            if _ending.is_set():
                return


def _end(thread: threading.Thread) -> None:
    _ending.set()
    thread.join()
