"""A test fails when it leaves a thread or a process running, or lets the application log a warning.

A test that means to provoke warnings asks for pytest's `caplog` and looks at them itself.
"""

from __future__ import annotations

import functools
import gc
import logging
import multiprocessing
import sys
import threading
import time
import weakref
from collections.abc import Callable, Iterator, Set
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from PySide6.QtCore import QThread

OLD_GARBAGE = 50  # collections of the youngest objects after which all are looked at
PATIENCE = 2.0  # seconds that threads and processes have for ending after the test


def running_threads() -> set[threading.Thread]:
    """The Python threads that would keep the program from ending."""
    return {thread for thread in threading.enumerate() if not thread.daemon}


def native_threads() -> frozenset[str]:
    """The operating system's numbers of this process's threads; on Linux only, elsewhere a new answer each time."""
    tasks = Path("/proc/self/task")
    return frozenset(path.name for path in tasks.iterdir()) if tasks.exists() else frozenset([str(time.monotonic())])


@functools.lru_cache(maxsize=1)
def qthreads_among(native: frozenset[str]) -> tuple[weakref.ref[QThread], ...]:
    """The QThreads there are. The search takes a moment, so it is made only when the native threads change."""
    from PySide6.QtCore import QThread

    # Qt keeps no list of its threads. type() and not isinstance(): a proxy's __class__ may run code.
    return tuple(weakref.ref(thing) for thing in gc.get_objects() if issubclass(type(thing), QThread))


def _running(thread: QThread | None) -> bool:
    """Asked each time: a QThread has ended a moment before its native thread is gone."""
    from PySide6.QtCore import QCoreApplication, QThread
    from shiboken6 import isValid

    application = QCoreApplication.instance()
    main = application.thread() if application else QThread.currentThread()
    return thread is not None and isValid(thread) and thread is not main and thread.isRunning()


def running_qthreads() -> frozenset[str]:
    """The running QThreads other than the main one, and the global pool when it is at work, by name."""
    if "PySide6.QtCore" not in sys.modules:
        return frozenset()
    from PySide6.QtCore import QThreadPool

    busy = QThreadPool.globalInstance().activeThreadCount() > 0
    threads = (found() for found in qthreads_among(native_threads()))
    return frozenset(repr(thread) for thread in threads if _running(thread)) | (
        {"the global QThreadPool"} if busy else set()
    )


def running_processes() -> set[BaseProcess]:
    """The live children started by multiprocessing."""
    return set(multiprocessing.active_children())


KINDS: tuple[tuple[str, Callable[[], Set[object]], str], ...] = (
    ("Python thread", running_threads, "join it, or shut its executor down, before the test ends"),
    ("QThread", running_qthreads, "quit() and wait() for it, or waitForDone() for its pool, before the test ends"),
    ("process", running_processes, "shut its pool down, or join() it, before the test ends"),
)


def named(thing: object) -> str:
    """The name a thread or process was given."""
    return str(getattr(thing, "name", thing))


@pytest.fixture(autouse=True)
def nothing_left_running() -> Iterator[None]:
    """Fail a test that leaves a non-daemon thread, a QThread or a child process behind."""
    before = [running() for _, running, _ in KINDS]
    yield
    for (kind, running, advice), known in zip(KINDS, before, strict=True):
        deadline = time.monotonic() + PATIENCE
        while (left := running() - known) and time.monotonic() < deadline:
            time.sleep(0.02)
        if left:
            pytest.fail(f"left running, {kind}: {', '.join(sorted(map(named, left)))}. Please {advice}.", pytrace=False)


class Collector(logging.Handler):
    """Keeps the records it is given."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.records: list[logging.LogRecord] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep the record."""
        self.records.append(record)


@pytest.fixture(autouse=True)
def no_unexpected_log(request: pytest.FixtureRequest) -> Iterator[None]:
    """Fail a test in which `viewer_app` logs a warning or worse, unless the test asked for `caplog`."""
    logger, collector = logging.getLogger("viewer_app"), Collector()
    logger.addHandler(collector)
    yield
    logger.removeHandler(collector)
    if collector.records and "caplog" not in request.fixturenames:
        lines = "\n".join(f"{record.levelname} {record.name}: {record.getMessage()}" for record in collector.records)
        pytest.fail(f"unexpected log of the application:\n{lines}", pytrace=False)


@pytest.fixture(autouse=True, scope="session")
def garbage_is_collected_here() -> Iterator[None]:
    """Qt objects in a cycle must not be destroyed by a worker thread that sets the collector off, as in the product."""
    gc.disable()
    yield
    gc.enable()


@pytest.fixture(autouse=True)
def some_garbage_is_collected() -> Iterator[None]:
    """On the main thread, between tests: what a test left young, and sometimes everything."""
    yield
    gc.collect(2 if gc.get_count()[2] > OLD_GARBAGE else 1)
