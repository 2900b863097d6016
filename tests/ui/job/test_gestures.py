"""Every gesture can be given up without a trace, and no size, zoom or key in mid-drag breaks anything."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QComboBox

from tests.ui.job.driver import CONTROL, LEFT, MIDDLE, RIGHT, SHIFT, Driver, same, settle
from viewer_app.ui.views.camera import LARGEST_SCALE, SMALLEST_SCALE
from viewer_app.ui.views.corner_text import Density
from viewer_app.ui.views.foreground import foreground_of

Key = Qt.Key
TOOLS = {
    "distance": (Key.Key_D, LEFT),
    "probe": (Key.Key_P, LEFT),
    "window": (Key.Key_W, LEFT),
    "scroll": (Key.Key_S, LEFT),
    "zoom tool": (Key.Key_Z, LEFT),
    "pan tool": (Key.Key_T, LEFT),
    "zoom": (Key.Key_W, RIGHT),
    "pan": (Key.Key_W, MIDDLE),
}


def draw(driver: Driver) -> None:
    """A distance in the middle; the distance tool stays on."""
    driver.key(Key.Key_D)
    driver.drag(driver.part(0.4, 0.4), driver.part(0.6, 0.5))


@pytest.mark.parametrize("tool", TOOLS)
def test_drag_given_up_by_esc_leaves_no_trace(caliper: Driver, tool: str) -> None:
    key, button = TOOLS[tool]
    draw(caliper)
    caliper.wait_saved()
    records, stored, view = caliper.records, caliper.stored(), caliper.view
    titles = caliper.study.history.titles
    caliper.key(key)
    caliper.hold(caliper.part(0.2, 0.7), caliper.part(0.5, 0.8), button)
    caliper.key(Key.Key_Escape)
    caliper.move(caliper.part(0.6, 0.9))
    caliper.release(caliper.part(0.6, 0.9), button)
    caliper.wait_for_rest()
    assert (caliper.records, caliper.stored(), caliper.view) == (records, stored, view)
    assert caliper.study.history.titles == titles
    assert caliper.viewport.shown_marks.in_hand is None


@pytest.mark.parametrize("handle", [0, 1, None])
def test_edit_given_up_by_esc_leaves_no_trace(caliper: Driver, handle: int | None) -> None:
    draw(caliper)
    (record,) = caliper.records
    grip = caliper.middle(record) if handle is None else caliper.handle(record, handle)
    caliper.hold(grip, caliper.part(0.2, 0.8))
    assert caliper.viewport.shown_marks.in_hand is not None
    caliper.key(Key.Key_Escape)
    caliper.release(caliper.part(0.2, 0.8))
    assert caliper.records == (record,)
    assert caliper.study.history.titles == ("Draw distance",)
    assert caliper.viewport.shown_marks.in_hand is None


def test_click_by_click_drawing_given_up_by_esc_leaves_no_trace(caliper: Driver) -> None:
    caliper.key(Key.Key_D)
    caliper.click(caliper.part(0.4, 0.4))
    caliper.move(caliper.part(0.6, 0.6))
    caliper.key(Key.Key_Escape)
    caliper.move(caliper.part(0.7, 0.6))
    assert not caliper.records
    assert caliper.viewport.shown_marks.in_hand is None
    draw(caliper)
    assert len(caliper.records) == 1


def test_delete_in_mid_drag_deletes_and_the_drag_brings_nothing_back(caliper: Driver) -> None:
    draw(caliper)
    (record,) = caliper.records
    caliper.hold(caliper.handle(record, 1), caliper.part(0.8, 0.8))
    caliper.key(Key.Key_Delete)
    caliper.release(caliper.part(0.8, 0.8))
    assert not caliper.records
    caliper.wait_saved()
    assert not caliper.stored()
    caliper.key(Key.Key_Z, CONTROL)
    assert caliper.records == (record,)


def test_rename_in_mid_drag_keeps_the_name(caliper: Driver) -> None:
    draw(caliper)
    (record,) = caliper.records
    caliper.hold(caliper.handle(record, 1), caliper.part(0.8, 0.8))
    caliper.key(Key.Key_F2)
    caliper.write("Lesion")
    caliper.release(caliper.part(0.8, 0.8))
    assert [item.measurement.label for item in caliper.records] == ["Lesion"]
    assert caliper.records[0].measurement.figures == record.measurement.figures


@pytest.mark.parametrize("key", [Key.Key_Down, Key.Key_End, Key.Key_PageDown])
def test_no_measurement_spans_two_images(caliper: Driver, key: Key) -> None:
    caliper.key(Key.Key_D)
    caliper.hold(caliper.part(0.4, 0.4), caliper.part(0.5, 0.5))
    caliper.key(key)
    caliper.wait_for_image()
    caliper.move(caliper.part(0.6, 0.6))
    caliper.release(caliper.part(0.6, 0.6))
    caliper.click(caliper.part(0.7, 0.3))
    caliper.click(caliper.part(0.7, 0.6))
    for record in caliper.records:
        (figure,) = record.measurement.figures
        assert np.abs(figure.plane.height(figure.points)).max() < 1e-9
        assert figure.reference == caliper.study.current_reference()


def test_window_as_small_as_it_gets_and_back(caliper: Driver) -> None:
    draw(caliper)
    records = caliper.records
    caliper.window.setMinimumSize(1, 1)
    for width, height in ((1, 1), (60, 40), (400, 30), (1600, 1000)):
        caliper.window.resize(width, height)
        settle()
        caliper.window.grab()
        caliper.drag((5, 5), (9, 14))
        caliper.key(Key.Key_Z, CONTROL)
    assert caliper.records[:1] == records


@pytest.mark.parametrize("notches", [60, -60])
def test_zoom_as_far_as_it_goes_measures_still(caliper: Driver, notches: int) -> None:
    caliper.wheel(notches, modifiers=CONTROL)
    scale = caliper.viewport.camera.scale
    assert SMALLEST_SCALE <= scale <= LARGEST_SCALE
    caliper.key(Key.Key_D)
    start, end = (300, 300), (420, 460)
    caliper.drag(start, end)
    assert caliper.records[0].values[0].number == pytest.approx(200 / scale, rel=1e-9)
    caliper.window.grab()
    caliper.key(Key.Key_0, CONTROL)
    assert (caliper.view.scale, caliper.view.center) == (None, None)
    caliper.wait_saved()
    assert same([item.record for item in caliper.stored() if item.record], caliper.records)


def test_hidden_patient_is_named_nowhere(caliper: Driver) -> None:
    patient = caliper.study.study.patient
    assert told_of(caliper, patient.patient_id)
    assert told_of(caliper, "Caliper, Sample")
    caliper.key(Key.Key_H, CONTROL | SHIFT)
    for density in Density:
        caliper.viewport.manner.update(density=density)
        caliper.viewport.refresh()
        caliper.window.grab()
        assert not told_of(caliper, patient.patient_id)
        assert not told_of(caliper, "Caliper, Sample")
    assert caliper.window.windowTitle().startswith("Patient hidden")
    caliper.key(Key.Key_H, CONTROL | SHIFT)
    assert told_of(caliper, "Caliper, Sample")


def told_of(driver: Driver, word: str) -> list[str]:
    """Every sentence the window says in which `word` stands: title, top bar, image, chooser, lists."""
    window, shown = driver.window, driver.viewport
    foreground = foreground_of(
        driver.viewport.tile, shown.camera, shown.manner.density, None, hidden=shown.manner.patient_hidden
    )
    assert foreground is not None
    corners = foreground.corners
    said = [window.windowTitle(), window.top._name.full_text, window.top._details.full_text]
    said += [window.status.source.text()] if window.status.source.isVisible() else []
    said += [*corners.top_left, *corners.top_right, *corners.bottom_left, *corners.bottom_right, *corners.badges]
    for chooser in window.findChildren(QComboBox):
        said += [chooser.itemText(index) for index in range(chooser.count())]
    said += [action.text() for action in window.findChildren(QAction)]
    return [sentence for sentence in said if word in sentence]
