"""Turning to a prior: every mark is of the study it was drawn on, of one patient, whatever UIDs studies share (C40)."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.session.sitting import AUTHOR, Sitting, made_by
from tests.sources.places import slices
from viewer_app.imaging.study import Study
from viewer_app.phantom.dicom import write_series
from viewer_app.session.arranging import beside_prior
from viewer_app.session.beside import prior_marks_on
from viewer_app.session.edits import paste
from viewer_app.session.finding import stacks_of
from viewer_app.session.study import OpenStudy
from viewer_app.session.tile import Tile
from viewer_app.store import Store

_SERIES, _FRAME = "2.25.4711", "2.25.4712"


def write(folder: Path, name: str, date: str, **values: str) -> None:
    shared: dict[str, Any] = {"StudyDate": date, "SeriesInstanceUID": _SERIES, "FrameOfReferenceUID": _FRAME}
    write_series(folder / name, slices(name, **(shared | values)))


@pytest.fixture
def opened(sitting: Sitting, tmp_path: Path) -> OpenStudy:
    """A study beside an older one of the patient; a third is of another patient. All share a Series UID."""
    write(tmp_path, "now", "20260101")
    write(tmp_path, "before", "20250101")
    write(tmp_path, "stranger", "20240101", PatientID="OTHER")
    found = sitting.open(tmp_path)
    (prior,) = sitting.workspace.priors()
    layout = beside_prior(found, prior, stacks_of(found, prior))
    assert layout is not None
    found.show_layout(layout)
    sitting.settle()
    return found


def turn(sitting: Sitting, study: Study) -> OpenStudy:
    sitting.workspace.exchange(study)
    sitting.settle()
    return sitting.study


def activate(opened: OpenStudy, place: int) -> None:
    opened.layout.set(replace(opened.layout.value, active=place))


def stored_under(store: Store) -> dict[str, list[str]]:
    return {row.study.study_uid: [item.uid for item in store.list(row.study_id)] for row in store.studies()}


def test_marks_are_stored_with_the_study_they_were_drawn_on(sitting: Sitting, opened: OpenStudy) -> None:
    ours, (prior,) = opened.study, sitting.workspace.priors()
    drawn = sitting.draw()
    now = turn(sitting, prior)
    assert [Tile(now, place).study for place in (0, 1)] == [ours, prior]
    activate(now, 1)
    theirs = sitting.draw()
    sitting.settle()
    uids = drawn.measurement.uid, theirs.measurement.uid
    assert stored_under(sitting.store) == {ours.info.study_uid: [uids[0]], prior.info.study_uid: [uids[1]]}
    assert now.measurements.records == (theirs,)
    assert [record for record, _ in prior_marks_on(Tile(now, 0))] == [drawn]
    assert prior_marks_on(Tile(now, 1)) == ()
    again = turn(sitting, ours)
    assert again.measurements.records == (drawn,)
    assert prior_marks_on(Tile(again, 0)) == ()


def test_a_study_of_another_patient_is_never_turned_to(sitting: Sitting, opened: OpenStudy) -> None:
    stranger = next(study for study in sitting.workspace.contents.studies if study.patient != opened.study.patient)
    sitting.workspace.exchange(stranger)
    sitting.settle()
    assert sitting.study is opened
    assert stranger not in [study for _, study in opened.within_reach]
    assert len(sitting.store.studies()) == 1


def test_a_copy_is_pasted_in_the_prior_within_one_frame_of_reference(sitting: Sitting, opened: OpenStudy) -> None:
    (prior,) = sitting.workspace.priors()
    drawn = sitting.draw()
    now = turn(sitting, prior)
    assert now.active.is_prior
    assert made_by(paste, now, [drawn.measurement], AUTHOR) == ()
    assert "another study" in sitting.errors[-1].what
    activate(now, 1)
    (uid,) = made_by(paste, now, [drawn.measurement], AUTHOR)
    sitting.settle()
    found = now.measurements.get(uid)
    assert found is not None
    assert found.measurement.figures[0].points == drawn.measurement.figures[0].points
    assert found.measurement.reference == now.active.current_reference() != drawn.measurement.reference
    assert stored_under(sitting.store)[prior.info.study_uid] == [uid]


def test_without_a_frame_of_reference_it_is_refused(sitting: Sitting, tmp_path: Path) -> None:
    """A Series UID that two studies share is no Frame of Reference."""
    for name, date in (("now", "20260101"), ("before", "20250101")):
        write(tmp_path, name, date, FrameOfReferenceUID="")
    sitting.open(tmp_path)
    drawn = sitting.draw()
    now = turn(sitting, sitting.workspace.priors()[0])
    now.show(now.stacks[0])
    sitting.settle()
    assert not now.active.is_prior
    assert made_by(paste, now, [drawn.measurement], AUTHOR) == ()
    assert "Frame of Reference" in sitting.errors[-1].what
