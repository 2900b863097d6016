"""Sending to a server from the window: the question, the progress in the status line, and what became of it."""

from __future__ import annotations

from dataclasses import dataclass, replace

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QPushButton, QWidget

from viewer_app.errors import CaliperError
from viewer_app.progress import Step
from viewer_app.session.outgoing import Outcome
from viewer_app.session.sending import Sending
from viewer_app.session.study import OpenStudy
from viewer_app.session.veil import Veil
from viewer_app.session.workspace import Workspace
from viewer_app.sources.orthanc import Server
from viewer_app.sources.orthanc.errors import AuthFailed
from viewer_app.ui.panels.send_dialog import NotSentDialog, Offer, SendDialog
from viewer_app.ui.panels.servers_dialog import ServersDialog
from viewer_app.ui.serving import Serving
from viewer_app.ui.status_line import StatusLine
from viewer_app.ui.telling import Telling
from viewer_app.ui.views.corner_text import date_text, person_name
from viewer_app.ui.views.manner import Manner
from viewer_app.ui.widgets import Message

_STUDY = 0
_BAR_PX = 120
_MEGABYTE = 1_000_000
_NO_STUDY = "Open a study to send it."
_NO_SERVER = "No server is known yet: add one, then send again."
_UNDER_WAY = "Files are being sent already."
_AGAIN = "What has arrived stays there; send again, and the rest follows."
_HIDDEN = "A DICOM report names the patient, who is hidden: show the patient to send it."
_NOTHING_MEASURED = "Nothing has been measured in this study."


@dataclass(frozen=True, slots=True)
class _Wish:
    """What was agreed to: the study, or the report of it, to a server."""

    study: OpenStudy
    server: Server
    chosen: int


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
    """Asks once, sends in the background, tells one sentence; the progress stands in `status`."""

    def __init__(
        self,
        workspace: Workspace,
        serving: Serving,
        telling: Telling,
        manner: Manner,
        status: StatusLine,
        window: QWidget,
    ) -> None:
        super().__init__(window)
        self._workspace, self._serving, self._telling = workspace, serving, telling
        self._manner, self._window = manner, window
        self._veil = Veil(workspace)
        self._wish: _Wish | None = None
        self.sending = Sending(workspace, self)
        self.line = SendingLine(window)
        status.insertWidget(1, self.line)
        self.line.hide()
        self.sending.progressed.connect(self.line.show_step)
        self.sending.ended.connect(self._ended)
        self.sending.failed.connect(self._failed)
        self.line.stop.clicked.connect(self._stop)

    def ask(self) -> None:
        """Ask what goes where, and send it."""
        study, servers = self._workspace.study, self._serving.servers
        if study is None or self.sending.busy:
            self._telling.tell(_NO_STUDY if study is None else _UNDER_WAY)
        elif not servers.rows:
            self._telling.tell(_NO_SERVER, "Servers …", lambda: ServersDialog(self._serving, self._window).open())
        else:
            dialog = SendDialog(servers.rows, servers.last, self._whose(study), self._offers(study), self._window)
            dialog.accepted.connect(lambda: self._sign_in(_Wish(study, dialog.server, dialog.chosen)))
            dialog.open()

    def _sign_in(self, wish: _Wish) -> None:
        self._serving.ask(wish.server, self._window, lambda known: self._send(replace(wish, server=known)))

    def _send(self, wish: _Wish) -> None:
        """Nothing, where what was agreed to is no longer what is open."""
        if self._workspace.study is not wish.study:
            return
        self._wish = wish
        if wish.chosen == _STUDY:
            self.sending.send_study(wish.server)
        else:
            self.sending.send_report(wish.server, hidden=self._manner.patient_hidden)

    def _offers(self, opened: OpenStudy) -> tuple[Offer, ...]:
        files, measured = opened.study.instances, len(opened.measurements.records)
        size = sum(instance.size_bytes for instance in files) / _MEGABYTE
        why_no_report = "" if measured else _NOTHING_MEASURED
        if self._manner.patient_hidden:
            why_no_report = _HIDDEN
        return (
            Offer(f"The study: {_counted(len(files), 'file')}, {size:.1f} MB", self.sending.why_not_study),
            Offer(f"The report of {_counted(measured, 'measurement')}, as DICOM SR", lambda server: why_no_report),
        )

    def _whose(self, opened: OpenStudy) -> str:
        patient, info = opened.study.patient, opened.study.info
        if self._manner.patient_hidden:
            return f"Patient hidden · {date_text(info.date)}"
        told = (person_name(patient.name), patient.patient_id, info.description, date_text(info.date))
        return " · ".join(filter(None, told))

    def _stop(self) -> None:
        self.sending.cancel()
        self._telling.tell(f"Sending was stopped. {_AGAIN}")

    def _ended(self, outcome: Outcome) -> None:
        self._veil.hidden = self._manner.patient_hidden
        rows = [(self._veil.sentence(name), self._veil.sentence(why)) for name, why in outcome.rows]
        if rows:
            self._telling.show_message(
                Message.WARNING,
                outcome.words,
                "Which ones …",
                lambda: NotSentDialog(rows, self._window).open(),
                stays=True,
            )
        else:
            self._telling.tell(outcome.words)

    def _failed(self, error: CaliperError) -> None:
        def tell() -> None:
            self._telling.error(CaliperError(error.what, f"{error.advice} {_AGAIN}".strip()), stays=True)

        wish = self._wish
        if wish is None or not isinstance(error, AuthFailed):
            tell()
            return
        self._serving.ask_again(
            wish.server, error, self._window, lambda known: self._send(replace(wish, server=known)), tell
        )


def _counted(number: int, what: str) -> str:
    return f"1 {what}" if number == 1 else f"{number} {what}s"
