"""The window's one door to background work.

    tasks.run(Lane.STORE, lambda watch: store.add(...), done=self._saved)

A piece of work is a plain function that takes a `Watch`. Its answer, its error
and its progress come back on the UI thread, in that order of arrival; after
`cancel`, or once a newer work took its `key`, nothing of it comes back.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from enum import Enum
from typing import Any, Generic, TypeVar

from PySide6.QtCore import QObject, Qt, QTimer, Signal, Slot

from viewer_app.errors import CaliperError, Cancelled
from viewer_app.progress import Step, Watch

Answer = TypeVar("Answer")

_LOG = logging.getLogger(__name__)
_BETWEEN_STEPS_MS = 100


class Lane(Enum):
    """Kinds of background work; the value is the number of threads.

    PIXELS has one for each view of two by two, so that no view waits for the series of another to end. How much
    of a server and of the processors these may take together is limited elsewhere: four downloads for a source,
    and the decoding processes. BROWSE and THUMBNAILS never wait behind them. KEYRING has one, so that
    passwords are found, kept and forgotten in the order in which that was asked for.
    """

    STORE = ("store", 1)
    BROWSE = ("browse", 2)
    PIXELS = ("pixels", 4)
    THUMBNAILS = ("thumbnails", 2)
    SEND = ("send", 1)
    KEYRING = ("keyring", 1)

    def __init__(self, title: str, threads: int) -> None:
        self.title = title
        self.threads = threads


class Task(Generic[Answer]):
    """One piece of work under way."""

    def __init__(self, work: Callable[[Watch], Answer], key: str, *, must_finish: bool) -> None:
        self.work = work
        self.key = key
        self.must_finish = must_finish
        self.watch = Watch()
        self.teller: _Teller | None = None

    def cancel(self) -> None:
        """Nothing of the work comes back any more; it ends at its next check."""
        self.watch.cancel()


class _Teller:
    """Brings steps to the UI thread: the first at once, then the newest every 100 ms, the last always."""

    def __init__(self, tasks: Tasks, task: Task[Any], progress: Callable[[Step], None]) -> None:
        self._tasks = tasks
        self._task = task
        self._progress = progress
        self._lock = threading.Lock()
        self._newest: Step | None = None
        self._on_its_way = False

    def report(self, step: Step) -> None:
        """Take a step, in any thread."""
        with self._lock:
            self._newest = step
            begin, self._on_its_way = not self._on_its_way, True
        if begin:
            self._tasks.call_home(self._tell)

    def flush(self) -> None:
        """Tell what has not been told, on the UI thread."""
        with self._lock:
            step, self._newest = self._newest, None
        if step is not None and not self._task.watch.cancelled:
            self._progress(step)

    def _tell(self) -> None:
        with self._lock:
            self._on_its_way = self._newest is not None
            more = self._on_its_way
        if more:
            self.flush()
            self._tasks.call_later(self._tell)


class Tasks(QObject):
    """Runs work in lanes. Lives on the UI thread; `close` before the application ends."""

    failed = Signal(object)
    """An error (CaliperError) nobody else asked for."""

    _back_home = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._lanes = {lane: ThreadPoolExecutor(lane.threads, thread_name_prefix=lane.title) for lane in Lane}
        self._latest: dict[str, Task[Any]] = {}
        self._open: set[Task[Any]] = set()
        self._later: list[Callable[[], None]] = []
        self._beat = QTimer(self, singleShot=True, interval=_BETWEEN_STEPS_MS)
        self._beat.timeout.connect(self._call_those_for_later)
        self._back_home.connect(self._call, Qt.ConnectionType.QueuedConnection)

    def run(
        self,
        lane: Lane,
        work: Callable[[Watch], Answer],
        *,
        done: Callable[[Answer], None] | None = None,
        failed: Callable[[CaliperError], None] | None = None,
        progress: Callable[[Step], None] | None = None,
        key: str = "",
        must_finish: bool = False,
    ) -> Task[Answer]:
        """Run `work` in `lane`; a later work with the same non-empty `key` replaces it.

        Without `failed`, an error goes to the signal of that name. Work that
        `must_finish` (saving) is carried out even when the application closes.
        """
        task: Task[Answer] = Task(work, key, must_finish=must_finish)
        if key and key in self._latest:
            self._latest[key].cancel()
        if key:
            self._latest[key] = task
        if progress is not None:
            task.teller = _Teller(self, task, progress)
            task.watch = Watch(task.teller.report)
        self._open.add(task)
        self._lanes[lane].submit(self._work, task, done, failed or self.failed.emit)
        return task

    @property
    def busy(self) -> bool:
        """True while any work is under way or its answer has not come back."""
        return bool(self._open)

    def call_home(self, call: Callable[[], None]) -> None:
        """Have `call` done on the UI thread, after what was sent there before."""
        self._back_home.emit(call)

    def call_later(self, call: Callable[[], None]) -> None:
        """On the UI thread: have `call` done at the next beat of progress, within 100 ms."""
        self._later.append(call)
        if not self._beat.isActive():
            self._beat.start()

    def close(self) -> None:
        """Cancel what may be cancelled, finish what is being stored, end the threads."""
        for task in tuple(self._open):
            if not task.must_finish:
                task.cancel()
        for pool in self._lanes.values():
            pool.shutdown(wait=True)
        self._beat.stop()  # a running timer must not end in the thread in which Python collects it

    def _work(
        self,
        task: Task[Answer],
        done: Callable[[Answer], None] | None,
        failed: Callable[[CaliperError], None],
    ) -> None:
        try:
            task.watch.check()
            answer = task.work(task.watch)
        except Cancelled:
            self.call_home(lambda: self._finish(task, None))
        except CaliperError as error:
            told = error
            self.call_home(lambda: self._finish(task, lambda: failed(told)))
        except BaseException as error:  # a defect: told to the user, kept in the log
            if task.watch.cancelled:  # its source may have been closed under it
                self.call_home(lambda: self._finish(task, None))
                return
            _LOG.exception("background work failed")
            defect = CaliperError(
                f"Something went wrong inside Caliper ({type(error).__name__}).",
                "Nothing stored is lost; please report it with the log.",
            )
            self.call_home(lambda: self._finish(task, lambda: failed(defect)))
        else:
            self.call_home(lambda: self._finish(task, None if done is None else lambda: done(answer)))

    def _finish(self, task: Task[Any], then: Callable[[], None] | None) -> None:
        self._open.discard(task)
        if self._latest.get(task.key) is task:
            del self._latest[task.key]
        if task.teller is not None:
            task.teller.flush()
        if then is not None and not task.watch.cancelled:
            then()

    @Slot()
    def _call_those_for_later(self) -> None:
        calls, self._later = self._later, []
        for call in calls:
            call()

    @Slot(object)
    def _call(self, then: Callable[[], None]) -> None:
        then()
