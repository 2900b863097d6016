"""The ready labels, to be edited: the sets on the left, the labels of one of them on the right, a line for each."""

from __future__ import annotations

import uuid

from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QLabel,
    QLayout,
    QListWidget,
    QListWidgetItem,
    QPlainTextEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from viewer_app.errors import CaliperError
from viewer_app.session.label_sets import LabelSet, LabelSets, fault_of, shipped
from viewer_app.ui.style import current_palette

_HINT = "These are offered when a measurement is named. One label on each line; a double click renames a set."
_KEY = int(Qt.ItemDataRole.UserRole)
_LABELS = _KEY + 1
_NEW = "New set"


class LabelDialog(QDialog):
    """Add, change and remove sets. What cannot be used is told and stays as it was typed; Cancel changes nothing."""

    def __init__(self, labels: LabelSets, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._kept = labels
        self.titles = QListWidget()
        self.labels = QPlainTextEdit()
        self.told = QLabel()
        self.add, self.remove, self.restore = map(QPushButton, ("Add", "Remove", "Restore shipped"))
        self.cancel, self.save = map(QPushButton, ("Cancel", "Save"))
        self._arrange()
        self._fill(labels.sets)
        self.titles.currentItemChanged.connect(lambda now, _: self._show(now))
        self.titles.itemChanged.connect(lambda _: self._check())
        self.labels.textChanged.connect(self._take)
        self.add.clicked.connect(self.add_set)
        self.remove.clicked.connect(self.remove_set)
        self.restore.clicked.connect(lambda: self._fill(shipped()))
        self.cancel.clicked.connect(self.reject)
        self.save.clicked.connect(self.accept)
        self._show(self.titles.currentItem())

    @property
    def sets(self) -> tuple[LabelSet, ...]:
        """The sets as they are typed; empty lines are left out."""
        return tuple(_set(self.titles.item(row)) for row in range(self.titles.count()))

    def add_set(self) -> None:
        """A new set, to be named and filled."""
        item = self._item(LabelSet(str(uuid.uuid4()), _NEW, ()))
        self.titles.setCurrentItem(item)
        self.titles.editItem(item)

    def remove_set(self) -> None:
        """Take the set out that is on show."""
        self.titles.takeItem(self.titles.currentRow())
        self._check()

    def accept(self) -> None:
        """Save and close; what is wrong is told, and the window stays."""
        self.save.setFocus()  # what is being typed counts
        if fault_of(self.sets):
            self._check()
            return
        try:
            self._kept.replace(self.sets)
        except CaliperError as error:
            self.told.setText(str(error))
            self.cancel.setText("Close")
            return
        super().accept()

    def _arrange(self) -> None:
        self.setWindowTitle("Label sets")
        hint = QLabel(_HINT)
        for label in (hint, self.told):
            label.setWordWrap(True)
        self.told.setStyleSheet(f"color: {current_palette().error};")
        self.titles.setAccessibleName("Label sets")
        self.labels.setAccessibleName("Labels of the set")
        self.labels.setTabChangesFocus(True)
        parts, buttons = QHBoxLayout(), QHBoxLayout()
        parts.addWidget(self.titles, 2)
        parts.addWidget(self.labels, 3)
        for button in (self.add, self.remove, self.restore, self.cancel, self.save):
            button.setAutoDefault(False)  # Return ends a title, not the window
            if button is self.cancel:
                buttons.addStretch(1)
            buttons.addWidget(button)
        column = QVBoxLayout(self)
        for part in (hint, parts, self.told, buttons):
            column.addLayout(part) if isinstance(part, QLayout) else column.addWidget(part)
        self.resize(560, 460)

    def _fill(self, sets: tuple[LabelSet, ...]) -> None:
        self.titles.clear()
        for found in sets:
            self._item(found)
        self.titles.setCurrentRow(0)
        self._check()

    def _item(self, found: LabelSet) -> QListWidgetItem:
        item = QListWidgetItem(found.title)
        item.setFlags(item.flags() | Qt.ItemFlag.ItemIsEditable)
        item.setData(_KEY, found.key)
        item.setData(_LABELS, "\n".join(found.labels))
        self.titles.addItem(item)
        return item

    def _show(self, item: QListWidgetItem | None) -> None:
        with QSignalBlocker(self.labels):
            self.labels.setPlainText("" if item is None else item.data(_LABELS))
        self.labels.setEnabled(item is not None)
        self.remove.setEnabled(item is not None)
        self._check()

    def _take(self) -> None:
        item = self.titles.currentItem()
        if item is not None:
            item.setData(_LABELS, self.labels.toPlainText())

    def _check(self) -> None:
        self.told.setText(" ".join(fault_of(self.sets) or ()))


def _set(item: QListWidgetItem) -> LabelSet:
    lines = (" ".join(line.split()) for line in str(item.data(_LABELS)).splitlines())
    return LabelSet(str(item.data(_KEY)), " ".join(item.text().split()), tuple(line for line in lines if line))
