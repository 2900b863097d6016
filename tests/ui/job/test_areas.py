"""Areas drawn with the mouse: by drag, click by click, and along a stroke."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import Qt

from tests.ui.job.driver import Driver, Spot
from viewer_app.measure.measurement import Record

Key = Qt.Key


def ring(driver: Driver, count: int) -> list[Spot]:
    """Places on a circle of 80 screen pixels in the middle of the viewport."""
    x, y = driver.part(0.5, 0.5)
    turns = 2 * np.pi * np.arange(count) / count
    return [(round(x + 80 * np.cos(turn)), round(y + 80 * np.sin(turn))) for turn in turns]


def area(record: Record) -> float:
    assert record.values[0].key == "area"
    assert record.values[0].number is not None
    return record.values[0].number


def circle_area(driver: Driver) -> float:
    return float(np.pi * (80 / driver.viewport.camera.scale) ** 2)


@pytest.mark.parametrize(("key", "kind"), [(Key.Key_R, "rectangle"), (Key.Key_E, "ellipse")])
def test_from_corner_to_corner_by_a_drag(caliper: Driver, key: Key, kind: str) -> None:
    caliper.key(key)
    caliper.drag(caliper.part(0.4, 0.4), caliper.part(0.6, 0.55))
    (record,) = caliper.records
    assert record.measurement.kind == kind
    assert area(record) > 0
    caliper.key(Key.Key_Delete)
    assert not caliper.records


@pytest.mark.parametrize(("modifier", "kind", "count"), [(False, "polygon", 40), (True, "spline", 8)])
def test_corner_by_corner_until_one_is_clicked_twice(caliper: Driver, modifier: bool, kind: str, count: int) -> None:
    caliper.key(Key.Key_N, Qt.KeyboardModifier.ShiftModifier if modifier else Qt.KeyboardModifier.NoModifier)
    places = ring(caliper, count)
    for place in places:
        caliper.click(place)
    assert not caliper.records
    caliper.click(places[-1])
    (record,) = caliper.records
    assert record.measurement.kind == kind
    assert len(record.measurement.figures[0].points) == count
    assert area(record) == pytest.approx(circle_area(caliper), rel=0.01)
    assert caliper.viewport.shown_marks.in_hand is None


def test_two_corners_are_no_polygon_however_often_they_are_clicked(caliper: Driver) -> None:
    caliper.key(Key.Key_N)
    places = ring(caliper, 5)
    for place in (places[0], places[1], places[1], places[1]):
        caliper.click(place)
    assert not caliper.records
    caliper.key(Key.Key_Escape)
    assert not caliper.records


def test_around_with_the_button_held_down(caliper: Driver) -> None:
    caliper.key(Key.Key_F)
    places = ring(caliper, 120)
    caliper.press(places[0])
    for place in places[1:]:
        caliper.move(place)
    caliper.release(places[-1])
    (record,) = caliper.records
    assert record.measurement.kind == "freehand"
    assert 4 <= len(record.measurement.figures[0].points) < 120
    assert area(record) == pytest.approx(circle_area(caliper), rel=0.01)


def test_a_click_alone_draws_no_outline(caliper: Driver) -> None:
    caliper.key(Key.Key_F)
    caliper.click(caliper.part(0.5, 0.5))
    assert not caliper.records
    assert caliper.viewport.shown_marks.in_hand is None
