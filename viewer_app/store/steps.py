"""The history of a study: one row for each step, in the order in which they were made."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from typing import Any

from peewee import SqliteDatabase

from viewer_app.store.fields import storable, time_from_text, time_to_text
from viewer_app.store.models import HistoryStep
from viewer_app.store.query import rows
from viewer_app.store.records import StoredStep


def put(database: SqliteDatabase, study_id: int, step: StoredStep) -> None:
    """Insert a step, or note that it was taken back or done again; the rest of it never changes."""
    if HistoryStep.update(done=step.done).where(HistoryStep.uid == step.uid).execute(database):
        return
    row = {
        "uid": step.uid,
        "study_id": study_id,
        "title": storable(step.title),
        "made_at": time_to_text(step.time),
        "changes": storable(step.changes),
    }
    HistoryStep.insert(**row, done=step.done, digest=_digest(row)).execute(database)


def forget(database: SqliteDatabase, uid: str) -> None:
    """Remove a step; one that is gone is no error."""
    HistoryStep.delete().where(HistoryStep.uid == uid).execute(database)


def of_study(database: SqliteDatabase, study_id: int) -> tuple[StoredStep, ...]:
    """The steps of a study, oldest first, back to the first that is no longer what was written."""
    query = HistoryStep.select().where(HistoryStep.study == study_id).order_by(HistoryStep.id.desc())
    return tuple(_sound(rows(database, query)))[::-1]


def _sound(found: list[dict[str, Any]]) -> Iterator[StoredStep]:
    for row in found:
        if row["digest"] != _digest(row) or row["done"] not in (0, 1):
            return
        yield StoredStep(row["uid"], row["title"], time_from_text(row["made_at"]), bool(row["done"]), row["changes"])


def _digest(row: Mapping[str, Any]) -> str:
    """SHA-256 over what never changes of a step."""
    columns = "\0".join(str(row[name]) for name in ("uid", "study_id", "title", "made_at", "changes"))
    return hashlib.sha256(columns.encode("utf-8", "backslashreplace")).hexdigest()
