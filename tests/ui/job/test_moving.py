"""While a hand turns an MPR its pictures may be coarse; a moment later, and when it lets go, they are sharp again."""

from __future__ import annotations

import math

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from tests.ui.job.driver import LEFT, NONE, Driver, settle
from viewer_app.imaging.slices import SlicePlaces
from viewer_app.ui.views import pace


def turn(driver: Driver) -> None:
    """Take the end of a line of the crosshair, a little way round, and hold it."""
    crosshair = driver.viewport.crosshair
    assert crosshair is not None
    (across, down), *_ = crosshair.handles(1)
    QTest.mousePress(driver.canvas, LEFT, NONE, QPoint(round(across), round(down)))
    for step in range(1, 6):
        QTest.mouseMove(driver.canvas, QPoint(round(across) + 5 * step, round(down) + 5 * step))
        settle()


def mpr(driver: Driver) -> None:
    stack = next(found for found in driver.study.stacks if found.report.is_volume and len(found.images) > 5)
    driver.study.show(stack)
    driver.wait_for_rest()
    driver.key(Qt.Key.Key_M)
    driver.wait_for_rest()
    settle()


def test_held_still_or_let_go_every_picture_is_sharp(caliper: Driver) -> None:
    mpr(caliper)
    viewports = caliper.window.viewports.shown
    pictures = [viewport.painting.picture for viewport in viewports]
    assert not any(picture.is_coarse for picture in pictures)
    turn(caliper)
    still = caliper.window.manner.moving._timer.remainingTime()
    assert still <= 60  # of 100 ms; painting takes the rest
    caliper.wait_until(lambda: not any(picture.is_coarse for picture in pictures), "sharp pictures while held")
    held = [viewport.grab().toImage() for viewport in viewports[1:]]
    QTest.mouseRelease(caliper.canvas, LEFT, NONE, QPoint(0, 0))
    settle()
    assert not any(picture.is_coarse for picture in pictures)
    assert [viewport.grab().toImage() for viewport in viewports[1:]] == held


def test_planes_that_would_come_late_have_fewer_pixels_while_they_move(
    caliper: Driver, monkeypatch: pytest.MonkeyPatch
) -> None:
    mpr(caliper)
    pictures = [viewport.painting.picture for viewport in caliper.window.viewports.shown]
    sharp = [viewport.grab().toImage() for viewport in caliper.window.viewports.shown]
    monkeypatch.setattr(pace, "LONGEST_S", 0.0)
    small = set()
    turn(caliper)
    for step in range(12):
        QTest.mouseMove(caliper.canvas, QPoint(300 + 3 * step, 90 + 2 * step))
        settle()
        small |= {number for number, picture in enumerate(pictures) if picture.is_small}
    assert len(small) == 2
    caliper.wait_until(lambda: not any(picture.is_coarse or picture.is_small for picture in pictures), "sharp pictures")
    caliper.key(Qt.Key.Key_Escape)
    settle()
    caliper.wait_until(lambda: not any(picture.is_coarse for picture in pictures), "sharp pictures")
    assert [viewport.grab().toImage() for viewport in caliper.window.viewports.shown][1:] == sharp[1:]


def test_the_nearest_slice_is_that_of_the_least_height(caliper: Driver) -> None:
    random = np.random.default_rng(4)
    for stack in caliper.study.stacks:
        places = SlicePlaces.of(stack)
        for _ in range(5):
            image = stack.images[int(random.integers(len(stack.images)))]
            x, y, z = np.asarray(image.plane.origin) + random.normal(0, 3, 3)
            point = (float(x), float(y), float(z))
            heights = [abs(float(other.plane.height([point])[0])) for other in stack.images]
            assert math.isclose(heights[places.nearest(point)], min(heights), abs_tol=1e-9)
