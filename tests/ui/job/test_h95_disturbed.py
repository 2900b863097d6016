"""H95: what happens to the window in mid-gesture loses no measurement, and what is under the pointer stays true."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QFocusEvent, QGuiApplication, QMouseEvent, QPointingDevice
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from tests.ui.job.driver import NONE, Driver, Spot, settle
from tests.ui.job.planes import turn_the_planes
from tests.ui.job.test_hand import draw_distance, take
from viewer_app.measure.measurement import Record

Key = Qt.Key
Points = np.ndarray


def points_of(record: Record) -> Points:
    return np.asarray(record.measurement.figures[0].points)


def under(driver: Driver, spot: Spot) -> Points:
    return np.asarray(driver.viewport.patient_point(spot))


def is_true(driver: Driver, record: Record) -> None:
    """Each end is hit where it is seen, and its number is that of its points."""
    for place in range(len(points_of(record))):
        hit = driver.viewport.hit(driver.handle(record, place))
        assert hit is not None
        assert (hit.uid, hit.handle) == (record.measurement.uid, place)
    length = float(np.linalg.norm(np.subtract(*points_of(record))))
    assert record.values[0].number == pytest.approx(length, rel=1e-9)


def resized(driver: Driver) -> None:
    driver.resize(driver.window.width() + 180, driver.window.height() - 90)


def on_other_pixels(driver: Driver) -> None:
    """What a screen of another scale tells a window: its pixels are others now."""
    for kind in (QEvent.Type.DevicePixelRatioChange, QEvent.Type.ScreenChangeInternal):
        for widget in (driver.window, driver.viewport, driver.canvas):
            QApplication.sendEvent(widget, QEvent(kind))
    screen = QGuiApplication.primaryScreen()
    screen.logicalDotsPerInchChanged.emit(192.0)
    driver.window.windowHandle().screenChanged.emit(screen)
    settle()


def without_its_screen(driver: Driver) -> None:
    """A screen that goes takes its windows elsewhere: they are hidden, moved, and shown in another size."""
    screen = QGuiApplication.primaryScreen()
    QGuiApplication.instance().screenRemoved.emit(screen)  # type: ignore[union-attr]  # there is an application
    driver.window.hide()
    driver.window.move(-4000, -3000)
    driver.window.show()
    driver.window.move(10, 10)
    resized(driver)


def without_focus(driver: Driver) -> None:
    QApplication.sendEvent(driver.viewport, QFocusEvent(QEvent.Type.FocusOut, Qt.FocusReason.ActiveWindowFocusReason))
    QApplication.sendEvent(driver.window, QEvent(QEvent.Type.WindowDeactivate))
    QApplication.sendEvent(driver.canvas, QEvent(QEvent.Type.Leave))
    settle()


def move_without_buttons(driver: Driver, spot: Spot) -> None:
    """The mouse as it comes back from another program, which was told of the release."""
    at, no = QPointF(*spot), Qt.MouseButton.NoButton
    seen = driver.canvas.mapToGlobal(at)
    QApplication.sendEvent(driver.canvas, QMouseEvent(QEvent.Type.MouseMove, at, seen, no, no, NONE))
    settle()


DISTURBANCES = [resized, on_other_pixels, without_its_screen, without_focus]
disturbed = pytest.mark.parametrize("disturb", DISTURBANCES)


@disturbed
def test_a_handle_that_is_dragged_ends_under_the_pointer(caliper: Driver, disturb: Callable[[Driver], None]) -> None:
    record = draw_distance(caliper)
    grip = caliper.handle(record, 1)
    caliper.hold(grip, (grip[0] + 20, grip[1] + 10))
    disturb(caliper)
    to = caliper.part(0.7, 0.35)
    caliper.move(to)
    caliper.release(to)
    (moved,) = caliper.records
    assert points_of(moved)[0] == pytest.approx(points_of(record)[0])
    one_px = 1.0 / caliper.viewport.camera.scale
    assert points_of(moved)[1] == pytest.approx(under(caliper, to), abs=one_px)
    is_true(caliper, moved)


@disturbed
def test_a_whole_mark_that_is_dragged_goes_with_the_pointer(caliper: Driver, disturb: Callable[[Driver], None]) -> None:
    record = draw_distance(caliper)
    grip = caliper.middle(record)
    held = under(caliper, grip)
    caliper.hold(grip, (grip[0] + 20, grip[1] + 10))
    disturb(caliper)
    to = caliper.part(0.45, 0.55)
    caliper.move(to)
    caliper.release(to)
    (moved,) = caliper.records
    assert points_of(moved) - points_of(record) == pytest.approx(np.array([under(caliper, to) - held] * 2))
    assert moved.values[0].number == pytest.approx(record.values[0].number, rel=1e-9)
    is_true(caliper, moved)


@disturbed
def test_a_drawing_keeps_the_points_it_has(caliper: Driver, disturb: Callable[[Driver], None]) -> None:
    take(caliper, "polyline")
    spots = [caliper.part(*share) for share in ((0.35, 0.4), (0.62, 0.42), (0.6, 0.65))]
    truth = [under(caliper, spots[0])]
    caliper.click(spots[0])
    for spot in spots[1:]:
        disturb(caliper)
        truth.append(under(caliper, spot))
        caliper.click(spot)
    caliper.click(spots[-1])
    (record,) = caliper.records
    assert points_of(record) == pytest.approx(np.array(truth))


@disturbed
def test_a_stroke_goes_on(caliper: Driver, disturb: Callable[[Driver], None]) -> None:
    take(caliper, "freehand")
    spots = [caliper.part(*share) for share in ((0.4, 0.4), (0.6, 0.4), (0.6, 0.6), (0.4, 0.6))]
    caliper.hold(spots[0], spots[1])
    disturb(caliper)
    for spot in spots[2:]:
        caliper.move(spot)
    caliper.release(spots[-1])
    (record,) = caliper.records
    assert record.values[0].number is not None


def test_a_button_released_over_another_program_ends_the_stroke_where_it_was(caliper: Driver) -> None:
    """Alt+Tab in mid-stroke: the release is told to another window; back here the pointer has no button."""
    take(caliper, "freehand")
    spots = [caliper.part(*share) for share in ((0.4, 0.4), (0.6, 0.4), (0.6, 0.6), (0.4, 0.6))]
    caliper.press(spots[0])
    for spot in spots[1:]:
        caliper.move(spot)
    QTest.keyClick(caliper.window, Key.Key_Tab, Qt.KeyboardModifier.AltModifier)
    without_focus(caliper)
    back = caliper.part(0.9, 0.9)
    move_without_buttons(caliper, back)
    (record,) = caliper.records
    far = np.linalg.norm(points_of(record) - under(caliper, back), axis=1)
    assert far.min() > 20 / caliper.viewport.camera.scale
    move_without_buttons(caliper, caliper.part(0.2, 0.2))
    assert caliper.records == (record,)
    assert not caliper.viewport.mouse.is_busy


def test_a_handle_let_go_over_another_program_stays_where_it_was_last_seen(caliper: Driver) -> None:
    record = draw_distance(caliper)
    grip = caliper.handle(record, 1)
    to = grip[0] + 40, grip[1] - 30
    caliper.hold(grip, to)
    without_focus(caliper)
    move_without_buttons(caliper, caliper.part(0.1, 0.9))
    (moved,) = caliper.records
    assert caliper.handle(moved, 1) == to
    is_true(caliper, moved)


def test_the_study_left_in_mid_gesture_keeps_what_there_was(caliper: Driver) -> None:
    record = draw_distance(caliper)
    here, (prior,) = caliper.study.study, caliper.workspace.priors()
    grip = caliper.handle(record, 1)
    caliper.hold(grip, (grip[0] + 40, grip[1] - 30))
    caliper.workspace.choose(prior)
    caliper.wait_until(lambda: caliper.study.study is prior and caliper.study.is_shown, "the prior")
    caliper.wait_for_image()
    caliper.move(caliper.part(0.7, 0.7))
    caliper.release(caliper.part(0.7, 0.7))
    assert list(caliper.records) == []
    caliper.workspace.choose(here)
    caliper.wait_until(lambda: caliper.study.study is here and caliper.records, "the study again")
    assert caliper.records[0].measurement.figures == record.measurement.figures


def test_a_window_as_small_as_can_be_and_back(caliper: Driver) -> None:
    record = draw_distance(caliper)
    width, height = caliper.window.width(), caliper.window.height()
    caliper.canvas.resize(1, 1)
    caliper.viewport.resize(1, 1)
    settle()
    caliper.viewport.hit((0.0, 0.0))
    caliper.viewport.grab()
    caliper.window.resize(width + 1, height + 1)
    caliper.resize(width, height)
    caliper.window.viewports.updateGeometry()
    settle()
    is_true(caliper, record)
    assert caliper.records == (record,)


def test_a_mark_deleted_while_it_is_dragged_stays_deleted(caliper: Driver) -> None:
    record = draw_distance(caliper)
    grip = caliper.handle(record, 1)
    caliper.hold(grip, (grip[0] + 40, grip[1] - 30))
    caliper.key(Key.Key_Delete)
    caliper.move(caliper.part(0.7, 0.7))
    caliper.release(caliper.part(0.7, 0.7))
    assert list(caliper.records) == []
    caliper.key(Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert caliper.records == (record,)


def test_a_finger_draws_and_moves_as_a_mouse_does(caliper: Driver) -> None:
    finger = QTest.createTouchDevice()
    take(caliper, "distance")
    start, end = caliper.part(0.3, 0.3), caliper.part(0.5, 0.6)
    truth = [under(caliper, spot) for spot in (start, end)]
    touch(caliper, finger, start, end)
    (record,) = caliper.records
    assert points_of(record) == pytest.approx(np.array(truth), abs=1.0 / caliper.viewport.camera.scale)
    is_true(caliper, record)


def touch(driver: Driver, finger: QPointingDevice, start: Spot, end: Spot) -> None:
    """A finger from one spot to another."""
    canvas = driver.canvas
    QTest.touchEvent(canvas, finger).press(0, QPoint(*start), canvas).commit()
    for step in range(1, 5):
        at = QPoint(*(a + (b - a) * step // 4 for a, b in zip(start, end, strict=True)))
        QTest.touchEvent(canvas, finger).move(0, at, canvas).commit()
        settle()
    QTest.touchEvent(canvas, finger).release(0, QPoint(*end), canvas).commit()
    settle()


def test_points_snap_on_oblique_planes_and_the_value_says_that_it_is_interpolated(caliper: Driver) -> None:
    turn_the_planes(caliper, 0.35)
    caliper.window.actions_by_name["snap_to_edge"].trigger()
    take(caliper, "distance")
    found = []
    for share in np.linspace(0.05, 0.95, 60):
        caliper.move(caliper.part(float(share), 0.5))
        aid = caliper.viewport.painting.aid
        if aid is not None and aid.spot is not None:
            found.append(caliper.part(float(share), 0.5))
    assert found
    caliper.move(found[0])
    aid = caliper.viewport.painting.aid
    assert aid is not None
    caliper.click(found[0])
    caliper.click((found[0][0] + 60, found[0][1] + 5))
    (record,) = caliper.records
    assert points_of(record)[0] == pytest.approx(np.asarray(aid.spot))
    assert record.measurement.figures[0].reconstruction is not None
    assert record.measurement.figures[0].reconstruction.words == "interpolated"
