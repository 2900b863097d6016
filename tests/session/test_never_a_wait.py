"""Wide figures on thick slabs, and many marks on opening: the window goes on, and every number is whole."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from importlib import import_module
from pathlib import Path

import pytest

from tests.session.sitting import AUTHOR, Sitting
from tests.session.test_c45_any_plane import MIP, oblique, on_tile, ramp_study, reopened
from viewer_app.errors import CaliperError
from viewer_app.imaging.geometry import vector
from viewer_app.imaging.stacks import Stack
from viewer_app.measure.measurement import Figure, Measurement, Reference
from viewer_app.measure.volumes import VoxelRegion, ball_stroke
from viewer_app.session import ahead
from viewer_app.session.edits import duplicate, move_many, paste, propagate, relabel, remove_many
from viewer_app.session.study import OpenStudy
from viewer_app.session.tile import Tile
from viewer_app.session.volumetry import volumes_on, with_region


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


@pytest.fixture
def threads(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """In which threads samples were taken, once for each."""
    found, section = list[int](), import_module("viewer_app.imaging.sampler.plane_image")._Section
    take = section.take

    def counted(self: object, places: Sequence[object], *others: object) -> None:
        found.extend(threading.get_ident() for _ in places)
        take(self, places, *others)

    monkeypatch.setattr(section, "take", counted)
    return found


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
    sitting: Sitting, slab: Tile, act: str, threads: list[int]
) -> None:
    here = threading.get_ident()
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


def test_what_is_told_of_a_mark_that_waits_stays_when_it_is_moved_meanwhile(sitting: Sitting, slab: Tile) -> None:
    one, opened = figure(sitting, slab, 8.0), sitting.study
    opened.measuring.put(one, "Draw rectangle")
    opened.measuring.rename(one.uid, "lesion")
    opened.measuring.put(replace(one, figures=figure(sitting, slab, 5.0).figures), "Move")
    sitting.settle()
    found = opened.measurements.get(one.uid)
    assert found is not None
    assert found.measurement.label == "lesion"
    assert opened.history.titles == ("Draw rectangle", "Rename", "Move")


def beside(sitting: Sitting) -> Measurement:
    """A mark on an image, which needs no samples."""
    stack = sitting.study.stacks[0]
    image = stack.images[4]
    reference = Reference(stack.info.series_uid, image.sop_instance_uid, image.frame.number)
    corners = image.plane.to_patient([(4.0, 4.0), (9.0, 8.0)])
    return sitting.workspace.new_measurement(
        "rectangle", Figure(image.plane, tuple(vector(point) for point in corners), reference)
    )


def ball(stack: Stack, column: float) -> VoxelRegion:
    return ball_stroke(stack, [vector(stack.images[5].plane.to_patient([(column, 9.0)])[0])], 3.0)


COPIES: dict[str, Callable[..., None]] = {
    "Duplicate": lambda opened, one, made: duplicate(opened, [one.uid], AUTHOR, made=made),
    "Propagate": lambda opened, one, made: propagate(opened, [one.uid], [3, 5], AUTHOR, made=made),
    "Paste": lambda opened, one, made: paste(opened, [one], AUTHOR, made=made),
}


@pytest.mark.parametrize("copy", COPIES)
def test_copies_are_made_in_their_turn(sitting: Sitting, slab: Tile, copy: str, threads: list[int]) -> None:
    one, waits, opened = beside(sitting), figure(sitting, slab, 8.0), sitting.study
    told: list[tuple[str, ...]] = []
    opened.measuring.put(waits, "Draw slab")
    opened.measuring.put(one, "Draw rectangle")
    opened.view.set(replace(opened.view.value, cut=None, index=6))
    COPIES[copy](opened, one, told.append)
    assert not told
    sitting.settle()
    assert not sitting.errors
    assert opened.history.titles == ("Draw slab", "Draw rectangle", copy)
    assert set(told[0]) == {found.measurement.uid for found in opened.measurements.records} - {one.uid, waits.uid}
    assert threading.get_ident() not in threads


def test_a_refusal_of_what_had_to_wait_is_told(sitting: Sitting, slab: Tile, threads: list[int]) -> None:
    waits, opened = figure(sitting, slab, 8.0), sitting.study
    opened.measuring.put(waits, "Draw slab")
    opened.measuring.calibrate(waits.uid, 10.0, whole_series=False, author=AUTHOR)
    assert not sitting.errors
    sitting.settle()
    assert [error.what for error in sitting.errors] == ["This is no distance on an image."]
    with pytest.raises(CaliperError, match="no distance"):
        opened.measuring.calibrate(waits.uid, 10.0, whole_series=False, author=AUTHOR)
    assert threading.get_ident() not in threads


def test_a_volume_that_waits_is_seen_and_painted_on(sitting: Sitting, slab: Tile, threads: list[int]) -> None:
    opened, new = sitting.study, sitting.workspace.new_measurement
    stack = opened.stacks[0]
    first = with_region(None, ball(stack, 9.0), stack, new)
    opened.measuring.put(figure(sitting, slab, 8.0), "Draw slab")
    opened.measuring.put(first, "Paint")
    before = opened.measuring.volumetry.edited(first.uid, stack)
    assert before is not None
    assert [each.measurement.uid for each in volumes_on(slab)] == [first.uid]
    assert before.region is not None
    both = before.region | ball(stack, 12.0)
    opened.measuring.put(with_region(before, both, stack, new), "Paint")
    assert opened.measurements.get(first.uid) is None
    sitting.settle()
    found = opened.measurements.get(first.uid)
    assert found is not None
    assert found.measurement.region == both
    assert opened.history.titles == ("Draw slab", "Paint", "Paint")
    opened.history.undo()
    found = opened.measurements.get(first.uid)
    assert found is not None
    assert found.measurement.region == before.region
    assert threading.get_ident() not in threads
