"""User calibrations in the store: kept whole, refused where they were changed, and brought in by a migration."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.store.samples import record, study_of
from viewer_app.imaging.geometry import Calibration
from viewer_app.measure.measurement import Reference
from viewer_app.measure.user_calibration import Basis, UserCalibration
from viewer_app.store import FILE_NAME, Store, open_store
from viewer_app.store.backups import backup_folder
from viewer_app.store.migrations import STEPS
from viewer_app.store.opening import _open_for_writing

NOW = datetime(2026, 11, 23, 8, 15, 0, 123456, tzinfo=UTC)
BASIS = Basis(480, 640, 1.0, 1.0, "px", Calibration.NONE, 4 / 3)
BALL = UserCalibration(
    "c1", Reference("1.2", "1.2.3", 2), False, BASIS, ((10.1, 20.2), (110.3, 20.2)), 25.4, "dr.ü", NOW
)
_TABLE = "user_calibration"


def test_a_calibration_comes_back_whole(folder: Path) -> None:
    series = replace(BALL, uid="c2", whole_series=True, length_mm=1 / 3, created_at=NOW.replace(hour=9))
    with open_store(folder) as store:
        study_id = study_of(store)
        for calibration in (series, BALL):
            store.put_calibration(study_id, calibration)
    with open_store(folder) as store:
        assert [item.calibration for item in store.calibrations(study_id)] == [BALL, series]
        assert store.calibrations(study_of(store, "2.25.9")) == ()


def test_another_of_the_same_uid_takes_its_place(store: Store) -> None:
    study_id, again = study_of(store), replace(BALL, length_mm=30.0)
    store.put_calibration(study_id, BALL)
    store.put_calibration(study_id, again)
    store.put_calibration(study_id, again)
    assert [item.calibration for item in store.calibrations(study_id)] == [again]
    store.delete_calibration("c1")
    store.delete_calibration("c1")
    assert store.calibrations(study_id) == ()


@pytest.mark.parametrize(
    "change",
    [
        "length_mm = 50",
        "whole_series = 1",
        "digest = ''",
        "calibration_data = replace(calibration_data, '25.4', '52.4')",
        "calibration_data = ''",
    ],
)
def test_a_row_that_was_changed_gives_no_scale(folder: Path, change: str) -> None:
    with open_store(folder) as store:
        study_id = study_of(store)
        store.put_calibration(study_id, BALL)
    with closing(sqlite3.connect(folder / FILE_NAME)) as raw, raw:
        raw.execute(f"UPDATE {_TABLE} SET {change}")
    with open_store(folder) as store:
        (found,) = store.calibrations(study_id)
    assert (found.uid, found.calibration) == ("c1", None)


def test_a_store_of_before_is_backed_up_and_takes_calibrations(folder: Path) -> None:
    """The last schema that knew no calibrations, with a measurement in it."""
    before = next(number for number, step in enumerate(STEPS) if any(_TABLE in statement for statement in step))
    folder.mkdir(mode=0o700)
    path = folder / FILE_NAME
    path.touch(mode=0o600)
    old = _open_for_writing(path, alone=True, steps=STEPS[:before])
    with Store(old.database, None, "", ()) as store:
        study_id = study_of(store)
        store.add(study_id, record())
    with open_store(folder) as store:
        assert store.list(study_id)[0].record == record()
        store.put_calibration(study_id, BALL)
        assert [item.calibration for item in store.calibrations(study_id)] == [BALL]
    (kept,) = backup_folder(path).glob(f"before-migration-from-{before}-*.sqlite")
    with closing(sqlite3.connect(kept)) as raw:
        assert raw.execute("SELECT uid FROM measurement").fetchall() == [("m1",)]
        assert raw.execute("SELECT name FROM sqlite_master WHERE name = ?", (_TABLE,)).fetchall() == []
