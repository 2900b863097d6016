"""Files that wait to be written: an image is shown first, and kept a moment later, by a thread of its own."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from viewer_app.imaging.memory import physical_bytes
from viewer_app.progress import Watch

# A series of 500 slices of half a megabyte; of a small computer no more than this share.
_MOST_BYTES = 256 << 20
_SHARE_OF_MEMORY = 16
# Once nothing has come for this long, the disk disturbs nobody; nothing waits longer than that.
_QUIET_S, _LONGEST_S = 0.25, 3.0


@dataclass(frozen=True, slots=True)
class _Waiting:
    size: int
    write: Callable[[], object]
    since: float = field(default_factory=time.monotonic)


class Behind:
    """Writes what is put here in the order it came, one file at a time; for several threads.

    Of a program that is killed meanwhile, what still waited is fetched again one day. One that ends waits for it.
    """

    def __init__(self, most_bytes: int | None = None) -> None:
        self._most = most_bytes or min(_MOST_BYTES, (physical_bytes() or _MOST_BYTES) // _SHARE_OF_MEMORY)
        # Held while a file is written; before `_changed`, never after it.
        self._turn = threading.RLock()
        self._changed = threading.Condition()
        self._waiting: dict[Path, _Waiting] = {}
        self._bytes = 0
        self._latest = 0.0
        self._hurried = 0
        self._thread: threading.Thread | None = None

    @property
    def waiting_bytes(self) -> int:
        """How much is not yet written."""
        return self._bytes

    def put(self, path: Path, size: int, write: Callable[[], object], watch: Watch) -> None:
        """Have `write` put `size` bytes at `path` soon; waits, or is Cancelled, while too much waits already."""
        with self._changed:
            with self._hurry():
                while self._bytes and self._bytes + size > self._most:
                    self._changed.wait(0.1)
                    watch.check()
            self._leave(path)
            self._waiting[path] = _Waiting(size, write)
            self._bytes += size
            self._latest = time.monotonic()
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="keep")
                self._thread.start()

    def finish(self, path: Path) -> None:
        """Have the file at `path`, if it waits, written now."""
        if path not in self._waiting:
            return
        with self._turn:
            found = self._waiting.get(path)
            if found is None:
                return
            try:
                found.write()
            finally:
                with self._changed:
                    if self._waiting.get(path) is found:
                        self._leave(path)

    def settle(self, folder: Path, name: str = "") -> None:
        """Have all that waits for a place in `folder`, or below it, written now; with a `name`, files of this name."""
        for path in self._below(folder):
            if name in ("", path.name):
                self.finish(path)

    @contextmanager
    def forgotten(self, folder: Path) -> Iterator[None]:
        """Let go of what waits for a place in `folder`, or below it; nothing at all is written in the block."""
        with self._turn:
            for path in self._below(folder):
                with self._changed:
                    self._leave(path)
            yield

    def _below(self, folder: Path) -> list[Path]:
        with self._changed:
            return [path for path in self._waiting if folder in path.parents]

    def _leave(self, path: Path) -> None:
        found = self._waiting.pop(path, None)
        if found is not None:
            self._bytes -= found.size
            self._changed.notify_all()

    @contextmanager
    def _hurry(self) -> Iterator[None]:
        self._hurried += 1
        self._changed.notify_all()
        try:
            yield
        finally:
            self._hurried -= 1

    def _run(self) -> None:
        try:
            while (path := self._next()) is not None:
                self.finish(path)
        except BaseException:
            with self._changed:
                self._thread = None
            raise

    def _next(self) -> Path | None:
        """The file whose turn it is, once it is; None, and no thread any more, where nothing waits."""
        with self._changed:
            while self._waiting:
                path, first = next(iter(self._waiting.items()))
                pause_s = self._pause_s(first)
                if pause_s <= 0:
                    return path
                self._changed.wait(pause_s)
            self._thread = None
            return None

    def _pause_s(self, first: _Waiting) -> float:
        if self._hurried or not threading.main_thread().is_alive():
            return 0
        return min(first.since + _LONGEST_S, self._latest + _QUIET_S) - time.monotonic()


BEHIND = Behind()
"""The one of the program."""
