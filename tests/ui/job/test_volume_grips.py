"""Volumes held like other marks: taken by a click, labelled, told when their marks change; strokes where they end."""

from __future__ import annotations

import itertools
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import ArrayLike
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu

from tests.ui.job.driver import CONTROL, RIGHT, Driver, Spot, settle
from tests.ui.job.test_volumes import circles, grown, middle, number, region, sphere, take, titles
from viewer_app.measure.kinds import DRAWN
from viewer_app.measure.measurement import Record
from viewer_app.report import read_json
from viewer_app.session.contours import CHANGED, marks_have_changed
from viewer_app.ui.panels.table.rows import TableRow
from viewer_app.ui.tools.brush import Limit

__all__ = ["sphere"]
Key = Qt.Key
Box = tuple[float, float, float, float]


def overlap(one: Box, other: Box) -> bool:
    """Whether two boxes (left, top, right, bottom) have a pixel in common."""
    return max(one[0], other[0]) < min(one[2], other[2]) and max(one[1], other[1]) < min(one[3], other[3])


def row_of(driver: Driver, record: Record) -> TableRow:
    """The row of a record in the table."""
    settle()
    rows = driver.window.measurements.model.rows
    return next(row for row in rows if row.uid == record.measurement.uid)


def box(driver: Driver, record: Record) -> Box:
    """Where its label stands."""
    driver.canvas.repaint()
    return driver.viewport.shown_marks.item.labels.boxes[record.measurement.uid]


def painted(driver: Driver, at: Spot, diameter_mm: float = 4.0) -> Record:
    """A volume of its own, of one dab."""
    brush = driver.window.manner.brush
    brush.set(replace(brush.painting, diameter_mm=diameter_mm))
    driver.window.actions_by_name["new_volume"].trigger()
    take(driver, "Shift+B")
    driver.click(at)
    return driver.records[-1]


def test_a_click_takes_a_volume_and_a_drag_is_the_tools(sphere: Driver) -> None:
    made = grown(sphere)
    take(sphere, "W")
    sphere.click(sphere.part(0.1, 0.5))
    assert sphere.viewport.selected == ""
    before = sphere.view.window
    sphere.drag(middle(sphere), middle(sphere, 4.0))
    assert sphere.view.window != before
    assert sphere.viewport.selected == ""
    sphere.click(middle(sphere))
    assert sphere.viewport.selected == made.measurement.uid
    QTest.mouseClick(sphere.canvas, Qt.MouseButton.LeftButton, CONTROL, QPoint(*middle(sphere)))
    settle()
    assert sphere.viewport.selected == ""
    sphere.click(middle(sphere))
    sphere.key(Key.Key_Delete)
    assert not sphere.records
    sphere.key(Key.Key_Z, CONTROL)
    assert list(sphere.records) == [made]


def test_a_mark_over_a_volume_is_taken_first_and_who_draws_draws(sphere: Driver) -> None:
    made = grown(sphere)
    take(sphere, DRAWN["distance"].shortcut)
    sphere.drag(middle(sphere, -6.0), middle(sphere, 6.0))
    assert len(sphere.records) == 2
    take(sphere, "W")
    over = middle(sphere, 2.0)
    sphere.click(over)
    assert sphere.viewport.selected == sphere.records[-1].measurement.uid
    sphere.click((over[0], over[1] + 30))
    assert sphere.viewport.selected == made.measurement.uid


def test_the_menu_of_a_volume_has_what_is_done_with_volumes(sphere: Driver) -> None:
    made = grown(sphere)
    take(sphere, "W")
    sphere.click(middle(sphere), RIGHT)
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    offered = [action.text() for action in menu.actions()]
    assert {"Fill holes", "Keep the largest part", "Volumes of this label …"} <= set(offered)
    assert not any("next image" in text or "Copy marks" in text for text in offered)
    colors = next(action.menu() for action in menu.actions() if isinstance(action.menu(), QMenu))
    assert isinstance(colors, QMenu)
    next(action for action in colors.actions() if action.text() == "Pink").trigger()
    menu.close()
    assert sphere.viewport.selected == made.measurement.uid
    assert sphere.records[0].measurement.color == "#ff8fc7"
    sphere.key(Key.Key_F2)
    sphere.write("Node")
    assert sphere.records[0].measurement.label == "Node"
    assert sphere.records[0].values == made.values


def test_labels_of_volumes_keep_clear_and_are_moved_by_hand(sphere: Driver) -> None:
    made = [painted(sphere, middle(sphere, across)) for across in (-5.0, 0.0, 5.0)]
    assert len({record.measurement.uid for record in made}) == 3
    take(sphere, DRAWN["distance"].shortcut)
    sphere.drag(middle(sphere, -9.0), middle(sphere, 9.0))
    take(sphere, "W")
    sphere.click(sphere.part(0.02, 0.5))
    sphere.move(sphere.part(0.02, 0.5))
    boxes = [box(sphere, record) for record in sphere.records]
    assert not any(overlap(one, other) for one, other in itertools.combinations(boxes, 2))
    written = [(at.left(), at.top(), at.right(), at.bottom()) for at in sphere.viewport.painting.written]
    assert not any(overlap(one, other) for one in boxes for other in written)
    left, top, right, bottom = boxes[0]
    start = round((left + right) / 2), round((top + bottom) / 2)
    end = start[0] - 40, start[1] + 60
    sphere.drag(start, end)
    assert titles(sphere)[-1] == "Move label"
    moved = box(sphere, sphere.records[0])
    assert ((moved[0] + moved[2]) / 2, (moved[1] + moved[3]) / 2) == pytest.approx(end, abs=2)
    sphere.wheel(-1)
    sphere.wheel(1)
    assert box(sphere, sphere.records[0]) == pytest.approx(moved, abs=0.5)
    sphere.key(Key.Key_Z, CONTROL)
    assert sphere.records[0].measurement.label_offset is None


def test_hidden_marks_hide_volumes_too(sphere: Driver) -> None:
    grown(sphere)
    sphere.window.actions_by_name["hide_marks"].trigger()
    settle()
    assert sphere.viewport.volumes() == ()
    assert sphere.viewport.hit(middle(sphere)) is None
    sphere.window.actions_by_name["select_all"].trigger()
    settle()
    assert len(sphere.viewport.volumes()) == len(sphere.viewport.selection) == 1


def test_a_volume_says_that_its_marks_changed_and_is_updated(sphere: Driver, tmp_path: Path) -> None:
    first = sphere.view.index - 1
    drawn = circles(sphere, iter((first, first + 1)))
    sphere.window.actions_by_name["volume_contours"].trigger()
    sphere.wait_until(lambda: len(sphere.records) == 3, "a volume")
    made = sphere.records[-1]
    assert made.measurement.made_of == tuple(mark.uid for mark in drawn)
    assert not row_of(sphere, made).is_left_behind
    take(sphere, "W")
    sphere.click_row(1)
    sphere.drag(sphere.handle(sphere.records[1], 1), middle(sphere, 6.0))
    assert sphere.records[1].measurement != drawn[1]
    assert row_of(sphere, made).note == CHANGED
    assert sphere.records[-1] == made
    sphere.window.commands.exporting.report_to(tmp_path / "report.json")
    sphere.wait_until(lambda: sphere.message.startswith("The report is written"), "a report")
    notes = [record.values[0].note for record in read_json(tmp_path / "report.json").records]
    assert [CHANGED in note for note in notes] == [False, False, True]
    sphere.click_row(2)
    sphere.window.actions_by_name["volume_update"].trigger()
    sphere.wait_until(lambda: sphere.records[-1] != made, "an update")
    now = sphere.records[-1]
    areas = [number(record, "area") for record in sphere.records[:2]]
    assert number(now) == pytest.approx(sum(areas) * 1.25 / 1000.0, rel=0.005)
    assert row_of(sphere, now).note != CHANGED
    sphere.key(Key.Key_Z, CONTROL)
    assert sphere.records[-1] == made
    assert marks_have_changed(sphere.study, made.measurement)
    sphere.key(Key.Key_Z, CONTROL)
    assert not marks_have_changed(sphere.study, made.measurement)
    sphere.click_row(0)
    sphere.key(Key.Key_Delete)
    sphere.click_row(1)
    sphere.window.actions_by_name["volume_update"].trigger()
    assert "too few" in sphere.message
    assert sphere.records[-1] == made


def covered(driver: Driver, path: ArrayLike, radius: float) -> set[tuple[int, int]]:
    """Row and column of the pixels whose centres are nearer to a path (n, 3) than `radius`, one by one."""
    stack = driver.study.stack
    assert stack is not None
    image = stack.images[driver.view.index]
    rows, columns = np.indices(driver.study.measuring.volumetry.grid(stack).shape[1:])
    pixels = np.stack([columns.ravel(), rows.ravel()], axis=1)
    centers = image.plane.to_patient(pixels)
    ends = np.asarray(path, dtype=np.float64).reshape(-1, 3)
    start, way = ends[0], ends[-1] - ends[0]
    share = np.clip((centers - start) @ way / max(float(way @ way), 1e-12), 0, 1)
    near = np.linalg.norm(centers - (start + share[:, None] * way), axis=1) < radius
    return {(int(row), int(column)) for column, row in pixels[near]}


def filled(driver: Driver, record: Record) -> set[tuple[int, int]]:
    """Row and column of its voxels on the slice on show, where all of them are."""
    (layer,) = region(record).layers
    assert layer.index == driver.view.index
    rows, columns = layer.mask().nonzero()
    return set(zip((rows + layer.top).tolist(), (columns + layer.left).tolist(), strict=True))


def corner(driver: Driver, column: float, row: float) -> Spot:
    """Where a pixel coordinate of the image is seen."""
    return driver.spot_of(driver.viewport.plane.to_patient([(column, row)]))


@pytest.mark.parametrize("turned", [(), ("Alt+R",), ("Alt+F",), ("Alt+L", "Alt+F")])
@pytest.mark.parametrize("zoom", [0, 12])
def test_a_stroke_covers_the_same_pixels_on_any_view(sphere: Driver, turned: tuple[str, ...], zoom: int) -> None:
    for keys in turned:
        take(sphere, keys)
    sphere.wheel(zoom, middle(sphere), CONTROL)
    take(sphere, "Shift+B")
    sphere.window.manner.brush.set(replace(sphere.viewport.brush.painting, diameter_mm=3.0))
    ends = middle(sphere, -1.5), middle(sphere, 1.0)
    sphere.press(ends[0])
    sphere.move(ends[1])
    sphere.release(ends[1])
    path = [sphere.viewport.patient_point(end) for end in ends]
    assert titles(sphere) == ("Paint",)
    assert filled(sphere, sphere.records[0]) == covered(sphere, path, 1.5)


def test_a_stroke_over_the_border_paints_what_is_inside(sphere: Driver) -> None:
    take(sphere, "Shift+B")
    at = corner(sphere, -0.5, 20.0)
    sphere.click(at)
    assert filled(sphere, sphere.records[0]) == covered(sphere, [sphere.viewport.patient_point(at)], 5.0)
    assert min(column for _, column in filled(sphere, sphere.records[0])) == 0


def test_a_stroke_beside_the_image_says_that_nothing_was_painted(sphere: Driver) -> None:
    take(sphere, "Shift+B")
    beside = corner(sphere, -12.0, 20.0)
    sphere.click(beside)
    assert "no voxel has its centre under the brush" in sphere.message
    assert not sphere.records
    made = painted(sphere, middle(sphere))
    sphere.window.message.hide()
    sphere.click(middle(sphere))
    assert sphere.message == ""
    assert list(sphere.records) == [made]
    brush = sphere.window.manner.brush
    brush.set(replace(brush.painting, limit=Limit.TYPED, low=5000.0, high=6000.0))
    sphere.click(middle(sphere, 4.0))
    assert "in the range" in sphere.message
    assert titles(sphere) == ("Paint",)
