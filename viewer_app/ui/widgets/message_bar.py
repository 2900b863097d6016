"""A problem told over the viewport: one sentence, at most one button, never a dialog."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from enum import StrEnum

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, Qt, Signal, SignalInstance
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QSizePolicy, QToolButton, QWidget

from viewer_app.ui import style
from viewer_app.ui.widgets.plain import one_line, restyle


class Message(StrEnum):
    """How grave a message is; the value is the word the style sheet knows."""

    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


_ICONS = {Message.INFO: "info", Message.WARNING: "warning", Message.ERROR: "warning"}
_WIDEST, _MARGIN, _TOP = 640, 10, 92  # px; five lines of corner text fit above
_STEP = 2  # px between places that are tried
_ROLES = {Message.INFO: "accent", Message.WARNING: "warn", Message.ERROR: "error"}


class MessageBar(QFrame):
    """Hidden until `show_message`. `acted` when its button, `closed` when its cross is pressed; both hide it."""

    acted = Signal()
    closed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._kind = Message.INFO
        self._words = ""
        self._sentence: Callable[[str], str] = str
        self._over: QWidget | None = None
        self._letters: Callable[[], Iterable[QRect]] = tuple
        self._icon = QLabel()
        self._text = QLabel()
        self._text.setTextFormat(Qt.TextFormat.PlainText)
        self._text.setWordWrap(True)
        self._text.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self._button = QPushButton()
        self._close = QToolButton()
        self._close.setAccessibleName("Close this message")
        self._close.setToolTip("Close")
        self._button.clicked.connect(lambda: self._leave(self.acted))
        self._close.clicked.connect(lambda: self._leave(self.closed))
        self._arrange()
        self.hide()

    def show_message(self, kind: Message, text: str, button: str = "") -> None:
        """Show the sentence `text`, with a button named `button` unless that is empty."""
        self._kind = kind
        self._words = text
        self._tell()
        self._button.setText(button.replace("&", "&&"))
        self._button.setVisible(bool(button))
        self.setProperty("kind", kind.value)
        self._dress()
        restyle(self)
        self.show()
        self.raise_()
        self.place()

    def say(self, sentence: Callable[[str], str]) -> None:
        """Say from now on, of this message too, what `sentence` leaves of it."""
        self._sentence = sentence
        self._tell()
        self.place()

    @property
    def text(self) -> str:
        """The sentence shown."""
        return self._text.text()

    @property
    def words(self) -> str:
        """The sentence as it was given, though some of it may not be said."""
        return self._words

    def float_over(self, letters: Callable[[], Iterable[QRect]] = tuple, moved: SignalInstance | None = None) -> None:
        """Stay at the top of the parent, clear of its corner text, however the parent is resized.

        `letters` are where it must not lie, in global pixels: which side is which is seen at any time. They
        have `moved` where that is told.
        """
        self._over, self._letters = self.parentWidget(), letters
        if moved is not None:
            moved.connect(self.place)
        if self._over is not None:
            self._over.installEventFilter(self)
        self.place()

    def place(self) -> None:
        """Stand where no letter is covered, as near to the usual place as can be; there, where that is nowhere."""
        if self._over is None:
            return
        room = self._over.width()
        width = max(0, min(_WIDEST, room - 2 * _MARGIN))
        height = max(self.sizeHint().height(), self.heightForWidth(width))
        box = QRect((room - width) // 2, _TOP, width, height)
        corner, letters = self._over.mapToGlobal(QPoint(0, 0)), tuple(self._letters())
        tops = sorted(range(0, self._over.height() - height, _STEP), key=lambda top: abs(top - _TOP))
        places = (box.translated(0, top - _TOP) for top in tops)
        clear = (each for each in places if not any(each.translated(corner).intersects(letter) for letter in letters))
        self.setGeometry(next(clear, box))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Follow the parent."""
        if event.type() == QEvent.Type.Resize:
            self.place()
        return super().eventFilter(watched, event)

    def changeEvent(self, event: QEvent) -> None:
        """Take the icons in the colours of the new theme."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._dress()

    def _tell(self) -> None:
        self._text.setText(one_line(self._sentence(self._words)))
        self.setAccessibleName(self._text.text())

    def _arrange(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 8, 8, 8)
        row.setSpacing(10)
        row.addWidget(self._icon)
        row.addWidget(self._text, 1)
        row.addWidget(self._button)
        row.addWidget(self._close)

    def _dress(self) -> None:
        palette = style.current_palette()
        color = getattr(palette, _ROLES[self._kind])
        self._icon.setPixmap(style.icon_pixmap(_ICONS[self._kind], color, scale=self.devicePixelRatioF()))
        self._close.setIcon(style.icon("close", palette, size=16))

    def _leave(self, signal: SignalInstance) -> None:
        self.hide()
        signal.emit()
