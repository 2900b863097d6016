"""Importing from the File menu: one step to undo, and told."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog

from tests.ui.job.conftest import Start
from tests.ui.job.driver import Driver
from viewer_app.session import volumetry
from viewer_app.session.importing import Imported, import_file


def test_an_export_is_imported_by_the_menu(caliper: Driver, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    caliper.key(Qt.Key.Key_D)
    caliper.drag(caliper.part(0.3, 0.3), caliper.part(0.4, 0.35))
    (record,) = caliper.records
    target = tmp_path / "marks.json"
    caliper.window.commands.exporting.report_to(target)
    caliper.wait_for_rest()
    caliper.key(Qt.Key.Key_Delete)
    assert not list(caliper.study.measurements.records)
    # The one window of the system that no event of ours can reach.
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(target), ""))
    told: list[str] = []
    caliper.workspace.noticed.connect(told.append)
    caliper.window.actions_by_name["import_marks"].trigger()
    caliper.wait_for_rest()
    assert list(caliper.records) == [record]
    assert told == ["1 measurement imported."]
    assert caliper.study.history.listed[-1].title == "Import 1 measurement"
    caliper.window.actions_by_name["undo"].trigger()
    assert not list(caliper.study.measurements.records)


def test_a_large_volume_is_imported_once_it_is_measured(
    start: Start, sample: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its numbers are worked out in the background, which is no reason to call its images missing."""
    monkeypatch.setattr(volumetry, "MANY_VOXELS", 100)
    with start(sample) as drawing:
        drawing.wait_for_image()
        drawing.wait_for_rest()
        QTest.keySequence(drawing.window, QKeySequence("Shift+G"))
        drawing.click(drawing.part(0.5, 0.5))
        drawing.wait_until(lambda: drawing.records, "a volume")
        (record,) = drawing.records
        assert record.measurement.region is not None
        assert record.measurement.region.count > 100
        target = tmp_path / "marks.json"
        drawing.window.commands.exporting.report_to(target)
        drawing.wait_for_rest()
    again = start(sample, folder=tmp_path / "another store")
    again.wait_for_image()
    again.wait_for_rest()
    found: list[Imported] = []
    import_file(again.workspace, target, found.append)
    again.wait_until(lambda: found or again.message, "what became of it")
    assert [(len(one.made), one.differing) for one in found] == [(1, ())]
    assert [one.values for one in again.records] == [record.values]
