"""The hand at the real window: points taken back, ended by keys, constrained, nudged, typed, snapped, looked at
through the lens, placed on slices apart; words typed at the mark."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtTest import QTest

from tests.imaging.test_c08_ultrasound_regions import LEFT as LEFT_PART
from tests.imaging.test_c08_ultrasound_regions import RIGHT as RIGHT_PART
from tests.imaging.test_c08_ultrasound_regions import region, ultrasound
from tests.ui.job.conftest import Start
from tests.ui.job.driver import CONTROL, LEFT, NONE, SHIFT, Driver, Spot, settle
from viewer_app.imaging.geometry import Vector, vector
from viewer_app.imaging.volume import PlanarImage
from viewer_app.measure.edge_snap import edge_near
from viewer_app.measure.kind import OPEN_ENDED, Kind
from viewer_app.measure.kinds import KINDS
from viewer_app.measure.measurement import Record
from viewer_app.measure.present import within
from viewer_app.phantom.dicom import write_series
from viewer_app.ui.views.hand_marks import words_of
from viewer_app.ui.views.magnifier import LENS_PX
from viewer_app.ui.widgets import LineField

Key = Qt.Key
SHARES = ((0.35, 0.4), (0.62, 0.42), (0.6, 0.65), (0.4, 0.6))


def take(driver: Driver, name: str) -> None:
    """Press the tool's key."""
    QTest.keySequence(driver.window, QKeySequence(KINDS[name].shortcut))
    settle()


def press_key(driver: Driver, key: Qt.Key, modifiers: Qt.KeyboardModifier = NONE) -> None:
    """A key into what has the keyboard, as a real one goes."""
    driver.activate()
    field = driver.window.focusWidget()
    assert field is not None
    QTest.keyClick(field, key, modifiers)
    settle()


def points_of(record: Record) -> list[tuple[float, ...]]:
    """Of all figures."""
    return [point for figure in record.measurement.figures for point in figure.points]


def fields(driver: Driver) -> list[LineField]:
    """The small fields over the image."""
    return [field for field in driver.viewport.findChildren(LineField) if field.isVisible()]


def type_into(driver: Driver, text: str, key: Qt.Key = Key.Key_Return) -> None:
    """Type into the one field, then a key."""
    (field,) = fields(driver)
    QTest.keyClicks(field.edit, text)
    QTest.keyClick(field.edit, key)
    settle()


def is_lens_shown(driver: Driver) -> bool:
    """Whether there is a lens over the image."""
    return driver.viewport.painting.lens.is_shown


def draw_distance(driver: Driver) -> Record:
    """A distance in the middle."""
    take(driver, "distance")
    driver.drag(driver.part(0.4, 0.4), driver.part(0.6, 0.5))
    return driver.records[-1]


def shift_click(driver: Driver, at: Spot) -> None:
    """A click with Shift held."""
    driver.move(at)
    QTest.mouseClick(driver.canvas, LEFT, SHIFT, QPoint(*at))
    settle()


@pytest.mark.parametrize("name", [kind.name for kind in KINDS.values() if kind.max_points == OPEN_ENDED])
@pytest.mark.parametrize("key", [Key.Key_Return, Key.Key_Enter])
def test_enter_ends_what_has_no_end(caliper: Driver, name: str, key: Qt.Key) -> None:
    if name == "freehand":
        pytest.skip("a stroke ends with the button")
    take(caliper, name)
    for share in SHARES:
        caliper.click(caliper.part(*share))
    caliper.move(caliper.part(0.3, 0.5))
    assert caliper.viewport.shown_marks.in_hand is not None
    press_key(caliper, key)
    (record,) = caliper.records
    assert len(points_of(record)) == len(SHARES)
    assert caliper.viewport.shown_marks.in_hand is None


@pytest.mark.parametrize("name", ["polygon", "spline"])
def test_a_click_on_the_first_point_closes(caliper: Driver, name: str) -> None:
    take(caliper, name)
    spots = [caliper.part(*share) for share in SHARES]
    for spot in spots[:2]:
        caliper.click(spot)
    caliper.click((spots[0][0] + 3, spots[0][1]))  # too few for an end: a point like any other
    assert not caliper.records
    caliper.key(Key.Key_Backspace)
    for spot in spots[2:]:
        caliper.click(spot)
    caliper.move((spots[0][0] + 3, spots[0][1] - 2))
    assert caliper.viewport.painting.aid is not None
    assert caliper.viewport.painting.aid.words == "closes"
    caliper.click((spots[0][0] + 3, spots[0][1] - 2))
    (record,) = caliper.records
    assert len(points_of(record)) == 4


def test_backspace_takes_points_back_to_none(caliper: Driver) -> None:
    take(caliper, "polyline")
    spots = [caliper.part(*share) for share in SHARES]
    for spot in spots:
        caliper.click(spot)
    for _ in range(2):
        press_key(caliper, Key.Key_Backspace)
    caliper.click(spots[3])
    press_key(caliper, Key.Key_Return)
    (record,) = caliper.records
    assert [caliper.handle(record, index) for index in range(3)] == [spots[0], spots[1], spots[3]]
    take(caliper, "polyline")
    caliper.click(caliper.part(0.3, 0.8))
    caliper.click(caliper.part(0.4, 0.8))
    for _ in range(2):
        press_key(caliper, Key.Key_Backspace)
    assert caliper.viewport.hand.drawing is None
    assert caliper.records == (record,)
    press_key(caliper, Key.Key_Backspace)  # nothing is drawn and nothing selected: nothing to delete
    assert caliper.records == (record,)


def test_a_line_is_seen_before_there_are_points_enough(caliper: Driver) -> None:
    take(caliper, "spline")
    caliper.click(caliper.part(*SHARES[0]))
    caliper.move(caliper.part(*SHARES[1]))
    aid = caliper.viewport.painting.aid
    assert aid is not None
    assert [caliper.spot_of(point) for point in aid.line] == [caliper.part(*share) for share in SHARES[:2]]
    caliper.viewport.grab()
    caliper.key(Key.Key_Escape)
    assert caliper.viewport.painting.aid is None


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_esc_ends_the_drawing_and_nothing_else(caliper: Driver, kind: Kind) -> None:
    record = draw_distance(caliper)
    before = caliper.view
    take(caliper, kind.name)
    caliper.hold(caliper.part(0.3, 0.7), caliper.part(0.4, 0.8))
    caliper.key(Key.Key_Escape)
    caliper.release(caliper.part(0.4, 0.8))
    assert (caliper.records, caliper.view) == ((record,), before)
    assert caliper.viewport.hand.pending is None


def test_shift_makes_level_lines_squares_and_circles(caliper: Driver) -> None:
    take(caliper, "distance")
    caliper.click(caliper.part(0.3, 0.3))
    shift_click(caliper, caliper.part(0.6, 0.33))
    plane = caliper.viewport.plane
    line = plane.in_plane(points_of(caliper.records[0]))
    assert line[0][1] == pytest.approx(line[1][1], abs=1e-9)
    for name in ("rectangle", "ellipse"):
        take(caliper, name)
        caliper.click(caliper.part(0.3, 0.5))
        shift_click(caliper, caliper.part(0.55, 0.6))
        across, down = np.abs(np.subtract(*plane.in_plane(points_of(caliper.records[-1]))))
        assert across == pytest.approx(down, abs=1e-9)
        assert across > 10


def test_a_rectangle_is_held_by_every_corner(caliper: Driver) -> None:
    take(caliper, "rectangle")
    left, top = caliper.part(0.3, 0.3)
    right, bottom = caliper.part(0.6, 0.6)
    caliper.drag((left, top), (right, bottom))
    caliper.drag((right, top), (right + 30, top - 20))
    (record,) = caliper.records
    assert [caliper.handle(record, index) for index in (0, 1)] == [(left, top - 20), (right + 30, bottom)]
    caliper.drag((left, bottom), (left - 10, bottom + 10))
    (record,) = caliper.records
    assert [caliper.handle(record, index) for index in (0, 1)] == [(left - 10, top - 20), (right + 30, bottom + 10)]


def test_arrow_keys_move_what_a_click_took_and_each_burst_is_one_step(caliper: Driver) -> None:
    record = draw_distance(caliper)
    index = caliper.view.index
    press_key(caliper, Key.Key_Down)
    assert caliper.view.index == index + 1  # drawn, not taken: arrows go through the images
    press_key(caliper, Key.Key_Up)
    caliper.click(caliper.handle(record, 1))
    for _ in range(3):
        press_key(caliper, Key.Key_Right)
    press_key(caliper, Key.Key_Up, SHIFT)
    (moved,) = caliper.records
    plane = caliper.viewport.plane
    assert plane.to_pixels(points_of(moved))[1] - plane.to_pixels(points_of(record))[1] == pytest.approx([0.3, -1.0])
    assert points_of(moved)[0] == points_of(record)[0]
    assert list(caliper.study.history.titles) == ["Draw distance", "Nudge"]
    caliper.key(Key.Key_Z, CONTROL)  # a burst is one step, also before the keys have rested
    assert caliper.records == (record,)
    press_key(caliper, Key.Key_Left)
    QTest.qWait(600)
    press_key(caliper, Key.Key_Left)
    assert caliper.study.history.titles == ("Draw distance", "Nudge", "Nudge")
    caliper.key(Key.Key_Z, CONTROL)
    caliper.key(Key.Key_Z, CONTROL)
    assert caliper.records == (record,)
    assert caliper.view.index == index


def test_arrow_keys_move_the_whole_mark_as_the_image_is_turned(caliper: Driver) -> None:
    record = draw_distance(caliper)
    caliper.window.commands.turning.right()
    settle()
    before = caliper.viewport.camera.to_screen(caliper.viewport.plane.in_plane(points_of(record)))
    caliper.click(caliper.middle(record))
    press_key(caliper, Key.Key_Right, SHIFT)
    after = caliper.viewport.camera.to_screen(caliper.viewport.plane.in_plane(points_of(caliper.records[0])))
    assert (after - before)[:, 1] == pytest.approx([0, 0], abs=1e-6)
    pixel = caliper.viewport.plane.row_spacing * caliper.viewport.camera.scale
    assert (after - before)[:, 0] == pytest.approx([pixel, pixel])


def test_a_typed_length_ends_the_line_along_its_direction(caliper: Driver) -> None:
    take(caliper, "distance")
    caliper.click(caliper.part(0.3, 0.3))
    caliper.move(caliper.part(0.5, 0.5))
    window = caliper.viewport.tile.chosen_window()
    press_key(caliper, Key.Key_4)
    type_into(caliper, "2.5")
    (record,) = caliper.records
    assert record.values[0].number == pytest.approx(42.5, rel=1e-9)
    start, end = caliper.handle(record, 0), caliper.handle(record, 1)
    assert end[0] - start[0] == pytest.approx(
        (end[1] - start[1]) * caliper.part(0.2, 0.2)[0] / caliper.part(0.2, 0.2)[1], abs=2
    )
    assert caliper.viewport.tile.chosen_window() == window


def test_a_typed_length_is_given_up_by_esc_alone_and_refused_in_words(caliper: Driver) -> None:
    take(caliper, "distance")
    caliper.click(caliper.part(0.3, 0.3))
    caliper.move(caliper.part(0.5, 0.5))
    press_key(caliper, Key.Key_4)
    type_into(caliper, "2", Key.Key_Escape)
    assert caliper.viewport.hand.drawing is not None
    press_key(caliper, Key.Key_4)
    type_into(caliper, "x")
    assert "no length" in caliper.message
    assert not caliper.records
    press_key(caliper, Key.Key_1)
    type_into(caliper, "0,5")
    assert caliper.records[0].values[0].number == pytest.approx(10.5, rel=1e-9)


def test_a_held_distance_gets_a_typed_length(caliper: Driver) -> None:
    record = draw_distance(caliper)
    caliper.click(caliper.handle(record, 0))
    press_key(caliper, Key.Key_3)
    type_into(caliper, "0")
    (changed,) = caliper.records
    assert changed.values[0].number == pytest.approx(30, rel=1e-9)
    assert points_of(changed)[1] == points_of(record)[1]
    assert caliper.study.history.titles[-1] == "Set length"


def test_a_3d_distance_keeps_its_first_point_while_images_are_gone_through(caliper: Driver) -> None:
    take(caliper, "distance_3d")
    spot = caliper.part(0.4, 0.4)
    caliper.click(spot)
    caliper.wheel(-4)
    caliper.move((spot[0] + 40, spot[1]))
    before = caliper.viewport.shown_marks.in_hand
    caliper.key(Key.Key_Down)
    caliper.wait_for_image()
    assert before is not None
    after = caliper.viewport.shown_marks.in_hand
    assert after is not None
    assert after.values != before.values  # the live value follows the image
    pending = caliper.viewport.hand.pending
    assert pending is not None
    height = abs(caliper.viewport.plane.height(pending.figures[0].points[:1])[0])
    assert words_of(caliper.viewport.plane, pending) == f"first point, {height:.1f} mm from this plane"
    caliper.move((spot[0] + 60, spot[1]))
    assert caliper.viewport.shown_marks.in_hand is not None
    caliper.viewport.grab()
    caliper.click((spot[0] + 60, spot[1]))
    (record,) = caliper.records
    points = np.array(points_of(record))
    assert len(record.measurement.figures) == 2
    assert record.values[0].number == pytest.approx(float(np.linalg.norm(points[1] - points[0])), rel=1e-12)
    assert abs(caliper.viewport.plane.height(points)[0]) == pytest.approx(height)
    hit = caliper.viewport.hit((spot[0] + 60, spot[1]))
    assert hit is not None
    assert hit.figure == 1
    caliper.drag((spot[0] + 60, spot[1]), (spot[0] + 90, spot[1] + 10))
    assert points_of(caliper.records[0])[0] == points_of(record)[0]
    assert points_of(caliper.records[0])[1] != points_of(record)[1]


@pytest.mark.parametrize("key", [Key.Key_Escape, Key.Key_Backspace])
def test_the_first_point_of_a_3d_distance_is_given_up_by_a_key(caliper: Driver, key: Qt.Key) -> None:
    take(caliper, "distance_3d")
    caliper.click(caliper.part(0.4, 0.4))
    caliper.wheel(-2)
    index = caliper.view.index
    press_key(caliper, key)
    assert caliper.viewport.hand.pending is None
    assert caliper.view.index == index
    assert not caliper.records


@pytest.mark.parametrize("name", ["text_note", "arrow"])
def test_words_are_typed_at_the_mark(caliper: Driver, name: str) -> None:
    take(caliper, name)
    caliper.drag(caliper.part(0.4, 0.4), caliper.part(0.5, 0.5))
    type_into(caliper, "old fracture")
    (worded,) = caliper.records
    assert worded.measurement.label == "old fracture"
    assert caliper.study.history.titles == (f"Draw {within(KINDS[name].title)}",)  # drawing and words are one step
    caliper.key(Key.Key_Z, CONTROL)
    assert list(caliper.records) == []
    caliper.key(Key.Key_Y, CONTROL)
    assert caliper.records == (worded,)
    assert not fields(caliper)


def test_after_esc_an_arrow_stays_without_words_and_a_note_is_taken_back(caliper: Driver) -> None:
    take(caliper, "arrow")
    caliper.drag(caliper.part(0.4, 0.7), caliper.part(0.5, 0.8))
    type_into(caliper, "x", Key.Key_Escape)
    (arrow,) = caliper.records
    assert arrow.measurement.label == ""
    take(caliper, "text_note")
    caliper.click(caliper.part(0.3, 0.4))
    type_into(caliper, "x", Key.Key_Escape)
    assert caliper.records == (arrow,)
    caliper.key(Key.Key_Y, CONTROL)
    assert caliper.records[0] == arrow
    assert len(caliper.records) == 2  # nothing that was drawn is out of reach


def test_words_that_are_being_typed_are_kept_when_the_study_is_left(caliper: Driver) -> None:
    here, (prior,) = caliper.study.study, caliper.workspace.priors()
    take(caliper, "text_note")
    caliper.click(caliper.part(0.4, 0.4))
    (field,) = fields(caliper)
    QTest.keyClicks(field.edit, "old fracture")
    caliper.workspace.choose(prior)
    caliper.wait_until(lambda: caliper.study.study is prior and caliper.study.is_shown, "the prior")
    assert not fields(caliper)
    caliper.workspace.choose(here)
    caliper.wait_until(lambda: caliper.study.study is here and caliper.records, "the study again")
    assert [record.measurement.label for record in caliper.records] == ["old fracture"]
    assert caliper.study.history.titles == ("Draw text note",)


def test_the_lens_is_under_the_cursor_while_points_are_placed_and_the_switch_is_remembered(caliper: Driver) -> None:
    caliper.key(Key.Key_G, Qt.KeyboardModifier.AltModifier)
    take(caliper, "distance")
    caliper.move(caliper.part(0.3, 0.3))
    assert is_lens_shown(caliper)
    index = caliper.view.index
    caliper.wheel(-1)
    assert caliper.view.index == index + 1
    caliper.click(caliper.part(0.3, 0.3))
    caliper.move(caliper.part(0.31, 0.3))
    for spot in (caliper.part(0.5, 0.5), caliper.part(0.3, 0.33), caliper.part(0.4, 0.03), caliper.part(0.4, 0.97)):
        caliper.move(spot)
        assert is_lens_shown(caliper)
        caliper.viewport.grab()
        (label,) = caliper.viewport.label_boxes  # the lens would cut the number
        nearest = np.clip(spot, label.topLeft().toTuple(), label.bottomRight().toTuple())
        assert LENS_PX / 2 < np.hypot(*(nearest - spot)) < LENS_PX / 2 + 40
    caliper.click(caliper.part(0.5, 0.5))
    take(caliper, "distance")
    caliper.key(Key.Key_W)
    caliper.move(caliper.part(0.7, 0.7))
    assert not is_lens_shown(caliper)
    assert caliper.window._settings.value("placing_lens", type=bool) is True
    assert caliper.window.actions_by_name["placing_lens"].isChecked()


def test_points_snap_to_edges_where_that_is_wished(caliper: Driver) -> None:
    image = caliper.viewport.tile.current_image()
    assert image is not None
    edge = caliper.spot_of(_beside_an_edge(image))
    take(caliper, "distance")
    caliper.click(edge)
    caliper.click(caliper.part(0.5, 0.5))
    assert caliper.handle(caliper.records[0], 0) == edge
    caliper.key(Key.Key_Z, CONTROL)
    caliper.window.actions_by_name["snap_to_edge"].trigger()
    caliper.move(edge)
    assert caliper.viewport.painting.aid is not None
    assert caliper.viewport.painting.aid.words == "on the edge"
    caliper.viewport.grab()
    caliper.click(edge)
    caliper.click(caliper.part(0.5, 0.5))
    found = image.plane.to_pixels(points_of(caliper.records[0]))[0]
    assert 0.1 < np.linalg.norm(found - image.plane.to_pixels([caliper.viewport.patient_point(edge)])[0]) <= 3


def _beside_an_edge(image: PlanarImage) -> Vector:
    """The patient point 0.8 pixels to the right of the steepest place in a row that has an edge."""
    jumps = np.abs(np.diff(image.modality_values(), axis=1))[20:-20, 20:-20]
    for flat in np.argsort(jumps, axis=None)[::-1]:
        row, column = np.unravel_index(int(flat), jumps.shape)
        beside = column + 20.5 + 0.8, row + 20.0
        if edge_near(image, beside) is not None:
            return vector(image.plane.to_patient([beside])[0])
    raise AssertionError("no edge in the image")


def test_many_handles_are_shown_when_selected_and_as_many_as_can_be_gripped(caliper: Driver) -> None:
    take(caliper, "polygon")
    middle = caliper.part(0.5, 0.5)
    turns = np.linspace(0, 2 * np.pi, 60, endpoint=False)
    for turn in turns:
        caliper.click((middle[0] + round(80 * np.cos(turn)), middle[1] + round(80 * np.sin(turn))))
    press_key(caliper, Key.Key_Return)
    (mark,) = caliper.viewport.marks()
    assert len(mark.handles) == 60
    assert 8 < len(mark.grips) < 60
    assert caliper.viewport.hit((middle[0] + 80, middle[1])) is not None
    caliper.key(Key.Key_Escape)
    hit = caliper.viewport.hit((middle[0] + 80, middle[1]))
    assert hit is not None
    assert hit.handle is None


def test_a_length_is_typed_in_the_unit_that_is_shown_and_refused_in_pixels(start: Start, tmp_path: Path) -> None:
    write_series(tmp_path / "Ultrasound", [ultrasound(region(LEFT_PART), region(RIGHT_PART, (0.05, 0.07)))])
    driver = start(tmp_path / "Ultrasound")
    driver.wait_for_image()
    driver.wait_for_rest()
    take(driver, "distance")
    driver.click(driver.spot_of((20.0, 30.0, 0.0)))
    driver.move(driver.spot_of((50.0, 30.0, 0.0)))
    press_key(driver, Key.Key_2)
    type_into(driver, ",5")
    (made,) = driver.records
    assert made.values[0].number == pytest.approx(2.5, rel=1e-9)
    assert made.values[0].unit == "mm"
    driver.click(driver.handle(made, 1))
    press_key(driver, Key.Key_9)
    type_into(driver, "0")
    assert "would leave the part of the image" in driver.message
    assert driver.records == (made,)
    take(driver, "distance")
    driver.click(driver.spot_of((30.0, 60.0, 0.0)))
    driver.move(driver.spot_of((120.0, 60.0, 0.0)))
    press_key(driver, Key.Key_2)
    assert not fields(driver)
    assert "the image has no scale" in driver.message
