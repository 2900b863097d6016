"""Volumes within a budget: what goes, what lies on the disk, and what the user is told of it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from tests.imaging.sampler.made import volume_of
from tests.session.sitting import Sitting
from tests.session.test_study import SERIES_BYTES, several, stacks_in
from viewer_app.errors import UnsupportedPixels
from viewer_app.imaging import memory
from viewer_app.imaging.mpr import regridded_bytes, resampled
from viewer_app.imaging.volume_memory import volume_bytes
from viewer_app.phantom import steps
from viewer_app.progress import Watch
from viewer_app.session.layout import Layout
from viewer_app.session.study import OpenStudy
from viewer_app.session.view import View
from viewer_app.session.volumes import Volumes
from viewer_app.sources import FolderSource
from viewer_app.sources.loading import load


def test_the_oldest_goes_and_the_user_is_told(tmp_path: Path) -> None:
    one, two, three, _ = stacks_in(several(tmp_path))
    told: list[str] = []
    volumes = Volumes(2 * SERIES_BYTES, told.append)
    volumes.show(one)
    volumes.show(two)
    assert told == []
    volumes.show(three)
    assert volumes.get(one.key) is None
    assert volumes.get(two.key) is not None
    (sentence,) = told
    assert one.info.description in sentence
    assert "read again when shown" in sentence


def test_what_fits_together_is_known_before_it_is_made(tmp_path: Path) -> None:
    one, two, *_ = stacks_in(several(tmp_path))
    assert Volumes(2 * SERIES_BYTES).fit((one, two))
    assert not Volumes(2 * SERIES_BYTES - 1).fit((one, two))


def test_a_part_that_goes_for_another_of_its_series_is_not_told(tmp_path: Path) -> None:
    one, two, *_ = stacks_in(several(tmp_path))
    beside = replace(two, info=one.info, number=1)
    told: list[str] = []
    volumes = Volumes(SERIES_BYTES, told.append)
    volumes.show(one)
    volumes.show(beside)
    assert volumes.get(one.key) is None
    assert told == []


def test_a_series_beyond_the_budget_lies_on_the_disk_without_a_name(tmp_path: Path) -> None:
    one, two, *_ = stacks_in(several(tmp_path / "images"))
    told: list[str] = []
    volumes = Volumes(SERIES_BYTES - 1, told.append, tmp_path / "kept")
    volume = volumes.show(one)
    assert volume.is_mapped
    assert "kept on the disk" in told[0]
    load(FolderSource(tmp_path / "images"), volume, Watch())
    assert volume.is_complete
    assert {float(volume.image(index).modality_values().max()) for index in range(5)} == {0.0, 10.0, 20.0, 30.0, 40.0}
    assert list((tmp_path / "kept").iterdir()) == []
    volumes.show(two)
    assert volumes.get(one.key) is None


def test_what_fits_nowhere_is_refused_and_the_others_stay(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    one, two, *_ = stacks_in(several(tmp_path))
    volumes = Volumes(SERIES_BYTES, folder=tmp_path / "kept")
    kept = volumes.show(one)
    volumes.budget_bytes = SERIES_BYTES - 1
    full = SimpleNamespace(total=10**12, used=10**12 - 10**9, free=10**9)
    monkeypatch.setattr("shutil.disk_usage", lambda folder: full)
    with pytest.raises(UnsupportedPixels, match="memory or disk"):
        volumes.show(two)
    assert volumes.get(one.key) is kept


def test_a_budget_that_grows_counts_at_once(tmp_path: Path) -> None:
    one, two, *_ = stacks_in(several(tmp_path))
    volumes = Volumes(SERIES_BYTES)
    volumes.show(one)
    volumes.budget_bytes = 2 * SERIES_BYTES
    volumes.show(two)
    assert volumes.size_bytes == 2 * volume_bytes(one) == 2 * SERIES_BYTES


def test_a_container_has_what_its_groups_allow(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    installed = memory.physical_bytes()
    assert installed is None or installed > 1 << 28
    (tmp_path / "memory.max").write_text("123456789\n", encoding="ascii")
    monkeypatch.setattr(memory, "_CGROUPS", tmp_path)
    assert memory.physical_bytes() == 123456789
    (tmp_path / "memory.max").write_text("max\n", encoding="ascii")
    assert memory.physical_bytes() == memory._installed()


@pytest.mark.parametrize("kind", ["u1", "i2", "f4"])
def test_mapped_zeros_are_zeros_and_can_be_written(tmp_path: Path, kind: str) -> None:
    array: Any = memory.mapped_zeros((3, 40, 50), np.dtype(kind), tmp_path)
    assert not array.any()
    array[2, 39, 49] = 7
    assert array.sum() == 7
    assert array.dtype == kind
    assert list(tmp_path.iterdir()) == []


def arranged(sitting: Sitting, opened: OpenStudy, *numbers: int) -> None:
    """Show these stacks side by side."""
    views = tuple(View(opened.stacks[number].key) for number in numbers)
    opened.show_layout(Layout(1, len(views), views))
    sitting.settle()


def held(opened: OpenStudy) -> list[str]:
    """What of each stack is kept: "" nothing, else where."""
    volumes = [opened.volume_by_key(stack.key) for stack in opened.stacks]
    return ["" if volume is None else "disk" if volume.is_mapped else "memory" for volume in volumes]


@pytest.fixture
def four(sitting: Sitting, tmp_path: Path) -> OpenStudy:
    """A study of four series on show one by one, with memory for two."""
    sitting.workspace.volumes.budget_bytes = 2 * SERIES_BYTES
    return sitting.open(several(tmp_path / "images"))


def test_beyond_the_budget_what_is_on_show_goes_to_the_disk_and_the_user_is_told(
    sitting: Sitting, four: OpenStudy
) -> None:
    told: list[str] = []
    sitting.workspace.noticed.connect(told.append)
    arranged(sitting, four, 0, 1, 2, 3)
    assert held(four) == ["memory", "memory", "disk", "disk"]
    assert len(told) == 2
    assert all("kept on the disk" in sentence for sentence in told)
    assert four.missing == 0
    assert not sitting.errors


def test_a_closed_tile_makes_room_before_anything_on_show_does(sitting: Sitting, four: OpenStudy) -> None:
    arranged(sitting, four, 0, 1)
    arranged(sitting, four, 1)
    told: list[str] = []
    sitting.workspace.noticed.connect(told.append)
    arranged(sitting, four, 1, 2)
    assert held(four) == ["", "memory", "memory", ""]
    (sentence,) = told
    assert sentence == "Let go to make room: CT. It is read again when shown."
    arranged(sitting, four, 3, 1)
    assert held(four) == ["", "memory", "", "memory"]
    assert four.missing == 0


def test_what_finds_no_room_leaves_everything_on_show_as_it_was(
    sitting: Sitting, four: OpenStudy, monkeypatch: pytest.MonkeyPatch
) -> None:
    arranged(sitting, four, 0, 1)
    before = four.layout.value
    full = SimpleNamespace(total=10**12, used=10**12 - 10**9, free=10**9)
    monkeypatch.setattr("shutil.disk_usage", lambda folder: full)
    arranged(sitting, four, 2, 3, 1)
    assert [type(error) for error in sitting.errors] == [UnsupportedPixels]
    assert four.layout.value == before
    assert held(four)[:2] == ["memory", "memory"]
    assert four.missing == 0


def test_even_slices_count_go_with_their_volume_and_are_out_of_date_when_it_changes() -> None:
    one, other = (volume_of(steps.with_changing_pitch()) for _ in range(2))
    made = resampled(one)
    size, even = one.stored_values.nbytes, regridded_bytes(one.stack)
    volumes = Volumes(10 * size)
    volumes.keep_regridded(made)
    assert volumes.regridded(one.stack.key) is None
    held = volumes.show(one.stack)
    for index, stored in enumerate(one.stored_values):
        held.put(index, stored)
    volumes.keep_regridded(made)
    assert volumes.regridded(one.stack.key) is made
    assert volumes.size_bytes == size + even == size + made.values.nbytes
    held.put(0, other.stored_values[0])
    assert volumes.regridded(one.stack.key) is None
    volumes.clear()
    assert volumes.size_bytes == 0


def test_room_for_even_slices_is_made_from_what_is_not_seen_or_refused(tmp_path: Path) -> None:
    uneven = volume_of(steps.with_changing_pitch()).stack
    seen, unseen, *_ = stacks_in(several(tmp_path))
    told: list[str] = []
    volumes = Volumes(10**9, told.append)
    for found in (seen, unseen, uneven):
        volumes.show(found)
    volumes.budget_bytes = volumes.size_bytes - SERIES_BYTES + regridded_bytes(uneven)
    volumes.make_room(uneven, {seen.key})
    assert volumes.get(unseen.key) is None
    assert volumes.get(seen.key) is not None
    assert volumes.get(uneven.key) is not None
    assert "read again when shown" in told[0]
    volumes.budget_bytes -= 1
    with pytest.raises(UnsupportedPixels, match="to be resampled, more than is left"):
        volumes.make_room(uneven, {seen.key})
    assert volumes.get(seen.key) is not None
