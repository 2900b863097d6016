"""The same study in every kind of place Caliper opens."""

from __future__ import annotations

import zipfile
from dataclasses import dataclass
from pathlib import Path

import pytest
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit

from tests.orthanc_server import RunningOrthanc
from tests.ui.job.conftest import Start
from tests.ui.job.driver import LEFT, NONE, Driver
from tests.ui.job.oracle import dicom_files
from viewer_app.sources.orthanc import OrthancClient
from viewer_app.sources.orthanc.address import Server
from viewer_app.ui.panels.password_dialog import PasswordDialog
from viewer_app.ui.panels.server_dialog import ServerDialog


@dataclass(frozen=True)
class Places:
    """Opens the study of a folder from the folder, a zip archive, an Orthanc address or Caliper's server dialog."""

    folder: Path
    study_uid: str
    start: Start
    request: pytest.FixtureRequest
    work: Path

    def open(self, where: str) -> Driver:
        """Caliper with the first image of the study on the screen."""
        driver = {
            "folder": lambda: self.start(self.folder),
            "zip": lambda: self.start(self._zip()),
            "orthanc": self._from_address,
            "dialog": self._from_dialog,
        }[where]()
        driver.wait_for_image()
        assert driver.study.study.info.study_uid == self.study_uid
        return driver

    def _zip(self) -> Path:
        path = self.work / "study.zip"
        with zipfile.ZipFile(path, "w") as archive:
            for file in sorted(path for path in self.folder.rglob("*") if path.is_file()):
                archive.write(file, file.relative_to(self.folder))
        return path

    def _orthanc(self) -> RunningOrthanc:
        server: RunningOrthanc = self.request.getfixturevalue("orthanc")
        upload(server, self.folder)
        return server

    def _from_address(self) -> Driver:
        server = self._orthanc()
        return self.start(address(server, self.study_uid), lambda url, user: server.password)

    def _from_dialog(self) -> Driver:
        server, driver = self._orthanc(), self.start()
        choose_on_server(driver, server, server.password)
        return driver


def upload(server: RunningOrthanc, folder: Path) -> None:
    """Store every DICOM file of a folder on the server."""
    with OrthancClient(Server(server.url, server.user, server.password)) as client:
        for file in dicom_files(folder):
            assert client.upload(file).verified


def address(server: RunningOrthanc, study_uid: str) -> str:
    """The address of a study."""
    return f"{server.url.replace('://', f'://{server.user}@')}/#study={study_uid}"


def search_on_server(driver: Driver, server: RunningOrthanc, password: str) -> ServerDialog:
    """Open the dialog by its button, type, and press Search."""
    button = driver.window.top.widgetForAction(driver.window.actions_by_name["open_server"])
    QTest.mouseClick(button, LEFT)
    driver.wait_until(lambda: driver.window.findChild(ServerDialog) is not None, "the dialog")
    dialog = driver.window.findChild(ServerDialog)
    assert dialog is not None
    for field, text in ((dialog.address, server.url), (dialog.user, server.user), (dialog.password, password)):
        _type(field, text)
    QTest.mouseClick(dialog.search, LEFT)
    driver.wait_until(
        lambda: dialog.told.full_text not in ("", "Searching …") or dialog.findChild(PasswordDialog), "an answer"
    )
    return dialog


def choose_on_server(driver: Driver, server: RunningOrthanc, password: str) -> None:
    """Search, click the first study of the answer, press Open."""
    dialog = search_on_server(driver, server, password)
    tree = dialog.studies
    first = tree.topLevelItem(0)
    assert first is not None, dialog.told.full_text
    QTest.mouseClick(tree.viewport(), LEFT, NONE, tree.visualItemRect(first).center())
    QTest.mouseClick(dialog.open_button, LEFT)
    driver.activate()


def _type(field: QLineEdit, text: str) -> None:
    field.selectAll()
    QTest.keyClicks(field, text)
    assert field.text() == text
