"""Marks on oblique planes and slabs by mouse and keys: drawn, moved, undone, deleted, found again (C14, C45)."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QPainter

from tests.ui.job.driver import CONTROL, Driver, settle
from tests.ui.job.planes import mpr_of as mpr
from viewer_app.imaging.cuts import SlabMode
from viewer_app.imaging.sampling import values_at
from viewer_app.measure.present import headline
from viewer_app.session.layout import Layout
from viewer_app.session.view import View
from viewer_app.ui.views.piercings import dots_over

Key = Qt.Key


@pytest.fixture
def planes(caliper: Driver) -> Driver:
    """The CT of the sample in three planes, turned; the second of them takes keys and mouse."""
    caliper.wait_for_rest()
    caliper.key(Key.Key_M)
    caliper.wait_for_rest()
    for place, angle in ((0, 0.3), (2, -0.2)):
        caliper.window.viewports.activate(place)
        caliper.study.layout.set(mpr(caliper).rotated(angle))
    caliper.window.viewports.activate(1)
    settle()
    return caliper


def draw(driver: Driver) -> None:
    driver.key(Key.Key_D)
    driver.drag(driver.part(0.3, 0.35), driver.part(0.55, 0.7))


def test_a_distance_on_an_oblique_plane(planes: Driver) -> None:
    draw(planes)
    assert planes.message == ""
    (record,) = planes.records
    (figure,) = record.measurement.figures
    start, end = (np.array(planes.viewport.patient_point(planes.part(*at))) for at in ((0.3, 0.35), (0.55, 0.7)))
    assert record.values[0].number == pytest.approx(float(np.linalg.norm(end - start)), abs=1e-9)
    assert np.abs(figure.plane.height(figure.points)).max() < 1e-9
    assert [mark.uid for mark in planes.viewport.marks()] == [record.measurement.uid]
    assert planes.window.manner.current == record.measurement.uid


def test_an_end_is_moved_and_all_is_undone(planes: Driver) -> None:
    draw(planes)
    (record,) = planes.records
    planes.key(Key.Key_W)
    planes.drag(planes.handle(record, 1), planes.part(0.7, 0.4))
    (moved,) = planes.records
    assert moved.measurement.figures[0].points[0] == record.measurement.figures[0].points[0]
    assert moved.measurement.figures[0].points[1] != record.measurement.figures[0].points[1]
    assert moved.measurement.figures[0].source == record.measurement.figures[0].source
    planes.key(Key.Key_Delete)
    assert not planes.records
    for expected in ([moved], [record], []):
        planes.key(Key.Key_Z, CONTROL)
        assert list(planes.records) == expected
    planes.wait_saved()
    assert not planes.stored()
    planes.key(Key.Key_Y, CONTROL)
    planes.wait_saved()
    assert [item.record for item in planes.stored()] == [record]


def test_a_probe_on_a_slab_tells_the_slab(planes: Driver) -> None:
    planes.study.layout.set(mpr(planes).with_slab(8.0, SlabMode.MEAN))
    planes.wait_for_rest()
    planes.key(Key.Key_P)
    planes.click(planes.part(0.5, 0.55))
    (record,) = planes.records
    assert record.values[0].provenance.startswith("projected, mean 8 mm")
    assert record.measurement.figures[0].reconstruction is not None


def test_a_probe_tells_what_stands_under_the_pointer(planes: Driver) -> None:
    """To within the pixel of the plane it lies in."""
    planes.key(Key.Key_P)
    at = planes.part(0.5, 0.55)
    planes.click(at)
    (record,) = planes.records
    volume, (figure,) = planes.study.active.volume, record.measurement.figures
    assert volume is not None
    pixel = figure.plane.to_patient(np.floor(figure.plane.to_pixels(figure.points) + 0.5))
    assert record.values[0].number == pytest.approx(float(values_at(volume, pixel)[0]), abs=1e-9)
    assert record.values[0].provenance == "interpolated"
    assert headline(record.values)


def test_other_planes_have_a_dot_where_the_mark_goes_through(planes: Driver) -> None:
    draw(planes)
    (record,) = planes.records
    first, second = record.measurement.figures[0].points
    for place in (0, 2):
        viewport = planes.window.viewports.shown[place]
        low, high = viewport.plane.height([first, second])
        dots = dots_over(viewport.tile, viewport.camera)
        assert len(dots) == int(low * high < 0)
        if len(dots):
            point = np.asarray(first) + low / (low - high) * np.subtract(second, first)
            np.testing.assert_allclose(dots, viewport.camera.to_screen(viewport.plane.in_plane([point])), atol=1e-6)
    assert not len(dots_over(planes.viewport.tile, planes.viewport.camera))


def test_a_click_in_the_list_leads_back_to_the_plane(planes: Driver) -> None:
    planes.study.layout.set(mpr(planes).with_slab(6.0, SlabMode.MINIMUM))
    draw(planes)
    (record,) = planes.records
    cut = planes.view.cut
    planes.key(Key.Key_W)
    planes.study.show_layout(Layout(views=(View(planes.study.stacks[1].key),)))
    planes.wait_for_rest()
    planes.window.manner.select("")
    planes.click_row(0)
    planes.wait_for_rest()
    settle()
    assert planes.view.cut is not None
    assert cut is not None
    assert planes.view.cut.slab_mm == 6.0
    assert planes.view.cut.slab_mode is SlabMode.MINIMUM
    np.testing.assert_allclose(planes.view.cut.normal, cut.normal, atol=1e-12)
    assert [mark.uid for mark in planes.viewport.marks()] == [record.measurement.uid]
    spots = [planes.handle(record, 0), planes.handle(record, 1)]
    assert all(0 < x < planes.canvas.width() and 0 < y < planes.canvas.height() for x, y in spots)
    assert planes.window.manner.current == record.measurement.uid


def test_the_prior_in_three_planes_is_refused_in_words(planes: Driver) -> None:
    (prior, *_) = [
        stack for stack in planes.study.all_stacks if planes.study.owner(stack.key) is not planes.study.study
    ]
    planes.study.show_layout(Layout(views=(View(prior.key),)))
    planes.wait_for_rest()
    planes.key(Key.Key_M)
    planes.wait_for_rest()
    draw(planes)
    assert not planes.records
    assert "This is another study." in planes.message


def test_the_dots_follow_at_once_in_the_other_views(planes: Driver, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each view whose dots have changed is painted again, though nothing else in it has."""
    others = [planes.window.viewports.shown[place] for place in (0, 2)]
    painted: list[int] = []
    for number, viewport in enumerate(others):
        watched = _counted(painted, number, viewport.painting.draw_above)
        monkeypatch.setattr(viewport.painting, "draw_above", watched)
    settle()
    painted.clear()
    record = planes.workspace.new_measurement(
        "distance",
        planes.study.active.new_figure(
            (planes.viewport.patient_point((200, 150)), planes.viewport.patient_point((300, 300)))
        ),
    )
    planes.study.measuring.put(record, "Draw")
    planes.wait_until(lambda: set(painted) == {0, 1}, "both views painted")


def _counted(painted: list[int], number: int, draw: Callable[[QPainter], None]) -> Callable[[QPainter], None]:
    def watched(painter: QPainter) -> None:
        painted.append(number)
        draw(painter)

    return watched
