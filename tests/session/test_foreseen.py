"""A study of a real server is listed before it is opened: once, for nobody else, and for no longer than a moment."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import shiboken6

from tests.orthanc_server import RunningOrthanc
from tests.session.expected import MISSING, REFUSED, SLICES, Expected, kinds, watch_sources
from tests.session.sitting import Sitting
from tests.sources.relay import relayed
from tests.sources.series import STUDY_UID, ct_slice, file_of
from tests.studies import upload_files
from viewer_app.session import arriving, foreseen
from viewer_app.session.arriving import Arriving
from viewer_app.sources.base import NoticeKind
from viewer_app.sources.orthanc import Server
from viewer_app.sources.orthanc.cache import Cache
from viewer_app.sources.orthanc.errors import AuthFailed, OrthancNotFound
from viewer_app.tasks import Lane

pytestmark = pytest.mark.orthanc


@pytest.fixture
def at(
    sitting: Sitting, orthanc: RunningOrthanc, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Expected]:
    """A study of four slices, nothing of it kept."""
    upload_files(orthanc, [file_of(ct_slice(index)) for index in range(SLICES)])
    cache = Cache(tmp_path / "cache")
    monkeypatch.setattr(foreseen, "user_cache", lambda: cache)
    holder: list[Expected] = []

    def spoil(number: int, line: str, body: bytes) -> bytes | None:
        if "/instances-tags" in line:
            assert holder[0].gate.wait(10)
        return body

    def instead(number: int, line: str) -> bytes | None:
        return REFUSED if holder and holder[0].refuses.is_set() else None

    with relayed(orthanc.url, spoil=spoil, instead=instead) as relay:
        made = Expected(sitting, orthanc, relay, cache)
        holder.append(made)
        watch_sources(made, monkeypatch)
        yield made
        made.gate.set()
        made.foreseen.forget()
        sitting.workspace.close()
        sitting.settle()
        cache.settle()
        assert made.open_sources == 0
        shiboken6.delete(made.foreseen)


def test_what_was_listed_is_opened_and_not_listed_again(at: Expected) -> None:
    at.expect()
    assert (at.listings, at.open_sources) == (1, 1)
    asked = len(at.relay.lines)
    steps: list[object] = []
    at.sitting.workspace.busy.connect(steps.append)
    at.opened()
    assert (at.listings, len(at.made), at.open_sources) == (1, 1, 1)
    assert not [line for line in at.relay.lines[asked:] if "/attachments/dicom/data" not in line]
    assert at.sitting.workspace.contents.is_ahead
    assert steps[0] is not None and steps[-1] is None
    at.foreseen.forget()  # of what is open now, nothing
    assert at.open_sources == 1


def test_what_is_under_way_is_waited_for(at: Expected) -> None:
    at.gate.clear()
    at.foreseen.expect(at.server, at.study_id, SLICES)
    at.sitting.qtbot.waitUntil(lambda: at.listings == 1, timeout=5000)
    at.open()
    at.sitting.qtbot.wait(50)
    assert at.sitting.workspace.study is None
    at.gate.set()
    at.sitting.settle()
    assert at.sitting.study.is_shown
    assert (at.listings, len(at.made)) == (1, 1)


@pytest.mark.parametrize("other", ["url", "user", "password", "pin", "study"])
def test_it_is_used_for_no_other_server_user_or_study(at: Expected, other: str) -> None:
    """Nor is it held any longer."""
    at.expect()
    servers = {
        "url": replace(at.server, url=at.running.url),
        "user": replace(at.server, user="somebody"),
        "password": replace(at.server, password="another"),
        "pin": replace(at.server, pin="0" * 64),
    }
    study = MISSING if other == "study" else at.study_id
    assert at.foreseen.taken(servers.get(other, at.server), study) is None
    assert at.open_sources == 0
    assert at.foreseen.taken(at.server, at.study_id) is None


def test_a_password_that_is_refused_is_refused_once(at: Expected) -> None:
    """Accounts get locked: opening tells what was met, and asks the server with the next password only."""
    wrong = replace(at.server, password="wrong")
    at.refuses.set()
    at.foreseen.expect(wrong, at.study_id, SLICES)
    at.sitting.settle()
    assert len(at.relay.lines) == 1
    at.open(wrong)
    at.sitting.settle()
    assert [type(error) for error in at.sitting.errors] == [AuthFailed]
    assert (len(at.relay.lines), at.open_sources) == (1, 0)
    at.open(wrong)  # it may have been set right on the server
    at.sitting.settle()
    assert len(at.relay.lines) == 2
    at.refuses.clear()
    at.sitting.errors.clear()
    at.opened()


def test_after_a_failure_all_is_asked_anew(at: Expected) -> None:
    at.foreseen.expect(at.server, MISSING, SLICES)
    at.sitting.settle()
    assert at.sitting.errors == [] and at.open_sources == 0
    asked = len(at.relay.lines)
    at.open(study_id=MISSING)
    at.sitting.settle()
    assert [type(error) for error in at.sitting.errors] == [OrthancNotFound]
    assert len(at.relay.lines) > asked


def test_a_failure_that_is_waited_for_is_that_of_the_opening(at: Expected) -> None:
    at.foreseen.expect(at.server, MISSING, SLICES)
    at.open(study_id=MISSING)
    at.sitting.settle()
    assert [type(error) for error in at.sitting.errors] == [OrthancNotFound]
    assert (len(at.made), at.open_sources) == (1, 0)


def test_what_a_silent_server_has_kept_is_not_handed_on(at: Expected) -> None:
    """It may answer when the study is opened."""
    at.opened()
    at.cache.settle()
    silent = threading.Event()
    silent.set()
    at.relay.spoil = lambda number, line, body: None if silent.is_set() else body
    at.expect()
    assert at.open_sources == 1  # that of the study which is open
    silent.clear()
    at.opened()
    assert NoticeKind.SERVER_DOWN not in kinds(at)
    silent.set()
    at.open()
    at.sitting.settle()
    assert kinds(at) == [NoticeKind.SERVER_DOWN]


@pytest.mark.parametrize("is_listed", [False, True])
def test_what_nobody_wants_is_let_go(at: Expected, is_listed: bool) -> None:
    if not is_listed:
        at.gate.clear()
    at.foreseen.expect(at.server, at.study_id, SLICES)
    at.sitting.qtbot.waitUntil(lambda: at.listings == 1, timeout=5000)
    if is_listed:
        at.sitting.settle()
    at.foreseen.forget()
    at.gate.set()
    at.sitting.settle()
    assert (len(at.made), at.open_sources) == (1, 0)
    assert at.foreseen.taken(at.server, at.study_id) is None


def test_another_study_takes_the_place_of_the_one_before(at: Expected) -> None:
    upload_files(at.running, [file_of(ct_slice(0, "P-2", f"{STUDY_UID}.2"))])
    with at.running.client() as client:
        (other,) = set(client.get("/studies").json()) - {at.study_id}
    at.expect()
    at.foreseen.expect(at.server, other, 1)
    assert len(at.closed) == 1
    at.sitting.settle()
    assert (at.listings, at.open_sources) == (2, 1)
    at.foreseen.expect(at.server, other, 1)
    at.sitting.settle()
    assert at.listings == 2
    at.opened()
    assert at.sitting.study.study.patient.patient_id == "P-1"
    assert at.listings == 3


def test_it_is_held_for_a_moment_only(at: Expected, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(foreseen, "HELD_MS", 150)
    at.expect()
    assert at.open_sources == 1
    at.sitting.qtbot.waitUntil(lambda: at.open_sources == 0, timeout=5000)
    monkeypatch.setattr(foreseen, "HELD_MS", 30_000)
    for away_s in (31, -5):  # the computer slept, or its clock was set
        at.expect()
        then = time.time() + away_s
        with monkeypatch.context() as later:
            later.setattr(time, "time", lambda then=then: then)
            assert at.foreseen.taken(at.server, at.study_id) is None
        assert at.open_sources == 0


def test_a_study_of_too_many_images_is_not_asked_for(at: Expected) -> None:
    at.foreseen.expect(at.server, at.study_id, foreseen.MOST_IMAGES + 1)
    at.sitting.settle()
    assert (at.relay.lines, at.made) == ([], [])
    at.opened()


def test_servers_that_are_changed_are_forgotten(at: Expected) -> None:
    at.expect()
    listed = replace(at.server, password="")
    at.foreseen.keep_to((Server("http://127.0.0.1:9"), listed))
    assert at.open_sources == 1
    at.foreseen.keep_to((replace(listed, use_proxy=True),))
    assert at.open_sources == 0


def test_nothing_is_kept_before_it_is_opened(at: Expected) -> None:
    at.expect()
    at.cache.settle()
    assert at.cache.kept(at.server, at.study_id) == ()
    at.opened()
    (shelf,) = at.cache.kept(at.server, at.study_id)
    listing = shelf.listing()
    assert listing is not None and sum(map(len, listing.files.values())) == SLICES
    assert shelf.headers(listing.series[0].id)


def test_what_is_gone_since_is_told_by_the_opening_whoever_saw_it_first(at: Expected) -> None:
    at.opened()
    with at.running.client() as client:
        client.delete(f"/instances/{client.get('/instances').json()[0]}").raise_for_status()
    at.expect()
    at.foreseen.forget()
    for is_told in (True, False):
        at.open()
        at.sitting.settle()
        told = [one.why for one in at.sitting.workspace.contents.problems]
        assert any("not there any more" in why for why in told) == is_told
    assert len(at.sitting.study.study.instances) == SLICES - 1


def test_an_opening_that_is_given_up_closes_it_once(at: Expected) -> None:
    at.expect()
    at.open()
    at.sitting.workspace.cancel_open()
    at.sitting.settle()
    assert (at.sitting.workspace.study, at.open_sources, at.listings) == (None, 0, 1)
    at.gate.clear()
    at.foreseen.expect(at.server, at.study_id, SLICES)
    at.sitting.qtbot.waitUntil(lambda: at.listings == 2, timeout=5000)
    at.open()
    at.sitting.workspace.cancel_open()
    at.gate.set()
    at.sitting.settle()
    assert (at.sitting.workspace.study, at.open_sources) == (None, 0)


def test_what_came_since_it_was_listed_is_told_soon(at: Expected, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(arriving, "SOON_MS", 20)
    looked = Arriving(at.sitting.workspace)
    at.expect()
    upload_files(at.running, [file_of(ct_slice(SLICES))])
    at.opened()
    assert len(at.sitting.study.study.instances) == SLICES
    at.sitting.qtbot.waitUntil(lambda: len(looked.now.new) == 1, timeout=5000)
    assert "1 image more on the server" in looked.now.text or looked.now.is_arriving
    assert looked._timer.interval() in (arriving.HURRIED_MS, arriving.CALM_MS)
    looked.load()
    at.sitting.qtbot.waitUntil(lambda: len(at.sitting.workspace.contents.studies[0].instances) == 5, timeout=5000)
    at.sitting.settle()
    assert not at.sitting.workspace.contents.is_ahead
    shiboken6.delete(looked)


def test_it_waits_for_its_turn_in_the_lane_of_the_lists(at: Expected) -> None:
    """Two who are asked before it are served before it."""
    gate = threading.Event()
    for _ in range(Lane.BROWSE.threads):
        at.sitting.tasks.run(Lane.BROWSE, lambda watch: gate.wait(10))
    at.foreseen.expect(at.server, at.study_id, SLICES)
    at.sitting.qtbot.wait(50)
    assert at.relay.lines == []
    at.open()
    gate.set()
    at.sitting.settle()
    assert at.listings == 1 and at.sitting.study.is_shown
