"""What happens to marks when a window closes that cannot save, and to undo when a study is left."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt

from tests.ui.job.conftest import Start
from tests.ui.job.driver import CONTROL, Driver


def draw(driver: Driver) -> None:
    driver.key(Qt.Key.Key_D)
    driver.drag(driver.part(0.4, 0.4), driver.part(0.6, 0.5))


def test_window_without_marks_closes_at_once_though_it_cannot_save(tmp_path: Path, sample: Path) -> None:
    unusable = tmp_path / "a file"
    unusable.write_text("in the place of the folder")
    with Driver(unusable, sample / "prior") as driver:
        driver.wait_for_image()
        assert driver.window.close()


def test_window_that_would_lose_marks_stays_open_once(tmp_path: Path, sample: Path) -> None:
    unusable = tmp_path / "a file"
    unusable.write_text("in the place of the folder")
    with Driver(unusable, sample / "prior") as driver:
        driver.wait_for_image()
        draw(driver)
        assert not driver.window.close()
        assert driver.window.isVisible()
        assert "not saved" in driver.message
        assert len(driver.records) == 1
        driver.window.commands.exporting.report_to(tmp_path / "kept.json")
        driver.wait_until((tmp_path / "kept.json").exists, "the report")
        assert driver.window.close()


def test_window_that_has_saved_closes_at_once(start: Start, sample: Path) -> None:
    driver = start(sample / "prior")
    driver.wait_for_image()
    draw(driver)
    driver.wait_saved()
    assert driver.window.close()


def test_undo_goes_on_where_a_study_was_left(start: Start, sample: Path) -> None:
    driver = start(sample)
    driver.wait_for_image()
    draw(driver)
    (drawn,) = driver.records
    first, second = driver.workspace.contents.studies[:2]
    for study in (second, first):
        driver.workspace.choose(study)
        driver.wait_for_image()
        assert driver.study.study is study
    assert [record.measurement.uid for record in driver.records] == [drawn.measurement.uid]
    driver.key(Qt.Key.Key_Z, CONTROL)
    assert not driver.records
    driver.key(Qt.Key.Key_Y, CONTROL)
    assert list(driver.records) == [drawn]
    driver.wait_saved()
