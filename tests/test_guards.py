"""The guards of `tests/guards.py` see what they are for."""

from __future__ import annotations

import logging
import multiprocessing
import os
import threading
import time
from pathlib import Path

import platformdirs
import pytest
from PySide6.QtCore import QThread, QThreadPool
from pytestqt.qtbot import QtBot

from tests import guards
from tests.guards import named, running_processes, running_qthreads, running_threads


def test_a_python_thread_is_seen_while_it_runs() -> None:
    end = threading.Event()
    thread = threading.Thread(target=end.wait, name="lingering")
    before = running_threads()
    thread.start()
    assert {named(left) for left in running_threads() - before} == {"lingering"}
    end.set()
    thread.join()
    assert running_threads() == before


def test_a_daemon_thread_is_let_be() -> None:
    end = threading.Event()
    before = running_threads()
    threading.Thread(target=end.wait, daemon=True).start()
    assert running_threads() == before
    end.set()


def test_a_qthread_is_seen_while_it_runs(qtbot: QtBot) -> None:
    before = running_qthreads()
    thread = QThread()
    thread.setObjectName("lingering")
    thread.start()
    (left,) = running_qthreads() - before
    assert "lingering" in left
    thread.quit()
    assert thread.wait(5000)
    assert running_qthreads() == before


def test_a_qthread_is_not_seen_after_its_end_while_its_native_thread_goes(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, thread = running_qthreads(), QThread()
    thread.start()
    natives = guards.native_threads()
    monkeypatch.setattr(guards, "native_threads", lambda: natives)  # as the system tells it for a moment longer
    assert len(running_qthreads() - before) == 1
    thread.quit()
    assert thread.wait(5000)
    assert running_qthreads() == before


def test_the_global_pool_is_seen_at_work(qtbot: QtBot) -> None:
    end = threading.Event()
    QThreadPool.globalInstance().start(lambda: (end.wait(), None)[1])
    assert "the global QThreadPool" in running_qthreads()
    end.set()
    assert QThreadPool.globalInstance().waitForDone(5000)
    assert "the global QThreadPool" not in running_qthreads()


def test_a_child_process_is_seen_while_it_runs() -> None:
    before = running_processes()
    process = multiprocessing.get_context("spawn").Process(target=time.sleep, args=(60,), name="lingering")
    process.start()
    assert {named(left) for left in running_processes() - before} == {"lingering"}
    process.terminate()
    process.join()
    assert running_processes() == before


def test_a_warning_is_allowed_to_who_asks_for_caplog(caplog: pytest.LogCaptureFixture) -> None:
    logging.getLogger("viewer_app.store").warning("the store is read-only")
    assert caplog.messages == ["the store is read-only"]


def test_the_users_folders_are_not_touched() -> None:
    own = Path.home().resolve()
    for folder in (
        platformdirs.user_data_path("caliper"),
        platformdirs.user_cache_path(),
        platformdirs.user_config_path(),
    ):
        assert "caliper-tests-" in str(folder)
    assert Path(os.path.expanduser("~")).resolve() == own  # noqa: PTH111 - HOME itself stays


INNER = """
import logging, threading, time

def test_log():
    logging.getLogger("viewer_app.tasks").error("lost")

def test_thread():
    threading.Thread(target=time.sleep, args=(3,), name="lingering").start()

def test_quiet():
    logging.getLogger("viewer_app.tasks").info("fine")
    logging.getLogger("elsewhere").error("not ours")
"""


def test_the_guards_fail_a_test(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).resolve().parents[1]))
    pytester.makepyfile(INNER)
    pytester.makeconftest('pytest_plugins = ["tests.guards"]')
    result = pytester.runpytest_subprocess("-p", "no:cacheprovider")
    result.assert_outcomes(passed=3, errors=2)
    result.stdout.fnmatch_lines(["*ERROR viewer_app.tasks: lost*", "*left running, Python thread: lingering*"])
