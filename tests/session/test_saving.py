"""Each change is saved at once; what cannot be saved is told, kept, and saved later. Never a lost measurement."""

from __future__ import annotations

import resource
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
import shiboken6
from pytestqt.qtbot import QtBot

from tests.session.sitting import Sitting, stored_of
from tests.sources.places import write_study
from tests.store.test_faults import immutable
from viewer_app.errors import StoreBusy, StoreConflict, StoreError, StoreReadOnly
from viewer_app.store import open_store
from viewer_app.tasks import Tasks

posix = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no RLIMIT_FSIZE")


@contextmanager
def disk_full() -> Iterator[None]:
    """No file of this process may grow: the kernel's own refusal, as of a full disk."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@contextmanager
def held_by_another(folder: Path) -> Iterator[None]:
    """Another program writes to the store and does not end."""
    other = sqlite3.connect(folder / "caliper.sqlite", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        other.execute("ROLLBACK")
        other.close()


@pytest.fixture
def place(tmp_path: Path) -> Path:
    return write_study(tmp_path / "images", "one")


def test_each_change_is_saved(sitting: Sitting, place: Path) -> None:
    opened = sitting.open(place)
    first = sitting.draw()
    sitting.settle()
    assert sitting.stored() == (first,)
    opened.measuring.rename(first.measurement.uid, "nodule")
    sitting.settle()
    (renamed,) = sitting.stored()
    assert renamed.measurement.label == "nodule"
    assert renamed.values == first.values
    opened.measuring.remove(first.measurement.uid)
    sitting.settle()
    assert sitting.stored() == ()
    opened.history.undo()
    sitting.settle()
    assert sitting.stored() == (renamed,)
    assert sitting.workspace.unsaved == 0
    assert sitting.trouble is None


def test_changes_faster_than_the_store_end_right(sitting: Sitting, place: Path) -> None:
    opened = sitting.open(place)
    for number in range(30):
        found = sitting.draw(label="begun")
        uid = found.measurement.uid
        for label in "abc":
            opened.measuring.rename(uid, label)
        if number % 3 == 0:
            opened.measuring.remove(uid)
        if number % 6 == 0:
            opened.history.undo()
    assert sitting.workspace.unsaved > 0
    sitting.settle()
    assert sitting.workspace.unsaved == 0
    assert sitting.stored() == opened.measurements.records
    assert len(sitting.stored()) == 25


def test_changes_of_the_last_moment_are_in_the_store_when_the_window_has_closed(
    qtbot: QtBot, tmp_path: Path, place: Path
) -> None:
    with open_store(tmp_path / "store") as store:
        tasks = Tasks()
        sitting = Sitting(qtbot, tasks, store)
        opened = sitting.open(place)
        kept, dropped = sitting.draw(), sitting.draw()
        opened.measuring.rename(kept.measurement.uid, "last word")
        opened.measuring.remove(dropped.measurement.uid)
        study = opened.study
        sitting.workspace.close()
        tasks.close()
        (left,) = [item for item in store.studies() if item.study.study_uid == study.info.study_uid]
        (stored,) = store.list(left.study_id)
        assert stored.uid == kept.measurement.uid
        assert stored.label == "last word"
        shiboken6.delete(sitting.workspace)
        shiboken6.delete(tasks)


@posix
def test_a_full_disk_keeps_the_wish_and_trying_again_saves_it(sitting: Sitting, place: Path) -> None:
    opened = sitting.open(place)
    first = sitting.draw(label="before")
    sitting.settle()
    sitting.workspace.save_view()
    sitting.settle()
    with disk_full():
        opened.measuring.rename(first.measurement.uid, "after")
        second = sitting.draw()
        sitting.settle()
        error = sitting.workspace.saving_error
        assert isinstance(error, StoreError)
        assert error.advice
        assert sitting.workspace.unsaved == 2
        sitting.workspace.retry_saving()
        sitting.settle()
        assert sitting.workspace.unsaved == 2
    sitting.workspace.retry_saving()
    sitting.settle()
    assert sitting.trouble is None
    assert sitting.workspace.unsaved == 0
    assert {item.measurement.label for item in sitting.stored()} == {"after", ""}
    assert second in sitting.stored()


def test_a_store_held_by_another_program_is_told_and_waited_for(sitting: Sitting, place: Path, tmp_path: Path) -> None:
    sitting.open(place)
    with held_by_another(tmp_path / "store"):
        drawn = sitting.draw()
        sitting.settle()
        assert sitting.trouble is StoreBusy
        assert sitting.workspace.unsaved == 1
    sitting.workspace.retry_saving()
    sitting.settle()
    assert sitting.stored() == (drawn,)
    assert sitting.trouble is None


def test_the_next_change_saves_what_could_not_be_saved_of_the_same_measurement(
    sitting: Sitting, place: Path, tmp_path: Path
) -> None:
    opened = sitting.open(place)
    with held_by_another(tmp_path / "store"):
        drawn = sitting.draw()
        sitting.settle()
    opened.measuring.rename(drawn.measurement.uid, "at last")
    sitting.settle()
    assert [item.measurement.label for item in sitting.stored()] == ["at last"]
    assert sitting.trouble is None


def test_what_another_window_changed_is_not_overwritten_but_told(sitting: Sitting, place: Path, tmp_path: Path) -> None:
    opened = sitting.open(place)
    drawn = sitting.draw()
    sitting.settle()
    with open_store(tmp_path / "store") as other:
        (theirs,) = stored_of(other, opened)
        (study,) = other.studies()
        other.update(study.study_id, replace(theirs, measurement=replace(theirs.measurement, label="theirs")))
    opened.measuring.rename(drawn.measurement.uid, "ours")
    sitting.settle()
    assert sitting.trouble is StoreConflict
    assert [item.measurement.label for item in sitting.stored()] == ["theirs"]
    assert sitting.workspace.unsaved == 1


def test_opening_again_after_a_conflict_keeps_what_both_windows_did(
    sitting: Sitting, place: Path, tmp_path: Path
) -> None:
    opened = sitting.open(place)
    drawn = sitting.draw()
    sitting.settle()
    with open_store(tmp_path / "store") as other:
        (theirs,) = stored_of(other, opened)
        (study,) = other.studies()
        other.update(study.study_id, replace(theirs, measurement=replace(theirs.measurement, label="theirs")))
    opened.measuring.rename(drawn.measurement.uid, "ours")
    sitting.settle()
    again = sitting.open(place)
    sitting.settle()
    labels = {item.measurement.uid: item.measurement.label for item in sitting.stored()}
    assert labels.pop(drawn.measurement.uid) == "theirs"
    assert list(labels.values()) == ["ours"]
    assert {item.measurement.label for item in again.measurements.records} == {"theirs", "ours"}
    assert (sitting.workspace.unsaved, sitting.trouble) == (0, None)


def test_a_study_that_is_left_unsaved_is_not_forgotten(sitting: Sitting, place: Path, tmp_path: Path) -> None:
    sitting.open(place)
    other = write_study(tmp_path / "other", "two", PatientID="OTHER")
    with held_by_another(tmp_path / "store"):
        drawn = sitting.draw()
        sitting.settle()
    first = sitting.study
    sitting.open(other)
    assert sitting.workspace.unsaved == 1
    assert sitting.trouble is StoreBusy
    sitting.workspace.retry_saving()
    sitting.settle()
    assert sitting.workspace.unsaved == 0
    assert sitting.trouble is None
    assert stored_of(sitting.store, first) == (drawn,)
    assert sitting.stored() == ()  # nothing of it went to the other patient


def test_coming_back_to_a_study_shows_and_saves_what_could_not_be_saved(
    sitting: Sitting, place: Path, tmp_path: Path
) -> None:
    opened = sitting.open(place)
    gone = sitting.draw(label="to be deleted")
    sitting.settle()
    with held_by_another(tmp_path / "store"):
        drawn = sitting.draw(label="new")
        opened.measuring.remove(gone.measurement.uid)
        sitting.settle()
    sitting.open(write_study(tmp_path / "other", "two", PatientID="OTHER"))
    again = sitting.open(place)
    assert again.measurements.records == (drawn,)
    sitting.settle()
    assert sitting.stored() == (drawn,)
    assert sitting.workspace.unsaved == 0


def test_a_store_that_did_not_answer_is_told_and_all_is_saved_when_it_does(
    sitting: Sitting, place: Path, tmp_path: Path
) -> None:
    before = sitting.open(place)
    earlier = sitting.draw(label="earlier")
    sitting.open(write_study(tmp_path / "other", "two", PatientID="OTHER"))
    assert before is not sitting.study
    with held_by_another(tmp_path / "store"):
        opened = sitting.open(place)
        assert sitting.trouble is StoreBusy
        assert opened.volume is not None and opened.volume.is_complete  # the images are shown all the same
        meanwhile = sitting.draw(label="meanwhile")
        sitting.settle()
        assert sitting.workspace.unsaved == 1
    sitting.workspace.retry_saving()
    sitting.settle()
    assert sitting.trouble is None
    assert opened.measurements.records == (earlier, meanwhile)
    assert sitting.stored() == (earlier, meanwhile)
    assert sitting.workspace.unsaved == 0


def test_the_next_change_asks_a_store_again_that_did_not_answer(sitting: Sitting, place: Path, tmp_path: Path) -> None:
    with held_by_another(tmp_path / "store"):
        sitting.open(place)
        assert sitting.trouble is StoreBusy
    drawn = sitting.draw()
    sitting.settle()
    assert sitting.stored() == (drawn,)
    assert sitting.trouble is None


def test_a_study_left_before_the_store_answered_is_saved_later(sitting: Sitting, place: Path, tmp_path: Path) -> None:
    with held_by_another(tmp_path / "store"):
        first = sitting.open(place)
        drawn = sitting.draw()
        sitting.settle()
    sitting.open(write_study(tmp_path / "other", "two", PatientID="OTHER"))
    assert sitting.workspace.unsaved == 1
    sitting.workspace.retry_saving()
    sitting.settle()
    assert sitting.workspace.unsaved == 0
    assert stored_of(sitting.store, first) == (drawn,)


def test_a_store_that_cannot_be_written_is_read(qtbot: QtBot, tasks: Tasks, tmp_path: Path, place: Path) -> None:
    with open_store(tmp_path / "first") as store:
        sitting = Sitting(qtbot, tasks, store)
        sitting.open(place)
        drawn = sitting.draw()
        sitting.end()
    folder = tmp_path / "first"
    with immutable(*folder.glob("caliper.sqlite*")), open_store(folder) as store:
        assert not store.writable
        sitting = Sitting(qtbot, tasks, store)
        opened = sitting.open(place)
        assert opened.measurements.records == (drawn,)
        sitting.draw()
        sitting.settle()
        assert sitting.trouble is StoreReadOnly
        assert sitting.workspace.unsaved == 1
        assert sitting.errors == []
        sitting.end()
