"""What the store knows of the studies that lie beside the one on show; they are read, never entered."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from viewer_app.imaging.study import Study
from viewer_app.measure.measurement import Record
from viewer_app.session.remembering import known_ids
from viewer_app.store import Store


@dataclass(frozen=True, slots=True)
class PriorRecords:
    """The measurements of one prior, oldest first, and the UIDs of those in doubt."""

    study: Study
    records: tuple[Record, ...]
    doubtful: frozenset[str]


def prior_records(store: Store, studies: Iterable[Study]) -> tuple[PriorRecords, ...]:
    """The stored measurements of those of `studies` that have some; for the store lane.

    Raises an error of the StoreError family.
    """
    found = []
    for study, study_id in known_ids(store, studies):
        stored = store.list(study_id)
        records = tuple(item.record for item in stored if item.record is not None)
        if records:
            found.append(PriorRecords(study, records, frozenset(item.uid for item in stored if item.doubt)))
    return tuple(found)
