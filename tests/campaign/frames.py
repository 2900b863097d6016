"""Damaged compressed frames through the reader and its decoding processes, and those processes killed (G2, G3)."""

from __future__ import annotations

import io
import os
import random
import signal
import statistics
import struct
import threading
import time
import warnings
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tests.campaign.damage import damaged
from tests.hostile.parts import CODED, Coded
from viewer_app.errors import CaliperError
from viewer_app.imaging.headers import Instance
from viewer_app.imaging.pixels.door import FrameReader
from viewer_app.imaging.pixels.pool import Workers
from viewer_app.progress import Watch
from viewer_app.sources.header import read_header

_THREADS = 2
# The deadline of a frame in its process, and the start of the next one.
_LONGEST_S = 13.0
_ITEM, _DELIMITER = struct.Struct("<HHL"), struct.pack("<HHL", 0xFFFE, 0xE0DD, 0)
_PIXELS = struct.pack("<HH2s2xL", 0x7FE0, 0x0010, b"OB", 0xFFFFFFFF)


def run_frames(name: str, count: int, seed: int) -> Counter[str]:
    """Decode `count` damaged frames of the codec `name`; how often each outcome was met. Raises for any other one.

    Frame n is the same whatever the count: `seed`, `name` and n make it.
    """
    coded, workers = CODED[name], Workers()
    file = _File(coded)

    def outcome(number: int) -> str:
        started = time.monotonic()
        try:
            found = file.outcome(damaged(coded.frame, random.Random(f"{seed}/{name}/{number}")), workers)
        except BaseException as error:
            raise AssertionError(f"frame {number} of {name}, seed {seed}: {error!r}") from error
        assert time.monotonic() - started < _LONGEST_S, f"frame {number} of {name}, seed {seed}: too slow"
        return found

    try:
        with ThreadPoolExecutor(_THREADS) as threads, warnings.catch_warnings():
            warnings.simplefilter("ignore")  # as in the program: a warning of pydicom's ends no reading
            return Counter(threads.map(outcome, range(count)))
    finally:
        workers.shutdown()


class _File:
    """A file whose only frame is exchanged again and again."""

    def __init__(self, coded: Coded) -> None:
        whole = coded.file()
        self.sound, self.truth = coded.frame, coded.truth
        self._head = whole[: whole.index(_PIXELS) + len(_PIXELS)]
        self.instance: Instance = read_header(io.BytesIO(whole), Watch(), locator="", size_bytes=len(whole))

    def outcome(self, frame: bytes, workers: Workers) -> str:
        """What becomes of it with this frame."""
        try:
            pixels = self.decoded(frame, workers)
        except CaliperError as error:
            assert error.what and error.advice, "an error without words"
            return type(error).__name__
        assert pixels.shape == self.truth.shape
        return "shown"

    def decoded(self, frame: bytes, workers: Workers) -> NDArray[Any]:
        """The pixels of it with this frame."""
        return FrameReader(self._with(frame), self.instance, Watch(), workers).frame(1, Watch())

    def _with(self, frame: bytes) -> io.BytesIO:
        table, item = _ITEM.pack(0xFFFE, 0xE000, 0), _ITEM.pack(0xFFFE, 0xE000, len(frame))
        return io.BytesIO(self._head + table + item + frame + _DELIMITER)


@dataclass(frozen=True)
class Recovery:
    """How long the next image took after each kill, in seconds."""

    kills: int
    median_s: float
    slowest_s: float
    late: int


def run_kills(count: int, seed: int) -> Recovery:
    """Kill a decoding process `count` times, idle or at work; each time the next image must be right, and soon."""
    chance, workers, seconds = random.Random(seed), Workers(size=1), []
    files = [_File(coded) for coded in CODED.values()]
    try:
        for turn in range(count):
            _kill(workers, files[turn % len(files)], chance)
            file = chance.choice(files)
            started = time.monotonic()
            pixels = file.decoded(file.sound, workers)
            seconds.append(time.monotonic() - started)
            assert np.array_equal(pixels, file.truth), f"kill {turn}, seed {seed}: wrong pixels"
    finally:
        workers.shutdown()
    late = sum(second > 1 for second in seconds)
    return Recovery(count, statistics.median(seconds), max(seconds), late)


def _kill(workers: Workers, file: _File, chance: random.Random) -> None:
    """End the process, idle or while a frame is on its way."""
    work = threading.Thread(target=file.outcome, args=(file.sound, workers))
    work.start()
    time.sleep(chance.uniform(0, 0.004))
    for process in workers.process_ids:
        os.kill(process, signal.SIGKILL)
        with suppress(ChildProcessError):  # the thread that worked with it has seen its end already
            os.waitid(os.P_PID, process, os.WEXITED | os.WNOWAIT)
    work.join()
