"""Uneven stacks brought to even slices, once the user asked for it: in the background, from all their images (C12)."""

from __future__ import annotations

from collections.abc import Set

from PySide6.QtCore import QObject, Signal

from viewer_app.errors import CaliperError, UnsupportedPixels
from viewer_app.imaging.mpr import Regridded, may_be_resampled, resampled, why_no_mpr
from viewer_app.imaging.stacks import Stack
from viewer_app.imaging.volume import Volume
from viewer_app.progress import Step, Watch
from viewer_app.session.loads import Loads
from viewer_app.session.volumes import Volumes
from viewer_app.tasks import Lane, Task, Tasks


class Resampling(QObject):
    """What is resampled is kept by `volumes`, and goes with its volume. A stack that is still loading is waited for."""

    stepped = Signal()
    """`step` is another one."""

    made = Signal(str)
    """The even slices of the stack of that key are there."""

    failed = Signal(object)
    """A CaliperError: why there are none."""

    def __init__(self, tasks: Tasks, volumes: Volumes, loads: Loads, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.step: Step | None = None
        self._tasks = tasks
        self._volumes = volumes
        self._loads = loads
        self._wanted: set[str] = set()
        self._under_way: dict[str, Task[Regridded]] = {}
        self._needed: dict[str, bool] = {}
        loads.ended.connect(self._loaded)

    def is_needed(self, stack: Stack) -> bool:
        """True for a stack that is reconstructed from even slices only."""
        if stack.key not in self._needed:
            self._needed[stack.key] = bool(why_no_mpr(stack)) and may_be_resampled(stack)
        return self._needed[stack.key]

    def of(self, key: str) -> Regridded | None:
        """The even slices of a stack, made from all of it that is there now; None where there are none."""
        return self._volumes.regridded(key)

    def is_wanted(self, key: str) -> bool:
        """True while the even slices of that stack are made, or waited for."""
        return key in self._wanted

    def want(self, stack: Stack, on_show: Set[str]) -> None:
        """Make the even slices of a stack whose volume is held, once its images are there; `on_show` is not dropped.

        Where there is no room for them, that is told by `failed`.
        """
        try:
            self._volumes.make_room(stack, on_show)
        except CaliperError as error:
            self.failed.emit(error)
            return
        self._wanted.add(stack.key)
        self._start_if_there(stack.key)

    def keep(self, keys: Set[str]) -> None:
        """Stop what is under way or waited for of all other stacks."""
        for key in self._wanted - keys:
            self._end(key)

    def _loaded(self, key: str, error: CaliperError | None) -> None:
        if error is not None:
            self._end(key)
        elif key in self._wanted:
            self._start_if_there(key)

    def _start_if_there(self, key: str) -> None:
        volume = self._volumes.get(key)
        if volume is None or self._loads.is_loading(key) or key in self._under_way:
            return
        self._progressed(Step(0, len(volume.stack.images), "Resampling to even slices"))
        self._under_way[key] = self._tasks.run(
            Lane.PIXELS,
            lambda watch: _made(volume, watch),
            done=lambda made: self._done(key, made),
            failed=lambda error: self._failed(key, error),
            progress=self._progressed,
        )

    def _progressed(self, step: Step) -> None:
        self.step = step
        self.stepped.emit()

    def _done(self, key: str, made: Regridded) -> None:
        self._volumes.keep_regridded(made)
        self._end(key)
        self.made.emit(key)

    def _failed(self, key: str, error: CaliperError) -> None:
        self._end(key)
        self.failed.emit(error)

    def _end(self, key: str) -> None:
        self._wanted.discard(key)
        task = self._under_way.pop(key, None)
        if task is not None:
            task.cancel()
            self.step = None
            self.stepped.emit()


def _made(volume: Volume, watch: Watch) -> Regridded:
    try:
        return resampled(volume, watch)
    except MemoryError as error:
        raise UnsupportedPixels(
            "There is not enough memory to resample these slices.", "Close other programs, or show fewer series."
        ) from error
