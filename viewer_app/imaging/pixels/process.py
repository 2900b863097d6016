"""One decoding process as the program sees it: two pipes and a piece of shared memory."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any, cast

import numpy as np
from numpy.typing import NDArray

import viewer_app
from viewer_app.errors import Cancelled, DamagedPixels
from viewer_app.imaging.pixels import wire
from viewer_app.imaging.pixels.leash import Leash
from viewer_app.imaging.pixels.refusal import damaged
from viewer_app.imaging.pixels.shared import SharedMemory
from viewer_app.imaging.pixels.values import emptied_by_errors
from viewer_app.progress import Watch

_START_SECONDS = 30.0
_CANCEL_SECONDS = 0.2
_PIPE_BYTES = 1 << 20
_MODULE = "viewer_app.imaging.pixels.worker"
# Larger frames go through the pipes: shared, they would be held twice within the limit of the process.
_LARGEST_SHARED = 256 << 20
_KEPT_BYTES = 64 << 20
_ENVIRONMENT = {
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    # glibc gives the memory of every frame back to the system, and the next frame pays for each page of it again.
    "MALLOC_MMAP_THRESHOLD_": str(16 << 20),
    "MALLOC_TRIM_THRESHOLD_": str(32 << 20),
}


class Gone(DamagedPixels):
    """The process had ended before it was asked: another one may be asked the same."""


class Worker:
    """One process, its two pipes and its own shared memory, for one thread at a time.

    The process never sees the memory of a volume, so it can spoil no slice but the one it was asked for.
    """

    def __init__(self) -> None:
        root = str(Path(viewer_app.__file__).parents[1])
        paths = os.pathsep.join((root, *filter(None, [os.environ.get("PYTHONPATH")])))
        self._dismissed = self.is_swollen = False
        self._shared = SharedMemory()
        self.process = subprocess.Popen(
            [sys.executable, "-P", "-m", _MODULE, self._shared.handle],
            bufsize=0,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            pass_fds=self._shared.inherited,
            env={**os.environ, **_ENVIRONMENT, "PYTHONPATH": paths},
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )
        self._to = cast(IO[bytes], self.process.stdin)
        self._from = cast(IO[bytes], self.process.stdout)
        for pipe in (self._to, self._from):
            _widen(pipe)

    @property
    def is_alive(self) -> bool:
        """The process has not ended."""
        return self.process.poll() is None

    def greet(self, watch: Watch) -> None:
        """Wait until the process is up."""
        with self._leash(_START_SECONDS, watch):
            wire.take(self._from, wire.ANSWER.size)

    def ask(self, question: wire.Question, frame: bytes, into: NDArray[Any], seconds: float, watch: Watch) -> str:
        """Fill `into`; returns why it was not filled, or "". The process is still good after an answer.

        Raises Gone, DamagedPixels or Cancelled, after which it is not.
        """
        with self._leash(seconds, watch):
            self._question(question, frame, into.nbytes)
            status, size = wire.ANSWER.unpack(wire.take(self._from, wire.ANSWER.size))
            if status == wire.FAILED and size <= wire.LONGEST_TEXT:
                return wire.take(self._from, size).decode("utf-8", "replace") or "nothing"
            if size != into.nbytes:
                raise EOFError
            self._pixels(status, into)
            return ""

    def _question(self, question: wire.Question, frame: bytes, size: int) -> None:
        whole = size + len(frame)
        self.is_swollen |= whole > _KEPT_BYTES
        if whole > _LARGEST_SHARED:
            self._begin(wire.head(question, len(frame), 0))
            wire.send(self._to, frame)
            return
        with self._shared.view(whole) as view:
            view[size:] = frame
        self._begin(wire.head(question, len(frame), size))

    def _begin(self, head: bytes) -> None:
        try:
            wire.send(self._to, head)
        except OSError as error:
            if self._dismissed:
                raise
            raise Gone(
                "The compressed frame is not shown: the processes that decode were ended from outside.",
                "Close other programs and open the study again.",
            ) from error

    def _pixels(self, status: int, into: NDArray[Any]) -> None:
        if status == wire.SHARED:
            with self._shared.view(into.nbytes) as view:
                np.copyto(into, np.frombuffer(view, into.dtype).reshape(into.shape))
        elif status == wire.PIXELS:
            with emptied_by_errors(into):
                wire.fill(self._from, into.reshape(-1).data.cast("B"))
        else:
            raise EOFError

    @contextmanager
    def _leash(self, seconds: float, watch: Watch) -> Iterator[None]:
        """Kill the process when the time is over or nobody waits any more: that ends a blocked pipe."""
        leash = Leash(self.process, seconds)
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
        """Kill the process, wait for its end, let go of pipes and memory; again and again does no harm."""
        self.dismiss()
        for pipe in (self._to, self._from):
            pipe.close()
        self._shared.close()


def _widen(pipe: IO[bytes]) -> None:
    """Let a pipe hold more than Linux's 64 KiB: fewer turns between the two processes for each frame."""
    if sys.platform == "linux":
        import fcntl

        with suppress(OSError):
            fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, _PIPE_BYTES)
