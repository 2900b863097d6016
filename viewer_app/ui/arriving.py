"""What is told over the image while a study from a server may be another one soon."""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QGuiApplication

from viewer_app.session.arrival import TRY_NOW
from viewer_app.session.arriving import Arriving
from viewer_app.session.workspace import Workspace
from viewer_app.ui.telling import Telling
from viewer_app.ui.views.manner import Manner
from viewer_app.ui.widgets import Message, MessageBar


class ArrivingBar(QObject):
    """Keeps one sentence in the bar up to date. Closed by the user, it comes back only with news of another kind."""

    def __init__(
        self, workspace: Workspace, manner: Manner, telling: Telling, bar: MessageBar, parent: QObject
    ) -> None:
        super().__init__(parent)
        self.arriving = Arriving(workspace, self)
        self._workspace = workspace
        self._manner = manner
        self._telling = telling
        self._bar = bar
        self._shown = ""
        self._closed: tuple[bool, ...] | None = None
        self._selected: tuple[str, ...] = ()
        self.arriving.changed.connect(self._tell)
        workspace.leaving.connect(self._leave)
        workspace.study_changed.connect(self._select_again)
        bar.closed.connect(self._close)
        application = QGuiApplication.instance()
        if isinstance(application, QGuiApplication):
            application.applicationStateChanged.connect(self._watched)

    @property
    def _is_ours(self) -> bool:
        return bool(self._shown) and self._bar.words == self._shown

    def _tell(self) -> None:
        now = self.arriving.now
        if not now.text or now.phase == self._closed:
            if self._is_ours:
                self._bar.hide()
            self._shown = ""
            return
        self._closed = None
        if self._is_ours or not self._bar.isVisible():
            self._shown = now.text
            kind = Message.WARNING if now.is_grave else Message.INFO
            self._telling.show_message(kind, now.text, now.button, self._act)

    def _act(self) -> None:
        self._shown = ""
        if self.arriving.now.button == TRY_NOW:
            self.arriving.look()
        else:
            self.arriving.load()

    def _close(self) -> None:
        if self._is_ours:
            self._closed = self.arriving.now.phase

    def _leave(self) -> None:
        """Marks that are selected stay so when the study goes on with more images."""
        self._selected = (*sorted(self._manner.selected - {self._manner.current}), self._manner.current)

    def _select_again(self) -> None:
        opened = self._workspace.study
        if opened is None:
            return
        known = [uid for uid in self._selected if uid and opened.measurements.get(uid) is not None]
        self._selected = ()
        if known:
            self._manner.select_many(known)

    def _watched(self, state: Qt.ApplicationState) -> None:
        self.arriving.watched(state == Qt.ApplicationState.ApplicationActive)
