"""The study browser and what it stands on: servers, passwords, the workspace it opens studies in."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QSettings
from PySide6.QtWidgets import QWidget

from viewer_app.errors import CaliperError
from viewer_app.progress import Step
from viewer_app.session.browsed import Browsed
from viewer_app.session.browsing import Browser
from viewer_app.session.contents import Take
from viewer_app.session.foreseen import Foreseen
from viewer_app.session.joining import Joining
from viewer_app.session.newcomers import Newcomers
from viewer_app.session.searching import Typed
from viewer_app.session.workspace import Workspace
from viewer_app.sources.orthanc.address import Server
from viewer_app.sources.orthanc.cache import user_cache
from viewer_app.sources.orthanc.errors import AuthFailed
from viewer_app.ui.panels.browser import StudyBrowser
from viewer_app.ui.panels.servers_dialog import ServersDialog
from viewer_app.ui.serving import Serving


class Browsing(QObject):
    """Makes the window when it is first wanted. It goes once a study that was chosen in it is on the screen."""

    def __init__(self, workspace: Workspace, serving: Serving, settings: QSettings, window: QWidget) -> None:
        super().__init__(window)
        self._workspace = workspace
        self._serving = serving
        self._settings = settings
        self._window = window
        self.joining = Joining(workspace, self)
        self._browser: StudyBrowser | None = None
        self._list: Browser | None = None
        self._browsed: Browsed | None = None
        self._foreseen = Foreseen(workspace.tasks, self)
        self._newcomers: Newcomers | None = None
        self._hidden = False
        self._opens = False
        self._edits = False
        self._interrupted = False
        workspace.busy.connect(self._opening)
        workspace.contents_changed.connect(self._opened)
        workspace.failed.connect(self._failed)
        workspace.study_changed.connect(self._study_changed)
        self.joining.refused.connect(self._failed)
        self.joining.shown.connect(self._opened)
        serving.servers.changed.connect(self._show_servers)
        serving.servers.changed.connect(self._keep_foreseen)

    def show(self) -> None:
        """Show the browser as it was left, with the studies of now."""
        browser = self._wanted()
        browser.show()
        browser.raise_()
        browser.activateWindow()

    def show_priors(self) -> None:
        """Show all that the server has under the ID of the patient whose study is open."""
        opened = self._workspace.study
        if opened is None:
            self._workspace.noticed.emit("No study is open whose patient could be searched for.")
            return
        patient_id = opened.study.patient.patient_id.strip()
        if not patient_id:
            self._workspace.noticed.emit("The open study has no patient ID: search for the name, Open from Orthanc …")
            return
        browser = self._wanted()
        browser.fields.take(Typed(patient_id=patient_id))
        if browser.isVisible():
            browser.search()
        self.show()

    def hide_patient(self, hidden: bool) -> None:
        """Leave out who it is, or show it again."""
        self._hidden = hidden
        if self._browser is not None:
            self._browser.hide_patient(hidden)

    def close(self) -> None:
        """Close the window, and the connections to the server."""
        self._foreseen.forget()
        if self._browser is not None and self._list is not None:
            self._browser.remember()
            self._list.close()
            self._browser.hide()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Whether the list is looked at."""
        if self._newcomers is not None:
            match event.type():
                case QEvent.Type.Show:
                    self._newcomers.begin()
                case QEvent.Type.Hide:
                    self._newcomers.end()
                    self._foreseen.forget()
                case QEvent.Type.WindowActivate | QEvent.Type.WindowDeactivate:
                    self._newcomers.focused(event.type() == QEvent.Type.WindowActivate)
        return super().eventFilter(watched, event)

    def _wanted(self) -> StudyBrowser:
        """The window, with the servers of now."""
        if self._browser is None:
            self._browser = self._made()
            self._show_servers()
        return self._browser

    def _made(self) -> StudyBrowser:
        tasks = self._workspace.tasks
        self._list = Browser(tasks, user_cache(), self)
        self._browsed = Browsed(tasks, self)
        made = StudyBrowser(self._list, self._browsed, self._settings, self._window)
        self._list.changed.connect(self._not_foreseen)
        self._browsed.changed.connect(self._not_foreseen)
        self._browsed.known.connect(self._series_known)
        made.table.entered.connect(self._foresee)
        self._newcomers = Newcomers(tasks, self._list, self)
        self._newcomers.changed.connect(made.show_new)
        made.installEventFilter(self)
        made.hide_patient(self._hidden)
        made.sign_in_wanted.connect(self._sign_in)
        made.refused.connect(self._sign_in_again)
        made.open_wanted.connect(self._open)
        made.beside_wanted.connect(self._open_beside)
        made.allow_beside(self._workspace.study is not None)
        made.cancel_wanted.connect(self._cancel)
        made.servers_wanted.connect(self._edit_servers)
        return made

    def _show_servers(self) -> None:
        """Not while the list is being changed: half a server would be asked."""
        servers = self._serving.servers
        if self._browser is not None and not self._edits:
            self._browser.show_servers(servers.rows, servers.last)

    def _edit_servers(self) -> None:
        """A search under way is given up: its server may be another one afterwards."""
        self._edits = True
        self._interrupted = self._list is not None and self._list.busy
        if self._list is not None:
            self._list.cancel()
        dialog = ServersDialog(self._serving, self._browser)
        dialog.finished.connect(lambda _: self._edited())
        dialog.open()

    def _edited(self) -> None:
        self._edits = False
        self._show_servers()
        if self._interrupted and self._browser is not None and self._list is not None and not self._list.busy:
            self._browser.search()

    def _sign_in(self, server: Server) -> None:
        if self._browser is not None:
            self._serving.ask(server, self._browser, self._signed_in, self._browser.not_signed_in)

    def _sign_in_again(self, server: Server, error: CaliperError) -> None:
        if self._browser is not None:
            self._serving.ask_again(server, error, self._browser, self._signed_in, self._browser.not_signed_in)

    def _signed_in(self, server: Server) -> None:
        if self._browser is not None:
            self._browser.sign_in(server)

    def _keep_foreseen(self) -> None:
        self._foreseen.keep_to(self._serving.servers.rows)

    def _series_known(self, study_id: str, series: object) -> None:
        self._foresee()

    def _foresee(self) -> None:
        """The study that somebody at the list has stopped at is likely to be opened: list it."""
        browser, found, chosen = self._browser, self._list, self._browsed
        if browser is None or found is None or chosen is None or self._opens:
            return
        link, row = found.link, chosen.row
        if (
            link is not None
            and link is chosen.link
            and row is not None
            and chosen.is_known
            and browser.table.hasFocus()
        ):
            count = sum(len(series.instance_ids) for series in chosen.series)
            self._foreseen.expect(link.server, row.study.id, count)

    def _not_foreseen(self) -> None:
        """Another study is chosen, or the server does not let the user in any more."""
        refused = self._list is not None and isinstance(self._list.error, AuthFailed)
        if refused or self._browsed is None or not self._browsed.is_known:
            self._foreseen.forget()

    def _open(self, server: Server, study_id: str) -> None:
        self._begin_to_open(server, study_id, foreseen=self._foreseen)

    def _open_beside(self, server: Server, study_id: str) -> None:
        """Listed anew: nobody looks for news of a study that is not the open one."""
        self._begin_to_open(server, study_id, self.joining.take)

    def _begin_to_open(
        self, server: Server, study_id: str, take: Take | None = None, foreseen: Foreseen | None = None
    ) -> None:
        self._opens = True
        self._serving.servers.use(server)
        parent = self._browser or self._window
        self._serving.open_study(server, study_id, self._workspace, parent, take, foreseen)

    def _study_changed(self) -> None:
        if self._browser is not None:
            self._browser.allow_beside(self._workspace.study is not None)

    def _opening(self, step: Step | None) -> None:
        if self._browser is not None and self._opens:
            self._browser.opening(step)

    def _opened(self) -> None:
        if self._browser is not None and self._opens:
            self._opens = False
            self._browser.remember()
            self._browser.hide()
            self._window.activateWindow()

    def _failed(self, error: CaliperError) -> None:
        if self._browser is not None and self._opens:
            self._opens = False
            self._browser.not_opened(error)

    def _cancel(self) -> None:
        self._opens = False
        self._workspace.cancel_open()
        if self._browser is not None:
            self._browser.opening(None)
