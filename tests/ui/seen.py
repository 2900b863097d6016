"""Every text a person, or a screen reader, can find in the windows of the running program."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from PySide6.QtCore import QAbstractItemModel, QAbstractListModel, QModelIndex, Qt
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QApplication,
    QComboBox,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QTabWidget,
    QTextEdit,
    QWidget,
)

from viewer_app.ui.views import overlay
from viewer_app.ui.widgets import ROW_ROLE

_ROLES = (
    Qt.ItemDataRole.DisplayRole,
    Qt.ItemDataRole.ToolTipRole,
    Qt.ItemDataRole.AccessibleTextRole,
    Qt.ItemDataRole.AccessibleDescriptionRole,
    Qt.ItemDataRole.StatusTipRole,
    ROW_ROLE,
)


def visible_texts() -> list[str]:
    """Of all visible widgets: titles, labels, fields, lists, tool tips, names for screen readers; and of actions."""
    found: list[str] = []
    for widget in QApplication.allWidgets():
        if widget.isVisible():
            found += _of_any(widget)
            found += _of_kind(widget)
    return [text for text in found if text]


@contextmanager
def painted_texts(patch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """What is written over images while the block runs."""
    written: list[str] = []
    draw = overlay._text_picture

    def recorded(text: str, *rest: str | float) -> QPixmap:
        written.append(text)
        return draw(text, *rest)

    with patch.context() as patched:
        patched.setattr(overlay, "_text_picture", recorded)
        patched.setattr(overlay, "_corner_lines", overlay._corner_lines.__wrapped__)  # not those kept from before
        yield written


def _of_any(widget: QWidget) -> list[str]:
    actions = [text for action in widget.actions() for text in (action.text(), action.toolTip(), action.statusTip())]
    told = (widget.windowTitle(), widget.toolTip(), widget.statusTip(), widget.whatsThis())
    return [*told, widget.accessibleName(), widget.accessibleDescription(), *actions]


def _of_kind(widget: QWidget) -> list[str]:
    match widget:
        case QLabel() | QAbstractButton():
            return [widget.text()]
        case QLineEdit():
            return [widget.displayText(), widget.placeholderText()]
        case QTextEdit() | QPlainTextEdit():
            return [widget.toPlainText()]
        case QComboBox():
            return [widget.itemText(index) for index in range(widget.count())]
        case QTabWidget():
            return [widget.tabText(index) for index in range(widget.count())]
        case QAbstractItemView():
            return list(_of_model(widget.model(), QModelIndex()))
        case _:
            return []


def _of_model(model: QAbstractItemModel, parent: QModelIndex) -> Iterator[str]:
    # A list model keeps its count of columns to itself.
    columns = 1 if isinstance(model, QAbstractListModel) else model.columnCount(parent)
    for row in range(model.rowCount(parent)):
        for column in range(columns):
            index = model.index(row, column, parent)
            yield from (str(told) for role in _ROLES if (told := index.data(role)))
        if columns > 0 and not isinstance(model, QAbstractListModel):
            yield from _of_model(model, model.index(row, 0, parent))
