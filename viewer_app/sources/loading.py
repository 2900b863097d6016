"""Filling a volume from its source: the wanted slice first, then outwards from where the user looks."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor, wait

import numpy as np
from numpy.typing import NDArray

from viewer_app.errors import DamagedPixels, ImageError, SourceError
from viewer_app.imaging.overlays import read_overlays
from viewer_app.imaging.pixels import read_frames
from viewer_app.imaging.stacks import Stack
from viewer_app.imaging.volume import Volume
from viewer_app.progress import Watch
from viewer_app.sources.base import Source

_THREADS = 4


class Focus:
    """Which slice the user looks at; may be moved from any thread while a load goes on."""

    def __init__(self, index: int = 0) -> None:
        self.index = index


class _Plan:
    """The instances still to be read, nearest to the focus first."""

    def __init__(self, volume: Volume, focus: Focus) -> None:
        self._lock = threading.Lock()
        self._focus = focus
        self.places: dict[str, dict[int, int]] = {}
        for index, image in enumerate(volume.stack.images):
            if not volume.has(index):
                self.places.setdefault(image.sop_instance_uid, {})[image.frame.number] = index
        self._waiting = {uid: min(frames.values()) for uid, frames in self.places.items()}
        self.total = len(volume.stack.images)

    def take(self) -> str | None:
        """The SOP Instance UID to read next; None when all are taken."""
        with self._lock:
            if not self._waiting:
                return None
            focus = self._focus.index
            nearest = min(self._waiting, key=lambda uid: abs(self._waiting[uid] - focus))
            del self._waiting[nearest]
            return nearest

    def give_up(self) -> None:
        """Nothing more is to be read."""
        with self._lock:
            self._waiting.clear()


def read_slice(source: Source, stack: Stack, index: int, watch: Watch) -> NDArray[np.generic]:
    """Stored values of one slice: (rows, columns), or (rows, columns, 3) RGB."""
    image = stack.images[index]
    with source.open(image.instance, watch) as file:
        for number, stored in read_frames(file, image.instance, watch):
            if number == image.frame.number:
                return stored
    raise DamagedPixels(f"Frame {image.frame.number} is not in the file.", "Ask for the series again.")


def load(source: Source, volume: Volume, watch: Watch, focus: Focus | None = None) -> None:
    """Read every slice that `volume` lacks, telling `watch` after each.

    A slice that cannot be shown is told in `volume.failed` and the rest goes on.
    A source that does not answer ends the load with its error; what has arrived stays.
    """
    plan = _Plan(volume, focus or Focus())
    volume.failed.clear()
    with ThreadPoolExecutor(_THREADS, thread_name_prefix="read") as pool:
        # The first image alone, so that nothing competes with what the user waits for.
        _read_next(source, volume, plan, watch)
        readers = [pool.submit(_read_all, source, volume, plan, watch) for _ in range(_THREADS)]
        wait(readers)
    for reader in readers:
        reader.result()


def _read_all(source: Source, volume: Volume, plan: _Plan, watch: Watch) -> None:
    try:
        while _read_next(source, volume, plan, watch):
            pass
    except BaseException:
        plan.give_up()
        raise


def _read_next(source: Source, volume: Volume, plan: _Plan, watch: Watch) -> bool:
    uid = plan.take()
    if uid is None:
        return False
    places = plan.places[uid]
    instance = volume.stack.images[min(places.values())].instance
    try:
        with source.open(instance, watch) as file:
            for number, stored in read_frames(file, instance, watch):
                watch.check()
                if number in places:
                    if instance.overlay_groups:
                        volume.overlays[places[number]] = read_overlays(file, instance, number, watch)
                    volume.put(places[number], stored)
                    watch.step(volume.present + len(volume.failed), plan.total)
    except (ImageError, SourceError) as error:
        if isinstance(error, SourceError) and error.ends_source:
            raise
        missing = [index for index in places.values() if not volume.has(index)]
        volume.failed.update(dict.fromkeys(missing, str(error)))
        watch.step(volume.present + len(volume.failed), plan.total)
    return True
