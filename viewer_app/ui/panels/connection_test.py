"""Testing the connection to a server: the stages one below the other, and what came of it in words."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from viewer_app.errors import CaliperError
from viewer_app.progress import Step, Watch
from viewer_app.sources.orthanc.address import Server
from viewer_app.sources.orthanc.connection import STAGES, ConnectionReport, Stage, test_connection
from viewer_app.tasks import Lane, Task
from viewer_app.ui.serving import Serving
from viewer_app.ui.style import current_palette

_COLUMNS = 4
_TITLES: dict[Stage, str] = {
    "address": "Address",
    "name": "Name known",
    "connection": "Connection",
    "certificate": "Certificate",
    "answer": "Answer",
    "sign-in": "Sign-in",
    "Orthanc": "Is Orthanc",
    "version": "Version",
}
_LOOKS = {
    "passed": ("✓", "good"),
    "failed": ("✗", "error"),
    "open": ("·", "secondary"),
    "not needed": ("–", "secondary"),
}


class ConnectionTest(QWidget):
    """A button, the eight stages, and the sentences of the report. `server` gives what is to be tested, or None."""

    tested = Signal(object)
    """A server (without password) has been tested: `Serving.tested` has its report."""

    def __init__(self, serving: Serving, server: Callable[[], Server | None], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._serving = serving
        self._server = server
        self._task: Task[ConnectionReport] | None = None
        self._shown: Server | None = None
        self.button = QPushButton("&Test connection")
        self.cancel = QPushButton("Cancel")
        self.stages = {stage: QLabel() for stage in STAGES}
        self.told, self.noted = QLabel(), QLabel()
        self._arrange()
        self.button.clicked.connect(self.test)
        self.cancel.clicked.connect(self.stop)
        self.show_of(None)

    def test(self) -> None:
        """Ask the server, in the background."""
        server = self._server()
        if server is None:
            return
        self.stop()
        self._shown = replace(server, password="")
        self._show_busy(True)
        self._show_stages((), None)
        self._say("secondary", "Asking …")
        self._task = self._serving.tasks.run(
            Lane.BROWSE,
            lambda watch: self._tested(server, watch),
            done=self._done,
            failed=self._failed,
            progress=self._progress,
        )

    def stop(self) -> None:
        """Do not wait for the answer any more."""
        if self._task is not None:
            self._task.cancel()
            self._task = None
            self._show_busy(False)
            self._say("secondary", "Cancelled.")

    def show_of(self, server: Server | None) -> None:
        """Show what came of the last test of `server` as it is now; nothing where it was not tested so."""
        server = replace(server, password="") if server else None
        if self._task is not None and server == self._shown:
            return
        self.stop()
        self._shown = server
        report = self._serving.tested.get(server) if server else None
        self._show_busy(False)
        if report is None:
            self._show_stages((), None)
            self._say("", "")
        else:
            self._show(report)

    # -- building ---------------------------------------------------------------------------------

    def _arrange(self) -> None:
        buttons = QHBoxLayout()
        for button in (self.button, self.cancel):
            button.setAutoDefault(False)
            buttons.addWidget(button)
        buttons.addStretch(1)
        grid = QGridLayout()
        for index, (stage, label) in enumerate(self.stages.items()):
            label.setAccessibleName(_TITLES[stage])
            grid.addWidget(label, index // _COLUMNS, index % _COLUMNS)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addLayout(buttons)
        column.addLayout(grid)
        for label in (self.told, self.noted):
            label.setWordWrap(True)
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            column.addWidget(label)
        self.noted.setProperty("role", "warning")

    # -- asking and telling -------------------------------------------------------------------------

    def _tested(self, server: Server, watch: Watch) -> ConnectionReport:
        return test_connection(self._serving.passwords.with_password(server, watch), watch)

    def _progress(self, step: Step) -> None:
        if step.text in STAGES:
            self._show_stages(STAGES[: step.done], None)

    def _done(self, report: ConnectionReport) -> None:
        self._task = None
        assert self._shown is not None
        self._serving.tested[self._shown] = report
        self._show_busy(False)
        self._show(report)
        self.tested.emit(self._shown)

    def _failed(self, error: CaliperError) -> None:
        self._task = None
        self._show_busy(False)
        self._say("error", str(error))

    def _show(self, report: ConnectionReport) -> None:
        self._show_stages(report.passed, report.failed)
        notes = "\n".join(note for note in report.notes if note != report.server.warning)  # the form has that one
        if report.ok:
            self._say("good", words_of(report), notes)
        else:
            self._say("error", f"{report.what} {report.advice}", notes)

    def _show_busy(self, busy: bool) -> None:
        self.cancel.setVisible(busy)
        self.button.setEnabled(not busy)

    def _show_stages(self, passed: tuple[Stage, ...], failed: Stage | None) -> None:
        is_http = self._shown is not None and not self._shown.is_secure
        for stage, label in self.stages.items():
            state = "failed" if stage == failed else "passed" if stage in passed else "open"
            if stage == "certificate" and is_http:
                state = "not needed"
            mark, role = _LOOKS[state]
            label.setText(f"{mark} {_TITLES[stage]}")
            label.setAccessibleDescription(state)
            label.setStyleSheet(f"color: {getattr(current_palette(), role)};")

    def _say(self, role: str, text: str, notes: str = "") -> None:
        self.told.setText(text)
        self.told.setVisible(bool(text))
        dress(self.told, role)
        self.noted.setText(notes)
        self.noted.setVisible(bool(notes))


def words_of(report: ConnectionReport) -> str:
    """What answered, in one or two sentences."""
    info = report.info
    if info is None:
        return ""
    named = f" “{info.name}”" if info.name else ""
    plugins = f" Plugins: {', '.join(report.plugins)}." if report.plugins else " It has no plugins."
    took = f"in {report.seconds:.1f} s" if report.seconds >= 0.1 else "within 0.1 s"
    return f"Orthanc {info.version_text}{named} answers, {took}.{plugins}"


def dress(label: QLabel, role: str) -> None:
    """Have the style sheet's look of that role from now on."""
    if label.property("role") != role:
        label.setProperty("role", role)
        label.style().unpolish(label)
        label.style().polish(label)
