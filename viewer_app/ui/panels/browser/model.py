"""The studies found so far, as Qt's views want them: sorted here, since a server gives them page by page."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QColor

from viewer_app.session.browsing import Browser, Row
from viewer_app.ui.panels.browser.columns import COLUMNS, DATE, IMAGES, STATUS, TITLES, status_told
from viewer_app.ui.style import current_palette
from viewer_app.ui.widgets.plain import one_line, tool_tip

Index = QModelIndex | QPersistentModelIndex
_ROLE = Qt.ItemDataRole
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class StudyModel(QAbstractTableModel):
    """What is shown stays until the next search has an answer; `browser.busy` says that it is not that answer."""

    def __init__(self, browser: Browser, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.rows: list[Row] = []
        self.hidden = False
        self.sorted_by = (DATE, Qt.SortOrder.DescendingOrder)
        self._browser = browser
        browser.found.connect(self._found)
        browser.updated.connect(self._updated)
        browser.changed.connect(self._ended)

    def row_of(self, study_id: str) -> int:
        """Where a study stands; -1 where it does not."""
        return next((place for place, row in enumerate(self.rows) if row.study.id == study_id), -1)

    def hide_patient(self, hidden: bool) -> None:
        """Leave out who it is, or show it again."""
        self.hidden = hidden
        if self.rows:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self.rows) - 1, len(COLUMNS) - 1))

    def clear(self) -> None:
        """Show nothing."""
        self.beginResetModel()
        self.rows = []
        self.endResetModel()

    # -- Qt -------------------------------------------------------------------------------------------

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        """How many studies are shown."""
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        """How much is said of each."""
        return 0 if parent.isValid() else len(COLUMNS)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = _ROLE.DisplayRole) -> Any:
        """The titles."""
        if orientation is not Qt.Orientation.Horizontal:
            return None
        return {_ROLE.DisplayRole: TITLES[section], _ROLE.TextAlignmentRole: _alignment(section)}.get(_ROLE(role))

    def data(self, index: Index, role: int = _ROLE.DisplayRole) -> Any:
        """What stands in a cell."""
        if not index.isValid():
            return None
        row, column = self.rows[index.row()], index.column()
        if role == _ROLE.DisplayRole:
            return one_line(COLUMNS[column].shown(row, hidden=self.hidden))
        if role == _ROLE.ToolTipRole:
            told = status_told(row) if column == STATUS else COLUMNS[column].shown(row, hidden=self.hidden)
            return tool_tip(told)
        if role == _ROLE.TextAlignmentRole:
            return _alignment(column)
        if role == _ROLE.ForegroundRole and column == STATUS:
            palette = current_palette()
            return QColor(palette.good if row.study.is_stable else palette.warn)
        return None

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Put what is shown in another order; what is chosen stays chosen."""
        self.sorted_by = (column, order)
        self.layoutAboutToBeChanged.emit()
        before, stood = self.persistentIndexList(), self.rows
        self.rows = sorted(stood, key=COLUMNS[column].key, reverse=order is Qt.SortOrder.DescendingOrder)
        places = {row.study.id: place for place, row in enumerate(self.rows)}
        after = [self.index(places[stood[old.row()].study.id], old.column()) for old in before]
        self.changePersistentIndexList(before, after)
        self.layoutChanged.emit()

    # -- what the browser says ------------------------------------------------------------------------

    def _found(self, first: int) -> None:
        new = self._browser.rows[first:]
        if first == 0:
            self.beginResetModel()
            self.rows = sorted(new, key=self._key, reverse=self._is_falling)
            self.endResetModel()
            return
        if new:
            self.beginInsertRows(QModelIndex(), len(self.rows), len(self.rows) + len(new) - 1)
            self.rows += new
            self.endInsertRows()
            self.sort(*self.sorted_by)

    def _updated(self, place: int) -> None:
        row = self._browser.rows[place]
        if (shown := self.row_of(row.study.id)) >= 0:
            self.rows[shown] = row
            self.dataChanged.emit(self.index(shown, 0), self.index(shown, len(COLUMNS) - 1))

    def _ended(self) -> None:
        if self.rows and not self._browser.busy and not self._browser.rows:
            self.clear()

    def _key(self, row: Row) -> Any:
        return COLUMNS[self.sorted_by[0]].key(row)

    @property
    def _is_falling(self) -> bool:
        return self.sorted_by[1] is Qt.SortOrder.DescendingOrder


def _alignment(column: int) -> Qt.AlignmentFlag:
    return _RIGHT if column == IMAGES else _LEFT
