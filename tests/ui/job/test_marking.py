"""Many marks at once by mouse and keys: selected, moved, copied, coloured, hidden, deleted; each is one step."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu

from tests.ui.job.conftest import Start
from tests.ui.job.driver import ALT, CONTROL, LEFT, RIGHT, SHIFT, Driver, Spot, settle
from tests.ui.job.test_c38_left_marker import picture
from viewer_app.measure.coloring import COLORS, ColorBy
from viewer_app.measure.measurement import Record
from viewer_app.ui.mark_menu import PropagateDialog
from viewer_app.ui.views.foreground import foreground_of

pytestmark = pytest.mark.qt_log_ignore("does not support", extend=True)  # menus on a platform without a screen

Key = Qt.Key
_DOWN = (0.3, 0.5, 0.7)


@pytest.fixture
def three(caliper: Driver) -> Driver:
    """Three distances below each other on one image, drawn by the mouse; none is selected."""
    for down in _DOWN:
        caliper.key(Key.Key_D)
        caliper.drag(caliper.part(0.35, down), caliper.part(0.55, down))
    caliper.key(Key.Key_W)
    caliper.window.manner.select("")
    caliper.move(caliper.part(0.9, 0.9))
    return caliper


def control_click(driver: Driver, at: Spot) -> None:
    driver.move(at)
    QTest.mouseClick(driver.canvas, LEFT, CONTROL, QPoint(*at))
    settle()


def uids(*records: Record) -> set[str]:
    return {record.measurement.uid for record in records}


def points(record: Record) -> np.ndarray:
    return np.array(record.measurement.figures[0].points)


def menu_on(driver: Driver, at: Spot) -> QMenu:
    driver.click(at, RIGHT)
    found = QApplication.activePopupWidget()
    assert isinstance(found, QMenu)
    return found


def choose(menu: QMenu, *titles: str) -> None:
    """Click through a menu and those inside it."""
    for title in titles:
        (action,) = [one for one in menu.actions() if one.text() == title]
        assert action.isEnabled()
        inner = action.menu()
        if isinstance(inner, QMenu):
            menu = inner
        else:
            action.trigger()
    while (open_menu := QApplication.activePopupWidget()) is not None:
        open_menu.close()
    settle()


def test_control_click_toggles_and_all_are_moved_and_deleted_as_one_step(three: Driver) -> None:
    first, second, third = three.records
    manner, steps = three.window.manner, len(three.study.history.titles)
    control_click(three, three.middle(first))
    control_click(three, three.middle(second))
    control_click(three, three.middle(third))
    assert manner.selected == uids(first, second, third)
    assert manner.current == third.measurement.uid
    control_click(three, three.middle(second))
    assert manner.selected == uids(first, third)
    start = three.middle(first)
    way = (40, 24)
    begin, end = (three.viewport.patient_point((start[0] + x, start[1] + y)) for x, y in ((0, 0), way))
    mm = np.subtract(end, begin)
    three.drag(start, (start[0] + way[0], start[1] + way[1]))
    after = {record.measurement.uid: record for record in three.records}
    for before, is_moved in ((first, True), (second, False), (third, True)):
        now = after[before.measurement.uid]
        np.testing.assert_allclose(points(now) - points(before), np.tile(mm * is_moved, (2, 1)), atol=1e-9)
        assert now.values[0].number == pytest.approx(before.values[0].number, abs=1e-9)
    assert manner.selected == uids(first, third)
    assert three.study.history.titles[steps:] == ("Move 2 measurements",)
    three.key(Key.Key_Z, CONTROL)
    assert three.records == (first, second, third)
    three.key(Key.Key_Delete)
    assert uids(*three.records) == uids(second)
    assert three.study.history.titles[steps:] == ("Delete 2 measurements",)
    three.key(Key.Key_Z, CONTROL)
    assert three.records == (first, second, third)


def test_a_click_on_one_of_several_selects_it_alone_and_a_click_beside_none(three: Driver) -> None:
    first, second, _ = three.records
    three.click(three.part(0.8, 0.85))
    three.key(Key.Key_A, CONTROL)
    assert three.window.manner.selected == uids(*three.records)
    three.click(three.middle(second))
    assert three.window.manner.selected == uids(second)
    assert three.records[0] == first
    three.click(three.part(0.8, 0.85))
    assert three.window.manner.selected == frozenset()


def test_escape_in_the_middle_of_moving_several_leaves_all(three: Driver) -> None:
    before = three.records
    three.click(three.part(0.8, 0.85))
    three.key(Key.Key_A, CONTROL)
    start = three.middle(before[0])
    three.hold(start, (start[0] + 50, start[1]))
    three.key(Key.Key_Escape)
    three.release((start[0] + 50, start[1]))
    assert three.records == before


def test_copies_are_pasted_to_the_slice_on_show_by_patient_coordinates(three: Driver) -> None:
    first, second, _ = three.records
    three.click(three.middle(first))
    control_click(three, three.middle(second))
    QApplication.clipboard().clear()
    three.key(Key.Key_C, CONTROL)
    assert QApplication.clipboard().image().isNull()
    assert "2 measurements are copied" in three.message
    three.key(Key.Key_Down)
    three.wait_for_rest()
    three.key(Key.Key_V, CONTROL)
    made = [record for record in three.records if record.measurement.uid in three.window.manner.selected]
    assert len(made) == 2
    for record, original in zip(made, (first, second), strict=True):
        assert record.measurement.reference == three.study.current_reference()
        way = points(record) - points(original)
        normal = np.array(original.measurement.figures[0].plane.normal)
        np.testing.assert_allclose(way - np.outer(way @ normal, normal), 0.0, atol=1e-9)
        assert (np.abs(way @ normal) > 0.1).all()
        assert record.values[0].number == pytest.approx(original.values[0].number, abs=1e-9)
    three.key(Key.Key_Z, CONTROL)
    assert len(three.records) == 3


def test_without_a_selection_the_picture_is_copied_and_nothing_is_pasted(caliper: Driver) -> None:
    QApplication.clipboard().clear()
    caliper.key(Key.Key_C, CONTROL)
    assert not QApplication.clipboard().image().isNull()
    caliper.key(Key.Key_V, CONTROL)
    assert "Nothing to paste" in caliper.message
    assert caliper.records == ()


def test_a_refused_paste_says_why(three: Driver) -> None:
    three.click(three.middle(three.records[0]))
    three.key(Key.Key_C, CONTROL)
    three.key(Key.Key_M)
    three.wait_for_rest()
    three.key(Key.Key_V, CONTROL)
    assert "reconstructed planes" in three.message
    assert len(three.records) == 3


def test_a_copy_on_the_next_slice_is_shown_there_and_selected(three: Driver) -> None:
    first, index = three.records[0], three.view.index
    three.click(three.middle(first))
    three.key(Key.Key_D, CONTROL)
    assert three.view.index == index + 1
    (made,) = [record for record in three.records if record.measurement.uid in three.window.manner.selected]
    assert made.measurement.reference == three.study.current_reference()
    three.key(Key.Key_D, CONTROL | SHIFT)
    assert three.view.index == index
    assert len(three.records) == 5


def test_the_last_slice_has_no_next(three: Driver) -> None:
    three.key(Key.Key_End)
    three.wait_for_rest()
    three.key(Key.Key_D)
    three.drag(three.part(0.35, 0.4), three.part(0.55, 0.4))
    three.key(Key.Key_D, CONTROL)
    assert "stack ends" in three.message
    assert len(three.records) == 4


def test_the_menu_of_a_mark_colours_copies_and_deletes_all_selected(three: Driver) -> None:
    first, second, third = three.records
    three.click(three.middle(first))
    control_click(three, three.middle(second))
    choose(menu_on(three, three.middle(second)), "Colour", "Pink")
    assert [record.measurement.color for record in three.records] == [COLORS["Pink"], COLORS["Pink"], ""]
    menu = menu_on(three, three.middle(third))
    assert three.window.manner.selected == uids(third)
    (back,) = [action for action in menu.actions() if action.text() == "Move labels back"]
    assert not back.isEnabled()
    choose(menu, "Copy marks over slices …")
    (dialog,) = three.window.findChildren(PropagateDialog)
    own = three.view.index + 1
    dialog.first.setValue(own - 1)
    dialog.last.setValue(own + 2)
    dialog.accept()
    settle()
    three.activate()
    places = [record.place.slice_index + 1 for record in three.records[3:]]
    assert sorted(places) == [own - 1, own + 1, own + 2]
    three.key(Key.Key_Z, CONTROL)
    assert len(three.records) == 3
    choose(menu_on(three, three.middle(third)), "Delete measurements")
    assert uids(*three.records) == uids(first, second)


def test_the_menu_of_an_empty_place_selects_hides_and_pastes(three: Driver) -> None:
    empty = three.part(0.8, 0.85)
    choose(menu_on(three, empty), "Select all marks of the image")
    assert three.window.manner.selected == uids(*three.records)
    three.key(Key.Key_C, CONTROL)
    choose(menu_on(three, empty), "Paste marks")
    assert len(three.records) == 6
    choose(menu_on(three, empty), "Hide or show all marks")
    assert three.viewport.marks() == ()


def badges(driver: Driver) -> tuple[str, ...]:
    viewport, manner = driver.viewport, driver.window.manner
    shown = foreground_of(
        viewport.tile, viewport.camera, manner.density, None, hidden=False, marks_hidden=manner.marks_hidden
    )
    assert shown is not None
    return shown.corners.badges


def test_hidden_marks_stay_in_the_study_and_a_new_one_shows_them_again(three: Driver) -> None:
    with_marks = picture(three)
    three.click(three.middle(three.records[0]))
    three.key(Key.Key_H, ALT)
    assert three.viewport.marks() == ()
    assert three.viewport.hit(three.middle(three.records[0])) is None
    assert "Marks hidden (Alt+H)" in badges(three)
    three.key(Key.Key_Delete)
    three.key(Key.Key_Escape)
    assert len(three.records) == 3
    assert (picture(three) != with_marks).any()
    three.key(Key.Key_H, ALT)
    assert len(three.viewport.marks()) == 3
    assert not any("hidden" in badge for badge in badges(three))
    three.key(Key.Key_H, ALT)
    three.key(Key.Key_P)
    three.click(three.part(0.7, 0.8))
    assert len(three.viewport.marks()) == 4


def test_colours_by_kind_and_label_are_kept_over_restarts(start: Start, three: Driver) -> None:
    action = three.window.actions_by_name["mark_colors"]
    three.key(Key.Key_E)
    three.drag(three.part(0.7, 0.6), three.part(0.8, 0.7))
    three.window.manner.select("")
    plain = picture(three)
    action.trigger()
    assert three.window.manner.color_by is ColorBy.KIND
    assert "by kind" in three.message
    settle()
    assert (picture(three) != plain).any()
    three.wait_saved()
    three.close()
    again = start()
    assert again.window.manner.color_by is ColorBy.KIND
