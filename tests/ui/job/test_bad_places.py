"""Places that are broken, empty or missing: a plain sentence, and what is open or stored stays."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt

from tests.ui.job.conftest import Start
from tests.ui.job.driver import Driver, same
from tests.ui.job.invariant import assert_one_patient
from viewer_app.sources import open_source
from viewer_app.store import open_store
from viewer_app.ui.views.foreground import foreground_of

Key = Qt.Key


def measure(driver: Driver) -> None:
    """One distance more."""
    driver.key(Key.Key_D)
    shift = 0.05 * len(driver.records)
    driver.drag(driver.part(0.3 + shift, 0.3), driver.part(0.3 + shift, 0.6))


def empty_folder(folder: Path) -> Path:
    """No file in it."""
    (folder / "empty").mkdir()
    return folder / "empty"


def text_file(folder: Path) -> Path:
    """No DICOM."""
    path = folder / "letter.dcm"
    path.write_text("Dear colleague, thank you for referring this patient.")
    return path


def cut_file(folder: Path) -> Path:
    """The first bytes of a DICOM file."""
    path = folder / "cut.dcm"
    path.write_bytes(bytes(128) + b"DICM\x02\x00\x00\x00UL\x04\x00")
    return path


def broken_zip(folder: Path) -> Path:
    """The first bytes of an archive."""
    path = folder / "study.zip"
    path.write_bytes(b"PK\x03\x04" + bytes(60))
    return path


def missing(folder: Path) -> Path:
    """Not there."""
    return folder / "nowhere"


BAD = [empty_folder, text_file, cut_file, broken_zip, missing]


@pytest.mark.parametrize("make", BAD, ids=lambda make: make.__name__)
def test_nothing_to_show_is_told_and_what_is_open_stays(
    caliper: Driver, tmp_path: Path, make: Callable[[Path], Path]
) -> None:
    measure(caliper)
    before, records = caliper.study, caliper.records
    path = make(tmp_path)
    caliper.window.commands.opening.place(str(path))
    caliper.wait_until(lambda: caliper.message, "a message")
    assert path.name in caliper.message
    assert caliper.message.endswith(".")
    caliper.wait_for_rest()
    assert caliper.study is before
    assert caliper.records == records
    assert_one_patient(caliper)


@pytest.mark.parametrize("make", BAD, ids=lambda make: make.__name__)
def test_nothing_to_show_at_the_start_is_told(start: Start, tmp_path: Path, make: Callable[[Path], Path]) -> None:
    driver = start(make(tmp_path))
    driver.wait_until(lambda: driver.message, "a message")
    assert driver.workspace.study is None
    assert_one_patient(driver)


def test_what_was_told_goes_when_another_study_is_opened(caliper: Driver, sample: Path, tmp_path: Path) -> None:
    caliper.window.commands.opening.place(str(text_file(tmp_path)))
    caliper.wait_until(lambda: caliper.message, "a message")
    before = caliper.study
    caliper.window.commands.opening.place(str(sample / "mr"))
    caliper.wait_until(lambda: caliper.workspace.study not in (None, before), "another study")
    assert caliper.message == ""


def test_what_was_told_before_any_study_goes_with_the_first_one(start: Start, sample: Path, tmp_path: Path) -> None:
    driver = start(text_file(tmp_path))
    driver.wait_until(lambda: driver.message, "a message")
    driver.window.commands.opening.place(str(sample))
    driver.wait_until(lambda: driver.workspace.study is not None, "a study")
    assert driver.message == ""


def test_bad_files_among_good_ones_are_told_and_the_rest_is_shown(start: Start, sample: Path, tmp_path: Path) -> None:
    folder = tmp_path / "mixed"
    shutil.copytree(sample / "ct", folder)
    files = sorted(folder.iterdir())
    half = files[10].stat().st_size // 2
    files[10].write_bytes(files[10].read_bytes()[:half])
    text_file(folder)
    cut_file(folder)
    driver = start(folder)
    driver.wait_for_image()
    driver.wait_for_rest()
    notes = driver.window.series._problems
    assert notes.isVisible()
    assert "not shown" in notes.text()
    volume = driver.study.volume
    assert volume is not None
    assert volume.present == len(files) - 1
    (failed,) = volume.failed
    driver.study.show(driver.study.stacks[0], failed)
    driver.wait_for_rest()  # it was tried once more
    foreground = foreground_of(
        driver.viewport.tile, driver.viewport.camera, driver.viewport.manner.density, None, hidden=False
    )
    assert foreground is not None
    assert foreground.absence == volume.failed[failed]
    driver.window.grab()
    measure(driver)
    driver.wait_saved()
    assert same([item.record for item in driver.stored() if item.record], driver.records)


def test_data_folder_that_cannot_be_used_is_told_and_measuring_goes_on(start: Start, sample: Path, store: Path) -> None:
    store.write_text("a file in the place of the folder")
    driver = start(sample)
    assert "Nothing will be saved" in driver.message
    driver.wait_for_image()
    measure(driver)
    assert len(driver.records) == 1
    driver.wait_for_rest()
    assert "Not saved" in driver.window.status.saved.text()
    assert "All saved" not in driver.window.status.saved.text()


def test_damaged_store_is_told_and_set_aside(start: Start, sample: Path, store: Path) -> None:
    store.mkdir()
    (store / "caliper.sqlite").write_bytes(b"no store at all" * 1000)
    driver = start(sample)
    assert driver.message
    driver.wait_for_image()
    measure(driver)
    driver.wait_saved()


def test_two_windows_on_one_store_both_keep_their_measurements(start: Start, sample: Path, store: Path) -> None:
    first, second = start(sample), start(sample)
    assert not first.message
    assert "another window" in second.message
    for driver in (first, second):
        driver.activate()
        driver.wait_for_image()
        driver.wait_for_rest()
        measure(driver)
        driver.wait_saved()
    made = [*first.records, *second.records]
    assert len(made) == 2
    first.close()
    second.close()
    again = start(sample)
    again.wait_for_image()
    assert same(again.records, made)


def test_report_that_cannot_be_written_is_told(caliper: Driver, tmp_path: Path) -> None:
    measure(caliper)
    caliper.window.commands.exporting.report_to(tmp_path / "nowhere" / "report.xlsx")
    caliper.wait_until(lambda: caliper.message, "a message")
    assert "report" in caliper.message
    assert len(caliper.records) == 1


def test_twenty_places_opened_at_once_end_in_the_last(start: Start, sample: Path, store: Path, tmp_path: Path) -> None:
    driver = start(sample)
    driver.wait_for_image()
    measure(driver)
    made = driver.records
    for turn in range(19):
        place = sample if turn % 3 else missing(tmp_path)
        driver.window.commands.opening.place(str(place))
        assert_one_patient(driver)
    driver.open(open_source(str(sample / "prior")))
    driver.wait_for_rest()
    assert driver.study.study.info.date == "20250109"
    assert_one_patient(driver)
    driver.close()
    with open_store(store) as kept:
        stored = [item.record for row in kept.studies() for item in kept.list(row.study_id)]
        assert same([record for record in stored if record], made)
