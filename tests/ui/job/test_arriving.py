"""While a study from a real server is open: images arrive, go and change there, and the server dies and comes back."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest
from pydicom import Dataset
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QToolButton

from tests.orthanc_server import RunningOrthanc, start_orthanc
from tests.session.test_resuming import started_again
from tests.sources.series import STUDY_UID, ct_slice
from tests.ui.job.conftest import Start
from tests.ui.job.driver import CONTROL, LEFT, Driver, settle
from tests.ui.job.gate import Gate
from tests.ui.job.places import address
from viewer_app.sources import open_source
from viewer_app.sources.base import Source
from viewer_app.sources.orthanc.cache import Cache

pytestmark = pytest.mark.orthanc
SENT_FIRST = 4


@pytest.fixture(autouse=True)
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Looks follow each other quickly."""
    for name in ("HURRIED_MS", "CALM_MS"):
        monkeypatch.setattr(f"viewer_app.session.arriving.{name}", 100)


@pytest.fixture
def server(orthanc: RunningOrthanc) -> RunningOrthanc:
    """A server with the first slices of a series."""
    send(orthanc, *map(ct_slice, range(1, SENT_FIRST + 1)))
    return orthanc


def send(server: RunningOrthanc, *images: Dataset) -> None:
    """As a modality does."""
    with server.client() as client:
        for image in images:
            stream = BytesIO()
            image.save_as(stream, enforce_file_format=True)
            client.post("/instances", content=stream.getvalue()).raise_for_status()


def instance_of(server: RunningOrthanc, image: Dataset) -> str:
    """What the server calls it."""
    with server.client() as client:
        return str(client.post("/tools/lookup", content=image.SOPInstanceUID).json()[0]["ID"])


def source_of(server: RunningOrthanc, cache: Path) -> Source:
    """The study, with a cache of its own."""
    return open_source(address(server, STUDY_UID), password=lambda *_: server.password, cache=Cache(cache))


@pytest.fixture
def driver(start: Start, server: RunningOrthanc, tmp_path: Path) -> Driver:
    """Caliper with the study as it was sent so far, a mark drawn on its first image."""
    found = start()
    found.open(source_of(server, tmp_path / "cache"))
    found.wait_until(lambda: found.study.volume is not None and found.study.volume.is_complete, "all images")
    found.key(Qt.Key.Key_Home)
    found.key(Qt.Key.Key_E)
    found.drag(found.part(0.4, 0.4), found.part(0.6, 0.5))
    found.wait_saved()
    return found


def told(driver: Driver, words: str) -> None:
    """Wait until the window says it."""
    driver.wait_until(lambda: words in driver.message, words)


def test_new_images_join_the_open_study(driver: Driver, server: RunningOrthanc) -> None:
    told(driver, "Still arriving: 4 images so far.")
    (mark,), shown = driver.records, driver.sop_instance_uid
    pixels = [driver.study.volume.stored_values[0].copy()] if driver.study.volume else []
    driver.wheel(1)
    driver.key(Qt.Key.Key_Home)
    send(server, ct_slice(6), ct_slice(5), ct_slice(0))
    told(driver, "7 images so far, 3 of them not loaded yet")
    before = driver.study
    assert driver.study.volume is not None and len(driver.study.volume.stack.images) == SENT_FIRST
    driver.push("Load new images")
    driver.wait_until(lambda: driver.workspace.study not in (None, before), "the study with more images")
    driver.wait_until(lambda: driver.study.volume is not None and driver.study.volume.is_complete, "all images")
    volume = driver.study.volume
    assert volume is not None and len(volume.stack.images) == 7
    assert driver.sop_instance_uid == shown and driver.view.index == 2  # the image is the same, its place is not
    assert (volume.stored_values[2] == pixels[0]).all()
    assert driver.records == (mark,)
    assert driver.window.manner.selected == {mark.measurement.uid}
    driver.key(Qt.Key.Key_Z, CONTROL)
    assert not driver.records
    driver.key(Qt.Key.Key_Y, CONTROL)
    assert driver.records == (mark,)
    driver.wait_saved()


def test_the_sentence_goes_once_nothing_arrives_any_more(driver: Driver) -> None:
    told(driver, "Still arriving")
    driver.wait_until(lambda: not driver.message, "silence")


def test_closed_it_stays_closed(driver: Driver, server: RunningOrthanc) -> None:
    told(driver, "Still arriving: 4 images so far.")
    (cross,) = driver.window.message.findChildren(QToolButton)
    QTest.mouseClick(cross, LEFT)
    settle()
    driver.wait_until(lambda: not driver.window.arriving.now.is_arriving, "the end of it")
    assert not driver.message
    send(server, ct_slice(5))
    told(driver, "1 of them not loaded yet")


def test_removed_and_exchanged_images_are_told_and_numbers_flagged(driver: Driver, server: RunningOrthanc) -> None:
    driver.wait_until(lambda: not driver.window.arriving.now.is_arriving, "a calm server")
    other = ct_slice(SENT_FIRST)
    other.PixelData = bytes(len(other.PixelData))
    with server.client() as client:
        for image in (ct_slice(SENT_FIRST), ct_slice(2)):
            client.delete(f"/instances/{instance_of(server, image)}").raise_for_status()
    send(server, other)
    told(driver, "1 image was removed on the server")
    told(driver, "1 image was exchanged on the server")
    before, (mark,) = driver.study, driver.records
    driver.push("Load again")
    driver.wait_until(lambda: driver.workspace.study not in (None, before), "the study as it is")
    driver.wait_until(lambda: driver.study.volume is not None and driver.study.volume.is_complete, "all images")
    volume = driver.study.volume
    assert volume is not None and len(volume.stack.images) == SENT_FIRST - 1
    assert not volume.stored_values[0].any()
    assert not volume.stack.report.is_volume  # a gap is where the slice was
    assert "not there any more" in " ".join(problem.why for problem in driver.workspace.contents.problems)
    (again,) = driver.records
    assert again == mark  # what was measured stays as it was, and is flagged
    driver.wait_until(lambda: driver.study.measurements.differs(again.measurement.uid), "the flag")


def test_a_study_that_is_removed_is_told(driver: Driver, server: RunningOrthanc) -> None:
    driver.wait_until(lambda: driver.app.tasks.busy is False, "rest")
    server.empty()
    told(driver, "The study was removed on the server")
    assert driver.study.volume is not None and driver.study.volume.is_complete
    assert len(driver.records) == 1


@pytest.fixture
def mortal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[RunningOrthanc]:
    """A server of its own, to be killed."""
    monkeypatch.setattr("viewer_app.session.waiting.PAUSES_S", (30.0,))
    monkeypatch.setattr("viewer_app.sources.orthanc.reach._PAUSE_S", 0.1)
    (tmp_path / "server").mkdir()
    found = start_orthanc(tmp_path / "server")
    send(found, *map(ct_slice, range(SENT_FIRST * 2)))
    yield found
    found.stop()


def test_killed_in_mid_series_the_rest_comes_by_try_now(start: Start, mortal: RunningOrthanc, tmp_path: Path) -> None:
    driver = start()
    gate = Gate(source_of(mortal, tmp_path / "cache"), passing=SENT_FIRST)
    driver.open(gate)
    volume = driver.study.volume
    assert volume is not None
    driver.wait_until(lambda: volume.present == SENT_FIRST, "half of it")
    mortal.stop()
    gate.let_all_pass()
    line = driver.window.status.loading
    driver.wait_until(lambda: "trying again in" in line.full_text, "that it is waited for")
    assert f"{SENT_FIRST} of {2 * SENT_FIRST} images loaded" in line.full_text
    driver.key(Qt.Key.Key_D)
    driver.drag(driver.part(0.4, 0.4), driver.part(0.6, 0.5))
    assert len(driver.records) == 1
    again = started_again(mortal)
    try:
        driver.wait_until(lambda: not driver.app.tasks.busy, "rest")
        driver.push("Try now")
        driver.wait_until(lambda: volume.is_complete and not driver.study.loads.waiting, "the rest")
        assert line.full_text == ""
        driver.wait_saved()
    finally:
        again.stop()


def test_offline_is_said_until_the_server_answers(start: Start, mortal: RunningOrthanc, tmp_path: Path) -> None:
    driver = start()
    driver.open(source_of(mortal, tmp_path / "cache"))
    driver.wait_until(lambda: driver.study.volume is not None and driver.study.volume.is_complete, "all images")
    mortal.stop()
    driver.open(source_of(mortal, tmp_path / "cache"))
    driver.wait_until(lambda: driver.study.volume is not None and driver.study.volume.is_complete, "all images")
    assert "offline, kept from 20" in driver.window.status.source.text()
    told(driver, "The server does not answer; this is what was loaded on")
    again = started_again(mortal)
    try:
        driver.wait_until(lambda: not driver.app.tasks.busy or driver.message, "rest")
        driver.wait_until(lambda: "offline" not in driver.window.status.source.text(), "being online")
        driver.wait_until(lambda: "does not answer" not in driver.message, "silence")
    finally:
        again.stop()
