"""While images arrive: the first is on the screen before the rest, and anything may be done meanwhile."""

from __future__ import annotations

import shutil
from pathlib import Path

import pydicom
import pytest
from PySide6.QtCore import Qt

from tests.ui.job.conftest import Start
from tests.ui.job.driver import Driver, same, settle
from tests.ui.job.gate import Gate
from tests.ui.job.invariant import assert_one_patient, assert_store_follows
from viewer_app.sources import FolderSource
from viewer_app.store import open_store

SWITCHES = 20


@pytest.fixture
def gate(sample: Path) -> Gate:
    """The sample study of which one image comes and the others wait."""
    return Gate(FolderSource(sample))


@pytest.fixture
def two_patients(sample: Path, tmp_path: Path) -> Path:
    """The sample study of one patient, its prior study of another."""
    folder = tmp_path / "two patients"
    shutil.copytree(sample, folder, ignore=shutil.ignore_patterns("mr", "*.json"))
    for path in sorted((folder / "prior").iterdir()):
        dataset = pydicom.dcmread(path)
        dataset.PatientID, dataset.PatientName = "OTHER", "Other^Patient"
        dataset.save_as(path)
    return folder


def test_first_image_is_shown_before_the_rest_has_arrived(start: Start, gate: Gate) -> None:
    driver = start()
    seen: list[str] = []
    driver.workspace.study_changed.connect(lambda: seen.append("study"))
    driver.open(gate)
    volume = driver.study.volume
    assert volume is not None
    driver.wait_until(lambda: driver.study.current_image() is not None, "a picture")
    assert (volume.present, volume.has(driver.view.index)) == (1, True)
    driver.key(Qt.Key.Key_D)
    driver.drag(driver.part(0.4, 0.4), driver.part(0.6, 0.6))
    assert len(driver.records) == 1
    assert volume.present == 1
    driver.study.arrived.connect(lambda: seen.append("more"))
    gate.let_all_pass()
    driver.wait_for_rest()
    assert volume.is_complete
    assert seen[-1] == "more"


def test_load_is_cancelled_by_the_button_and_what_arrived_stays(start: Start, gate: Gate) -> None:
    driver = start()
    driver.open(gate)
    driver.push("Cancel")
    driver.wait_until(lambda: not driver.study.is_loading, "the end of the load")
    gate.let_all_pass()
    driver.wait_for_rest()
    volume = driver.study.volume
    assert volume is not None
    assert volume.present == 1
    driver.key(Qt.Key.Key_D)
    driver.drag(driver.part(0.4, 0.4), driver.part(0.6, 0.6))
    driver.wait_saved()
    assert same([item.record for item in driver.stored() if item.record], driver.records)


def test_window_is_closed_while_loading(start: Start, gate: Gate, store: Path) -> None:
    driver = start()
    driver.open(gate)
    driver.key(Qt.Key.Key_D)
    driver.drag(driver.part(0.4, 0.4), driver.part(0.6, 0.6))
    made, study_uid = driver.records, driver.study.study.info.study_uid
    driver.close()
    with open_store(store) as kept:
        (row,) = [row for row in kept.studies() if row.study.study_uid == study_uid]
        assert same([item.record for item in kept.list(row.study_id) if item.record], made)


def test_another_place_opens_while_images_are_held_back(start: Start, gate: Gate, two_patients: Path) -> None:
    driver = start()
    driver.open(gate)
    driver.open(FolderSource(two_patients))
    assert driver.workspace.contents.title == "two patients"
    gate.let_all_pass()


def test_studies_are_switched_while_loading(start: Start, two_patients: Path) -> None:
    driver, gate = start(), Gate(FolderSource(two_patients), passing=2)
    driver.open(gate)
    chooser = driver.window.series._chooser
    assert chooser.isVisible()
    for turn in range(SWITCHES):
        driver.workspace.choose(driver.workspace.contents.studies[(turn + 1) % 2])
        for _ in range(turn % 4):
            settle()
            assert_one_patient(driver)
        if turn == SWITCHES // 2:
            gate.let_all_pass()
    driver.wait_for_image()
    driver.wait_for_rest()
    assert_one_patient(driver)
    assert driver.study.study is driver.workspace.contents.studies[0]


def test_measurements_stay_with_their_patient_when_studies_are_switched_at_once(
    start: Start, two_patients: Path
) -> None:
    driver = start(two_patients)
    driver.wait_for_image()
    driver.key(Qt.Key.Key_D)
    made: dict[str, list[str]] = {"CALIPER-SAMPLE": [], "OTHER": []}
    for turn in range(6):
        driver.wait_for_image()
        driver.drag(driver.part(0.2 + turn / 20, 0.3), driver.part(0.3 + turn / 20, 0.7))
        made[driver.study.study.patient.patient_id].append(driver.records[-1].measurement.uid)
        driver.workspace.choose(driver.workspace.contents.studies[(turn + 1) % 2])
        assert_one_patient(driver)
    for study in driver.workspace.contents.studies:
        driver.workspace.choose(study)
        driver.wait_for_image()
        driver.wait_saved()
        assert [record.measurement.uid for record in driver.records] == made[study.patient.patient_id]
        assert_one_patient(driver)
        assert_store_follows(driver)


def test_changes_made_in_one_breath_are_all_stored_when_the_window_closes(caliper: Driver, store: Path) -> None:
    study = caliper.study
    caliper.key(Qt.Key.Key_D)
    caliper.drag(caliper.part(0.4, 0.4), caliper.part(0.6, 0.6))
    uid = caliper.records[0].measurement.uid
    for number in range(5):
        study.measuring.rename(uid, f"name {number}")
    caliper.close()
    with open_store(store) as kept:
        rows = [row for row in kept.studies() if row.study.study_uid == study.study.info.study_uid]
        assert [item.label for item in kept.list(rows[0].study_id)] == ["name 4"]


def test_load_can_be_cancelled_before_the_first_image(start: Start, sample: Path) -> None:
    driver = start()
    driver.begin_to_open(Gate(FolderSource(sample), passing=0))
    driver.wait_until(lambda: driver.viewport.has_image_place, "a study")
    driver.push("Cancel")
    driver.wait_until(lambda: not driver.study.is_loading, "the end of the load")
    assert driver.study.volume is not None
    assert driver.study.volume.present == 0


def test_what_is_missing_is_told_and_read_by_its_button(start: Start, gate: Gate) -> None:
    driver = start()
    driver.open(gate)
    driver.push("Cancel")
    driver.wait_until(lambda: not driver.study.is_loading, "the end of the load")
    gate.let_all_pass()
    driver.wait_for_rest()
    volume = driver.study.volume
    assert volume is not None
    total = len(volume.stack.images)
    assert driver.window.status.loading.full_text == f"1 of {total} images loaded"
    driver.push("Load missing")
    driver.wait_until(lambda: volume.is_complete and not driver.study.is_loading, "all images")
    assert driver.window.status.loading.full_text == ""


def test_images_that_cannot_be_read_are_told_with_their_reason(start: Start, sample: Path, tmp_path: Path) -> None:
    folder = tmp_path / "copy"
    shutil.copytree(sample / "prior", folder)
    source = FolderSource(folder)
    driver = start()
    driver.begin_to_open(lambda watch: source)
    driver.wait_until(lambda: driver.viewport.has_image_place, "a study")
    driver.wait_for_rest()
    volume = driver.study.volume
    assert volume is not None
    for image in volume.stack.images[:2]:
        (folder / image.instance.locator).unlink()
    driver.workspace.volumes.clear()
    driver.study.show_view(driver.view)
    driver.wait_for_rest()
    again = driver.study.volume
    assert again is not None
    told = driver.window.status.loading.full_text
    total = len(again.stack.images)
    assert told.startswith(f"{total - 2} of {total} images loaded; 2 could not be read (1 for other reasons): ")
    assert "is not there" in told
