"""Processes that decode, a few at most: started when first needed, killed when late, replaced when dead."""

from __future__ import annotations

import atexit
import logging
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from numpy.typing import NDArray

from viewer_app.errors import CaliperError, DamagedPixels, UnsupportedPixels
from viewer_app.imaging.headers import PixelFormat
from viewer_app.imaging.pixels.process import Gone, Worker
from viewer_app.imaging.pixels.refusal import damaged
from viewer_app.imaging.pixels.wire import Question
from viewer_app.progress import Watch

_log = logging.getLogger(__name__)

_WAIT_SECONDS = 0.05


class Workers:
    """At most `size` decoding processes, for any number of threads; `frame_seconds` is the deadline of a frame."""

    def __init__(self, size: int | None = None, frame_seconds: float = 10.0) -> None:
        # One more than there are cores: it decodes while another's answer is taken.
        self._size = size or min(4, (os.cpu_count() or 1) + 1)
        self._frame_seconds = frame_seconds
        self._idle: list[Worker] = []
        self._all: set[Worker] = set()
        self._started = self._shutdowns = 0
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
        failure = self._ask((syntax, pixels), frame, into, watch)
        watch.check()
        if failure:
            _log.info("decoder says %s", failure)
            raise damaged("The compressed frame is damaged: it cannot be decoded.")

    def _ask(self, question: Question, frame: bytes, into: NDArray[Any], watch: Watch) -> str:
        """Each process that waited may have been killed meanwhile, which is no fault of the frame."""
        for _ in range(self._size):
            with suppress(Gone):
                return self._ask_one(question, frame, into, watch)
        return self._ask_one(question, frame, into, watch)

    def _ask_one(self, question: Question, frame: bytes, into: NDArray[Any], watch: Watch) -> str:
        with self._one(watch) as worker:
            return worker.ask(question, frame, into, self._frame_seconds, watch)

    def warm_up(self) -> None:
        """Start a process in the background, unless one runs already, for a frame that will soon be asked for."""
        with self._changed:
            if self._started == 0:
                threading.Thread(target=self._start_one, name="warm up", daemon=True).start()

    def _start_one(self) -> None:
        with suppress(CaliperError), self._one(Watch()):
            pass

    def shutdown(self) -> None:
        """End every process now; frames under way are cancelled. The next frame starts new ones."""
        with self._changed:
            self._shutdowns += 1
            running = tuple(self._all)
            while self._idle:
                self._forget(self._idle.pop())
        for worker in running:
            worker.dismiss()

    @contextmanager
    def _one(self, watch: Watch) -> Iterator[Worker]:
        worker = self._take(watch)
        try:
            yield worker
        except BaseException:
            worker.end()
            raise
        finally:
            self._give_back(worker)

    def _take(self, watch: Watch) -> Worker:
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
            shutdowns = self._shutdowns
        return self._start(watch, shutdowns)

    def _start(self, watch: Watch, shutdowns: int) -> Worker:
        """A new process; ended at once where a shutdown, later than the `shutdowns` so far, could not see it yet."""
        try:
            worker = Worker()
        except OSError as error:
            self._forget(None)
            raise _not_started() from error
        with self._changed:
            self._all.add(worker)
            is_unwanted = shutdowns != self._shutdowns
        if is_unwanted:
            worker.dismiss()
        try:
            worker.greet(watch)
        except BaseException as error:
            worker.end()
            self._give_back(worker)
            if isinstance(error, DamagedPixels):
                raise _not_started() from error
            raise
        return worker

    def _give_back(self, worker: Worker) -> None:
        with self._changed:
            if worker.is_alive and not worker.is_swollen:
                self._idle.append(worker)
            else:
                self._forget(worker)
            self._changed.notify()

    def _forget(self, worker: Worker | None) -> None:
        with self._changed:
            self._started -= 1
            if worker is not None:
                worker.end()
                self._all.discard(worker)


def _not_started() -> UnsupportedPixels:
    return UnsupportedPixels(
        "Compressed images cannot be shown: no decoding process starts on this computer.",
        "Close other programs and open the study again; if it stays so, install Caliper anew.",
    )


WORKERS = Workers()
atexit.register(WORKERS.shutdown)
