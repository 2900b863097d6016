"""Sending by mouse: whose study goes where, how far it is, and one sentence at the end."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton

from tests.orthanc_server import RunningOrthanc, free_port
from tests.sources.relay import relayed
from tests.sources.series import SLICES, write_series
from tests.ui.job.conftest import Start
from tests.ui.job.driver import LEFT, NONE, Driver
from viewer_app.sources.orthanc.address import Server
from viewer_app.ui.panels.password_dialog import PasswordDialog
from viewer_app.ui.panels.send_dialog import NotSentDialog, SendDialog
from viewer_app.ui.panels.servers_dialog import ServersDialog
from viewer_app.ui.widgets.message_bar import MessageBar

pytestmark = pytest.mark.orthanc


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_series(tmp_path / "ct")


@pytest.fixture
def opened(start: Start, folder: Path) -> Driver:
    driver = start(folder)
    driver.wait_for_image()
    driver.wait_for_rest()
    return driver


def asked(driver: Driver, orthanc: RunningOrthanc, password: str = "", url: str = "") -> SendDialog:
    """The dialog, with the server in the list and its password known."""
    server = Server(url or orthanc.url, orthanc.user, name="PACS")
    serving = driver.app.serving
    if server.name not in [row.name for row in serving.servers.rows]:
        serving.servers.add(server)
    if password:
        serving.passwords.keep(Server(server.url, server.user, password), for_session=True)
    driver.window.actions_by_name["send"].trigger()
    (dialog,) = [one for one in driver.window.findChildren(SendDialog) if one.isVisible()]
    return dialog


def choose(dialog: SendDialog, which: int) -> None:
    choice = dialog.choices[which]
    QTest.mouseClick(choice, LEFT, NONE, choice.rect().center() - choice.rect().center() / 1.2)
    assert choice.isChecked()


def send(driver: Driver, dialog: SendDialog) -> str:
    """Press Send; the sentence at the end."""
    before = driver.message
    QTest.mouseClick(dialog.send, LEFT)
    driver.wait_until(lambda: driver.message not in ("", before) and not driver.app.tasks.busy, "a sentence")
    return driver.message


def test_the_study_and_its_report_are_sent(opened: Driver, orthanc: RunningOrthanc) -> None:
    dialog = asked(opened, orthanc, orthanc.password)
    assert dialog.told.text() == (
        f"Müller, Zoë · P-1 · Thorax, früh · 2024-01-02  →  PACS ({orthanc.url.partition('://')[2]})"
    )
    assert dialog.choices[0].text().startswith(f"The study: {SLICES} files, ")
    choose(dialog, 1)
    assert not dialog.send.isEnabled() and dialog.refused.text() == "Nothing has been measured in this study."
    choose(dialog, 0)
    assert dialog.send.isEnabled() and dialog.refused.isHidden()
    assert send(opened, dialog) == f"{SLICES} files stored on PACS. All verified by MD5."
    assert opened.app.sending.line.isHidden()

    opened.activate()
    opened.window.actions_by_name["distance"].trigger()
    opened.drag(opened.part(0.3, 0.3), opened.part(0.6, 0.5))
    assert len(opened.records) == 1
    dialog = asked(opened, orthanc)
    choose(dialog, 1)
    assert dialog.choices[1].text() == "The report of 1 measurement, as DICOM SR"
    assert send(opened, dialog) == "1 file stored on PACS. All verified by MD5."
    with orthanc.client() as api:
        (study,) = api.get("/studies?expand").json()
    assert len(study["Series"]) == 2


def test_a_hidden_patient_is_not_named(opened: Driver, orthanc: RunningOrthanc) -> None:
    opened.key(Qt.Key.Key_D)
    opened.drag(opened.part(0.3, 0.3), opened.part(0.6, 0.5))
    opened.window.actions_by_name["hide_patient"].trigger()
    dialog = asked(opened, orthanc)
    assert dialog.told.text().startswith("Patient hidden · 2024-01-02")
    choose(dialog, 1)
    assert not dialog.send.isEnabled() and "names the patient" in dialog.refused.text()
    QTest.mouseClick(dialog.cancel, LEFT)


def test_stopping_tells_how_to_go_on_and_the_rest_follows(
    opened: Driver, orthanc: RunningOrthanc, folder: Path
) -> None:
    line = opened.app.sending.line
    seen: list[str] = []

    def look(number: int, request: str, body: bytes) -> bytes:
        opened.workspace.tasks.call_home(lambda: seen.append(line.label.text()))
        return body

    with relayed(orthanc.url, spoil=look) as relay:
        dialog = asked(opened, orthanc, orthanc.password, relay.url)
        QTest.mouseClick(dialog.send, LEFT)
        opened.wait_until(lambda: line.isVisible() and len(seen) > 2, "the progress")
        QTest.mouseClick(line.stop, LEFT)
        assert opened.message.startswith("Sending was stopped.") and line.isHidden()
        opened.wait_for_rest()
        dialog = asked(opened, orthanc)
        assert "All verified by MD5." in send(opened, dialog)
    assert any(text.startswith("Sending") for text in seen)
    with orthanc.client() as api:
        assert len(api.get("/instances").json()) == SLICES


def test_what_did_not_go_is_listed_and_copied(opened: Driver, orthanc: RunningOrthanc, folder: Path) -> None:
    (folder / "000.dcm").write_bytes(b"no DICOM any more")
    dialog = asked(opened, orthanc, orthanc.password)
    assert send(opened, dialog) == f"{SLICES - 1} files stored on PACS, 1 file not sent. The others verified by MD5."
    bar = opened.window.findChild(MessageBar)
    assert bar is not None
    (button,) = [one for one in bar.findChildren(QPushButton) if one.text() == "Which ones …"]
    QTest.mouseClick(button, LEFT)
    listed = opened.window.findChild(NotSentDialog)
    assert listed is not None and listed.lines.toPlainText().startswith("000.dcm\t")
    QTest.mouseClick(listed.copy, LEFT)
    assert QGuiApplication.clipboard().text() == listed.lines.toPlainText()
    QTest.mouseClick(listed.close_button, LEFT)


def test_a_wrong_password_is_asked_again_once(opened: Driver, orthanc: RunningOrthanc) -> None:
    dialog = asked(opened, orthanc, "wrong")
    QTest.mouseClick(dialog.send, LEFT)
    opened.wait_until(lambda: opened.window.findChild(PasswordDialog), "the question")
    question = opened.window.findChild(PasswordDialog)
    assert question is not None
    QTest.keyClicks(question.password, orthanc.password)
    QTest.keyClick(question.password, Qt.Key.Key_Return)
    opened.wait_until(lambda: opened.message.startswith(f"{SLICES} files stored"), "the sentence")


def test_a_server_that_is_down_is_told(opened: Driver, orthanc: RunningOrthanc) -> None:
    dialog = asked(opened, orthanc, orthanc.password, f"http://127.0.0.1:{free_port()}")
    told = send(opened, dialog)
    assert "does not answer" in told and "send again" in told


def test_without_a_server_the_list_is_offered(opened: Driver) -> None:
    opened.window.actions_by_name["send"].trigger()
    assert opened.message.startswith("No server is known yet")
    bar = opened.window.findChild(MessageBar)
    assert bar is not None
    (button,) = [one for one in bar.findChildren(QPushButton) if one.text() == "Servers …"]
    QTest.mouseClick(button, LEFT)
    shown = opened.window.findChild(ServersDialog)
    assert shown is not None and shown.isVisible()
    shown.reject()
