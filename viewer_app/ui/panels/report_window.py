"""A structured report for reading: plain text with headings, to search and to copy."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFont,
    QGuiApplication,
    QKeyEvent,
    QKeySequence,
    QShortcut,
    QTextBlockFormat,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
)
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QLineEdit, QPushButton, QTextEdit, QVBoxLayout, QWidget

from viewer_app.errors import CaliperError
from viewer_app.imaging.documents import Line, LineKind, StructuredReport
from viewer_app.ui import style
from viewer_app.ui.widgets import ElidedLabel

_SIZE = (760, 760)
_INDENT_PX = 20
_HIDDEN_NOTE = "The patient is hidden: names of people are not shown. The text itself may still tell who it is."


class ReportWindow(QDialog):
    """Stays open beside the main window. `tags_wanted` asks for all attributes of the same object."""

    tags_wanted = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("Report")
        self.title = ElidedLabel("heading")
        self.about = ElidedLabel("secondary")
        self.text = QTextEdit()
        self.search = QLineEdit()
        self.told = ElidedLabel("secondary")
        self.warning = QLabel()
        self._report: StructuredReport | None = None
        self._hidden = False
        self._arrange()
        self.resize(*_SIZE)

    def entitle(self, what: str, whose: str) -> None:
        """Say what is shown, and whose it is."""
        self.about.set_full_text(f"{what} · {whose}")

    def begin(self) -> None:
        """The report is being read."""
        self.told.set_full_text("Reading …")

    def show_report(self, report: StructuredReport) -> None:
        """Show the report from its beginning."""
        self._report = report
        self._fill()

    def show_error(self, error: CaliperError) -> None:
        """Nothing can be shown: say why."""
        self._warn((str(error),))
        self.told.set_full_text("Nothing to show")

    def hide_patient(self, hidden: bool) -> None:
        """Leave names of people out, or show them again."""
        self._hidden = hidden
        self._fill()

    def find_next(self, *, back: bool = False) -> None:
        """Go to the next place of the searched words, round and round."""
        words = self.search.text()
        if not words:
            self.told.set_full_text("")
            return
        flags = QTextDocument.FindFlag.FindBackward if back else QTextDocument.FindFlag(0)
        if not self.text.find(words, flags):
            end = QTextCursor.MoveOperation.End if back else QTextCursor.MoveOperation.Start
            self.text.moveCursor(end)
            if not self.text.find(words, flags):
                self.told.set_full_text("Not found")
                return
        self.told.set_full_text("")

    def copy_all(self) -> None:
        """The whole report as plain text."""
        if self._report is not None:
            QGuiApplication.clipboard().setText(self._report.as_text(hidden=self._hidden))
            self.told.set_full_text("Copied")

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc empties the search field first, then closes the window; Return in it finds the next place."""
        if event.key() == Qt.Key.Key_Escape and self.search.text():
            self.search.clear()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.find_next(back=bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier))
        else:
            super().keyPressEvent(event)

    # -- building -------------------------------------------------------------------------------------

    def _arrange(self) -> None:
        self.text.setReadOnly(True)
        self.text.setAcceptRichText(False)
        self.text.setTabChangesFocus(True)
        self.text.setAccessibleName("Report")
        self.text.document().setDocumentMargin(10)
        self.text.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.search.setPlaceholderText("Search in the report")
        self.search.setAccessibleName("Search in the report")
        self.search.setClearButtonEnabled(True)
        self.search.textChanged.connect(lambda _: self._search_anew())
        self.warning.setTextFormat(Qt.TextFormat.PlainText)
        self.warning.setWordWrap(True)
        self.warning.setProperty("role", "warning")
        self.warning.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 10, 12, 10)
        column.setSpacing(8)
        column.addWidget(self.title)
        column.addWidget(self.about)
        column.addWidget(self.warning)
        column.addWidget(self.search)
        column.addWidget(self.text, 1)
        column.addLayout(self._foot())
        QShortcut(QKeySequence(QKeySequence.StandardKey.Find), self, self._begin_search)
        self.text.setFocus()

    def _foot(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.addWidget(self.told, 1)
        for text, call in (("Tags", self.tags_wanted.emit), ("Copy all", self.copy_all), ("Close", self.reject)):
            button = QPushButton(text)
            button.setAutoDefault(False)
            button.clicked.connect(lambda _=False, call=call: call())
            row.addWidget(button)
        return row

    # -- filling --------------------------------------------------------------------------------------

    def _fill(self) -> None:
        report = self._report
        if report is None:
            return
        self.title.set_full_text(report.title)
        self.text.clear()
        writer = _Writer(self.text, hidden=self._hidden)
        for line in report.head:
            writer.write(line)
        writer.gap()
        for line in report.lines:
            writer.write(line)
        self.text.moveCursor(QTextCursor.MoveOperation.Start)
        self._warn((*((_HIDDEN_NOTE,) if self._hidden else ()), *report.notes))
        self.told.set_full_text("")

    def _warn(self, sentences: tuple[str, ...]) -> None:
        self.warning.setText("\n".join(sentences))
        self.warning.setVisible(bool(sentences))

    def _search_anew(self) -> None:
        self.text.moveCursor(QTextCursor.MoveOperation.Start)
        self.find_next()

    def _begin_search(self) -> None:
        self.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.search.selectAll()


class _Writer:
    """Puts lines into a text field: always as plain text, whatever they hold."""

    def __init__(self, field: QTextEdit, *, hidden: bool) -> None:
        palette = style.current_palette()
        self._cursor = QTextCursor(field.document())
        self._hidden = hidden
        self._first = True
        self._space = 0.0
        self._label = _format(palette.secondary)
        self._text = {
            LineKind.ITEM: _format(palette.text),
            LineKind.WARNING: _format(palette.warn),
            LineKind.HEADING: _format(palette.text, bold=True),
        }

    def gap(self) -> None:
        """Leave room before the next line."""
        self._space = 14.0

    def write(self, line: Line) -> None:
        """One line, or one paragraph with the lines its text has."""
        block = QTextBlockFormat()
        block.setLeftMargin(line.depth * _INDENT_PX)
        block.setTopMargin(max(self._space, 10.0 if line.kind is LineKind.HEADING else 2.0))
        block.setLineHeight(115, QTextBlockFormat.LineHeightTypes.ProportionalHeight.value)
        self._space = 0.0
        if not self._first:
            self._cursor.insertBlock(block)
        self._cursor.setBlockFormat(block)
        self._first = False
        text = line.shown(hidden=self._hidden)
        if line.kind is LineKind.HEADING:
            self._cursor.insertText(line.label, self._text[line.kind])
            return
        if line.label:
            self._cursor.insertText(f"{line.label}:  ", self._label)
        # U+2028 breaks the line inside the paragraph.
        self._cursor.insertText(text.replace("\n", "\u2028"), self._text[line.kind])


def _format(color: str, *, bold: bool = False) -> QTextCharFormat:
    made = QTextCharFormat()
    made.setForeground(QColor(color))
    if bold:
        made.setFontWeight(QFont.Weight.Bold)
    return made
