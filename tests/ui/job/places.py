"""The same study in every kind of place Caliper opens."""

from __future__ import annotations

import zipfile
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.orthanc_server import RunningOrthanc
from tests.ui.job.browsed import browse, know, server_of
from tests.ui.job.conftest import Start
from tests.ui.job.driver import Driver
from tests.ui.job.oracle import dicom_files
from viewer_app.sources.orthanc import OrthancClient
from viewer_app.sources.orthanc.address import Server


@dataclass(frozen=True)
class Places:
    """Opens the study of a folder from the folder, a zip archive, an Orthanc address or Caliper's study browser."""

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
            "browser": self._from_browser,
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

    def _from_browser(self) -> Driver:
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


def choose_on_server(driver: Driver, server: RunningOrthanc, password: str) -> None:
    """In the study browser, click the first study, press Open."""
    know(driver, server_of(server), password)
    at = browse(driver)
    at.wait()
    at.open()
    driver.wait_until(lambda: not at.window.isVisible(), "the study")
    driver.activate()
