"""Sampling in the background what a reconstructed plane is measured on: a wide figure on a thick slab takes a while."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from viewer_app.errors import CaliperError
from viewer_app.imaging.cuts import SlabMode
from viewer_app.imaging.geometry import Floats, Plane
from viewer_app.imaging.mpr import VoxelSource
from viewer_app.imaging.sampler import sample_ahead, samples_missing
from viewer_app.measure.kinds import is_by_voxels
from viewer_app.measure.measurement import Measurement
from viewer_app.measure.sections import needed
from viewer_app.progress import Watch
from viewer_app.session.reconstructed import voxels_of
from viewer_app.tasks import Lane, Task, Tasks

if TYPE_CHECKING:
    from viewer_app.session.study import OpenStudy

AT_ONCE = 300_000
"""So many samples are taken within a frame or two: figures that need no more do not wait for the background."""

_Part = tuple[VoxelSource, Plane, float, SlabMode, Floats]


class Ahead:
    """Takes samples for measurements of `opened`, so that evaluating them afterwards takes a moment."""

    def __init__(self, opened: OpenStudy, tasks: Tasks) -> None:
        self._opened, self._tasks = opened, tasks

    def missing(self, measurements: Sequence[Measurement]) -> int:
        """How many samples are still to be taken; 0 for what lies on images, and where there are no voxels yet."""
        return sum(samples_missing(*part) for part in self._parts(measurements))

    def fetch(
        self,
        measurements: Sequence[Measurement],
        done: Callable[[], None],
        failed: Callable[[CaliperError], None] | None = None,
    ) -> Task[None]:
        """Take them in the background, then call `done`, or `failed`, in the thread of the window."""
        parts = self._parts(measurements)

        def work(watch: Watch) -> None:
            for part in parts:
                sample_ahead(*part, watch)

        return self._tasks.run(Lane.BROWSE, work, done=lambda _: done(), failed=failed)

    def _parts(self, measurements: Sequence[Measurement]) -> list[_Part]:
        return [part for measurement in measurements for part in self._parts_of(measurement)]

    def _parts_of(self, measurement: Measurement) -> list[_Part]:
        if is_by_voxels(measurement):
            return []
        sources = {figure.source: figure for figure in measurement.figures if figure.reconstruction is not None}
        found = []
        for figure in sources.values():
            made, voxels = figure.reconstruction, voxels_of(self._opened, self._opened.measuring.stack_key(figure))
            if made is not None and voxels is not None:
                about = needed(measurement, made, figure.plane)
                found.append((voxels, figure.plane, made.slab_mm, made.slab_mode, about))
        return found


class Awaited:
    """What is to be done to measurements once their samples are there, in the order in which it was asked for."""

    def __init__(self, opened: OpenStudy, ahead: Ahead) -> None:
        self._opened, self._ahead = opened, ahead
        self._queue: deque[tuple[tuple[Measurement, ...], Callable[[], None]]] = deque()
        self._task: Task[None] | None = None
        self._is_acting = False

    @property
    def measurements(self) -> tuple[Measurement, ...]:
        """Those that wait, as they will be."""
        return tuple(each for measurements, _ in self._queue for each in measurements)

    def do(self, measurements: Sequence[Measurement], act: Callable[[], None]) -> None:
        """Call `act`: at once where nothing waits and little is missing, else later.

        A CaliperError it raises is raised here, or, where it was called later, told by `failed` of the study.
        """
        if self._is_idle and self._ahead.missing(measurements) <= AT_ONCE:
            self._call(act)
            self._go_on()
            return
        self._queue.append((tuple(measurements), act))
        self._go_on()
        if self._queue:
            self._tell(measurements)

    def settle(self) -> None:
        """Do now whatever waits; it may take as long as sampling does. For leaving the study: all else has its turn."""
        if self._is_acting:
            return
        self._stop()
        while self._queue:
            self._act()

    @property
    def _is_idle(self) -> bool:
        return not self._queue and not self._is_acting

    def _go_on(self) -> None:
        while self._queue and self._task is None and not self._is_acting:
            if self._ahead.missing(self._queue[0][0]) > AT_ONCE:
                self._task = self._ahead.fetch(self._queue[0][0], self._fetched, self._failed)
            else:
                self._act()

    def _fetched(self) -> None:
        self._task = None
        self._act()
        self._go_on()

    def _failed(self, error: CaliperError) -> None:
        self._task = None
        measurements, _ = self._queue.popleft()
        self._opened.failed.emit(error)
        self._tell(measurements)
        self._go_on()

    def _tell(self, measurements: Sequence[Measurement]) -> None:
        """What waits is shown, what does not any more is not."""
        for key in {self._opened.measuring.stack_key(each.figures[0]) for each in measurements}:
            self._opened.arrived.emit(key)

    def _act(self) -> None:
        measurements, act = self._queue.popleft()
        try:
            self._call(act)
        except CaliperError as error:
            self._opened.failed.emit(error)
            self._tell(measurements)

    def _call(self, act: Callable[[], None]) -> None:
        self._is_acting = True
        try:
            act()
        finally:
            self._is_acting = False

    def _stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            self._task = None


class Glimpses:
    """What is in hand is told as far as it is known; the rest is sampled meanwhile, always for what is in hand last."""

    def __init__(self, opened: OpenStudy, ahead: Ahead) -> None:
        self._opened, self._ahead = opened, ahead
        self._task: Task[None] | None = None
        self._last: Measurement | None = None
        self._next: Measurement | None = None

    def lags(self, measurement: Measurement) -> bool:
        """True where its samples are still to be taken, which begins now: `arrived` of the study tells their end."""
        if self._ahead.missing((measurement,)) <= AT_ONCE:
            return False
        self._next = measurement
        if self._task is None:
            self._begin()
        return True

    def close(self) -> None:
        """Nothing is wanted any more."""
        self._next = None
        if self._task is not None:
            self._task.cancel()
            self._task = None

    def _begin(self) -> None:
        wanted, self._next = self._next, None
        # What does not fit into what is kept is not sampled again and again.
        if wanted is not None and (self._last is None or wanted.figures != self._last.figures):
            self._last = wanted
            self._task = self._ahead.fetch((wanted,), self._ended, lambda _: self._ended())

    def _ended(self) -> None:
        self._task = None
        if self._last is not None:
            self._opened.arrived.emit(self._opened.measuring.stack_key(self._last.figures[0]))
        if not self._task:  # who was told may have begun
            self._begin()
