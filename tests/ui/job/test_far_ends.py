"""A mark with ends on several slices is shown on each of them, says where the other end is, and is edited there."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import Qt

from tests.ui.job.driver import CONTROL, RIGHT, Driver, Spot
from tests.ui.job.test_labels import boxes
from tests.ui.job.test_marking import choose, menu_on
from viewer_app.imaging.geometry import vector
from viewer_app.measure.measurement import Figure, Record
from viewer_app.ui.views.far_ends import far_words
from viewer_app.ui.views.piercings import dots_over

pytestmark = pytest.mark.qt_log_ignore("does not support", extend=True)  # menus on a platform without a screen

Key = Qt.Key
_APART = 6


def end_at(driver: Driver, spot: Spot) -> Figure:
    viewport = driver.viewport
    point = vector(viewport.patient_point((float(spot[0]), float(spot[1]))))
    return Figure(viewport.plane, (point,), driver.study.current_reference())


@pytest.fixture
def spanning(caliper: Driver) -> Driver:
    """A 3D distance from the image on show to the sixth after it; the first is on show."""
    first, index = end_at(caliper, caliper.part(0.4, 0.4)), caliper.view.index
    caliper.study.active.scroll_to(index + _APART)
    second = end_at(caliper, caliper.part(0.55, 0.5))
    made = caliper.workspace.new_measurement("distance_3d", first)
    caliper.study.measuring.put(replace(made, figures=(first, second)), "Draw 3D distance")
    caliper.study.active.scroll_to(index)
    caliper.window.manner.select("")
    return caliper


def record_of(driver: Driver) -> Record:
    (record,) = driver.records
    return record


def far_spot(driver: Driver, number: int) -> Spot:
    return driver.spot_of(record_of(driver).measurement.figures[number].points[0])


def test_each_end_is_shown_on_its_slice_with_a_dot_and_words_for_the_other(spanning: Driver) -> None:
    record, index = record_of(spanning), spanning.view.index
    gap = abs(spanning.viewport.plane.height(record.measurement.figures[1].points)[0])
    for number, here, there in ((0, index, index + _APART), (1, index + _APART, index)):
        spanning.study.active.scroll_to(here)
        (mark,) = spanning.viewport.marks()
        assert mark.figures == (number,)
        assert mark.owners == ((number, 0),)
        np.testing.assert_allclose(mark.far[0], far_spot(spanning, 1 - number), atol=0.51)
        (words,) = far_words(spanning.study.active, mark)
        assert words == f"other end on image {there + 1}, {gap:.1f}\u2009mm off"
        assert boxes(spanning)[mark.uid]


def test_between_its_ends_a_dot_tells_where_it_goes_through(spanning: Driver) -> None:
    record, index = record_of(spanning), spanning.view.index
    spanning.study.active.scroll_to(index + _APART // 2)
    assert spanning.viewport.marks() == ()
    (dot,) = dots_over(spanning.study.active, spanning.viewport.camera)
    start, end = (np.array(figure.points[0]) for figure in record.measurement.figures)
    np.testing.assert_allclose(dot, spanning.spot_of((start + end) / 2), atol=0.51)


def test_an_end_is_dragged_on_its_own_slice_alone(spanning: Driver) -> None:
    before = record_of(spanning)
    spanning.study.active.scroll_to(spanning.view.index + _APART)
    at = far_spot(spanning, 1)
    spanning.drag(at, (at[0] + 40, at[1] - 25))
    after = record_of(spanning)
    assert after.measurement.figures[0] == before.measurement.figures[0]
    start, end = (np.array(figure.points[0]) for figure in after.measurement.figures)
    assert spanning.spot_of(end) == (at[0] + 40, at[1] - 25)
    assert after.values[0].number == pytest.approx(float(np.linalg.norm(end - start)), abs=1e-9)
    spanning.key(Key.Key_Z, CONTROL)
    assert record_of(spanning) == before


def test_the_menu_leads_to_the_other_end_and_a_copy_is_refused_in_words(spanning: Driver) -> None:
    index = spanning.view.index
    choose(menu_on(spanning, far_spot(spanning, 0)), "Jump to end 2")
    assert spanning.view.index == index + _APART
    spanning.activate()
    spanning.key(Key.Key_D, CONTROL)
    assert "several images" in spanning.message
    assert len(spanning.records) == 1
    spanning.click(spanning.part(0.9, 0.9), RIGHT)


def test_both_ends_on_one_slice_are_one_line(spanning: Driver) -> None:
    (mark,) = spanning.viewport.marks()
    ends = [end_at(spanning, spanning.part(*share)) for share in ((0.4, 0.4), (0.6, 0.4))]
    drawn = replace(record_of(spanning).measurement, figures=tuple(ends))
    spanning.study.measuring.put(drawn, "Move")
    (both,) = spanning.viewport.marks()
    assert both.figures == (0, 1)
    assert len(both.far) == 0
    assert len(both.handles) == 2
    assert len(both.lines) == len(mark.lines) * 2 + 1
