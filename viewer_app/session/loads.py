"""The loads under way: one for each stack that is on show and not all there."""

from __future__ import annotations

import time
from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal

from viewer_app.errors import CaliperError, SourceError
from viewer_app.imaging.volume import Volume
from viewer_app.progress import Step
from viewer_app.session.waiting import Waiting
from viewer_app.sources.base import Source
from viewer_app.sources.loading import Focus, load
from viewer_app.tasks import Lane, Task, Tasks

_PAUSE_AFTER_ERROR_S = 5.0


@dataclass(frozen=True)
class _Load:
    volume: Volume
    focus: Focus
    task: Task[None]


class Loads(QObject):
    """Fetches what volumes lack. After an error a stack is left alone for a while, unless it is asked for anew.

    Where the source fell silent, that is told once, and what is missing is fetched without asking once it answers.
    """

    progressed = Signal(str)
    """Slices of the stack of that key have arrived."""

    ended = Signal(str, object)
    """The load of the stack of that key is over; with its CaliperError, or None."""

    waiting_changed = Signal(str)
    """A sentence while a silent source is waited for; "" when it is not any more."""

    def __init__(self, source: Source, tasks: Tasks, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._source = source
        self._tasks = tasks
        self._loads: dict[str, _Load] = {}
        self._not_before: dict[str, float] = {}
        self._waiting = Waiting(lambda volume, index: self.want(volume, index, anew=True), self)
        self._told = ""

    @property
    def waiting(self) -> str:
        """One sentence while a silent source is waited for, else ""."""
        return self._waiting.text

    @property
    def next_try_s(self) -> int | None:
        """Seconds until a silent source is tried again; None where that is under way, or none is waited for."""
        return self._waiting.seconds

    def try_now(self) -> None:
        """Try the silent source at once."""
        self._waiting.now()

    @property
    def volumes(self) -> tuple[Volume, ...]:
        """What is being filled."""
        return tuple(found.volume for found in self._loads.values())

    @property
    def step(self) -> Step | None:
        """How far all loads together are; None when there is none."""
        volumes = self.volumes
        total = sum(len(volume.stack.images) for volume in volumes)
        return Step(sum(volume.present for volume in volumes), total) if volumes else None

    @property
    def count(self) -> int:
        """How many there are."""
        return len(self._loads)

    def is_loading(self, key: str) -> bool:
        """True while slices of that stack are on their way."""
        return key in self._loads

    def want(self, volume: Volume, index: int, *, anew: bool = False) -> None:
        """Fetch what is missing, `index` first; `anew` also what could not be read, and right after an error."""
        key = volume.stack.key
        if key in self._loads:
            self._loads[key].focus.index = index
            return
        lacks = not volume.is_complete if anew else not (volume.has(index) or index in volume.failed)
        if lacks and (anew or time.monotonic() >= self._not_before.get(key, 0.0)):
            self._start(volume, index)

    def want_all(self, volume: Volume) -> None:
        """Fetch what is missing in the order of the slices, but not what could not be read."""
        lacking = [i for i in range(len(volume.stack.images)) if not volume.has(i) and i not in volume.failed]
        if lacking:
            self.want(volume, lacking[0])

    def keep(self, keys: set[str]) -> None:
        """Stop the loads of all other stacks."""
        for key in set(self._loads) - keys:
            self._loads.pop(key).task.cancel()
        self._waiting.keep(keys)
        self._tell_waiting()

    def _start(self, volume: Volume, index: int) -> None:
        source, focus, key = self._source, Focus(index), volume.stack.key
        task = self._tasks.run(
            Lane.PIXELS,
            lambda watch: load(source, volume, watch, focus),
            done=lambda _: self._ended(key, None),
            failed=lambda error: self._ended(key, error),
            progress=lambda _: self.progressed.emit(key),
        )
        self._loads[key] = _Load(volume, focus, task)

    def _ended(self, key: str, error: CaliperError | None) -> None:
        load = self._loads.pop(key, None)
        if error is not None:
            self._not_before[key] = time.monotonic() + _PAUSE_AFTER_ERROR_S
        is_known = key in self._waiting
        if load is not None and isinstance(error, SourceError) and error.passes:
            self._waiting.add(load.volume, load.focus.index)
            error = None if is_known else error
        else:
            self._waiting.drop(key)
        self._tell_waiting()
        self.ended.emit(key, error)

    def _tell_waiting(self) -> None:
        if self._told != self._waiting.text:
            self._told = self._waiting.text
            self.waiting_changed.emit(self._told)
