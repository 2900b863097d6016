"""What a report leaves out that is written while patients are hidden: who was measured, and where."""

from __future__ import annotations

from dataclasses import replace

from viewer_app.imaging.headers import Patient
from viewer_app.imaging.identity import telltales
from viewer_app.measure.measurement import Record
from viewer_app.report.content import StudyHeader


def without_patient(study: StudyHeader) -> StudyHeader:
    """The study without patient, institution and the numbers others know it by. UIDs and dates of the study stay."""
    description = _free(study.info.description, study)
    info = replace(study.info, study_id="", accession_number="", institution="", description=description)
    return StudyHeader(Patient(), info)


def untold(record: Record, study: StudyHeader) -> Record:
    """A record whose label and descriptions do not tell who the patient of `study` is."""
    drawn, place = record.measurement, record.place
    return replace(
        record,
        measurement=replace(drawn, label=_free(drawn.label, study), description=_free(drawn.description, study)),
        place=replace(place, series_description=_free(place.series_description, study)),
    )


def _free(words: str, study: StudyHeader) -> str:
    return "" if telltales(study.patient, study.info).tell_in(words) else words
