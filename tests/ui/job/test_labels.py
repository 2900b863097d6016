"""Labels of marks: off their own lines, clear of each other, at rest while others move, and movable by the mouse."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QRectF, Qt

from tests.ui.job.driver import ALT, CONTROL, Driver, Spot, settle
from tests.ui.job.test_marking import choose, menu_on
from viewer_app.imaging.geometry import vector
from viewer_app.measure.measurement import Figure, Record
from viewer_app.ui.views.label_layout import Box, covered, overlaps

pytestmark = pytest.mark.qt_log_ignore("does not support", extend=True)  # menus on a platform without a screen

Key = Qt.Key


def put(driver: Driver, *ends: tuple[float, float], kind: str = "distance") -> Record:
    """A mark through these shares of the viewport."""
    reference, viewport = driver.study.current_reference(), driver.viewport
    spots = [driver.part(*end) for end in ends]
    points = tuple(vector(viewport.patient_point((float(x), float(y)))) for x, y in spots)
    made = driver.workspace.new_measurement(kind, Figure(viewport.plane, points, reference))
    driver.study.measuring.put(made, "Draw")
    return driver.records[-1]


def boxes(driver: Driver) -> dict[str, Box]:
    settle()
    driver.viewport.grab()
    return dict(driver.viewport.shown_marks.item.labels.boxes)


def middle(driver: Driver, record: Record) -> Spot:
    across, down = driver.viewport.label_middle(record.measurement.uid) or (0.0, 0.0)
    return round(across), round(down)


@pytest.fixture
def crowd(caliper: Driver) -> Driver:
    """Twenty crossing distances in the middle; none is selected."""
    for number in range(20):
        put(caliper, (0.4 + 0.01 * number, 0.3), (0.6 - 0.01 * number, 0.7))
    caliper.window.manner.select("")
    caliper.move(caliper.part(0.95, 0.95))
    return caliper


def test_no_label_covers_its_line_and_few_each_other(crowd: Driver) -> None:
    found = boxes(crowd)
    marks = {mark.uid: mark for mark in crowd.viewport.marks()}
    assert len(found) == 20
    for uid, box in found.items():
        line = marks[uid].lines[0]
        assert covered(np.array([box]), np.hstack([line[:-1], line[1:]])).sum() == 0
    placed = np.array(list(found.values()))
    others = [np.delete(placed, number, axis=0) for number in range(20)]
    covers = [overlaps(placed[number : number + 1], rest).item() for number, rest in enumerate(others)]
    assert sum(area > 0 for area in covers) <= 4


def test_labels_are_clear_of_the_letters_at_the_edges(caliper: Driver) -> None:
    put(caliper, (0.3, 0.5), (0.96, 0.5))
    put(caliper, (0.5, 0.1), (0.5, 0.95))
    for box in boxes(caliper).values():
        placed = QRectF(box[0], box[1], box[2] - box[0], box[3] - box[1])
        assert not any(placed.intersects(written) for written in caliper.viewport.painting.written)


def test_labels_rest_while_another_mark_is_dragged_hovered_and_selected(crowd: Driver) -> None:
    record, before = crowd.records[0], boxes(crowd)
    uid = record.measurement.uid
    others = {key: box for key, box in before.items() if key != uid}
    start = crowd.handle(record, 0)
    crowd.press(start)
    for step in range(1, 12):
        crowd.move((start[0] - 9 * step, start[1] + 11 * step))
        assert {key: box for key, box in boxes(crowd).items() if key != uid} == others
    crowd.release((start[0] - 99, start[1] + 121))
    for other in crowd.records[5:8]:
        crowd.click(crowd.handle(other, 1))
        assert {key: box for key, box in boxes(crowd).items() if key != uid} == others


def test_labels_go_along_with_what_is_panned_and_are_clear_of_each_other_at_rest(crowd: Driver) -> None:
    before, marks = boxes(crowd), {mark.uid: mark.handles[-1] for mark in crowd.viewport.marks()}
    moving, start = crowd.window.manner.moving, crowd.part(0.9, 0.9)
    crowd.window.actions_by_name["pan"].trigger()
    crowd.press(start)
    crowd.move((start[0] - 60, start[1] - 40))
    moving.move()
    crowd.viewport.grab()
    carried = dict(crowd.viewport.shown_marks.item.labels.boxes)
    moved = {mark.uid: mark.handles[-1] for mark in crowd.viewport.marks()}
    for uid, box in before.items():
        across, down = moved[uid] - marks[uid]
        assert np.hypot(across, down) > 20
        assert carried[uid] == pytest.approx(np.add(box, (across, down, across, down)))
    crowd.release((start[0] - 60, start[1] - 40))
    assert not moving
    rested = boxes(crowd)
    assert not crowd.viewport.shown_marks.item.labels.are_carried
    placed = np.array(list(rested.values()))
    under = [overlaps(placed[number : number + 1], np.delete(placed, number, axis=0))[0] for number in range(20)]
    assert sum(area > 0 for area in under) <= 4


def test_labels_go_along_with_a_wheel_that_zooms_and_are_laid_out_at_its_rest(crowd: Driver) -> None:
    before, marks = boxes(crowd), {mark.uid: mark.handles[-1] for mark in crowd.viewport.marks()}
    labels, zooming = crowd.viewport.shown_marks.item.labels, crowd.window.manner.zooming
    for _ in range(2):
        crowd.wheel(1, modifiers=CONTROL)
        assert zooming
        zooming.move()  # on a slow machine too, the next notch comes in time
        crowd.viewport.grab()
    moved = {mark.uid: mark.handles[-1] for mark in crowd.viewport.marks()}
    seen = [uid for uid in before if uid in labels.boxes]
    assert len(seen) > 10
    for uid in seen:
        across, down = moved[uid] - marks[uid]
        assert labels.boxes[uid] == pytest.approx(np.add(before[uid], (across, down, across, down)))
    assert labels.are_carried
    crowd.wait_until(lambda: not zooming and not labels.are_carried, "labels at rest")


def test_a_label_is_dragged_kept_undone_and_moved_back(caliper: Driver) -> None:
    record = put(caliper, (0.35, 0.5), (0.55, 0.5))
    (before,) = boxes(caliper).values()
    start = middle(caliper, record)
    caliper.drag(start, (start[0] - 120, start[1] + 90))
    (now,) = caliper.records
    assert now.values == record.values
    assert now.measurement.figures == record.measurement.figures
    assert replace(now.measurement, label_offset=None, updated_at=record.measurement.updated_at) == record.measurement
    (moved,) = boxes(caliper).values()
    np.testing.assert_allclose(np.subtract(moved, before), (-120, 90, -120, 90), atol=1.01)
    assert caliper.study.history.titles[-1] == "Move label"
    assert caliper.window.manner.current == record.measurement.uid
    caliper.wait_saved()
    assert [item.record for item in caliper.stored()] == [now]
    caliper.wheel(2, modifiers=CONTROL)
    assert caliper.viewport.shown_marks.marks()[0].label_at is not None
    choose(menu_on(caliper, middle(caliper, now)), "Move labels back")
    assert caliper.records[0].measurement.label_offset is None
    caliper.key(Key.Key_Z, CONTROL)
    assert caliper.records[0].measurement.label_offset == now.measurement.label_offset
    caliper.key(Key.Key_Z, CONTROL)
    assert caliper.records[0].measurement.label_offset is None


def test_a_moved_label_follows_its_mark_and_a_turned_view(caliper: Driver) -> None:
    record = put(caliper, (0.35, 0.5), (0.55, 0.5))
    boxes(caliper)
    start = middle(caliper, record)
    caliper.drag(start, (start[0] - 100, start[1] + 60))
    offset = caliper.records[0].measurement.label_offset
    assert offset is not None
    held = caliper.middle(record)
    caliper.drag((held[0] - 30, held[1]), (held[0] - 30, held[1] - 50))
    (moved,) = caliper.records
    assert moved.measurement.label_offset == offset
    caliper.key(Key.Key_F10)
    caliper.key(Key.Key_F, ALT)
    assert caliper.view.flipped
    boxes(caliper)
    across, down = middle(caliper, moved)
    centre = caliper.middle(moved)
    scale = caliper.viewport.camera.scale
    assert (across - centre[0], down - centre[1]) == pytest.approx((-offset[0] * scale, offset[1] * scale), abs=2)


def test_a_click_on_a_label_selects_its_mark_and_moves_nothing(caliper: Driver) -> None:
    record = put(caliper, (0.35, 0.5), (0.55, 0.5))
    boxes(caliper)
    steps = caliper.study.history.titles
    caliper.click(middle(caliper, record))
    assert caliper.window.manner.current == record.measurement.uid
    assert caliper.study.history.titles == steps
