"""Keeping measurements: one row each, changed only by who has seen its latest revision."""

from __future__ import annotations

import statistics
from collections.abc import Iterable
from typing import Any

from peewee import SqliteDatabase

from viewer_app.errors import StoreConflict
from viewer_app.measure.measurement import Record
from viewer_app.store.models import Measurement
from viewer_app.store.query import rows, statement
from viewer_app.store.records import KindSummary, StoredMeasurement
from viewer_app.store.rows import Row, revision_of, row_of, stored_of

_RELOAD = "Look at the study's measurements as they are now, then decide again."


def add(database: SqliteDatabase, study_id: int, record: Record) -> Row:
    """Insert the record; its row. The same record again is no error, so that a doubtful save can be repeated."""
    row = row_of(study_id, record, revision=1)
    present = _find(database, record.measurement.uid)
    if present is None:
        marks = ", ".join("?" * len(row))
        statement(database, f"INSERT INTO measurement ({', '.join(row)}) VALUES ({marks})", tuple(row.values()))
    elif present["digest"] != row["digest"]:
        raise StoreConflict("This measurement was already stored, and was changed since.", _RELOAD)
    return row


def get(database: SqliteDatabase, uid: str) -> StoredMeasurement | None:
    """The measurement, or None when there is none."""
    row = _find(database, uid)
    return None if row is None else stored_of(row)


def of_study(database: SqliteDatabase, study_id: int) -> tuple[StoredMeasurement, ...]:
    """All measurements of the study, oldest first."""
    query = Measurement.select().where(Measurement.study == study_id).order_by(Measurement.created_at, Measurement.id)
    return tuple(stored_of(row) for row in rows(database, query))


def update(database: SqliteDatabase, study_id: int, record: Record, seen: int | None) -> Row:
    """Replace the row by the record if its revision is still `seen` (None: whichever it is); the new row."""
    uid = record.measurement.uid
    present = _find(database, uid)
    if present is None:
        raise StoreConflict("This measurement was deleted in another window.", _RELOAD)
    _refuse_unseen(present, seen)
    if present["study_id"] != study_id:
        raise StoreConflict("This measurement belongs to another study.", _RELOAD)
    row = row_of(study_id, record, revision_of(present) + 1)
    columns = ", ".join(f"{name} = ?" for name in row)
    statement(database, f"UPDATE measurement SET {columns} WHERE uid = ?", (*row.values(), uid))
    return row


def delete(database: SqliteDatabase, uid: str, seen: int | None) -> None:
    """Remove the row if its revision is still `seen` (None: whichever it is); one that is gone is no error."""
    present = _find(database, uid)
    if present is None:
        return
    _refuse_unseen(present, seen)
    statement(database, "DELETE FROM measurement WHERE uid = ?", (uid,))


def summary(stored: Iterable[StoredMeasurement]) -> tuple[KindSummary, ...]:
    """Count, minimum, maximum and mean by kind and unit, in the order of kind and unit."""
    groups: dict[tuple[str, str], list[StoredMeasurement]] = {}
    for item in stored:
        groups.setdefault((item.kind, item.unit), []).append(item)
    return tuple(_summary(kind, unit, groups[kind, unit]) for kind, unit in sorted(groups))


def _summary(kind: str, unit: str, items: list[StoredMeasurement]) -> KindSummary:
    numbers = [item.value for item in items if not item.doubt and item.value is not None]
    return KindSummary(
        kind=kind,
        unit=unit,
        count=len(items),
        doubtful=sum(bool(item.doubt) for item in items),
        minimum=min(numbers, default=None),
        maximum=max(numbers, default=None),
        mean=statistics.mean(numbers) if numbers else None,  # exact, then rounded once
    )


def _find(database: SqliteDatabase, uid: str) -> dict[str, Any] | None:
    found = statement(database, "SELECT * FROM measurement WHERE uid = ?", (uid,))
    return found[0] if found else None


def _refuse_unseen(present: dict[str, Any], seen: int | None) -> None:
    if seen is not None and revision_of(present) != seen:
        raise StoreConflict("This measurement was changed in another window.", _RELOAD)
