"""Every kind by hand: drawn with its key and clicks, listed, taken back, deleted, kept, found again, exported."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from tests.report.reading import sheet, text
from tests.ui.job.conftest import Start
from tests.ui.job.driver import CONTROL, LEFT, NONE, Driver, same, settle
from viewer_app.measure.kind import OPEN_ENDED, Gesture, Kind
from viewer_app.measure.kinds import DRAWN, KINDS
from viewer_app.measure.measurement import Record
from viewer_app.report import read_json
from viewer_app.ui.panels.table.rows import measurement_row

Key = Qt.Key
SHARES = ((0.35, 0.4), (0.62, 0.46), (0.52, 0.3), (0.44, 0.6))


def take(driver: Driver, kind: Kind) -> None:
    """Press the tool's key."""
    QTest.keySequence(driver.window, QKeySequence(kind.shortcut))
    settle()


def count(driver: Driver) -> int:
    """How many measurements there are."""
    return len(driver.records)


def draw(driver: Driver, kind: Kind) -> Record:
    """Click the points of a kind one by one; one without an end is ended by a double click."""
    take(driver, kind)
    before = driver.records
    spots = [driver.part(*share) for share in SHARES[: min(kind.max_points, len(SHARES))]]
    if kind.gesture is Gesture.STROKE:
        driver.press(spots[0])
        for spot in spots:
            driver.move(spot)
        driver.release(spots[-1])
        return driver.records[-1]
    for spot in spots:
        assert driver.records == before
        driver.click(spot)
    if kind.max_points == OPEN_ENDED:
        assert driver.records == before
        driver.click(spots[-1])
    assert len(driver.records) == len(before) + 1
    return driver.records[-1]


@pytest.mark.parametrize("kind", DRAWN.values(), ids=DRAWN)
def test_a_kind_is_drawn_taken_back_moved_and_deleted(caliper: Driver, kind: Kind) -> None:
    made = draw(caliper, kind)
    assert made.measurement.kind == kind.name
    assert [value.key for value in made.values] == [quantity.key for quantity in kind.quantities]
    assert all(value.number is not None for value in made.values)
    assert caliper.viewport.selected == made.measurement.uid
    assert caliper.window.measurements.model.rowCount() == 1
    caliper.key(Key.Key_Z, CONTROL)
    assert count(caliper) == 0
    caliper.key(Key.Key_Y, CONTROL)
    assert caliper.records == (made,)
    grip = caliper.handle(made, 0)
    caliper.drag(grip, (grip[0] - 20, grip[1] + 15))
    assert caliper.records[0].measurement.figures != made.measurement.figures
    caliper.key(Key.Key_Z, CONTROL)
    caliper.key(Key.Key_Delete)
    assert count(caliper) == 0
    caliper.key(Key.Key_Z, CONTROL)
    assert caliper.records == (made,)


def test_every_kind_comes_back_and_stands_in_every_report(start: Start, sample: Path, tmp_path: Path) -> None:
    driver = start(sample)
    driver.wait_for_rest()
    for index, kind in enumerate(DRAWN.values()):
        driver.wheel(-1)
        draw(driver, kind)
        if not index % 3:
            driver.key(Key.Key_F2)
            driver.write(f"No. {index}")
    driver.wait_saved()
    made = driver.records
    driver.close()

    again = start(sample)
    again.wait_for_rest()
    assert same(again.records, made)
    assert not any(again.study.measurements.differs(record.measurement.uid) for record in made)
    for suffix in ("xlsx", "csv", "json"):
        path = tmp_path / f"report.{suffix}"
        again.window.commands.exporting.report_to(path)
        again.wait_until(partial(_is_told, again, path), "a report")
    rows = sheet((tmp_path / "report.xlsx").read_bytes())
    assert [text(row["Kind"]) for row in rows] == [kind.title for kind in DRAWN.values()]
    assert [row["Value"].value for row in rows] == [next((v.number for v in r.values), None) for r in made]
    assert read_json(tmp_path / "report.json").records == again.records


def _is_told(driver: Driver, path: Path) -> bool:
    return driver.message == f"The report is written: {path.name}"


@pytest.mark.parametrize("name", ["arrow", "text_note"])
def test_a_mark_without_numbers_is_called_by_its_label(caliper: Driver, name: str) -> None:
    made = draw(caliper, KINDS[name])
    row = measurement_row(made, differs=False)
    assert (row.label, row.value, row.detail, row.doubtful) == (KINDS[name].title, "", "", False)
    assert caliper.viewport.hit(caliper.handle(made, 0)) is not None
    caliper.key(Key.Key_F2)
    caliper.write("see here")
    row = measurement_row(caliper.records[0], differs=False)
    assert (row.label, row.value) == ("see here", "")
    caliper.viewport.grab()  # painted with its label, and without


def test_the_short_axis_is_drawn_at_right_angles(caliper: Driver) -> None:
    made = draw(caliper, KINDS["two_diameters"])
    points = np.asarray(made.measurement.figures[0].points)
    first, second = points[1] - points[0], points[3] - points[2]
    assert abs(first @ second) < 1e-9 * np.linalg.norm(first) * np.linalg.norm(second)
    assert caliper.handle(made, 2) == caliper.part(*SHARES[2])
    assert measurement_row(made, differs=False).detail.startswith("short axis ")


def test_a_polyline_goes_on_until_a_second_click_in_one_place(caliper: Driver) -> None:
    take(caliper, KINDS["polyline"])
    spots = [caliper.part(0.3 + 0.03 * step, 0.4 + 0.05 * (step % 2)) for step in range(9)]
    for spot in spots:
        caliper.click(spot)
    assert count(caliper) == 0
    QTest.mouseDClick(caliper.canvas, LEFT, NONE, QPoint(*spots[-1]))  # the second press of a double click
    caliper.release(spots[-1])
    (made,) = caliper.records
    places = np.asarray(made.measurement.figures[0].points)
    assert len(places) == 9
    assert made.values[0].number == pytest.approx(np.linalg.norm(np.diff(places, axis=0), axis=1).sum(), rel=1e-12)
    caliper.click(caliper.part(0.7, 0.7))
    caliper.click(caliper.part(0.75, 0.7))
    caliper.key(Key.Key_Escape)
    assert caliper.records == (made,)


@pytest.mark.parametrize("width", [1024, 1200, 1500, 2100])
def test_no_button_is_lost_in_a_narrow_window(caliper: Driver, width: int) -> None:
    """Measuring tools that do not fit are in a menu; all else is in the row, in sight."""
    caliper.resize(width, 760)
    top, actions = caliper.window.top, caliper.window.actions_by_name
    others = [top.widgetForAction(actions[name]) for name in ("open_folder", "crosshair", "mpr", "undo", "report")]
    caliper.wait_until(lambda: all(map(partial(_is_inside, top), others)), "every button of the row")
    hidden = [button.defaultAction() for button in top.kinds.buttons if button.isHidden()]
    assert bool(hidden) is top.kinds.more.isVisible()
    assert [action.objectName() for action in top.kinds.more.menu().actions()] == [
        *DRAWN,
        "volume_brush",
        "volume_grow",
    ]
    usual = top.kinds.more.icon().cacheKey()
    for action in (*hidden[:1], *hidden[-1:]):
        action.trigger()
        assert top.kinds.more.isChecked()
        assert top.kinds.more.icon().cacheKey() == action.icon().cacheKey()  # it stands for the one in use
        assert top.kinds.more.toolTip() == action.toolTip()
        actions["scroll"].trigger()
        assert not top.kinds.more.isChecked()
        assert (top.kinds.more.icon().cacheKey(), top.kinds.more.toolTip()) == (usual, "All measuring tools")
    assert width < 2100 or not hidden


def _is_inside(row: QWidget, button: QWidget) -> bool:
    return button.isVisible() and row.rect().contains(button.geometry())
