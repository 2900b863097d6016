"""A prior beside the study: its marks are seen and not taken, gone to from the table, and measured once turned to."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QImage, QKeySequence
from PySide6.QtTest import QTest

from tests.ui.job.conftest import Start
from tests.ui.job.driver import ALT, CONTROL, LEFT, NONE, Driver, settle
from viewer_app.imaging.cuts import Cut, SlabMode
from viewer_app.measure.measurement import Record
from viewer_app.phantom import SAMPLE_PRIOR_STUDY_UID, SAMPLE_STUDY_UID
from viewer_app.session.beside import prior_marks_on, prior_volumes_on
from viewer_app.session.layout import Layout
from viewer_app.session.view import View
from viewer_app.ui.panels.table.view import MeasurementView
from viewer_app.ui.views.viewport import Viewport

Key = Qt.Key


def press_in(driver: Driver, place: int) -> None:
    canvas = driver.window.viewports.shown[place].viewport()
    QTest.mouseClick(canvas, LEFT, NONE, canvas.rect().topLeft() + QPoint(60, 60))
    settle()


def turn_to(driver: Driver, study_uid: str) -> None:
    """Let the study in the active view be measured, by its key."""
    driver.key(Key.Key_M, ALT)
    driver.wait_until(lambda: study_of(driver) == study_uid and driver.study.is_shown, "the other study")
    driver.wait_for_rest()


def study_of(driver: Driver) -> str:
    opened = driver.workspace.study
    return "" if opened is None else opened.study.info.study_uid


def rows(driver: Driver) -> MeasurementView:
    return driver.window.measurements.table.view


def double_click(driver: Driver, place: int) -> None:
    view = rows(driver)
    at = view.visualRect(view.model().index(place, 0)).center()
    QTest.mouseClick(view.viewport(), LEFT, NONE, at)
    settle()
    QTest.mouseDClick(view.viewport(), LEFT, NONE, at)
    settle()
    driver.wait_for_rest()


def prior_rows(driver: Driver) -> list[Record]:
    return [row.record for row in driver.window.measurements.table.model.rows if row.prior]


def on_prior(viewport: Viewport) -> list[str]:
    return [record.measurement.uid for record, _ in prior_marks_on(viewport.tile)]


def inside(record: Record, driver: Driver) -> tuple[float, float, float]:
    """A voxel of a painted volume on the image on show, as a patient point."""
    region, plane = record.measurement.region, driver.viewport.plane
    layer = None if region is None else region.layer(driver.view.index)
    assert layer is not None
    rows, columns = np.nonzero(layer.mask())
    middle = len(rows) // 2
    (point,) = plane.to_patient([(columns[middle] + layer.left, rows[middle] + layer.top)])
    return float(point[0]), float(point[1]), float(point[2])


def picture(viewport: Viewport) -> QImage:
    settle()
    seen: QImage = viewport.grab().toImage()
    return seen


def stored_under(driver: Driver) -> dict[str, list[str]]:
    """UIDs of measurements by the Study UID the store holds them under."""
    store = driver.app.store
    return {row.study.study_uid: [item.uid for item in store.list(row.study_id)] for row in store.studies()}


@pytest.fixture
def measured(caliper: Driver) -> Driver:
    """A distance on the prior, drawn after turning to it; the study is open again with the prior at the right."""
    caliper.window.commands.arranging.compare()
    caliper.wait_for_rest()
    press_in(caliper, 1)
    turn_to(caliper, SAMPLE_PRIOR_STUDY_UID)
    caliper.key(Key.Key_D)
    caliper.drag(caliper.part(0.4, 0.4), caliper.part(0.6, 0.5))
    assert len(caliper.records) == 1
    caliper.wait_saved()
    press_in(caliper, 0)
    caliper.key(Key.Key_Escape)
    turn_to(caliper, SAMPLE_STUDY_UID)
    caliper.wait_until(lambda: prior_rows(caliper), "the row of the prior")
    return caliper


def test_the_views_stay_and_each_mark_is_stored_under_its_own_study(measured: Driver) -> None:
    (record,) = prior_rows(measured)
    uid = record.measurement.uid
    assert not measured.records
    assert measured.study.history.next_undo is None  # what was done to the prior is undone where it is measured
    left, right = measured.window.viewports.shown
    assert [left.tile.is_prior, right.tile.is_prior] == [False, True]
    press_in(measured, 0)
    measured.key(Key.Key_D)
    measured.drag(measured.part(0.3, 0.3), measured.part(0.5, 0.3))
    (ours,) = measured.records
    measured.wait_saved()
    assert stored_under(measured) == {SAMPLE_STUDY_UID: [ours.measurement.uid], SAMPLE_PRIOR_STUDY_UID: [uid]}
    measured.key(Key.Key_Z, CONTROL)
    measured.wait_saved()
    assert stored_under(measured) == {SAMPLE_STUDY_UID: [], SAMPLE_PRIOR_STUDY_UID: [uid]}


def test_marks_of_the_prior_are_seen_dimmed_and_never_taken(measured: Driver) -> None:
    (record,) = prior_rows(measured)
    right = measured.window.viewports.shown[1]
    assert on_prior(right) == [record.measurement.uid]
    assert right.marks() == ()
    assert right.shown_marks.item.opacity() < 1
    seen = picture(right)
    measured.window.manner.update(marks_hidden=True)
    assert picture(right) != seen
    measured.window.manner.update(marks_hidden=False)
    press_in(measured, 1)
    grip = measured.handle(record, 0)
    measured.drag(grip, (grip[0] + 40, grip[1] + 30))
    measured.key(Key.Key_Delete)
    assert prior_rows(measured) == [record]
    assert not measured.window.manner.selected
    measured.wheel(-1)
    assert on_prior(right) == []
    assert stored_under(measured)[SAMPLE_PRIOR_STUDY_UID] == [record.measurement.uid]


def test_a_volume_of_the_prior_is_seen_dimmed_and_never_taken(measured: Driver) -> None:
    press_in(measured, 1)
    turn_to(measured, SAMPLE_PRIOR_STUDY_UID)
    QTest.keySequence(measured.window, QKeySequence("Shift+G"))
    seed = measured.part(0.5, 0.42)
    measured.click(seed)
    measured.wait_until(lambda: len(measured.records) == 2, "a volume")
    uid = measured.records[-1].measurement.uid
    measured.window.actions_by_name["window"].trigger()  # with a tool in hand that draws, volumes are drawn over
    hit = measured.viewport.shown_marks.hit(measured.spot_of(inside(measured.records[-1], measured)))
    assert hit is not None and hit.uid == uid
    measured.wait_saved()
    press_in(measured, 0)
    turn_to(measured, SAMPLE_STUDY_UID)
    measured.wait_until(lambda: len(prior_rows(measured)) == 2, "the rows of the prior")
    right = measured.window.viewports.shown[1]
    assert right.tile.is_prior
    assert [each.measurement.uid for each in prior_volumes_on(right.tile)] == [uid]
    assert right.volumes() == ()
    seen = picture(right)
    assert uid in right.shown_marks.item.labels.boxes
    measured.window.manner.update(marks_hidden=True)
    hidden = picture(right)
    measured.window.manner.update(marks_hidden=False)
    there = [seen.pixelColor(x, y) != hidden.pixelColor(x, y) for x in range(0, 400, 4) for y in range(0, 400, 4)]
    assert sum(there) > 20
    press_in(measured, 1)
    spot = measured.spot_of(inside(prior_rows(measured)[1], measured))
    assert right.hit(spot) is None
    measured.click(spot)
    assert not measured.window.manner.selected


def test_a_double_click_on_its_row_opens_the_prior_at_its_slice(start: Start, sample: Path, measured: Driver) -> None:
    (record,) = prior_rows(measured)
    measured.close()
    again = start(sample)
    again.wait_for_image()
    again.wait_for_rest()
    again.wait_until(lambda: prior_rows(again) == [record], "the same row after a restart")
    again.study.show_layout(Layout(views=(View(again.study.stacks[0].key),)))
    again.wait_for_rest()
    double_click(again, 0)
    layout = again.study.layout.value
    assert (layout.rows, layout.columns, layout.active) == (1, 2, 1)
    right = again.window.viewports.shown[1]
    assert right.tile.is_prior
    reference = record.measurement.reference
    assert reference is not None
    assert right.tile.image_reference == reference
    assert on_prior(right) == [record.measurement.uid]
    spots = [again.handle(record, end) for end in (0, 1)]
    assert all(0 < x < again.canvas.width() and 0 < y < again.canvas.height() for x, y in spots)
    assert rows(again).model().index(0, 0).data(Qt.ItemDataRole.DecorationRole) is not None
    again.wheel(3)
    double_click(again, 0)
    assert right.tile.image_reference == reference
    assert len(again.study.layout.value.views) == 2


def test_a_copy_goes_to_no_other_frame_of_reference(measured: Driver) -> None:
    press_in(measured, 0)
    measured.key(Key.Key_D)
    measured.drag(measured.part(0.3, 0.3), measured.part(0.5, 0.3))
    measured.key(Key.Key_C, CONTROL)
    press_in(measured, 1)
    measured.key(Key.Key_V, CONTROL)
    assert "another study" in measured.message
    turn_to(measured, SAMPLE_PRIOR_STUDY_UID)
    before = measured.records
    measured.key(Key.Key_V, CONTROL)
    assert "Frame of Reference" in measured.message
    assert measured.records == before


def test_a_mark_on_a_plane_of_the_prior_is_gone_to_with_plane_and_slab(measured: Driver) -> None:
    """Turned to the prior, a distance is drawn on a slab; from the study its row shows that plane again."""
    press_in(measured, 1)
    turn_to(measured, SAMPLE_PRIOR_STUDY_UID)
    stack = measured.study.stacks[0]
    middle = measured.study.grid(stack).middle
    cut = Cut(middle, (1.0, 0.0, 0.0), (0.0, 0.0, -1.0), 6.0, SlabMode.MAXIMUM)
    measured.study.active.show(View(stack.key, cut=cut))
    measured.wait_for_rest()
    measured.key(Key.Key_D)
    measured.drag(measured.part(0.4, 0.4), measured.part(0.6, 0.5))
    made = measured.records[-1]
    assert made.measurement.figures[0].reconstruction is not None
    measured.wait_saved()
    press_in(measured, 0)
    measured.key(Key.Key_Escape)
    turn_to(measured, SAMPLE_STUDY_UID)
    measured.wait_until(lambda: len(prior_rows(measured)) == 2, "both rows")
    place = prior_rows(measured).index(made)
    measured.study.active.view.set(measured.study.view.value.acquired(0))
    double_click(measured, place)
    shown = measured.study.view.value.cut
    assert measured.study.active.is_prior
    assert shown is not None
    assert (shown.slab_mm, shown.slab_mode) == (6.0, SlabMode.MAXIMUM)
    np.testing.assert_allclose(shown.normal, cut.normal, atol=1e-12)
    assert made.measurement.uid in on_prior(measured.viewport)
