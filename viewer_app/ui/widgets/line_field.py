"""A small field over an image for one line of text: a length, the words of a note."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QLineEdit, QWidget

_MARGIN_PX = 4


class LineField(QFrame):
    """Asks for a line. Enter gives it, Esc nothing; leaving it gives it too if it `keeps`. Then it is gone."""

    given = Signal(str)
    """What was typed."""

    given_up = Signal()
    """Nothing is to be taken of it."""

    def __init__(self, parent: QWidget, at: QPoint, text: str = "", unit: str = "", *, keeps: bool = False) -> None:
        super().__init__(parent)
        self.setObjectName("line-field")
        self.setAutoFillBackground(True)
        self.setFrameShape(QFrame.Shape.StyledPanel)
        self._open, self._keeps = True, keeps
        self.edit = _Line(text, self)
        self.edit.entered.connect(lambda: self._end(gives=True))
        self.edit.left.connect(self.leave)
        self.edit.given_up.connect(lambda: self._end(gives=False))
        row = QHBoxLayout(self)
        row.setContentsMargins(_MARGIN_PX, _MARGIN_PX, _MARGIN_PX, _MARGIN_PX)
        row.addWidget(self.edit)
        if unit:
            row.addWidget(QLabel(unit))
        self.setFixedWidth(120 if unit else 220)
        self.adjustSize()
        self._stay_inside(at, parent)
        self.show()
        self.raise_()
        self.edit.setFocus()

    def leave(self) -> None:
        """Go, as when a person goes on elsewhere."""
        self._end(gives=self._keeps, gives_keys_back=False)

    def _end(self, *, gives: bool, gives_keys_back: bool = True) -> None:
        """Go away, once: hiding it makes it lose the keys a second time."""
        if not self._open:
            return
        self._open = False
        text, parent = self.edit.text(), self.parentWidget()
        if gives_keys_back and parent is not None:
            parent.setFocus()
        self.hide()
        self.deleteLater()
        if gives:
            self.given.emit(text)
        else:
            self.given_up.emit()

    def _stay_inside(self, at: QPoint, parent: QWidget) -> None:
        room = parent.rect()
        left = min(at.x(), room.width() - self.width() - _MARGIN_PX)
        top = min(at.y(), room.height() - self.height() - _MARGIN_PX)
        self.move(max(left, _MARGIN_PX), max(top, _MARGIN_PX))


class _Line(QLineEdit):
    """All its keys are its own, also those the window has a meaning for."""

    entered = Signal()
    left = Signal()
    given_up = Signal()

    def event(self, event: QEvent) -> bool:
        """Keep the window's shortcuts away."""
        if event.type() == QEvent.Type.ShortcutOverride:
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter and Esc end it."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.entered.emit()
        elif event.key() == Qt.Key.Key_Escape:
            self.given_up.emit()
        else:
            super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Another place has the keys; a menu of its own has not."""
        super().focusOutEvent(event)
        if event.reason() not in (Qt.FocusReason.PopupFocusReason, Qt.FocusReason.ActiveWindowFocusReason):
            self.left.emit()
