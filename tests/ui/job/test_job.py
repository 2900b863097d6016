"""The whole job on the real window: open, look, measure, edit, save, close, reopen, report."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest
from PySide6.QtCore import Qt

from tests import cases
from tests.report.reading import sheet, text
from tests.ui.job import work
from tests.ui.job.conftest import Start
from tests.ui.job.driver import Driver, same
from tests.ui.job.oracle import Files
from tests.ui.job.places import Places
from viewer_app.progress import Watch
from viewer_app.report import read_json
from viewer_app.report.delimited import read_delimited
from viewer_app.sources import FolderSource

JOBS = [
    ("sample", "folder", "folder"),
    ("sample", "zip", "folder"),
    ("sample", "browser", "folder"),
    ("ct-chest-lidc0314-part", "folder", "orthanc"),
    ("mr-brain-multiorient-siemens", "orthanc", "folder"),
]


@pytest.fixture(params=JOBS, ids="-".join)
def job(request: pytest.FixtureRequest, start: Start, tmp_path: Path) -> tuple[Places, str, str]:
    """Where the study is, how it is opened first, and how it is opened again."""
    name, first, second = request.param
    folder: Path = request.getfixturevalue("sample") if name == "sample" else cases.case(name)
    newest = FolderSource(folder).find(Watch()).studies[0]
    return Places(folder, newest.info.study_uid, start, request, tmp_path), first, second


def test_whole_job(job: tuple[Places, str, str], tmp_path: Path) -> None:
    places, first, second = job
    files = Files(places.folder)
    driver = places.open(first)
    driver.wait_for_rest()
    work.look_around(driver)
    work.measure(driver, files)
    work.edit(driver, files)
    driver.wait_saved()
    made, view, image = driver.records, driver.view, driver.sop_instance_uid
    driver.close()

    again = places.open(second)
    again.wait_for_rest()
    assert same(again.records, made)
    assert not any(again.study.measurements.differs(record.measurement.uid) for record in made)
    assert (again.view, again.sop_instance_uid) == (view, image)
    _jump_by_list(again)
    _export(again, tmp_path)


def _is_told(driver: Driver, path: Path) -> bool:
    return driver.message == f"The report is written: {path.name}"


def _jump_by_list(driver: Driver) -> None:
    reference = driver.records[1].measurement.reference
    assert reference is not None
    driver.key(Qt.Key.Key_Home)
    assert driver.sop_instance_uid != reference.sop_instance_uid
    driver.click_row(1)
    assert driver.sop_instance_uid == reference.sop_instance_uid
    assert driver.viewport.selected == driver.records[1].measurement.uid


def _export(driver: Driver, folder: Path) -> None:
    for suffix in ("xlsx", "csv", "json"):
        path = folder / f"report.{suffix}"
        driver.window.commands.exporting.report_to(path)
        driver.wait_until(partial(_is_told, driver, path), "a written report")
    numbers = [record.values[0].number for record in driver.records]
    units = [record.values[0].unit for record in driver.records]
    slices = [driver.view.index + 1] * len(numbers)
    rows = sheet((folder / "report.xlsx").read_bytes())
    assert [row["Value"].value for row in rows] == numbers
    assert [text(row["Unit"]) for row in rows] == units
    assert [row["Slice"].value for row in rows] == slices
    assert [text(row["Label"]) for row in rows] == ["Nodule <A>", "", ""]
    header, *lines = read_delimited(folder / "report.csv")
    assert [float(line[header.index("Value")]) for line in lines] == numbers
    assert [line[header.index("Unit")] for line in lines] == units
    assert read_json(folder / "report.json").records == driver.records
