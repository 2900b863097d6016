"""How far from its plane a mark is shown: chosen in a window, followed at once, kept over restarts."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QSettings, Qt
from PySide6.QtWidgets import QInputDialog, QSpinBox

from tests.ui.job.driver import Driver
from viewer_app.imaging.geometry import vector
from viewer_app.session.reconstructing import mpr_layout
from viewer_app.ui.lying_setting import shown_within


def choose(driver: Driver, percent: int, *, accept: bool = True) -> None:
    """By the window that the action opens."""
    driver.window.actions_by_name["marks_shown_on"].trigger()
    (dialog,) = (each for each in driver.window.findChildren(QInputDialog) if each.isVisible())
    (field,) = dialog.findChildren(QSpinBox)
    assert "smallest edge of a voxel" in field.toolTip()
    assert (field.minimum(), field.maximum()) == (5, 200)
    field.setValue(percent)
    (dialog.accept if accept else dialog.reject)()
    driver.wait_for_rest()


def test_views_follow_the_chosen_distance_at_once(caliper: Driver) -> None:
    study = caliper.study
    study.show_layout(mpr_layout(study.stacks[0], caliper.view))
    caliper.wait_for_rest()
    caliper.key(Qt.Key.Key_D)
    caliper.drag(caliper.part(0.45, 0.45), caliper.part(0.55, 0.5))
    (record,) = caliper.records
    cut, edge = caliper.view.cut, study.grid(study.stacks[0]).smallest_edge_mm
    assert cut is not None
    away = vector(np.add(cut.point, np.multiply(cut.normal, 0.8 * edge)))
    study.view.set(replace(caliper.view, cut=replace(cut, point=away)))
    caliper.wait_for_rest()
    marks = caliper.window.viewport.marks
    assert marks() == ()
    choose(caliper, 90, accept=False)
    assert marks() == ()
    choose(caliper, 90)
    assert [mark.uid for mark in marks()] == [record.measurement.uid]
    choose(caliper, 70)
    assert marks() == ()
    assert caliper.records == (record,)


@pytest.mark.parametrize(
    ("kept", "share"), [("", 0.5), ("90", 0.9), ("4", 0.5), ("201", 0.5), ("-50", 0.5), ("wide", 0.5), ("5", 0.05)]
)
def test_what_was_kept_is_in_force_and_nonsense_is_not(tmp_path: Path, kept: str, share: float) -> None:
    settings = QSettings(str(tmp_path / "window.ini"), QSettings.Format.IniFormat)
    settings.setValue("marks/shown_within_percent", kept)
    assert shown_within(settings) == share
