"""What stands above the table: the words to be found, and the menu of the table."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, Qt, QTimer, Signal
from PySide6.QtGui import QAction, QActionGroup, QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QMenu, QToolButton, QWidget

from viewer_app.ui.panels.table.arranging import GROUPINGS
from viewer_app.ui.panels.table.columns import COLUMNS
from viewer_app.ui.panels.table.model import MeasurementModel
from viewer_app.ui.panels.table.view import MeasurementView
from viewer_app.ui.style import current_palette, icon

_WAIT_MS = 120


class FindField(QLineEdit):
    """Words in any column. Esc takes them away, and from an empty field leads back; Enter and Down go to the table."""

    left = Signal()
    """On to the table."""

    def __init__(self) -> None:
        super().__init__()
        self.setPlaceholderText("Find")
        self.setAccessibleName("Find in measurements")
        self.setClearButtonEnabled(True)

    def event(self, event: QEvent) -> bool:
        """Esc, Enter and Down are this field's own, not those of the images."""
        keys = (Qt.Key.Key_Escape, Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Down)
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and event.key() in keys:
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Clear, or leave."""
        if event.key() == Qt.Key.Key_Escape and self.text():
            self.clear()
        elif event.key() in (Qt.Key.Key_Escape, Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Down):
            self.left.emit()
        else:
            super().keyPressEvent(event)


class FindRow(QWidget):
    """The field and the button of the menu."""

    def __init__(self, model: MeasurementModel, menu: Callable[[], QMenu]) -> None:
        super().__init__()
        self.field = FindField()
        self.button = QToolButton()
        self.button.setIcon(icon("settings", current_palette(), size=18))
        self.button.setToolTip("Columns, groups, labels")
        self.button.setAccessibleName("Menu of the table")
        self.button.clicked.connect(lambda: menu().popup(self.button.mapToGlobal(self.button.rect().bottomLeft())))
        self._model = model
        self._timer = QTimer(self, singleShot=True, interval=_WAIT_MS)
        self._timer.timeout.connect(self._find)
        self.field.textChanged.connect(lambda _: self._timer.start())
        row = QHBoxLayout(self)
        row.setContentsMargins(10, 6, 6, 6)
        row.addWidget(self.field, 1)
        row.addWidget(self.button)

    def show_all(self) -> None:
        """Look for nothing, at once."""
        self.field.clear()
        self._find()

    def _find(self) -> None:
        self._model.arrange(words=self.field.text())


def add_groupings(menu: QMenu, model: MeasurementModel) -> None:
    """What the rows can be put together by."""
    group = QActionGroup(menu)
    inner = menu.addMenu("Group by")
    for key, title in (("", "Nothing"), *((key, grouping.title) for key, grouping in GROUPINGS.items())):
        action = _checkable(inner, title, is_on=model.how.by == key)
        action.triggered.connect(lambda _=False, key=key: model.arrange(by=key))
        group.addAction(action)


def add_orders(menu: QMenu, model: MeasurementModel) -> None:
    """The columns as what the rows are ordered by; the same again turns the order round."""
    inner = menu.addMenu("Sort by")
    for place, column in enumerate(COLUMNS):
        is_on = model.how.column == column.key
        action = _checkable(inner, column.title, is_on=is_on)
        turned = is_on and not model.how.descending
        order = Qt.SortOrder.DescendingOrder if turned else Qt.SortOrder.AscendingOrder
        action.triggered.connect(lambda _=False, place=place, order=order: model.sort(place, order))


def add_columns(menu: QMenu, view: MeasurementView, changed: Callable[[], None]) -> None:
    """The columns of a wide table, each shown or not."""
    for column in COLUMNS[1:]:
        action = _checkable(menu, column.title, is_on=column.key in view.shown_keys)
        action.triggered.connect(lambda on, key=column.key: _show_column(view, key, changed, is_on=on))
    menu.addSeparator()
    menu.addAction("Widths and order as at first").triggered.connect(lambda _=False: view.reset_columns())


def _show_column(view: MeasurementView, key: str, changed: Callable[[], None], *, is_on: bool) -> None:
    view.show_columns([each for each in (*view.shown_keys, key) if is_on or each != key])
    changed()


def _checkable(menu: QMenu, title: str, *, is_on: bool) -> QAction:
    action = menu.addAction(title)
    action.setCheckable(True)
    action.setChecked(is_on)
    return action
