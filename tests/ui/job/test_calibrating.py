"""A scale by a line of known length, as a person gives it: drawn, typed, taken back, there again after a restart."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QHelpEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu, QPushButton, QToolTip

from tests.ui.job.conftest import Start
from tests.ui.job.driver import CONTROL, LEFT, RIGHT, Driver, Spot, settle
from viewer_app.measure.measurement import Record
from viewer_app.phantom.dicom import image_dataset, write_series
from viewer_app.ui.panels.calibration_field import CalibrationField
from viewer_app.ui.panels.table.model import UID_ROLE
from viewer_app.ui.views.corner_text import Density
from viewer_app.ui.views.foreground import Foreground, foreground_of
from viewer_app.ui.views.overlay import scale_bar_length

# What the offscreen platform says of menus.
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")

Key = Qt.Key
SIZE, CENTER, BALL_PX, BALL_MM = 256, (128, 100), 80, 25.0
"""A steel ball of 25 mm, as it is put beside a hip, whose shadow is 80 pixels wide."""


def shadow() -> np.ndarray:
    """The shadow of the ball in the middle of a grey image."""
    rows, columns = np.mgrid[:SIZE, :SIZE]
    inside = (columns - CENTER[0]) ** 2 + (rows - CENTER[1]) ** 2 <= (BALL_PX / 2) ** 2
    return np.where(inside, 3000, 900).astype(np.uint16)


@pytest.fixture
def hip(tmp_path: Path) -> Path:
    """Two radiographs without any scale."""
    folder = tmp_path / "hip"
    write_series(folder, [image_dataset(shadow(), None, modality="CR", name="hip", number=each) for each in (1, 2)])
    return folder


@pytest.fixture
def driver(start: Start, hip: Path) -> Driver:
    """Caliper with the radiographs, the ball measured across."""
    driver = start(hip)
    driver.wait_for_image()
    driver.wait_for_rest()
    driver.key(Key.Key_Home)
    driver.wait_for_image()
    across_the_ball(driver)
    return driver


def spot(driver: Driver, column: float, row: float) -> Spot:
    return driver.spot_of(driver.viewport.plane.to_patient([(column, row)])[0])


def across_the_ball(driver: Driver) -> None:
    driver.key(Key.Key_D)
    half = BALL_PX / 2
    driver.drag(spot(driver, CENTER[0] - half, CENTER[1]), spot(driver, CENTER[0] + half, CENTER[1]))


def choose(driver: Driver, title: str) -> None:
    """Right click on the first mark, and that line of its menu."""
    driver.click(driver.middle(driver.records[0]), RIGHT)
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    (action,) = [action for action in menu.actions() if action.text().startswith(title)]
    QTest.mouseClick(menu, LEFT, pos=menu.actionGeometry(action).center())
    settle()


def field_of(driver: Driver) -> CalibrationField:
    field = driver.window.commands.calibrating.field
    assert field is not None
    assert field.isVisible()
    return field


def answer(driver: Driver, text: str, *, series: bool = False) -> None:
    """Type the true length, and Enter."""
    field = field_of(driver)
    if series:
        QTest.mouseClick(field.series, LEFT, pos=QPoint(10, field.series.height() // 2))
    field.length.clear()
    QTest.keyClicks(field.length, text)
    (take,) = [button for button in field.findChildren(QPushButton) if button.text() == "Calibrate"]
    QTest.mouseClick(take, LEFT)
    settle()


def calibrate(driver: Driver, text: str, *, series: bool = False) -> None:
    choose(driver, "Calibrate")
    answer(driver, text, series=series)
    driver.activate()


def shown(driver: Driver, density: Density = Density.FULL) -> Foreground:
    found = foreground_of(driver.viewport.tile, driver.viewport.camera, density, None, hidden=False)
    assert found is not None
    return found


def length(record: Record) -> tuple[float, str]:
    assert record.values[0].number is not None
    return record.values[0].number, record.values[0].unit


def apart(record: Record) -> float:
    start, end = record.measurement.figures[0].points
    return float(np.linalg.norm(np.subtract(start, end)))


def drawn_px(driver: Driver) -> float:
    """The length of the line in pixels of the image, as it was drawn: the mouse stops at whole pixels of the screen."""
    return apart(driver.records[0])


def test_a_line_of_known_length_gives_all_lengths_their_millimetres(driver: Driver) -> None:
    assert length(driver.records[0]) == (drawn_px(driver), "px")
    assert not [badge for badge in shown(driver).corners.badges if "alibration" in badge]
    calibrate(driver, "2.5 cm")
    assert driver.window.commands.calibrating.field is None
    number, unit = length(driver.records[0])
    assert number == pytest.approx(BALL_MM, rel=1e-12)
    assert unit == "mm"
    driver.key(Key.Key_D)
    driver.drag(spot(driver, 20, 200), spot(driver, 20, 40))
    number, unit = length(driver.records[1])
    assert (unit, driver.records[1].measurement.figures[0].plane.unit) == ("mm", "px")
    assert number == pytest.approx(apart(driver.records[1]) * BALL_MM / drawn_px(driver), rel=1e-12)
    driver.wait_saved()


def test_the_image_says_so_at_every_density_and_its_bar_is_in_mm(driver: Driver) -> None:
    assert shown(driver).lengths.unit == "px"
    calibrate(driver, "25 mm")
    made = driver.study.active.calibration
    assert made is not None
    for density in Density:
        badges = shown(driver, density).corners.badges
        assert badges[0] == f"User calibration, {made.created_at:%Y-%m-%d} by {made.author}"
        assert not any("in pixels" in badge for badge in badges)
    found, camera = shown(driver), driver.viewport.camera
    assert found.lengths.unit == "mm"
    bar_px = scale_bar_length(found.bar) * found.bar.scale
    assert bar_px / camera.scale * BALL_MM / drawn_px(driver) == pytest.approx(scale_bar_length(found.bar))


def test_one_step_takes_it_back_and_does_it_again(driver: Driver) -> None:
    before = driver.records
    calibrate(driver, "25 mm")
    after, made = driver.records, driver.study.calibrations.all
    assert driver.study.history.titles[-1] == "Calibrate"
    driver.key(Key.Key_Z, CONTROL)
    assert (driver.records, driver.study.calibrations.all) == (before, ())
    assert shown(driver).lengths.unit == "px"
    driver.key(Key.Key_Y, CONTROL)
    assert (driver.records, driver.study.calibrations.all) == (after, made)
    assert not driver.study.measurements.differs(after[0].measurement.uid)


def test_it_is_there_again_after_a_restart_and_can_still_be_taken_back(start: Start, hip: Path, driver: Driver) -> None:
    before = driver.records
    calibrate(driver, "25 mm", series=True)
    driver.wait_saved()
    after, made = driver.records, driver.study.calibrations.all
    driver.close()
    again = start(hip)
    again.wait_for_image()
    again.wait_for_rest()
    assert (again.records, again.study.calibrations.all) == (after, made)
    assert not again.study.measurements.differs(after[0].measurement.uid)
    assert shown(again).lengths.unit == "mm"
    again.key(Key.Key_Z, CONTROL)
    assert (again.records, again.study.calibrations.all) == (before, ())
    again.wait_saved()
    again.close()
    third = start(hip)
    third.wait_for_image()
    assert (third.records, third.study.calibrations.all) == (before, ())


def test_this_image_or_the_series(driver: Driver) -> None:
    calibrate(driver, "25 mm")
    driver.key(Key.Key_Down)
    driver.wait_for_image()
    assert driver.view.index == 1
    assert shown(driver).lengths.unit == "px"
    driver.key(Key.Key_Z, CONTROL)
    driver.key(Key.Key_Home)
    calibrate(driver, "25 mm", series=True)
    driver.key(Key.Key_Down)
    driver.wait_for_image()
    assert shown(driver).lengths.unit == "mm"


@pytest.mark.parametrize(
    ("text", "why"), [("25", "mm or cm"), ("", "no length"), ("0 mm", "above zero"), ("1,500 mm", "two ways")]
)
def test_what_cannot_be_a_length_is_refused_in_words_and_changes_nothing(driver: Driver, text: str, why: str) -> None:
    before = driver.records
    calibrate(driver, text)
    assert why in field_of(driver).why
    assert (driver.records, driver.study.calibrations.all) == (before, ())
    answer(driver, "25 mm")
    assert length(driver.records[0])[1] == "mm"


def test_where_geometry_is_known_it_is_refused_in_words(caliper: Driver) -> None:
    caliper.key(Key.Key_D)
    caliper.drag(caliper.part(0.4, 0.4), caliper.part(0.6, 0.5))
    choose(caliper, "Calibrate")
    assert caliper.window.commands.calibrating.field is None
    assert "in mm already" in caliper.message


def test_it_is_removed_again_by_the_menu_of_the_image(driver: Driver) -> None:
    before = driver.records
    calibrate(driver, "25 mm")
    driver.click(spot(driver, 30, 230), RIGHT)
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    (action,) = [action for action in menu.actions() if action.text() == "Remove user calibration"]
    QTest.mouseClick(menu, LEFT, pos=menu.actionGeometry(action).center())
    settle()
    assert [length(record) for record in driver.records] == [length(record) for record in before]
    assert driver.study.calibrations.all == ()


def test_the_image_can_be_used_while_the_field_is_open(driver: Driver) -> None:
    choose(driver, "Calibrate")
    assert not field_of(driver).isModal()
    driver.activate()
    driver.key(Key.Key_Down)
    assert driver.view.index == 1
    driver.key(Key.Key_Z, CONTROL)
    assert not driver.records
    answer(driver, "25 mm")
    assert "no distance" in field_of(driver).why


def test_list_and_mark_tell_where_the_unit_comes_from(driver: Driver) -> None:
    calibrate(driver, "25 mm")
    model = driver.window.measurements.model
    row = model.index_of(driver.records[0].measurement.uid)
    assert row.data(UID_ROLE) == driver.records[0].measurement.uid
    assert "user calibration" in row.data(Qt.ItemDataRole.ToolTipRole)
    at = driver.middle(driver.records[0])
    driver.move(spot(driver, 10, 10))
    driver.move(at)
    place = driver.canvas.mapToGlobal(QPoint(*at))
    QApplication.sendEvent(driver.canvas, QHelpEvent(QHelpEvent.Type.ToolTip, QPoint(*at), place))
    assert "user calibration" in QToolTip.text()


def test_the_uncertainty_stands_on_the_image_until_it_is_hidden(driver: Driver) -> None:
    calibrate(driver, "25 mm")
    item, action = driver.viewport.shown_marks.item, driver.window.actions_by_name["margins"]
    (mark,) = driver.viewport.marks()
    assert action.isChecked()
    assert item.labels.lines(mark)[0] == "25.0\u2009±\u20090.6\u2009mm"
    action.trigger()
    assert not action.isChecked()
    assert item.labels.lines(mark)[0] == "25.0\u2009mm"
    assert "±" in driver.window.measurements.model.index(0).data(Qt.ItemDataRole.AccessibleTextRole)
