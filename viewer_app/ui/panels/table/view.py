"""The table on the screen: narrow rows of two lines, or columns where there is room; keys and clicks."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence

from PySide6.QtCore import QEvent, QItemSelection, QItemSelectionModel, QModelIndex, QSignalBlocker, Qt, Signal
from PySide6.QtGui import QFontMetrics, QKeyEvent, QKeySequence, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QApplication, QTreeView, QWidget

from viewer_app.ui.panels.table.columns import COLUMNS, Column
from viewer_app.ui.panels.table.delegate import TableDelegate
from viewer_app.ui.panels.table.heading import Heading
from viewer_app.ui.panels.table.model import MeasurementModel
from viewer_app.ui.panels.table.rows import TableRow
from viewer_app.ui.style import tabular

Key, Flag = Qt.Key, QItemSelectionModel.SelectionFlag
WIDE_PX = 560
"""From this width on there are columns."""
_INDENT_PX = 11
_MOST_LETTERS, _LOOKED_AT, _LONGEST = 26, 500, 8
_PADDING_PX = {"label": 84, "kind": 52}
_PADDING_ELSE_PX = 34
_NARROWEST_PX = {"label": 116, "kind": 140, "series": 84, "author": 64}
_OWN_KEYS = frozenset(
    {Key.Key_Up, Key.Key_Down, Key.Key_Left, Key.Key_Right, Key.Key_Home, Key.Key_End, Key.Key_PageUp, Key.Key_PageDown}
)
_MOVES_LIST = (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ShiftModifier)


class MeasurementView(QTreeView):
    """Rows of a `MeasurementModel`. With the focus it takes the keys of a list; letters stay tools of the images."""

    picked = Signal(str)
    """UID of the measurement to go to."""

    chosen = Signal(list)
    """UIDs of the selected measurements, that with the keyboard last; told when a person selects."""

    asked = Signal(str)
    """A key wants one of "delete", "copy", "find", "leave"."""

    def __init__(
        self, model: MeasurementModel, labels: Callable[[], Sequence[str]], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._measurements = model
        self._shown_keys: tuple[str, ...] = tuple(column.key for column in COLUMNS if column.at_first)
        self._closed: set[str] = set()
        self._kept: tuple[list[str], int] = ([], -1)
        self._widths: dict[tuple[str, str], int] = {}
        self._delegate = TableDelegate(labels, self)
        self._dress()
        self.heading = Heading(self.header())
        model.modelAboutToBeReset.connect(self._keep)
        self.setModel(model)
        model.dataChanged.connect(self._widths.clear)
        model.modelReset.connect(self._restore)
        self.selectionModel().selectionChanged.connect(self._tell_chosen)
        self.clicked.connect(self._clicked)
        self.doubleClicked.connect(self._double_clicked)
        self.collapsed.connect(lambda index: self._closed.add(self._measurements.title_at(index)))
        self.expanded.connect(lambda index: self._closed.discard(self._measurements.title_at(index)))
        self._show_columns()

    # -- what is selected and shown -------------------------------------------------------------------

    @property
    def is_wide(self) -> bool:
        """Whether there are columns."""
        return self._delegate.is_wide

    @property
    def chosen_rows(self) -> tuple[TableRow, ...]:
        """The selected measurements in the order of the table, those of selected groups too, each once."""
        selection = self.selectionModel().selection()
        parts = [selection.at(place) for place in range(selection.count())]
        return self._measurements.rows_within((part.parent(), part.top(), part.bottom()) for part in parts)

    @property
    def shown_keys(self) -> tuple[str, ...]:
        """Keys of the columns of a wide table, from left to right."""
        return self.heading.ordered(self._shown_keys)

    def show_columns(self, keys: Iterable[str]) -> None:
        """Show these columns in a wide table; the first one always."""
        wanted = {COLUMNS[0].key, *keys}
        self._shown_keys = tuple(column.key for column in COLUMNS if column.key in wanted)
        self._show_columns()

    def reset_columns(self) -> None:
        """Widths and order of the columns as they are at first."""
        self.heading.reset()
        self._show_columns()

    def choose(self, uids: Sequence[str]) -> None:
        """Select these rows as far as they are shown, without telling; the last one is scrolled to."""
        found = self._measurements.ranges_of(uids)
        wanted = QItemSelection()
        for first, last in found:
            wanted.select(first, last)
        with QSignalBlocker(self):
            self.selectionModel().select(wanted, Flag.ClearAndSelect | Flag.Rows)
            if uids and found:
                last = self._measurements.index_of(uids[-1])
                self.selectionModel().setCurrentIndex(last if last.isValid() else found[-1][1], Flag.NoUpdate)
                self.scrollTo(self.currentIndex())
        self.viewport().update()

    def rename(self, uid: str) -> None:
        """Let the user type another label."""
        index = self._measurements.index_of(uid)
        if index.flags() & Qt.ItemFlag.ItemIsEditable:
            self.scrollTo(index)
            is_chosen = uid in {row.uid for row in self.chosen_rows}
            flag = Flag.NoUpdate if is_chosen else Flag.ClearAndSelect | Flag.Rows
            self.selectionModel().setCurrentIndex(index, flag)
            self.edit(index)

    # -- Qt -------------------------------------------------------------------------------------------

    def event(self, event: QEvent) -> bool:
        """Keys of the list are not those of the images while it has the focus."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and _is_own(event):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Go, rename, delete, copy, find."""
        wish = _wish(event)
        if wish:
            self.asked.emit(wish)
        elif event.key() in (Key.Key_Return, Key.Key_Enter) and self.state() != self.State.EditingState:
            self._go(self.currentIndex())
        elif event.key() == Key.Key_F2 and self.chosen_rows:
            row = self._measurements.row_at(self.currentIndex()) or self.chosen_rows[0]
            self.rename(row.uid)
        else:
            super().keyPressEvent(event)

    def keyboardSearch(self, search: str) -> None:
        """Letters are tools, and never lead to another row."""

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Columns where there is room."""
        super().resizeEvent(event)
        if self._delegate.is_wide != (self.width() >= WIDE_PX):
            self._delegate.is_wide = not self._delegate.is_wide
            self._show_columns()
            self.scheduleDelayedItemsLayout()
        elif event.size().width() != event.oldSize().width():
            with self.heading.by_program():
                self._fit()

    # -- inside ---------------------------------------------------------------------------------------

    def _dress(self) -> None:
        self.setItemDelegateForColumn(0, self._delegate)
        self.setAccessibleName("Measurements")
        self.setUniformRowHeights(True)
        self.setRootIsDecorated(False)
        self.setIndentation(0)
        self.setMouseTracking(True)
        self.setAllColumnsShowFocus(True)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.DoubleClicked)
        self.setExpandsOnDoubleClick(False)
        self.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        header = self.header()
        header.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setMinimumSectionSize(40)

    def _show_columns(self) -> None:
        header, wide = self.header(), self._delegate.is_wide
        with self.heading.by_program():
            for place, column in enumerate(COLUMNS):
                self.setColumnHidden(place, place > 0 and not (wide and column.key in self._shown_keys))
            header.setVisible(wide)
            header.setStretchLastSection(not wide)
            self.setSortingEnabled(wide)
            self._fit()
        self._show_order()

    def _fit(self, *, only_numbers: bool = False) -> None:
        """Give columns the width of what they say, but for a person's wish: words up to a measure, numbers all."""
        if not self.is_wide:
            return
        header = self.header()
        wanted = self._widths_in_room() if not only_numbers else {}
        for place, column in enumerate(COLUMNS):
            if self.isColumnHidden(place) or (only_numbers and not column.is_numeric):
                continue
            if (chosen := self.heading.width(column.key)) is not None:
                header.resizeSection(place, chosen)
            elif only_numbers:
                header.resizeSection(place, max(self._wanted_width(column), header.sectionSize(place)))
            else:
                header.resizeSection(place, wanted[column.key])

    def _widths_in_room(self) -> dict[str, int]:
        """What columns want; where that is more than there is, words are cut and numbers never."""
        shown = [column for place, column in enumerate(COLUMNS) if not self.isColumnHidden(place)]
        least = self.header().minimumSectionSize()
        wanted = {each.key: self.heading.width(each.key) or max(least, self._wanted_width(each)) for each in shown}
        over = sum(wanted.values()) - self.viewport().width()
        cut = [key for key in _NARROWEST_PX if key in wanted and self.heading.width(key) is None]
        spare = {key: max(0, wanted[key] - _NARROWEST_PX[key]) for key in cut}
        share = min(1.0, max(0.0, over / max(1, sum(spare.values()))))
        return {key: width - math.ceil(share * spare.get(key, 0)) for key, width in wanted.items()}

    def _wanted_width(self, column: Column) -> int:
        """Worked out once for the same rows and letters: of thousands of rows it takes long, and every resize asks."""
        place = column.key, self.font().key()
        if place not in self._widths:
            rows, metrics = self._measurements.rows, QFontMetrics(tabular(self.font()))
            texts = sorted({column.text(row) for row in (rows if column.is_numeric else rows[:_LOOKED_AT])}, key=len)
            most = metrics.averageCharWidth() * _MOST_LETTERS
            widest = max(map(metrics.horizontalAdvance, (column.title, *texts[-_LONGEST:])))
            padding = _PADDING_PX.get(column.key, _PADDING_ELSE_PX)
            self._widths[place] = (widest if column.is_numeric else min(widest, most)) + padding
        return self._widths[place]

    def _show_order(self) -> None:
        how = self._measurements.how
        place = next((place for place, column in enumerate(COLUMNS) if column.key == how.column), -1)
        order = Qt.SortOrder.DescendingOrder if how.descending else Qt.SortOrder.AscendingOrder
        with QSignalBlocker(self.header()):
            self.header().setSortIndicator(place, order)

    def _keep(self) -> None:
        self._widths.clear()
        uids = [row.uid for row in self.chosen_rows]
        self._kept = (uids, self.currentIndex().row())

    def _restore(self) -> None:
        grouped = self._measurements.is_grouped
        self.setIndentation(_INDENT_PX if grouped else 0)
        self.setRootIsDecorated(grouped)
        with QSignalBlocker(self):
            for place in range(self._measurements.rowCount() if grouped else 0):
                index = self._measurements.index(place)
                self.setFirstColumnSpanned(place, QModelIndex(), True)
                self.setExpanded(index, self._measurements.title_at(index) not in self._closed)
        with self.heading.by_program():
            self._fit(only_numbers=True)
        self._show_order()
        uids, row = self._kept
        self.choose(uids)
        if not self.currentIndex().isValid() and row >= 0:
            near = self._measurements.index(min(row, self._measurements.rowCount() - 1))
            self.selectionModel().setCurrentIndex(near, Flag.NoUpdate)

    def _tell_chosen(self) -> None:
        if self.signalsBlocked():
            return
        uids = [row.uid for row in self.chosen_rows]
        current = self._measurements.row_at(self.currentIndex())
        if current is not None and current.uid in uids:
            uids = [*(uid for uid in uids if uid != current.uid), current.uid]
        self.chosen.emit(uids)

    def _clicked(self, index: QModelIndex) -> None:
        """With modifiers it selects several; a prior, which may take a view of its own, is not shown in passing."""
        row = self._measurements.row_at(index)
        is_plain = QApplication.keyboardModifiers() == Qt.KeyboardModifier.NoModifier
        if is_plain and row is not None and not row.prior:
            self.picked.emit(row.uid)

    def _double_clicked(self, index: QModelIndex) -> None:
        row = self._measurements.row_at(index)
        if row is not None and row.prior:
            self.picked.emit(row.uid)

    def _go(self, index: QModelIndex) -> None:
        row = self._measurements.row_at(index)
        if row is not None:
            self.picked.emit(row.uid)


def _wish(event: QKeyEvent) -> str:
    """What a key asks of whoever knows the study; "" for a key of the list itself."""
    if event.matches(QKeySequence.StandardKey.Copy):
        return "copy"
    if event.matches(QKeySequence.StandardKey.Find):
        return "find"
    return {Key.Key_Delete: "delete", Key.Key_Backspace: "delete", Key.Key_Escape: "leave"}.get(Key(event.key()), "")


def _is_own(event: QKeyEvent) -> bool:
    moves = event.key() in _OWN_KEYS and event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier in _MOVES_LIST
    goes = event.key() in (Key.Key_Return, Key.Key_Enter, Key.Key_F2) and not event.modifiers()
    return moves or goes or bool(_wish(event)) or event.matches(QKeySequence.StandardKey.SelectAll)
