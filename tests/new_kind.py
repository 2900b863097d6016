"""`python -m tests.new_kind KIND VOLUME SAMPLE STORE`: two kinds that were just added, through the whole window.

Run by tests/test_docs.py in a copy of the program that has these two kinds more, the second one a volume.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from tests.report.reading import sheet, text
from tests.ui.job.driver import Driver, settle
from viewer_app.measure.kinds import KINDS
from viewer_app.measure.measurement import Record
from viewer_app.ui.panels.table.rows import measurement_row
from viewer_app.ui.style import DARK, apply_style
from viewer_app.ui.views.marks import Hit

SHARES = ((0.4, 0.5), (0.6, 0.5), (0.2, 0.4), (0.8, 0.4))


def _draw(driver: Driver, name: str) -> None:
    """Take the tool from the tool row, and click its points."""
    action = driver.window.actions_by_name[name]
    (button,) = [one for one in driver.window.top.kinds.buttons if one.defaultAction() is action]
    assert button.isVisible()
    assert KINDS[name].title in button.toolTip()
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    settle()
    for across, down in SHARES[: KINDS[name].max_points]:
        driver.click(driver.part(across, down))


def _check_window(driver: Driver, name: str) -> None:
    """The mark is on the image and in the table, and undo takes it away and brings it back."""
    (record,) = driver.records
    assert record.measurement.kind == name
    ends = np.asarray(record.measurement.figures[0].points)
    heart, chest = np.linalg.norm(ends[1] - ends[0]), np.linalg.norm(ends[3] - ends[2])
    ratio = record.values[0]
    assert ratio.number is not None
    assert abs(ratio.number / (heart / chest) - 1) < 1e-12
    row = measurement_row(record, differs=False)
    assert (row.label, row.value) == (KINDS[name].title, f"{heart / chest:.2f}")
    assert driver.window.measurements.model.rowCount() == 1
    assert driver.viewport.hit(driver.handle(record, 0)) == Hit(record.measurement.uid, 0)
    for key, count in ((Qt.Key.Key_Z, 0), (Qt.Key.Key_Y, 1)):
        driver.key(key, Qt.KeyboardModifier.ControlModifier)
        assert len(driver.records) == driver.window.measurements.model.rowCount() == count


def _check_volume(driver: Driver, name: str) -> None:
    """Of what was painted in the window: over the image with its label, in the table, measured by its own rule."""
    QTest.keySequence(driver.window, QKeySequence("Shift+B"))
    driver.click(driver.part(0.5, 0.5))
    driver.wait_until(lambda: len(driver.records) == 2, "a painted volume")
    painted = driver.records[-1].measurement
    assert painted.region is not None
    assert painted.region.box is not None
    driver.study.measuring.put(replace(painted, kind=name), "Box")
    record = driver.records[-1]
    assert record.measurement.kind == name
    voxels = math.prod(high - low for low, high in zip(*painted.region.box, strict=True))
    assert {value.key: value.number for value in record.values}["count"] == voxels
    row = measurement_row(record, differs=False)
    assert (row.label, row.value.endswith("ml")) == (KINDS[name].title, True)
    settle()
    assert [mark.uid for mark in driver.viewport.volumes()] == [painted.uid]
    assert driver.window.measurements.model.rowCount() == 2


def _check_workbook(driver: Driver, path: Path) -> None:
    driver.window.commands.exporting.report_to(path)
    driver.wait_until(path.exists, "a written report")
    driver.wait_for_rest()
    rows = sheet(path.read_bytes())
    assert len(rows) == len(driver.records) == 2
    for row, record in zip(rows, driver.records, strict=True):
        _check_row(row, record)


def _check_row(row: Mapping[str, Any], record: Record) -> None:
    assert text(row["Kind"]) == KINDS[record.measurement.kind].title
    assert row["Value"].value == record.values[0].number
    assert [row[value.title].value for value in record.values[1:]] == [value.number for value in record.values[1:]]


def main(name: str, volume: str, sample: Path, store: Path) -> None:
    """Draw a measurement of each kind, look at it, export it, close, and find it again."""
    application = QApplication([])
    apply_style(application, DARK)
    with Driver(store, sample) as driver:
        driver.wait_for_image()
        driver.wait_for_rest()
        QTest.keySequence(driver.window, QKeySequence(KINDS[name].shortcut))
        assert driver.window.actions_by_name[name].isChecked(), "another action has its key"
        driver.key(Qt.Key.Key_W)
        _draw(driver, name)
        _check_window(driver, name)
        _check_volume(driver, volume)
        _check_workbook(driver, store.parent / "report.xlsx")
        driver.wait_saved()
        made = driver.records
    with Driver(store, sample) as again:
        again.wait_for_image()
        again.wait_for_rest()
        assert again.records == made


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], Path(sys.argv[3]), Path(sys.argv[4]))
