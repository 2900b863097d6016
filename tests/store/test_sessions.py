"""A study opens again as it was left."""

from __future__ import annotations

import math
import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.store.samples import record, study_of
from viewer_app.errors import StoreConflict, StoreError
from viewer_app.store import FILE_NAME, SavedView, Store, open_store, open_store_in_memory

VIEW = SavedView(
    series_uid="1.2.3",
    stack_key="1.2.3/axial",
    sop_instance_uid="1.2.3.9",
    frame=2,
    slice_index=41,
    mpr_position=(0.1, -200.0, 1 / 3),
    zoom_level=1.7,
    pan_x=-3.25,
    pan_y=0.1,
    window_level=-600.0,
    window_width=1500.0,
    view_state={"layout": "2x2", "panes": [{"slab_mm": 5.0, "inverted": False}], "rotation": None},
)
FINITE = st.floats(allow_nan=False, allow_infinity=False)


def test_the_view_of_the_latest_sitting_comes_back(folder: Path) -> None:
    with open_store(folder) as store:
        study_id = study_of(store)
        assert store.last_view(study_id) is None
        first = store.start_session(study_id, "dr")
        store.save_view(first, VIEW)
        store.end_session(first)
        second = store.start_session(study_id, "dr")
        store.save_view(second, replace(VIEW, slice_index=7))
        store.start_session(study_id, "dr")
    with open_store(folder) as store:
        assert store.last_view(study_id) == replace(VIEW, slice_index=7)
        assert store.last_view(study_of(store, "9.9")) is None


@settings(deadline=None)
@given(numbers=st.tuples(FINITE, FINITE, FINITE), position=st.none() | st.tuples(FINITE, FINITE, FINITE))
def test_view_numbers_come_back_equal(
    numbers: tuple[float, float, float], position: tuple[float, float, float] | None
) -> None:
    view = SavedView(zoom_level=numbers[0], pan_x=numbers[1], window_level=numbers[2], mpr_position=position)
    with open_store_in_memory() as store:
        study_id = study_of(store)
        store.save_view(store.start_session(study_id, ""), view)
        assert store.last_view(study_id) == view


def test_a_sitting_counts_what_was_done(folder: Path) -> None:
    with open_store(folder) as store:
        study_id = study_of(store)
        session = store.start_session(study_id, "dr")
        store.add(study_id, record("a"), session)
        store.add(study_id, record("b"), session)
        store.count_export(session)
        store.end_session(session)
    with closing(sqlite3.connect(folder / FILE_NAME)) as raw:
        (row,) = raw.execute("SELECT measurements_created, exports_performed, duration_seconds, author, session_end > session_start FROM view_session")  # fmt: skip # noqa: E501
    assert row[:2] == (2, 1)
    assert 0 <= row[2] < 60
    assert row[3:] == ("dr", 1)


def test_a_failed_add_is_not_counted(folder: Path) -> None:
    with open_store(folder) as store:
        study_id = study_of(store)
        session = store.start_session(study_id, "dr")
        with pytest.raises(StoreConflict):
            store.add(99, record(), session)
    with closing(sqlite3.connect(folder / FILE_NAME)) as raw:
        assert raw.execute("SELECT measurements_created FROM view_session").fetchone() == (0,)


def test_an_unknown_sitting_is_refused(store: Store) -> None:
    with pytest.raises(StoreConflict, match="sitting"):
        store.save_view(5, VIEW)
    with pytest.raises(StoreConflict, match="sitting"):
        store.end_session(5)


@pytest.mark.parametrize(
    "view",
    [
        replace(VIEW, zoom_level=math.nan),
        replace(VIEW, mpr_position=(0.0, math.inf, 0.0)),
        replace(VIEW, view_state={"x": math.nan}),
        replace(VIEW, view_state={"x": "y" * 1_000_001}),
    ],
)
def test_a_view_that_is_none_is_refused(store: Store, view: SavedView) -> None:
    study_id = study_of(store)
    session = store.start_session(study_id, "dr")
    with pytest.raises(StoreError):
        store.save_view(session, view)
    assert store.last_view(study_id) is None


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("view_state", "[" * 200_000),
        ("view_state", '"text"'),
        ("view_state", b"\x80\x04K\x01."),
        ("last_mpr_position", "[1, 2]"),
        ("last_mpr_position", "[1, 2, NaN]"),
        ("zoom_level", "wide"),
    ],
)
def test_a_garbled_view_is_no_view(folder: Path, column: str, value: object) -> None:
    with open_store(folder) as store:
        study_id = study_of(store)
        store.save_view(store.start_session(study_id, "dr"), VIEW)
    with closing(sqlite3.connect(folder / FILE_NAME)) as raw, raw:
        raw.execute(f"UPDATE view_session SET {column} = ?", (value,))
    with open_store(folder) as store:
        assert store.last_view(study_id) is None
