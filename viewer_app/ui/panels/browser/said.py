"""What the browser says about its list: one sentence above it, or in its place where it is empty."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QStackedWidget, QVBoxLayout, QWidget

from viewer_app.session.browsing import Browser
from viewer_app.session.searching import Typed
from viewer_app.sources.orthanc.address import Server
from viewer_app.ui.words import joined

_NO_SERVER = "No server is known yet. Add one: its address, your user name, and whom to trust."
_NONE_HERE = "Nothing of this server is kept on this computer yet. What you open is kept, and opens without the server."
_NONE_THERE = "There is no study on this server."
_NONE_FITS = "No study matches. Part of a name is enough; * stands for any letters; Clear empties all fields."
_UNSIGNED = "The password for this server is needed. Search asks for it again."


@dataclass(frozen=True, slots=True)
class Notice:
    """`fills`: it stands in the place of the list; `button` is "", "Servers …" or "Try again"."""

    text: str = ""
    button: str = ""
    fills: bool = False


ADD, AGAIN = "Add a server …", "Try again"


def notice(browser: Browser, server: Server | None, typed: Typed, *, here: bool) -> Notice:
    """What is to be said before the studies themselves."""
    if server is None:
        return Notice(_NO_SERVER, ADD, fills=True)
    if browser.error is not None:
        return _failed(browser)
    if browser.busy or browser.rows:
        return Notice(_unsorted(browser) or _cut(browser))
    if not here and browser.link is None:
        return Notice(_UNSIGNED, AGAIN, fills=True)
    return Notice(_NONE_HERE if here and typed.is_empty else _NONE_THERE if typed.is_empty else _NONE_FITS, fills=True)


def summary(browser: Browser, new: int) -> str:
    """ "100 studies, more as you scroll · 2 new studies on the server": here, where no row is moved by it."""
    count = len(browser.rows)
    if browser.busy:
        return "Searching …" if not count else f"{count:,} studies, more are coming …"
    listed = f"{_studies(count)}, more as you scroll" if browser.more else _studies(count)
    return joined(
        listed if count else "",
        "on this computer" if count and browser.is_offline else "",
        f"{_studies(new, 'new ')} on the server" if new else "",
    )


def _studies(count: int, which: str = "") -> str:
    return f"{count:,} {which}{'study' if count == 1 else 'studies'}"


def _failed(browser: Browser) -> Notice:
    told = str(browser.error)
    if browser.is_offline and browser.rows:
        return Notice(f"{told} These studies are kept on this computer and open without it.", AGAIN)
    return Notice(told, AGAIN, fills=not browser.rows)


def _unsorted(browser: Browser) -> str:
    """The newest of some is not the newest of all."""
    if browser.is_sorted or not browser.more or browser.busy:
        return ""
    return (
        f"This server cannot sort: the newest of the {len(browser.rows):,} studies listed so far are at the top, "
        "others may be newer. Choose a date, or scroll on."
    )


def _cut(browser: Browser) -> str:
    """An old server can be set to keep further matches from everybody."""
    if not browser.is_cut or browser.busy:
        return ""
    shown = _studies(len(browser.rows))
    return f"This server shows no more than {shown} of a search, and more may match: narrow the search."


class Said(QWidget):
    """A list with a sentence above it, or a sentence instead of it."""

    servers_wanted = Signal()
    again_wanted = Signal()

    def __init__(self, table: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.text, self.button = QLabel(), QPushButton()
        self.empty, self.empty_button = QLabel(), QPushButton()
        self._line, self._pages = QWidget(), QStackedWidget()
        self._pages.addWidget(table)
        self._pages.addWidget(self._in_its_place())
        self._arrange()
        for button in (self.button, self.empty_button):
            button.setAutoDefault(False)
            button.clicked.connect(lambda _=False, button=button: self._pressed(button.text()))

    @property
    def words(self) -> str:
        """The sentence that is said, wherever it stands."""
        return self.empty.text() if self._pages.currentIndex() else self.text.text()

    def show_notice(self, told: Notice) -> None:
        """Say it; "" says nothing."""
        self._pages.setCurrentIndex(1 if told.fills else 0)
        self._line.setVisible(bool(told.text) and not told.fills)
        for label, button in ((self.text, self.button), (self.empty, self.empty_button)):
            label.setText(told.text)
            button.setText(told.button)
            button.setVisible(bool(told.button))

    def _arrange(self) -> None:
        self.text.setProperty("role", "warning")
        for label in (self.text, self.empty):
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setWordWrap(True)
        row = QHBoxLayout(self._line)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.text, 1)
        row.addWidget(self.button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addWidget(self._line)
        column.addWidget(self._pages, 1)

    def _in_its_place(self) -> QWidget:
        page = QWidget()
        self.empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        row = QHBoxLayout()
        for part, share in ((None, 1), (self.empty, 3), (None, 1)):
            row.addWidget(part, share) if part is not None else row.addStretch(share)
        column = QVBoxLayout(page)
        column.setSpacing(12)
        column.addStretch(1)
        column.addLayout(row)
        column.addWidget(self.empty_button, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(2)
        return page

    def _pressed(self, text: str) -> None:
        (self.servers_wanted if text == ADD else self.again_wanted).emit()
