"""How a benchmark is run and told.

A benchmark is a function without parameters that measures one thing against a reference in the
same run and returns one `Result`. Times of a shared machine say little by themselves: the goal
is set on the ratio.
"""

from __future__ import annotations

import gc
import os
import platform
import statistics
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Result:
    """What one benchmark found.

    `figure` is ours in words ("400 headers in 21 ms"), `against` the reference's ("pydicom 98 ms"),
    `ratio` ours divided by the reference's, `goal` the highest ratio that is good enough.
    """

    figure: str
    against: str
    ratio: float
    goal: float

    @property
    def reached(self) -> bool:
        """The ratio is at the goal or below."""
        return self.ratio <= self.goal

    def __str__(self) -> str:
        verdict = "reached" if self.reached else "short"
        return f"{self.figure}, against {self.against}: ratio {self.ratio:.3g}, goal {self.goal:.3g}, {verdict}"


Benchmark = Callable[[], Result]


def interleaved_medians(
    ours: Callable[[], object],
    reference: Callable[[], object],
    rounds: int,
    fresh_bytes: int = 0,
    between: Callable[[], object] = lambda: None,
) -> tuple[float, float]:
    """Median seconds of `ours` and of `reference`, called in turn `rounds` times after one warm-up each.

    Taking turns lets a change in the load of the machine meet both alike. Before each call of `ours`, which
    takes `fresh_bytes` of new memory, the machine is made to have them (see `_own_memory`). What `ours` leaves to
    be done afterwards is done by `between`, outside of both times.
    """
    ours(), between(), reference()
    pairs = []
    for _ in range(rounds):
        _own_memory(fresh_bytes)
        mine = seconds(ours)
        between()
        pairs.append((mine, seconds(reference)))
    return statistics.median(pair[0] for pair in pairs), statistics.median(pair[1] for pair in pairs)


def _own_memory(size: int) -> None:
    """Touch `size` bytes and let go of them.

    A virtual machine hands memory that lies idle for seconds back to its host, and waits a millisecond and more
    for every half megabyte it then needs again: a cost of the host, as large as what is measured. What the system
    itself needs to hand out and clear its memory is still part of the time.
    """
    if size:
        np.empty(size, np.uint8).fill(1)


def seconds(function: Callable[[], object]) -> float:
    """How long one call takes without Python's collector, which the window too keeps out of work (`ui/garbage.py`)."""
    gc.collect()
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        started = time.perf_counter()
        function()
        return time.perf_counter() - started
    finally:
        if was_enabled:
            gc.enable()


def machine() -> str:
    """One line on what the figures were taken on."""
    load = f"shared, load {os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else "load unknown"
    cores = os.cpu_count() or 1
    return (
        f"machine: {cores} cores ({load}), {platform.system()} {platform.machine()}, Python {platform.python_version()}"
    )


def main(words: list[str], table: Mapping[str, Benchmark]) -> int:
    """Run the benchmarks named by `words`, or all; 2 for an unknown name, else 0, `short` or not."""
    if unknown := [word for word in words if word not in table]:
        print(f"unknown: {', '.join(unknown)}; known benchmarks: {', '.join(table) or 'none yet'}", file=sys.stderr)
        return 2
    print(machine())
    for name in words or table:
        print(f"{name}: {table[name]()}", flush=True)
    return 0
