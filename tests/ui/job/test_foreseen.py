"""By mouse and keys: the study at which somebody stops in the list is listed before it is opened."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from tests.orthanc_server import RunningOrthanc, start_orthanc
from tests.sources.relay import relayed
from tests.studies import study, upload_files, upload_studies
from tests.ui.job.browsed import Browse, browse, know, server_of
from tests.ui.job.conftest import Start
from tests.ui.job.driver import CONTROL, LEFT, Driver, settle
from tests.ui.job.held_link import Link
from tests.ui.job.invariant import assert_one_patient
from viewer_app.session.foreseen import Foreseen
from viewer_app.sources.orthanc import OrthancSource, transport
from viewer_app.sources.orthanc.cache import user_cache
from viewer_app.sources.orthanc.transport import Patience
from viewer_app.ui.panels.password_dialog import PasswordDialog

pytestmark = pytest.mark.orthanc
Key = Qt.Key
STUDIES = 8


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningOrthanc]:
    """A server with eight studies of one image."""
    server = start_orthanc(tmp_path_factory.mktemp("server"))
    upload_studies(server, range(STUDIES))
    yield server
    server.stop()


@pytest.fixture
def link(running: RunningOrthanc, monkeypatch: pytest.MonkeyPatch) -> Iterator[Link]:
    """A way to the server; nothing is kept of it."""
    user_cache().clear()
    made, close = Link(running), OrthancSource.close

    def closed(source: OrthancSource) -> None:
        made.closed.append(source)
        close(source)

    monkeypatch.setattr(OrthancSource, "close", closed)
    with relayed(running.url, spoil=made.spoil, instead=made.instead) as made.relay:
        yield made
        made.gate.set()


@pytest.fixture
def at(start: Start, link: Link) -> Iterator[Browse]:
    """The browser, its first list there."""
    driver = start()
    know(driver, server_of(replace(link.running, url=link.relay.url)), link.running.password)
    found = browse(driver)
    found.wait()
    yield found
    link.gate.set()
    driver.close()


def held(driver: Driver) -> bool:
    """Something is held."""
    found = driver.window.findChild(Foreseen)
    assert found is not None
    return found._held is not None


def shown(driver: Driver, name: str) -> None:
    """Wait until the study of that patient is on the screen."""
    driver.wait_until(
        lambda: (opened := driver.workspace.study) is not None and opened.study.patient.name == name, name
    )
    driver.activate()
    driver.wait_for_image()
    assert_one_patient(driver)


def test_the_first_of_the_list_is_nobodys_choice_yet(at: Browse, link: Link) -> None:
    """Typing lists others again and again."""
    assert at.window.table.current is not None and at.window._browsed.is_known
    at.type(at.window.fields.name, "person00")
    assert (link.listings, held(at.driver)) == (0, False)
    QTest.keyClick(at.window.fields.name, Key.Key_Return)
    at.driver.wait_until(lambda: held(at.driver), "the listing")
    at.wait()
    assert (link.listings, held(at.driver)) == (1, True)
    QTest.keyClick(at.window.table, Key.Key_Return)
    shown(at.driver, "Person007^Test")
    assert link.listings == 1


def test_a_chosen_study_is_listed_once_and_opened_from_that(at: Browse, link: Link) -> None:
    at.click(2)
    at.wait()
    assert (link.listings, held(at.driver)) == (1, True)
    QTest.mouseClick(at.window.open_button, LEFT)
    shown(at.driver, "Person005^Test")
    at.driver.wait_for_rest()
    assert (link.listings, link.closed, held(at.driver)) == (1, [], False)
    assert not at.window.isVisible()
    again = browse(at.driver)
    again.wait()
    assert again.column("Status")[2].endswith("kept here")


def test_a_password_that_became_wrong_is_sent_once(at: Browse, link: Link) -> None:
    """Opening asks for another one, and the server with that only."""
    link.refused = []
    at.click(2)
    at.driver.wait_until(lambda: link.refused, "the refusal")
    at.wait()
    QTest.mouseClick(at.window.open_button, LEFT)
    at.driver.wait_until(lambda: at.window.findChild(PasswordDialog) is not None, "the question")
    assert len(link.refused) == 1
    question = at.window.findChild(PasswordDialog)
    assert isinstance(question, PasswordDialog)
    link.refused = None
    at.driver.write(link.running.password)
    shown(at.driver, "Person005^Test")


def test_a_double_click_lists_it_once_too(at: Browse, link: Link) -> None:
    table = at.window.table
    place = table.visualRect(table.studies.index(3, 0)).center()
    QTest.mouseClick(table.viewport(), LEFT, pos=place)
    QTest.mouseDClick(table.viewport(), LEFT, pos=place)
    shown(at.driver, "Person004^Test")
    at.driver.wait_for_rest()
    assert link.listings == 1


def test_opened_while_it_is_being_listed(at: Browse, link: Link) -> None:
    link.gate.clear()
    at.click(1)
    at.driver.wait_until(lambda: link.listings == 1, "the listing")
    QTest.mouseClick(at.window.open_button, LEFT)
    settle()
    assert at.window.cancel.text() == "Cancel" and "Opening the study" in at.window.told.full_text
    QTest.mouseClick(at.window.cancel, LEFT)
    link.gate.set()
    at.driver.wait_for_rest()
    assert (at.window.isVisible(), at.driver.workspace.study, len(link.closed)) == (True, None, 1)
    link.gate.clear()
    at.click(0)
    at.driver.wait_until(lambda: link.listings == 2, "the listing")
    QTest.keyClick(at.window.table, Key.Key_Return)
    link.gate.set()
    shown(at.driver, "Person007^Test")
    assert link.listings == 2


def test_passing_by_asks_nothing(at: Browse, link: Link) -> None:
    at.click(0)
    for _ in range(STUDIES - 1):
        QTest.keyClick(at.window.table, Key.Key_Down)
        settle()
    assert link.listings == 0
    at.wait()
    assert (link.listings, held(at.driver)) == (1, True)
    QTest.keyClick(at.window.table, Key.Key_Up)
    assert (len(link.closed), held(at.driver)) == (1, False)


@pytest.mark.parametrize("is_listed", [False, True])
def test_closing_the_browser_lets_it_go(at: Browse, link: Link, is_listed: bool) -> None:
    if not is_listed:
        link.gate.clear()
    at.click(1)
    at.driver.wait_until(lambda: link.listings == 1, "the listing")
    if is_listed:
        at.wait()
    QTest.keyClick(at.window, Key.Key_Escape)
    assert not at.window.isVisible() and not held(at.driver)
    at.driver.wait_until(lambda: not at.driver.app.tasks.busy, "the end", seconds=2)
    assert len(link.closed) == 1


def test_closing_the_program_lets_it_go(at: Browse, link: Link) -> None:
    at.click(1)
    at.wait()
    assert held(at.driver)
    at.driver.close()
    assert len(link.closed) == 1


def test_the_same_study_of_another_server_is_asked_for_there(at: Browse, link: Link, tmp_path: Path) -> None:
    """Of the same user, under the same IDs, of another name."""
    (tmp_path / "other").mkdir()
    other = start_orthanc(tmp_path / "other")
    try:
        upload_files(other, study(6, PatientName="Another^Name"))
        at.click(1)
        at.wait()
        chosen = at.window.table.current
        assert held(at.driver) and chosen is not None
        know(at.driver, server_of(other, "Other"), other.password)
        settle()
        at.choose(at.window.server, "Other")
        assert not held(at.driver)
        again = at.window.table.current
        assert again is not None and again.study.id == chosen.study.id
        at.open(0)
        shown(at.driver, "Another^Name")
        assert link.listings == 1
    finally:
        other.stop()


def test_a_server_that_is_changed_is_not_asked_with_what_was(at: Browse, link: Link) -> None:
    at.click(1)
    at.wait()
    assert held(at.driver)
    servers = at.driver.app.serving.servers
    servers.edit(servers.rows[0], replace(servers.rows[0], use_proxy=True))
    assert not held(at.driver) and len(link.closed) == 1
    at.wait()


def test_beside_the_open_study_it_is_listed_anew(at: Browse, link: Link) -> None:
    """Nobody looks for news of a prior."""
    uids = {"StudyInstanceUID": "2.25.8", "SeriesInstanceUID": "2.25.8.1", "SOPInstanceUID": "2.25.8.2"}
    upload_files(link.running, study(5, StudyDate="20180101", **uids))
    at.window.fields.search_now()
    at.wait()
    first, second = (place for place, row in enumerate(at.table) if row["ID"] == "P005")
    at.open(first)
    shown(at.driver, "Person005^Test")
    at.driver.wait_for_rest()
    again = browse(at.driver)
    again.wait()
    again.click(second)
    again.wait()
    asked = link.listings
    QTest.keyClick(again.window.table, Key.Key_Return, CONTROL)
    at.driver.wait_until(lambda: len(at.driver.workspace.contents.studies) == 2, "both")
    at.driver.wait_until(lambda: not again.window.isVisible(), "the end of the browser")
    assert link.listings == asked + 1 and not held(at.driver)
    at.driver.activate()
    at.driver.wait_for_rest()
    assert_one_patient(at.driver)


def test_a_server_that_dies_meanwhile(start: Start, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It opens as if it had died a moment after: laid out, and waited for."""
    monkeypatch.setattr(transport, "Patience", lambda: Patience(pauses_s=(0.01, 0.02, 0.03)))
    mortal = start_orthanc(tmp_path)
    try:
        upload_studies(mortal, range(2))
        driver = start()
        know(driver, server_of(mortal), mortal.password)
        at = browse(driver)
        at.wait()
        at.click(1)
        at.wait()
        assert held(driver)
    finally:
        mortal.stop()
    QTest.mouseClick(at.window.open_button, LEFT)
    driver.wait_until(lambda: driver.workspace.study is not None and driver.study.is_shown, "the study")
    assert driver.study.study.patient.name == "Person000^Test"
    driver.wait_until(lambda: "trying again in" in driver.window.status.loading.full_text, "that it is waited for")
    assert_one_patient(driver)
