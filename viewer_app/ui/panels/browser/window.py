"""The window of the study browser: server, fields, studies, series. It opens one study at a time."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QByteArray, QSettings, Qt, Signal, SignalInstance
from PySide6.QtGui import QKeySequence, QShortcut, QShowEvent
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QPushButton,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from viewer_app.errors import CaliperError
from viewer_app.progress import Step
from viewer_app.session.browsed import Browsed
from viewer_app.session.browsing import Browser
from viewer_app.sources.orthanc.address import Server
from viewer_app.sources.orthanc.errors import AuthFailed
from viewer_app.ui.panels.browser.fields import SearchFields, row_of
from viewer_app.ui.panels.browser.pictures import SeriesCards
from viewer_app.ui.panels.browser.said import Notice, Said, notice, summary
from viewer_app.ui.panels.browser.table import StudyTable
from viewer_app.ui.widgets import ElidedLabel

_SIZE = (1280, 800)
_SMALLEST = (900, 520)
_SERVER, _HERE = "On the server", "Kept on this computer"


class StudyBrowser(QDialog):
    """Stays as it is while it is hidden. It knows no password: `sign_in_wanted` asks for `server` to be signed in."""

    sign_in_wanted = Signal(object)
    """A `Server` is to be signed in with its password, by `sign_in`."""

    refused = Signal(object, object)
    """A `Server` that refused its password, and the error."""

    open_wanted = Signal(object, str)
    """A `Server` and the ID of the study there that is to be opened."""

    beside_wanted = Signal(object, str)
    """The same, but it is to be shown beside the study that is open, as its prior."""

    cancel_wanted = Signal()
    """The study that is being opened is not wanted any more."""

    servers_wanted = Signal()
    """The list of servers is to be changed."""

    def __init__(self, browser: Browser, browsed: Browsed, settings: QSettings, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Window)
        self._browser, self._browsed, self._settings = browser, browsed, settings
        self._server: Server | None = None
        self._signed: Server | None = None
        self._opening = ""
        self._problem = ""
        self._new = 0
        self._has_study = False
        self.server = QComboBox()
        self.scope = QComboBox()
        self.fields = SearchFields()
        self.table = StudyTable(browser)
        self.cards = SeriesCards(browsed)
        self.said = Said(self.table)
        self.told = ElidedLabel("secondary")
        self.servers, self.news, self.cancel, self.beside, self.open_button = map(
            QPushButton, ("Servers …", "Show new", "Close", "Open beside", "Open")
        )
        self._arrange()
        self._connect()
        self._restore()

    # -- servers --------------------------------------------------------------------------------------

    def show_servers(self, rows: tuple[Server, ...], last: Server | None) -> None:
        """Let the user choose among these; the one that was chosen stays, else `last` is."""
        before = self._server
        chosen = next((row for row in rows if before is not None and row.name == before.name), last)
        self.server.clear()
        for row in rows:
            self.server.addItem(row.name, row)
        self.server.setCurrentIndex(rows.index(chosen) if chosen is not None else -1)
        self.server.setVisible(bool(rows))
        if chosen != before:
            self._choose_server(chosen)
        self._say()

    def sign_in(self, server: Server) -> None:
        """Search on `server`, which holds its password."""
        if self._server is not None and (server.url, server.user) == (self._server.url, self._server.user):
            self._signed = server
            self.search()

    def not_signed_in(self) -> None:
        """The user has not given the password."""
        self._say()

    # -- searching ------------------------------------------------------------------------------------

    def search(self) -> None:
        """Search for what stands in the fields; where the password is missing, ask for it first."""
        here = self.scope.currentData() == _HERE
        server = self._server if here else self._signed
        self._problem = ""
        self._keep_query()
        if server is not None:
            self._browser.search(server, self.fields.typed.query(), here=here)
        elif self._server is not None:
            self.sign_in_wanted.emit(self._server)
        self._say()

    def show_new(self, count: int) -> None:
        """So many studies have come to the server since it was searched."""
        self._new = count
        self._say()

    def hide_patient(self, hidden: bool) -> None:
        """Leave out who it is, or show it again."""
        self.table.studies.hide_patient(hidden)
        self.cards.hide_patient(hidden)
        self.fields.hide_patient(hidden)

    # -- opening --------------------------------------------------------------------------------------

    def open_chosen(self) -> None:
        """Open the chosen study; while a search is under way the list is not its answer, and nothing is opened."""
        self._open(self.open_wanted)

    def open_beside(self) -> None:
        """Show the chosen study beside the one that is open."""
        if self._has_study:
            self._open(self.beside_wanted)

    def allow_beside(self, allowed: bool) -> None:
        """Whether there is a study that another can be put beside."""
        self._has_study = allowed
        self._say()

    def opening(self, step: Step | None) -> None:
        """How far the opening is; None where nothing is being opened any more."""
        counted = f" {step.done:,} of {step.total:,} images listed" if step is not None and step.total else ""
        self._opening = "" if step is None else f"Opening the study …{counted}"
        self._say()

    def not_opened(self, error: CaliperError) -> None:
        """Say why the study could not be opened."""
        self._problem = str(error)
        self._say()

    # -- building -------------------------------------------------------------------------------------

    def _arrange(self) -> None:
        self.setWindowTitle("Studies on a server")
        self.setMinimumSize(*_SMALLEST)
        self.resize(*_SIZE)
        for chooser, name in ((self.server, "Server"), (self.scope, "Where to look")):
            chooser.setAccessibleName(name)
        self.server.setMinimumWidth(200)
        for where in (_SERVER, _HERE):
            self.scope.addItem(where, where)
        for button in (self.servers, self.news, self.cancel, self.beside, self.open_button):
            button.setAutoDefault(False)
        self.news.setToolTip("Search again, with what has come to the server since")
        self.beside.setToolTip("Show it beside the study that is open, as its prior · Ctrl+Return")
        self.open_button.setProperty("role", "primary")
        top = row_of(self.server, self.servers, None, self.scope)
        self.parts = QSplitter(Qt.Orientation.Vertical)
        self.parts.addWidget(self.said)
        self.parts.addWidget(self.cards)
        self.parts.setSizes([470, 190])
        self.parts.setChildrenCollapsible(False)
        foot = row_of(self.told, self.news, self.cancel, self.beside, self.open_button)
        foot.setStretch(0, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 10, 12, 10)
        column.setSpacing(10)
        column.addLayout(top)
        column.addWidget(self.fields)
        column.addWidget(self.parts, 1)
        column.addLayout(foot)

    def _connect(self) -> None:
        self.server.activated.connect(lambda _: self._choose_server(self.server.currentData()))
        self.scope.currentIndexChanged.connect(lambda _: self.search())
        self.servers.clicked.connect(self.servers_wanted)
        self.said.servers_wanted.connect(self.servers_wanted)
        self.said.again_wanted.connect(self.search)
        self.news.clicked.connect(self.search)
        self.fields.wanted.connect(self.search)
        self.fields.entered.connect(self.table.setFocus)
        self.table.chosen.connect(self._show_series)
        self.table.wanted.connect(self.open_chosen)
        self.open_button.clicked.connect(self.open_chosen)
        self.beside.clicked.connect(self.open_beside)
        self.table.beside_wanted.connect(self.open_beside)
        self.cancel.clicked.connect(self.reject)
        self._browser.changed.connect(self._searched)
        self._browsed.known.connect(self._browser.learn)
        for keys, call in (("Ctrl+F", self._begin_typing), ("F5", self.fields.search_now)):
            QShortcut(QKeySequence(keys), self, call)

    def _restore(self) -> None:
        """How the window was left; never whom was looked for."""
        calls: tuple[tuple[str, Callable[[QByteArray], object]], ...] = (
            ("browser/geometry", self.restoreGeometry),
            ("browser/columns", self.table.set_columns),
            ("browser/parts", self.parts.restoreState),
        )
        for key, restore in calls:
            if isinstance(kept := self._settings.value(key), QByteArray):
                restore(kept)
        self.fields.choose(
            str(self._settings.value("browser/modality", "")), str(self._settings.value("browser/when", ""))
        )

    def remember(self) -> None:
        """Keep how the window is left."""
        self._settings.setValue("browser/geometry", self.saveGeometry())
        self._settings.setValue("browser/columns", self.table.columns())
        self._settings.setValue("browser/parts", self.parts.saveState())

    def _keep_query(self) -> None:
        typed = self.fields.typed
        self._settings.setValue("browser/modality", typed.modality)
        self._settings.setValue("browser/when", typed.when.name)

    def _open(self, wanted: SignalInstance) -> None:
        row, server = self.table.current, self._signed or self._server
        if row is None or server is None or not self._may_open:
            return
        self._problem = ""
        wanted.emit(server, row.study.id)
        self._say()

    # -- inside ---------------------------------------------------------------------------------------

    @property
    def _may_open(self) -> bool:
        is_first_page = self._browser.busy and not self._browser.rows
        return self.table.current is not None and not is_first_page and not self.fields.waits

    def _choose_server(self, server: Server | None) -> None:
        self._server, self._signed = server, None
        self._browser.close()
        if server is not None and self.isVisible():
            self.search()

    def _searched(self) -> None:
        browser = self._browser
        if isinstance(browser.error, AuthFailed) and self._signed is not None and not browser.busy:
            refused, self._signed = self._signed, None
            self.refused.emit(refused, browser.error)
        self._say()

    def _show_series(self) -> None:
        row = self.table.current
        if row is None or self._browsed.row is None or row.study.id != self._browsed.row.study.id:
            self._browsed.show(self._browser.link, row, offline=self._browser.is_offline)
        self._say()

    def _say(self) -> None:
        """Everything that follows from what is known: sentences, and what may be pressed."""
        here = self.scope.currentData() == _HERE
        told = notice(self._browser, self._server, self.fields.typed, here=here)
        self.said.show_notice(Notice(self._problem) if self._problem and not told.fills else told)
        self.told.set_full_text(self._opening or summary(self._browser, self._new))
        self.news.setVisible(self._new > 0 and not self._opening and not self._browser.busy)
        self.cancel.setText("Cancel" if self._opening else "Close")
        self.open_button.setEnabled(self._may_open)
        self.beside.setEnabled(self._may_open and self._has_study)

    def _begin_typing(self) -> None:
        self.fields.name.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.fields.name.selectAll()

    # -- Qt -------------------------------------------------------------------------------------------

    def showEvent(self, event: QShowEvent) -> None:
        """A list that was looked at a while ago is not the newest: search again."""
        super().showEvent(event)
        self._begin_typing()
        self.search()

    def reject(self) -> None:
        """Esc and the button: what is being opened is given up first, then the window goes."""
        if self._opening:
            self.cancel_wanted.emit()
            return
        self._browser.cancel()
        self.remember()
        super().reject()
