"""Studies are remembered once for each patient."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from tests.store.samples import STUDY
from viewer_app.store import Store, StudyRecord, open_store


def test_a_study_comes_back_whole(folder: Path) -> None:
    with open_store(folder) as store:
        study_id = store.remember_study(STUDY)
    with open_store(folder) as store:
        (found,) = store.studies()
    assert (found.study_id, found.study) == (study_id, STUDY)
    assert found.imported_at == found.last_accessed


def test_seen_again_it_keeps_its_id_and_learns(store: Store) -> None:
    study_id = store.remember_study(STUDY)
    bare = StudyRecord(STUDY.study_uid, STUDY.patient_id, STUDY.patient_name)
    assert store.remember_study(replace(bare, orthanc_study_id="abc-1", num_instances=301)) == study_id
    (found,) = store.studies()
    assert found.study == replace(STUDY, orthanc_study_id="abc-1", num_instances=301)
    assert found.imported_at is not None
    assert found.last_accessed is not None
    assert found.imported_at < found.last_accessed


def test_one_uid_under_two_patients_is_two_studies(store: Store) -> None:
    ids = {
        store.remember_study(STUDY),
        store.remember_study(replace(STUDY, patient_id="P2")),
        store.remember_study(replace(STUDY, patient_name="Other^Name")),
    }
    assert len(ids) == 3


def test_the_study_used_last_comes_first(store: Store) -> None:
    for number in range(5):
        store.remember_study(StudyRecord(f"1.{number}"))
    store.remember_study(StudyRecord("1.1"))
    assert [entry.study.study_uid for entry in store.studies(3)] == ["1.1", "1.4", "1.3"]
