"""A hand at the study browser: it is opened by its button, typed into and clicked in."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox, QLineEdit

from tests.orthanc_server import RunningOrthanc
from tests.ui.job.driver import LEFT, NONE, Driver, settle
from viewer_app.session.newcomers import Newcomers
from viewer_app.sources.orthanc.address import Server
from viewer_app.ui.panels.browser import StudyBrowser


def server_of(running: RunningOrthanc, name: str = "Test PACS") -> Server:
    """The server as a user knows it, without its password."""
    return Server(running.url, running.user, name=name)


def know(driver: Driver, server: Server, password: str) -> None:
    """The server is listed, and its password was given before."""
    serving = driver.app.serving
    if server not in serving.servers.rows:
        serving.servers.add(server)
    serving.servers.use(server)
    serving.remember(replace(server, password=password), for_session=True)


def browse(driver: Driver) -> Browse:
    """Press the button of the main window."""
    button = driver.window.top.widgetForAction(driver.window.actions_by_name["open_server"])
    QTest.mouseClick(button, LEFT)
    driver.wait_until(lambda: driver.window.findChild(StudyBrowser) is not None, "the browser")
    window = driver.window.findChild(StudyBrowser)
    assert isinstance(window, StudyBrowser)
    driver.wait_until(lambda: window.isVisible() and window.isActiveWindow(), "the window")
    return Browse(driver, window)


class Browse:
    """The window, and what a person does there."""

    def __init__(self, driver: Driver, window: StudyBrowser) -> None:
        self.driver = driver
        self.window = window

    @property
    def news(self) -> Newcomers:
        """What looks for new studies."""
        found = self.driver.window.findChild(Newcomers)
        assert found is not None
        return found

    @property
    def table(self) -> list[dict[str, str]]:
        """What stands in the list, by title."""
        model = self.window.table.studies
        titles = [str(model.headerData(at, Qt.Orientation.Horizontal)) for at in range(model.columnCount())]
        return [
            {title: str(model.index(row, at).data()) for at, title in enumerate(titles)}
            for row in range(model.rowCount())
        ]

    def column(self, title: str) -> list[str]:
        """One column of it."""
        return [row[title] for row in self.table]

    def wait(self) -> None:
        """Until the list is the answer to what stands in the fields."""
        window = self.window
        self.driver.wait_until(
            lambda: (
                not (
                    window.fields.waits
                    or window._browser.busy
                    or window._browsed.busy
                    or window.table._settled.isActive()
                    or self.driver.app.tasks.busy
                )
            ),
            "the answer",
        )

    def type(self, field: QLineEdit, text: str) -> None:
        """Click into a field, type over what stands there, and wait for the search that follows by itself."""
        QTest.mouseClick(field, LEFT)
        field.selectAll()
        QTest.keyClick(field, Qt.Key.Key_Delete)
        for letter in text:  # QTest knows the keys of ASCII only
            QApplication.sendEvent(field, QKeyEvent(QEvent.Type.KeyPress, 0, NONE, letter))
        assert field.text() == text
        self.wait()

    def choose(self, chooser: QComboBox, text: str) -> None:
        """Choose an entry with the keys."""
        chooser.setFocus()
        place = chooser.findText(text)
        assert place >= 0, text
        while chooser.currentIndex() != place:
            QTest.keyClick(chooser, Qt.Key.Key_Down if chooser.currentIndex() < place else Qt.Key.Key_Up)
        self.wait()

    def click(self, row: int) -> None:
        """Click a row of the list."""
        table = self.window.table
        index = table.studies.index(row, 0)
        table.scrollTo(index)
        QTest.mouseClick(table.viewport(), LEFT, NONE, table.visualRect(index).center())
        settle()

    def wheel_down(self) -> None:
        """Turn the wheel over the list until it is at its end."""
        table = self.window.table
        at = table.viewport().mapTo(self.window, table.viewport().rect().center())
        bar, handle = table.verticalScrollBar(), self.window.windowHandle()
        while bar.value() < bar.maximum():
            QTest.wheelEvent(handle, at, QPoint(0, -1200))
            settle()

    def open(self, row: int = 0) -> None:
        """Click a study and the button."""
        self.click(row)
        QTest.mouseClick(self.window.open_button, LEFT)
        settle()
