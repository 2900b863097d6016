"""Measurements come back as they were stored, to the last bit, and no update is lost."""

from __future__ import annotations

import json
import math
import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.store.samples import TIME, record, study_of
from viewer_app.errors import StoreConflict, StoreError
from viewer_app.imaging.cuts import SlabMode
from viewer_app.measure.measurement import Reconstruction, Record
from viewer_app.measure.serial import figures_to_json
from viewer_app.store import FILE_NAME, Store, StudyRecord, open_store, open_store_in_memory

FINITE = st.floats(allow_nan=False, allow_infinity=False)


def bits(number: float | None) -> str:
    return "none" if number is None else number.hex()


def returned(store: Store, uid: str) -> Record:
    stored = store.get(uid)
    assert stored is not None
    assert stored.doubt == ""
    assert stored.record is not None
    return stored.record


def test_a_record_comes_back_whole_after_closing(folder: Path) -> None:
    with open_store(folder) as store:
        study_id = study_of(store)
        store.add(study_id, record())
    with open_store(folder) as store:
        assert returned(store, "m1") == record()
        assert [item.record for item in store.list(study_id)] == [record()]


def test_a_mark_on_a_slab_comes_back_whole_and_names_its_series(folder: Path) -> None:
    kept = record(reference=None)
    slab = Reconstruction("1.2.3", 2, 10.0 / 3, SlabMode.MINIMUM)
    figure = replace(kept.measurement.figures[0], reconstruction=slab)
    kept = replace(kept, measurement=replace(kept.measurement, figures=(figure,)))
    with open_store(folder) as store:
        store.add(study_of(store), kept)
    with open_store(folder) as store:
        assert returned(store, "m1") == kept
    with closing(sqlite3.connect(folder / FILE_NAME)) as raw:
        row = raw.execute("SELECT series_uid, sop_instance_uid, frame FROM measurement").fetchone()
    assert row == ("1.2.3", "", None)


def test_columns_hold_what_the_catalogue_names(folder: Path) -> None:
    kept = record()
    with open_store(folder) as store:
        store.add(study_of(store), kept)
    with closing(sqlite3.connect(folder / FILE_NAME)) as raw:
        raw.row_factory = sqlite3.Row
        row = dict(raw.execute("SELECT * FROM measurement").fetchone())
    assert json.loads(row.pop("measurement_data")) == figures_to_json(
        "distance", kept.measurement.figures, kept.values, kept.rule_version
    )
    assert len(row.pop("digest")) == 64
    assert row == {
        "id": 1,
        "uid": "m1",
        "study_id": 1,
        "author": "dr",
        "measurement_type": "distance",
        "label": "nodule",
        "description": "left upper lobe",
        "value": 12.345678901234567,
        "unit": "mm",
        "series_uid": "1.2.3",
        "sop_instance_uid": "1.2.3.9",
        "frame": 4,
        "series_index": 1,
        "slice_index": 42,
        "series_description": "Lung 1.0",
        "series_number": 3,
        "modality": "CT",
        "created_at": "2026-01-31T12:00:00.123456+00:00",
        "updated_at": "2026-01-31T12:00:00.123456+00:00",
        "revision": 1,
    }


@settings(deadline=None, max_examples=300)
@given(number=st.none() | FINITE | st.floats(-1e-307, 1e-307), point=st.tuples(FINITE, FINITE, FINITE))
def test_numbers_keep_every_bit(number: float | None, point: tuple[float, float, float]) -> None:
    with open_store_in_memory() as store:
        store.add(study_of(store), record(number=number, points=(point,)))
        back = returned(store, "m1")
        stored = store.get("m1")
    assert bits(back.values[0].number) == bits(number)
    assert [bits(value) for value in back.measurement.figures[0].points[0]] == [bits(value) for value in point]
    assert stored is not None
    assert stored.value == number


@pytest.mark.parametrize("number", [math.nan, math.inf, -math.inf])
def test_a_number_that_is_none_is_refused(store: Store, number: float) -> None:
    study_id = study_of(store)
    with pytest.raises(StoreError, match="finite"):
        store.add(study_id, record(number=number))
    with pytest.raises(StoreError, match="finite"):
        store.add(study_id, record(points=((0.0, number, 0.0),)))
    assert store.list(study_id) == ()


def test_times_keep_microseconds_and_become_utc(store: Store) -> None:
    there = datetime(2026, 6, 1, 1, 30, 0, 1, tzinfo=timezone(timedelta(hours=2)))
    store.add(study_of(store), record(created_at=there))
    back = returned(store, "m1").measurement.created_at
    assert back == there
    assert back.tzinfo is UTC
    assert back.microsecond == 1


def test_a_figure_on_no_image_and_text_utf8_cannot_hold(store: Store) -> None:
    study_id = study_of(store)
    store.add(study_id, record(reference=None, label="a\ud800b\0c 'x\" 結節"))
    assert returned(store, "m1").measurement.reference is None
    assert returned(store, "m1").measurement.label == "a?b\0c 'x\" 結節"


def test_the_list_is_by_time_and_of_one_study(store: Store) -> None:
    here, other = study_of(store), study_of(store, "9.9")
    store.add(here, record("late", created_at=TIME + timedelta(seconds=1)))
    store.add(here, record("early"))
    store.add(other, record("elsewhere"))
    assert [item.uid for item in store.list(here)] == ["early", "late"]


def test_update_delete_and_undo(store: Store) -> None:
    study_id = study_of(store)
    store.add(study_id, record())
    longer = record(number=99.0, label="")
    assert store.update(study_id, longer).revision == 2
    assert returned(store, "m1") == longer
    store.delete("m1")
    assert store.get("m1") is None
    store.delete("m1")
    store.add(study_id, longer)
    assert returned(store, "m1") == longer


def test_deleted_text_is_gone_from_the_file(folder: Path) -> None:
    with open_store(folder) as store:
        study_id = study_of(store)
        store.add(study_id, record(label="FINDME-SECRET"))
        store.delete("m1")
    assert b"FINDME-SECRET" not in (folder / FILE_NAME).read_bytes()


def test_adding_twice_is_one_row_and_another_record_is_a_conflict(store: Store) -> None:
    study_id = study_of(store)
    store.add(study_id, record())
    store.add(study_id, record())
    assert len(store.list(study_id)) == 1
    with pytest.raises(StoreConflict):
        store.add(study_id, record(number=1.0))
    assert returned(store, "m1") == record()


def test_an_unknown_study_is_refused_in_words(store: Store) -> None:
    with pytest.raises(StoreConflict, match="study is not in the store"):
        store.add(77, record())


def test_a_measurement_stays_with_its_study(store: Store) -> None:
    here, other = study_of(store), study_of(store, "9.9")
    store.add(here, record())
    with pytest.raises(StoreConflict, match="another study"):
        store.update(other, record(number=1.0))


def test_two_windows_lose_no_update(folder: Path) -> None:
    with open_store(folder) as first, open_store(folder) as second:
        study_id = study_of(first)
        first.add(study_id, record())
        second.list(study_id)
        first.update(study_id, record(number=1.0))
        with pytest.raises(StoreConflict, match="another window"):
            second.update(study_id, record(number=2.0))
        with pytest.raises(StoreConflict, match="another window"):
            second.delete("m1")
        second.list(study_id)
        second.update(study_id, record(number=2.0))
        assert returned(first, "m1").values[0].number == 2.0
        second.delete("m1")
        with pytest.raises(StoreConflict, match="deleted"):
            first.update(study_id, record(number=3.0))


def test_the_summary_never_mixes_units(store: Store) -> None:
    study_id = study_of(store)
    for uid, number, unit in [("a", 0.1, "mm"), ("b", 0.2, "mm"), ("c", 0.3, "mm"), ("d", 50.0, "px"), ("e", None, "")]:
        store.add(study_id, record(uid, number=number, unit=unit))
    store.add(study_id, record("f", kind="angle", number=90.0, unit="deg"))
    told = [(s.kind, s.unit, s.count, s.minimum, s.maximum, s.mean) for s in store.summary(study_id)]
    assert told == [
        ("angle", "deg", 1, 90.0, 90.0, 90.0),
        ("distance", "", 1, None, None, None),
        ("distance", "mm", 3, 0.1, 0.3, 0.2),
        ("distance", "px", 1, 50.0, 50.0, 50.0),
    ]


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("value", 12.345678901234569),
        ("unit", "px"),
        ("label", "nodulf"),
        ("sop_instance_uid", "1.2.3.8"),
        ("frame", 5),
        ("created_at", "2026-01-31T12:00:00.123457+00:00"),
        ("measurement_type", "angle"),
        ("digest", "0" * 64),
    ],
)
def test_a_changed_row_is_flagged_and_shown(folder: Path, column: str, value: object) -> None:
    with open_store(folder) as store:
        study_id = study_of(store)
        store.add(study_id, record())
        store.add(study_id, record("sound", number=5.0))
    meddle(folder, f"UPDATE measurement SET {column} = ? WHERE uid = 'm1'", value)
    with open_store(folder) as store:
        meddled, sound = sorted(store.list(study_id), key=lambda item: item.uid)
        assert "do not trust" in meddled.doubt
        assert meddled.record is not None
        assert sound.doubt == ""
        counted = [(s.count, s.doubtful) for s in store.summary(study_id)]
        assert sum(doubtful for _, doubtful in counted) == 1
        assert sum(count for count, _ in counted) == 2


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("measurement_data", '{"format": 1}'),
        ("measurement_data", "[" * 200_000),
        ("measurement_data", b"\xff\xfe"),
        ("created_at", "yesterday"),
        ("value", "abc"),
        ("label", b"\x80"),
        ("revision", "many"),
    ],
)
def test_a_garbled_row_hides_no_other(folder: Path, column: str, value: object) -> None:
    with open_store(folder) as store:
        study_id = study_of(store)
        store.add(study_id, record())
        store.add(study_id, record("sound"))
    meddle(folder, f"UPDATE measurement SET {column} = ? WHERE uid = 'm1'", value)
    with open_store(folder) as store:
        garbled, sound = sorted(store.list(study_id), key=lambda item: item.uid)
        assert garbled.doubt
        assert sound.record == record("sound")


def test_moving_a_row_to_another_patient_is_noticed(folder: Path) -> None:
    with open_store(folder) as store:
        study_id = study_of(store)
        other = store.remember_study(StudyRecord("9.9", "P2", "Other"))
        store.add(study_id, record())
    meddle(folder, "UPDATE measurement SET study_id = ?", other)
    with open_store(folder) as store:
        assert store.list(other)[0].doubt


def test_an_update_heals_a_flagged_row(folder: Path) -> None:
    with open_store(folder) as store:
        study_id = study_of(store)
        store.add(study_id, record())
    meddle(folder, "UPDATE measurement SET value = ?", 1.0)
    with open_store(folder) as store:
        store.list(study_id)
        store.update(study_id, replace(record(), rule_version=2))
        assert returned(store, "m1").rule_version == 2


def meddle(folder: Path, statement: str, value: object) -> None:
    with closing(sqlite3.connect(folder / FILE_NAME)) as raw, raw:
        raw.execute(statement, (value,))
