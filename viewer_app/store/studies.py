"""Remembering studies."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from peewee import SqliteDatabase

from viewer_app.store.fields import storable, time_from_text
from viewer_app.store.models import DicomStudy
from viewer_app.store.query import rows
from viewer_app.store.records import StoredStudy, StudyRecord


def remember(database: SqliteDatabase, study: StudyRecord) -> int:
    """Insert the study or refresh what is known of it; its id."""
    told = {name: storable(value) if isinstance(value, str) else value for name, value in asdict(study).items()}
    now = datetime.now(UTC)
    found = rows(
        database,
        DicomStudy.select(DicomStudy.id).where(
            DicomStudy.study_uid == told["study_uid"],
            DicomStudy.patient_id == told["patient_id"],
            DicomStudy.patient_name == told["patient_name"],
        ),
    )
    if not found:
        return int(DicomStudy.insert(imported_at=now, last_accessed=now, **told).execute(database))
    study_id = int(found[0]["id"])
    known = {name: value for name, value in told.items() if value not in ("", None)}
    DicomStudy.update(last_accessed=now, **known).where(DicomStudy.id == study_id).execute(database)
    return study_id


def latest(database: SqliteDatabase, limit: int) -> tuple[StoredStudy, ...]:
    """The studies used last, newest first."""
    query = DicomStudy.select().order_by(DicomStudy.last_accessed.desc(), DicomStudy.id.desc()).limit(limit)
    return tuple(_stored(row) for row in rows(database, query))


def _stored(row: Mapping[str, Any]) -> StoredStudy:
    study = StudyRecord(**{name: row[name] for name in StudyRecord.__dataclass_fields__})
    return StoredStudy(row["id"], study, _time(row["imported_at"]), _time(row["last_accessed"]))


def _time(text: object) -> datetime | None:
    try:
        return time_from_text(text)
    except ValueError:
        return None
