"""Kernels are compiled in the background, in turn, and the program need not wait for all of them when it ends."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Iterator

from viewer_app.compiling import Warming

_ENDS_EARLY = """
import threading, time
from viewer_app.compiling import Warming

started = threading.Event()

def steps():
    for number in range(1000):
        print(number, flush=True)
        started.set()
        time.sleep(0.1)
        yield

first = Warming("first", steps).start()
Warming("second", steps).start(after=first)
started.wait()
"""


def test_one_begins_after_the_other() -> None:
    told: list[str] = []
    release = threading.Event()

    def first() -> Iterator[None]:
        release.wait()
        told.append("first")
        yield
        told.append("first again")

    def second() -> Iterator[None]:
        told.append("second")
        yield

    ahead = Warming("first", first).start()
    behind = Warming("second", second).start(after=ahead)
    release.set()
    behind.join()
    assert told == ["first", "first again", "second"]


def test_it_is_done_once() -> None:
    told: list[int] = []

    def steps() -> Iterator[None]:
        told.append(1)
        yield

    warming = Warming("once", steps)
    assert warming.start() is warming.start()
    warming.start().join()
    assert told == [1]


def test_the_end_of_the_program_waits_for_one_step_at_most() -> None:
    done = subprocess.run([sys.executable, "-c", _ENDS_EARLY], capture_output=True, text=True, timeout=60, check=True)
    assert done.stderr == ""
    assert "0" in done.stdout.split()
    assert len(done.stdout.split()) < 100
