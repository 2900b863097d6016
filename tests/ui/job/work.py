"""The parts of the whole job, each as a person does it and each checked at once."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import Qt

from tests.ui.job import oracle
from tests.ui.job.driver import CONTROL, MIDDLE, RIGHT, Driver, Spot
from tests.ui.job.oracle import Files
from viewer_app.measure.measurement import Record

Key = Qt.Key
EXACT = 1e-9


def look_around(driver: Driver) -> None:
    """Scroll, window, zoom and pan."""
    _scroll(driver)
    _window(driver)
    before = driver.viewport.camera
    driver.drag(driver.part(0.5, 0.4), _moved(driver.part(0.5, 0.4), 0, 150), RIGHT)
    assert driver.view.scale == pytest.approx(2 * before.scale, rel=EXACT)
    before = driver.viewport.camera
    driver.drag(driver.part(0.5, 0.5), _moved(driver.part(0.5, 0.5), 40, -20), MIDDLE)
    assert driver.view.center == pytest.approx(
        (before.center[0] - 40 / before.scale, before.center[1] + 20 / before.scale), rel=EXACT
    )


def measure(driver: Driver, files: Files) -> None:
    """Two distances and a value: by dragging, by clicking twice, by one click."""
    driver.key(Key.Key_D)
    start, end = driver.part(0.3, 0.3), driver.part(0.45, 0.38)
    driver.drag(start, end)
    _check_distance(driver, files, start, end)
    start, end = driver.part(0.6, 0.6), driver.part(0.75, 0.5)
    driver.click(start)
    driver.move(driver.part(0.7, 0.55))
    driver.click(end)
    _check_distance(driver, files, start, end)
    driver.key(Key.Key_P)
    at = driver.part(0.55, 0.35)
    driver.click(at)
    assert driver.records[-1].measurement.kind == "probe"
    assert driver.records[-1].values[0].number == oracle.value(driver, files, at)
    assert len(driver.records) == 3


def edit(driver: Driver, files: Files) -> None:
    """Drag a handle, move a mark, rename, delete; take back and do again."""
    first = driver.records[0]
    grip = driver.handle(first, 1)
    driver.drag(grip, _moved(grip, 30, 12))
    by = oracle.patient_point(driver, files, _moved(grip, 30, 12)) - oracle.patient_point(driver, files, grip)
    edited = driver.records[0]
    assert _points(edited)[0] == pytest.approx(_points(first)[0], rel=0, abs=0)
    assert _points(edited)[1] == pytest.approx(_points(first)[1] + by, abs=EXACT)
    assert edited.values[0].number == pytest.approx(np.linalg.norm(np.diff(_points(edited), axis=0)), rel=EXACT)
    _take_back_and_again(driver, (first, edited))
    grip = driver.middle(edited)
    driver.drag(grip, _moved(grip, -18, 22))
    by = oracle.patient_point(driver, files, _moved(grip, -18, 22)) - oracle.patient_point(driver, files, grip)
    moved = driver.records[0]
    assert _points(moved) == pytest.approx(_points(edited) + by, abs=EXACT)
    assert moved.values[0].number == pytest.approx(edited.values[0].number, rel=EXACT)
    _take_back_and_again(driver, (edited, moved))
    driver.key(Key.Key_F2)
    driver.write("Nodule <A>")
    named = driver.records[0]
    assert (named.measurement.label, named.values) == ("Nodule <A>", moved.values)
    _take_back_and_again(driver, (moved, named))
    _delete_and_take_back(driver, named)


def _scroll(driver: Driver) -> None:
    last = len(driver.viewport.study.stacks[0].images) - 1
    driver.key(Key.Key_Home)
    assert driver.view.index == 0
    driver.key(Key.Key_End)
    assert driver.view.index == last
    driver.wheel(6)
    driver.wheel(-1)
    driver.key(Key.Key_Up)
    driver.key(Key.Key_Up)
    driver.key(Key.Key_Down)
    assert driver.view.index == last - 6
    driver.wait_for_image()


def _window(driver: Driver) -> None:
    shown, is_ct = driver.study.window(), driver.study.study.modalities[0] == "CT"
    assert shown is not None
    driver.key(Key.Key_7 if is_ct else Key.Key_0)
    number = driver.view.window
    assert number is not None
    assert not is_ct or (number.center, number.width, number.explanation) == (-600.0, 1500.0, "Lung")
    driver.key(Key.Key_W)
    driver.drag(driver.part(0.4, 0.4), _moved(driver.part(0.4, 0.4), 60, -30))
    dragged, step = driver.view.window, max(number.width / 300, 0.01)
    assert dragged is not None
    assert dragged.width == pytest.approx(number.width + 60 * step, abs=1e-3)
    assert dragged.center == pytest.approx(number.center - 30 * step, abs=1e-3)


def _check_distance(driver: Driver, files: Files, start: Spot, end: Spot) -> None:
    a, b = (oracle.patient_point(driver, files, at) for at in (start, end))
    made = driver.records[-1]
    assert driver.viewport.selected == made.measurement.uid
    assert _points(made) == pytest.approx(np.array([a, b]), abs=EXACT)
    assert (made.values[0].unit, made.values[0].provenance) == ("mm", "image plane")
    assert made.values[0].number == pytest.approx(float(np.linalg.norm(b - a)), rel=EXACT)


def _take_back_and_again(driver: Driver, states: tuple[Record, Record]) -> None:
    before, after = states
    assert driver.records[0] == after
    driver.key(Key.Key_Z, CONTROL)
    assert driver.records[0] == before
    driver.key(Key.Key_Y, CONTROL)
    assert driver.records[0] == after


def _delete_and_take_back(driver: Driver, record: Record) -> None:
    all_of_them = driver.records
    assert driver.viewport.selected == record.measurement.uid
    driver.key(Key.Key_Delete)
    assert driver.records == all_of_them[1:]
    driver.key(Key.Key_Z, CONTROL)
    assert driver.records == all_of_them


def _points(record: Record) -> np.ndarray:
    return np.asarray(record.measurement.figures[0].points)


def _moved(spot: Spot, across: int, down: int) -> Spot:
    return spot[0] + across, spot[1] + down
