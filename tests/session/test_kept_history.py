"""What was done can be taken back after a restart, as far as nobody else changed it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from tests.session.sitting import Sitting, stored_of
from tests.session.test_saving import held_by_another
from tests.sources.places import write_study
from tests.store.test_faults import immutable
from viewer_app.store import Store, open_store
from viewer_app.tasks import Tasks


@pytest.fixture
def place(tmp_path: Path) -> Path:
    return write_study(tmp_path / "images", "one")


@contextmanager
def restarted(qtbot: QtBot, tasks: Tasks, store: Store) -> Iterator[Sitting]:
    """A workspace of another start of the program, on the same store."""
    made = Sitting(qtbot, tasks, store)
    yield made
    made.end()


def test_steps_are_taken_back_and_done_again_after_a_restart(
    qtbot: QtBot, tasks: Tasks, tmp_path: Path, place: Path
) -> None:
    with open_store(tmp_path / "s") as store, restarted(qtbot, tasks, store) as sitting:
        opened = sitting.open(place)
        drawn = sitting.draw()
        opened.measuring.rename(drawn.measurement.uid, "nodule")
        opened.measuring.remove(drawn.measurement.uid)
        opened.history.undo()
        renamed = opened.measurements.get(drawn.measurement.uid)
    with open_store(tmp_path / "s") as store, restarted(qtbot, tasks, store) as sitting:
        history = sitting.open(place).history
        assert history.titles == ("Draw distance", "Rename")
        assert history.next_redo is not None
        assert history.next_redo.title == "Delete"
        history.undo()
        assert sitting.study.measurements.records == (drawn,)
        history.redo()
        assert sitting.study.measurements.records == (renamed,)
        history.go_to(0)
        sitting.settle()
        assert sitting.stored() == ()
    with open_store(tmp_path / "s") as store, restarted(qtbot, tasks, store) as sitting:
        history = sitting.open(place).history
        assert (history.titles, len(history.listed)) == ((), 3)
        history.go_to(3)
        history.go_to(2)
        assert sitting.study.measurements.records == (renamed,)


def test_a_crash_loses_no_step_that_was_saved(
    qtbot: QtBot, tasks: Tasks, sitting: Sitting, place: Path, tmp_path: Path
) -> None:
    """The first window is never closed; the file is as it left it."""
    sitting.open(place)
    drawn = sitting.draw()
    sitting.settle()
    copy = tmp_path / "copy"
    copy.mkdir(0o700)
    for path in (tmp_path / "store").glob("caliper.sqlite*"):
        (copy / path.name).write_bytes(path.read_bytes())
    with open_store(copy) as store, restarted(qtbot, tasks, store) as after:
        assert after.open(place).measurements.records == (drawn,)
        after.study.history.undo()
        assert after.study.measurements.records == ()


def test_what_another_window_changed_is_not_taken_back(
    qtbot: QtBot, tasks: Tasks, sitting: Sitting, place: Path, tmp_path: Path
) -> None:
    opened = sitting.open(place)
    first, second = sitting.draw(), sitting.draw()
    opened.measuring.rename(second.measurement.uid, "late")
    sitting.settle()
    with open_store(tmp_path / "store") as other:
        (study,) = other.studies()
        theirs = stored_of(other, opened)[0]
        other.update(study.study_id, replace(theirs, measurement=replace(theirs.measurement, label="theirs")))
    with open_store(tmp_path / "store") as store, restarted(qtbot, tasks, store) as after:
        history = after.open(place).history
        assert history.titles == ("Draw distance", "Rename")  # both of the second mark
        history.go_to(0)
        assert [item.measurement.label for item in after.study.measurements.records] == ["theirs"]
    with open_store(tmp_path / "store") as store:
        assert len(store.steps(study.study_id)) == 2  # what does not fit is not kept
    assert first.measurement.uid == theirs.measurement.uid


def test_steps_done_before_the_store_answers_come_after_those_it_knows(
    sitting: Sitting, place: Path, tmp_path: Path
) -> None:
    sitting.open(place)
    sitting.draw(label="earlier")
    sitting.open(write_study(tmp_path / "other", "two", PatientID="OTHER"))
    with held_by_another(tmp_path / "store"):
        opened = sitting.open(place)
        sitting.draw("probe", label="meanwhile")
        sitting.settle()
    sitting.workspace.retry_saving()
    sitting.settle()
    assert opened.history.titles == ("Draw distance", "Draw probe")
    opened.history.go_to(0)
    sitting.settle()
    assert sitting.stored() == ()
    assert sitting.trouble is None


def test_another_study_has_a_history_of_its_own(sitting: Sitting, place: Path, tmp_path: Path) -> None:
    sitting.open(place)
    sitting.draw()
    other = sitting.open(write_study(tmp_path / "other", "two", PatientID="OTHER"))
    assert other.history.titles == ()
    assert sitting.open(place).history.titles == ("Draw distance",)


def test_a_store_that_cannot_be_written_shows_its_history_without_complaint(
    qtbot: QtBot, tasks: Tasks, tmp_path: Path, place: Path
) -> None:
    with open_store(tmp_path / "s") as store, restarted(qtbot, tasks, store) as sitting:
        sitting.open(place)
        sitting.draw()
    folder = tmp_path / "s"
    with (
        immutable(*folder.glob("caliper.sqlite*")),
        open_store(folder) as store,
        restarted(qtbot, tasks, store) as sitting,
    ):
        assert sitting.open(place).history.titles == ("Draw distance",)
        assert (sitting.trouble, sitting.errors) == (None, [])
