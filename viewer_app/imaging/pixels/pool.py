"""Processes that decode, a few at most: started when first needed, killed when late, replaced when dead."""

from __future__ import annotations

import atexit
import logging
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any, cast

from numpy.typing import NDArray

import viewer_app
from viewer_app.errors import Cancelled, DamagedPixels, UnsupportedPixels
from viewer_app.imaging.headers import PixelFormat
from viewer_app.imaging.pixels import wire
from viewer_app.imaging.pixels.refusal import damaged
from viewer_app.progress import Watch

_log = logging.getLogger(__name__)

_START_SECONDS = 30.0
_CANCEL_SECONDS = 0.2
_WAIT_SECONDS = 0.05
_PIPE_BYTES = 1 << 20
_MODULE = "viewer_app.imaging.pixels.worker"


class Workers:
    """At most `size` decoding processes, for any number of threads; `frame_seconds` is the deadline of a frame."""

    def __init__(self, size: int | None = None, frame_seconds: float = 10.0) -> None:
        self._size = size or min(4, os.cpu_count() or 1)
        self._frame_seconds = frame_seconds
        self._idle: list[_Worker] = []
        self._all: set[_Worker] = set()
        self._started = 0
        self._changed = threading.Condition()

    @property
    def process_ids(self) -> tuple[int, ...]:
        """Of the processes that run now."""
        with self._changed:
            return tuple(worker.process.pid for worker in self._all)

    def decode(self, frame: bytes, syntax: str, pixels: PixelFormat, into: NDArray[Any], watch: Watch) -> None:
        """Decode one frame into `into`, which has the very size the header promises.

        Raises DamagedPixels where the decoder fails, dies or takes too long, and
        Cancelled within 0.3 s of `watch.cancel()`.
        """
        with self._one(watch) as worker:
            failure = worker.ask(wire.question(syntax, pixels, frame), frame, into, self._frame_seconds, watch)
        watch.check()
        if failure:
            _log.info("decoder says %s", failure)
            raise damaged("The compressed frame is damaged: it cannot be decoded.")

    def shutdown(self) -> None:
        """End every process now; frames under way are cancelled. The next frame starts new ones."""
        with self._changed:
            running = tuple(self._all)
            while self._idle:
                self._forget(self._idle.pop())
        for worker in running:
            worker.dismiss()

    @contextmanager
    def _one(self, watch: Watch) -> Iterator[_Worker]:
        worker = self._take(watch)
        try:
            yield worker
        except BaseException:
            worker.end()
            raise
        finally:
            self._give_back(worker)

    def _take(self, watch: Watch) -> _Worker:
        with self._changed:
            while not self._idle and self._started >= self._size:
                watch.check()
                self._changed.wait(_WAIT_SECONDS)
            watch.check()
            while self._idle:
                worker = self._idle.pop()
                if worker.is_alive:
                    return worker
                self._forget(worker)
            self._started += 1
        return self._start(watch)

    def _start(self, watch: Watch) -> _Worker:
        try:
            worker = _Worker()
        except OSError as error:
            self._forget(None)
            raise _not_started() from error
        with self._changed:
            self._all.add(worker)
        try:
            worker.greet(watch)
        except BaseException as error:
            worker.end()
            self._give_back(worker)
            if isinstance(error, DamagedPixels):
                raise _not_started() from error
            raise
        return worker

    def _give_back(self, worker: _Worker) -> None:
        with self._changed:
            if worker.is_alive:
                self._idle.append(worker)
            else:
                self._forget(worker)
            self._changed.notify()

    def _forget(self, worker: _Worker | None) -> None:
        with self._changed:
            self._started -= 1
            if worker is not None:
                worker.end()
                self._all.discard(worker)


class _Worker:
    """One process and its two pipes, for one thread at a time."""

    def __init__(self) -> None:
        root = str(Path(viewer_app.__file__).parents[1])
        paths = os.pathsep.join((root, *filter(None, [os.environ.get("PYTHONPATH")])))
        self._dismissed = False
        self.process = subprocess.Popen(
            [sys.executable, "-P", "-m", _MODULE],
            bufsize=0,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "PYTHONPATH": paths, "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"},
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )
        self._to = cast(IO[bytes], self.process.stdin)
        self._from = cast(IO[bytes], self.process.stdout)
        for pipe in (self._to, self._from):
            _widen(pipe)

    @property
    def is_alive(self) -> bool:
        return self.process.poll() is None

    def greet(self, watch: Watch) -> None:
        """Wait until the process is up."""
        with self._leash(_START_SECONDS, watch):
            wire.take(self._from, wire.ANSWER.size)

    def ask(self, head: bytes, frame: bytes, into: NDArray[Any], seconds: float, watch: Watch) -> str:
        """Fill `into`; returns why it was not filled, or "". The process is still good after an answer."""
        target = into.reshape(-1).data.cast("B")
        with self._leash(seconds, watch):
            wire.send(self._to, head)
            wire.send(self._to, frame)
            status, size = wire.ANSWER.unpack(wire.take(self._from, wire.ANSWER.size))
            if status == wire.PIXELS and size == len(target):
                wire.fill(self._from, target)
                return ""
            if status == wire.FAILED and size <= wire.LONGEST_TEXT:
                return wire.take(self._from, size).decode("utf-8", "replace") or "nothing"
            raise EOFError

    @contextmanager
    def _leash(self, seconds: float, watch: Watch) -> Iterator[None]:
        """Kill the process when the time is over or nobody waits any more: that ends a blocked pipe."""
        leash = _Leash(self.process, seconds)
        forget = watch.on_cancel(lambda: leash.shorten(_CANCEL_SECONDS))
        try:
            yield
            if leash.was_pulled:
                raise EOFError
        except (EOFError, OSError) as error:
            watch.check()
            if self._dismissed:
                raise Cancelled() from error
            raise damaged("The compressed frame is damaged: decoding it ended in nothing.") from error
        finally:
            forget()
            leash.release()

    def dismiss(self) -> None:
        """Kill the process and wait for its end; the thread that talks to it closes the pipes."""
        self._dismissed = True
        self.process.kill()
        self.process.wait()

    def end(self) -> None:
        """Kill the process, wait for its end, close the pipes; again and again does no harm."""
        self.dismiss()
        for pipe in (self._to, self._from):
            pipe.close()


def _not_started() -> UnsupportedPixels:
    return UnsupportedPixels(
        "Compressed images cannot be shown: no decoding process starts on this computer.",
        "Close other programs and open the study again; if it stays so, install Caliper anew.",
    )


def _widen(pipe: IO[bytes]) -> None:
    """Let a pipe hold more than Linux's 64 KiB: fewer turns between the two processes for each frame."""
    if sys.platform == "linux":
        import fcntl

        with suppress(OSError):
            fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, _PIPE_BYTES)


class _Leash:
    """Kills a process after some seconds unless released before."""

    def __init__(self, process: subprocess.Popen[bytes], seconds: float) -> None:
        self._process = process
        self._lock = threading.Lock()
        self._released = False
        self.was_pulled = False
        self._timers: list[threading.Timer] = []
        self.shorten(seconds)

    def shorten(self, seconds: float) -> None:
        """Kill in `seconds` at the latest."""
        timer = threading.Timer(seconds, self._pull)
        timer.daemon = True
        with self._lock:
            if not self._released:
                self._timers.append(timer)
                timer.start()

    def release(self) -> None:
        """The process is not ours to kill any more."""
        with self._lock:
            self._released = True
        for timer in self._timers:
            timer.cancel()

    def _pull(self) -> None:
        with self._lock:
            if not self._released:
                self.was_pulled = True
                self._process.kill()


WORKERS = Workers()
atexit.register(WORKERS.shutdown)
