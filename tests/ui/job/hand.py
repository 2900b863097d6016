"""A hand that draws any kind of the table as its gesture asks, at spots of the viewport."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PySide6.QtGui import QKeySequence
from PySide6.QtTest import QTest

from tests.ui.job.driver import Driver, Spot, settle
from viewer_app.measure.kind import OPEN_ENDED, Gesture, Kind
from viewer_app.measure.measurement import Record

SHARES = ((0.36, 0.41), (0.61, 0.46), (0.54, 0.66), (0.42, 0.58))
"""Of the viewport's width and height: four places in general position, in order around their middle."""

_PLACES_A_SIDE = 12


def take(driver: Driver, kind: Kind) -> None:
    """Press the tool's key."""
    QTest.keySequence(driver.window, QKeySequence(kind.shortcut))
    settle()


def spots_of(driver: Driver, kind: Kind, shares: Sequence[tuple[float, float]] = SHARES) -> list[Spot]:
    """Where a kind is drawn: as many of the shares as it takes; for a stroke, a way around all of them."""
    spots = [driver.part(*share) for share in shares]
    if kind.gesture is not Gesture.STROKE:
        return spots[: min(kind.max_points, len(spots))]
    corners = np.array([*spots, spots[0]], dtype=float)
    at = np.linspace(0, len(spots), _PLACES_A_SIDE * len(spots), endpoint=False)
    way = [np.interp(at, range(len(corners)), corners[:, axis]) for axis in (0, 1)]
    return [(round(x), round(y)) for x, y in zip(*way, strict=True)]


def draw(driver: Driver, kind: Kind, shares: Sequence[tuple[float, float]] = SHARES) -> Record:
    """Take the tool and draw: click by click, or along a stroke; what has no end is ended by a second click."""
    take(driver, kind)
    before = driver.records
    spots = spots_of(driver, kind, shares)
    if kind.gesture is Gesture.STROKE:
        driver.press(spots[0])
        for spot in spots[1:]:
            driver.move(spot)
        driver.release(spots[-1])
    else:
        for spot in spots:
            assert driver.records == before, kind.name
            driver.click(spot)
        if kind.max_points == OPEN_ENDED:
            assert driver.records == before, kind.name
            driver.click(spots[-1])
    assert len(driver.records) == len(before) + 1, f"{kind.name}: {driver.message}"
    return driver.records[-1]
