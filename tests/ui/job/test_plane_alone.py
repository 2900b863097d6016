"""One plane of an MPR, left alone when the grid is made smaller: it is kept, and scrolls along its true normal."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import Qt

from tests.ui.job.conftest import Start
from tests.ui.job.driver import Driver, settle
from tests.ui.job.planes import mpr_of, turn_the_planes
from tests.ui.job.test_mpr import wheel
from viewer_app.imaging.cuts import Cut

Key = Qt.Key


def cut_of(driver: Driver) -> Cut:
    found = driver.view.cut
    assert found is not None
    return found


@pytest.fixture
def alone(caliper: Driver) -> Driver:
    """The sample CT in three planes, turned; of them the second alone."""
    turn_the_planes(caliper, 0.35)
    caliper.window.commands.arranging.grid(1, 1)
    settle()
    assert caliper.study.active.mpr is None
    return caliper


def test_the_wheel_and_the_keys_scroll_it(alone: Driver) -> None:
    wheel(alone, alone.viewport, -1)  # from between two steps to the next one
    first, (number, count) = cut_of(alone), alone.study.active.position
    stack = alone.study.stack
    assert stack is not None
    for keys in (1, 2):
        alone.key(Key.Key_Down)
        went = np.subtract(cut_of(alone).point, first.point) @ np.asarray(first.normal)
        assert abs(float(went)) == pytest.approx(keys * alone.study.grid(stack).voxel_mm(first.normal), rel=1e-6)
        assert cut_of(alone).normal == first.normal
        assert alone.study.active.position == (number + keys, count)
    alone.key(Key.Key_Home)
    assert alone.study.active.position == (0, count)
    alone.key(Key.Key_Up)
    assert alone.study.active.position == (0, count)
    alone.key(Key.Key_End)
    assert alone.study.active.position == (count - 1, count)


def test_its_number_is_told_nowhere_as_that_of_an_image(alone: Driver) -> None:
    index = alone.view.index
    wheel(alone, alone.viewport, -3)
    assert alone.view.index == index


def test_m_has_three_planes_again_where_it_was(alone: Driver) -> None:
    wheel(alone, alone.viewport, -5)
    point = cut_of(alone).point
    alone.key(Key.Key_M)
    alone.wait_for_rest()
    np.testing.assert_allclose([cut.point for cut in mpr_of(alone).cuts], [point] * 3, atol=1e-6)


def test_what_takes_three_planes_says_so(alone: Driver) -> None:
    before = cut_of(alone)
    alone.window.actions_by_name["snap_axial"].trigger()
    assert cut_of(alone) == before
    assert "three planes" in alone.message


def test_it_comes_back_as_it_was_left(alone: Driver, start: Start) -> None:
    left = cut_of(alone)
    place = alone.workspace.contents.address
    alone.close()
    again = start(place)
    again.wait_for_rest()
    assert cut_of(again) == left
