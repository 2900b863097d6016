"""Several measurements at once: one step of the history, all of it or nothing."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tests.session.sitting import AUTHOR, Sitting, made_by
from tests.sources.places import STEP_MM, slices, write_study
from viewer_app.imaging.cuts import Cut
from viewer_app.imaging.geometry import Plane
from viewer_app.measure.coloring import COLORS
from viewer_app.phantom.blocks import axial_plane, stack
from viewer_app.phantom.dicom import write_series
from viewer_app.session.edits import (
    duplicate,
    move_label,
    move_many,
    paste,
    propagate,
    relabel,
    remove_all,
    remove_many,
    restyle,
)
from viewer_app.session.study import OpenStudy

PINK = COLORS["Pink"]


@pytest.fixture
def place(tmp_path: Path) -> Path:
    return write_study(tmp_path / "images", "one")


def two_series(folder: Path, plane: Plane | None = None) -> Path:
    """One study: flat slices of 1 mm, and others of the same patient on `plane`, finer and half a step higher."""
    write_series(folder / "1", slices("first", StudyInstanceUID="2.25.77"))
    plane = plane or axial_plane((-0.25, -0.25, STEP_MM / 2), 0.5, 0.5, "first")
    pixels = [np.full((64, 64), 2024 + number, dtype=np.uint16) for number in range(3)]
    steps = [(0.0, 0.0, STEP_MM * number) for number in range(3)]
    write_series(folder / "2", stack(pixels, plane, steps, "second", StudyInstanceUID="2.25.77", SeriesNumber=2))
    return folder


def labels(opened: OpenStudy) -> list[str]:
    return [item.measurement.label for item in opened.measurements.records]


def mean(sitting: Sitting, uid: str) -> float | None:
    found = sitting.study.measurements.get(uid)
    assert found is not None
    return found.values[0].number


def test_many_are_deleted_as_one_step_and_come_back_as_one(sitting: Sitting, place: Path) -> None:
    opened = sitting.open(place)
    drawn = [sitting.draw(label=str(number)) for number in range(5)]
    uids = [item.measurement.uid for item in drawn]
    remove_many(opened, [*uids[1:4], uids[1], "not there"])
    assert labels(opened) == ["0", "4"]
    assert opened.history.titles[-1] == "Delete 3 measurements"
    remove_all(opened)
    sitting.settle()
    assert opened.measurements.records == sitting.stored() == ()
    opened.history.undo()
    opened.history.undo()
    sitting.settle()
    assert opened.measurements.records == sitting.stored() == tuple(drawn)
    assert sitting.workspace.unsaved == 0


def test_several_are_moved_as_one_step_with_the_numbers_of_their_new_places(sitting: Sitting, place: Path) -> None:
    opened = sitting.open(place)
    drawn = [sitting.draw("probe"), sitting.draw("rectangle"), sitting.draw()]
    moved = []
    for found in drawn[:2]:
        (figure,) = found.measurement.figures
        points = tuple((x + STEP_MM, y, z) for x, y, z in figure.points)
        moved.append(replace(found.measurement, figures=(replace(figure, points=points),)))
    move_many(opened, [*moved, drawn[2].measurement])
    assert opened.history.titles[-1] == "Move 2 measurements"
    after = {item.measurement.uid: item for item in opened.measurements.records}
    for mark in moved:
        assert after[mark.uid].measurement.figures == mark.figures
        assert after[mark.uid].values == opened.measuring.measured(mark).values
    assert after[drawn[2].measurement.uid] == drawn[2]
    opened.history.undo()
    sitting.settle()
    assert opened.measurements.records == sitting.stored() == tuple(drawn)


def test_a_label_keeps_its_place_in_the_store_and_on_copies(sitting: Sitting, place: Path) -> None:
    opened = sitting.open(place)
    drawn = sitting.draw()
    uid = drawn.measurement.uid
    move_label(opened, [uid], (12.5, -0.1))
    sitting.settle()
    (stored,) = sitting.stored()
    assert stored.measurement.label_offset == (12.5, -0.1)
    assert stored.values == drawn.values
    assert opened.history.titles[-1] == "Move label"
    move_label(opened, [uid], None)
    assert opened.history.titles[-1] == "Move label back"
    opened.history.undo()
    opened.history.undo()
    sitting.settle()
    assert opened.measurements.records == sitting.stored() == (drawn,)


def test_nothing_to_do_is_no_step(sitting: Sitting, place: Path) -> None:
    opened = sitting.open(place)
    drawn = sitting.draw(label="a")
    remove_many(opened, ["not there"])
    restyle(opened, [drawn.measurement.uid], "")
    relabel(opened, [drawn.measurement.uid], "a")
    propagate(opened, [drawn.measurement.uid], [opened.view.value.index], AUTHOR)
    assert list(opened.history.titles) == [
        "Draw distance",
    ]
    remove_all(opened)
    remove_all(opened)
    assert list(opened.history.titles) == ["Draw distance", "Delete all"]


def test_a_colour_and_a_label_for_several_leave_their_numbers(sitting: Sitting, place: Path) -> None:
    opened = sitting.open(place)
    drawn = [sitting.draw(), sitting.draw("probe")]
    uids = [item.measurement.uid for item in drawn]
    restyle(opened, uids, PINK)
    relabel(opened, uids, "Target 1")
    sitting.settle()
    assert {(item.measurement.color, item.measurement.label) for item in sitting.stored()} == {(PINK, "Target 1")}
    assert [item.values for item in sitting.stored()] == [item.values for item in drawn]
    assert opened.history.titles[-2:] == ("Restyle 2 measurements", "Rename 2 measurements")
    opened.history.go_to(2)
    assert opened.measurements.records == tuple(drawn)
    with pytest.raises(ValueError, match="colours"):
        restyle(opened, uids, "#123456")


def test_a_copy_on_another_series_lies_at_the_same_place_and_has_its_values(sitting: Sitting, tmp_path: Path) -> None:
    opened = sitting.open(two_series(tmp_path / "images"))
    first, second = opened.stacks
    opened.show(first, 2)
    drawn = [sitting.draw(label="a"), sitting.draw("probe", label="b")]
    opened.show(second, 1)
    sitting.settle()
    made = made_by(paste, opened, [item.measurement for item in drawn], AUTHOR)
    assert opened.history.titles[-1] == "Paste 2 measurements"
    length, probe = (opened.measurements.get(uid) for uid in made)
    assert length is not None and probe is not None
    height = STEP_MM / 2 + STEP_MM * (len(second.images) - 1 - 1)
    assert np.allclose([point[2] for point in length.measurement.figures[0].points], height, atol=1e-12)
    for copy, source in ((length, drawn[0]), (probe, drawn[1])):
        ours, theirs = copy.measurement.figures[0].points, source.measurement.figures[0].points
        assert np.allclose(np.subtract(ours, theirs)[:, :2], 0, atol=1e-12)
        assert copy.measurement.uid != source.measurement.uid
        assert copy.measurement.label == source.measurement.label
    assert length.values[0].number == pytest.approx(drawn[0].values[0].number, rel=1e-12)
    assert probe.values[0].number == 1001.0  # 2024 + 1 - 1024: of the new image, not of the old
    assert probe.place.series_index == opened.stacks.index(second)
    opened.history.undo()
    assert opened.measurements.records == tuple(drawn)


@pytest.mark.parametrize(
    ("plane", "what"),
    [
        (axial_plane((0.0, 0.0, 0.0), 0.5, 0.5, "elsewhere"), "Frame of Reference"),
        (
            replace(axial_plane((0.0, 0.0, 0.0), 0.5, 0.5, "first"), column_direction=(0.0, 0.8, 0.6)),
            "not parallel",
        ),
        (axial_plane((500.0, 0.0, 0.0), 0.5, 0.5, "first"), "beside"),
    ],
)
def test_a_copy_that_has_no_place_there_is_refused_in_words(
    sitting: Sitting, tmp_path: Path, plane: Plane, what: str
) -> None:
    opened = sitting.open(two_series(tmp_path / "images", plane))
    opened.show(opened.stacks[0], 2)
    drawn = sitting.draw()
    opened.show(opened.stacks[1], 0)
    sitting.settle()
    assert made_by(paste, opened, [drawn.measurement], AUTHOR) == ()
    (error,) = sitting.errors
    assert what in error.what
    assert error.advice
    assert opened.history.titles == ("Draw distance",)


def test_a_mark_of_another_study_is_not_pasted(sitting: Sitting, place: Path, tmp_path: Path) -> None:
    """The same Frame of Reference UID in another patient is a fault of the sender, not the same place."""
    sitting.open(place)
    drawn = sitting.draw()
    plane = axial_plane((0.0, 0.0, 0.0), 1.0, 1.0, "one")
    pixels = [np.zeros((32, 32), dtype=np.uint16)]
    write_series(tmp_path / "two", stack(pixels, plane, [(0.0, 0.0, 0.0)], "two", PatientID="OTHER"))
    opened = sitting.open(tmp_path / "two")
    assert made_by(paste, opened, [drawn.measurement], AUTHOR) == ()
    assert "another study" in sitting.errors[0].what


def test_the_next_image_takes_a_duplicate_until_the_stack_ends(sitting: Sitting, place: Path) -> None:
    opened = sitting.open(place)
    (shown,) = opened.stacks
    opened.show(shown, 3)
    drawn = sitting.draw("probe")
    (made,) = made_by(duplicate, opened, [drawn.measurement.uid], AUTHOR)
    found = opened.measurements.get(made)
    assert found is not None
    assert found.place.slice_index == 4
    assert mean(sitting, made) != mean(sitting, drawn.measurement.uid)
    assert made_by(duplicate, opened, [made, drawn.measurement.uid], AUTHOR) == ()
    assert "ends here" in sitting.errors[0].what
    assert made_by(duplicate, opened, [drawn.measurement.uid], AUTHOR, by=-4) == ()
    assert len(opened.measurements.records) == 2


def test_a_range_of_images_takes_copies_as_one_step(sitting: Sitting, place: Path) -> None:
    opened = sitting.open(place)
    (shown,) = opened.stacks
    opened.show(shown, 2)
    drawn = sitting.draw("probe", label="Liver")
    made = made_by(propagate, opened, [drawn.measurement.uid], range(5), AUTHOR)
    assert opened.history.titles == ("Draw probe", "Propagate")
    places = [found.place.slice_index for uid in made if (found := opened.measurements.get(uid)) is not None]
    assert places == [0, 1, 3, 4]
    # Slice n from the feet has 10 n HU, and the head comes first.
    assert [mean(sitting, uid) for uid in made] == [40.0, 30.0, 10.0, 0.0]
    opened.history.undo()
    assert opened.measurements.records == (drawn,)
    opened.history.redo()
    sitting.settle()
    assert set(sitting.stored()) == set(opened.measurements.records)
    assert made_by(propagate, opened, [drawn.measurement.uid], range(1, 7), AUTHOR) == ()
    assert len(opened.measurements.records) == 5


def test_reconstructed_planes_take_no_copies(sitting: Sitting, place: Path) -> None:
    opened = sitting.open(place)
    drawn = sitting.draw()
    opened.view.set(replace(opened.view.value, cut=Cut((4.0, 4.0, 4.0), (1.0, 0.0, 0.0), (0.0, 0.0, -1.0))))
    assert opened.view.value.cut is not None
    assert made_by(paste, opened, [drawn.measurement], AUTHOR) == ()
    assert "reconstructed" in sitting.errors[-1].what
    assert opened.measurements.records == (drawn,)
