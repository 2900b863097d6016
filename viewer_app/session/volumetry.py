"""Volumes of the open study: their stacks, their numbers, and each edit as one step of its history."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from viewer_app.errors import CaliperError, VolumeError
from viewer_app.imaging.geometry import vector
from viewer_app.imaging.stacks import Stack
from viewer_app.imaging.volume import Volume
from viewer_app.measure.evaluate import evaluate
from viewer_app.measure.kinds import is_by_voxels
from viewer_app.measure.measurement import Figure, Measurement, Record, Reference
from viewer_app.measure.quantity import Value
from viewer_app.measure.volumes import StackGrid, VoxelRegion, slabs_of
from viewer_app.progress import Watch
from viewer_app.tasks import Lane, Task, Tasks

if TYPE_CHECKING:
    from viewer_app.session.study import OpenStudy
    from viewer_app.session.tile import Tile

_KEPT = 32
MANY_VOXELS = 200_000
"""Above so many voxels a volume is measured in the background."""

_NOT_HERE = "Not all images of this series are here."


class Volumetry:
    """Knows the volumes of `opened`; the numbers of those evaluated last are kept, for undo and checks ask again."""

    def __init__(self, opened: OpenStudy, tasks: Tasks) -> None:
        self._opened = opened
        self._tasks = tasks
        self._under_way: dict[object, Task[tuple[Value, ...]]] = {}
        self._kept: OrderedDict[object, tuple[Value, ...]] = OrderedDict()
        self._room = _KEPT
        self._grids: dict[str, StackGrid] = {}

    def why_not(self, tile: Tile) -> CaliperError | None:
        """Why no volume can be measured on what a tile shows; None where it can."""
        stack, volume, why = tile.stack, tile.volume, tile.why_no_mark
        if why is not None or stack is None:
            return why
        if volume is None or not volume.is_complete:
            return VolumeError(_NOT_HERE, "Volumes are measured once they are.")
        try:
            slabs_of(stack)
        except VolumeError as error:
            return error
        return None

    def grid(self, stack: Stack) -> StackGrid:
        """Which voxels a region of a stack may have."""
        if stack.key not in self._grids:
            self._grids[stack.key] = StackGrid.of(stack)
        return self._grids[stack.key]

    def stack(self, measurement: Measurement) -> Stack | None:
        """The stack of a volume; None for other measurements, and for a stack that is not as it was."""
        found = self._opened.stack_by_key(self._opened.measuring.stack_key(measurement.figures[0]))
        if found is None or not is_by_voxels(measurement):
            return None
        return found if measurement.region is None or measurement.region.grid == self.grid(found) else None

    def values(self, measurement: Measurement) -> tuple[Value, ...] | None:
        """The numbers of a volume; None for other measurements, and before all images are there.

        Those of a large one are worked out in the background, after which stored numbers are checked; None meanwhile.
        """
        volume = self._opened.volume_by_key(self._opened.measuring.stack_key(measurement.figures[0]))
        if volume is None or not volume.is_complete or not is_by_voxels(measurement):
            return None
        key = _key(measurement, volume)
        if key not in self._kept and is_small(measurement):
            self.keep(measurement, volume, evaluate(measurement, {}, volume=volume))
        if key not in self._kept:
            self._work_out(measurement, volume, key)
        return self._kept.get(key)

    def keep(self, measurement: Measurement, volume: Volume, values: tuple[Value, ...]) -> None:
        """Keep the numbers of a volume that were worked out in the background."""
        self._kept[_key(measurement, volume)] = values
        while len(self._kept) > self._room:
            self._kept.popitem(last=False)

    def fetch(self, measurements: Sequence[Measurement], done: Callable[[], None]) -> None:
        """Work the numbers of volumes out in the background, then call `done`; at once where none is missing.

        Those whose images are not there, or not as they were, are left out.
        """
        volumes: list[tuple[Measurement, Volume]] = []
        for measurement in measurements:
            stack = self.stack(measurement)
            volume = None if stack is None else self._opened.volume_by_key(stack.key)
            if volume is not None and volume.is_complete and _key(measurement, volume) not in self._kept:
                volumes.append((measurement, volume))
        if not volumes:
            done()
            return
        self._room = max(self._room, 2 * len(measurements))  # all of them are asked for together

        def took(found: list[tuple[Value, ...]]) -> None:
            for (measurement, volume), values in zip(volumes, found, strict=True):
                self.keep(measurement, volume, values)
            done()

        def work(watch: Watch) -> list[tuple[Value, ...]]:
            return [evaluate(measurement, {}, volume=volume) for measurement, volume in volumes]

        self._tasks.run(Lane.BROWSE, work, done=took, failed=self._opened.failed.emit)

    def _work_out(self, measurement: Measurement, volume: Volume, key: object) -> None:
        if key in self._under_way:
            return

        def done(values: tuple[Value, ...]) -> None:
            self._under_way.pop(key, None)
            self.keep(measurement, volume, values)
            self._opened.measuring.check_stored_numbers()

        def work(watch: Watch) -> tuple[Value, ...]:
            return evaluate(measurement, {}, volume=volume, watch=watch)

        self._under_way[key] = self._tasks.run(Lane.BROWSE, work, done=done)

    def close(self) -> None:
        """Nobody asks for numbers any more."""
        for task in self._under_way.values():
            task.cancel()
        self._under_way.clear()

    def edited(self, uid: str, stack: Stack) -> Measurement | None:
        """The painted volume of that UID if its voxels are those of the stack: what an edit goes on with.

        It is as it was edited last, though that may still wait for its turn.
        """
        found = self._opened.measuring.drawn(uid)
        if found is None or found.region is None:
            return None
        return found if found.region.grid == self.grid(stack) else None


def is_small(measurement: Measurement) -> bool:
    """True for a painted volume that is measured in a moment."""
    return measurement.region is not None and measurement.region.count <= MANY_VOXELS


def with_region(
    before: Measurement | None, region: VoxelRegion, stack: Stack, new: Callable[[str, Figure], Measurement]
) -> Measurement:
    """A painted volume with other voxels, or a new one made by `new`; VolumeError for a new one without voxels."""
    if before is None:
        return replace(new("volume", shown_best(region, stack)), region=region)
    figures = (shown_best(region, stack),) if region.layers else before.figures
    return replace(before, figures=figures, region=region)


def shown_best(region: VoxelRegion, stack: Stack) -> Figure:
    """The slice with most of a region's voxels, with opposite corners of their box there; VolumeError for no voxel."""
    if not region.layers:
        raise VolumeError("No voxel has been painted.", "Choose another range of values, or a larger brush.")
    layer = max(region.layers, key=lambda one: one.count)
    image = stack.images[layer.index]
    corners = [(layer.left - 0.5, layer.top - 0.5), (layer.right - 0.5, layer.bottom - 0.5)]
    points = tuple(vector(point) for point in image.plane.to_patient(corners))
    reference = Reference(stack.info.series_uid, image.sop_instance_uid, image.frame.number)
    return Figure(image.plane, points, reference)


def volumes_on(tile: Tile) -> tuple[Record, ...]:
    """The volumes of the stack a tile shows, whether or not they reach its plane; none of a prior or of twins.

    Those that wait for their turn are as they will be.
    """
    stack, opened = tile.stack, tile.opened
    if stack is None or tile.is_prior or stack.images[0].instance.is_twin:
        return ()
    found = {record.measurement.uid: record for record in (*opened.measurements.volumes, *opened.measuring.repainted)}
    mine = opened.measuring.volumetry
    return tuple(record for record in found.values() if mine.stack(record.measurement) is stack)


def _key(measurement: Measurement, volume: Volume) -> object:
    truth = measurement.figures if measurement.region is None else measurement.region
    return measurement.kind, truth, volume.stack.key, volume.changes
