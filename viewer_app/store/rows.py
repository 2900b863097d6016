"""Records to rows and back, with the digest that tells whether a row is still what was written."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from viewer_app.errors import StoreError
from viewer_app.measure.measurement import Measurement, Place, Record
from viewer_app.measure.seen import seen_from_json
from viewer_app.measure.serial import (
    color_from_json,
    data_to_json,
    figures_from_json,
    label_offset_from_json,
    sources_from_json,
    voxels_from_json,
)
from viewer_app.store.fields import storable, time_from_text, time_to_text
from viewer_app.store.records import StoredMeasurement

Row = Mapping[str, Any]

_CHANGED = "This measurement was changed outside Caliper or damaged on the disk; do not trust its numbers."
_UNREADABLE = "This measurement is damaged on the disk and cannot be shown; measure again."


def row_of(study_id: int, record: Record, revision: int) -> dict[str, Any]:
    """The columns of a row, digest included. StoreError for a number or point that is not finite."""
    measurement, place, reference = record.measurement, record.place, record.measurement.reference
    main = record.values[0] if record.values else None
    row: dict[str, Any] = {
        "uid": measurement.uid,
        "study_id": study_id,
        "author": storable(measurement.author),
        "measurement_type": measurement.kind,
        "label": storable(measurement.label),
        "description": storable(measurement.description),
        "measurement_data": _data_of(record),
        "value": None if main is None or main.number is None else float(main.number),
        "unit": main.unit if main else "",
        "series_uid": measurement.figures[0].series_uid,
        "sop_instance_uid": reference.sop_instance_uid if reference else "",
        "frame": reference.frame if reference else None,
        "series_index": place.series_index,
        "slice_index": place.slice_index,
        "series_description": storable(place.series_description),
        "series_number": place.series_number,
        "modality": place.modality,
        "created_at": time_to_text(measurement.created_at),
        "updated_at": time_to_text(measurement.updated_at),
        "revision": revision,
    }
    return row | {"digest": digest_of(row)}


def stored_of(row: Row) -> StoredMeasurement:
    """What a row holds; flagged, never refused, when it is not what was written."""
    doubt = "" if row["digest"] == digest_of(row) else _CHANGED
    try:
        record = _record_of(row)
    except (ValueError, TypeError, AttributeError, RecursionError):
        record, doubt = None, _UNREADABLE
    return StoredMeasurement(
        uid=str(row["uid"]),
        study_id=row["study_id"],
        kind=str(row["measurement_type"]),
        label=str(row["label"]),
        value=row["value"] if isinstance(row["value"], float) else None,
        unit=str(row["unit"]),
        record=record,
        revision=revision_of(row),
        doubt=doubt,
    )


def revision_of(row: Row) -> int:
    """How often the row was written; 0 where that is garbled."""
    return row["revision"] if isinstance(row["revision"], int) else 0


def digest_of(row: Row) -> str:
    """SHA-256 over every column but `id` and `digest`, floats to the last bit."""
    columns = [[name, _exact(row[name])] for name in sorted(row) if name not in ("id", "digest")]
    return hashlib.sha256(json.dumps(columns).encode("ascii")).hexdigest()


def _exact(value: object) -> object:
    # SQLite keeps -0.0 as 0.0; the sign of a zero lives in measurement_data.
    if isinstance(value, float):
        return (value + 0.0).hex()
    return repr(value) if isinstance(value, bytes) else value


def _data_of(record: Record) -> str:
    try:
        return json.dumps(data_to_json(record), allow_nan=False, separators=(",", ":"))
    except ValueError as error:
        raise StoreError("A measurement without finite numbers cannot be kept.", "Draw it again.") from error


def _record_of(row: Row) -> Record:
    data = json.loads(row["measurement_data"])
    figures, values, rule_version = figures_from_json(data)
    if not figures:
        raise ValueError("a measurement without figures")
    return Record(
        measurement=Measurement(
            uid=row["uid"],
            kind=row["measurement_type"],
            figures=figures,
            label=row["label"],
            description=row["description"],
            author=row["author"],
            created_at=time_from_text(row["created_at"]),
            updated_at=time_from_text(row["updated_at"]),
            color=color_from_json(data),
            label_offset=label_offset_from_json(data),
            region=voxels_from_json(data),
            made_of=sources_from_json(data),
            seen=seen_from_json(data),
        ),
        values=values,
        place=Place(
            series_index=row["series_index"],
            slice_index=row["slice_index"],
            series_description=row["series_description"],
            series_number=row["series_number"],
            modality=row["modality"],
        ),
        rule_version=rule_version,
    )
