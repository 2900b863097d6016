"""Sittings at a study, and the view each was left with."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any

from peewee import SqliteDatabase

from viewer_app.errors import StoreConflict, StoreError
from viewer_app.imaging.geometry import vector
from viewer_app.store.fields import storable, time_from_text
from viewer_app.store.models import ViewSession
from viewer_app.store.query import rows
from viewer_app.store.records import SavedView

_LARGEST_STATE = 1_000_000  # characters
_FLOATS = ("zoom_level", "pan_x", "pan_y", "window_level", "window_width")


def start(database: SqliteDatabase, study_id: int, author: str) -> int:
    """Begin a sitting; its id."""
    now = datetime.now(UTC)
    return int(ViewSession.insert(study=study_id, author=storable(author), session_start=now).execute(database))


def save_view(database: SqliteDatabase, session_id: int, view: SavedView) -> None:
    """Remember how the study is looked at now."""
    _change(database, session_id, _columns(view))


def end(database: SqliteDatabase, session_id: int) -> None:
    """End a sitting and note how long it lasted."""
    found = rows(database, ViewSession.select(ViewSession.session_start).where(ViewSession.id == session_id))
    now = datetime.now(UTC)
    columns: dict[str, Any] = {"session_end": now}
    if found:
        lasted = (now - time_from_text(found[0]["session_start"])).total_seconds()
        columns["duration_seconds"] = max(lasted, 0.0)  # a clock may be set back
    _change(database, session_id, columns)


def count_measurements(database: SqliteDatabase, session_id: int, count: int) -> None:
    """So many measurements more were made in this sitting."""
    if count:
        _change(database, session_id, {"measurements_created": ViewSession.measurements_created + count})


def count_export(database: SqliteDatabase, session_id: int) -> None:
    """One report more was written in this sitting."""
    _change(database, session_id, {"exports_performed": ViewSession.exports_performed + 1})


def last_view(database: SqliteDatabase, study_id: int) -> SavedView | None:
    """The view of the latest sitting that saved one; None if there is none or it is garbled."""
    query = ViewSession.select().where(ViewSession.study == study_id, ViewSession.view_state.is_null(False))
    found = rows(database, query.order_by(ViewSession.id.desc()).limit(1))
    try:
        return _view(found[0]) if found else None
    except (ValueError, TypeError, RecursionError):
        return None


def _change(database: SqliteDatabase, session_id: int, columns: dict[str, Any]) -> None:
    if not ViewSession.update(**columns).where(ViewSession.id == session_id).execute(database):
        raise StoreConflict("The sitting at this study is not in the store.", "Open the study again.")


def _columns(view: SavedView) -> dict[str, Any]:
    position = None if view.mpr_position is None else list(view.mpr_position)
    return {
        "last_series_uid": view.series_uid,
        "last_stack_key": view.stack_key,
        "last_slice_index": view.slice_index,
        "last_sop_instance_uid": view.sop_instance_uid,
        "last_frame": view.frame,
        "last_mpr_position": None if position is None else _json(position),
        "view_state": _json(dict(view.view_state)),
        **{name: _finite(getattr(view, name)) for name in _FLOATS},
    }


def _view(row: Mapping[str, Any]) -> SavedView:
    state = json.loads(row["view_state"])
    if not isinstance(state, dict):
        raise ValueError("a view state that is no JSON object")
    position = row["last_mpr_position"]
    return SavedView(
        series_uid=str(row["last_series_uid"]),
        stack_key=str(row["last_stack_key"]),
        sop_instance_uid=str(row["last_sop_instance_uid"]),
        frame=int(row["last_frame"]),
        slice_index=int(row["last_slice_index"]),
        mpr_position=None if position is None else vector(json.loads(position)),
        view_state=MappingProxyType(state),
        **{name: None if row[name] is None else float(row[name]) for name in _FLOATS},
    )


def _finite(number: float | None) -> float | None:
    _json(number)
    return number


def _json(value: object) -> str:
    try:
        text = json.dumps(value, allow_nan=False)
    except ValueError as error:
        raise StoreError("A view without finite numbers cannot be kept.", "Fit the image to the window.") from error
    if len(text) > _LARGEST_STATE:
        raise StoreError("This view is too large to be kept.", "It will open at its first image next time.")
    return text
