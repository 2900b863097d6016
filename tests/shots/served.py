"""Servers: the study browser, the list of servers with one that was tested, and what is asked before sending."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TypeVar

from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from tests.orthanc_server import RunningOrthanc
from tests.shots.measured import main_window
from tests.shots.orthanc import orthanc_with
from tests.shots.studio import Studio
from viewer_app.sources.orthanc.address import Server
from viewer_app.ui.panels.browser import StudyBrowser
from viewer_app.ui.panels.send_dialog import SendDialog
from viewer_app.ui.panels.servers_dialog import ServersDialog

Kind = TypeVar("Kind", bound=QWidget)
_OTHER = Server("https://pacs.example.org/orthanc", "reader", name="Archive")


def server(studio: Studio) -> QWidget | None:
    """The study browser with what a search found; None without Orthanc."""
    with orthanc_with(studio.folder, studio.sample) as running:
        return None if running is None else _browser(studio, running)


def servers(studio: Studio) -> QWidget | None:
    """The list of servers, with what came of a test of the first; None without Orthanc."""
    with orthanc_with(studio.folder, studio.sample) as running:
        if running is None:
            return None
        browser = _browser(studio, running)
        studio.serving.servers.add(_OTHER)
        QTest.mouseClick(browser.servers, Qt.MouseButton.LeftButton)
        studio.hand.wait()
        dialog = browser.findChild(ServersDialog)
        assert isinstance(dialog, ServersDialog)
        place: QPoint = dialog.list.visualItemRect(dialog.list.item(0)).center()
        QTest.mouseClick(dialog.list.viewport(), Qt.MouseButton.LeftButton, pos=place)
        QTest.mouseClick(dialog.test.button, Qt.MouseButton.LeftButton)
        studio.hand.wait()
        return dialog


def send(studio: Studio) -> QWidget:
    """What is asked before the sample study, or its report, goes to a server."""
    main_window(studio)
    studio.serving.servers.add(Server("http://localhost:8042", "reader", name="Radiology"))
    studio.hand.press("send")
    dialog = _of(studio, SendDialog)
    dialog.choices[1].click()
    studio.hand.wait()
    return dialog


def _browser(studio: Studio, running: RunningOrthanc) -> StudyBrowser:
    known, serving = Server(running.url, running.user, name="Radiology"), studio.serving
    serving.servers.add(known)
    serving.remember(replace(known, password=running.password), for_session=True)
    studio.window.ask_server()
    studio.hand.wait()
    return _of(studio, StudyBrowser)


def _of(studio: Studio, kind: type[Kind]) -> Kind:
    found = studio.window.findChild(kind)
    assert isinstance(found, kind)
    return found


SERVED: Mapping[str, Callable[[Studio], QWidget | None]] = {"server": server, "servers": servers, "send": send}
