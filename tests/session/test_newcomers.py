"""Studies that come to a real server while its list is shown."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import shiboken6
from pytestqt.qtbot import QtBot

from tests.orthanc_server import RunningOrthanc
from tests.sources.relay import Relay, relayed
from tests.studies import study, upload_files, upload_studies
from viewer_app.session import newcomers
from viewer_app.session.browsing import Browser
from viewer_app.session.newcomers import Newcomers
from viewer_app.sources.orthanc import Server, transport
from viewer_app.sources.orthanc.cache import Cache
from viewer_app.sources.orthanc.model import StudyQuery
from viewer_app.sources.orthanc.transport import Patience
from viewer_app.sources.orthanc.watching import _FAR
from viewer_app.tasks import Tasks

pytestmark = pytest.mark.orthanc


class Listed:
    """A list of the studies of a server, and who comes to it."""

    def __init__(self, qtbot: QtBot, tasks: Tasks, server: RunningOrthanc, relay: Relay, cache: Cache) -> None:
        self.qtbot, self.tasks, self.relay, self.running = qtbot, tasks, relay, server
        self.server = Server(relay.url, server.user, server.password)
        self.browser = Browser(tasks, cache)
        self.newcomers = Newcomers(tasks, self.browser)
        self.broken = threading.Event()

    def search(self, query: StudyQuery | None = None) -> None:
        """Wait for the list, and for the look after it."""
        self.browser.search(self.server, query or StudyQuery())
        self.qtbot.waitUntil(lambda: not self.browser.busy, timeout=5000)
        if self.newcomers._is_shown:
            self.look()

    def look(self) -> None:
        """Wait until the server has been looked at twice more: one look may be under way."""
        before = self.looks
        self.qtbot.waitUntil(lambda: self.looks > before + 1 and self.newcomers._task is None, timeout=5000)

    @property
    def looks(self) -> int:
        """How often the server was asked what came."""
        return sum(f"since={_FAR}" in line for line in self.relay.lines)


@pytest.fixture
def at(
    qtbot: QtBot, tasks: Tasks, orthanc: RunningOrthanc, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Listed]:
    """Three studies are listed; the server is looked at ten times a second."""
    monkeypatch.setattr(newcomers, "FOCUSED_MS", 100)
    monkeypatch.setattr(transport, "Patience", lambda: Patience(pauses_s=(0.01, 0.02, 0.03)))
    upload_studies(orthanc, range(3))
    broken = threading.Event()
    with relayed(orthanc.url, spoil=lambda number, line, body: None if broken.is_set() else body) as relay:
        made = Listed(qtbot, tasks, orthanc, relay, Cache(tmp_path / "cache"))
        made.broken = broken
        made.newcomers.begin()
        made.newcomers.focused(True)
        made.search()
        yield made
        made.newcomers.end()
        made.browser.close()
        qtbot.waitUntil(lambda: not tasks.busy, timeout=5000)
        shiboken6.delete(made.newcomers)
        shiboken6.delete(made.browser)


def test_new_studies_are_counted_until_the_next_search(at: Listed) -> None:
    told: list[int] = []
    at.newcomers.changed.connect(told.append)
    at.look()
    assert (at.newcomers.count, len(at.browser.rows)) == (0, 3)
    upload_studies(at.running, range(10, 12))
    at.qtbot.waitUntil(lambda: at.newcomers.count == 2, timeout=5000)
    assert len(at.browser.rows) == 3
    at.search()
    assert (at.newcomers.count, len(at.browser.rows)) == (0, 5)
    assert (told[-2:], max(told)) == ([2, 0], 2)


def test_what_is_listed_is_not_new_whatever_comes_to_it(at: Listed) -> None:
    upload_files(at.running, study(1, SOPInstanceUID="2.25.7.1.1.2"))
    at.look()
    assert at.newcomers.count == 0
    at.search(StudyQuery(patient_name="Person002"))
    upload_files(at.running, study(2, SOPInstanceUID="2.25.7.2.1.2"))
    upload_files(at.running, study(0, SOPInstanceUID="2.25.7.0.1.2"))
    at.look()
    assert at.newcomers.count == 0


def test_looking_goes_on_over_a_silence_and_ends_with_the_list(at: Listed) -> None:
    at.broken.set()
    at.look()
    upload_studies(at.running, range(20, 21))
    at.broken.clear()
    at.qtbot.waitUntil(lambda: at.newcomers.count == 1, timeout=5000)
    at.newcomers.end()
    at.qtbot.waitUntil(lambda: not at.tasks.busy, timeout=5000)
    asked = len(at.relay.lines)
    at.qtbot.wait(400)
    assert len(at.relay.lines) == asked
    at.newcomers.begin()
    at.look()


def test_nobody_at_the_list_is_asked_for_less_often(at: Listed) -> None:
    at.newcomers.focused(False)
    asked = at.looks
    at.qtbot.wait(500)
    assert at.looks <= asked + 1  # the one that was waited for
    assert at.newcomers._timer.interval() == newcomers.IDLE_MS
    at.newcomers.focused(True)
    at.look()


def test_without_the_list_nothing_is_asked(at: Listed) -> None:
    at.browser.search(at.server, StudyQuery(), here=True)
    at.qtbot.waitUntil(lambda: not at.tasks.busy, timeout=5000)
    asked = len(at.relay.lines)
    at.qtbot.wait(300)
    assert len(at.relay.lines) == asked
    at.search()
    assert len(at.browser.rows) == 3
