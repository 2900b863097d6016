"""Several tiles: chosen, filled, activated, enlarged, dropped into; one patient in all of them (C40)."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from tests.cases import case
from tests.ui.job.conftest import Start
from tests.ui.job.driver import LEFT, NONE, SHIFT, Driver, settle
from viewer_app.ui.panels.layout_picker import LayoutPicker
from viewer_app.ui.views.corner_text import Density
from viewer_app.ui.views.foreground import foreground_of

Key = Qt.Key


def pick(driver: Driver, rows: int, columns: int) -> None:
    """Choose a grid by the key and the mouse, as a person does."""
    driver.key(Key.Key_L)
    (picker,) = [found for found in driver.window.findChildren(LayoutPicker) if found.isVisible()]
    place = picker.cell(rows - 1, columns - 1).center()
    QTest.mouseMove(picker, place)
    assert picker.marked == (rows, columns)
    QTest.mouseClick(picker, LEFT, NONE, place)
    settle()


def press_in(driver: Driver, place: int) -> None:
    """Click into tile `place`."""
    canvas = driver.window.viewports.shown[place].viewport()
    QTest.mouseClick(canvas, LEFT, NONE, canvas.rect().center() + QPoint(40, 40))
    settle()


@pytest.fixture
def brain(start: Start) -> Driver:
    driver = start(case("mr-brain-multiorient-siemens"))
    driver.wait_for_image()
    driver.wait_for_rest()
    return driver


def test_a_study_of_many_series_begins_in_several_tiles(brain: Driver) -> None:
    layout = brain.study.layout.value
    assert (layout.rows, layout.columns) == ((2, 2) if len(brain.study.stacks) >= 4 else (1, 2))
    keys = [view.stack_key for view in layout.views]
    assert len(set(keys)) == len(keys) == len(brain.window.viewports.shown)
    for viewport in brain.window.viewports:
        assert viewport.isVisible()
        assert viewport.tile.volume is not None
        assert viewport.tile.volume.is_complete


@pytest.mark.qt_log_ignore("This plugin does not support")
def test_a_grid_is_picked_by_key_and_mouse_and_filled_with_what_follows(caliper: Driver) -> None:
    first = caliper.view
    pick(caliper, 2, 3)
    caliper.wait_for_rest()
    layout = caliper.study.layout.value
    assert (layout.rows, layout.columns, layout.active) == (2, 3, 0)
    assert layout.views[0] == first
    filled = [view.stack_key for view in layout.views if view.stack_key]
    assert filled == [stack.key for stack in caliper.study.stacks][: len(filled)]
    assert len(filled) == min(6, len(caliper.study.stacks))
    pick(caliper, 4, 4)
    assert len(caliper.window.viewports.shown) == 16
    assert all(viewport.isVisible() for viewport in caliper.window.viewports)
    pick(caliper, 1, 1)
    assert caliper.study.layout.value.views == (first,)
    assert [viewport.isVisible() for viewport in caliper.window.viewports._all].count(True) == 1


def test_a_click_activates_keys_go_there_and_the_wheel_scrolls_without(brain: Driver) -> None:
    before = brain.study.layout.value
    press_in(brain, 1)
    assert brain.study.layout.value.active == 1
    brain.key(Key.Key_Down)
    after = brain.study.layout.value
    assert after.views[1].index == before.views[1].index + 1
    assert after.views[0] == before.views[0]
    canvas = brain.window.viewports.shown[0].viewport()
    place = canvas.mapTo(brain.window, canvas.rect().center())
    QTest.wheelEvent(brain.window.windowHandle(), place, QPoint(0, -120))
    settle()
    assert brain.study.layout.value.active == 1
    assert brain.study.layout.value.views[0].index == before.views[0].index + 1


def tab(key: Qt.Key, modifiers: Qt.KeyboardModifier = NONE) -> None:
    """Press a key where the keyboard is."""
    focused = QApplication.focusWidget()
    assert focused is not None
    QTest.keyClick(focused, key, modifiers)
    settle()


def test_tab_goes_round_the_tiles(brain: Driver) -> None:
    count = len(brain.study.layout.value.views)
    brain.activate()
    press_in(brain, 0)
    for expected in (*range(1, count), 0):
        tab(Key.Key_Tab)
        assert brain.study.layout.value.active == expected
    tab(Key.Key_Backtab, SHIFT)
    assert brain.study.layout.value.active == count - 1


def test_double_click_and_f11_enlarge_and_bring_back(brain: Driver) -> None:
    count = len(brain.window.viewports.shown)
    canvas = brain.window.viewports.shown[1].viewport()
    QTest.mouseClick(canvas, LEFT, NONE, canvas.rect().center())
    QTest.mouseDClick(canvas, LEFT, NONE, canvas.rect().center())
    settle()
    assert brain.study.layout.value.enlarged
    assert brain.window.viewports.shown == (brain.viewport,)
    assert brain.viewport.width() > 1.5 * (brain.window.viewports.width() / 2 - 10)
    brain.key(Key.Key_F11)
    assert len(brain.window.viewports.shown) == count
    assert brain.study.layout.value.active == 1


def test_a_double_click_with_a_drawing_tool_draws(brain: Driver) -> None:
    brain.key(Key.Key_D)
    canvas = brain.canvas
    QTest.mouseDClick(canvas, LEFT, NONE, canvas.rect().center())
    settle()
    assert not brain.study.layout.value.enlarged


@pytest.mark.qt_log_ignore("This plugin does not support")
def test_a_mark_is_seen_in_every_tile_that_shows_its_image(caliper: Driver) -> None:
    pick(caliper, 1, 2)
    press_in(caliper, 1)
    caliper.study.show(caliper.study.stacks[0], caliper.study.layout.value.views[0].index)
    caliper.wait_for_rest()
    caliper.key(Key.Key_D)
    caliper.drag(caliper.part(0.3, 0.3), caliper.part(0.6, 0.5))
    (record,) = caliper.records
    left, right = caliper.window.viewports.shown
    assert [mark.uid for mark in left.marks()] == [mark.uid for mark in right.marks()] == [record.measurement.uid]


def dropped(driver: Driver, place: int, key: str) -> bool:
    """Drop the series of that key on tile `place`; whether it was taken."""
    target = driver.window.viewports.shown[place]
    data = QMimeData()
    data.setData("application/x-caliper-stack", key.encode())
    spot, copy = QPointF(target.rect().center()), Qt.DropAction.CopyAction
    enter = QDragEnterEvent(spot.toPoint(), copy, data, LEFT, NONE)
    QApplication.sendEvent(target.viewport(), enter)
    if enter.isAccepted():
        QApplication.sendEvent(target.viewport(), QDropEvent(spot, copy, data, LEFT, NONE))
    settle()
    return enter.isAccepted()


def test_a_series_is_dropped_into_any_tile(brain: Driver) -> None:
    stack = brain.study.stacks[-1]
    assert dropped(brain, 0, stack.key)
    brain.wait_for_rest()
    assert brain.study.layout.value.active == 0
    assert brain.study.layout.value.views[0].stack_key == stack.key


def test_a_prior_is_compared_looked_at_and_not_measured(caliper: Driver) -> None:
    (prior,) = caliper.workspace.priors()
    title = caliper.window.windowTitle()
    caliper.window.commands.arranging.compare()
    caliper.wait_for_rest()
    left, right = caliper.window.viewports.shown
    assert not left.tile.is_prior
    assert right.tile.is_prior
    assert right.tile.study is prior
    assert right.tile.study.patient == caliper.study.study.patient
    for density in Density:
        shown = foreground_of(right.tile, right.camera, density, None, hidden=False)
        assert shown is not None
        assert shown.corners.badges[0] == "Prior study 2025-01-09"
    press_in(caliper, 1)
    caliper.key(Key.Key_D)
    caliper.drag(caliper.part(0.3, 0.3), caliper.part(0.6, 0.5))
    assert not caliper.records
    assert "another study" in caliper.message
    assert caliper.window.windowTitle() == title
    caliper.key(Key.Key_PageDown)
    assert right.tile.is_prior


def test_a_series_of_another_patient_is_not_taken(start: Start, sample: Path, tmp_path: Path) -> None:
    driver = start(sample)
    driver.wait_for_image()
    before = driver.study.layout.value
    dropped(driver, 0, "2.25.1/0")
    assert driver.study.layout.value == before


def test_the_budget_of_memory_never_takes_a_volume_that_is_seen(brain: Driver) -> None:
    shown = {view.stack_key for view in brain.study.layout.value.views}
    brain.workspace.volumes.budget_bytes = 1
    hidden = next((stack for stack in brain.study.stacks if stack.key not in shown), None)
    if hidden is not None:
        dropped(brain, 1, hidden.key)
        brain.wait_for_rest()
    for viewport in brain.window.viewports:
        assert viewport.tile.volume is not None
        assert viewport.tile.volume.is_complete
