"""Filling a volume from its source: the wanted slice first, then outwards from where the user looks."""

from __future__ import annotations

import threading
import time
from bisect import bisect_left
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import ExitStack, suppress
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

from viewer_app.errors import ImageError, SourceError
from viewer_app.imaging.headers import Instance
from viewer_app.imaging.overlays import Overlays, read_overlays
from viewer_app.imaging.pixels import FrameReader, read_frame
from viewer_app.imaging.stacks import Stack
from viewer_app.imaging.volume import Volume
from viewer_app.progress import Watch
from viewer_app.sources.base import ManySource, Opened, Source, close_all, open_many

_THREADS = 4
# Files that one thread takes at a time; more of them while they come within the first of the times, fewer beyond the
# second one.
_MOST_TOGETHER, _FEWEST_TOGETHER, _SHORT_S, _LONG_S = 16, 4, 0.03, 0.1


class Focus:
    """Which slice the user looks at; may be moved from any thread while a load goes on."""

    def __init__(self, index: int = 0) -> None:
        self.index = index


def read_slice(source: Source, stack: Stack, index: int, watch: Watch) -> NDArray[np.generic]:
    """Stored values of one slice: (rows, columns), or (rows, columns, 3) RGB."""
    image = stack.images[index]
    with source.open(image.instance, watch) as file:
        return read_frame(file, image.instance, image.frame.number, watch)


def load(source: Source, volume: Volume, watch: Watch, focus: Focus | None = None) -> None:
    """Read every slice that `volume` lacks, telling `watch` after each.

    A slice that cannot be shown is told in `volume.failed` and the rest goes on.
    A source that does not answer ends the load with its error; what has arrived stays. Where that may pass,
    what the source has at hand is read first.
    """
    volume.failed.clear()
    work = _Load(source, volume, watch, focus or Focus())
    try:
        # The first image alone, so that nothing competes with what the user waits for.
        if work.read_next(_Helping()):
            with ThreadPoolExecutor(_THREADS, thread_name_prefix="read") as pool:
                readers = [pool.submit(work.read_all) for _ in range(_THREADS)]
                wait(readers)
            for reader in readers:
                reader.result()
        if work.silent is not None:
            raise work.silent
    finally:
        work.close()


class _Helping:
    """How many files a thread takes at a time: as many as come within a moment, so that the eye may turn elsewhere."""

    def __init__(self, most: int = 1) -> None:
        self.most = 1
        self._most = most

    def took(self, count: int, seconds: float) -> None:
        """Learn from the last ones."""
        if seconds > _LONG_S:
            self.most = max(1, self.most // 2)
        elif seconds < _SHORT_S and count == self.most:
            self.most = min(4 * self.most, self._most)


class _Load:
    """The slices still to be read, and the files that are open for them; for several threads."""

    def __init__(self, source: Source, volume: Volume, watch: Watch, focus: Focus) -> None:
        self._source, self._volume, self._watch, self._focus = source, volume, watch, focus
        self.silent: SourceError | None = None
        self._is_over = False
        self._lock = threading.Lock()
        self._waiting = [index for index in range(len(volume.stack.images)) if not volume.has(index)]
        self._files: dict[tuple[str, str], _OpenFile] = {}
        for index in self._waiting:
            instance = volume.stack.images[index].instance
            self._files.setdefault(instance.identity, _OpenFile(instance)).waiting += 1
        # Frames that share a file are read from it in turn anyway.
        self._are_apart = isinstance(source, ManySource) and len(self._files) == len(self._waiting)

    def read_all(self) -> None:
        """Read until nothing is left; an error that ends the source ends the other threads too."""
        helping = _Helping(_MOST_TOGETHER if self._are_apart else 1)
        try:
            while self.read_next(helping):
                pass
        except BaseException:
            with self._lock:
                self._is_over = True
                self._waiting.clear()
            raise

    def read_next(self, helping: _Helping) -> bool:
        """Read the slices nearest to the focus; False when none is left."""
        indices = self._take(helping.most)
        started = time.monotonic()
        if len(indices) > 1:
            indices = self._open(indices)
        for index in indices:
            self._read_one(index)
        helping.took(len(indices), time.monotonic() - started)
        return bool(indices)

    def _open(self, indices: list[int]) -> list[int]:
        """Open the files of some slices together; those that are, for the others wait again."""
        files = [self._file(index) for index in indices]
        found = open_many(self._source, [file.instance for file in files], self._watch)
        with ExitStack() as unwanted:
            unwanted.callback(close_all, found)
            for file, one in zip(files, found, strict=True):
                if one is not None:
                    file.take(one, self._watch)
            unwanted.pop_all()
        late = [index for index, one in zip(indices, found, strict=True) if one is None]
        with self._lock:
            if not self._is_over:
                self._waiting = sorted([*self._waiting, *late])
        return [index for index in indices if index not in late]

    def _read_one(self, index: int) -> None:
        volume, file = self._volume, self._file(index)
        try:
            with volume.filling(index, self._watch) as target:
                if target is not None:
                    self._read(index, file, target)
        except (ImageError, SourceError) as error:
            if not (isinstance(error, SourceError) and error.ends_source):
                volume.failed[index] = str(error)
            elif error.passes:
                self.silent = error
            else:
                raise
        finally:
            self._done_with(file)
        self._watch.step(volume.present + len(volume.failed), len(volume.stack.images))

    def _read(self, index: int, file: _OpenFile, target: NDArray[np.generic]) -> None:
        volume, image = self._volume, self._volume.stack.images[index]
        reader = file.reader(self._source, self._watch)
        reader.read_into(image.frame.number, target, self._watch)
        if reader.doubts:
            volume.doubts[index] = reader.doubts
        if image.instance.overlay_groups:
            volume.overlays[index] = reader.overlays(image.frame.number, self._watch)

    def close(self) -> None:
        """Close what an early end left open."""
        for file in self._files.values():
            file.close()

    def _file(self, index: int) -> _OpenFile:
        return self._files[self._volume.stack.images[index].instance.identity]

    def _take(self, most: int) -> list[int]:
        """The slices nearest to the focus: at most so many, near the end fewer; [] when none is left."""
        with self._lock:
            self._watch.check()
            fair = max(_FEWEST_TOGETHER, -(-len(self._waiting) // _THREADS))
            return [self._nearest() for _ in range(min(most, fair, len(self._waiting)))]

    def _nearest(self) -> int:
        waiting, focus = self._waiting, self._focus.index
        at = bisect_left(waiting, focus)
        if at == len(waiting) or (at > 0 and focus - waiting[at - 1] <= waiting[at] - focus):
            at -= 1
        return waiting.pop(at)

    def _done_with(self, file: _OpenFile) -> None:
        with self._lock:
            file.waiting -= 1
            is_last = not file.waiting
        if is_last:
            file.close()


class _Reader(FrameReader):
    """Frames, and what is drawn over them."""

    def __init__(self, file: BinaryIO, instance: Instance, watch: Watch) -> None:
        super().__init__(file, instance, watch)
        self._whole, self._instance = file, instance

    def overlays(self, number: int, watch: Watch) -> Overlays:
        """The overlay planes of frame `number`, while no other thread moves the file."""
        with self.lock:
            return read_overlays(self._whole, self._instance, number, watch)


class _OpenFile:
    """The file of one instance, opened for its first frame and closed after its last; `waiting` counts them."""

    def __init__(self, instance: Instance) -> None:
        self.instance = instance
        self._lock = threading.Lock()
        self._file: BinaryIO | None = None
        self._reader: _Reader | None = None
        self._error: ImageError | SourceError | None = None
        self.waiting = 0

    def take(self, found: Opened, watch: Watch) -> None:
        """What there is when it is opened with others."""
        with self._lock:
            try:
                if isinstance(found, Exception):
                    raise found
                self._file = found
                self._reader = _Reader(found, self.instance, watch)
            except (ImageError, SourceError) as error:
                self._error = error

    def reader(self, source: Source, watch: Watch) -> _Reader:
        """Its frames; the error of the first try where it cannot be opened, the same for every frame."""
        with self._lock:
            if self._error is not None:
                raise self._error
            if self._reader is None:
                try:
                    self._file = source.open(self.instance, watch)
                    self._reader = _Reader(self._file, self.instance, watch)
                except (ImageError, SourceError) as error:
                    self._error = error
                    raise
            return self._reader

    def close(self) -> None:
        """Let go of the file."""
        if self._file is not None:
            with suppress(OSError):
                self._file.close()
            self._reader = self._file = None
