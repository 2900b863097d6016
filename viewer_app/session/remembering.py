"""Between the store's records and the session: which study it is, and what is stored of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from viewer_app.imaging.study import Study
from viewer_app.measure.measurement import Record
from viewer_app.session.history import Steps
from viewer_app.session.kept_steps import steps_of
from viewer_app.store import SavedView, Store, StoredCalibration, StudyRecord

_MEGABYTE = 1_000_000
_ALL = 1_000_000


@dataclass(frozen=True, slots=True)
class Remembered:
    """What the store knows of a study. `session_id` is None where nothing can be written."""

    study_id: int
    session_id: int | None
    records: tuple[Record, ...]
    uids: tuple[str, ...]
    doubtful: tuple[str, ...]
    view: SavedView | None
    steps: Steps
    calibrations: tuple[StoredCalibration, ...]


def remember(store: Store, study: Study, author: str) -> Remembered:
    """Enter the study into the store and fetch what is there; for the store lane.

    A store that cannot be written is only read. Raises an error of the StoreError
    family, StoreReadOnly too where such a store does not know the study.
    """
    study_id = known_as(store, study)
    stored = store.list(study_id)
    view = store.last_view(study_id)
    return Remembered(
        study_id=study_id,
        session_id=store.start_session(study_id, author) if store.writable else None,
        records=tuple(item.record for item in stored if item.record is not None),
        uids=tuple(item.uid for item in stored),
        doubtful=tuple(item.uid for item in stored if item.doubt),
        view=view,
        steps=steps_of(store.steps(study_id)),
        calibrations=store.calibrations(study_id),
    )


def known_as(store: Store, study: Study) -> int:
    """The study's id in the store, which learns of it unless it cannot be written; for the store lane."""
    wanted = _study_record(study)
    if not store.writable:
        for known in store.studies(limit=_ALL):
            if _identity(known.study) == _identity(wanted):
                return known.study_id
    return store.remember_study(wanted)


def known_ids(store: Store, studies: Iterable[Study]) -> tuple[tuple[Study, int], ...]:
    """Those of `studies` the store knows already, each with its id; for the store lane."""
    known = {_identity(row.study): row.study_id for row in store.studies(limit=_ALL)}
    wanted = ((study, known.get(_identity(_study_record(study)))) for study in studies)
    return tuple((study, study_id) for study, study_id in wanted if study_id is not None)


def same_study(one: Study, other: Study) -> bool:
    """One Study Instance UID of one patient, though it may have been read twice."""
    return _identity(_study_record(one)) == _identity(_study_record(other))


def _identity(study: StudyRecord) -> tuple[str, str, str]:
    return study.study_uid, study.patient_id, study.patient_name


def _study_record(study: Study) -> StudyRecord:
    return StudyRecord(
        study_uid=study.info.study_uid,
        patient_id=study.patient.patient_id,
        patient_name=study.patient.name,
        orthanc_study_id=study.server_id,
        study_description=study.info.description,
        study_date=study.info.date,
        modality="\\".join(study.modalities),
        accession_number=study.info.accession_number,
        num_series=len(study.series),
        num_instances=len(study.instances),
        total_size_mb=sum(instance.size_bytes for instance in study.instances) / _MEGABYTE,
    )
