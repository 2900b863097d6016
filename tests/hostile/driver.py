"""Children that run cases, watched: one that hangs is killed, one that dies is told and replaced."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import IO, cast

from tests.hostile.case import Case

ROOT = Path(__file__).parents[2]
# Making a case and checking it may take longer than opening it; only the opening is held to the case's limit.
_WATCHDOG_S = 50.0
MOST_GROWTH_MB = 300


@dataclass(frozen=True)
class Result:
    """What a case came to; `fault` is "" where all is as it must be."""

    case: str
    fault: str
    seconds: float = 0.0
    grown_mb: int = 0
    outcome: str = ""


class Child:
    """One process; used by one thread."""

    def __init__(self, *, thorough: bool = False) -> None:
        self._form = ["thorough"] if thorough else []
        self._process: subprocess.Popen[str] | None = None

    def run(self, case: Case) -> Result:
        """What `case` comes to: a death, a hang and too much memory are faults."""
        process = self._running()
        hung = threading.Event()

        def pull() -> None:
            hung.set()
            process.kill()

        watchdog = threading.Timer(_WATCHDOG_S + 5 * case.longest_s, pull)
        watchdog.daemon = True
        watchdog.start()
        try:
            cast(IO[str], process.stdin).write(f"{case.id}\n")
            cast(IO[str], process.stdin).flush()
            line = cast(IO[str], process.stdout).readline()
        except BrokenPipeError:
            line = ""
        finally:
            watchdog.cancel()
        if not line:
            self.close()
            return Result(case.id, "the process hung" if hung.is_set() else f"the process died: {process.returncode}")
        return _judged(Result(**json.loads(line)), case)

    def close(self) -> None:
        """End the process; the next run starts another."""
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.wait()
            for pipe in (process.stdin, process.stdout):
                cast(IO[str], pipe).close()

    def _running(self) -> subprocess.Popen[str]:
        if self._process is None:
            self._process = subprocess.Popen(
                [sys.executable, "-W", "ignore", "-X", "faulthandler", "-m", "tests.hostile.child", *self._form],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
                cwd=ROOT,
                env={**os.environ, "PYTHONPATH": str(ROOT)},
            )
            assert cast(IO[str], self._process.stdout).readline() == '"ready"\n'
        return self._process


class Crew:
    """Several children, each with a thread of its own."""

    def __init__(self, size: int = 2, *, thorough: bool = False) -> None:
        self._thorough = thorough
        self._threads = ThreadPoolExecutor(size)
        self._own = threading.local()
        self._children: list[Child] = []

    def submit(self, case: Case) -> Future[Result]:
        """The result of `case`, once it is there."""
        return self._threads.submit(self._run, case)

    def close(self) -> None:
        """Forget what waits, and end the children."""
        self._threads.shutdown(cancel_futures=True)
        for child in self._children:
            child.close()

    def _run(self, case: Case) -> Result:
        if not hasattr(self._own, "child"):
            self._own.child = Child(thorough=self._thorough)
            self._children.append(self._own.child)
        return cast(Child, self._own.child).run(case)


def _judged(result: Result, case: Case) -> Result:
    if result.fault:
        return result
    if result.seconds > case.longest_s:
        return Result(result.case, f"took {result.seconds:.1f} s")
    if result.grown_mb > MOST_GROWTH_MB:
        return Result(result.case, f"grew by {result.grown_mb} MB")
    return result
