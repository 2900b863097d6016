"""What the hand holds: keys move it where it is seen and nowhere else, and what they moved is never lost."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from tests.ui.job.conftest import Start
from tests.ui.job.driver import SHIFT, Driver, settle
from tests.ui.job.test_hand import draw_distance, fields
from viewer_app.measure.measurement import Record

Key = Qt.Key


def press(driver: Driver, key: Qt.Key, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    """A key into the window, whose active view takes it."""
    driver.activate()
    QTest.keyClick(driver.window, key, modifiers)
    settle()


@pytest.fixture
def held(caliper: Driver) -> Record:
    """A distance held by its end in the first of two views; the other one, active, shows another image."""
    caliper.window.commands.arranging.grid(1, 2)
    caliper.window.viewports.activate(0)
    settle()
    record = draw_distance(caliper)
    stack, index = caliper.study.stack, caliper.view.index
    assert stack is not None
    caliper.window.viewports.activate(1)
    caliper.study.show(stack, index + 3)
    caliper.window.viewports.activate(0)
    settle()
    caliper.click(caliper.handle(record, 1))
    assert caliper.viewport.hand.held is not None
    caliper.window.viewports.activate(1)
    settle()
    return record


def test_keys_do_not_move_what_the_view_that_takes_them_does_not_show(caliper: Driver, held: Record) -> None:
    place = caliper.view.index
    for key, modifiers in ((Key.Key_Right, Qt.KeyboardModifier.NoModifier), (Key.Key_Up, SHIFT)):
        press(caliper, key, modifiers)
    press(caliper, Key.Key_Down)
    press(caliper, Key.Key_Down)
    press(caliper, Key.Key_7)  # no length is asked for either: it is a key of windows
    assert not fields(caliper)
    assert caliper.view.index != place  # they go through the images of that view
    assert caliper.records == (held,)
    assert caliper.study.history.titles == ("Draw distance",)


def test_keys_move_it_in_the_view_that_shows_it(caliper: Driver, held: Record) -> None:
    caliper.window.viewports.activate(0)
    settle()
    press(caliper, Key.Key_Right)
    assert caliper.records != (held,)
    assert caliper.study.history.titles == ("Draw distance", "Nudge")


@pytest.mark.parametrize("way", ["closed", "switched"])
def test_a_burst_of_keys_is_kept_when_the_study_is_left_at_once(start: Start, caliper: Driver, way: str) -> None:
    record = draw_distance(caliper)
    caliper.click(caliper.handle(record, 1))
    press(caliper, Key.Key_Right)
    press(caliper, Key.Key_Right)
    (moved,) = caliper.records
    assert moved.measurement.figures != record.measurement.figures
    here, place = caliper.study.study, caliper.workspace.contents.address
    if way == "switched":
        (prior,) = caliper.workspace.priors()
        caliper.workspace.choose(prior)
        caliper.wait_until(lambda: caliper.study.study is prior and caliper.study.is_shown, "the prior")
        caliper.workspace.choose(here)
        again = caliper
    else:
        caliper.close()
        again = start(place)
    again.wait_until(lambda: again.workspace.study is not None and again.records, "the study again")
    assert again.records[0].measurement.figures == moved.measurement.figures
    assert again.records[0].values == moved.values
    assert again.study.history.titles == ("Draw distance", "Nudge")
