"""Sending the open study, or the report of what was measured in it, to a server: in the background, one at a time."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal

from viewer_app.errors import CaliperError, SourceError
from viewer_app.progress import Step, Watch
from viewer_app.session import whence
from viewer_app.session.outgoing import Outcome, send_report, send_study
from viewer_app.session.reporting import report_now
from viewer_app.session.workspace import Workspace
from viewer_app.sources.orthanc import OrthancSource, Server, parse_address
from viewer_app.tasks import Lane, Task


class Sending(QObject):
    """One transfer at a time. What a cancelled or broken one left out goes with the next: nothing is sent twice."""

    progressed = Signal(object)
    """A `Step` of bytes while files go out; None when it is over, however it ended."""

    ended = Signal(object)
    """The `Outcome`."""

    failed = Signal(object)
    """A CaliperError: what has arrived stays there, and the same again sends the rest."""

    def __init__(self, workspace: Workspace, parent: QObject | None = None) -> None:
        super().__init__(parent or workspace)
        self._workspace = workspace
        self._task: Task[Outcome] | None = None

    @property
    def busy(self) -> bool:
        """True while files go out."""
        return self._task is not None

    def why_not_study(self, server: Server) -> str:
        """Why the open study is not sent to `server`; "" where it may be."""
        source = whence.home(self._workspace)
        if not isinstance(source, OrthancSource):
            return ""
        return "The study came from this server." if parse_address(source.address).server.url == server.url else ""

    def send_study(self, server: Server) -> None:
        """Send every file of the open study."""
        opened, source = self._workspace.study, whence.home(self._workspace)
        if opened is None or source is None:
            return
        if why := self.why_not_study(server):
            self.failed.emit(SourceError(why, "Choose another server."))
            return
        study = opened.study
        self._run(lambda watch: send_study(server, source, study, watch))

    def send_report(self, server: Server, *, hidden: bool = False) -> None:
        """Send a DICOM report of what is measured now; refused while the patient is `hidden`."""
        report = report_now(self._workspace, hidden=hidden)
        if report is not None:
            self._run(lambda watch: send_report(server, report, watch))

    def cancel(self) -> None:
        """Stop: what has arrived stays."""
        if self._task is not None:
            self._task.cancel()
            self._over()

    def _run(self, work: Callable[[Watch], Outcome]) -> None:
        if self._task is not None:
            return
        self.progressed.emit(Step(0, 0, "Sending"))
        self._task = self._workspace.tasks.run(
            Lane.SEND, work, done=self._done, failed=self._broken, progress=self.progressed.emit
        )

    def _done(self, outcome: Outcome) -> None:
        self._over()
        self.ended.emit(outcome)

    def _broken(self, error: CaliperError) -> None:
        self._over()
        self.failed.emit(error)

    def _over(self) -> None:
        self._task = None
        self.progressed.emit(None)
