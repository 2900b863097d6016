"""Importing from the File menu: one step to undo, and told."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog

from tests.ui.job.driver import Driver


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
