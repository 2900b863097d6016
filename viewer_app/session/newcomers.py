"""Studies that come to a server while its list is shown: it is asked now and then, and the list stays as it is."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer, Signal

from viewer_app.errors import CaliperError
from viewer_app.progress import Watch
from viewer_app.session.browsing import Browser, Link
from viewer_app.sources.orthanc.errors import AuthFailed, Forbidden
from viewer_app.sources.orthanc.watching import News, ServerLookout
from viewer_app.tasks import Lane, Task, Tasks

FOCUSED_MS, IDLE_MS = 5_000, 60_000
"""Between looks: while somebody is at the list; else."""


class Newcomers(QObject):
    """Counts studies that have come since the list was asked for. Asks nothing before `begin` and after `end`."""

    changed = Signal(int)
    """So many there are by now."""

    def __init__(self, tasks: Tasks, browser: Browser, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.count = 0
        self._tasks = tasks
        self._browser = browser
        self._is_shown = self._is_focused = False
        self._link: Link | None = None
        self._lookout: ServerLookout | None = None
        self._ids: set[str] = set()
        self._task: Task[tuple[ServerLookout, News]] | None = None
        self._timer = QTimer(self, singleShot=True)
        self._timer.timeout.connect(self._look)
        browser.begun.connect(self._forget)
        browser.changed.connect(self._follow)

    def begin(self) -> None:
        """The list is shown."""
        self._is_shown = True
        self._follow()

    def end(self) -> None:
        """The list is not shown any more."""
        self._is_shown = False
        self._stop()

    def focused(self, is_focused: bool) -> None:
        """Whether somebody is at the list: it is asked less often else."""
        hurries = is_focused and not self._is_focused and self._timer.isActive()
        self._is_focused = is_focused
        if hurries:
            self._wait()

    def _forget(self) -> None:
        """A new list: what has come before is in it, or is not what is searched for."""
        self._ids.clear()
        self._tell()

    def _follow(self) -> None:
        browser = self._browser
        if browser.link is not self._link:
            self._stop()
            self._link, self._lookout = browser.link, None
        if browser.link is None or browser.error is not None or browser.is_offline:
            self._stop()
        elif self._is_shown and not browser.busy and not self._timer.isActive() and self._task is None:
            self._look() if self._lookout is None else self._wait()
        self._tell()

    def _stop(self) -> None:
        self._timer.stop()
        if self._task is not None:
            self._task.cancel()
            self._task = None

    def _wait(self) -> None:
        self._timer.start(FOCUSED_MS if self._is_focused else IDLE_MS)

    def _look(self) -> None:
        link, known = self._link, self._lookout
        if link is None:
            return

        def work(watch: Watch) -> tuple[ServerLookout, News]:
            lookout = known or ServerLookout(link.client())
            return lookout, lookout.look(watch)

        self._task = self._tasks.run(
            Lane.BROWSE, work, done=lambda seen: self._seen(*seen), failed=self._not_seen, key="browse news"
        )

    def _seen(self, lookout: ServerLookout, news: News) -> None:
        self._task, self._lookout = None, lookout
        self._ids |= news.new_studies
        self._wait()
        self._tell()

    def _not_seen(self, error: CaliperError) -> None:
        """What is wrong with the server is told by the next search; one that refuses the user is not asked again."""
        self._task = None
        if not isinstance(error, AuthFailed | Forbidden):
            self._wait()

    def _tell(self) -> None:
        count = sum(not self._browser.lists(one) for one in self._ids)
        if count != self.count:
            self.count = count
            self.changed.emit(count)
