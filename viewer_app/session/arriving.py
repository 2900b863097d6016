"""What becomes of the open study where it comes from: images arrive, go or change, the server falls silent."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer, Signal

from viewer_app.errors import CaliperError, NotFound
from viewer_app.session import whence
from viewer_app.session.arrival import Arrival
from viewer_app.session.carrying import Carried, with_windows_kept
from viewer_app.session.remembering import same_study
from viewer_app.session.workspace import Workspace
from viewer_app.sources.base import Changes, Glance, LivingSource, NoticeKind
from viewer_app.sources.joined import listed_anew
from viewer_app.tasks import Lane, Task

HURRIED_MS, CALM_MS = 5_000, 60_000
"""Between looks: while images arrive or the server is silent and somebody is at the window; else."""

SOON_MS = 500
"""After a study that was listed before it was opened: its first image comes first."""

_ANOTHER = "The server has no such study of this patient any more. What is open stays as it was."


class Arriving(QObject):
    """Looks after the open study by itself; `load` lets what it has found take effect."""

    changed = Signal()
    """`now` is something else."""

    def __init__(self, workspace: Workspace, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self._is_watched = True
        self._is_loading = False
        self._task: Task[Glance] | Task[Changes] | None = None
        self.now = Arrival()
        self._timer = QTimer(self, singleShot=True)
        self._timer.timeout.connect(self.look)
        workspace.leaving.connect(self._stop)
        workspace.study_changed.connect(self._begin)

    def watched(self, is_watched: bool) -> None:
        """Whether somebody is at the window: it is asked less often else."""
        hurries = is_watched and not self._is_watched and self._timer.isActive()
        self._is_watched = is_watched
        if hurries:
            self._wait()

    def look(self) -> None:
        """Ask now, without waiting for the answer."""
        source = self._source
        if source is not None:
            self._timer.stop()
            self._task = self._workspace.tasks.run(
                Lane.BROWSE,
                source.look,
                done=lambda glance: self._seen(source, glance),
                failed=lambda error: self._not_seen(source, error),
                key="look",
            )

    def load(self) -> None:
        """List the study anew and let it be the open one, with what is new."""
        source, whole, opened = self._source, self._workspace.source, self._workspace.study
        if source is not None and whole is not None and opened is not None:
            instance = opened.study.instances[0]
            self._timer.stop()
            self._is_loading = True
            self._task = self._workspace.tasks.run(
                Lane.BROWSE,
                lambda watch: listed_anew(whole, instance, watch),
                done=lambda changes: self._join(source, changes),
                failed=lambda error: self._not_loaded(source, error),
                progress=self._workspace.busy.emit,
                key="look",
            )

    def cancel(self) -> None:
        """Stop listing the study anew."""
        if self._is_loading:
            self._stop()
            self._wait()

    def _stop(self) -> None:
        """The study is left, and its source may be closed from now on; or its user wants no listing."""
        self._timer.stop()
        if self._task is not None:
            self._task.cancel()
        self._loaded()

    def _loaded(self) -> None:
        if self._is_loading:
            self._is_loading = False
            self._workspace.busy.emit(None)

    @property
    def _source(self) -> LivingSource | None:
        """The place of the open study itself, whatever is beside it."""
        place = whence.home(self._workspace)
        return place if isinstance(place, LivingSource) else None

    def _begin(self) -> None:
        opened = self._workspace.study
        if self._source is None or opened is None:
            self._timer.stop()
            self._become(Arrival())
            return
        down = whence.notice(self._workspace, NoticeKind.SERVER_DOWN)
        self._become(
            Arrival(
                total=len(opened.study.instances),
                is_arriving=whence.notice(self._workspace, NoticeKind.ARRIVING) is not None,
                offline=down.text if down is not None else "",
                since=down.since if down is not None else "",
            )
        )
        self._wait()
        if self._workspace.contents.is_ahead:
            self._timer.start(SOON_MS)

    def _become(self, now: Arrival) -> None:
        if now != self.now:
            self.now = now
            self.changed.emit()

    def _wait(self) -> None:
        self._timer.start(HURRIED_MS if self.now.moves and self._is_watched else CALM_MS)

    def _seen(self, source: LivingSource, glance: Glance) -> None:
        if source is self._source:
            self._become(self.now.seen(glance))
            self._wait()

    def _not_seen(self, source: LivingSource, error: CaliperError) -> None:
        """A server that is silent is told by the loads; a study that is gone, here."""
        if source is self._source:
            if isinstance(error, NotFound):
                self._become(self.now.removed())
            self._wait()

    def _join(self, source: LivingSource, changes: Changes) -> None:
        opened = self._workspace.study
        self._loaded()
        if source is not self._source or opened is None:
            return
        study = next((one for one in changes.listing.studies if same_study(one, opened.study)), None)
        if study is None:
            self._workspace.noticed.emit(_ANOTHER)
            self._wait()
            return
        held, again = self._workspace.volumes.held, changes.changed | self.now.changed
        opened.layout.set(with_windows_kept(opened.layout.value, held))
        self._workspace.join(study, changes.listing, Carried(held, again))

    def _not_loaded(self, source: LivingSource, error: CaliperError) -> None:
        self._loaded()
        if source is self._source:
            self._workspace.failed.emit(error)
            self._wait()
