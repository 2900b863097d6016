"""Sending to a server from the window: the question, the progress in the status line, and what became of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QPushButton, QStatusBar, QWidget

from viewer_app.errors import CaliperError
from viewer_app.progress import Step
from viewer_app.session.outgoing import Outcome
from viewer_app.session.sending import Sending
from viewer_app.session.servers import Servers
from viewer_app.session.veil import Veil
from viewer_app.session.workspace import Workspace
from viewer_app.sources.orthanc import Server
from viewer_app.ui.panels.send_dialog import NotSentDialog, Offer, SendDialog
from viewer_app.ui.views.corner_text import date_text, person_name
from viewer_app.ui.views.manner import Manner

_BAR_PX = 120
_MEGABYTE = 1_000_000
_NO_SERVER = "No server is known yet."
_ADD_ONE = "Add one in File > Open from Orthanc, then send again."
_UNDER_WAY = "Files are being sent already."
_AGAIN = "What has arrived stays there; send again, and the rest follows."
_HIDDEN = "A DICOM report names the patient, who is hidden: show the patient to send it."
_NOTHING_MEASURED = "Nothing has been measured in this study."


class SignsIn(Protocol):
    """Gives a server with its password: `ui.serving.Serving`."""

    servers: Servers

    def ask(self, server: Server, parent: QWidget, done: Callable[[Server], object]) -> None:
        """Call `done` with the server and its password, once it is known."""


class Tells(Protocol):
    """Says a sentence over the image: `ui.telling.Telling`."""

    def tell(self, text: str, button: str = "", call: Callable[[], object] | None = None, /) -> None:
        """Tell what is no problem, with a button where it is named."""

    def error(self, error: CaliperError) -> None:
        """Tell what went wrong."""


class SendingLine(QWidget):
    """How far a transfer is, with a way to stop it; not there while there is none."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.label, self.bar, self.stop = QLabel(), QProgressBar(), QPushButton("Stop sending")
        self.bar.setTextVisible(False)
        self.bar.setFixedWidth(_BAR_PX)
        self.stop.setProperty("role", "quiet")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        for widget in (self.label, self.bar, self.stop):
            row.addWidget(widget)
        self.hide()

    def show_step(self, step: Step | None) -> None:
        """Bytes sent of all; None when it is over."""
        self.setVisible(step is not None)
        if step is not None:
            # In thousands: a study may have more bytes than the bar can count.
            self.bar.setRange(0, step.total // 1000)
            self.bar.setValue(step.done // 1000)
            of = f" {step.done / _MEGABYTE:.1f} of {step.total / _MEGABYTE:.1f} MB" if step.total else " …"
            self.label.setText(f"Sending{of}")


class SendingToServer(QObject):
    """Asks once, sends in the background, tells one sentence."""

    def __init__(self, workspace: Workspace, serving: SignsIn, telling: Tells, manner: Manner, window: QWidget) -> None:
        super().__init__(window)
        self._workspace, self._serving, self._telling = workspace, serving, telling
        self._manner, self._window = manner, window
        self._veil = Veil(workspace)
        self.sending = Sending(workspace, self)
        self.line = SendingLine(window)
        self.sending.progressed.connect(self.line.show_step)
        self.sending.ended.connect(self._ended)
        self.sending.failed.connect(self._failed)
        self.line.stop.clicked.connect(self._stop)

    def show_in(self, status: QStatusBar) -> None:
        """Tell the progress there."""
        status.insertPermanentWidget(0, self.line)

    def ask(self) -> None:
        """Ask what goes where, and send it."""
        servers = self._serving.servers
        if self._workspace.study is None:
            return
        if self.sending.busy:
            self._telling.tell(_UNDER_WAY)
            return
        if not servers.rows:
            self._telling.error(CaliperError(_NO_SERVER, _ADD_ONE))
            return
        dialog = SendDialog(servers.rows, servers.last, self._whose(), self._offers(), self._window)
        dialog.accepted.connect(lambda: self._sign_in(dialog.server, dialog.chosen))
        dialog.open()

    def _sign_in(self, server: Server, chosen: int) -> None:
        study = self._workspace.study

        def signed_in(known: Server) -> None:
            if self._workspace.study is not study:  # what was agreed to is no longer open
                return
            if chosen == 0:
                self.sending.send_study(known)
            else:
                self.sending.send_report(known, hidden=self._manner.patient_hidden)

        self._serving.ask(server, self._window, signed_in)

    def _offers(self) -> tuple[Offer, ...]:
        assert self._workspace.study is not None
        study, measured = self._workspace.study.study, len(self._workspace.study.measurements.records)
        size = sum(instance.size_bytes for instance in study.instances) / _MEGABYTE
        why_no_report = "" if measured else _NOTHING_MEASURED
        if self._manner.patient_hidden:
            why_no_report = _HIDDEN
        return (
            Offer(f"The study: {_counted(len(study.instances), 'file')}, {size:.1f} MB", self.sending.why_not_study),
            Offer(f"The report: {_counted(measured, 'measurement')}, as DICOM SR", lambda server: why_no_report),
        )

    def _whose(self) -> str:
        assert self._workspace.study is not None
        study = self._workspace.study.study
        if self._manner.patient_hidden:
            return f"Patient hidden, {date_text(study.info.date)}"
        told = (person_name(study.patient.name), study.patient.patient_id, study.info.description)
        return ", ".join(filter(None, (*told, date_text(study.info.date))))

    def _stop(self) -> None:
        self.sending.cancel()
        self._telling.tell(f"Sending was stopped. {_AGAIN}")

    def _ended(self, outcome: Outcome) -> None:
        self._veil.hidden = self._manner.patient_hidden
        rows = [(self._veil.sentence(name), self._veil.sentence(why)) for name, why in outcome.rows]
        if rows:
            self._telling.tell(outcome.words, "Which ones …", lambda: NotSentDialog(rows, self._window).open())
        else:
            self._telling.tell(outcome.words)

    def _failed(self, error: CaliperError) -> None:
        self._telling.error(CaliperError(error.what, f"{error.advice} {_AGAIN}".strip()))


def _counted(number: int, what: str) -> str:
    return f"1 {what}" if number == 1 else f"{number} {what}s"
