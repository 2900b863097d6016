"""The list of what was done: where the study is, and going there by mouse and keys, also after a restart."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QTabWidget, QTreeWidgetItem

from tests.ui.job.conftest import Start
from tests.ui.job.driver import CONTROL, SHIFT, Driver, settle
from viewer_app.ui.panels.history_list import HistoryList

Key = Qt.Key


def draw(driver: Driver, down: float) -> None:
    driver.key(Key.Key_D)
    driver.drag(driver.part(0.3, down), driver.part(0.7, down))


def shown(driver: Driver) -> HistoryList:
    """The list, brought to the front as a user does."""
    found = driver.window.measurements.history
    tabs = driver.window.measurements.findChild(QTabWidget)
    assert tabs is not None
    tabs.setCurrentWidget(found)
    settle()
    return found


def row(found: HistoryList, number: int) -> QTreeWidgetItem:
    item = found.topLevelItem(number)
    assert item is not None
    return item


def place(found: HistoryList) -> int:
    return found.currentIndex().row()


def click(found: HistoryList, number: int) -> None:
    at: QPoint = found.visualItemRect(row(found, number)).center()
    QTest.mouseClick(found.viewport(), Qt.MouseButton.LeftButton, pos=at)
    settle()


def words(found: HistoryList) -> list[str]:
    return [row(found, number).text(0) for number in range(found.topLevelItemCount())]


def test_a_click_goes_there_and_keys_go_on(caliper: Driver) -> None:
    found = shown(caliper)
    assert words(found) == ["Nothing was done yet"]
    for down in (0.3, 0.5, 0.7):
        draw(caliper, down)
    assert words(found) == ["Before all of this", *(f"{number}. Draw distance" for number in (1, 2, 3))]
    assert place(found) == 3
    click(found, 1)
    assert (len(caliper.records), place(found)) == (1, 1)
    dimmed = [row(found, number).foreground(0).color().name() for number in range(1, 4)]
    assert dimmed[0] != dimmed[1] == dimmed[2]
    assert "taken back" in row(found, 2).toolTip(0)
    found.setFocus()
    QTest.keyClick(found, Key.Key_Down)
    assert (len(caliper.records), place(found)) == (2, 2)
    QTest.keyClick(found, Key.Key_Home)
    assert (len(caliper.records), place(found)) == (0, 0)
    QTest.keyClick(found, Key.Key_End)
    assert (len(caliper.records), place(found)) == (3, 3)
    caliper.wait_saved()
    assert len(caliper.stored()) == 3


def test_undo_and_redo_move_the_place(caliper: Driver) -> None:
    found = shown(caliper)
    draw(caliper, 0.3)
    draw(caliper, 0.6)
    caliper.key(Key.Key_Z, CONTROL)
    assert place(found) == 1
    caliper.key(Key.Key_Z, CONTROL | SHIFT)
    assert place(found) == 2
    caliper.key(Key.Key_Z, CONTROL)
    draw(caliper, 0.8)
    assert words(found)[1:] == ["1. Draw distance", "2. Draw distance"]
    assert place(found) == 2


def test_letters_lead_to_no_other_row(caliper: Driver) -> None:
    found = shown(caliper)
    draw(caliper, 0.3)
    found.setFocus()
    QTest.keyClicks(found, "before")
    assert (place(found), len(caliper.records)) == (1, 1)


def test_after_a_restart_the_list_is_there_and_undo_takes_back(start: Start, sample: Path) -> None:
    first = start(sample)
    first.wait_for_image()
    first.wait_for_rest()
    draw(first, 0.4)
    draw(first, 0.6)
    first.key(Key.Key_Z, CONTROL)
    first.wait_saved()
    first.close()
    again = start(sample)
    again.wait_for_image()
    again.wait_for_rest()
    found = shown(again)
    assert (len(words(found)), place(found), len(again.records)) == (3, 1, 1)
    again.key(Key.Key_Y, CONTROL)
    assert (place(found), len(again.records)) == (2, 2)
    click(found, 0)
    assert again.records == ()
    again.wait_saved()
    assert again.stored() == ()


def test_a_step_of_one_mark_says_of_what_kind_it_is(caliper: Driver) -> None:
    found, undo = shown(caliper), caliper.window.actions_by_name["undo"]
    draw(caliper, 0.3)
    middle = caliper.middle(caliper.records[0])
    caliper.drag(middle, (middle[0] + 40, middle[1] + 20))
    assert words(found)[2] == "2. Move distance" and undo.text() == "Undo move distance"
    caliper.key(Key.Key_Delete)
    assert words(found)[3] == "3. Delete distance" and undo.text() == "Undo delete distance"
