"""`viewer-app report`: the report of a study from what is stored, without opening its images."""

from __future__ import annotations

from pathlib import Path

from viewer_app.errors import NotFound, ReportError
from viewer_app.imaging.headers import Patient, StudyInfo
from viewer_app.report import StudyHeader, report_of, write_report
from viewer_app.store import Store, StoredStudy, open_store


def write_stored_report(folder: Path, study_uid: str, target: Path, author: str) -> tuple[int, int]:
    """Write the measurements stored in `folder` for a Study Instance UID; how many, and how many were left out.

    Rows that were damaged or changed outside Caliper are left out: their numbers must not be trusted.

    Raises NotFound where the store knows no such study, ReportError where two
    patients share the UID or nothing was measured, and errors of the StoreError family.
    """
    with open_store(folder) as store:
        study = _only_study(store, study_uid)
        stored = store.list(study.study_id)
    records = tuple(item.record for item in stored if item.record is not None and not item.doubt)
    if not stored:
        raise ReportError("Nothing has been measured in this study.", "Measure it in the viewer first.")
    if not records:
        raise ReportError("The stored measurements of this study are damaged.", "Measure it again in the viewer.")
    write_report(report_of(_header(study), records, author, "store of this machine"), target)
    return len(records), len(stored) - len(records)


def _only_study(store: Store, study_uid: str) -> StoredStudy:
    found = [item for item in store.studies(limit=1_000_000) if item.study.study_uid == study_uid]
    if not found:
        raise NotFound("The store holds no study of that UID.", "Open and measure it in the viewer first.")
    if len(found) > 1:
        raise ReportError(
            "Two patients share this Study Instance UID, so one report would mix them.",
            "Open the study in the viewer and export its report there.",
        )
    return found[0]


def _header(stored: StoredStudy) -> StudyHeader:
    study = stored.study
    return StudyHeader(
        Patient(study.patient_id, study.patient_name),
        StudyInfo(
            study_uid=study.study_uid,
            date=study.study_date,
            description=study.study_description,
            accession_number=study.accession_number,
        ),
    )
