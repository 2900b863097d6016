"""Servers: the study browser, the list of servers with one that was tested, and what is asked before sending."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TypeVar

from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

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
        if running is None:
            return None
        known, serving = Server(running.url, running.user, name="Radiology"), studio.serving
        serving.servers.add(known)
        serving.remember(replace(known, password=running.password), for_session=True)
        studio.window.ask_server()
        studio.hand.wait()
        _test(studio, known)
        return _of(studio, StudyBrowser)


def _test(studio: Studio, known: Server) -> None:
    """Test the server by its button while it is there, and leave the list with one more in it."""
    studio.serving.servers.add(_OTHER)
    dialog = _servers_dialog(studio, known)
    QTest.mouseClick(dialog.test.button, Qt.MouseButton.LeftButton)
    studio.hand.wait()
    dialog.reject()
    studio.hand.wait()


def servers(studio: Studio) -> QWidget | None:
    """The list of servers, with what came of the test; None where there was none to test."""
    rows = studio.serving.servers.rows
    return _servers_dialog(studio, rows[0]) if rows else None


def _servers_dialog(studio: Studio, known: Server) -> ServersDialog:
    browser = _of(studio, StudyBrowser)
    QTest.mouseClick(browser.servers, Qt.MouseButton.LeftButton)
    studio.hand.wait()
    dialog = browser.findChild(ServersDialog)
    assert isinstance(dialog, ServersDialog)
    row = dialog.list.item(studio.serving.servers.rows.index(known))
    place: QPoint = dialog.list.visualItemRect(row).center()
    QTest.mouseClick(dialog.list.viewport(), Qt.MouseButton.LeftButton, pos=place)
    studio.hand.wait()
    return dialog


def send(studio: Studio) -> QWidget | None:
    """What is asked before the sample study, or its report, goes to that server."""
    if not studio.serving.servers.rows:
        return None
    _of(studio, ServersDialog).close()
    _of(studio, StudyBrowser).close()
    studio.hand.press("open_sample")
    studio.hand.press("send")
    dialog = _of(studio, SendDialog)
    dialog.choices[1].click()
    studio.hand.wait()
    return dialog


def _of(studio: Studio, kind: type[Kind]) -> Kind:
    found = studio.window.findChild(kind)
    assert isinstance(found, kind)
    return found


SERVED: Mapping[str, Callable[[Studio], QWidget | None]] = {"server": server, "servers": servers, "send": send}
