"""Everything done to the study, oldest first; the selected row is where the study is now."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from PySide6.QtCore import QEvent, QSignalBlocker, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent
from PySide6.QtWidgets import QHeaderView, QTreeWidget, QTreeWidgetItem, QWidget

from viewer_app.session.history import History, Step
from viewer_app.session.step_words import step_words
from viewer_app.ui.style import current_palette

_BEGINNING = "Before all of this"
_NOTHING = "Nothing was done yet"
_KEYS = frozenset({Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_Home, Qt.Key.Key_End})


class HistoryList(QTreeWidget):
    """A click on a row, or going there by keys, takes the study to what it was then.

    The first row is the beginning; steps that were taken back stand below the selected row, dimmed.
    """

    wanted = Signal(int)
    """So many steps are to be done."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._history: History | None = None
        self._listed: tuple[str, ...] | None = None
        self.setColumnCount(2)
        self.setHeaderHidden(True)
        self.setRootIsDecorated(False)
        self.setUniformRowHeights(True)
        self.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName("History")
        header = self.header()
        header.setStretchLastSection(False)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        header.setSectionResizeMode(1, QHeaderView.ResizeMode.ResizeToContents)
        self.currentItemChanged.connect(self._go)

    def show_history(self, history: History | None) -> None:
        """List the steps of `history` from now on."""
        self._history = history
        if history is not None:
            history.changed.connect(self._fill)
        self._fill()

    def event(self, event: QEvent) -> bool:
        """Keys that move through a list are the list's own while it has the focus, not those of the images."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and event.key() in _KEYS:
            event.accept()
            return True
        return super().event(event)

    def keyboardSearch(self, search: str) -> None:
        """Letters are tools, and never lead to another row."""

    def _fill(self) -> None:
        steps = () if self._history is None else self._history.listed
        with QSignalBlocker(self):
            # Rows stay while only the place among them changes: a click on one of them may be under way.
            if self._listed != (listed := tuple(step.uid for step in steps)):
                self._listed = listed
                self.clear()
                self.addTopLevelItems(_rows(steps))
            self._show_place(steps)

    def _show_place(self, steps: Sequence[Step]) -> None:
        palette = current_palette()
        for row, step in zip(map(self.topLevelItem, range(1, len(steps) + 1)), steps, strict=True):
            assert row is not None
            row.setForeground(0, QColor(palette.text if step.done else palette.secondary))
            taken_back = "" if step.done else ", taken back"
            row.setToolTip(0, f"{_when(step):%Y-%m-%d %H:%M:%S}{taken_back}")
            row.setData(0, Qt.ItemDataRole.AccessibleTextRole, row.text(0) + taken_back)
        here = self.model().index(sum(step.done for step in steps), 0)
        self.setCurrentIndex(here)
        self.scrollTo(here)

    def _go(self, row: QTreeWidgetItem | None) -> None:
        if row is not None:
            self.wanted.emit(self.indexOfTopLevelItem(row))


def _rows(steps: Sequence[Step]) -> list[QTreeWidgetItem]:
    today = datetime.now().astimezone().date()
    rows = [QTreeWidgetItem([_BEGINNING if steps else _NOTHING, ""])]
    for number, step in enumerate(steps, 1):
        made = _when(step)
        time = f"{made:%H:%M}" if made.date() == today else f"{made:%Y-%m-%d}"
        row = QTreeWidgetItem([f"{number}. {step_words(step)}", time])
        row.setTextAlignment(1, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        row.setForeground(1, QColor(current_palette().secondary))
        rows.append(row)
    return rows


def _when(step: Step) -> datetime:
    return step.time.astimezone()
