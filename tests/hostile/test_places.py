"""H55, H59: places that change, fail or grow while they are read, and a search nobody waits for any more."""

from __future__ import annotations

import errno
import io
import threading
import time
from pathlib import Path
from typing import BinaryIO

import numpy as np
import pytest

from tests.hostile.parts import TRUTH, content, dataset
from tests.hostile.places import fill
from viewer_app.errors import Cancelled
from viewer_app.imaging.headers import Instance
from viewer_app.imaging.stacks import Stack, stacks_of
from viewer_app.imaging.volume import Volume
from viewer_app.progress import Step, Watch
from viewer_app.sources import FolderSource
from viewer_app.sources.loading import load
from viewer_app.sources.scan import Candidate, Findings, read_all

_SLICES = 8


def test_h55_a_search_through_thousands_of_files_is_told_and_ends_when_cancelled(tmp_path: Path) -> None:
    fill(tmp_path, 2000)
    steps: list[Step] = []
    cancelled: list[float] = []

    def told(step: Step) -> None:
        steps.append(step)
        if step.done == 500:
            cancelled.append(time.monotonic())
            watch.cancel()

    watch = Watch(told)
    with pytest.raises(Cancelled):
        FolderSource(tmp_path).find(watch)
    assert time.monotonic() - cancelled[0] < 0.3
    assert [step.done for step in steps if step.total == 2001][:501] == list(range(501))


def test_h55_a_search_ends_while_it_still_looks_for_files(tmp_path: Path) -> None:
    fill(tmp_path, 2000)
    watch = Watch()
    ended: list[float] = []
    watch.on_cancel(lambda: ended.append(time.monotonic()))
    threading.Timer(0.01, watch.cancel).start()
    with pytest.raises(Cancelled):
        while True:
            FolderSource(tmp_path).find(watch)
    assert time.monotonic() - ended[0] < 0.3


def _stack(folder: Path, source: FolderSource) -> Stack:
    for number in range(1, _SLICES + 1):
        image = dataset(TRUTH + number, number=number, origin=(0.0, 0.0, 2.0 * number), BitsStored=16)
        (folder / f"{number}.dcm").write_bytes(content(image))
    (study,) = source.find(Watch()).studies
    (stack,) = stacks_of(study.series[0])
    return stack


def _check(volume: Volume, lost: set[int], words: str) -> None:
    """Exactly the slices of the files `lost` are missing, and told; all others are right."""
    for index, image in enumerate(volume.stack.images):
        number = image.instance.instance_number
        assert number is not None
        assert volume.has(index) == (number not in lost)
        if number in lost:
            assert words in volume.failed[index]
        else:
            np.testing.assert_array_equal(volume.image(index).stored, TRUTH + number)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda path: path.unlink(), "is not there"),
        (lambda path: path.write_bytes(path.read_bytes() + bytes(200)), "has changed"),
        (lambda path: path.write_bytes(path.read_bytes()[:-200]), "has changed"),
        (lambda path: path.write_bytes(bytes(path.stat().st_size)), "3.dcm"),
        (lambda path: (path.unlink(), path.mkdir()), "3.dcm"),
    ],
    ids=["removed", "grown", "cut", "zeroed", "a folder now"],
)
def test_h59_a_file_that_changed_after_it_was_listed_is_told_and_the_rest_is_right(
    tmp_path: Path, change: object, words: str
) -> None:
    source = FolderSource(tmp_path)
    volume = Volume(_stack(tmp_path, source))
    assert callable(change)
    change(tmp_path / "3.dcm")
    load(source, volume, Watch())
    _check(volume, {3}, words if words != "3.dcm" else "")


class _Failing(io.BytesIO):
    """A medium that cannot be read beyond `good` bytes."""

    def __init__(self, whole: bytes, good: int) -> None:
        super().__init__(whole)
        self._good = good

    def _check(self) -> None:
        if self.tell() > self._good:
            raise OSError(errno.EIO, "Input/output error")

    def read(self, size: int | None = -1, /) -> bytes:
        data = super().read(size)
        self._check()
        return data

    def readinto(self, buffer: object, /) -> int:
        count = super().readinto(buffer)  # type: ignore[arg-type]  # any buffer
        self._check()
        return count


class _BadMedium(FolderSource):
    """A folder one file of which fails in the middle of its pixels."""

    def open(self, instance: Instance, watch: Watch) -> BinaryIO:
        with super().open(instance, watch) as stream:
            whole = stream.read()
        return _Failing(whole, len(whole) - 100 if instance.instance_number in (2, 5) else len(whole))


def test_h59_a_read_error_in_the_middle_is_told_and_what_is_decoded_stays(tmp_path: Path) -> None:
    source = _BadMedium(tmp_path)
    volume = Volume(_stack(tmp_path, source))
    load(source, volume, Watch())
    _check(volume, {2, 5}, "")


@pytest.mark.parametrize("good", [0, 100, 131, 140, 400, 600])
def test_h59_a_read_error_in_a_header_is_told(good: int) -> None:
    whole, findings = content(dataset()), Findings()
    bad = Candidate("bad.dcm", "bad.dcm", len(whole), lambda: _Failing(whole, good))
    sound = Candidate("good.dcm", "good.dcm", len(whole), lambda: io.BytesIO(whole))
    read_all([bad, sound], findings, Watch())
    assert [problem.where for problem in findings.problems] == ["bad.dcm"]
    assert findings.problems[0].why.endswith(".")
    assert [instance.locator for instance in findings.instances] == ["good.dcm"]


def test_h59_a_medium_pulled_out_is_told_for_every_slice_and_what_is_there_stays(tmp_path: Path) -> None:
    source = FolderSource(tmp_path / "medium")
    (tmp_path / "medium").mkdir()
    volume = Volume(_stack(tmp_path / "medium", source))
    volume.put(0, TRUTH + (volume.stack.images[0].instance.instance_number or 0))
    first = volume.stack.images[0].instance.instance_number or 0
    (tmp_path / "medium").rename(tmp_path / "pulled out")
    load(source, volume, Watch())
    _check(volume, set(range(1, _SLICES + 1)) - {first}, "is not there")
