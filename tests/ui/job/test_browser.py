"""The study browser by mouse and keys, against a real Orthanc."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton

from tests.orthanc_server import RunningOrthanc, free_port, start_orthanc
from tests.studies import study, upload_files, upload_studies
from tests.ui.job.browsed import Browse, browse, know, server_of
from tests.ui.job.conftest import Start
from tests.ui.job.driver import LEFT, settle
from tests.ui.seen import visible_texts
from viewer_app.session import newcomers
from viewer_app.session.browsing import PAGE
from viewer_app.sources.orthanc.address import Server
from viewer_app.ui.panels.password_dialog import PasswordDialog
from viewer_app.ui.panels.servers_dialog import ServersDialog

pytestmark = pytest.mark.orthanc
Key = Qt.Key


@pytest.fixture(scope="module")
def pacs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningOrthanc]:
    """A server of its own with 130 studies, one of which has two series and a name of two words."""
    server = start_orthanc(tmp_path_factory.mktemp("pacs"))
    upload_studies(server, range(128))
    upload_files(
        server,
        study(
            200,
            PatientName="Müller^Zoë",
            PatientID="Z-77",
            StudyDescription="Thorax, früh",
            SpecificCharacterSet="ISO_IR 192",
        ),
    )
    for number, modality in ((1, "MR"), (2, "PT")):
        uids = {"SeriesInstanceUID": f"2.25.9.{number}", "SOPInstanceUID": f"2.25.9.{number}.1"}
        upload_files(
            server, study(201, Modality=modality, SeriesNumber=number, SeriesDescription=f"Part {number}", **uids)
        )
    yield server
    server.stop()


@pytest.fixture
def at(start: Start, pacs: RunningOrthanc) -> Browse:
    """The browser, its first list there."""
    driver = start()
    know(driver, server_of(pacs), pacs.password)
    found = browse(driver)
    found.wait()
    return found


def listed_at_first(at: Browse) -> int:
    """All studies of a server that cannot sort, else a page of them."""
    link = at.window._browser.link
    assert link is not None
    return PAGE if link.client().get_server_info().has_extended_find else 130


def test_the_most_recent_studies_are_there_at_once(at: Browse) -> None:
    assert at.window.windowTitle() == "Studies on a server"
    dates, count = at.column("Date"), listed_at_first(at)
    assert len(dates) == count
    assert dates == sorted(dates, reverse=True)
    assert at.table[0] == {
        "Patient": "Person201, Test", "ID": "P201", "Born": "1960-01-01", "Date": "2019-07-21 10:15",
        "Modality": "MR PT", "Description": "Study 201", "Accession": "A00201", "Images": "2",
        "Status": at.table[0]["Status"],
    }  # fmt: skip
    in_sight = (
        at.window.table.viewport().height() // at.window.table.visualRect(at.window.table.currentIndex()).height()
    )
    assert set(at.column("Modality")[2:in_sight]) == {"CT"}  # also of servers that do not list it
    assert f"{count} studies" in at.window.told.full_text


def test_fields_search_by_themselves(at: Browse) -> None:
    fields, everything = at.window.fields, listed_at_first(at)
    for field, text, found in (
        (fields.name, "person00", 10),
        (fields.name, "test person", 0),
        (fields.name, "Person003, Test", 1),
        (fields.name, "müller zoë", 1),
        (fields.name, "p*7^t", 13),
        (fields.name, "", everything),
        (fields.patient_id, "z-77", 1),
        (fields.patient_id, "", everything),
        (fields.accession, "A0012", 8),
        (fields.accession, "*0012?", 8),
        (fields.accession, "", everything),
        (fields.description, "früh", 1),
        (fields.description, "", everything),
    ):
        at.type(field, text)
        assert len(at.table) == found, text
        if not found:
            assert "No study matches" in at.window.said.words


def test_modality_and_date_search_too_and_are_remembered(at: Browse) -> None:
    fields = at.window.fields
    at.choose(fields.modality, "PT")
    assert at.column("Patient") == ["Person201, Test"]
    at.choose(fields.when, "Today")
    assert at.table == []
    at.choose(fields.modality, "Any")
    at.choose(fields.when, "From … to …")
    for field, text in ((fields.first, "20190104"), (fields.last, "20190106")):
        field.setFocus(Qt.FocusReason.TabFocusReason)
        QTest.keyClicks(field, text)
    at.wait()
    assert at.column("Accession") == ["A00005", "A00004", "A00003"]
    at.type(fields.name, "person004")
    QTest.mouseClick(at.window.cancel, LEFT)
    kept = {key: at.window._settings.value(key) for key in at.window._settings.allKeys()}
    assert kept["browser/when"] == "BETWEEN"
    assert not any("person" in str(value).casefold() for value in kept.values())
    QTest.mouseClick(at.driver.window.top.widgetForAction(at.driver.window.actions_by_name["open_server"]), LEFT)
    at.wait()
    assert at.column("Accession") == ["A00004"]


def test_the_next_page_comes_as_one_scrolls(at: Browse) -> None:
    at.window._browser.unsorted_page = 100
    at.window.fields.search_now()
    at.wait()
    assert len(at.table) == 100
    assert "more as you scroll" in at.window.told.full_text
    is_sorted = listed_at_first(at) == PAGE
    assert ("cannot sort" in at.window.said.words) != is_sorted  # Orthanc before 1.12.5
    first = at.column("Accession")
    at.wheel_down()
    at.wait()
    assert len(at.table) == 130
    assert len(set(at.column("Accession"))) == 130
    assert set(first) < set(at.column("Accession"))


def test_a_server_that_hides_matches_is_told_of(start: Start, tmp_path: Path) -> None:
    server = start_orthanc(tmp_path, LimitFindResults=5)
    try:
        upload_studies(server, range(12))
        driver = start()
        know(driver, server_of(server), server.password)
        at = browse(driver)
        at.wait()
        assert (len(at.table), at.window.said.words) == (12, "")  # the list of all studies has no limit
        at.type(at.window.fields.name, "person")
        link = at.window._browser.link
        assert link is not None
        if link.client().get_server_info().has_extended_find:
            assert (len(at.table), at.window.said.words) == (12, "")
        else:
            assert 5 <= len(at.table) < 12
            told = f"This server shows no more than {len(at.table)} studies of a search, and more may match"
            assert at.window.said.words.startswith(told)
            assert any(text.startswith(told) for text in visible_texts())
        at.type(at.window.fields.name, "person011")
        assert (at.column("ID"), at.window.said.words) == (["P011"], "")
    finally:
        server.stop()


def test_new_studies_are_told_and_shown_at_a_click(
    start: Start, orthanc: RunningOrthanc, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(newcomers, "FOCUSED_MS", 100)
    upload_studies(orthanc, range(3))
    driver = start()
    know(driver, server_of(orthanc), orthanc.password)
    at = browse(driver)
    at.wait()
    driver.wait_until(lambda: at.news._lookout is not None, "the first look")
    at.click(1)
    chosen = at.window.table.current
    upload_studies(orthanc, range(5, 7))
    place = at.window.table.mapTo(at.window, at.window.table.rect().topLeft())
    driver.wait_until(lambda: at.window.news.isVisible() and at.news.count == 2, "the news")
    assert at.window.told.full_text.endswith("2 new studies on the server")
    assert (len(at.table), at.window.table.current) == (3, chosen)
    settle()
    assert at.window.table.mapTo(at.window, at.window.table.rect().topLeft()) == place  # no row moves under the mouse
    QTest.mouseClick(at.window.news, LEFT)
    driver.wait_until(lambda: len(at.table) == 5, "the list")
    assert not at.window.news.isVisible()
    assert "new" not in at.window.told.full_text
    QTest.mouseClick(at.window.cancel, LEFT)
    driver.wait_until(lambda: not driver.app.tasks.busy, "the end")
    assert not at.news._timer.isActive()


def test_a_click_on_a_title_sorts_and_the_choice_stays(at: Browse) -> None:
    at.click(3)
    chosen = at.window.table.current
    header = at.window.table.header()
    QTest.mouseClick(header.viewport(), LEFT, pos=header.rect().center().__class__(10, 10))
    settle()
    names = at.column("Patient")
    assert names == sorted(names, key=str.casefold) or names == sorted(names, key=str.casefold, reverse=True)
    assert at.window.table.current == chosen


def test_series_of_the_chosen_study_with_pictures(at: Browse) -> None:
    cards = at.window.cards
    assert [card.accessibleName() for card in cards.cards.values()] == ["Part 1", "Part 2"]
    assert next(card.accessibleDescription() for card in cards.cards.values()).startswith("MR #1 · 1 image")
    assert len(at.window._browsed.pictures) == 2
    at.click(1)
    assert at.window._browsed.pictures == {}
    at.wait()
    at.driver.wait_until(lambda: len(cards.cards) == 1 and at.window._browsed.pictures, "the other study")


def test_keys(at: Browse) -> None:
    window = at.window
    QTest.keyClick(window, Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    assert window.fields.name.hasFocus()
    QTest.keyClicks(window.fields.name, "person0")
    QTest.keyClick(window.fields.name, Key.Key_Return)
    at.wait()
    assert window.table.hasFocus()
    QTest.keyClick(window.table, Key.Key_Down)
    assert window.table.currentIndex().row() == 1
    at.wait()
    before = at.driver.workspace.study
    QTest.keyClick(window.table, Key.Key_Return)
    at.driver.wait_until(lambda: at.driver.workspace.study not in (None, before), "the study")
    assert at.driver.study.study.patient.name == "Person098^Test"
    assert not window.isVisible()


def test_return_before_the_answer_opens_nothing(at: Browse) -> None:
    QTest.keyClicks(at.window.fields.name, "person00")
    QTest.keyClick(at.window.table, Key.Key_Return)
    assert at.driver.workspace._finding is None
    at.wait()


def test_escape_closes_and_the_patient_is_hidden(at: Browse) -> None:
    QTest.keyClicks(at.window.fields.name, "Person12")
    at.wait()
    assert any("person12" in text.casefold() for text in visible_texts())
    at.driver.window.actions_by_name["hide_patient"].trigger()
    settle()
    for words in ("person12", "p12", "a0012", "1960-01-01"):
        assert [text for text in visible_texts() if words in text.casefold()] == []
    assert at.column("Patient")[0] == "Patient hidden"
    QTest.keyClick(at.window, Key.Key_Escape)
    assert not at.window.isVisible()


def test_one_study_after_the_other_and_never_two(at: Browse) -> None:
    driver = at.driver
    at.open(5)
    driver.wait_until(lambda: not at.window.isVisible(), "the study")
    first = driver.study.study
    again = browse(driver)
    again.wait()
    again.open(6)
    QTest.mouseClick(again.window.open_button, LEFT)  # impatient
    driver.wait_until(lambda: not at.window.isVisible() and driver.study.study is not first, "the other study")
    assert driver.study.study.patient != first.patient
    assert [one.patient for one in driver.workspace.contents.studies] == [driver.study.study.patient]
    again = browse(driver)
    again.wait()
    row = next(row for row in again.table if row["ID"] == first.patient.patient_id)
    assert row["Status"].endswith("kept here")


def test_cancel_while_it_opens(at: Browse) -> None:
    before = at.driver.workspace.study
    at.open(7)
    assert at.window.cancel.text() == "Cancel"
    QTest.mouseClick(at.window.cancel, LEFT)
    settle()
    assert at.window.cancel.text() == "Close"
    at.wait()
    assert at.driver.workspace.study is before
    assert at.window.isVisible()


def test_without_the_server_what_is_kept_is_offered(start: Start, tmp_path: Path) -> None:
    folder = tmp_path / "pacs"
    folder.mkdir()
    server = start_orthanc(folder)
    try:
        upload_studies(server, range(3))
        driver = start()
        know(driver, server_of(server), server.password)
        at = browse(driver)
        at.wait()
        at.open(1)
        driver.wait_until(lambda: not at.window.isVisible(), "the study")
        driver.wait_for_image()
        driver.wait_for_rest()
        opened = driver.study.study.info.accession_number
    finally:
        server.stop()
    at = browse(driver)
    at.wait()
    assert at.column("Accession") == [opened]
    assert at.column("Status")[0].endswith("kept here")
    assert "kept on this computer" in at.window.said.words
    assert "not answer" in at.window.said.words
    at.type(at.window.fields.name, "nobody")
    assert at.table == []
    at.type(at.window.fields.name, "person")
    before = driver.study
    at.open()
    driver.wait_until(lambda: not at.window.isVisible() and driver.workspace.study is not before, "the kept study")
    assert driver.study.study.info.accession_number == opened


def test_what_is_kept_here_without_asking(at: Browse) -> None:
    at.choose(at.window.scope, "Kept on this computer")
    kept = at.column("Accession")
    assert all(status.endswith("kept here") for status in at.column("Status"))
    at.choose(at.window.scope, "On the server")
    assert len(at.table) == listed_at_first(at)
    at.wheel_down()
    at.wait()
    assert set(kept) < set(at.column("Accession"))


def test_nobody_there_and_nothing_kept(start: Start) -> None:
    driver = start()
    know(driver, Server(f"http://127.0.0.1:{free_port()}", "me", name="Nobody"), "secret")
    at = browse(driver)
    at.wait()
    assert at.table == []
    assert "does not answer" in at.window.said.words
    assert "secret" not in " ".join(visible_texts())


def test_a_wrong_password_is_asked_for_once(start: Start) -> None:
    refused: list[str] = []

    class Refusing(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            refused.append(self.path)
            self.send_response(401)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None: ...

    with ThreadingHTTPServer(("127.0.0.1", 0), Refusing) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        driver = start()
        know(driver, Server(f"http://127.0.0.1:{server.server_port}", "me", name="Strict"), "wrong")
        at = browse(driver)
        driver.wait_until(lambda: at.window.findChild(PasswordDialog) is not None, "the question")
        question = at.window.findChild(PasswordDialog)
        assert isinstance(question, PasswordDialog)
        assert refused == ["/system"]
        QTest.mouseClick(question.cancel, LEFT)
        at.wait()
        assert "refuses this user and password" in at.window.said.words
        assert refused == ["/system"]
        server.shutdown()


def test_without_any_server_one_can_be_added(start: Start) -> None:
    driver = start()
    at = browse(driver)
    assert "No server is known" in at.window.said.words
    (button,) = [
        one for one in at.window.findChildren(QPushButton) if one.isVisible() and one.text() == "Add a server …"
    ]
    QTest.mouseClick(button, LEFT)
    driver.wait_until(lambda: at.window.findChild(ServersDialog) is not None, "the list of servers")
    dialog = at.window.findChild(ServersDialog)
    assert isinstance(dialog, ServersDialog)
    dialog.reject()
    settle()
    assert QApplication.activeModalWidget() is None
