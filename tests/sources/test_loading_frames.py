"""Frames of one file: each fails alone, nearest first, the file is opened once; a cancel ends any load within 0.3 s."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

import numpy as np
import pytest
from pydicom.encaps import encapsulate
from pydicom.uid import UID

from tests.imaging.pixels.encoders import ENCODERS, J2K, SV1
from tests.imaging.pixels.records import pixel_format
from tests.sources.places import slices
from viewer_app.errors import Cancelled
from viewer_app.imaging.headers import Instance
from viewer_app.imaging.stacks import Stack, stacks_of
from viewer_app.imaging.volume import Volume
from viewer_app.phantom.blocks import axial_plane, stack
from viewer_app.phantom.dicom import write_series
from viewer_app.progress import Step, Watch
from viewer_app.sources import FolderSource
from viewer_app.sources.loading import Focus, load

MULTI_FRAME_WORD = UID("1.2.840.10008.5.1.4.1.1.7.3")
FRAMES = 12
PIXELS = pixel_format(32, 32)


class CountingFolder(FolderSource):
    """A real folder that counts how often its files were asked for."""

    asked = 0

    def open(self, instance: Instance, watch: Watch) -> BinaryIO:
        """The file."""
        self.asked += 1
        return super().open(instance, watch)


def multi_frame(folder: Path, damaged: tuple[int, ...] = (), syntax: str = SV1) -> tuple[CountingFolder, Stack]:
    """One file of 12 frames; frame n (from 1) is full of n. The `damaged` ones are cut in the middle."""
    frames = [ENCODERS[syntax](np.full((32, 32), number, np.uint16), PIXELS) for number in range(1, FRAMES + 1)]
    for number in damaged:
        frames[number - 1] = frames[number - 1][: len(frames[number - 1]) // 2]
    (image,) = slices("frames", 1)
    image.SOPClassUID = image.file_meta.MediaStorageSOPClassUID = MULTI_FRAME_WORD
    image.NumberOfFrames, image.PixelData = FRAMES, encapsulate(frames)
    image["PixelData"].is_undefined_length = True
    image.file_meta.TransferSyntaxUID = UID(syntax)
    write_series(folder, [image])
    source = CountingFolder(folder)
    (study,) = source.find(Watch()).studies
    (found,) = stacks_of(study.series[0])
    assert len(found.images) == FRAMES
    return source, found


def numbers(volume: Volume, index: int) -> set[int]:
    return set(volume.stored_values[index].ravel().tolist())


@pytest.mark.parametrize("syntax", [SV1, J2K])
def test_a_damaged_frame_fails_alone(tmp_path: Path, syntax: str) -> None:
    source, found = multi_frame(tmp_path, (3, 8), syntax)
    volume = Volume(found)
    load(source, volume, Watch())
    bad = {index for index, image in enumerate(found.images) if image.frame.number in (3, 8)}
    assert set(volume.failed) == bad
    assert all(numbers(volume, index) == {0} for index in bad)
    for index, image in enumerate(found.images):
        if index not in bad:
            assert numbers(volume, index) == {image.frame.number}
    assert source.asked == 1


def test_frames_of_one_file_come_nearest_first(tmp_path: Path) -> None:
    source, found = multi_frame(tmp_path)
    volume, arrived = Volume(found), list[frozenset[int]]()

    def look(step: Step) -> None:
        arrived.append(frozenset(index for index in range(FRAMES) if volume.has(index)))

    load(source, volume, Watch(look), Focus(7))
    assert arrived[0] == {7}
    assert volume.is_complete
    for there in arrived:
        # Four readers side by side: what is there lies around the focus but for a few on their way.
        assert max(abs(index - 7) for index in there) <= len(there) // 2 + 4


def compressed_series(folder: Path) -> tuple[FolderSource, Stack]:
    pixels = pixel_format(1024, 1024)
    stored = np.random.default_rng(1).integers(0, 4096, (1024, 1024), dtype=np.uint16)
    frame = ENCODERS[J2K](stored, pixels)
    images = stack([stored] * 30, axial_plane((0.0, 0.0, 0.0), 1.0, 1.0), [(0.0, 0.0, float(n)) for n in range(30)])
    for image in images:
        image.PixelData = encapsulate([frame])
        image["PixelData"].is_undefined_length = True
        image.file_meta.TransferSyntaxUID = UID(J2K)
    write_series(folder, images)
    return _opened(FolderSource(folder))


def native_series(folder: Path) -> tuple[FolderSource, Stack]:
    write_series(folder, slices("cancel", 400))
    return _opened(FolderSource(folder))


class SlowFolder(FolderSource):
    """A medium that takes its time, but knows when nobody waits any more, as every source must."""

    def open(self, instance: Instance, watch: Watch) -> BinaryIO:
        """The file, after a while."""
        for _ in range(100):
            watch.check()
            time.sleep(0.05)
        return super().open(instance, watch)


def slow_series(folder: Path) -> tuple[FolderSource, Stack]:
    write_series(folder, slices("slow", 5))
    return _opened(SlowFolder(folder))


def _opened(source: FolderSource) -> tuple[FolderSource, Stack]:
    (study,) = source.find(Watch()).studies
    return source, stacks_of(study.series[0])[0]


@pytest.mark.parametrize("make", [native_series, compressed_series, slow_series])
def test_a_cancel_ends_the_load_within_a_moment(
    tmp_path: Path, make: Callable[[Path], tuple[FolderSource, Stack]]
) -> None:
    source, found = make(tmp_path)
    volume, begun = Volume(found), threading.Event()
    watch = Watch(lambda step: begun.set())
    ended: list[float] = []

    def run() -> None:
        with pytest.raises(Cancelled):
            load(source, volume, watch)
        ended.append(time.monotonic())

    loader = threading.Thread(target=run)
    loader.start()
    begun.wait(0.5 if make is slow_series else 20)
    cancelled = time.monotonic()
    watch.cancel()
    loader.join(20)
    assert not volume.is_complete
    # 0.3 s, and room for a machine that others use too.
    assert ended[0] - cancelled < 0.6
