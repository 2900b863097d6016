"""Adding, testing, pinning, ordering and removing servers, by mouse and keys, with real servers and a real keyring."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit

import keyring
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QCheckBox, QLabel, QWidget

from tests.orthanc_server import RunningOrthanc
from tests.sources.certificates import certificate, serves
from tests.sources.test_passwords import Ring
from tests.sources.tls_relay import relaying
from tests.ui.job.conftest import Start
from tests.ui.job.driver import ALT, LEFT, NONE, Driver, settle
from tests.ui.job.places import upload
from viewer_app.errors import CaliperError
from viewer_app.phantom import SAMPLE_PRIOR_STUDY_UID
from viewer_app.sources.orthanc import Server
from viewer_app.sources.orthanc.errors import AuthFailed
from viewer_app.tasks import Lane
from viewer_app.ui.panels.browser import StudyBrowser
from viewer_app.ui.panels.certificate_dialog import CertificateDialog
from viewer_app.ui.panels.password_dialog import PasswordDialog
from viewer_app.ui.panels.servers_dialog import ServersDialog

_Kind = TypeVar("_Kind", bound=QWidget)
WARD = Server("http://10.1.2.3:8042", "ward", name="Ward 3")
LAB = Server("https://lab.example", name="Lab")


@pytest.fixture
def ring() -> Iterator[Ring]:
    """A keyring of this process."""
    before, made = keyring.get_keyring(), Ring()
    keyring.set_keyring(made)
    yield made
    keyring.set_keyring(before)


@pytest.fixture
def driver(start: Start) -> Driver:
    """Caliper with nothing open."""
    return start()


def seen(driver: Driver, parent: QWidget, kind: type[_Kind]) -> _Kind:
    """The window of that kind that is on the screen."""

    def there() -> list[_Kind]:
        return [one for one in parent.findChildren(kind) if one.isVisible()]

    driver.wait_until(there, kind.__name__)
    (found,) = there()
    return found


def click(button: QWidget) -> None:
    QTest.mouseClick(button, LEFT)
    settle()


def manage(driver: Driver) -> ServersDialog:
    """Open the list by the buttons."""
    click(driver.window.top.widgetForAction(driver.window.actions_by_name["open_server"]))
    click(seen(driver, driver.window, StudyBrowser).servers)
    dialog = seen(driver, driver.window, ServersDialog)
    dialog.activateWindow()
    driver.wait_until(dialog.isActiveWindow, "the active list")
    return dialog


def tick(box: QCheckBox) -> None:
    QTest.mouseClick(box, LEFT, NONE, QPoint(12, box.height() // 2))
    settle()


def type_on(text: str, key: Qt.Key = Qt.Key.Key_Tab) -> None:
    """Type into what has the keyboard, and go on."""
    field = QApplication.focusWidget()
    assert field is not None
    QTest.keyClicks(field, text)
    QTest.keyClick(field, key)
    settle()


def words(widget: QWidget) -> str:
    return " ".join(label.text() for label in widget.findChildren(QLabel) if not label.isHidden())


def stored(tmp_path: Path) -> str:
    found = list(tmp_path.rglob("servers.json"))
    return found[0].read_text(encoding="utf-8") if found else ""


@pytest.mark.orthanc
def test_adding_by_keys_and_testing(driver: Driver, orthanc: RunningOrthanc, ring: Ring, tmp_path: Path) -> None:
    dialog = manage(driver)
    click(dialog.add)
    assert QApplication.focusWidget() is dialog.form.address
    type_on(f"{orthanc.url}/app/explorer.html")
    type_on("Archive")
    type_on(orthanc.user)
    type_on(orthanc.password)
    assert driver.app.serving.servers.rows == (Server(orthanc.url, orthanc.user, name="Archive"),)
    assert "Kept for this session" in words(dialog.form)
    assert ring.kept == {}
    click(dialog.form.password.forget)
    driver.wait_until(lambda: "None is kept" in words(dialog.form), "the password to be forgotten")
    tick(dialog.form.password.remember)
    dialog.form.password.edit.setFocus()
    type_on(orthanc.password)
    driver.wait_until(lambda: "Kept in the keyring" in words(dialog.form), "the keyring")
    assert ring.kept == {(f"Caliper {orthanc.url}", orthanc.user): orthanc.password}
    click(dialog.test.button)
    driver.wait_until(lambda: "Orthanc 1." in dialog.test.told.text(), "the report")
    texts = [label.text() for label in dialog.test.stages.values()]
    assert [text for text in texts if not text.startswith("✓")] == ["– Certificate"]
    assert "went well" in dialog.list.item(0).toolTip()
    assert orthanc.password not in stored(tmp_path) + words(dialog)
    assert json.loads(stored(tmp_path))["servers"][0]["url"] == orthanc.url
    click(dialog.close_button)


def test_passwords_are_kept_and_forgotten_in_the_order_of_the_clicks(driver: Driver, ring: Ring) -> None:
    """However slow the keyring is, and with an answer under way that is not true any more."""
    gate = threading.Event()
    driver.app.serving.servers.add(WARD)
    dialog = manage(driver)
    field = dialog.form.password
    driver.wait_until(lambda: "None is kept" in words(dialog.form), "the first look")
    try:
        for lane in (Lane.BROWSE, Lane.KEYRING):
            for _ in range(lane.threads):
                driver.app.tasks.run(lane, lambda watch: gate.wait())
        field.edit.setFocus()
        type_on("first")
        field._look()
        click(field.forget)
        assert "None is kept" in words(dialog.form)
        field.edit.setFocus()
        type_on("second")
        tick(field.remember)
        field.edit.setFocus()
        type_on("third")
        assert field.remember.isChecked()
    finally:
        gate.set()
    driver.wait_until(lambda: not driver.app.tasks.busy, "the keyring")
    assert ring.kept == {("Caliper http://10.1.2.3:8042", "ward"): "third"}
    assert "Kept in the keyring" in words(dialog.form)
    assert driver.app.serving.passwords.find(WARD).password == "third"
    click(dialog.close_button)


def test_a_password_typed_after_one_was_forgotten_stays(driver: Driver) -> None:
    serving, gate = driver.app.serving, threading.Event()
    try:
        for lane in (Lane.BROWSE, Lane.KEYRING):
            for _ in range(lane.threads):
                driver.app.tasks.run(lane, lambda watch: gate.wait())
        serving.forget(WARD)
        serving.remember(replace(WARD, password="hush"), for_session=True)
    finally:
        gate.set()
    driver.wait_until(lambda: not driver.app.tasks.busy, "the lanes")
    assert serving.passwords.find(WARD).password == "hush"


def test_a_test_is_cancelled(driver: Driver) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        driver.app.serving.servers.add(Server(url, name="Silent"))
        dialog = manage(driver)
        click(dialog.test.button)
        driver.wait_until(lambda: dialog.test.stages["address"].text().startswith("✓"), "the first stage")
        assert not dialog.test.button.isEnabled()
        task = dialog.test._task  # not all work: the browser behind the list asks the silent server too
        assert task in driver.app.tasks._open
        click(dialog.test.cancel)
        assert dialog.test.told.text() == "Cancelled."
        assert dialog.test.button.isEnabled()
        driver.wait_until(lambda: task not in driver.app.tasks._open, "the end of the wait", seconds=2)
        click(dialog.close_button)


@pytest.mark.orthanc
def test_a_stranger_is_looked_at_and_pinned(driver: Driver, orthanc: RunningOrthanc, tmp_path: Path) -> None:
    pem = certificate(tmp_path, "IP:127.0.0.1")
    serving = driver.app.serving
    with relaying(urlsplit(orthanc.url).port or 0, serves(pem)) as relay:
        serving.servers.add(Server(relay.url, orthanc.user, name="Archive"))
        dialog = manage(driver)
        dialog.form.password.edit.setFocus()
        type_on(orthanc.password)
        click(dialog.test.button)
        driver.wait_until(lambda: "not signed by an authority" in dialog.test.told.text(), "the report")
        assert dialog.test.stages["certificate"].text().startswith("✗")
        assert relay.heard == 0
        click(dialog.form.look)
        shown = seen(driver, dialog, CertificateDialog)
        openssl = ("openssl", "x509", "-in", str(tmp_path / "certificate.pem"), "-noout", "-fingerprint", "-sha256")
        printed = subprocess.run(openssl, capture_output=True, text=True, check=True).stdout.strip().partition("=")[2]
        assert printed in words(shown).replace("\n", ":")
        click(shown.pin)
        assert serving.servers.rows[0].pin == printed.replace(":", "").lower()
        assert printed in words(dialog.form).replace("\n", ":")
        assert not dialog.test.told.text()  # the test was of another trust
        click(dialog.test.button)
        driver.wait_until(lambda: "Orthanc 1." in dialog.test.told.text(), "the report")
        assert dialog.test.stages["certificate"].text().startswith("✓")
        click(dialog.form.unpin)
        assert serving.servers.rows[0].pin == ""
        click(dialog.close_button)


def test_faults_are_told_at_the_field_and_warnings_at_once(driver: Driver, tmp_path: Path) -> None:
    dialog = manage(driver)
    click(dialog.add)
    type_on("pacs:8042")
    assert "neither with http:// nor" in dialog.form.faults["address"].text()
    dialog.form.address.setFocus()
    dialog.form.address.selectAll()
    QTest.keyClicks(dialog.form.address, "http://ann@pacs:8042")
    assert dialog.form.warning.isVisible()  # before the field is left
    assert stored(tmp_path) == ""
    QTest.keyClick(dialog.form.address, Qt.Key.Key_Return)
    settle()
    assert dialog.isVisible()  # Return ends a field, not the window
    assert [row.url for row in driver.app.serving.servers.rows] == ["http://pacs:8042"]
    assert (dialog.form.user.text(), dialog.form.name.text()) == ("ann", "pacs:8042")
    assert not dialog.form.faults["address"].isVisible()
    click(dialog.close_button)


def test_what_is_being_typed_counts_when_the_window_is_closed_by_key(driver: Driver) -> None:
    dialog = manage(driver)
    click(dialog.add)
    QTest.keyClicks(dialog.form.address, "http://localhost:8042")
    QTest.keyClick(dialog.form.address, Qt.Key.Key_Escape)
    settle()
    assert [row.url for row in driver.app.serving.servers.rows] == ["http://localhost:8042"]


def test_what_cannot_be_used_is_not_dropped_in_silence(driver: Driver) -> None:
    dialog = manage(driver)
    click(dialog.add)
    type_on("pacs")
    click(dialog.close_button)
    assert dialog.isVisible()
    assert "cannot be used" in dialog.told.text()
    click(dialog.close_button)
    assert not driver.window.findChildren(ServersDialog)
    assert driver.app.serving.servers.rows == ()


def test_everything_is_reached_by_tab_in_the_order_it_is_seen(driver: Driver) -> None:
    driver.app.serving.servers.replace((LAB, WARD))
    dialog = manage(driver)
    form = dialog.form
    form.address.setFocus()
    order: list[QWidget] = []
    for _ in range(16):
        field = QApplication.focusWidget()
        assert field is not None
        order.append(field)
        QTest.keyClick(field, Qt.Key.Key_Tab)
    expected: list[QWidget] = [form.address, form.name, form.user, form.password.edit, form.ca_file, form.choose]
    expected += [form.look, form.use_proxy, dialog.test.button, dialog.close_button]
    expected += [dialog.list, dialog.add, dialog.remove, dialog.down]
    assert [one for one in order if one in expected][: len(expected)] == expected
    assert all(field.accessibleName() for field in expected[:6])
    click(dialog.close_button)


def test_order_and_removal_with_undo(driver: Driver, ring: Ring) -> None:
    serving = driver.app.serving
    serving.servers.replace((WARD, LAB))
    ring.kept["Caliper http://10.1.2.3:8042", "ward"] = "hush"
    dialog = manage(driver)
    dialog.list.setFocus()
    QTest.keyClick(dialog.list, Qt.Key.Key_Down, ALT)
    assert serving.servers.rows == (LAB, WARD)
    assert dialog.list.currentRow() == 1
    QTest.keyClick(dialog.list, Qt.Key.Key_Delete)
    settle()
    assert list(serving.servers.rows) == [LAB]
    assert dialog.told.text() == "Removed “Ward 3”."
    click(dialog.undo)
    assert serving.servers.rows == (LAB, WARD)
    click(dialog.remove)
    assert ring.kept  # as long as it can be undone
    click(dialog.close_button)
    driver.wait_until(lambda: not ring.kept, "the password to be forgotten")


# -- asking ---------------------------------------------------------------------------------------


def test_one_question_for_all_who_wait(driver: Driver, ring: Ring) -> None:
    serving, window = driver.app.serving, driver.window
    got: list[Server] = []
    for _ in range(2):
        serving.ask(WARD, window, got.append)
    question = seen(driver, window, PasswordDialog)
    assert "unencrypted" in words(question)
    QTest.keyClicks(question.password, "hush")
    tick(question.remember)
    QTest.keyClick(question.password, Qt.Key.Key_Return)
    driver.wait_until(lambda: len(got) == 2, "both to be served")
    assert {server.password for server in got} == {"hush"}
    driver.wait_until(lambda: list(ring.kept.values()) == ["hush"], "the keyring")
    assert not window.findChildren(PasswordDialog)


def test_giving_up_holds_for_all_who_wait_for_the_same(driver: Driver) -> None:
    given_up: list[str] = []
    for name in ("first", "second"):
        driver.app.serving.ask(WARD, driver.window, print, lambda name=name: given_up.append(name))  # type: ignore[misc]  # mypy knows no type for a default of a lambda
    question = seen(driver, driver.window, PasswordDialog)
    assert "no keyring" in words(question)
    assert not question.remember.isVisible()
    QTest.keyClick(question.password, Qt.Key.Key_Escape)
    driver.wait_until(lambda: given_up == ["first", "second"], "both to be told")
    assert not any(one.isVisible() for one in driver.window.findChildren(PasswordDialog))


def test_a_password_that_was_refused_is_asked_for_once_more(driver: Driver, ring: Ring) -> None:
    ring.kept["Caliper http://10.1.2.3:8042", "ward"] = "old"
    serving, window = driver.app.serving, driver.window
    got: list[Server] = []
    told: list[CaliperError] = []
    error = AuthFailed("The server refuses this user and password.", "Check both.")
    serving.ask(WARD, window, got.append)
    driver.wait_until(lambda: got, "the password of the keyring")
    serving.ask_again(got.pop(), error, window, got.append, lambda: told.append(error))
    question = seen(driver, window, PasswordDialog)
    assert "refuses this user" in words(question)
    assert question.remember.isChecked()  # it was in the keyring
    QTest.keyClicks(question.password, "new")
    click(question.sign_in)
    driver.wait_until(lambda: got, "the new password")
    assert got[0].password == "new"
    serving.ask_again(got.pop(), error, window, got.append, lambda: told.append(error))
    assert told == [error]
    driver.wait_until(lambda: list(ring.kept.values()) == ["new"], "the keyring")


@pytest.mark.orthanc
def test_an_address_finds_its_server_with_pin_and_password(
    driver: Driver, orthanc: RunningOrthanc, ring: Ring, sample: Path, tmp_path: Path
) -> None:
    upload(orthanc, sample / "prior")
    pem = certificate(tmp_path, "DNS:elsewhere.example")
    with relaying(urlsplit(orthanc.url).port or 0, serves(pem)) as relay:
        digest = subprocess.run(
            ("openssl", "x509", "-in", str(tmp_path / "certificate.pem"), "-noout", "-fingerprint", "-sha256"),
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        pin = digest.strip().partition("=")[2].replace(":", "").lower()
        driver.app.serving.servers.add(Server(relay.url, orthanc.user, pin=pin, name="Archive"))
        ring.kept[f"Caliper {relay.url}", orthanc.user] = orthanc.password
        driver.window.commands.opening.place(f"{relay.url}/#study={SAMPLE_PRIOR_STUDY_UID}")
        driver.wait_for_image()
        driver.wait_for_rest()
    assert driver.study.study.info.study_uid == SAMPLE_PRIOR_STUDY_UID
    assert not driver.window.findChildren(PasswordDialog)


def test_the_keyring_is_not_loaded_before_it_is_needed() -> None:
    asked = "import sys, viewer_app.sources.orthanc.passwords; sys.exit('keyring' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", asked], check=False).returncode == 0
