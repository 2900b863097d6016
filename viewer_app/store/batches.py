"""Storing what belongs together in one transaction: the measurements and calibrations of steps, and the steps."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from peewee import SqliteDatabase

from viewer_app.errors import StoreError
from viewer_app.measure.measurement import Record
from viewer_app.store import calibrations, measurements, sessions, steps
from viewer_app.store.boundary import translate
from viewer_app.store.records import Batch
from viewer_app.store.rows import revision_of


@dataclass(slots=True)
class Outcome:
    """What became of a batch: the revisions written by UID, the UIDs deleted, and why others were left as they are."""

    written: dict[str, int] = field(default_factory=dict)
    deleted: list[str] = field(default_factory=list)
    refused: dict[str, StoreError] = field(default_factory=dict)


def carry(database: SqliteDatabase, batch: Batch, seen: Mapping[str, int]) -> Outcome:
    """Bring the rows up to the batch; for a transaction. `seen` are the revisions this window saw last.

    A measurement that may not be written (changed in another window, numbers
    that are not finite) is left as it is and told; all others are written.
    """
    outcome = Outcome()
    for uid, record in batch.records.items():
        try:
            _bring(database, batch, uid, record, seen.get(uid), outcome)
        except (StoreError, OverflowError, UnicodeError) as error:
            # All of these come before the first write of a measurement: nothing of it is half done.
            outcome.refused[uid] = error if isinstance(error, StoreError) else translate(error)
    if batch.session_id is not None:
        sessions.count_measurements(database, batch.session_id, len(outcome.written.keys() - batch.known))
    for uid, calibration in batch.calibrations.items():
        if calibration is None:
            calibrations.delete(database, uid)
        else:
            calibrations.put(database, batch.study_id, calibration)
    for uid, step in batch.steps.items():
        if step is None:
            steps.forget(database, uid)
        else:
            steps.put(database, batch.study_id, step)
    return outcome


def _bring(
    database: SqliteDatabase, batch: Batch, uid: str, record: Record | None, seen: int | None, outcome: Outcome
) -> None:
    known = uid in batch.known
    if record is None and known:
        measurements.delete(database, uid, seen)
        outcome.deleted.append(uid)
    elif record is not None:
        row = (
            measurements.update(database, batch.study_id, record, seen)
            if known
            else measurements.add(database, batch.study_id, record)
        )
        outcome.written[uid] = revision_of(row)
