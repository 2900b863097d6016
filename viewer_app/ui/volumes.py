"""What is done to volumes beside painting: growing, cleaning up, volumes of contours; with progress and cancel."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from typing import Any, TypeVar

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from viewer_app.errors import CaliperError, VolumeError
from viewer_app.imaging.volume import Volume
from viewer_app.measure.evaluate import evaluate
from viewer_app.measure.measurement import Measurement, Record
from viewer_app.measure.quantity import Value
from viewer_app.measure.volumes import (
    VoxelRegion,
    grow,
    holes_filled,
    holes_filled_in_slices,
    largest_island,
    without_small_islands,
)
from viewer_app.progress import Step, Watch
from viewer_app.session.contours import contours_of_label, diameters_of_label
from viewer_app.session.side_by_side import volumes_of_label
from viewer_app.session.study import OpenStudy
from viewer_app.session.volumetry import with_region
from viewer_app.session.workspace import Workspace
from viewer_app.tasks import Lane, Task
from viewer_app.ui.panels.volumes_dialog import volumes_dialog
from viewer_app.ui.remaking import CHANGED_MEANWHILE, Remaking, Tell
from viewer_app.ui.tools.brush import Seed, Stroke
from viewer_app.ui.views.manner import Manner

FEWEST = 10
Found = TypeVar("Found")

Clean = Callable[[VoxelRegion, Watch], VoxelRegion]
CLEANINGS: Mapping[str, tuple[str, Clean]] = {
    "volume_largest": ("Keep the largest part", lambda region, watch: largest_island(region, watch=watch)),
    "volume_no_small": (
        f"Remove parts of less than {FEWEST} voxels",
        lambda region, watch: without_small_islands(region, FEWEST, watch=watch),
    ),
    "volume_fill": ("Fill holes", holes_filled),
    "volume_fill_slices": ("Fill holes slice by slice", holes_filled_in_slices),
}
"""Name of the action: what it is called, and what it makes of a region."""

_SELECT = CaliperError("No painted volume is selected.", "Click one in the list of measurements.")
_NOT_HERE = VolumeError("Not all images of this series are here.", "Volumes are measured once they are.")


class Volumes(QObject):
    """One thing at a time; a newer wish ends the one before."""

    stepped = Signal(object)
    """A `Step` of what is under way; None once it is over."""

    def __init__(self, workspace: Workspace, manner: Manner, tell: Tell, parent: QObject) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self._manner = manner
        self.brush = manner.brush
        self._task: Task[Any] | None = None
        self.remaking = Remaking(workspace, manner, self.run, tell, self)
        self.stepped.connect(self.remaking.look)
        manner.brush.seeded.connect(self.grow)
        manner.brush.painted.connect(self.keep)
        workspace.study_changed.connect(self.cancel)

    def grow(self, seed: Seed) -> None:
        """Add what grows from a seed to a volume, or make one of it."""
        self._edit(
            "Grow", seed.uid, seed.volume, lambda region, watch: region | grow(seed.volume, seed.at, seed.values, watch)
        )

    def keep(self, stroke: Stroke) -> None:
        """Measure what a stroke has left of a large volume; what was painted stays in sight meanwhile."""
        opened = self._workspace.study
        volume = opened.volume_by_key(opened.measuring.stack_key(stroke.measurement.figures[0])) if opened else None
        if opened is not None and volume is not None:
            self._run(opened, stroke.title, volume, stroke.before, lambda watch: stroke.measurement)
            self.brush.waits = True

    def clean(self, name: str) -> None:
        """Clean the selected volume up, by the name of an action."""
        title, change = CLEANINGS[name]
        opened, found = self._workspace.study, self._selected()
        if opened is None or found is None:
            return
        volume = opened.volume_by_key(opened.measuring.stack_key(found.measurement.figures[0]))
        if volume is None:
            opened.failed.emit(_NOT_HERE)
            return
        self._edit(title, found.measurement.uid, volume, change)

    def of_contours(self, *, interpolated: bool) -> None:
        """A volume of all outlines on the stack on show that have the label of the selected one."""
        opened = self._workspace.study
        if opened is None:
            return
        try:
            figures, uids = contours_of_label(opened, self._manner.current)
        except CaliperError as error:
            opened.failed.emit(error)
            return
        source, volume = opened.measurements.get(self._manner.current), opened.volume
        assert source is not None
        assert volume is not None
        kind = "contour_volume_interpolated" if interpolated else "contour_volume"
        drawn = self._workspace.new_measurement(kind, *figures)
        made = replace(drawn, label=source.measurement.label, made_of=uids)
        self._run(opened, "Volume of contours", volume, None, lambda watch: made)

    def ellipsoid(self) -> None:
        """An ellipsoid from the diameters that have the label of the selected one."""
        opened = self._workspace.study
        source = opened.measurements.get(self._manner.current) if opened is not None else None
        if opened is None:
            return
        try:
            figures, uids = diameters_of_label(opened, self._manner.current)
        except CaliperError as error:
            opened.failed.emit(error)
            return
        assert source is not None
        made = replace(self._workspace.new_measurement("ellipsoid", *figures), made_of=uids)
        opened.measuring.put(replace(made, label=source.measurement.label), "Ellipsoid")
        self._manner.select(made.uid)

    def compare(self, parent: QWidget) -> None:
        """Show the volumes that have the label of the selected one side by side."""
        opened = self._workspace.study
        if opened is None:
            return
        try:
            volumes_dialog(volumes_of_label(opened, self._manner.current), parent).open()
        except CaliperError as error:
            opened.failed.emit(error)

    def begin_new(self) -> None:
        """The next stroke or seed begins a volume of its own."""
        self._manner.select("")

    def run(self, opened: OpenStudy, title: str, work: Callable[[Watch], Found], done: Callable[[Found], None]) -> None:
        """Do work on volumes in the background, in the place of what is under way; its progress is told here."""

        def over(found: Found) -> None:
            self._ended()
            done(found)

        self.cancel()
        self._task = self._workspace.tasks.run(
            Lane.BROWSE, work, done=over, failed=partial(self._failed, opened), progress=self.stepped.emit
        )
        self.stepped.emit(Step(0, 0, title))

    def cancel(self) -> bool:
        """End what is under way; False where nothing was."""
        task = self._task
        if task is not None:
            task.cancel()
            self._ended()
        return task is not None

    def _selected(self) -> Record | None:
        opened = self._workspace.study
        found = opened.measurements.get(self._manner.current) if opened is not None else None
        if opened is not None and (found is None or found.measurement.region is None):
            opened.failed.emit(_SELECT)
            return None
        return found

    def _edit(self, title: str, uid: str, volume: Volume, work: Callable[[VoxelRegion, Watch], VoxelRegion]) -> None:
        opened = self._workspace.study
        if opened is None:
            return
        before = opened.measuring.volumetry.edited(uid, volume.stack)
        region = before.region if before is not None else None
        region = region or VoxelRegion(opened.measuring.volumetry.grid(volume.stack))
        new = self._workspace.new_measurement

        def made(watch: Watch) -> Measurement:
            return with_region(before, work(region, watch), volume.stack, new)

        self._run(opened, title, volume, before, made)

    def _run(
        self,
        opened: OpenStudy,
        title: str,
        volume: Volume,
        before: Measurement | None,
        made: Callable[[Watch], Measurement],
    ) -> None:
        def work(watch: Watch) -> tuple[Measurement, tuple[Value, ...]]:
            measurement = made(watch)
            return measurement, evaluate(measurement, {}, volume=volume, watch=watch)

        self.run(opened, title, work, partial(self._done, opened, title, volume, before))

    def _done(
        self,
        opened: OpenStudy,
        title: str,
        volume: Volume,
        before: Measurement | None,
        found: tuple[Measurement, tuple[Value, ...]],
    ) -> None:
        measurement, values = found
        if not _is_as_before(opened.measuring.drawn(measurement.uid), before):
            opened.failed.emit(CHANGED_MEANWHILE)
            return
        if before is not None and _truth(before) == _truth(measurement):
            self._workspace.noticed.emit(f"{title}: nothing to change.")
            return
        opened.measuring.volumetry.keep(measurement, volume, values)
        opened.measuring.put(measurement, title)
        self._manner.select(measurement.uid)

    def _failed(self, opened: OpenStudy, error: CaliperError) -> None:
        self._ended()
        opened.failed.emit(error)

    def _ended(self) -> None:
        self._task = None
        if self.brush.waits:
            self.brush.waits = False
            self.brush.take(None)
        self.stepped.emit(None)


def _is_as_before(now: Measurement | None, before: Measurement | None) -> bool:
    """Whether nobody changed it: what waited for its turn meanwhile got another time, and where it was seen."""
    if now is None or before is None:
        return now is before
    return replace(now, updated_at=before.updated_at, seen=before.seen) == before


def _truth(measurement: Measurement) -> object:
    """What its numbers are of."""
    return measurement.figures if measurement.region is None else measurement.region
