"""Small pictures of stacks, made in the background."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QObject, Signal

from viewer_app.errors import CaliperError
from viewer_app.imaging.geometry import Plane
from viewer_app.imaging.stacks import Stack
from viewer_app.imaging.values.voi import Greys
from viewer_app.imaging.volume import Volume
from viewer_app.progress import Watch
from viewer_app.sources.base import Source
from viewer_app.sources.loading import read_slice
from viewer_app.tasks import Lane, Task, Tasks

if TYPE_CHECKING:
    from viewer_app.session.study import OpenStudy

_LARGEST_PX = 160


class Thumbnails(QObject):
    """Greys (rows, columns) or RGB of the middle image of a stack, at most 160 pixels wide and high."""

    ready = Signal(str)
    """Key of a stack whose picture has come."""

    def __init__(self, tasks: Tasks, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._tasks = tasks
        self._pictures: dict[str, Greys] = {}
        self._wanted: dict[str, Task[Greys]] = {}

    def get(self, key: str) -> Greys | None:
        """The picture of a stack, if it has come."""
        return self._pictures.get(key)

    def want(self, source: Source, stack: Stack) -> None:
        """Make the picture of `stack` unless it is there or on its way; a stack that cannot be shown gets none."""
        if stack.key in self._wanted:
            return
        self._wanted[stack.key] = self._tasks.run(
            Lane.THUMBNAILS,
            lambda watch: _picture(source, stack, watch),
            done=lambda picture: self._arrived(stack.key, picture),
            failed=self._absent,
        )

    def forget(self) -> None:
        """Drop all pictures, and those on their way: another source."""
        for task in self._wanted.values():
            task.cancel()
        self._pictures.clear()
        self._wanted.clear()

    def _arrived(self, key: str, picture: Greys) -> None:
        self._pictures[key] = picture
        self.ready.emit(key)

    def _absent(self, error: CaliperError) -> None:
        """The viewport tells why an image cannot be shown; a thumbnail just stays dark."""


def _picture(source: Source, stack: Stack, watch: Watch) -> Greys:
    index = len(stack.images) // 2
    alone = Stack(stack.info, stack.number, (stack.images[index],), stack.report)
    volume = Volume(alone)
    volume.put(0, read_slice(source, stack, index, watch))
    return reduced(volume.greys(0, volume.default_window(0)), stack.images[index].plane)


def image_picture(opened: OpenStudy, place: tuple[Stack, int] | None) -> Greys | None:
    """A small picture of an image of a stack in its own window; None before it has arrived."""
    volume = opened.volume_by_key(place[0].key) if place is not None else None
    if place is None or volume is None or not volume.has(place[1]):
        return None
    stack, index = place
    return reduced(volume.greys(index, volume.default_window(index)), stack.images[index].plane)


def reduced(greys: Greys, plane: Plane) -> Greys:
    """A picture of at most 160 pixels along its longer side, in the proportions of the plane."""
    rows, columns = greys.shape[:2]
    high, wide = rows * plane.row_spacing, columns * plane.column_spacing
    scale = _LARGEST_PX / max(high, wide)
    row_places = _places(rows, max(1, round(high * scale)))
    column_places = _places(columns, max(1, round(wide * scale)))
    return np.ascontiguousarray(greys[np.ix_(row_places, column_places)])


def _places(count: int, wanted: int) -> list[int]:
    return [int(place) for place in (np.arange(wanted) + 0.5) * count / wanted]
