"""Volumes of marks follow these: made anew when asked, offered where they lag, joined by what is drawn for them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial

from PySide6.QtCore import QObject, QTimer

from viewer_app.errors import CaliperError, VolumeError
from viewer_app.imaging.volume import Volume
from viewer_app.measure.evaluate import evaluate
from viewer_app.measure.kinds import KINDS
from viewer_app.measure.measurement import Measurement, Record
from viewer_app.measure.quantity import Value
from viewer_app.progress import Watch
from viewer_app.session.contours import left_behind, made_anew
from viewer_app.session.history import Change
from viewer_app.session.study import OpenStudy
from viewer_app.session.workspace import Workspace
from viewer_app.ui.views.manner import Manner

CHANGED_MEANWHILE = CaliperError("The volume was changed meanwhile; it stays as it is.", "Do it once more.")
_NOT_HERE = VolumeError("Not all images of this series are here.", "Update it once they are.")
_TITLE = "Update from its marks"
_BUTTON = "Update the volume"

Tell = Callable[[str, str, Callable[[], object] | None], None]
"""Tells a sentence, with a button of that name that makes a call."""

_Numbers = list[tuple[Measurement, Volume, tuple[Value, ...]]]
_Run = Callable[[OpenStudy, str, Callable[[Watch], _Numbers], Callable[[_Numbers], None]], None]


class Remaking(QObject):
    """Has `run` evaluate in the background; what becomes of a volume is a step, or one with that of the mark."""

    def __init__(self, workspace: Workspace, manner: Manner, run: _Run, tell: Tell, parent: QObject) -> None:
        super().__init__(parent)
        self._workspace, self._manner, self._run, self._tell = workspace, manner, run, tell
        self._behind: frozenset[str] = frozenset()
        self._is_busy = False
        self._soon = QTimer(self, singleShot=True, interval=0)
        self._soon.timeout.connect(self._offer)
        manner.hand.joining.connect(self._join)
        workspace.study_changed.connect(self._begin)

    def update(self) -> None:
        """Make the selected volume anew of its marks, as they are now."""
        opened = self._workspace.study
        if opened is None:
            return
        before = opened.measurements.get(self._manner.current)
        if before is None:
            opened.failed.emit(CaliperError("No volume is selected.", "Select one that was made of marks."))
            return
        self._remake(opened, (before.measurement.uid,))

    def look(self, step: object) -> None:
        """Work on volumes goes on (`step`), or is over (None): only then it is told what lags."""
        self._is_busy = step is not None
        self._soon.start()

    def _begin(self) -> None:
        opened = self._workspace.study
        self._behind = frozenset() if opened is None else left_behind(opened)
        if opened is not None:
            opened.history.changed.connect(self._soon.start)

    def _offer(self) -> None:
        """Offer to update what lags by what was done last; not what lags since something was taken back."""
        opened = self._workspace.study
        if opened is None or self._is_busy:
            return
        before, self._behind = self._behind, left_behind(opened)
        new = tuple(sorted(self._behind - before))
        if new and opened.history.next_redo is None:
            found = opened.measurements.get(new[0])
            name = found.measurement.label if found is not None else ""
            told = f"The volume “{name}”" if name and len(new) == 1 else "A volume" if len(new) == 1 else "Volumes"
            lags = "is" if len(new) == 1 else "are"
            self._tell(f"{told} {lags} as before: the marks changed.", _BUTTON, partial(self._remake, opened, new))

    def _join(self, uid: str, mark: str, step: str) -> None:
        """An outline was drawn for a volume, which stays the selected one: the next joins too."""
        opened = self._workspace.study
        if opened is not None:
            self._remake(opened, (uid,), mark, step)
            self._manner.select(uid)

    def _remake(self, opened: OpenStudy, uids: Sequence[str], joining: str = "", onto: str = "") -> None:
        """Of the marks as they are once whatever waits is done."""
        opened.measuring.awaited.do((), partial(self._begin_anew, opened, uids, joining, onto))

    def _begin_anew(self, opened: OpenStudy, uids: Sequence[str], joining: str, onto: str) -> None:
        if opened is not self._workspace.study:
            return
        befores = [found for found in map(opened.measurements.get, uids) if found is not None]
        try:
            made = [made_anew(opened, each.measurement, joining) for each in befores]
        except CaliperError as error:
            opened.failed.emit(error)
            return
        if made == [each.measurement for each in befores]:
            self._workspace.noticed.emit(f"{_TITLE}: nothing to change.")
            return
        by_voxels = [each for each in made if KINDS[each.kind].by_voxels]
        volumes = [opened.volume_by_key(opened.measuring.stack_key(each.figures[0])) for each in by_voxels]
        there = [volume for volume in volumes if volume is not None and volume.is_complete]
        if len(there) < len(by_voxels):
            opened.failed.emit(_NOT_HERE)
            return

        def work(watch: Watch) -> _Numbers:
            pairs = zip(by_voxels, there, strict=True)
            return [(each, volume, evaluate(each, {}, volume=volume, watch=watch)) for each, volume in pairs]

        self._run(opened, _TITLE, work, partial(self._evaluated, opened, befores, made, onto))

    def _evaluated(
        self, opened: OpenStudy, befores: list[Record], made: list[Measurement], onto: str, found: _Numbers
    ) -> None:
        opened.measuring.awaited.do(made, partial(self._done, opened, befores, made, onto, found))

    def _done(
        self, opened: OpenStudy, befores: list[Record], made: list[Measurement], onto: str, found: _Numbers
    ) -> None:
        if any(opened.measurements.get(each.measurement.uid) is not each for each in befores):
            opened.failed.emit(CHANGED_MEANWHILE)
            return
        for numbers in found:
            opened.measuring.volumetry.keep(*numbers)
        now = datetime.now(UTC)
        afters = [opened.measuring.measured(replace(each, updated_at=now)) for each in made]
        opened.history.do(_TITLE, *map(Change, befores, afters), onto=onto)
