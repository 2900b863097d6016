"""What the window says: one sentence over the image, with at most one button."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, QTimer

from viewer_app.errors import CaliperError, SourceError, StoreError
from viewer_app.session.workspace import Workspace
from viewer_app.ui.widgets import Message, MessageBar

_LEAST_MS, _MS_A_LETTER = 4000, 60


class Telling(QObject):
    """Says in `bar` what it is told, and what the workspace has to say; `usual` is for buttons without a call.

    What was said of one study goes with it; what was said of the program, the store or a server stays until closed.
    Plain information that asks for nothing goes by itself, once it may have been read and the pointer is elsewhere.
    """

    def __init__(self, workspace: Workspace, bar: MessageBar, usual: Callable[[], object], parent: QObject) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self._bar = bar
        self._usual = self._call = usual
        self._stays = False
        self._reading = QTimer(self)
        self._reading.timeout.connect(self._was_read)
        bar.acted.connect(self._act)
        workspace.failed.connect(self.error)
        workspace.noticed.connect(self.tell)
        workspace.saving_changed.connect(self._saving)
        workspace.leaving.connect(self._leave)
        workspace.contents_changed.connect(self._leave)  # the first study of a sitting leaves none

    def tell(self, text: str, button: str = "", call: Callable[[], object] | None = None, /) -> None:
        """Tell what is no problem."""
        self.show_message(Message.INFO, text, button, call)

    def error(self, error: CaliperError, *, stays: bool = False) -> None:
        """Tell what went wrong, and what to do. A silent server that is waited for is told by `ArrivingBar`."""
        opened = self._workspace.study
        if isinstance(error, SourceError) and error.passes and opened is not None and opened.loads.waiting:
            return
        grave = isinstance(error, StoreError)
        self.show_message(Message.ERROR if grave else Message.WARNING, str(error), stays=stays)

    def written(self, path: Path, hidden: bool) -> None:
        """Tell that a report is written, and whether without the patient."""
        without = ". The patient is left out of it, being hidden." if hidden else ""
        self.tell(f"The report is written: {path.name}{without}")

    def show_message(
        self,
        kind: Message,
        text: str,
        button: str = "",
        call: Callable[[], object] | None = None,
        *,
        stays: bool = False,
    ) -> None:
        """Tell one sentence over the image; its button calls `call`, or does the usual.

        It `stays` when another study is opened, as errors do.
        """
        self._call = call or self._usual
        self._stays = stays or kind is Message.ERROR
        self._bar.show_message(kind, text, button)
        self._reading.stop()
        if kind is Message.INFO and not button and not stays:
            self._reading.start(_LEAST_MS + _MS_A_LETTER * len(text))

    def _was_read(self) -> None:
        if not self._bar.underMouse():
            self._reading.stop()
            self._bar.hide()

    def _saving(self) -> None:
        error = self._workspace.saving_error
        if error is not None:
            self.show_message(Message.ERROR, str(error))

    def _leave(self) -> None:
        if not (self._stays or self._workspace.is_joining):
            self._bar.hide()

    def _act(self) -> None:
        self._call()
