"""Volumes of one label side by side."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtWidgets import (
    QDialog,
    QHeaderView,
    QPushButton,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from viewer_app.measure.present import PLUS_MINUS, THIN_SPACE, rounded
from viewer_app.session.side_by_side import Row
from viewer_app.ui.widgets.plain import tool_tip

_COLUMNS = ("Volume", "ml", "May be off by", "Difference", "Rule")
_BESIDE_PX, _ABOVE_PX = 24, 12


class _InFull(QStyledItemDelegate):
    """Rows as high as the words of a column need that break where it ends; styled items claim one line."""

    def __init__(self, table: QTreeWidget) -> None:
        super().__init__(table)
        self._table = table

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        """That of all lines."""
        size = super().sizeHint(option, index)
        room = QRect(0, 0, self._table.columnWidth(index.column()) - _BESIDE_PX, 1)
        words = self._table.fontMetrics().boundingRect(room, Qt.TextFlag.TextWordWrap, str(index.data()))
        return QSize(size.width(), max(size.height(), words.height() + _ABOVE_PX))


def volumes_dialog(rows: Sequence[Row], parent: QWidget) -> QDialog:
    """One row for each volume; differences are in per cent of the first."""
    dialog = QDialog(parent)
    dialog.setWindowTitle("Volumes of this label")
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    table = QTreeWidget()
    table.setObjectName("volumes")
    table.setHeaderLabels(_COLUMNS)
    table.setRootIsDecorated(False)
    table.setWordWrap(True)
    for row in rows:
        told = cells(row)
        QTreeWidgetItem(table, list(told)).setToolTip(len(told) - 1, tool_tip(told[-1]))
    for column in range(len(_COLUMNS) - 1):
        table.header().setSectionResizeMode(column, QHeaderView.ResizeMode.ResizeToContents)
    table.setItemDelegateForColumn(len(_COLUMNS) - 1, _InFull(table))
    table.header().sectionResized.connect(lambda *_: table.scheduleDelayedItemsLayout())
    close = QPushButton("Close")
    close.clicked.connect(dialog.reject)
    layout = QVBoxLayout(dialog)
    layout.addWidget(table)
    layout.addWidget(close, 0, Qt.AlignmentFlag.AlignRight)
    dialog.resize(980, 320)
    return dialog


def cells(row: Row) -> tuple[str, str, str, str, str]:
    """A row in words; "–" for what is not known, and for the difference of the first from itself."""
    ml = "–" if row.ml is None else rounded(row.ml, _places(row.ml))
    bound = "–" if row.bound_ml is None else PLUS_MINUS + rounded(row.bound_ml, _places(row.ml or row.bound_ml))
    sign = "+" if (row.difference_percent or 0.0) > 0 else ""
    difference = "–" if row.difference_percent is None else sign + rounded(row.difference_percent, 1) + THIN_SPACE + "%"
    return row.title, ml, bound, difference, ". ".join(filter(None, (row.rule, row.note)))


def _places(ml: float) -> int:
    return 1 if abs(ml) >= 10.0 else 2 if abs(ml) >= 1.0 else 3
