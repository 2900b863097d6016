"""Connections to a server are let go of after all who ask through them have been told to stop."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest
import shiboken6
from pytestqt.qtbot import QtBot

from viewer_app.imaging.headers import Patient, StudyInfo
from viewer_app.session.browsing import Browser, Link
from viewer_app.session.newcomers import Newcomers
from viewer_app.sources.orthanc import Server
from viewer_app.sources.orthanc.cache import Cache
from viewer_app.sources.orthanc.model import StudyQuery, StudyRecord
from viewer_app.tasks import Tasks


def test_nobody_asks_through_connections_that_are_closed(
    qtbot: QtBot, tasks: Tasks, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asking: list[int] = []
    close = Link.close

    def closed(link: Link) -> None:
        asking.append(sum(not task.watch.cancelled for task in tasks._open))
        close(link)

    monkeypatch.setattr(Link, "close", closed)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        browser = Browser(tasks, Cache(tmp_path / "cache"))
        newcomers = Newcomers(tasks, browser)
        newcomers.begin()
        browser.search(Server(f"http://127.0.0.1:{silent.getsockname()[1]}"), StudyQuery())
        browser.fill([StudyRecord("one", Patient(), StudyInfo("2.25.1"), ("series",), is_stable=True)])
        assert len(tasks._open) == 2
        browser.close()
        assert asking == [0]
        qtbot.waitUntil(lambda: not tasks.busy, timeout=5000)
        newcomers.end()
        shiboken6.delete(newcomers)
        shiboken6.delete(browser)
