"""Wide figures on thick slabs, and many marks on opening: the window goes on, and every number is whole."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from importlib import import_module
from pathlib import Path

import pytest

from tests.session.sitting import Sitting
from tests.session.test_c45_any_plane import MIP, oblique, on_tile, ramp_study, reopened
from viewer_app.measure.measurement import Measurement
from viewer_app.session import ahead
from viewer_app.session.edits import move_many, relabel, remove_many
from viewer_app.session.study import OpenStudy
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
    sitting.settle()
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


ACTS: dict[str, Callable[[OpenStudy, Measurement, Measurement], object]] = {
    "Rename": lambda opened, one, moved: opened.measuring.rename(one.uid, "lesion"),
    "Delete": lambda opened, one, moved: opened.measuring.remove(one.uid),
    "Move": lambda opened, one, moved: opened.measuring.put(moved, "Move"),
    "Undo": lambda opened, one, moved: opened.history.undo(),
    "Delete many": lambda opened, one, moved: remove_many(opened, [one.uid]),
    "Rename many": lambda opened, one, moved: relabel(opened, [one.uid], "lesion"),
    "Move many": lambda opened, one, moved: move_many(opened, [moved]),
}


@pytest.mark.parametrize("act", ACTS)
def test_what_is_done_to_a_mark_that_waits_samples_nothing_in_the_thread_of_the_window(
    sitting: Sitting, slab: Tile, act: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    here, threads = threading.get_ident(), list[int]()
    section = import_module("viewer_app.imaging.sampler.plane_image")._Section
    take = section.take

    def counted(self: object, places: Sequence[object], *others: object) -> None:
        threads.extend(threading.get_ident() for _ in places)
        take(self, places, *others)

    monkeypatch.setattr(section, "take", counted)
    one, opened = figure(sitting, slab, 8.0), sitting.study
    moved = replace(one, figures=figure(sitting, slab, 5.0).figures)
    opened.measuring.put(one, "Draw rectangle")
    ACTS[act](opened, one, moved)
    assert opened.measurements.get(one.uid) is None
    assert opened.measuring.drawn(one.uid) == (moved if act.startswith("Move") else one)
    sitting.settle()
    found = opened.measurements.get(one.uid)
    assert (found is None) is (act in ("Undo", "Delete", "Delete many"))
    assert found is None or (found.measurement.figures == moved.figures) is act.startswith("Move")
    assert found is None or (found.measurement.label == "lesion") is act.startswith("Rename")
    assert threads
    assert here not in threads
    assert not opened.measuring.waiting
