"""One object of a study that is no image: its title, what it is, when it was made."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from viewer_app.ui import style
from viewer_app.ui.widgets.elided_label import ElidedLabel

_ICON_PX = 18
_OPEN_KEYS = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space)


@dataclass(frozen=True, slots=True)
class ObjectContent:
    """What a row says; `icon` is the name of a line icon."""

    title: str
    lines: tuple[str, ...]
    icon: str


class ObjectRow(QFrame):
    """`activated` by double click, Return or space; `menu_wanted` with the place on the screen."""

    activated = Signal()
    menu_wanted = Signal(QPoint)

    def __init__(self, content: ObjectContent, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.content = content
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self._words = QVBoxLayout()
        self._arrange()
        self.show_content(content)

    def show_content(self, content: ObjectContent) -> None:
        """Say `content` from now on; the icon stays."""
        self.content = content
        self.setAccessibleName(content.title)
        self.setAccessibleDescription(", ".join(content.lines))
        while (item := self._words.takeAt(0)) is not None:
            if (label := item.widget()) is not None:
                label.deleteLater()
        for number, text in enumerate((content.title, *content.lines)):
            line = ElidedLabel("secondary" if number else "")
            line.set_full_text(text)
            self._words.addWidget(line)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Return and space open the object."""
        if event.key() in _OPEN_KEYS:
            self.activated.emit()
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """The row takes the press, and so the second one of a double click."""
        event.accept()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """A double click opens the object."""
        if event.button() == Qt.MouseButton.LeftButton:
            self.activated.emit()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """The menu of the object, by mouse or menu key."""
        by_mouse = event.reason() == QContextMenuEvent.Reason.Mouse
        self.menu_wanted.emit(event.globalPos() if by_mouse else self.mapToGlobal(self.rect().center()))

    def _arrange(self) -> None:
        icon = QLabel()
        color = style.current_palette().secondary
        icon.setPixmap(style.icon_pixmap(self.content.icon, color, size=_ICON_PX, scale=self.devicePixelRatioF()))
        self._words.setSpacing(1)
        row = QHBoxLayout(self)
        row.setContentsMargins(9, 5, 8, 5)
        row.setSpacing(9)
        row.addWidget(icon, 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(self._words, 1)
