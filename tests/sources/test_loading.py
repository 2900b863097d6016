"""Filling a volume: nearest first, what is bad is told, what is there stays, what is missing can be had later."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from io import BytesIO
from itertools import pairwise
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import pytest
from pydicom.uid import UID

from tests.sources.places import HeldFolder, SourceGone, slices
from viewer_app.errors import Cancelled, DamagedPixels
from viewer_app.imaging.headers import Instance
from viewer_app.imaging.stacks import Stack, stacks_of
from viewer_app.imaging.volume import Volume
from viewer_app.phantom.dicom import write_series
from viewer_app.progress import Step, Watch
from viewer_app.sources.base import Opened
from viewer_app.sources.loading import Focus, load, read_slice


def opened(folder: Path, count: int = 21) -> tuple[HeldFolder, Stack]:
    """A source of one stack; in reading order, head first, so that index 0 is the last image written."""
    write_series(folder, slices("load", count))
    source = HeldFolder(folder)
    (study,) = source.find(Watch()).studies
    (stack,) = stacks_of(study.series[0])
    return source, stack


def hu(volume: Volume, index: int) -> set[float]:
    return set(volume.image(index).modality_values().ravel().tolist())


def test_every_slice_lies_at_its_place(tmp_path: Path) -> None:
    source, stack = opened(tmp_path)
    volume = Volume(stack)
    load(source, volume, Watch())
    assert volume.is_complete
    assert not volume.failed
    for index, image in enumerate(stack.images):
        assert hu(volume, index) == {image.plane.origin[2] / 2.0 * 10.0}
        np.testing.assert_array_equal(read_slice(source, stack, index, Watch()), volume.stored_values[index])


def test_each_slice_is_told(tmp_path: Path) -> None:
    source, stack = opened(tmp_path, 7)
    steps: list[Step] = []
    load(source, Volume(stack), Watch(steps.append))
    assert len(steps) == 7
    assert max(step.done for step in steps) == 7
    assert {step.total for step in steps} == {7}


def test_the_wanted_slice_comes_first_then_its_neighbours(tmp_path: Path) -> None:
    source, stack = opened(tmp_path)
    load(source, Volume(stack), Watch(), focus=Focus(15))
    numbers = [image.instance.instance_number or 0 for image in stack.images]
    places = [numbers.index(number) for number in source.opened]
    assert places[0] == 15
    distances = [abs(place - 15) for place in places]
    # Four readers ask side by side: an order may be exchanged by so many places, not more.
    assert all(later >= earlier - 2 for earlier, later in pairwise(distances))


class Together(HeldFolder):
    """The same, opened several at a time; `batches` counts how many, and one of them is lost."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self.batches: list[int] = []
        self.pause_s = 0.0

    def open(self, instance: Instance, watch: Watch) -> BinaryIO:
        time.sleep(self.pause_s)
        if instance.instance_number == 3:
            raise DamagedPixels("It is lost.", "Ask for it.")
        return super().open(instance, watch)

    def open_many(self, instances: Sequence[Instance], watch: Watch) -> list[Opened | None]:
        self.batches.append(len(instances))
        return [opened_or_why(lambda one=one: self.open(one, watch)) for one in instances]  # type: ignore[misc]


def opened_or_why(opening: Callable[[], BinaryIO]) -> Opened:
    try:
        return opening()
    except DamagedPixels as error:
        return error


@pytest.mark.parametrize(("pause_s", "most"), [(0.0, 16), (0.12, 1)])
def test_files_are_opened_together_while_they_come_quickly(tmp_path: Path, pause_s: float, most: int) -> None:
    _, stack = opened(tmp_path, 21 if pause_s else 200)
    together = Together(tmp_path)
    together.pause_s = pause_s
    volume, steps = Volume(stack), list[Step]()
    load(together, volume, Watch(steps.append))
    assert max(together.batches, default=1) <= most and (pause_s or max(together.batches) > 4)
    (lost,) = volume.failed
    assert stack.images[lost].instance.instance_number == 3 and "It is lost." in volume.failed[lost]
    assert volume.present == len(stack.images) - 1 == len(steps) - 1
    for index in set(range(len(stack.images))) - {lost}:
        assert hu(volume, index) == {stack.images[index].plane.origin[2] / 2.0 * 10.0}


class Late(Together):
    """Whatever it is asked for, it has one file only by the time it answers."""

    def open_many(self, instances: Sequence[Instance], watch: Watch) -> list[Opened | None]:
        self.batches.append(len(instances))
        return [opened_or_why(lambda: self.open(instances[0], watch)), *[None] * (len(instances) - 1)]


def test_files_that_come_late_are_asked_for_again(tmp_path: Path) -> None:
    _, stack = opened(tmp_path, 60)
    late, volume = Late(tmp_path), Volume(stack)
    load(late, volume, Watch())
    assert max(late.batches) > 1
    assert sorted([*late.opened, 3]) == sorted({image.instance.instance_number or 0 for image in stack.images})
    assert [stack.images[index].instance.instance_number for index in volume.failed] == [3]
    for index in range(60):
        assert index in volume.failed or hu(volume, index) == {stack.images[index].plane.origin[2] / 2.0 * 10.0}


def test_files_that_come_late_are_left_where_the_source_ends(tmp_path: Path) -> None:
    _, stack = opened(tmp_path, 60)
    late = Late(tmp_path)
    late.gone_after = 20
    with pytest.raises(SourceGone):
        load(late, Volume(stack), Watch())
    assert len(late.opened) <= 20 + 4


def test_the_focus_may_move_while_slices_arrive(tmp_path: Path) -> None:
    source, stack = opened(tmp_path)
    source.gate.clear()
    focus, watch, volume = Focus(0), Watch(), Volume(stack)
    loader = threading.Thread(target=load, args=(source, volume, watch, focus))
    loader.start()
    while len(source.opened) < 5:  # the first slice, and one in the hands of each reader
        time.sleep(0.005)
    focus.index = 20
    source.gate.set()
    loader.join(10)
    numbers = [image.instance.instance_number or 0 for image in stack.images]
    places = [numbers.index(number) for number in source.opened]
    assert sorted(places[:5]) == [0, 1, 2, 3, 4]
    assert set(places[5:9]) == {20, 19, 18, 17}
    assert volume.is_complete


def test_a_bad_file_is_told_and_the_rest_arrives(tmp_path: Path) -> None:
    source, stack = opened(tmp_path, 9)
    spoilt = stack.images[4].instance.locator
    data = (tmp_path / spoilt).read_bytes()
    (tmp_path / spoilt).write_bytes(data[:-100])
    gone = stack.images[6].instance.locator
    (tmp_path / gone).unlink()
    volume = Volume(stack)
    load(source, volume, Watch())
    assert set(volume.failed) == {4, 6}
    assert "changed" in volume.failed[4]
    assert "not there" in volume.failed[6]
    assert [volume.has(index) for index in range(9)] == [index not in (4, 6) for index in range(9)]


def test_what_failed_is_tried_again_by_the_next_load(tmp_path: Path) -> None:
    source, stack = opened(tmp_path, 5)
    path = tmp_path / stack.images[2].instance.locator
    data = path.read_bytes()
    path.unlink()
    volume = Volume(stack)
    load(source, volume, Watch())
    path.write_bytes(data)
    source.opened.clear()
    load(source, volume, Watch())
    assert source.opened == [stack.images[2].instance.instance_number]
    assert volume.is_complete
    assert not volume.failed


def test_a_cancelled_load_ends_at_once_and_the_next_reads_only_what_is_missing(tmp_path: Path) -> None:
    source, stack = opened(tmp_path)
    source.gate.clear()
    volume, watch = Volume(stack), Watch()
    ended: list[float | type[BaseException]] = []

    def run() -> None:
        with pytest.raises(Cancelled):
            load(source, volume, watch)
        ended.append(time.monotonic())

    loader = threading.Thread(target=run)
    loader.start()
    while volume.present < 1 or len(source.opened) < 5:
        time.sleep(0.005)
    begun = time.monotonic()
    watch.cancel()
    loader.join(5)
    assert isinstance(ended[0], float)
    assert ended[0] - begun < 0.3
    assert volume.present == 1
    source.gate.set()
    source.opened.clear()
    load(source, volume, Watch())
    assert volume.is_complete
    assert len(source.opened) == len(set(source.opened)) == 20


class StuckInPixels(BytesIO):
    """A file of which half of the pixels come; the rest is waited for until the load has been cancelled."""

    def __init__(self, content: bytes, watch: Watch) -> None:
        super().__init__(content)
        self.reading, self.go, self._watch = threading.Event(), threading.Event(), watch

    def readinto(self, buffer: Any) -> int:
        if len(buffer) < 32 * 32 * 2:
            return super().readinto(buffer)
        super().readinto(memoryview(buffer)[:1024])
        self.reading.set()
        assert self.go.wait(10)
        self._watch.check()
        raise AssertionError("it was cancelled")


def test_a_cancelled_load_that_ends_late_takes_nothing_back_from_the_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A study left and opened again at once: the wrong picture would stay on the screen, and be measured."""
    source, stack = opened(tmp_path, 5)
    volume, watch = Volume(stack), Watch()
    with source.open(stack.images[0].instance, watch) as file:
        stuck = StuckInPixels(file.read(), watch)
    late = HeldFolder(tmp_path)
    monkeypatch.setattr(late, "open", lambda instance, watch: stuck)

    def load_late() -> None:
        with pytest.raises(Cancelled):
            load(late, volume, watch)

    first, second = threading.Thread(target=load_late), threading.Thread(target=load, args=(source, volume, Watch()))
    first.start()
    assert stuck.reading.wait(10)
    watch.cancel()
    second.start()
    second.join(0.5)  # as far as it comes
    stuck.go.set()
    first.join(10)
    second.join(10)
    assert volume.is_complete
    for index, image in enumerate(stack.images):
        assert hu(volume, index) == {image.plane.origin[2] / 2.0 * 10.0}
        assert volume.fillings(index) == 1


def test_who_waits_for_a_slice_under_way_can_be_cancelled(tmp_path: Path) -> None:
    volume, watch = Volume(opened(tmp_path, 2)[1]), Watch()
    with volume.filling(0):
        threading.Timer(0.05, watch.cancel).start()
        with pytest.raises(Cancelled), volume.filling(0, watch):
            pass
    with volume.filling(0) as again:
        assert again is None


def test_a_source_that_ends_raises_and_what_arrived_stays(tmp_path: Path) -> None:
    source, stack = opened(tmp_path)
    source.gone_after = 6
    volume = Volume(stack)
    with pytest.raises(SourceGone):
        load(source, volume, Watch())
    assert 1 <= volume.present <= 6
    assert not volume.failed
    assert len(source.opened) <= 6 + 4  # the readers stop, they do not try each file that is left
    arrived = volume.present
    source.gone_after = None
    source.opened.clear()
    load(source, volume, Watch())
    assert volume.is_complete
    assert len(source.opened) == 21 - arrived


def test_a_source_that_ends_at_the_first_image_raises_too(tmp_path: Path) -> None:
    source, stack = opened(tmp_path, 3)
    source.gone_after = 0
    with pytest.raises(SourceGone):
        load(source, Volume(stack), Watch())
    assert len(source.opened) == 1


def multiframe(folder: Path, frames: int = 6) -> None:
    """One Multi-frame Grayscale Word Secondary Capture (PS3.3 A.8.4); frame n (from 1) holds the value n."""
    (image,) = slices("frames", 1)
    image.SOPClassUID = image.file_meta.MediaStorageSOPClassUID = UID("1.2.840.10008.5.1.4.1.1.7.3")
    image.NumberOfFrames = frames
    image.PixelData = np.repeat(np.arange(1, frames + 1, dtype="<u2"), 32 * 32).tobytes()
    write_series(folder, [image])


def test_the_frames_of_one_file_are_read_in_one_go_and_told_one_by_one(tmp_path: Path) -> None:
    multiframe(tmp_path)
    source = HeldFolder(tmp_path)
    (study,) = source.find(Watch()).studies
    (stack,) = stacks_of(study.series[0])
    volume, steps = Volume(stack), list[Step]()
    load(source, volume, Watch(steps.append), focus=Focus(3))
    assert len(source.opened) == 1
    assert [step.done for step in steps] == [1, 2, 3, 4, 5, 6]
    assert [set(volume.stored_values[index].ravel().tolist()) for index in range(6)] == [{n} for n in range(1, 7)]
    for index in (5, 0):
        assert set(read_slice(source, stack, index, Watch()).ravel().tolist()) == {index + 1}


def test_a_frame_that_is_there_is_not_written_again(tmp_path: Path) -> None:
    multiframe(tmp_path)
    source = HeldFolder(tmp_path)
    (study,) = source.find(Watch()).studies
    volume = Volume(stacks_of(study.series[0])[0])
    volume.put(0, np.full((32, 32), 77, dtype=np.uint16))
    load(source, volume, Watch())
    assert set(volume.stored_values[0].ravel().tolist()) == {77}
    assert volume.is_complete


def test_a_slice_of_another_size_than_its_header_is_refused(tmp_path: Path) -> None:
    _, stack = opened(tmp_path, 2)
    with pytest.raises(DamagedPixels):
        Volume(stack).put(0, np.zeros((31, 32), dtype=np.uint16))
