"""The tag browser: every attribute of an instance, to search, to read and to copy."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QAction, QGuiApplication, QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QMenu,
    QPlainTextEdit,
    QPushButton,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from viewer_app.errors import CaliperError
from viewer_app.imaging.tagtree import TagTree, shown_value
from viewer_app.ui.panels.tag_view import TagView
from viewer_app.ui.widgets import ElidedLabel

_SIZE = (960, 720)
_SEARCH_AFTER_MS = 120
_STEPS = (("Previous image", "Alt+Up", -1), ("Next image", "Alt+Down", 1))
_HIDDEN_NOTE = "The patient is hidden: names, numbers and dates that tell who it is, and private values, are not shown."


class TagWindow(QDialog):
    """Stays open beside the main window. `step_wanted` asks for that many images on."""

    step_wanted = Signal(int)

    def __init__(self, parent: QWidget, *, follows: bool) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("Tags of the image" if follows else "Tags")
        self.view = TagView()
        self.search = QLineEdit()
        self.value = QPlainTextEdit()
        self.told, self.written = ElidedLabel("secondary"), ElidedLabel("secondary")
        self.title = ElidedLabel("title")
        self.about = ElidedLabel("secondary")
        self.warning = QLabel()
        self._tree = TagTree(())
        self._hidden = False
        self._timer = QTimer(self, singleShot=True, interval=_SEARCH_AFTER_MS)
        self._timer.timeout.connect(self.find_words)
        self.view.customContextMenuRequested.connect(self._show_menu)
        self.view.selectionModel().currentRowChanged.connect(lambda *_: self._show_value())
        self._arrange(follows)
        self._add_keys(follows)
        self.resize(*_SIZE)

    # -- what is shown --------------------------------------------------------------------------------

    def entitle(self, what: str, whose: str) -> None:
        """Say what is shown, and whose it is."""
        self.title.set_full_text(what)
        self.about.set_full_text(whose)

    def begin(self) -> None:
        """Another instance is being read; what was shown stays until it comes."""
        self.told.set_full_text("Reading …")

    def show_tree(self, tree: TagTree) -> None:
        """Show the attributes; what was open, chosen and scrolled to stays so."""
        self._tree = tree
        self._fill()

    def show_error(self, error: CaliperError) -> None:
        """Nothing can be shown: say why."""
        self._tree = TagTree(())
        self._fill()
        self._warn((str(error),))
        self.told.set_full_text("Nothing to show")

    def hide_patient(self, hidden: bool) -> None:
        """Leave out what tells who the patient is, or show it again."""
        self._hidden = hidden
        self._fill()

    def find_words(self) -> None:
        """Show what matches the words in the search field."""
        self._timer.stop()
        self._fill()

    # -- copying --------------------------------------------------------------------------------------

    def copy_rows(self) -> None:
        """The chosen rows as lines of text."""
        _copy(self._tree.as_text(self.view.chosen_nodes, hidden=self._hidden))

    def copy_value(self) -> None:
        """The value of the row with the keyboard."""
        _copy(self.value.toPlainText())

    def copy_all(self) -> None:
        """Everything, or everything found, as lines of text."""
        _copy(self._tree.as_text(self.view.tags.found, hidden=self._hidden))
        self.told.set_full_text("Copied")

    # -- building -------------------------------------------------------------------------------------

    def _arrange(self, follows: bool) -> None:
        self.search.setPlaceholderText("Search: 0028,0030, pixel spacing, or a part of a value")
        self.search.setAccessibleName("Search tags")
        self.search.setClearButtonEnabled(True)
        self.search.textChanged.connect(lambda _: self._timer.start())
        self.search.returnPressed.connect(self._go_to_found)
        self.value.setReadOnly(True)
        self.value.setAccessibleName("Value")
        self.value.setPlaceholderText("Choose a row to read its whole value.")
        self.warning.setTextFormat(Qt.TextFormat.PlainText)
        self.warning.setWordWrap(True)
        self.warning.setProperty("role", "warning")
        self.warning.hide()
        parts = QSplitter(Qt.Orientation.Vertical)
        parts.addWidget(self.view)
        parts.addWidget(self.value)
        parts.setSizes([540, 90])
        parts.setCollapsible(0, False)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 10, 12, 10)
        column.setSpacing(8)
        column.addLayout(self._heading(follows))
        column.addLayout(self._search_row())
        column.addWidget(self.warning)
        column.addWidget(parts, 1)
        column.addLayout(self._foot())
        self.search.setFocus()

    def _heading(self, follows: bool) -> QHBoxLayout:
        words = QVBoxLayout()
        words.setSpacing(1)
        words.addWidget(self.title)
        words.addWidget(self.about)
        row = QHBoxLayout()
        row.addLayout(words, 1)
        if follows:
            for text, keys, steps in _STEPS:
                button = _button(text, partial(self.step_wanted.emit, steps))
                button.setToolTip(keys)
                row.addWidget(button)
        return row

    def _search_row(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(10)
        row.addWidget(self.search, 1)
        row.addWidget(self.told)
        return row

    def _foot(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.addWidget(self.written, 1)
        row.addWidget(_button("Copy all", self.copy_all))
        row.addWidget(_button("Close", self.reject))
        return row

    def _add_keys(self, follows: bool) -> None:
        self._actions = []
        for title, keys, call in (
            ("Copy row", QKeySequence(QKeySequence.StandardKey.Copy), self.copy_rows),
            ("Copy value", QKeySequence("Ctrl+Shift+C"), self.copy_value),
        ):
            action = QAction(title, self.view)
            action.setShortcut(keys)
            action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
            action.triggered.connect(call)
            self.view.addAction(action)
            self._actions.append(action)
        everything = QAction("Copy all", self.view)
        everything.triggered.connect(self.copy_all)
        self._actions.append(everything)
        QShortcut(QKeySequence(QKeySequence.StandardKey.Find), self, self._begin_search)
        if follows:
            for _, key, steps in _STEPS:
                QShortcut(QKeySequence(key), self, partial(self.step_wanted.emit, steps))

    # -- filling --------------------------------------------------------------------------------------

    def _fill(self) -> None:
        self.view.show_tree(self._tree, self.search.text(), hidden=self._hidden)
        self._show_value()
        self._warn((*((_HIDDEN_NOTE,) if self._hidden else ()), *self._tree.notes))
        self._tell_count()

    def _tell_count(self) -> None:
        self.written.set_full_text(f"Written in {self._tree.syntax}" if self._tree.syntax else "")
        count = len(self._tree.nodes)
        if self.view.tags.found is None:
            self.told.set_full_text(f"{count:,} entries" if count else "")
        else:
            hits = len(self.view.tags.found)
            self.told.set_full_text(f"{hits:,} of {count:,} entries found" if hits else "Nothing found")

    def _warn(self, sentences: tuple[str, ...]) -> None:
        self.warning.setText("\n".join(sentences))
        self.warning.setVisible(bool(sentences))

    def _show_value(self) -> None:
        place = self.view.current_node
        text = shown_value(self._tree.nodes[place], hidden=self._hidden) if place >= 0 else ""
        if text != self.value.toPlainText():
            self.value.setPlainText(text)

    def _begin_search(self) -> None:
        self.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.search.selectAll()

    def _go_to_found(self) -> None:
        """From the search field to the first row that was found."""
        self.find_words()
        self.view.go_to_first_found()

    def _show_menu(self, at: QPoint) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addActions(self._actions)
        menu.popup(self.view.viewport().mapToGlobal(at))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc empties the search field first, then closes the window; Return stays in it."""
        if event.key() == Qt.Key.Key_Escape and self.search.text():
            self.search.clear()
        elif event.key() not in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            super().keyPressEvent(event)


def _button(text: str, call: Callable[[], object]) -> QPushButton:
    button = QPushButton(text)
    button.setAutoDefault(False)
    button.clicked.connect(lambda _=False: call())
    return button


def _copy(text: str) -> None:
    QGuiApplication.clipboard().setText(text)
