"""Background work: its answers come home once, on the UI thread, and nothing of what is not wanted any more."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import pytest
from PySide6.QtCore import QThread
from pytestqt.qtbot import QtBot

from viewer_app.errors import CaliperError, NotFound
from viewer_app.progress import Step, Watch
from viewer_app.tasks import Lane, Tasks


def quiet(qtbot: QtBot, tasks: Tasks) -> None:
    """Wait until every answer has come home."""
    qtbot.waitUntil(lambda: not tasks.busy, timeout=5000)


def held(gate: threading.Event, answer: str) -> Callable[[Watch], str]:
    """Work that waits at a gate, and ends at once when it is cancelled."""

    def work(watch: Watch) -> str:
        watch.on_cancel(gate.set)
        gate.wait(5)
        watch.check()
        return answer

    return work


@pytest.mark.parametrize("lane", Lane)
def test_work_runs_beside_and_its_answer_comes_on_the_ui_thread(qtbot: QtBot, tasks: Tasks, lane: Lane) -> None:
    here = threading.current_thread()
    seen: list[object] = []
    tasks.run(
        lane,
        lambda watch: threading.current_thread(),
        done=lambda worker: seen.extend([worker, threading.current_thread()]),
    )
    assert tasks.busy
    quiet(qtbot, tasks)
    worker, home = seen
    assert worker is not here
    assert home is here
    assert QThread.currentThread() is tasks.thread()


def test_a_lane_has_its_threads_and_the_store_lane_one(qtbot: QtBot, tasks: Tasks) -> None:
    order: list[int] = []

    def write(number: int) -> Callable[[Watch], None]:
        def work(watch: Watch) -> None:
            time.sleep(0.01 if number % 2 else 0.0)
            order.append(number)

        return work

    for number in range(20):
        tasks.run(Lane.STORE, write(number))
    quiet(qtbot, tasks)
    assert order == list(range(20))
    together = threading.Barrier(Lane.PIXELS.threads, timeout=5)
    for _ in range(Lane.PIXELS.threads):
        tasks.run(Lane.PIXELS, lambda watch: together.wait())
    quiet(qtbot, tasks)
    assert not together.broken


def test_the_latest_work_of_a_key_wins(qtbot: QtBot, tasks: Tasks) -> None:
    answers: list[str] = []
    for number in range(5):
        tasks.run(Lane.BROWSE, held(threading.Event(), f"old {number}"), done=answers.append, key="open")
    tasks.run(Lane.BROWSE, lambda watch: "other", done=answers.append, key="elsewhere")
    tasks.run(Lane.BROWSE, lambda watch: "new", done=answers.append, key="open")
    quiet(qtbot, tasks)
    assert sorted(answers) == ["new", "other"]


def test_an_answer_that_waits_is_dropped_when_a_newer_work_takes_its_key(qtbot: QtBot, tasks: Tasks) -> None:
    answers: list[str] = []
    finished = threading.Event()

    def first(watch: Watch) -> str:
        finished.set()
        return "old"

    tasks.run(Lane.BROWSE, first, done=answers.append, key="open")
    assert finished.wait(5)
    time.sleep(0.05)  # its answer lies in the queue: the event loop has not run
    tasks.run(Lane.BROWSE, lambda watch: "new", done=answers.append, key="open")
    quiet(qtbot, tasks)
    assert answers == ["new"]


def test_nothing_of_cancelled_work_comes_back(qtbot: QtBot, tasks: Tasks) -> None:
    told: list[object] = []
    gate = threading.Event()
    started = threading.Event()

    def work(watch: Watch) -> str:
        watch.step(1, 9)
        started.set()
        watch.on_cancel(gate.set)
        gate.wait(5)
        raise NotFound("Too late.")

    task = tasks.run(Lane.PIXELS, work, done=told.append, failed=told.append, progress=told.append)
    assert started.wait(5)
    begun = time.monotonic()
    task.cancel()
    quiet(qtbot, tasks)
    assert time.monotonic() - begun < 0.3
    assert told == []


def test_an_error_goes_to_who_asked_and_else_to_the_signal(qtbot: QtBot, tasks: Tasks) -> None:
    asked: list[CaliperError] = []
    unasked: list[CaliperError] = []
    tasks.failed.connect(unasked.append)

    def work(watch: Watch) -> None:
        raise NotFound("The folder is not there.", "Look elsewhere.")

    tasks.run(Lane.BROWSE, work, failed=asked.append)
    quiet(qtbot, tasks)
    tasks.run(Lane.BROWSE, work)
    quiet(qtbot, tasks)
    assert [error.what for error in asked] == ["The folder is not there."]
    assert [type(error) for error in unasked] == [NotFound]


def test_a_defect_is_told_and_kept_in_the_log(qtbot: QtBot, tasks: Tasks, caplog: pytest.LogCaptureFixture) -> None:
    told: list[CaliperError] = []
    tasks.failed.connect(told.append)
    tasks.run(Lane.BROWSE, lambda watch: dict[str, int]()["nothing"])
    quiet(qtbot, tasks)
    assert "KeyError" in told[0].what
    assert told[0].advice
    assert "background work failed" in caplog.text
    assert "KeyError" in caplog.text


def test_steps_are_few_and_the_first_and_the_last_are_among_them(qtbot: QtBot, tasks: Tasks) -> None:
    steps: list[Step] = []
    ended: list[int] = []

    def work(watch: Watch) -> None:
        for number in range(1, 2001):
            watch.step(number, 2000)
            time.sleep(0.0001 if number > 1 else 0.1)

    begun = time.monotonic()
    tasks.run(Lane.PIXELS, work, done=lambda _: ended.append(len(steps)), progress=steps.append)
    quiet(qtbot, tasks)
    lasted = time.monotonic() - begun
    assert steps[0] == Step(1, 2000)
    assert steps[-1] == Step(2000, 2000)
    assert ended == [len(steps)]  # nothing is told after the answer
    assert 3 <= len(steps) <= lasted / 0.1 + 3  # ten a second, the first and the last beside


def test_a_step_before_a_pause_is_told_within_the_pause(qtbot: QtBot, tasks: Tasks) -> None:
    """The second of two quick slices must not wait for a slow third."""
    told: list[Step] = []
    gate = threading.Event()

    def work(watch: Watch) -> None:
        watch.step(1, 3)
        time.sleep(0.01)
        watch.step(2, 3)
        gate.wait(5)

    tasks.run(Lane.PIXELS, work, progress=told.append)
    qtbot.waitUntil(lambda: bool(told) and told[-1] == Step(2, 3), timeout=1000)
    gate.set()
    quiet(qtbot, tasks)
    assert told[-1] == Step(2, 3)


def test_closing_finishes_what_must_be_and_cancels_the_rest(qtbot: QtBot) -> None:
    tasks = Tasks()
    written: list[int] = []
    for number in range(10):

        def write(watch: Watch, number: int = number) -> None:
            time.sleep(0.01)
            written.append(number)

        tasks.run(Lane.STORE, write, must_finish=True)
    for _ in range(8):
        tasks.run(Lane.BROWSE, held(threading.Event(), "never"))
    begun = time.monotonic()
    tasks.close()
    assert written == list(range(10))
    assert time.monotonic() - begun < 2
    names = {lane.title for lane in Lane}
    assert not [thread for thread in threading.enumerate() if thread.name.split("_")[0] in names]


def test_closing_from_an_idle_state_is_quick(qtbot: QtBot) -> None:
    tasks = Tasks()
    tasks.close()
    assert not tasks.busy
