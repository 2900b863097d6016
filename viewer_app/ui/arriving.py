"""What is told over the image while a study from a server may be another one soon."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QGuiApplication

from viewer_app.session.arrival import TRY_NOW
from viewer_app.session.arriving import Arriving
from viewer_app.session.workspace import Workspace
from viewer_app.ui.telling import Telling
from viewer_app.ui.views.manner import Manner
from viewer_app.ui.widgets import Message, MessageBar


@dataclass(frozen=True, slots=True)
class _News:
    """A sentence, its button and what that does. News of one `phase` are of one kind: () while a server is silent."""

    kind: Message
    text: str
    button: str
    call: Callable[[], object]
    phase: tuple[bool, ...]


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
        self._phase: tuple[bool, ...] | None = None
        self._closed: tuple[bool, ...] | None = None
        self._selected: tuple[str, ...] = ()
        self.arriving.changed.connect(self._tell)
        workspace.leaving.connect(self._leave)
        workspace.study_changed.connect(self._begin)
        bar.closed.connect(self._close)
        for left in (bar.closed, bar.acted):
            left.connect(self._left)
        application = QGuiApplication.instance()
        if isinstance(application, QGuiApplication):
            application.applicationStateChanged.connect(self._watched)

    @property
    def _is_ours(self) -> bool:
        return bool(self._shown) and self._bar.words == self._shown

    def _news(self) -> _News:
        """What there is to tell: before all else that the rest of the images is waited for."""
        opened, now = self._workspace.study, self.arriving.now
        if opened is not None and opened.loads.waiting:
            return _News(Message.WARNING, opened.loads.waiting, TRY_NOW, opened.loads.try_now, ())
        kind = Message.WARNING if now.is_grave else Message.INFO
        call = self.arriving.look if now.button == TRY_NOW else self.arriving.load
        return _News(kind, now.text, now.button, call, now.phase)

    def _tell(self) -> None:
        news, before = self._news(), self._phase
        self._phase = news.phase
        if not news.text or news.phase == self._closed:
            if self._is_ours:
                self._bar.hide()
            self._shown = ""
            return
        self._closed = None
        is_urgent = news.kind is Message.WARNING and news.phase != before
        if self._is_ours or is_urgent or not self._bar.isVisible():
            self._shown = news.text
            self._telling.show_message(news.kind, news.text, news.button, news.call)

    def _close(self) -> None:
        if self._is_ours:
            self._closed = self._phase

    def _left(self) -> None:
        """The message of another is gone: what it stood before is still so."""
        if not self._is_ours:
            self._tell()

    def _wait(self, text: str) -> None:
        self._tell()

    def _leave(self) -> None:
        """Marks that are selected stay so when the study goes on with more images."""
        self._selected = (*sorted(self._manner.selected - {self._manner.current}), self._manner.current)

    def _begin(self) -> None:
        opened = self._workspace.study
        if opened is None:
            return
        opened.loads.waiting_changed.connect(self._wait)
        known = [uid for uid in self._selected if uid and opened.measurements.get(uid) is not None]
        self._selected = ()
        if known:
            self._manner.select_many(known)

    def _watched(self, state: Qt.ApplicationState) -> None:
        self.arriving.watched(state == Qt.ApplicationState.ApplicationActive)
