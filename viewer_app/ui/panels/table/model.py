"""The measurements as Qt's views want them: rows, or groups of rows, in the order that was asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Any

from PySide6.QtCore import QAbstractItemModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QColor, QIcon

from viewer_app.measure.kinds import KINDS
from viewer_app.measure.present import origins
from viewer_app.ui.panels.table.arranging import Arrangement, Group, arranged
from viewer_app.ui.panels.table.columns import BY_KEY, COLUMNS
from viewer_app.ui.panels.table.pictures import Pictures
from viewer_app.ui.panels.table.rows import TableRow
from viewer_app.ui.panels.table.totals import count_words, totals_words
from viewer_app.ui.style import current_palette, icon
from viewer_app.ui.widgets import ROW_ROLE, MeasurementRow
from viewer_app.ui.widgets.plain import one_line, tool_tip

UID_ROLE = int(Qt.ItemDataRole.UserRole) + 2
KIND_ROLE = int(Qt.ItemDataRole.UserRole) + 3
"""The icon of its kind."""
ICON_PX = 16
Index = QModelIndex | QPersistentModelIndex
Role = Qt.ItemDataRole
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_PLACES = {column.key: place for place, column in enumerate(COLUMNS)}
_FLAGS = Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemIsEnabled
_FLAGS_OF_ROW = _FLAGS | Qt.ItemFlag.ItemNeverHasChildren
_FLAGS_OF_LABEL = _FLAGS_OF_ROW | Qt.ItemFlag.ItemIsEditable
_KIND = _PLACES["kind"]
_NOTE_OF = frozenset({_PLACES["value"], _PLACES["note"]})


class MeasurementModel(QAbstractItemModel):
    """Rows of a `TableRow` each. Renaming is the one edit; rows of priors cannot be changed.

    Grouped, the first level holds the groups. Sorting and finding are done here, on
    values, and not in a proxy: ten thousand rows are in order again at once.
    """

    renamed = Signal(str, str)
    """UID and new label, wished by the user."""

    how_changed = Signal()
    """Another order, other groups or other words."""

    def __init__(self, pictures: Pictures, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._pictures = pictures
        self._all: tuple[TableRow, ...] = ()
        self._groups: tuple[Group, ...] = ()
        self._count = 0
        self._is_mixed = False
        self._places: dict[str, tuple[int, int]] = {}
        self.how = Arrangement()

    # -- what is shown --------------------------------------------------------------------------------

    @property
    def rows(self) -> tuple[TableRow, ...]:
        """What is found, in the order of the table."""
        return tuple(row for group in self._groups for row in group.rows)

    @property
    def all_rows(self) -> tuple[TableRow, ...]:
        """Whether found or not."""
        return self._all

    @property
    def is_grouped(self) -> bool:
        """Whether the first level holds groups."""
        return bool(self.how.by)

    def show_rows(self, rows: Sequence[TableRow]) -> None:
        """Show these from now on, the oldest first. Where the same stand in the same places they are only repainted."""
        self._all = tuple(rows)
        groups = arranged(self._all, self.how)
        if _shape(groups) == _shape(self._groups):
            self._groups = groups
            self._is_mixed = self.is_grouped or any(row.prior for row in self._all)
            for place, group in enumerate(groups):
                above = self.index(place) if self.is_grouped else QModelIndex()
                if group.rows:
                    last = self.index(len(group.rows) - 1, len(COLUMNS) - 1, above)
                    self.dataChanged.emit(self.index(0, 0, above), last)
            return
        self._take(groups)

    def arrange(self, **changes: Any) -> None:
        """Arrange the rows anew: fields of `Arrangement`."""
        how = replace(self.how, **changes)
        if how != self.how:
            groups = arranged(self._all, how)
            self._take(groups, how)
            self.how_changed.emit()

    def row_at(self, index: Index) -> TableRow | None:
        """The measurement of a row; None for a group."""
        if not index.isValid() or (self.is_grouped and not index.internalId()):
            return None
        return self._groups[max(0, index.internalId() - 1)].rows[index.row()]

    def rows_at(self, index: Index) -> tuple[TableRow, ...]:
        """The measurement of a row, or all of a group."""
        if index.isValid() and self.is_grouped and not index.internalId():
            return self._groups[index.row()].rows
        row = self.row_at(index)
        return () if row is None else (row,)

    def rows_within(self, ranges: Iterable[tuple[Index, int, int]]) -> tuple[TableRow, ...]:
        """The measurements from row to row of what they lie in, all of a group for the group, each once, in order."""
        within: dict[int, set[int]] = {}
        for above, top, bottom in ranges:
            if self.is_grouped and not above.isValid():
                for place in range(top, bottom + 1):
                    within.setdefault(place, set()).update(range(len(self._groups[place].rows)))
            else:
                within.setdefault(max(0, above.row()), set()).update(range(top, bottom + 1))
        return tuple(self._groups[place].rows[row] for place in sorted(within) for row in sorted(within[place]))

    def ranges_of(self, uids: Iterable[str]) -> list[tuple[QModelIndex, QModelIndex]]:
        """First and last of the rows of these measurements that stand together, as far as they are shown."""
        found: list[tuple[int, int, int]] = []
        for group, row in sorted(self._places[uid] for uid in set(uids) if uid in self._places):
            if found and found[-1][0] == group and found[-1][2] == row - 1:
                found[-1] = (group, found[-1][1], row)
            else:
                found.append((group, row, row))
        return [(self._cell(group, first), self._cell(group, last)) for group, first, last in found]

    def title_at(self, index: Index) -> str:
        """The title of a group, "" for a measurement."""
        is_group = index.isValid() and self.is_grouped and not index.internalId()
        return self._groups[index.row()].title if is_group else ""

    def index_of(self, uid: str) -> QModelIndex:
        """Where a measurement stands; an invalid index where it is not shown."""
        if uid not in self._places:
            return QModelIndex()
        return self._cell(*self._places[uid])

    def _cell(self, group: int, row: int) -> QModelIndex:
        return self.createIndex(row, 0, group + 1 if self.is_grouped else 0)

    def _take(self, groups: tuple[Group, ...], how: Arrangement | None = None) -> None:
        self.beginResetModel()
        self.how = how or self.how
        self._groups = groups
        self._count = len(groups) if self.is_grouped else sum(len(group.rows) for group in groups)
        self._is_mixed = self.is_grouped or any(row.prior for group in groups for row in group.rows)
        self._places = {
            row.uid: (place, number) for place, group in enumerate(groups) for number, row in enumerate(group.rows)
        }
        self.endResetModel()

    # -- Qt -------------------------------------------------------------------------------------------

    def index(self, row: int, column: int = 0, parent: Index = QModelIndex()) -> QModelIndex:  # noqa: B008 - Qt's own signature
        """The index of a cell."""
        if not parent.isValid():  # first what Qt asks of each row whenever one is new
            is_there = 0 <= row < self._count and 0 <= column < len(COLUMNS)
            return self.createIndex(row, column, 0) if is_there else QModelIndex()
        is_there = 0 <= row < self.rowCount(parent) and 0 <= column < len(COLUMNS)
        return self.createIndex(row, column, parent.row() + 1) if is_there else QModelIndex()

    def parent(self, index: Index) -> QModelIndex:  # type: ignore[override]  # QObject.parent() without arguments
        """The group a row lies in."""
        if not index.isValid() or not index.internalId():
            return QModelIndex()
        return self.createIndex(index.internalId() - 1, 0, 0)

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        """Groups or rows, or the rows of a group."""
        if not parent.isValid():
            return self._count
        is_group = self.is_grouped and not parent.internalId() and parent.column() == 0
        return len(self._groups[parent.row()].rows) if is_group else 0

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        """All columns, shown or not."""
        return len(COLUMNS)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Role.DisplayRole) -> object:
        """The titles of the columns."""
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role == Role.TextAlignmentRole and COLUMNS[section].is_numeric:
            return _RIGHT
        return COLUMNS[section].title if role == Role.DisplayRole else None

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """By a column; nothing where there is none of that place."""
        if 0 <= column < len(COLUMNS):
            self.arrange(column=COLUMNS[column].key, descending=order == Qt.SortOrder.DescendingOrder)

    def flags(self, index: Index) -> Qt.ItemFlag:
        """All can be selected; the label of a measurement of this study can be edited."""
        if not self._is_mixed and index.isValid():
            return _FLAGS_OF_ROW if index.column() else _FLAGS_OF_LABEL
        row = self.row_at(index)
        if row is None:
            return _FLAGS
        return _FLAGS_OF_ROW if index.column() or row.prior else _FLAGS_OF_LABEL

    def data(self, index: Index, role: int = Role.DisplayRole) -> Any:
        """The text of a cell; of the first column also the row of a narrow table, its picture and its UID."""
        if not index.isValid():
            return None
        row = self.row_at(index)
        if row is None:
            found = _GROUP_CELLS.get(role)
            return found(self._groups[index.row()]) if found is not None and index.column() == 0 else None
        if role == Role.DecorationRole and index.column() == 0:
            return self._pictures.get(row.record, is_prior=bool(row.prior))
        cell = _CELLS.get(role)
        return None if cell is None else cell(row, index.column())

    def setData(self, index: Index, value: Any, role: int = Role.EditRole) -> bool:
        """Wish another label."""
        row = self.row_at(index)
        if role != Role.EditRole or row is None or row.prior:
            return False
        if (
            str(value) == row.label != row.record.measurement.label
        ):  # what is not said while the patient is hidden stays
            return True
        self.renamed.emit(row.uid, str(value))
        return True


def _shape(groups: Sequence[Group]) -> list[tuple[str, list[str]]]:
    return [(group.title, [row.uid for row in group.rows]) for group in groups]


def _text(row: TableRow, column: int) -> str:
    return one_line(COLUMNS[column].text(row))


def _spoken(row: TableRow, column: int) -> str:
    if column:
        return f"{COLUMNS[column].title}: {_text(row, column)}"
    value = BY_KEY["value"].text(row)
    return ": ".join(part for part in (row.title, ", ".join(filter(None, (value, row.note, row.study)))) if part)


def _told(row: TableRow, column: int) -> str:
    """The whole cell, and where the numbers of its row come from."""
    return "\n".join(filter(None, (_text(row, column), origins(row.record.values))))


def _color(row: TableRow, column: int) -> QColor | None:
    return QColor(current_palette().warn) if row.note and column in _NOTE_OF else None


def _icon(row: TableRow, column: int) -> QIcon | None:
    kind = KINDS.get(row.record.measurement.kind)
    return icon(kind.icon, current_palette(), size=ICON_PX) if kind is not None and column == _KIND else None


def group_row(group: Group) -> MeasurementRow:
    """A group as a narrow table paints it."""
    return MeasurementRow(group.title, totals_words(group.rows), count_words(group.rows), "")


def _group_text(group: Group) -> str:
    return " · ".join(part for part in (group.title, count_words(group.rows), totals_words(group.rows)) if part)


_CELLS: dict[int, Callable[[TableRow, int], object]] = {
    Role.DisplayRole: _text,
    Role.AccessibleTextRole: _spoken,
    Role.ToolTipRole: lambda row, column: tool_tip(_told(row, column)),
    Role.TextAlignmentRole: lambda row, column: _RIGHT if COLUMNS[column].is_numeric else None,
    Role.ForegroundRole: _color,
    Role.DecorationRole: _icon,
    KIND_ROLE: lambda row, column: _icon(row, _KIND) or QIcon(),
    Role.EditRole: lambda row, column: row.label,
    ROW_ROLE: lambda row, column: row.painted,
    UID_ROLE: lambda row, column: row.uid,
}
_GROUP_CELLS: dict[int, Callable[[Group], object]] = {
    Role.DisplayRole: _group_text,
    Role.AccessibleTextRole: _group_text,
    Role.ToolTipRole: lambda group: tool_tip(_group_text(group)),
    ROW_ROLE: group_row,
}
