"""What the window works on: one source, one patient, one study at a time, and the store behind it."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial

from PySide6.QtCore import QObject, QTimer, Signal

from viewer_app.errors import CaliperError
from viewer_app.imaging.objects import is_image
from viewer_app.imaging.study import Study
from viewer_app.measure.measurement import Figure, Measurement
from viewer_app.progress import Step
from viewer_app.session.arranging import Beginning
from viewer_app.session.carrying import Carried
from viewer_app.session.contents import Contents, Found, MakeSource, Reading, Take, Tell, find
from viewer_app.session.history import Move
from viewer_app.session.left_studies import LeftStudies
from viewer_app.session.leftover import LeftSavers
from viewer_app.session.remembering import Remembered, remember, same_study
from viewer_app.session.restoring import saved_view, shown_layout
from viewer_app.session.saving import Saver
from viewer_app.session.study import OpenStudy
from viewer_app.session.taking_up import take_up
from viewer_app.session.volumes import Volumes
from viewer_app.sources.base import Listing, Source
from viewer_app.store import SavedView, Store
from viewer_app.tasks import Lane, Task, Tasks

_VIEW_SAVED_AFTER_MS = 1000


class Workspace(QObject):
    """Opens sources and studies, and keeps the store up to them."""

    contents_changed = Signal()
    """Another source has been opened."""

    study_changed = Signal()
    """`study` is another one, or None."""

    leaving = Signal()
    """`study` is about to be another one: what is being written for it is to be kept now."""

    busy = Signal(object)
    """A `Step` while a source is read; None when it is over."""

    failed = Signal(object)
    """A CaliperError the user should read."""

    noticed = Signal(str)
    """A sentence the user may like to know."""

    saving_changed = Signal()
    """`saver` has something new to tell."""

    def __init__(self, tasks: Tasks, store: Store, author: str, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.tasks = tasks
        self.store = store
        self.author = author
        self.volumes = Volumes(tell=self.noticed.emit)
        self.contents = Contents("", "")
        self.study: OpenStudy | None = None
        self.saver: Saver | None = None
        self.is_joining = False  # the open study is on its way to being itself again, with other images
        self._source: Source | None = None
        self._session_id: int | None = None
        self._finding: Task[Found] | None = None
        self._left = LeftSavers(tasks, store, self)
        self._left_studies = LeftStudies()
        self._view_timer = QTimer(self, singleShot=True, interval=_VIEW_SAVED_AFTER_MS)
        self._view_timer.timeout.connect(self.save_view)
        tasks.failed.connect(self.failed)

    def open(
        self,
        make_source: MakeSource,
        failed: Tell | None = None,
        take: Take | None = None,
        begun: Reading | None = None,
    ) -> None:
        """Read what a source holds and let `take` have it, else show its newest study with images.

        What is open stays until then. Why it could not be read is told to `failed`, else to the signal of that name.
        `begun` has read some of the same already.
        """
        self.cancel_open()
        read = begun or partial(self.tasks.run, Lane.BROWSE, lambda watch: find(make_source, watch), key="open")
        self._finding = read(
            done=lambda found: self._ended_finding(lambda: (take or self._open_found)(*found)),
            failed=lambda error: self._ended_finding(lambda: (failed or self.failed.emit)(error)),
            progress=self.busy.emit,
        )
        self.busy.emit(Step(0, 0, "Looking for images"))

    def cancel_open(self) -> None:
        """Stop reading a source that is being opened."""
        if self._finding is not None:
            self._finding.cancel()
            self._ended_finding()

    @property
    def source(self) -> Source | None:
        """The opened source."""
        return self._source

    def choose(self, study: Study, stack_key: str = "") -> None:
        """Show another study of the opened source, and that stack of it if one is named."""
        self._begin(study, Beginning(stack_key))

    def exchange(self, study: Study) -> None:
        """Let a study that is looked at as a prior be the one that is measured; the tiles stay as they are.

        Marks made from then on are of that study, and so are undo, table and report (C40); the study so far is beside.
        """
        if self.study is not None and any(prior is study for prior in self.priors()):
            self._begin(study, Beginning("", self.study.layout.value, self.study.together.links))

    def join(self, study: Study, listing: Listing, carried: Carried, source: Source | None = None) -> None:
        """Go on with the open study as a newer `listing` of its source has it: layout, links, marks and undo stay.

        Pixels are those `carried`; `source`, if given, takes over. Not with another patient or UID (C40).
        """
        if self._source is None or self.study is None or not same_study(study, self.study.study):
            return
        begin, self.is_joining = Beginning(links=self.study.together.links), True
        self._leave_study()
        self._source = source or self._source
        self._take(self._source, listing)
        self.volumes.carried = carried
        self._begin(study, begin)

    def _begin(self, study: Study, begin: Beginning) -> None:
        if self._source is None or (self.study is not None and self.study.study is study):
            return
        self._leave_study()
        self.study = opened = OpenStudy(study, self._source, self.tasks, self.volumes, self)
        self.saver = saver = Saver(self.tasks, self.store, study, self)
        saver.changed.connect(self.saving_changed)
        opened.history.resume(self._left_studies.of(study).steps)
        opened.add_priors(self.contents.studies)
        opened.failed.connect(self.failed)
        opened.history.moved.connect(lambda move: self._moved(saver, move))
        self._recall(
            opened,
            done=lambda remembered: self._recalled(opened, remembered, begin),
            failed=lambda error: self._not_recalled(opened, error, begin),
        )

    def priors(self) -> tuple[Study, ...]:
        """The other studies of the same patient in the opened source, newest first."""
        if self.study is None:
            return ()
        here = self.study.study
        return tuple(study for study in self.contents.studies if study is not here and study.patient == here.patient)

    def new_measurement(self, kind: str, *figures: Figure) -> Measurement:
        """A measurement as it begins its life."""
        now = datetime.now(UTC)
        return Measurement(str(uuid.uuid4()), kind, figures, "", "", self.author, now, now)

    @property
    def unsaved(self) -> int:
        """How many measurements, of this and of studies left before, are not yet as they should be in the store."""
        return sum(saver.waiting for saver in self._savers)

    @property
    def saving_error(self) -> CaliperError | None:
        """Why something is not saved; None while all is, or is under way."""
        return next((saver.error for saver in self._savers if saver.error is not None), None)

    def retry_saving(self) -> None:
        """Try again what could not be saved; where the store did not answer at all, ask it again first."""
        self._left.identify()
        for each in self._savers:
            each.retry()
        opened, saver = self.study, self.saver
        if opened is not None and saver is not None and not saver.ready:
            self._recall(opened, done=lambda found: self._recalled_late(opened, found), failed=saver.fail)

    def save_view(self) -> None:
        """Store how the study is looked at now."""
        self._view_timer.stop()
        if self.study is None or self._session_id is None or not self.store.writable:
            return
        view, session_id = saved_view(self.study), self._session_id
        self.tasks.run(Lane.STORE, lambda watch: self.store.save_view(session_id, view), must_finish=True)

    def count_export(self) -> None:
        """Note in the store that a report was written in this sitting."""
        if (session_id := self._session_id) is not None and self.store.writable:
            self.tasks.run(Lane.STORE, lambda watch: self.store.count_export(session_id), must_finish=True)

    def close(self) -> None:
        """Store what is left to store and let go of everything; `tasks` and `store` are closed by their maker."""
        self.cancel_open()
        self.retry_saving()
        self._leave_study()
        if self._source is not None:
            self._source.close()
            self._source = None

    def _open_found(self, source: Source, listing: Listing) -> None:
        self._leave_study()
        self.is_joining = False
        if self._source is not None:
            self._source.close()
        self._source = source
        self._take(source, listing)
        if listing.studies:
            shown = (study for study in listing.studies if any(map(is_image, study.instances)))
            self.choose(next(shown, listing.studies[0]))

    def _take(self, source: Source, listing: Listing) -> None:
        self.contents = Contents.of(source, listing)
        self.contents_changed.emit()

    def _ended_finding(self, then: Callable[[], object] = lambda: None) -> None:
        self._finding = None
        self.busy.emit(None)
        then()

    @property
    def _savers(self) -> tuple[Saver, ...]:
        return (*self._left, self.saver) if self.saver is not None else tuple(self._left)

    def _recall(
        self, opened: OpenStudy, done: Callable[[Remembered], None], failed: Callable[[CaliperError], None]
    ) -> None:
        """Ask the store what it knows of the study."""
        self.tasks.run(
            Lane.STORE,
            lambda watch: remember(self.store, opened.study, self.author),
            done=done,
            failed=failed,
            key="recall",
        )

    def _recalled(self, opened: OpenStudy, remembered: Remembered, begin: Beginning) -> None:
        if opened is self.study:
            self._begin_saving(opened, remembered)
            self._show(opened, remembered.view, begin)

    def _not_recalled(self, opened: OpenStudy, error: CaliperError, begin: Beginning) -> None:
        if opened is self.study and self.saver is not None:
            self._show(opened, None, begin)
            self.saver.fail(error)

    def _recalled_late(self, opened: OpenStudy, remembered: Remembered) -> None:
        """The store answers again: what was drawn meanwhile stays and is saved."""
        if opened is self.study:
            self._begin_saving(opened, remembered)

    def _begin_saving(self, opened: OpenStudy, remembered: Remembered) -> None:
        assert self.saver is not None
        self._session_id = remembered.session_id
        wishes = self._left.take_wishes(opened.study)
        if damaged := take_up(opened, self.saver, remembered, wishes):
            self.noticed.emit(damaged)

    def _moved(self, saver: Saver, move: Move) -> None:
        saver.save(move)
        if not saver.ready:
            self.retry_saving()

    def _show(self, opened: OpenStudy, stored: SavedView | None, begin: Beginning) -> None:
        self.is_joining = False
        self.study_changed.emit()
        self.saving_changed.emit()
        opened.layout.changed.connect(self._save_view_soon)
        left = self._left_studies.of(opened.study).view
        if opened.stacks:
            begin.show(opened, shown_layout(opened, left or stored))
        self.volumes.carried = None
        opened.prior_marks.ask(self.tasks, self.store)

    def _save_view_soon(self) -> None:
        """Views that never rest, as those of a cine run, are saved all the same."""
        if not self._view_timer.isActive():
            self._view_timer.start()

    def _leave_study(self) -> None:
        if self.study is None:
            return
        self.leaving.emit()
        self.save_view()
        if (session_id := self._session_id) is not None and self.store.writable:
            self.tasks.run(Lane.STORE, lambda watch: self.store.end_session(session_id), must_finish=True)
        self._left_studies.leave(self.study)
        self.study.close()
        self.study.deleteLater()
        if self.saver is not None:
            self._left.keep(self.saver)
        self.study, self.saver, self._session_id = None, None, None
        self.study_changed.emit()
