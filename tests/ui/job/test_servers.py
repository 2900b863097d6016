"""Servers that refuse, are down or die in mid-load: a plain sentence, and what has arrived stays."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QWidget

from tests.orthanc_server import RunningOrthanc, free_port, start_orthanc
from tests.ui.job.browsed import Browse, browse, know, server_of
from tests.ui.job.conftest import Start
from tests.ui.job.driver import LEFT, Driver, same
from tests.ui.job.gate import Gate
from tests.ui.job.places import address, upload
from viewer_app.phantom import SAMPLE_PRIOR_STUDY_UID
from viewer_app.sources import open_source
from viewer_app.ui.panels.password_dialog import PasswordDialog


def words(widget: QWidget) -> str:
    """All that its labels say."""
    return " ".join(label.text() for label in widget.findChildren(QLabel))


def said(at: Browse, words: str) -> bool:
    """The browser says so."""
    return words in at.window.said.words


@pytest.fixture
def prior(sample: Path) -> Path:
    """The sample's prior study: one series, quick to upload."""
    return sample / "prior"


def test_wrong_password_is_told(start: Start, orthanc: RunningOrthanc, prior: Path) -> None:
    upload(orthanc, prior)
    driver = start(address(orthanc, SAMPLE_PRIOR_STUDY_UID), lambda url, user: "wrong")
    driver.wait_until(lambda: driver.window.findChild(PasswordDialog), "the question")
    question = driver.window.findChild(PasswordDialog)
    assert question is not None
    assert "The server refuses this user and password" in words(question)
    assert "wrong" not in words(question)
    QTest.mouseClick(question.cancel, LEFT)
    driver.wait_until(lambda: driver.message, "a message")
    assert "password" in driver.message
    assert "wrong" not in driver.message
    assert driver.workspace.study is None


def test_wrong_password_is_told_in_the_browser(caliper: Driver, orthanc: RunningOrthanc) -> None:
    know(caliper, server_of(orthanc), "wrong")
    at = browse(caliper)
    for password, told in (("wrong again", "refuses this user"), (orthanc.password, "no study on this server")):
        caliper.wait_until(lambda: at.window.findChild(PasswordDialog), "a question")
        question = at.window.findChild(PasswordDialog)
        assert question is not None
        QTest.keyClicks(question.password, password)
        QTest.keyClick(question.password, Qt.Key.Key_Return)
        caliper.wait_until(partial(said, at, told), "an answer, without another question")
        if password != orthanc.password:
            QTest.mouseClick(at.window.said.empty_button, LEFT)
    at.window.reject()


def test_server_that_is_down_is_told_and_what_is_open_stays(caliper: Driver) -> None:
    before = caliper.study
    caliper.window.commands.opening.place(f"http://127.0.0.1:{free_port()}/#study={SAMPLE_PRIOR_STUDY_UID}")
    caliper.wait_until(lambda: caliper.message, "a message")
    assert "server does not answer" in caliper.message
    assert caliper.study is before


def test_study_that_the_server_has_not_is_told(start: Start, orthanc: RunningOrthanc) -> None:
    driver = start(address(orthanc, SAMPLE_PRIOR_STUDY_UID), lambda url, user: orthanc.password)
    driver.wait_until(lambda: driver.message, "a message")
    assert "not on the server" in driver.message


def test_store_knows_what_the_server_calls_the_study(start: Start, orthanc: RunningOrthanc, prior: Path) -> None:
    upload(orthanc, prior)
    driver = start(address(orthanc, SAMPLE_PRIOR_STUDY_UID), lambda url, user: orthanc.password)
    driver.wait_for_image()
    with orthanc.client() as client:
        (server_id,) = client.get("/studies").json()
    (stored,) = driver.app.store.studies()
    assert (stored.study.orthanc_study_id, stored.study.study_uid) == (server_id, SAMPLE_PRIOR_STUDY_UID)


def test_server_killed_in_mid_load_leaves_what_has_arrived(start: Start, prior: Path, tmp_path: Path) -> None:
    server = start_orthanc(tmp_path)
    try:
        upload(server, prior)
        place = address(server, SAMPLE_PRIOR_STUDY_UID)
        gate = Gate(open_source(place, password=lambda url, user: server.password), passing=5)
        driver = start()
        driver.open(gate)
        volume = driver.study.volume
        assert volume is not None
        driver.wait_until(lambda: volume.present == 5, "five images")
    finally:
        server.stop()
    gate.let_all_pass()
    driver.wait_until(lambda: driver.message and not driver.study.is_loading, "a message and the end of the load")
    assert "server does not answer" in driver.message
    assert volume.present == 5
    driver.key(Qt.Key.Key_D)
    driver.drag(driver.part(0.4, 0.4), driver.part(0.6, 0.6))
    driver.wait_saved()
    assert same([item.record for item in driver.stored() if item.record], driver.records)
    assert len(driver.records) == 1
