"""`dev.py test`: the whole suite in two processes at once, since most tests keep one core busy only.

dev.py imports this with the system's Python: the standard library alone. One half is what `FIRST` lists, the other
is all that remains, so that no test can be forgotten.
"""

from __future__ import annotations

import queue
import re
import subprocess
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

FIRST = ("tests/ui", "tests/terminal", "tests/phantom")
TALK = frozenset({"-q", "-qq", "-v", "-vv", "--quiet", "--verbose"})
"""The words after which the whole suite is still meant."""

PATIENCE = 10.0  # seconds that a half has for ending by itself
LOOK_EVERY = 1.0
LONGEST = 300
PROGRESS = re.compile(r"\S.*\[ *\d+%\]$")
FAULT = re.compile(r"(FAILED|ERROR) \S")
VERDICT = re.compile(r"=* ?((?:\d+ \w+|no tests).* in [\d.]+s.*?) ?=*$")

Line = tuple["Half", str | None]


@dataclass(eq=False)
class Half:
    """A running pytest, and what it has said that is not mere progress."""

    name: str
    process: subprocess.Popen[str]
    said: list[str] = field(default_factory=list)

    def read(self, lines: queue.Queue[Line]) -> None:
        """Hand on each line, and None at the end."""
        assert self.process.stdout is not None
        with self.process.stdout as said:
            for line in said:
                lines.put((self, line.rstrip()))
        lines.put((self, None))

    @property
    def code(self) -> int:
        """The exit code as a shell gives it; a signal is 128 and more."""
        code = self.process.wait()
        return 128 - code if code < 0 else code

    @property
    def faults(self) -> list[str]:
        """The failed tests, a line each."""
        return [line[:LONGEST] for line in self.said if FAULT.match(line)]

    @property
    def verdict(self) -> str:
        """Its own last word, and the exit code if there was trouble."""
        found = next((match[1] for line in reversed(self.said) if (match := VERDICT.match(line))), "it told no result")
        return f"{self.name}: {found}" + (f" (exit code {self.code})" if self.code else "")


def run(pytest: Sequence[str], environment: Mapping[str, str], root: Path, first: Sequence[str] = FIRST) -> int:
    """Run the command `pytest` over both halves of the tests folder in `root`; the worse of the two exit codes.

    The progress of both is printed as it comes, all else of a half when it has ended, the failed tests of both last.
    """
    rest = ["tests", *(f"--ignore={path}" for path in first)]
    halves = []
    try:
        halves = [start("first", [*pytest, *first], environment, root)]
        halves.append(start("second", [*pytest, *rest], environment, root))
        listen(halves)
    except KeyboardInterrupt:
        give_time(halves)  # the terminal has interrupted them, too
        raise
    finally:
        for half in halves:
            half.process.kill()
    return conclude(halves)


def start(name: str, command: Sequence[str], environment: Mapping[str, str], root: Path) -> Half:
    """Begin a half that keeps its caches apart from those of the other."""
    cache = Path(".pytest_cache") / name
    numba = environment.get("NUMBA_CACHE_DIR", str(root / ".pytest_cache" / "numba"))
    own = {"NUMBA_CACHE_DIR": f"{numba}-{name}", "PYTHONUNBUFFERED": "1"}
    process = subprocess.Popen(
        [*command, "-o", f"cache_dir={cache}"],
        cwd=root,
        env={**environment, **own},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    )
    return Half(name, process)


def listen(halves: Sequence[Half]) -> None:
    """Print what the halves say until both have ended."""
    lines: queue.Queue[Line] = queue.Queue()
    for half in halves:
        threading.Thread(target=half.read, args=(lines,), daemon=True).start()
    running = list(halves)
    while running:
        try:
            half, line = lines.get(timeout=LOOK_EVERY)
        except queue.Empty:  # a process that a test left behind may keep the pipe of a half open
            ended = [half for half in running if half.process.poll() is not None]
        else:
            ended = [half] if line is None else []
            take(half, line)
        for half in ended:
            running.remove(half)
            tell(half)


def take(half: Half, line: str | None) -> None:
    """Print progress; keep all else."""
    if line is None:
        return
    if PROGRESS.match(line):
        print(f"{half.name:6} {line}", flush=True)
    else:
        half.said.append(line)


def tell(half: Half) -> None:
    """Print what a half has said."""
    print(f"\n{f' the {half.name} half ':#^80}", *half.said, sep="\n", flush=True)


def give_time(halves: Sequence[Half]) -> None:
    """Wait a while for the halves to end."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end and any(half.process.poll() is None for half in halves):
        time.sleep(0.05)


def conclude(halves: Sequence[Half]) -> int:
    """Print the failed tests and the results of both."""
    print(f"\n{' both halves ':#^80}", flush=True)
    faults = [fault for half in halves for fault in half.faults]
    print(*faults, *(half.verdict for half in halves), sep="\n", flush=True)
    return max(half.code for half in halves)
