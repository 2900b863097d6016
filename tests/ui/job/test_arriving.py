"""While a study from a real server is open: images arrive, go and change there, and the server dies and comes back."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest
from pydicom import Dataset
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton, QToolButton

from tests.orthanc_server import RunningOrthanc, start_orthanc
from tests.session.test_resuming import started_again
from tests.sources.series import STUDY_UID, ct_slice
from tests.ui.job.conftest import Start
from tests.ui.job.driver import ALT, CONTROL, LEFT, Driver, same
from tests.ui.job.gate import Gate
from tests.ui.job.invariant import assert_one_patient
from tests.ui.job.places import address
from viewer_app.sources import FolderSource
from viewer_app.sources.base import Source
from viewer_app.sources.orthanc import OrthancClient, OrthancSource, Server
from viewer_app.sources.orthanc.cache import Cache, user_cache
from viewer_app.sources.orthanc.transport import Patience
from viewer_app.ui.panels.kept_dialog import KeptDialog
from viewer_app.ui.widgets import SeriesCard

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
    patience = Patience(connect_s=1, silence_s=5, pauses_s=(0.01,))
    client = OrthancClient(Server(server.url, server.user, server.password), patience)
    return OrthancSource(client, STUDY_UID, Cache(cache))


@pytest.fixture(scope="module")
def restless(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningOrthanc]:
    """A server for which whatever it has received is still arriving."""
    found = start_orthanc(tmp_path_factory.mktemp("restless"), StableAge=3600)
    send(found, *map(ct_slice, range(1, SENT_FIRST + 1)))
    yield found
    found.stop()


@pytest.fixture
def driver(start: Start, server: RunningOrthanc, tmp_path: Path) -> Driver:
    """Caliper with the study as it was sent so far, and a mark."""
    return with_a_mark(start(), source_of(server, tmp_path / "cache"))


def with_a_mark(found: Driver, source: Source) -> Driver:
    """The study of `source`, with a mark drawn on its first image."""
    found.open(source)
    found.wait_until(lambda: found.study.volume is not None and found.study.volume.is_complete, "all images")
    found.key(Qt.Key.Key_Home)
    found.key(Qt.Key.Key_E)
    found.drag(found.part(0.4, 0.4), found.part(0.6, 0.5))
    found.wait_saved()
    return found


def told(driver: Driver, words: str) -> None:
    """Wait until the window says it."""
    driver.wait_until(lambda: words in driver.message, words)


def test_new_images_join_the_open_study(start: Start, restless: RunningOrthanc, tmp_path: Path) -> None:
    driver = with_a_mark(start(), source_of(restless, tmp_path / "cache"))
    told(driver, "Still arriving: 4 images so far.")
    (mark,), shown = driver.records, driver.sop_instance_uid
    volume = driver.study.volume
    assert volume is not None and len(volume.stack.images) == SENT_FIRST
    pixels = volume.stored_values[0].copy()
    send(restless, ct_slice(6), ct_slice(5), ct_slice(0))
    told(driver, "7 images so far, 3 of them not loaded yet")
    before = driver.study
    driver.push("Load new images")
    driver.wait_until(lambda: driver.workspace.study not in (None, before), "the study with more images")
    driver.wait_until(lambda: driver.study.volume is not None and driver.study.volume.is_complete, "all images")
    volume = driver.study.volume
    assert volume is not None and len(volume.stack.images) == 7
    assert driver.sop_instance_uid == shown
    assert driver.view.index == 2  # the image is the same, its place is not
    assert (volume.stored_values[2] == pixels).all()
    assert driver.records == (mark,)
    assert driver.window.manner.selected == {mark.measurement.uid}
    driver.key(Qt.Key.Key_Z, CONTROL)
    driver.wait_until(lambda: not driver.records, "an undo")
    driver.key(Qt.Key.Key_Y, CONTROL)
    driver.wait_saved()
    assert same(driver.records, [mark])


def test_closed_it_stays_closed_until_there_is_other_news(
    start: Start, restless: RunningOrthanc, tmp_path: Path
) -> None:
    driver = with_a_mark(start(), source_of(restless, tmp_path / "cache"))
    told(driver, "Still arriving")
    (cross,) = driver.window.message.findChildren(QToolButton)
    QTest.mouseClick(cross, LEFT)
    end = time.monotonic() + 0.3
    driver.wait_until(lambda: time.monotonic() > end, "three looks")
    assert not driver.message
    send(restless, ct_slice(20))
    told(driver, "1 of them not loaded yet")


def test_another_message_does_not_displace_it(start: Start, restless: RunningOrthanc, tmp_path: Path) -> None:
    """It comes back once that is closed, and all the while it stands at the bottom, for a hidden patient too."""
    driver = with_a_mark(start(), source_of(restless, tmp_path / "cache"))
    told(driver, "Still arriving")
    line = driver.window.status.source
    driver.key(Qt.Key.Key_M, ALT)
    told(driver, "can be measured as it is")
    assert line.isVisible() and line.text().endswith(" · still arriving")
    driver.window.actions_by_name["hide_patient"].trigger()
    assert line.isVisible() and line.text() == "still arriving"
    (cross,) = driver.window.message.findChildren(QToolButton)
    QTest.mouseClick(cross, LEFT)
    told(driver, "Still arriving")


def test_what_has_arrived_is_told_until_it_is_loaded(driver: Driver, server: RunningOrthanc) -> None:
    send(server, ct_slice(5))
    told(driver, "1 image more on the server.")
    driver.push("Load new images")
    driver.wait_until(lambda: driver.workspace.study is not None and images(driver) == SENT_FIRST + 1, "five images")
    driver.wait_until(lambda: not driver.message, "silence")


def test_grey_means_the_same_with_more_images(start: Start, orthanc: RunningOrthanc, tmp_path: Path) -> None:
    slices = [ct_slice(index) for index in range(6)]
    for index, image in enumerate(slices):
        del image.WindowCenter, image.WindowWidth, image.WindowCenterWidthExplanation
        image.RescaleSlope = str(index + 1)
    send(orthanc, *slices[:3])
    driver = start()
    driver.open(source_of(orthanc, tmp_path / "cache"))
    driver.wait_until(lambda: driver.study.volume is not None and driver.study.volume.is_complete, "all images")
    before = driver.study.window()
    assert before is not None
    send(orthanc, *slices[3:])
    driver.wait_until(lambda: len(driver.window.arriving.now.new) == 3, "three more")
    driver.push("Load new images")
    driver.wait_until(lambda: driver.workspace.study is not None and images(driver) == 6, "six images")
    driver.wait_until(lambda: driver.study.window() is not None, "a window")
    assert driver.study.window() == before


def images(driver: Driver) -> int:
    """How many the series on show has."""
    return len(driver.study.stack.images) if driver.study.stack is not None else 0


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


@pytest.mark.parametrize("is_asked", [False, True])
def test_killed_in_mid_series_the_rest_comes(
    start: Start, mortal: RunningOrthanc, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, is_asked: bool
) -> None:
    """By itself once the server runs again; or by *Try now*, before it is time."""
    if not is_asked:
        monkeypatch.setattr("viewer_app.session.waiting.PAUSES_S", (0.3,))
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
    told(driver, f"The server does not answer; {SENT_FIRST} images follow once it does.")
    driver.key(Qt.Key.Key_D)
    driver.drag(driver.part(0.4, 0.4), driver.part(0.6, 0.5))
    assert len(driver.records) == 1
    again = started_again(mortal)
    try:
        if is_asked:
            (button,) = [one for one in driver.window.status.findChildren(QPushButton) if one.text() == "Try now"]
            assert button.isVisible()
            QTest.mouseClick(button, LEFT)
        driver.wait_until(lambda: volume.is_complete and not driver.study.loads.waiting, "the rest")
        driver.wait_until(lambda: not line.full_text and not driver.message, "silence")
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


def test_closing_in_mid_download_is_quick_and_leaves_no_half_file(
    start: Start, server: RunningOrthanc, tmp_path: Path
) -> None:
    driver = start()
    gate = Gate(source_of(server, tmp_path / "cache"), passing=2)
    driver.open(gate)
    began = time.monotonic()
    driver.close()
    assert time.monotonic() - began < 1
    assert (tmp_path / "cache").is_dir() and not list((tmp_path / "cache").rglob("*.part"))


def test_another_study_is_opened_while_the_first_loads(
    start: Start, server: RunningOrthanc, sample: Path, tmp_path: Path
) -> None:
    driver = start()
    gate = Gate(source_of(server, tmp_path / "cache"), passing=1)
    driver.open(gate)
    first = driver.study.study.patient
    driver.open(FolderSource(sample / "prior"))
    driver.wait_for_rest()
    assert driver.study.study.patient != first
    assert_one_patient(driver)
    assert not driver.message


def test_images_that_are_missing_are_counted_in_the_card(
    driver: Driver, server: RunningOrthanc, tmp_path: Path
) -> None:
    gate = Gate(source_of(server, tmp_path / "another"), passing=1)
    driver.open(gate)
    with server.client() as client:
        for index in (2, 3):
            client.delete(f"/instances/{instance_of(server, ct_slice(index))}").raise_for_status()
    gate.let_all_pass()
    driver.wait_until(lambda: not driver.study.is_loading, "the end of the load")
    (card,) = driver.window.series.findChildren(SeriesCard)
    assert "2 of 4 images are missing, 2 could not be read." in card.accessibleDescription()
    assert "2 of 4 images loaded; 2 could not be read" in driver.window.status.loading.full_text
    assert len(driver.study.volume.stack.images) == SENT_FIRST if driver.study.volume else False


def test_kept_studies_are_counted_limited_and_cleared(start: Start, server: RunningOrthanc) -> None:
    place = address(server, STUDY_UID)
    driver = start(place, lambda *_: server.password)
    driver.wait_for_image()
    driver.wait_until(lambda: driver.study.volume is not None and driver.study.volume.is_complete, "all images")
    driver.window.actions_by_name["kept"].trigger()
    dialog = driver.window.findChild(KeptDialog)
    assert dialog is not None
    driver.wait_until(lambda: "MB" in dialog.size_label.text(), "the size")
    cache = user_cache()
    assert dialog.folder.text() == str(cache.folder) and list(cache.folder.rglob("*.dcm"))
    dialog.limit.selectAll()
    QTest.keyClicks(dialog.limit, "2.5\t")
    driver.wait_until(lambda: cache.limit_bytes == 2_500_000_000, "the limit")
    driver.wait_until(dialog.clear.isEnabled, "the size")
    QTest.mouseClick(dialog.clear, LEFT)
    driver.wait_until(lambda: dialog.size_label.text() == "nothing", "an empty cache")
    assert not list(cache.folder.rglob("*.dcm"))
    dialog.reject()


def test_what_the_cache_says_in_any_thread_is_told_in_the_window(start: Start) -> None:
    driver = start()
    thread = threading.Thread(target=user_cache().tell, args=("The disk is full.",))
    thread.start()
    thread.join()
    assert not driver.message  # it is on its way to the thread of the window
    told(driver, "The disk is full.")
