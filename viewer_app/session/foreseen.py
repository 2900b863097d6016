"""The study that somebody has stopped at in a list of a server is listed before it is opened, so that it opens at once.

    foreseen.expect(server, study_id, image_count)
    workspace.open(make_source, begun=foreseen.taken(server, study_id))

Nothing of it is kept on this computer, and nobody is told of it, before it is opened.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from PySide6.QtCore import QObject, QTimer

from viewer_app.errors import CaliperError
from viewer_app.progress import Step, Watch
from viewer_app.session.contents import Found, Reading, find
from viewer_app.sources.base import NoticeKind
from viewer_app.sources.orthanc import OrthancClient, OrthancSource
from viewer_app.sources.orthanc.address import Server
from viewer_app.sources.orthanc.cache import user_cache
from viewer_app.sources.orthanc.errors import AuthFailed
from viewer_app.tasks import Lane, Task, Tasks

HELD_MS = 30_000
"""An older listing is not used, and its connections are let go of."""

MOST_IMAGES = 2_000
"""The headers of more take the server too long for somebody who may only be passing by."""


def study_source(server: Server, study: str, *, ahead: bool = False) -> OrthancSource:
    """A study of a server, by Orthanc's ID or its UID, with the user's cache. In the background: trust is read."""
    return OrthancSource(OrthancClient(server), study, user_cache(), ahead=ahead)


class Foreseen(QObject):
    """Holds at most one study, until it is opened, another one is expected, or `HELD_MS` are over."""

    def __init__(self, tasks: Tasks, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._tasks = tasks
        self._held: _Study | None = None
        self._timer = QTimer(self, singleShot=True)
        self._timer.timeout.connect(self.forget)

    def expect(self, server: Server, study_id: str, image_count: int) -> None:
        """Begin to list a study, unless it is the one that is held or has too many images; the one before goes."""
        if self._held is not None and self._held.is_of(server, study_id):
            return
        self.forget()
        if image_count <= MOST_IMAGES:
            self._held = _Study(self._tasks, server, study_id, self._ended)

    def taken(self, server: Server, study_id: str) -> Reading | None:
        """What goes on with the listing of this very study, as this user of this server; None where all is to be asked.

        What is held is the caller's from now on, or gone. A refusal that was met is handed on, not provoked again.
        """
        held = self._held
        if held is None or not held.is_of(server, study_id) or held.is_too_old:
            self.forget()
            return None
        self._timer.stop()
        self._held = None
        return held.go_on

    def keep_to(self, servers: Iterable[Server]) -> None:
        """Only these, which are without password, are as they were: what is held of another goes."""
        if self._held is not None and replace(self._held.server, password="") not in servers:
            self.forget()

    def forget(self) -> None:
        """Stop listing, and let go of the connections of what has been listed."""
        self._timer.stop()
        held, self._held = self._held, None
        if held is not None:
            held.task.cancel()

    def _ended(self) -> None:
        if self._held is not None and self._held.is_of_use:
            self._timer.start(HELD_MS)
        else:
            self.forget()


@dataclass(frozen=True, slots=True)
class _Opening:
    """Who wants the answer."""

    done: Callable[[Found], None]
    failed: Callable[[CaliperError], None]
    progress: Callable[[Step], None]


class _Study:
    """One study that is listed ahead. Cancelling `task` ends that, or closes what it has found: both at any time."""

    def __init__(self, tasks: Tasks, server: Server, study_id: str, ended: Callable[[], None]) -> None:
        self.server = server
        self._study_id = study_id
        self._tasks = tasks
        self._ended = ended
        self._at = 0.0
        self._found: Found | None = None
        self._error: CaliperError | None = None
        self._opening: _Opening | None = None
        self.task: Task[Found] = tasks.run(
            Lane.BROWSE,
            lambda watch: find(lambda _: study_source(server, study_id, ahead=True), watch),
            done=self._take,
            failed=self._fail,
            progress=self._step,
        )

    def is_of(self, server: Server, study_id: str) -> bool:
        """It is that study, of that server with all of its settings, as that user with that password."""
        return (self.server, self._study_id) == (server, study_id)

    @property
    def is_too_old(self) -> bool:
        """By the clock on the wall, which goes on while a computer sleeps."""
        return self._found is not None and not 0 <= time.time() - self._at <= HELD_MS / 1000

    @property
    def is_of_use(self) -> bool:
        """Opening need not ask again. A server that was silent, or had a fault, may do better then."""
        if self._found is None:
            return isinstance(self._error, AuthFailed)
        return all(notice.kind is not NoticeKind.SERVER_DOWN for notice in self._found[1].notices)

    def go_on(
        self,
        *,
        done: Callable[[Found], None],
        failed: Callable[[CaliperError], None],
        progress: Callable[[Step], None],
    ) -> Task[Found]:
        """As `Reading`."""
        self._opening = _Opening(done, failed, progress)
        if self._found is not None or self._error is not None:
            self._hand_over(self._opening)
        return self.task

    def _take(self, found: Found) -> None:
        self._found, self._at = found, time.time()
        if self._opening is not None:
            self._hand_over(self._opening)
        else:
            self._ended()

    def _fail(self, error: CaliperError) -> None:
        self._error = error
        if self._opening is not None:
            self._opening.failed(error)
        else:
            self._ended()

    def _step(self, step: Step) -> None:
        if self._opening is not None:
            self._opening.progress(step)

    def _hand_over(self, opening: _Opening) -> None:
        handed = self._tasks.run(Lane.BROWSE, self._handed, done=opening.done, failed=opening.failed)
        self.task.watch.on_cancel(handed.cancel)

    def _handed(self, watch: Watch) -> Found:
        if self._found is None:
            assert self._error is not None
            raise self._error
        source, listing = self._found
        if isinstance(source, OrthancSource):
            source.keep()
        return source, replace(listing, is_ahead=True)
