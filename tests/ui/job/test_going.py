"""A click on a measurement shows its image where it costs least, the mark in sight; cards tell what is on show."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import Qt

from tests.ui.job.driver import Driver, settle
from viewer_app.imaging.headers import Window
from viewer_app.measure.measurement import Record
from viewer_app.measure.serial import record_from_json, record_to_json
from viewer_app.session.layout import Layout
from viewer_app.session.reconstructing import mpr_layout
from viewer_app.session.view import View
from viewer_app.ui.widgets import SeriesCard

Key = Qt.Key
Drawn = tuple[Driver, Record]


@pytest.fixture
def drawn(caliper: Driver) -> Drawn:
    """A distance on the CT of the sample."""
    caliper.key(Key.Key_D)
    caliper.drag(caliper.part(0.3, 0.3), caliper.part(0.4, 0.35))
    (record,) = caliper.records
    caliper.key(Key.Key_W)
    return caliper, record


def is_in_sight(driver: Driver, record: Record) -> bool:
    """Both ends of the mark within the viewport, on the image it was drawn on."""
    assert driver.study.current_reference() == record.measurement.reference
    spots = [driver.handle(record, 0), driver.handle(record, 1)]
    return all(0 < x < driver.canvas.width() and 0 < y < driver.canvas.height() for x, y in spots)


def go(driver: Driver) -> None:
    driver.window.manner.select("")
    driver.click_row(0)
    driver.wait_for_rest()
    settle()


def test_the_tile_that_shows_the_series_is_activated_and_scrolled(drawn: Drawn) -> None:
    driver, record = drawn
    first, second = driver.study.stacks[:2]
    away = View(first.key, 0)
    driver.study.show_layout(Layout(1, 2, (away, View(second.key, 1)), 1))
    driver.wait_for_rest()
    go(driver)
    layout = driver.study.layout.value
    assert layout.active == 0
    assert layout.views[1] == View(second.key, 1)
    assert is_in_sight(driver, record)
    assert driver.window.manner.current == record.measurement.uid


def test_reconstructed_planes_are_kept(drawn: Drawn) -> None:
    driver, record = drawn
    layout = mpr_layout(driver.study.stacks[0], driver.view)
    driver.study.show_layout(replace(layout, active=1))
    driver.wait_for_rest()
    go(driver)
    after = driver.study.layout.value
    assert after.active == 3
    assert after.views[:3] == layout.views[:3]
    assert is_in_sight(driver, record)


def test_a_mark_outside_of_a_zoomed_view_is_brought_into_it(drawn: Drawn) -> None:
    driver, record = drawn
    driver.study.view.set(replace(driver.view, index=0, scale=8.0, center=(200.0, 200.0)))
    go(driver)
    assert is_in_sight(driver, record)
    assert (driver.view.scale, driver.view.center) == (None, None)  # as it was drawn
    old = replace(record, measurement=replace(record.measurement, seen=None))
    driver.study.measurements.load([old])  # as it was stored before views were
    driver.study.view.set(replace(driver.view, index=0, scale=8.0, center=(200.0, 200.0)))
    go(driver)
    assert is_in_sight(driver, record)
    assert driver.view.scale is not None
    assert driver.view.scale <= 8.0
    seen = driver.view
    go(driver)
    assert driver.view == seen


@pytest.mark.parametrize("cut", [False, True])
def test_a_jump_brings_back_window_inversion_and_zoom(caliper: Driver, cut: bool) -> None:
    """As they were when the mark was drawn, on images and on planes, also after a restart (through JSON)."""
    if cut:
        caliper.study.show_layout(mpr_layout(caliper.study.stacks[0], caliper.view))
        caliper.wait_for_rest()
    wanted = replace(caliper.view, window=Window(40.0, 200.0), inverted=True, scale=2.0, center=None)
    caliper.study.view.set(wanted)
    plane = caliper.study.active.plane
    middle = np.array([[5.0, -3.0]]) + plane.in_plane([wanted.cut.point if wanted.cut else (0.0, 0.0, 0.0)])
    wanted = replace(wanted, center=tuple(middle[0].tolist()))
    caliper.study.view.set(wanted)
    caliper.wait_for_rest()
    caliper.key(Key.Key_D)
    caliper.drag(caliper.part(0.45, 0.45), caliper.part(0.55, 0.5))
    (record,) = caliper.records
    kept = record_from_json(json.loads(json.dumps(record_to_json(record))))
    assert kept == record
    caliper.study.measurements.load([kept])
    caliper.study.view.set(replace(caliper.view, window=None, inverted=False, scale=1.0, center=None))
    go(caliper)
    assert (caliper.view.window, caliper.view.inverted, caliper.view.scale) == (wanted.window, True, wanted.scale)
    assert caliper.view.center == pytest.approx(wanted.center, abs=1e-9)


def test_a_mark_drawn_in_the_window_of_the_file_is_seen_in_it_again(drawn: Drawn) -> None:
    driver, _ = drawn
    driver.study.view.set(replace(driver.view, window=Window(500.0, 50.0), scale=3.0))
    go(driver)
    assert (driver.view.window, driver.view.scale) == (None, None)
    driver.study.view.set(replace(driver.view, color_map="hot", inverted=True))
    go(driver)
    assert (driver.view.color_map, driver.view.inverted) == ("hot", True)  # in colours of one's own choice


def test_cards_of_all_tiles_are_marked_the_active_one_most(caliper: Driver) -> None:
    first, second = caliper.study.stacks[:2]
    cards = caliper.window.series.findChildren(SeriesCard)

    def marks() -> list[tuple[bool, bool]]:
        return [(card.property("shown"), card.property("active")) for card in cards]

    rest = [(False, False)] * (len(cards) - 2)
    caliper.study.show_layout(Layout(1, 2, (View(first.key), View(second.key)), 0))
    assert marks() == [(True, True), (True, False), *rest]
    caliper.window.viewports.activate(1)
    assert marks() == [(True, False), (True, True), *rest]
    caliper.study.show_layout(Layout(views=(View(second.key),)))
    assert marks() == [(False, False), (True, True), *rest]
