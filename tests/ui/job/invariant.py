"""C40: whatever the window tells of a patient, in whatever place, it tells of one patient and one study."""

from __future__ import annotations

from tests.ui.job.driver import Driver
from viewer_app.imaging.stacks import stacks_of
from viewer_app.ui.panels.measurement_panel import UID_ROLE
from viewer_app.ui.views.corner_text import date_text, person_name


def assert_one_patient(driver: Driver) -> None:
    """Title, top bar, image, lists and the store's rows are of the study on show, or tell of nobody."""
    window, opened = driver.window, driver.workspace.study
    title = window.windowTitle()
    if opened is None:
        assert title == "Caliper"
        assert window.top._name.full_text == "Caliper"
        assert window.measurements.model.rowCount() == 0
        return
    name, date = person_name(opened.study.patient.name), date_text(opened.study.info.date)
    assert title in ("Caliper", f"{name} · {date} — Caliper", f"Patient hidden · {date} — Caliper")
    assert window.top._name.full_text in ("Caliper", name, "Patient hidden")
    if title == "Caliper":  # the store is still asked what it knows of the study
        assert not driver.viewport.has_image_place
        assert window.measurements.model.rowCount() == 0
        return
    _assert_lists(driver)
    assert all(instance.patient == opened.study.patient for instance in opened.study.instances)
    assert {instance.study.study_uid for instance in opened.study.instances} == {opened.study.info.study_uid}


def assert_store_follows(driver: Driver) -> None:
    """Every figure the store has of the study was drawn on an image of it, or on a plane through one of its series."""
    opened = driver.study
    rows = [row for row in driver.app.store.studies() if row.study.study_uid == opened.study.info.study_uid]
    assert [(row.study.patient_id, row.study.patient_name) for row in rows] == [
        (opened.study.patient.patient_id, opened.study.patient.name)
    ]
    images = {instance.sop_instance_uid for instance in opened.study.instances}
    series = {found.info.series_uid for found in opened.study.series}
    for item in driver.stored():
        assert item.record is not None
        for figure in item.record.measurement.figures:
            if figure.reference is not None:
                assert figure.reference.sop_instance_uid in images
            else:
                assert figure.reconstruction is not None
                assert figure.reconstruction.series_uid in series


def _assert_lists(driver: Driver) -> None:
    opened, model = driver.study, driver.window.measurements.model
    uids = [model.index(row).data(UID_ROLE) for row in range(model.rowCount())]
    assert uids == [record.measurement.uid for record in driver.records]
    patients = {study.patient for study in (opened.study, *driver.workspace.priors())}
    assert patients == {opened.study.patient}
    keys = {stack.key for stack in opened.stacks}
    assert keys <= set(driver.window.series._cards)
    shown = {view.stack_key for view in opened.layout.value.views if view.stack_key}
    priors = {
        stack.key for prior in driver.workspace.priors() for series in prior.series for stack in stacks_of(series)
    }
    assert shown <= keys | priors
