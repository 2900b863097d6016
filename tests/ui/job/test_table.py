"""The table by mouse and keyboard: going there, naming, finding, ordering, deleting many, copying."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QHeaderView, QLineEdit

from tests.ui.job.conftest import Start
from tests.ui.job.driver import CONTROL, LEFT, NONE, SHIFT, Driver, settle
from viewer_app.session.label_sets import LabelSets
from viewer_app.ui.panels.label_dialog import LabelDialog
from viewer_app.ui.panels.table.model import UID_ROLE
from viewer_app.ui.panels.table.table import MeasurementTable
from viewer_app.ui.widgets import ROW_ROLE

pytestmark = pytest.mark.qt_log_ignore("does not support", extend=True)  # lists that open where there is no screen

Key = Qt.Key
WIDTHS = (0.2, 0.1, 0.3)


@pytest.fixture
def drawn(caliper: Driver) -> Driver:
    """Three distances on three images, of which the second is the shortest and the third the longest."""
    caliper.activate()
    caliper.window.actions_by_name["distance"].trigger()
    for width in WIDTHS:
        caliper.wheel(-1)
        caliper.click(caliper.part(0.4, 0.5))
        caliper.click(caliper.part(0.4 + width, 0.5))
    assert len(caliper.records) == len(WIDTHS)
    return caliper


def table(driver: Driver) -> MeasurementTable:
    return driver.window.measurements.table


def listed(driver: Driver) -> list[str]:
    model = table(driver).model
    return [model.index(place).data(UID_ROLE) for place in range(model.rowCount())]


def drawn_uids(driver: Driver) -> list[str]:
    return [record.measurement.uid for record in driver.records]


def click(driver: Driver, place: int, modifiers: Qt.KeyboardModifier = NONE) -> None:
    view = table(driver).view
    middle = view.visualRect(view.model().index(place, 0)).center()
    QTest.mouseClick(view.viewport(), LEFT, modifiers, middle)
    settle()


def press(driver: Driver, key: Qt.Key, modifiers: Qt.KeyboardModifier = NONE) -> None:
    """A key where the keyboard is."""
    field = QApplication.focusWidget()
    assert field is not None
    QTest.keyClick(field, key, modifiers)
    settle()


def test_each_row_has_the_picture_of_its_image_and_says_where_it_is(drawn: Driver) -> None:
    model = table(drawn).model
    for place, record in enumerate(drawn.records):
        index = model.index(place)
        picture, row = index.data(Qt.ItemDataRole.DecorationRole), index.data(ROW_ROLE)
        assert not picture.isNull()
        assert row.label == "Distance"
        assert row.place.startswith(f"image {record.place.slice_index + 1} · ")


def test_a_click_goes_to_the_image_and_selects_the_mark(drawn: Driver) -> None:
    first, *_, last = drawn.records
    assert drawn.sop_instance_uid == last.measurement.reference.sop_instance_uid  # type: ignore[union-attr]
    click(drawn, 0)
    assert drawn.sop_instance_uid == first.measurement.reference.sop_instance_uid  # type: ignore[union-attr]
    assert drawn.window.manner.current == first.measurement.uid
    assert "Length" in table(drawn).details.toPlainText()


def test_keys_alone_go_there_name_delete_and_lead_back(drawn: Driver) -> None:
    drawn.key(Key.Key_M, CONTROL)
    view = table(drawn).view
    assert QApplication.focusWidget() is view
    before = drawn.view.index
    press(drawn, Key.Key_Home)
    assert drawn.view.index == before  # the list moves, not the image
    assert drawn.window.manner.current == drawn_uids(drawn)[0]
    press(drawn, Key.Key_Return)
    assert drawn.view.index == drawn.records[0].place.slice_index
    press(drawn, Key.Key_F2)
    drawn.write("Target 1")
    drawn.activate()  # a list of ready labels was open
    assert drawn.records[0].measurement.label == "Target 1"
    press(drawn, Key.Key_Down)
    press(drawn, Key.Key_Delete)
    assert len(listed(drawn)) == 2
    drawn.key(Key.Key_Z, CONTROL)
    assert len(drawn.records) == 3
    press(drawn, Key.Key_Escape)
    assert QApplication.focusWidget() is not view


def test_several_are_selected_named_and_deleted_as_one_step_each(drawn: Driver) -> None:
    click(drawn, 0)
    click(drawn, 2, SHIFT)
    assert len(table(drawn).view.chosen_rows) == 3
    assert "3 measurements selected" in table(drawn).details.toPlainText()
    steps = len(drawn.study.history.listed)
    press(drawn, Key.Key_F2)
    drawn.write("Non-target 1")
    drawn.activate()  # a list of ready labels was open
    assert [record.measurement.label for record in drawn.records] == ["Non-target 1"] * 3
    assert len(table(drawn).view.chosen_rows) == 3
    press(drawn, Key.Key_Delete)
    assert drawn.records == ()
    assert len(drawn.study.history.listed) == steps + 2
    drawn.key(Key.Key_Z, CONTROL)
    assert len(drawn.records) == len(listed(drawn)) == 3


def test_all_are_deleted_from_the_menu_of_the_table_and_come_back_as_one(drawn: Driver) -> None:
    """Whatever is found; nothing asks."""
    before = drawn.records
    table(drawn).finder.field.setText("no such words")
    menu = table(drawn).acting.table_menu()
    (delete,) = [action for action in menu.actions() if action.text() == "Delete all measurements"]
    delete.trigger()
    assert drawn.records == ()
    assert drawn.study.history.titles[-1] == "Delete all"
    assert "Ctrl+Z" in drawn.message
    drawn.key(Key.Key_Z, CONTROL)
    assert drawn.records == before


def test_ctrl_click_selects_and_does_not_go(drawn: Driver) -> None:
    click(drawn, 0)
    place = drawn.view.index
    click(drawn, 2, CONTROL)
    assert drawn.view.index == place
    assert [row.uid for row in table(drawn).view.chosen_rows] == [drawn_uids(drawn)[place] for place in (0, 2)]


def test_a_mark_that_is_clicked_is_selected_alone_in_the_table(drawn: Driver) -> None:
    click(drawn, 2)
    click(drawn, 0, SHIFT)
    assert len(table(drawn).view.chosen_rows) == 3
    last = drawn.records[2]
    drawn.window.actions_by_name["window"].trigger()
    drawn.click(drawn.middle(last))
    assert drawn.window.manner.current == last.measurement.uid
    assert [row.uid for row in table(drawn).view.chosen_rows] == [last.measurement.uid]


def test_ready_labels_are_offered_while_naming(drawn: Driver) -> None:
    click(drawn, 0)
    press(drawn, Key.Key_F2)
    line = QApplication.focusWidget()
    assert isinstance(line, QLineEdit) and line.text() == ""
    completer = line.completer()
    completer.setCompletionPrefix("lymph")
    offered = [completer.completionModel().index(row, 0).data() for row in range(completer.completionCount())]
    assert offered == ["Target lymph node 1", "Target lymph node 2", "Lymph node"]
    press(drawn, Key.Key_Escape)
    assert drawn.records[0].measurement.label == ""


def test_ctrl_f_finds_and_esc_shows_all_again(drawn: Driver) -> None:
    drawn.study.measuring.rename(drawn_uids(drawn)[1], "Liver, left lobe")
    click(drawn, 0)
    press(drawn, Key.Key_F, CONTROL)
    field = table(drawn).finder.field
    assert QApplication.focusWidget() is field
    QTest.keyClicks(field, "lobe liver")
    drawn.wait_until(lambda: listed(drawn) == [drawn_uids(drawn)[1]], "one row")
    press(drawn, Key.Key_Escape)
    drawn.wait_until(lambda: listed(drawn) == drawn_uids(drawn), "all rows")
    assert drawn.window.manner.current == drawn_uids(drawn)[0]  # what was selected is still


def test_a_wide_table_has_columns_and_a_click_on_a_title_orders_by_it(drawn: Driver) -> None:
    view, series = table(drawn).view, drawn.window.series
    assert not view.header().isVisible()
    width = series.width()
    drawn.key(Key.Key_M, CONTROL | SHIFT)
    drawn.wait_until(lambda: view.is_wide, "a wide table")
    header = view.header()
    assert header.isVisible()
    by_length = [drawn_uids(drawn)[place] for place in (1, 0, 2)]
    for wanted in (by_length, by_length[::-1]):
        middle = QPoint(header.sectionViewportPosition(2) + 20, header.height() // 2)
        QTest.mouseClick(header.viewport(), LEFT, NONE, middle)
        settle()
        assert listed(drawn) == wanted
    drawn.key(Key.Key_M, CONTROL | SHIFT)
    drawn.wait_until(lambda: not view.is_wide, "a narrow table")
    drawn.wait_until(lambda: series.width() == width, "the list of series as wide as before")


def test_several_marks_chosen_on_the_image_are_named_by_f2_in_one_step(drawn: Driver) -> None:
    first, second, third = drawn_uids(drawn)
    drawn.study.measuring.rename(first, "Nodule")
    drawn.study.measuring.rename(third, "Cyst")
    field = table(drawn).finder.field
    QTest.keyClicks(field, "cyst")
    drawn.wait_until(lambda: listed(drawn) == [third], "one row")
    drawn.window.manner.select_many([third, second, first])
    steps = len(drawn.study.history.listed)
    drawn.viewport.setFocus()
    drawn.key(Key.Key_F2)
    line = QApplication.focusWidget()
    assert isinstance(line, QLineEdit) and line.text() == "Nodule"
    drawn.write("")  # nothing was typed: each keeps its label
    assert [record.measurement.label for record in drawn.records] == ["Nodule", "", "Cyst"]
    drawn.viewport.setFocus()
    drawn.key(Key.Key_F2)
    line = QApplication.focusWidget()
    assert isinstance(line, QLineEdit)
    line.selectAll()
    drawn.write("Nodule")  # as the current one is named already: the others follow
    assert [record.measurement.label for record in drawn.records] == ["Nodule"] * 3
    assert len(drawn.study.history.listed) == steps + 1


def test_widths_and_order_of_columns_are_remembered_and_can_be_as_at_first(
    start: Start, sample: Path, drawn: Driver
) -> None:
    drawn.key(Key.Key_M, CONTROL | SHIFT)
    drawn.wait_until(lambda: table(drawn).view.is_wide, "a wide table")
    header = table(drawn).view.header()
    at_first = table(drawn).view.shown_keys, header.sectionSize(1)
    drag(header, right_end(header, 1), 40)
    middle = header.sectionViewportPosition(5) + header.sectionSize(5) // 2
    drag(header, middle, header.sectionViewportPosition(1) + 10 - middle)
    keys, width = table(drawn).view.shown_keys, header.sectionSize(1)
    assert keys[:3] == ("label", "image", "kind")
    assert width == at_first[1] + 40
    drawn.study.measuring.rename(drawn_uids(drawn)[0], "A label that is much longer than any other was before")
    drawn.close()
    again = start(sample)
    again.wait_for_rest()
    view = table(again).view
    again.resize(1600, 1000)  # a small screen had no room for as wide a window
    again.key(Key.Key_M, CONTROL | SHIFT)
    again.wait_until(lambda: view.is_wide, "a wide table")
    assert view.shown_keys == keys
    assert view.header().sectionSize(1) == width
    view.reset_columns()
    assert view.shown_keys == at_first[0]
    assert abs(view.header().sectionSize(1) - at_first[1]) <= 20  # the longer label takes its share of the room


def right_end(header: QHeaderView, place: int) -> int:
    return header.sectionViewportPosition(place) + header.sectionSize(place) - 2


def drag(header: QHeaderView, start: int, by: int) -> None:
    """With the left button along the heading."""
    surface, height = header.viewport(), header.height() // 2
    QTest.mousePress(surface, LEFT, NONE, QPoint(start, height))
    for step in range(1, 6):
        QTest.mouseMove(surface, QPoint(start + by * step // 5, height))
        settle()
    QTest.mouseRelease(surface, LEFT, NONE, QPoint(start + by, height))
    settle()


def test_columns_order_and_groups_are_remembered(start: Start, sample: Path, drawn: Driver) -> None:
    table(drawn).view.show_columns(["value", "author"])
    table(drawn).model.arrange(column="value", descending=True, by="kind")
    drawn.close()
    again = start(sample)
    again.wait_for_rest()
    assert table(again).view.shown_keys == ("label", "value", "author")
    how = table(again).model.how
    assert (how.column, how.descending, how.by) == ("value", True, "kind")
    assert len(table(again).model.rows) == 3


def test_a_group_stands_for_its_rows(drawn: Driver) -> None:
    table(drawn).model.arrange(by="kind")
    click(drawn, 0)
    assert len(table(drawn).view.chosen_rows) == 3
    total = sum(record.values[0].number or 0.0 for record in drawn.records)
    assert f"sum {total:.1f}" in table(drawn).details.toPlainText()


def test_ctrl_c_copies_the_rows_as_text_and_html(drawn: Driver) -> None:
    click(drawn, 0)
    press(drawn, Key.Key_A, CONTROL)
    press(drawn, Key.Key_C, CONTROL)
    data = QApplication.clipboard().mimeData()
    titles, *lines = [line.split("\t") for line in data.text().splitlines()]
    assert titles[:5] == ["Label", "Kind", "Value", "Uncertainty", "Unit"]
    shown = [(f"{record.values[0].number:.1f}", record.values[0].unit) for record in drawn.records]
    assert [(line[2], line[4]) for line in lines] == shown
    assert data.html().count("<tr>") == 4


def test_what_is_copied_while_the_patient_is_hidden_does_not_tell_it(drawn: Driver) -> None:
    name = drawn.study.study.patient.name.partition("^")[0]
    drawn.study.measuring.rename(drawn_uids(drawn)[0], f"{name}, left")
    drawn.key(Key.Key_H, CONTROL | SHIFT)
    table(drawn).acting.copy()
    assert name not in QApplication.clipboard().text()
    click(drawn, 0)
    assert name not in table(drawn).details.toPlainText()
    press(drawn, Key.Key_F2)
    drawn.write("")
    assert drawn.records[0].measurement.label == f"{name}, left"  # nothing of it is lost


def test_measurements_of_a_prior_are_listed_and_cannot_be_changed(start: Start, sample: Path, drawn: Driver) -> None:
    (prior,) = drawn.workspace.priors()
    here = drawn.study.study
    drawn.wait_saved()
    drawn.workspace.choose(prior)
    drawn.wait_until(lambda: drawn.study.study is prior and drawn.study.is_shown, "the prior")
    drawn.wait_until(lambda: len(listed(drawn)) == 3, "measurements of the other study")
    assert drawn.records == ()
    assert all(row.study == "prior 2026-01-12" for row in table(drawn).model.rows)
    click(drawn, 0)
    press(drawn, Key.Key_Delete)
    press(drawn, Key.Key_F2)
    assert not isinstance(QApplication.focusWidget(), QLineEdit)
    drawn.workspace.choose(here)
    drawn.wait_until(lambda: drawn.study.study is here and len(listed(drawn)) == 3, "the study again")
    assert len(drawn.records) == 3


def test_label_sets_are_edited_and_offered(drawn: Driver, tmp_path: Path) -> None:
    kept = LabelSets(tmp_path)
    dialog = LabelDialog(kept, drawn.window)
    dialog.labels.setPlainText("Nodule\n\n Nodule   2 \nNodule")
    assert "twice" in dialog.told.text()
    dialog.accept()
    assert kept.beginning("nodule") == ()
    dialog.labels.setPlainText("Nodule\n\n Nodule   2 \n")
    dialog.accept()
    assert kept.beginning("nodule") == ("Nodule", "Nodule 2")
    assert LabelSets(tmp_path).sets == kept.sets
    dialog.deleteLater()
