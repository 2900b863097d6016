"""Wide figures on thick slabs, and many marks on opening: the window goes on, and every number is whole."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.session.sitting import Sitting
from tests.session.test_c45_any_plane import MIP, oblique, on_tile, ramp_study, reopened
from viewer_app.measure.measurement import Measurement
from viewer_app.session import ahead
from viewer_app.session.tile import Tile


@pytest.fixture
def slab(sitting: Sitting, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Tile]:
    """A slab on which whatever is not sampled yet is sampled in the background."""
    monkeypatch.setattr(ahead, "AT_ONCE", 0)
    place, _ = ramp_study(tmp_path / "study")
    yield oblique(sitting.open(place), 6.0, MIP)


def figure(sitting: Sitting, tile: Tile, side: float) -> Measurement:
    return sitting.workspace.new_measurement("rectangle", tile.new_figure(on_tile(tile, (-side, -side), (side, side))))


def test_what_waits_is_no_record_before_its_numbers_are_whole(sitting: Sitting, slab: Tile) -> None:
    drawn = figure(sitting, slab, 8.0)
    opened = sitting.study
    opened.measuring.put(drawn, "Draw rectangle")
    assert opened.measurements.get(drawn.uid) is None
    (waiting,) = opened.measuring.waiting
    mean = next(value for value in waiting.values if value.key == "mean")
    assert (mean.number, mean.note) == (None, "…")
    assert waiting.values[0].number is not None
    sitting.settle()
    found = opened.measurements.get(drawn.uid)
    assert found is not None
    assert found.values == opened.measuring.measured(drawn).values
    assert not opened.measuring.waiting


def test_what_is_done_next_comes_after_it(sitting: Sitting, slab: Tile) -> None:
    one, other, opened = figure(sitting, slab, 8.0), figure(sitting, slab, 3.0), sitting.study
    opened.measuring.put(one, "Draw rectangle")
    opened.measuring.put(other, "Draw another")
    opened.measuring.put(replace(one, figures=other.figures), "Move")
    assert not opened.history.titles
    sitting.settle()
    assert opened.history.titles == ("Draw rectangle", "Draw another", "Move")
    opened.history.undo()
    found = opened.measurements.get(one.uid)
    assert found is not None
    assert found.measurement.figures == one.figures


def test_undo_takes_back_what_waits(sitting: Sitting, slab: Tile) -> None:
    one, opened = figure(sitting, slab, 8.0), sitting.study
    opened.measuring.put(one, "Draw rectangle")
    opened.history.undo()
    sitting.settle()
    assert opened.measurements.get(one.uid) is None
    assert opened.history.next_redo is not None
    assert opened.history.next_redo.title == "Draw rectangle"


def test_rename_and_delete_find_what_waits(sitting: Sitting, slab: Tile) -> None:
    one, opened = figure(sitting, slab, 8.0), sitting.study
    opened.measuring.put(one, "Draw rectangle")
    opened.measuring.rename(one.uid, "lesion")
    found = opened.measurements.get(one.uid)
    assert found is not None
    assert found.measurement.label == "lesion"
    opened.measuring.put(replace(found.measurement, figures=figure(sitting, slab, 9.0).figures), "Move")
    opened.measuring.remove(one.uid)
    sitting.settle()
    assert opened.history.titles == ("Draw rectangle", "Rename", "Move", "Delete")
    assert not opened.measurements.records


def test_nothing_is_lost_where_the_study_is_closed(sitting: Sitting, slab: Tile, tmp_path: Path) -> None:
    one = figure(sitting, slab, 8.0)
    sitting.study.measuring.put(one, "Draw rectangle")
    opened = reopened(sitting, tmp_path / "study", tmp_path)
    found = opened.measurements.get(one.uid)
    assert found is not None
    assert found.values[0].number is not None
    assert not opened.measurements.differs(one.uid)


def test_what_is_in_hand_lags_and_is_told_when_it_is_known(sitting: Sitting, slab: Tile) -> None:
    one, opened = figure(sitting, slab, 8.0), sitting.study
    told: list[str] = []
    opened.arrived.connect(told.append)
    before = opened.measuring.glimpsed(one)
    sitting.settle()
    after = opened.measuring.glimpsed(one)
    assert told
    assert {value.note for value in before.values if value.number is None} == {"…"}
    assert after.values == opened.measuring.measured(one).values


def test_marks_on_slabs_are_checked_in_the_background_on_opening(sitting: Sitting, slab: Tile, tmp_path: Path) -> None:
    marks = [figure(sitting, slab, 4.0 + number) for number in range(5)]
    for mark in marks:
        sitting.study.measuring.put(mark, "Draw rectangle")
    sitting.settle()
    wrong = sitting.study.measurements.get(marks[2].uid)
    assert wrong is not None
    (first, *others) = wrong.values
    stored = replace(wrong, values=(replace(first, number=1.0), *others))
    opened = reopened(sitting, tmp_path / "study", tmp_path)
    assert all(map(opened.measuring.has_images, marks))
    ours = {found.measurement.uid: found for found in opened.measurements.records} | {marks[2].uid: stored}
    opened.measurements.load(ours.values())
    opened.measuring._checks.look_anew(set(ours))  # as if they had just been read
    sitting.settle()
    assert [opened.measurements.differs(mark.uid) for mark in marks] == [False, False, True, False, False]
