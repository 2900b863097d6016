"""A prior from a real server beside a study that is open: of the same patient, or not at all (C40, H75)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pydicom
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QToolButton

from tests.orthanc_server import RunningOrthanc, start_orthanc
from tests.studies import upload_files
from tests.ui.job.browsed import Browse, browse, know, server_of
from tests.ui.job.conftest import Start
from tests.ui.job.driver import CONTROL, LEFT, SHIFT, Driver, same
from tests.ui.job.invariant import assert_one_patient
from tests.ui.job.oracle import dicom_files
from tests.ui.job.places import address
from tests.ui.job.test_journey import OTHER_STUDY, of_another_patient, row_of
from tests.ui.job.test_priors import press_in, turn_to
from tests.ui.seen import visible_texts
from viewer_app.phantom import SAMPLE_PRIOR_STUDY_UID, SAMPLE_STUDY_UID
from viewer_app.sources import FolderSource
from viewer_app.sources.joined import home_of
from viewer_app.sources.orthanc import OrthancSource
from viewer_app.ui.panels.browser import StudyBrowser

pytestmark = pytest.mark.orthanc
Key = Qt.Key
_SLICES = 12


@pytest.fixture(scope="module")
def pacs(tmp_path_factory: pytest.TempPathFactory, sample: Path) -> Iterator[RunningOrthanc]:
    """A server with some slices of the sample, of its prior, and of somebody else."""
    server = start_orthanc(tmp_path_factory.mktemp("pacs"))
    prior = list(dicom_files(sample / "prior"))[:_SLICES]
    for path in (*list(dicom_files(sample / "ct"))[:_SLICES], *prior):
        upload_files(server, [path.read_bytes()])
    upload_files(server, map(of_another_patient, prior))
    yield server
    server.stop()


@pytest.fixture
def driver(start: Start, sample: Path, pacs: RunningOrthanc) -> Driver:
    """The CT of the sample from a folder, with a mark on it."""
    found = start(sample / "ct")
    know(found, server_of(pacs), pacs.password)
    found.wait_for_image()
    found.wait_for_rest()
    draw(found)
    return found


def draw(driver: Driver) -> None:
    driver.key(Key.Key_D)
    driver.drag(driver.part(0.4, 0.4), driver.part(0.6, 0.5))
    driver.key(Key.Key_Escape)
    assert len(driver.records) == 1
    driver.wait_saved()


def open_beside(at: Browse, study_uid: str, *, by_key: bool = False) -> None:
    """Choose the study, and the button or Ctrl+Return."""
    at.wait()
    at.click(row_of(at, study_uid))
    at.wait()
    if by_key:
        QTest.keyClick(at.window.table, Key.Key_Return, CONTROL)
    else:
        QTest.mouseClick(at.window.beside, LEFT)


def wait_beside(driver: Driver, at: Browse) -> None:
    """Until both studies are on the screen, all of their images there."""
    driver.wait_until(lambda: not at.window.isVisible(), "the end of the browser")
    driver.wait_until(lambda: driver.workspace.study is not None and len(driver.study.layout.value.views) == 2, "two")
    driver.activate()
    driver.wait_for_rest()


def shown(driver: Driver) -> list[str]:
    """Study UIDs of what is in the views."""
    opened = driver.study
    return [opened.owner(view.stack_key).info.study_uid for view in opened.layout.value.views]


def browser_of_priors(driver: Driver) -> Browse:
    """The window that came without the button that opens it."""
    driver.wait_until(lambda: (found := driver.window.findChild(StudyBrowser)) is not None and found.isVisible(), "it")
    window = driver.window.findChild(StudyBrowser)
    assert isinstance(window, StudyBrowser)
    return Browse(driver, window)


def test_priors_on_the_server_are_found_by_the_id_of_the_patient(driver: Driver) -> None:
    """By its key, or where there is no prior to compare with; whatever was searched for before."""
    at = browse(driver)
    at.wait()
    at.choose(at.window.fields.modality, "US")
    at.type(at.window.fields.name, "nobody")
    assert not at.table
    QTest.keyClick(at.window, Key.Key_Escape)
    driver.activate()
    driver.window.actions_by_name["compare"].trigger()
    driver.push("Priors on the server …")
    at = browser_of_priors(driver)
    at.wait()
    patient = driver.study.study.patient.patient_id
    assert at.window.fields.patient_id.text() == patient
    assert at.window.fields.name.text() == at.window.fields.modality.currentData() == ""
    assert set(at.column("ID")) == {patient} and len(at.table) == 2
    QTest.keyClick(at.window, Key.Key_Escape)
    driver.activate()
    driver.key(Key.Key_P, CONTROL | SHIFT)
    at = browser_of_priors(driver)
    open_beside(at, SAMPLE_PRIOR_STUDY_UID)
    wait_beside(driver, at)
    assert shown(driver) == [SAMPLE_STUDY_UID, SAMPLE_PRIOR_STUDY_UID]


@pytest.mark.parametrize("by_key", [False, True])
def test_a_prior_from_the_server_joins_a_study_from_a_folder(driver: Driver, sample: Path, by_key: bool) -> None:
    records, held = driver.records, driver.study.volume
    assert held is not None
    at = browse(driver)
    open_beside(at, SAMPLE_PRIOR_STUDY_UID, by_key=by_key)
    wait_beside(driver, at)
    assert shown(driver) == [SAMPLE_STUDY_UID, SAMPLE_PRIOR_STUDY_UID]
    assert_one_patient(driver)
    assert same(driver.records, records)
    assert isinstance(home_of(driver.study.source, driver.study.study.instances[0]), FolderSource)
    assert isinstance(home_of(driver.study.source, driver.workspace.priors()[0].instances[0]), OrthancSource)
    left, right = (viewport.tile for viewport in driver.window.viewports.shown)
    assert left.volume is not None and np.array_equal(left.volume.stored_values, held.stored_values)
    image = right.current_image()
    assert image is not None and right.stack is not None and right.is_prior
    uid = right.stack.images[right.view.value.index].sop_instance_uid
    (file,) = [one for one in map(pydicom.dcmread, dicom_files(sample / "prior")) if uid == one.SOPInstanceUID]
    assert np.array_equal(image.stored, file.pixel_array)
    driver.key(Key.Key_Z, CONTROL)  # what was done before can be undone
    assert not driver.records


def test_what_is_there_already_is_shown_and_not_added_again(driver: Driver) -> None:
    for _ in range(2):
        at = browse(driver)
        open_beside(at, SAMPLE_PRIOR_STUDY_UID)
        wait_beside(driver, at)
    assert [one.info.study_uid for one in driver.workspace.contents.studies] == [
        SAMPLE_STUDY_UID,
        SAMPLE_PRIOR_STUDY_UID,
    ]
    at = browse(driver)
    open_beside(at, SAMPLE_STUDY_UID)
    driver.wait_until(lambda: "the one that is open" in at.window.said.words, "the word")
    at.window.reject()


def test_a_study_of_another_patient_is_refused(driver: Driver) -> None:
    opened, contents = driver.study, driver.workspace.contents
    driver.window.actions_by_name["hide_patient"].trigger()
    at = browse(driver)
    open_beside(at, OTHER_STUDY)
    driver.wait_until(lambda: "of another patient" in at.window.said.words, "the refusal")
    assert "ID, name and date of birth differ" in at.window.said.words
    assert "never shown together" in at.window.said.words
    assert not [text for text in visible_texts() if "Anna" in text or "OTHER-1" in text]
    assert at.window.isVisible() and at.window.beside.isEnabled()
    assert not driver.message  # which would outlive the list it is about
    assert driver.study is opened and driver.workspace.contents is contents
    assert shown(driver) == [SAMPLE_STUDY_UID]
    QTest.keyClick(at.window, Key.Key_Escape)
    assert_one_patient(driver)


def test_a_study_from_the_server_keeps_its_prior_when_it_is_listed_anew(
    start: Start, pacs: RunningOrthanc, sample: Path
) -> None:
    driver = start(address(pacs, SAMPLE_STUDY_UID), lambda *_: pacs.password)
    driver.wait_for_image()
    know(driver, server_of(pacs), pacs.password)
    at = browse(driver)
    open_beside(at, SAMPLE_PRIOR_STUDY_UID)
    wait_beside(driver, at)
    upload_files(pacs, [list(dicom_files(sample / "ct"))[_SLICES].read_bytes()])
    driver.window.arriving.look()
    driver.wait_until(lambda: "1 image more on the server" in driver.message, "the news")
    driver.push("Load new images")
    driver.wait_until(lambda: driver.workspace.study is not None and len(driver.study.study.instances) == 13, "13")
    driver.wait_until(lambda: driver.study.is_shown, "the views")
    assert shown(driver) == [SAMPLE_STUDY_UID, SAMPLE_PRIOR_STUDY_UID]
    assert_one_patient(driver)


def test_with_nothing_open_nothing_can_be_put_beside_it(start: Start, pacs: RunningOrthanc) -> None:
    driver = start()
    know(driver, server_of(pacs), pacs.password)
    at = browse(driver)
    at.wait()
    assert at.window.open_button.isEnabled() and not at.window.beside.isEnabled()
    QTest.keyClick(at.window.table, Key.Key_Return, CONTROL)
    assert driver.workspace._finding is None


def test_news_and_names_are_of_the_study_that_is_measured(
    driver: Driver, pacs: RunningOrthanc, sample: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A study of a folder has none; turned to, its prior has those of the server, and more of it joins it."""
    monkeypatch.setattr("viewer_app.session.arriving.HURRIED_MS", 100)
    monkeypatch.setattr("viewer_app.session.arriving.CALM_MS", 100)
    at = browse(driver)
    open_beside(at, SAMPLE_PRIOR_STUDY_UID)
    wait_beside(driver, at)
    line, records = driver.window.status.source, driver.records
    assert line.text() == "ct"
    press_in(driver, 1)
    turn_to(driver, SAMPLE_PRIOR_STUDY_UID)
    assert line.text().startswith("Test PACS")
    upload_files(pacs, [path.read_bytes() for path in list(dicom_files(sample / "prior"))[_SLICES : _SLICES + 2]])
    driver.wait_until(lambda: len(driver.window.arriving.now.new) == 2, "two more")
    assert driver.window.arriving.now.total == _SLICES + 2
    assert "You now measure on" in driver.message and line.text().endswith("more on the server")
    (cross,) = driver.window.message.findChildren(QToolButton)
    QTest.mouseClick(cross, LEFT)
    before = driver.study
    driver.push("Load new images")
    driver.wait_until(lambda: driver.workspace.study not in (None, before), "the prior with more images")
    driver.wait_until(lambda: driver.study.is_shown, "its views")
    driver.wait_for_rest()
    assert len(driver.study.study.instances) == _SLICES + 2
    assert [len(study.instances) for study in driver.workspace.priors()] == [len(list(dicom_files(sample / "ct")))]
    press_in(driver, 0)
    turn_to(driver, SAMPLE_STUDY_UID)
    assert line.text() == "ct" and same(driver.records, records)
    assert_one_patient(driver)
