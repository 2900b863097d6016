"""The table of measurements with ten thousand rows, against Qt's own model and view with the same cells."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import cast

from PySide6.QtGui import QStandardItem, QStandardItemModel
from PySide6.QtWidgets import QAbstractItemView, QApplication, QTableView

from tests.bench.harness import Result, interleaved_medians
from tests.ui.table_rows import row, value
from viewer_app.measure.quantity import Dimension
from viewer_app.session.thumbnails import Thumbnails
from viewer_app.ui.panels.table.columns import COLUMNS
from viewer_app.ui.panels.table.model import MeasurementModel
from viewer_app.ui.panels.table.pictures import Pictures
from viewer_app.ui.panels.table.rows import TableRow
from viewer_app.ui.panels.table.view import MeasurementView

_ROWS, _ROUNDS, _PAGES = 10_000, 5, 40
_SIZE = (1000, 700)


def table() -> Result:
    """From rows to a painted table, and forty pages down."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    app = QApplication.instance() or QApplication([])
    rows = _rows()
    mine, its = interleaved_medians(lambda: _ours(rows), lambda: _bare(rows), _ROUNDS)
    app.processEvents()
    figure = f"{_ROWS:,} measurements filled, painted and paged through in {mine:.2f} s"
    return Result(figure, f"QTableView and QStandardItemModel {its:.2f} s", mine / its, 2.0)


def _rows() -> tuple[TableRow, ...]:
    hu = Dimension.PIXEL_VALUE
    return tuple(
        row(number, value(number / 7), value(number % 900 - 400.5, "HU", hu, "mean"), label=f"Target {number % 40}")
        for number in range(_ROWS)
    )


def _ours(rows: tuple[TableRow, ...]) -> None:
    model = MeasurementModel(Pictures(cast(Thumbnails, None)))  # without a study there are no pictures
    view = MeasurementView(model, tuple)
    _shown(view, lambda: model.show_rows(rows))


def _bare(rows: tuple[TableRow, ...]) -> None:
    model, view = QStandardItemModel(0, len(COLUMNS)), QTableView()
    view.setModel(model)

    def fill() -> None:
        for found in rows:
            model.appendRow([QStandardItem(column.text(found)) for column in COLUMNS])

    _shown(view, fill)


def _shown(view: QAbstractItemView, fill: Callable[[], None]) -> None:
    view.resize(*_SIZE)
    view.show()
    fill()
    bar = view.verticalScrollBar()
    for page in range(_PAGES + 1):
        bar.setValue(bar.maximum() * page // _PAGES)
        view.grab()
    view.close()
    view.deleteLater()


BENCHMARKS = {"table": table}
