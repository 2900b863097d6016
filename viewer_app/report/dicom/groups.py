"""One measurement as a group of TID 1501: who it is, its numbers, where it lies."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from uuid import NAMESPACE_OID, UUID, uuid5

from pydicom import Dataset

from viewer_app.imaging.headers import Instance
from viewer_app.measure.measurement import Record
from viewer_app.measure.quantity import Value
from viewer_app.report.content import Report
from viewer_app.report.dicom.coding import DCM, beside, concept_of, unit_code
from viewer_app.report.dicom.items import Relationship, container, moment, number, text, uid
from viewer_app.report.dicom.places import places_of

_PAINTED = "Its voxels are not part of this report."
_NO_PLACE = "Its place cannot be told in this report."


def group_of(report: Report, record: Record, images: Mapping[str, Instance]) -> Dataset:
    """What TID 1501 says of a measurement; what has no number is told as a comment."""
    drawn = record.measurement
    places = places_of(drawn, images)
    numbers = [_number(drawn.kind, value, places) for value in record.values if _has_number(value)]
    below = (
        text(Relationship.HAS_OBS_CONTEXT, DCM.TrackingIdentifier, drawn.label or report.kind_title(record)),
        uid(Relationship.HAS_OBS_CONTEXT, DCM.TrackingUniqueIdentifier, tracking_uid(drawn.uid)),
        *numbers,
        text(Relationship.CONTAINS, DCM.Comment, " ".join(_said(report, record, places)), *([] if numbers else places)),
    )
    made = container(Relationship.CONTAINS, DCM.MeasurementGroup, "1501", *below)
    made.ObservationDateTime = moment(drawn.updated_at)
    return made


def tracking_uid(measurement_uid: str) -> str:
    """The same UID for the same measurement in every report (PS3.5 B.2)."""
    try:
        found = UUID(measurement_uid)
    except ValueError:
        found = uuid5(NAMESPACE_OID, measurement_uid)
    return f"2.25.{found.int}"


def _number(kind: str, value: Value, places: list[Dataset]) -> Dataset:
    assert value.number is not None
    words = beside(value)
    said = [text(Relationship.HAS_PROPERTIES, DCM.Comment, words)] if words else []
    concept, unit = concept_of(kind, value), unit_code(value.unit)
    return number(Relationship.CONTAINS, concept, value.number, unit, *said, *places)


def _has_number(value: Value) -> bool:
    return value.number is not None and math.isfinite(value.number)


def _said(report: Report, record: Record, places: list[Dataset]) -> Iterator[str]:
    drawn, place = record.measurement, record.place
    yield f"{report.kind_title(record)}."
    if drawn.description:
        yield f"{drawn.description}."
    for value in record.values:
        if not _has_number(value):
            yield f"{value.title}: no number{f', {value.note}' if value.note else ''}."
    for made in dict.fromkeys(figure.reconstruction for figure in drawn.figures if figure.reconstruction):
        yield f"On a reconstructed plane, {made.words}."
    if place.series_description:
        yield f"Series: {place.series_description}."
    yield from ([_PAINTED] if drawn.region is not None else [_NO_PLACE] if not places else [])
    yield f"Drawn by {drawn.author}; measuring rules {record.rule_version}."
