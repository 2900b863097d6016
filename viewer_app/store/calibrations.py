"""Keeping the user's calibrations of a study: one row each."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from peewee import SqliteDatabase

from viewer_app.measure.calibration_serial import calibration_from_json, calibration_to_json
from viewer_app.measure.user_calibration import UserCalibration
from viewer_app.store.fields import storable, time_to_text
from viewer_app.store.models import UserCalibration as Row
from viewer_app.store.query import rows
from viewer_app.store.records import StoredCalibration


def put(database: SqliteDatabase, study_id: int, calibration: UserCalibration) -> None:
    """Insert the calibration, or put it in the place of the one of its UID."""
    row = _row_of(study_id, calibration)
    if not Row.update(**row).where(Row.uid == calibration.uid).execute(database):
        Row.insert(**row).execute(database)


def delete(database: SqliteDatabase, uid: str) -> None:
    """Remove a calibration; one that is gone is no error."""
    Row.delete().where(Row.uid == uid).execute(database)


def of_study(database: SqliteDatabase, study_id: int) -> tuple[StoredCalibration, ...]:
    """All calibrations of the study, oldest first."""
    query = Row.select().where(Row.study == study_id).order_by(Row.created_at, Row.id)
    return tuple(map(_stored_of, rows(database, query)))


def _row_of(study_id: int, calibration: UserCalibration) -> dict[str, Any]:
    reference = calibration.reference
    data = json.dumps(calibration_to_json(calibration), allow_nan=False, separators=(",", ":"))
    row: dict[str, Any] = {
        "uid": calibration.uid,
        "study_id": study_id,
        "author": storable(calibration.author),
        "series_uid": reference.series_uid,
        "sop_instance_uid": reference.sop_instance_uid,
        "frame": reference.frame,
        "whole_series": int(calibration.whole_series),
        "length_mm": float(calibration.length_mm),
        "calibration_data": data,
        "created_at": time_to_text(calibration.created_at),
    }
    return row | {"digest": _digest(row)}


def _stored_of(row: Mapping[str, Any]) -> StoredCalibration:
    try:
        is_sound = row["digest"] == _digest(row)
        calibration = calibration_from_json(json.loads(row["calibration_data"])) if is_sound else None
    except (ValueError, TypeError, RecursionError):
        calibration = None
    return StoredCalibration(str(row["uid"]), calibration)


def _digest(row: Mapping[str, Any]) -> str:
    """SHA-256 over every column but `id` and `digest`; the length to the last bit."""
    columns = [[name, repr(row[name])] for name in sorted(row) if name not in ("id", "digest")]
    return hashlib.sha256(json.dumps(columns).encode("ascii")).hexdigest()
