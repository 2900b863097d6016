"""The few windows beside the main one: notes on what is not shown, keys and mouse."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QDialog,
    QHeaderView,
    QLineEdit,
    QPushButton,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from viewer_app.imaging.headers import Problem
from viewer_app.ui.actions import ACTIONS, shortcuts

_MOUSE = (
    ("Left drag", "The tool that is on; a mark under the pointer is taken first"),
    ("Middle drag", "Pan"),
    ("Right drag", "Zoom"),
    ("Right click", "Menu of the mark, or of the image"),
    ("Ctrl + click a mark", "Select it beside others, or no more; dragging one of several moves all that are seen"),
    ("Drag a label", "Put it elsewhere; a line leads back to its mark"),
    ("Click in a view", "It takes the keys; its frame shows it"),
    ("Double click", "One view large, or all again; tools that draw take it as a click"),
    ("Drag a series", "Show it in the view it is dropped on; a prior too"),
    ("Wheel", "Scroll through the images, in the view under the pointer"),
    ("Ctrl + wheel", "Zoom about the pointer"),
    ("Magnifier: hold the left button", "A lens over the image; the wheel changes its strength, from 2 to 8 times"),
    ("Volume brush: left, right drag", "Paint, erase; Alt and the left button erase too"),
    ("Volume brush: Ctrl + wheel", "A larger or smaller brush"),
    ("Alt + wheel", "MPR: a thicker or thinner slab"),
    ("Drag a ring of the crosshair", "MPR: turn the planes; with Shift one plane alone"),
    ("Drag the middle of the crosshair", "MPR: move it; with the crosshair tool from anywhere"),
    ("Shift + move", "Show the point under the pointer in the other views"),
    ("Drag a dashed line", "MPR: the thickness of that slab"),
    ("Crosshair tool in a stack", "Show the place under the pointer in the other views"),
    ("Window drag: right / up", "Wider / brighter; Ctrl faster, Shift finer"),
    ("Shift while drawing or moving", "Level, upright or at 45°; a square, a circle"),
    ("Backspace while drawing", "Take the last point back"),
    ("Enter, double click, click on the first point", "End what has no last point; the last for closed outlines"),
    ("Digits while a line is drawn, or after a click on a distance", "Type its length; Enter sets it"),
    (
        "Arrow keys after a click on a mark",
        "Move it, or the handle that was clicked, by a tenth of a pixel; with Shift by one",
    ),
)


def problems_dialog(problems: Sequence[Problem], parent: QWidget, sentence: Callable[[str], str] = str) -> QDialog:
    """Where something could not be shown, and why; `sentence` masks what is not to be said."""
    rows = [(sentence(problem.where), sentence(problem.why)) for problem in problems]
    return _table_dialog("What is not shown", ("Where", "Why"), [("", rows)], parent)


def help_dialog(parent: QWidget) -> QDialog:
    """All keys, by group, and the mouse."""
    keys = shortcuts()
    groups: list[tuple[str, list[tuple[str, str]]]] = [("Mouse", list(_MOUSE))]
    for group in dict.fromkeys(spec.group for spec in ACTIONS):
        rows = [
            (", ".join(keys[spec.name]), spec.title) for spec in ACTIONS if spec.group == group and spec.name in keys
        ]
        if rows:
            groups.append((group, rows))
    return _table_dialog("Keys and mouse", ("Key", "What it does"), groups, parent)


def _table_dialog(
    title: str, header: tuple[str, str], groups: Sequence[tuple[str, Sequence[tuple[str, str]]]], parent: QWidget
) -> QDialog:
    dialog = QDialog(parent)
    dialog.setWindowTitle(title)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    tree = QTreeWidget()
    tree.setHeaderLabels(header)
    tree.header().setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
    tree.header().setSectionResizeMode(0, QHeaderView.ResizeMode.ResizeToContents)
    tree.setRootIsDecorated(False)
    tree.setWordWrap(True)
    for name, rows in groups:
        place: QTreeWidget | QTreeWidgetItem = tree
        if name:
            place = QTreeWidgetItem(tree, [name])
            place.setFirstColumnSpanned(True)
        for row in rows:
            QTreeWidgetItem(place, list(row))
    tree.expandAll()
    search = QLineEdit()
    search.setPlaceholderText("Search")
    search.setAccessibleName("Search")
    search.setClearButtonEnabled(True)
    search.textChanged.connect(lambda text: _show_found(tree, text.casefold()))
    close = QPushButton("Close")
    close.clicked.connect(dialog.reject)
    column = QVBoxLayout(dialog)
    column.addWidget(search)
    column.addWidget(tree)
    column.addWidget(close, 0, Qt.AlignmentFlag.AlignRight)
    dialog.resize(680, 520)
    return dialog


def _show_found(tree: QTreeWidget, text: str) -> None:
    """Leave the rows that hold `text`, and what they stand under."""
    rows = tree.findItems("*", Qt.MatchFlag.MatchWildcard | Qt.MatchFlag.MatchRecursive)
    for row in rows:
        row.setHidden(True)
    for row in rows:
        if not row.childCount() and any(text in row.text(column).casefold() for column in range(row.columnCount())):
            row.setHidden(False)
            if (group := row.parent()) is not None:
                group.setHidden(False)
