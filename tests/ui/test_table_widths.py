"""Columns of a wide table are as wide as their numbers, worked out once for the same rows."""

from __future__ import annotations

from typing import cast

from PySide6.QtWidgets import QApplication

from tests.ui.table_rows import row, value
from viewer_app.session.thumbnails import Thumbnails
from viewer_app.ui.panels.table.columns import COLUMNS
from viewer_app.ui.panels.table.model import MeasurementModel
from viewer_app.ui.panels.table.pictures import Pictures
from viewer_app.ui.panels.table.rows import TableRow
from viewer_app.ui.panels.table.view import WIDE_PX, MeasurementView

VALUE = next(place for place, column in enumerate(COLUMNS) if column.key == "value")


class Counted(MeasurementModel):
    """Knows how often all of its rows were asked for."""

    asked = 0

    @property
    def rows(self) -> tuple[TableRow, ...]:
        self.asked += 1
        return super().rows


def test_widths_follow_the_rows_and_are_not_worked_out_at_every_resize(qapp: QApplication) -> None:
    model = Counted(Pictures(cast(Thumbnails, None)))
    view = MeasurementView(model, tuple)
    view.resize(WIDE_PX + 200, 300)
    view.show()
    model.show_rows([row(number, value(1.5)) for number in range(30)])
    told = []
    for _ in range(3):
        view.resize(WIDE_PX - 200, 300)
        view.resize(WIDE_PX + 200, 300)
        told.append((model.asked, view.columnWidth(VALUE)))
    assert told == [told[0]] * 3
    narrow = view.columnWidth(VALUE)
    model.show_rows([row(number, value(123456.5)) for number in range(29)])
    assert view.columnWidth(VALUE) > narrow
    view.close()
    view.deleteLater()


def test_where_there_is_little_room_words_are_cut_and_numbers_are_not(qapp: QApplication) -> None:
    model = MeasurementModel(Pictures(cast(Thumbnails, None)))
    view = MeasurementView(model, tuple)
    label = "Target lesion in the left upper lobe"
    model.show_rows([row(number, value(123456.5), label=label) for number in range(3)])
    widths = {}
    for room in (2000, 860):
        view.resize(room, 300)
        view.show()
        shown = [place for place in range(len(COLUMNS)) if not view.isColumnHidden(place)]
        widths[room] = {COLUMNS[place].key: view.columnWidth(place) for place in shown}
    assert widths[860]["value"] == widths[2000]["value"]
    assert sum(widths[860].values()) <= 860 < sum(widths[2000].values())
    assert widths[860]["label"] < widths[2000]["label"]
    view.close()
    view.deleteLater()
