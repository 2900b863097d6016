"""Issue 6 from one end to the other, by mouse and keys, with a real server behind a link that is slow when it must be.

CALIPER_PICTURES names a folder for a picture of every station, for the eye.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path
from urllib.parse import urlsplit

import numpy as np
import pydicom
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton

from tests.orthanc_server import RunningOrthanc, start_orthanc
from tests.session.test_resuming import started_again
from tests.sources.slow_relay import SlowRelay, slowed
from tests.studies import upload_files
from tests.ui.job.browsed import Browse, browse
from tests.ui.job.conftest import Start
from tests.ui.job.driver import Driver, same
from tests.ui.job.invariant import assert_one_patient, assert_store_follows
from tests.ui.job.oracle import dicom_files
from tests.ui.job.test_server_list import click, seen, type_on, words
from viewer_app.phantom import SAMPLE_PRIOR_STUDY_UID, SAMPLE_STUDY_UID
from viewer_app.ui.panels.servers_dialog import ServersDialog

pytestmark = pytest.mark.orthanc
Key = Qt.Key
SLOW, ALMOST_STILL = 150e3, 5e3
"""Bytes a second: four images of the sample; one in seven seconds, so that a load lasts on any machine."""

OTHER_STUDY = "2.25.4711"
See = Callable[[str], None]


@pytest.fixture
def see() -> See:
    """Keep a picture of the screen under a name, if pictures are wanted."""
    folder = os.environ.get("CALIPER_PICTURES", "")

    def taken(name: str) -> None:
        if folder:
            QTest.qWait(150)
            QApplication.primaryScreen().grabWindow(0).save(str(Path(folder) / f"{name}.png"))

    return taken


@pytest.fixture
def server(tmp_path: Path, sample: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[RunningOrthanc]:
    """A server of its own, to be killed, with the sample, its prior and a study of another patient."""
    monkeypatch.setattr("viewer_app.session.waiting.PAUSES_S", (0.3,))
    monkeypatch.setattr("viewer_app.sources.orthanc.reach._PAUSE_S", 0.1)
    monkeypatch.setattr("viewer_app.session.arriving.HURRIED_MS", 300)
    (tmp_path / "server").mkdir()
    found = start_orthanc(tmp_path / "server")
    upload_files(found, (path.read_bytes() for path in dicom_files(sample)))
    upload_files(found, map(of_another_patient, dicom_files(sample / "prior")))
    yield found
    found.stop()


def of_another_patient(path: Path) -> bytes:
    """The same image, of somebody else."""
    image, file = pydicom.dcmread(path), BytesIO()
    image.PatientID, image.PatientName, image.PatientBirthDate = "OTHER-1", "Other^Anna", "19500505"
    image.StudyInstanceUID, image.SeriesInstanceUID = OTHER_STUDY, f"{OTHER_STUDY}.1"
    image.SOPInstanceUID = f"{OTHER_STUDY}.1.{image.InstanceNumber}"
    image.file_meta.MediaStorageSOPInstanceUID = image.SOPInstanceUID
    image.AccessionNumber, image.StudyDescription = "O1", "Somebody else"
    image.save_as(file, enforce_file_format=True)
    return file.getvalue()


def add_server(driver: Driver, url: str, server: RunningOrthanc, see: See) -> Browse:
    """From the button of the main window to a tested server, its studies listed."""
    at = browse(driver)
    see("01 no server")
    assert "No server is known" in at.window.said.words
    click(at.window.said.empty_button)
    dialog = seen(driver, driver.window, ServersDialog)
    dialog.activateWindow()
    driver.wait_until(dialog.isActiveWindow, "the active list")
    click(dialog.add)
    for text in (url, "Department", server.user, server.password):
        type_on(text)
    click(dialog.test.button)
    driver.wait_until(lambda: "Orthanc 1." in dialog.test.told.text(), "the report")
    see("02 tested")
    assert server.password not in words(dialog)
    click(dialog.close_button)
    at.wait()
    return at


def row_of(at: Browse, study_uid: str) -> int:
    """Where a study stands in the list now."""
    return next(
        place for place, row in enumerate(at.window.table.studies.rows) if row.study.info.study_uid == study_uid
    )


def listed(at: Browse) -> None:
    """Wait for the list; images may go on loading."""
    window = at.window
    at.driver.wait_until(lambda: not (window.fields.waits or window._browser.busy or window._browsed.busy), "the list")


def open_study(at: Browse, study_uid: str) -> None:
    """Click the study and the button, and wait until it is on the screen; not for its images."""
    driver = at.driver
    listed(at)
    at.open(row_of(at, study_uid))
    driver.wait_until(lambda: shows(driver, study_uid), "the study")
    driver.activate()
    driver.wait_for_image()


def shows(driver: Driver, study_uid: str) -> bool:
    """It is that study that is open and seen."""
    opened = driver.workspace.study
    return opened is not None and opened.study.info.study_uid == study_uid and opened.is_shown


def present(driver: Driver) -> int:
    """How many images of the series on show have arrived."""
    volume = driver.study.volume
    return volume.present if volume is not None else 0


def count(driver: Driver) -> int:
    """How many there are."""
    assert driver.study.stack is not None
    return len(driver.study.stack.images)


def draw(driver: Driver, down: float = 0.4) -> None:
    """A distance on the image on show, that far down, which is saved."""
    before = len(driver.records)
    driver.key(Key.Key_D)
    driver.drag(driver.part(0.4, down), driver.part(0.6, down + 0.1))
    assert len(driver.records) == before + 1
    driver.key(Key.Key_Escape)
    driver.wait_saved()


def assert_as_in_the_file(driver: Driver, folder: Path) -> None:
    """The pixels on show are those of the file with this SOP Instance UID."""
    image, files = driver.study.current_image(), map(pydicom.dcmread, dicom_files(folder))
    (file,) = [one for one in files if one.SOPInstanceUID == driver.sop_instance_uid]
    assert image is not None and np.array_equal(image.stored, file.pixel_array)


def test_from_adding_a_server_to_reading_without_it(
    start: Start, server: RunningOrthanc, sample: Path, see: See
) -> None:
    with slowed(urlsplit(server.url).port or 0) as link:
        driver = start()
        driver.window.resize(1600, 1000)
        at = add_server(driver, link.url, server, see)
        search(at, see)
        link.bytes_per_s = SLOW
        scroll_while_loading(at, link, sample, see)
        open_another_while_the_first_loads(driver, link, see)
        cancel(driver, link, see)
        again = killed_in_mid_series(driver, server, link, see)
        try:
            read_without_the_server(driver, again, link, sample, see)
        finally:
            again.stop()


def search(at: Browse, see: See) -> None:
    """By what is in a field: nothing, then the patient."""
    assert len(at.table) == 3
    see("03 studies")
    at.type(at.window.fields.name, "nobody of that name")
    assert at.table == [] and "No study matches" in at.window.said.words
    see("04 nothing found")
    at.type(at.window.fields.name, "caliper")
    assert {row["ID"] for row in at.table} == {"CALIPER-SAMPLE"} and len(at.table) == 2
    see("05 found")
    at.type(at.window.fields.name, "")


def scroll_while_loading(at: Browse, link: SlowRelay, sample: Path, see: See) -> None:
    """The image that is scrolled to comes before the others, and is right."""
    driver = at.driver
    open_study(at, SAMPLE_STUDY_UID)
    for _ in range(3):
        driver.wheel(-8)
        driver.wait_for_image()
        assert driver.study.is_loading
        assert 0 < present(driver) < count(driver)
    assert_as_in_the_file(driver, sample / "ct")
    link.bytes_per_s = ALMOST_STILL
    see("06 loading")
    draw(driver)
    assert driver.study.is_loading


def open_another_while_the_first_loads(driver: Driver, link: SlowRelay, see: See) -> None:
    """The first is given up; nothing of it stays on the screen."""
    at = browse(driver)
    see("07 browser over the loading study")
    link.bytes_per_s = SLOW
    open_study(at, OTHER_STUDY)
    link.bytes_per_s = ALMOST_STILL
    assert not driver.records
    assert_one_patient(driver)
    assert driver.study.is_loading
    see("08 the other study")


def cancel(driver: Driver, link: SlowRelay, see: See) -> None:
    """A load is stopped by its button; a study that is being opened, by that of the browser."""
    driver.push("Cancel")
    driver.wait_until(lambda: not driver.app.tasks.busy, "an end of the load", seconds=2)
    left = present(driver)
    assert 0 < left < count(driver)
    assert f"{left} of {count(driver)} images loaded" in driver.window.status.loading.full_text
    see("09 cancelled")
    at = browse(driver)
    listed(at)
    link.others_per_s = SLOW / 10
    at.open(row_of(at, SAMPLE_STUDY_UID))
    assert at.window.cancel.text() == "Cancel"
    see("10 opening")
    click(at.window.cancel)
    assert at.window.cancel.text() == "Close"
    link.others_per_s = None
    listed(at)
    QTest.keyClick(at.window, Key.Key_Escape)
    driver.activate()
    assert shows(driver, OTHER_STUDY) and present(driver) == left


def killed_in_mid_series(driver: Driver, server: RunningOrthanc, link: SlowRelay, see: See) -> RunningOrthanc:
    """What has arrived is measured; the rest comes once the server runs again, and nobody is asked for anything."""
    open_study(browse(driver), SAMPLE_STUDY_UID)
    (_,) = driver.records  # of before
    server.stop()
    link.bytes_per_s = None
    line = driver.window.status.loading
    driver.wait_until(lambda: "trying again in" in line.full_text, "that it is waited for")
    assert 0 < present(driver) < count(driver)
    assert "images follow once it does" in driver.message
    see("11 server killed")
    draw(driver, 0.6)
    again = started_again(server)
    volume = driver.study.volume
    assert volume is not None
    driver.wait_until(lambda: volume.is_complete, "the rest")
    driver.wait_until(lambda: not line.full_text and not driver.message, "silence")
    assert driver.study.volume is volume and not volume.failed
    assert len(driver.records) == 2
    assert_store_follows(driver)
    see("12 all there again")
    return again


def read_without_the_server(driver: Driver, server: RunningOrthanc, link: SlowRelay, sample: Path, see: See) -> None:
    """Another study is opened and kept; then the first one comes back from this computer, marks and all."""
    marks = driver.records
    driver.wait_for_rest()
    open_study(browse(driver), SAMPLE_PRIOR_STUDY_UID)
    driver.wait_for_rest()
    server.stop()
    link.close()
    at = browse(driver)
    listed(at)
    assert "kept on this computer" in at.window.said.words and "not answer" in at.window.said.words
    assert SAMPLE_STUDY_UID in [row.study.info.study_uid for row in at.window.table.studies.rows]
    see("13 what is kept")
    open_study(at, SAMPLE_STUDY_UID)
    driver.wait_until(lambda: driver.study.volume is not None and driver.study.volume.is_complete, "all images")
    driver.wait_until(lambda: "The server does not answer; this is what was loaded on" in driver.message, "the word")
    assert "offline, kept from 20" in driver.window.status.source.text()
    see("14 offline")
    assert same(driver.records, marks)
    assert_as_in_the_file(driver, sample / "ct")
    assert_one_patient(driver)
    buttons = [one.text() for one in driver.window.findChildren(QPushButton) if one.isVisible()]
    assert "Try now" in buttons
