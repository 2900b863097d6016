"""The window presets as a table to be edited: what is saved is in force at once, without a restart."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtGui import QBrush, QColor
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QPushButton,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from viewer_app.errors import CaliperError
from viewer_app.imaging.values.suv import SUV_UNIT
from viewer_app.session.presets import KEYS, Preset, WindowPresets, faults_of, shipped
from viewer_app.ui.style import current_palette

_COLUMNS = ("Modality", "Key", "Name", "Centre", "Width")
_MODALITY, _KEY, _NAME, _CENTER, _WIDTH = range(len(_COLUMNS))
_NUMBERS = frozenset((_CENTER, _WIDTH))
_HINT = (
    f"Keys 2 to 9 choose a preset of the modality on show. {SUV_UNIT} is PET in SUV, with presets of its own. "
    "MR has no shipped presets, since its values have no common scale: use the automatic window or one from a region."
)
_KEY_PX = 60
_MINUS = "\N{MINUS SIGN}"


class PresetDialog(QDialog):
    """Add, change and remove presets. What cannot be used is told and stays as it was typed; Cancel changes nothing."""

    def __init__(self, presets: WindowPresets, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._presets = presets
        self.table = QTableWidget(0, len(_COLUMNS))
        self.told = QLabel()
        self.add, self.remove, self.restore = map(QPushButton, ("Add", "Remove", "Restore shipped"))
        self.cancel, self.save = map(QPushButton, ("Cancel", "Save"))
        self._arrange()
        self._fill(presets.rows)
        self.table.itemChanged.connect(self._check)
        self.table.itemSelectionChanged.connect(self._allow)
        self.add.clicked.connect(self.add_row)
        self.remove.clicked.connect(self.remove_rows)
        self.restore.clicked.connect(lambda: self._fill(shipped()))
        self.cancel.clicked.connect(self.reject)
        self.save.clicked.connect(self.accept)
        self._allow()

    @property
    def rows(self) -> tuple[Preset, ...]:
        """The presets as they are typed; a number that is none is NaN."""
        return tuple(self._row(index) for index in range(self.table.rowCount()))

    def add_row(self) -> None:
        """A new preset of the modality that is selected, with the next free key, to be named."""
        at = self.table.currentRow() + 1 or self.table.rowCount()
        modality = self._text(at - 1, _MODALITY) if at else "CT"
        taken = {row.key for row in self.rows if row.modality == _modality(modality)}
        key = next((key for key in KEYS if key not in taken), "")
        with QSignalBlocker(self.table):
            self._insert(at, (modality, key, "", "", ""))
        self.table.setCurrentCell(at, _NAME)
        self._check()
        self.table.edit(self.table.model().index(at, _NAME))

    def remove_rows(self) -> None:
        """Take the selected presets out."""
        for row in sorted({index.row() for index in self.table.selectedIndexes()}, reverse=True):
            self.table.removeRow(row)
        self._check()
        self._allow()

    def accept(self) -> None:
        """Save and close; what is wrong is told, and the window stays."""
        self.save.setFocus()  # what is being typed counts; on macOS a click alone does not take the focus
        faults = faults_of(self.rows)
        if faults:
            self.table.selectRow(next(iter(faults)))
            self._check()
            return
        try:
            self._presets.replace(self.rows)
        except CaliperError as error:
            self._tell(str(error))
            self.cancel.setText("Close")
            return
        super().accept()

    # -- building ---------------------------------------------------------------------------------

    def _arrange(self) -> None:
        self.setWindowTitle("Window presets")
        hint = QLabel(_HINT)
        for label in (hint, self.told):
            label.setWordWrap(True)
        self.told.setStyleSheet(f"color: {current_palette().error};")
        self._arrange_table()
        buttons = QHBoxLayout()
        for button in (self.add, self.remove, self.restore, self.cancel, self.save):
            button.setAutoDefault(False)  # Return ends a cell, not the window
            if button is self.cancel:
                buttons.addStretch(1)
            buttons.addWidget(button)
        column = QVBoxLayout(self)
        for part in (hint, self.table, self.told):
            column.addWidget(part, 1 if part is self.table else 0)
        column.addLayout(buttons)
        self.resize(600, 620)

    def _arrange_table(self) -> None:
        self.table.verticalHeader().hide()
        self.table.setAccessibleName("Window presets")
        self.table.setShowGrid(False)
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        header = self.table.horizontalHeader()
        header.setSectionResizeMode(_NAME, QHeaderView.ResizeMode.Stretch)
        for column, words in enumerate(_COLUMNS):
            title = QTableWidgetItem(words)
            title.setTextAlignment(_side(column))
            self.table.setHorizontalHeaderItem(column, title)
        header.resizeSection(_KEY, _KEY_PX)

    def _fill(self, rows: Iterable[Preset]) -> None:
        with QSignalBlocker(self.table):
            self.table.setRowCount(0)
            for row in rows:
                cells = row.modality, row.key, row.name, _number_text(row.center), _number_text(row.width)
                self._insert(self.table.rowCount(), cells)
        self._check()
        self._allow()

    def _insert(self, at: int, cells: Iterable[str]) -> None:
        self.table.insertRow(at)
        for column, text in enumerate(cells):
            item = QTableWidgetItem(text)
            item.setTextAlignment(_side(column))
            self.table.setItem(at, column, item)

    # -- reading and telling ------------------------------------------------------------------------

    def _row(self, index: int) -> Preset:
        modality, key, name, center, width = (self._text(index, column) for column in range(len(_COLUMNS)))
        return Preset(_modality(modality), key, name, _number(center), _number(width))

    def _text(self, row: int, column: int) -> str:
        item = self.table.item(row, column)
        return item.text().strip() if item is not None else ""

    def _check(self) -> None:
        """Tell what is wrong first, and mark every row in which something is."""
        faults = faults_of(self.rows)
        palette = current_palette()
        with QSignalBlocker(self.table):
            for row in range(self.table.rowCount()):
                brush = QBrush(QColor(palette.error if row in faults else palette.text))
                for column in range(len(_COLUMNS)):
                    item = self.table.item(row, column)
                    if item is not None:
                        item.setForeground(brush)
        self.table.viewport().update()
        self._tell(" ".join(next(iter(faults.values()), ())))

    def _tell(self, words: str) -> None:
        self.told.setText(words)
        self.told.setVisible(bool(words))

    def _allow(self) -> None:
        self.remove.setEnabled(bool(self.table.selectedIndexes()))


def _side(column: int) -> Qt.AlignmentFlag:
    across = Qt.AlignmentFlag.AlignRight if column in _NUMBERS else Qt.AlignmentFlag.AlignLeft
    return across | Qt.AlignmentFlag.AlignVCenter


def _modality(text: str) -> str:
    return SUV_UNIT if text.casefold() == SUV_UNIT.casefold() else text.upper()


def _number(text: str) -> float:
    """A number with either minus sign; NaN where it is none, as with a comma, which means two things."""
    try:
        return float(text.replace(_MINUS, "-"))
    except ValueError:
        return float("nan")


def _number_text(number: float) -> str:
    return f"{number:.12g}".replace("-", _MINUS)
