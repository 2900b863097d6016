"""MPR by mouse and keys: crosshair moved, turned, thickened; scrolling, snapping; letters that follow (C14, C37)."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest

from tests.cases import case
from tests.ui.job.conftest import Start
from tests.ui.job.driver import LEFT, NONE, SHIFT, Driver, Spot, settle
from viewer_app.imaging.cuts import SlabMode
from viewer_app.imaging.geometry import Floats, orientation_letters
from viewer_app.imaging.sampling import values_at
from viewer_app.imaging.values.voi import apply_window
from viewer_app.session.reconstructing import Mpr
from viewer_app.ui.views.foreground import foreground_of
from viewer_app.ui.views.viewport import Viewport

Key = Qt.Key
ALT = Qt.KeyboardModifier.AltModifier


@pytest.fixture(params=["sample", "mr-acr-phantom-a", "mr-brain-multiorient-siemens"])
def mpr(request: pytest.FixtureRequest, start: Start, sample: object) -> Driver:
    """An MPR of the first stack that allows it, all slices there, by the key M."""
    driver = start(sample if request.param == "sample" else case(request.param))
    driver.wait_for_image()
    driver.wait_for_rest()
    stack = next(found for found in driver.study.stacks if found.report.is_volume and len(found.images) > 5)
    driver.study.show(stack)
    driver.wait_for_rest()
    driver.key(Key.Key_M)
    driver.wait_for_rest()
    assert driver.study.active.mpr is not None
    return driver


def state(driver: Driver) -> Mpr:
    found = driver.study.active.mpr
    assert found is not None
    return found


def tile(driver: Driver, place: int) -> Viewport:
    return driver.window.viewports.shown[place]


def drag(
    viewport: Viewport, start: Spot, end: Spot, *, modifiers: Qt.KeyboardModifier = NONE, let_go: bool = True
) -> None:
    """Press, move in steps and release."""
    canvas = viewport.viewport()
    QTest.mousePress(canvas, LEFT, modifiers, QPoint(*start))
    for step in range(1, 6):
        at = [round(a + (b - a) * step / 5) for a, b in zip(start, end, strict=True)]
        QTest.mouseMove(canvas, QPoint(*at))
        settle()
    if let_go:
        QTest.mouseRelease(canvas, LEFT, modifiers, QPoint(*end))
        settle()


def wheel(driver: Driver, viewport: Viewport, notches: int, modifiers: Qt.KeyboardModifier = NONE) -> None:
    canvas = viewport.viewport()
    place = canvas.mapTo(driver.window, canvas.rect().center())
    turn = QPoint(0, 120 * notches) if modifiers != ALT else QPoint(120 * notches, 0)
    QTest.wheelEvent(driver.window.windowHandle(), place, turn, stateKey=modifiers)
    settle()


def spot(values: Floats | tuple[float, float]) -> Spot:
    return round(float(values[0])), round(float(values[1]))


def test_three_planes_at_right_angles_through_one_point(mpr: Driver) -> None:
    cuts = state(mpr).cuts
    assert cuts[0].point == cuts[1].point == cuts[2].point
    normals = np.array([cut.normal for cut in cuts])
    np.testing.assert_allclose(np.abs(normals @ normals.T), np.eye(3), atol=1e-12)
    assert len(mpr.window.viewports.shown) == 4


def test_the_picture_is_the_volume_at_every_place_that_is_looked_at(mpr: Driver) -> None:
    """What stands on the screen of each plane is the slow sampler's value through the window."""
    mpr.window.commands.toggle_crosshair()
    for place in range(3):
        viewport = tile(mpr, place)
        mpr.window.viewports.activate(place)
        mpr.study.layout.set(state(mpr).rotated(0.3))
    settle()
    for place in range(3):
        viewport = tile(mpr, place)
        volume, window = viewport.tile.volume, viewport.tile.window()
        assert volume is not None
        assert window is not None
        shown = grab(viewport)
        middle = np.array([shown.shape[1], shown.shape[0]]) // 2
        spots = middle + np.random.default_rng(place).integers(-60, 60, (40, 2))
        points = [viewport.patient_point((float(x) + 0.5, float(y) + 0.5)) for x, y in spots]
        values = values_at(volume, points)
        known = ~np.isnan(values)
        assert known.sum() > 10
        greys = apply_window(values[known], window, inverted=viewport.tile.view.value.inverted).astype(int)
        seen = shown[spots[known, 1], spots[known, 0]].astype(int)
        assert np.abs(seen - greys).max() <= 1


def grab(viewport: Viewport) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    """What is painted, (rows, columns) of greys."""
    picture = viewport.grab().toImage().convertToFormat(QImage.Format.Format_Grayscale8)
    data = np.frombuffer(picture.constBits(), np.uint8).reshape(picture.height(), picture.bytesPerLine())
    return np.array(data[:, : picture.width()])


def test_the_middle_is_carried_within_its_plane(mpr: Driver) -> None:
    viewport, before = tile(mpr, 0), state(mpr)
    crosshair = viewport.crosshair
    assert crosshair is not None
    start = spot(crosshair.middle)
    drag(viewport, start, (start[0] + 30, start[1] + 20))
    after = state(mpr)
    assert after.cuts[0].point == after.cuts[1].point == after.cuts[2].point
    assert after.cuts[0].point != before.cuts[0].point
    moved = np.subtract(after.cuts[0].point, before.cuts[0].point)
    assert abs(float(moved @ np.asarray(before.cuts[0].normal))) < 1e-6
    target = viewport.patient_point((float(start[0] + 30), float(start[1] + 20)))
    assert float(np.linalg.norm(np.subtract(target, after.cuts[0].point))) < 1e-6


@pytest.mark.parametrize("place", [0, 1, 2])
def test_a_ring_turns_the_other_planes_and_the_letters_follow(mpr: Driver, place: int) -> None:
    viewport, before = tile(mpr, place), state(mpr).cuts
    crosshair = viewport.crosshair
    assert crosshair is not None
    which = next(number for number in range(3) if number != place)
    ring = crosshair.handles(which)[1]
    start, middle = spot(ring), crosshair.middle
    angle = 0.5
    turn = np.array([[math.cos(angle), -math.sin(angle)], [math.sin(angle), math.cos(angle)]])
    end = spot(middle + turn @ (np.array(ring) - middle))
    drag(viewport, start, end)
    after = state(mpr).cuts
    assert after[place] == before[place]
    normals = np.array([cut.normal for cut in after])
    np.testing.assert_allclose(np.abs(normals @ normals.T), np.eye(3), atol=1e-12)
    turned = math.acos(min(1.0, abs(float(np.dot(before[which].normal, after[which].normal)))))
    assert turned == pytest.approx(angle, abs=0.03)
    for number, cut in enumerate(after):
        other = tile(mpr, number)
        shown = foreground_of(other.tile, other.camera, other.manner.density, None, hidden=False)
        assert shown is not None
        assert shown.edges is not None
        left, right, top, bottom = shown.edges
        row, column = np.array(cut.row_direction), np.array(cut.column_direction)
        assert (left, right) == (orientation_letters(-row), orientation_letters(row))
        assert (top, bottom) == (orientation_letters(-column), orientation_letters(column))


def test_with_shift_one_plane_turns_alone(mpr: Driver) -> None:
    viewport, before = tile(mpr, 0), state(mpr).cuts
    crosshair = viewport.crosshair
    assert crosshair is not None
    start = spot(crosshair.handles(1)[1])
    drag(viewport, start, (start[0] + 25, start[1] + 40), modifiers=SHIFT)
    after = state(mpr).cuts
    assert after[0] == before[0]
    # QTest sends no modifiers with moves: the plane is turned with the others unless the press said otherwise.
    assert after[1].normal != before[1].normal


def test_escape_in_mid_turn_brings_all_three_planes_back(mpr: Driver) -> None:
    viewport, before = tile(mpr, 0), mpr.study.layout.value
    crosshair = viewport.crosshair
    assert crosshair is not None
    start = spot(crosshair.handles(1)[1])
    drag(viewport, start, (start[0] + 25, start[1] + 40), let_go=False)
    assert mpr.study.layout.value != before
    mpr.key(Key.Key_Escape)
    assert mpr.study.layout.value == replace(before, active=0)


def test_the_wheel_goes_along_the_true_normal_and_stays_within(mpr: Driver) -> None:
    mpr.study.layout.set(state(mpr).rotated(0.4))
    for place in range(3):
        viewport = tile(mpr, place)
        wheel(mpr, viewport, -1)
        before = viewport.tile.mpr
        assert before is not None
        wheel(mpr, viewport, -1)
        after = viewport.tile.mpr
        assert after is not None
        moved = np.subtract(after.cut.point, before.cut.point)
        along = abs(float(moved @ np.asarray(before.cut.normal)))
        assert along == pytest.approx(before.step_mm, rel=1e-6)
        assert after.cut.normal == before.cut.normal
        for _ in range(400):
            viewport.tile.scroll_to(viewport.tile.position[0] + 5)
        number, count = viewport.tile.position
        assert number == count - 1


def test_the_first_notch_after_a_free_move_passes_no_image_over(start: Start) -> None:
    """On a real chest: the crosshair dragged to between two images, then the wheel over the acquired plane."""
    driver = start(case("ct-chest-lidc0314-part"))
    driver.wait_for_image()
    driver.wait_for_rest()
    driver.key(Key.Key_M)
    settle()
    stack, coronal = driver.study.stack, tile(driver, 1)
    assert stack is not None
    heights = stack.images[0].plane.height([image.plane.origin for image in stack.images])

    def place() -> float:
        """Among the images, from 0, as positions say."""
        height = float(stack.images[0].plane.height([state(driver).cuts[0].point])[0])
        order = np.argsort(heights)
        return float(np.interp(height, heights[order], order))

    for notches, expected in ((-1, math.ceil), (1, math.floor)):
        crosshair = coronal.crosshair
        assert crosshair is not None
        middle = spot(crosshair.middle)
        drag(coronal, middle, (middle[0], middle[1] + 7))
        between = place()
        assert 0.05 < between % 1.0 < 0.95
        wheel(driver, tile(driver, 0), notches)
        assert place() == pytest.approx(expected(between), abs=1e-6)
        wheel(driver, tile(driver, 0), notches)
        assert place() == pytest.approx(expected(between) - notches, abs=1e-6)
        number, count = tile(driver, 0).tile.position
        assert (number, count) == (round(place()), len(stack.images))


def test_alt_and_the_wheel_make_a_slab_and_a_dashed_line_thickens_it(mpr: Driver) -> None:
    viewport = tile(mpr, 0)
    step = state(mpr).step_mm
    for _ in range(3):
        wheel(mpr, viewport, 1, ALT)
    assert state(mpr).cuts[0].slab_mm == pytest.approx(3 * step)
    mpr.key(Key.Key_Escape)
    slabs = mpr.window.commands.arranging
    slabs.next_slab_mode()
    assert state(mpr).cut.slab_mode is SlabMode.MINIMUM
    other = tile(mpr, 1)
    crosshair = other.crosshair
    assert crosshair is not None
    faces = next(line.faces for line in crosshair._lines if line.which == 0)
    (point, direction), _ = faces
    start = spot(point + 60 * direction)
    away = np.array([-direction[1], direction[0]])
    away = away if float((point - crosshair.middle) @ away) > 0 else -away
    drag(other, start, spot(np.array(start) + 20 * away))
    assert state(mpr).cuts[0].slab_mm > 3 * step
    slabs.no_slab()
    assert state(mpr).cut.slab_mm == 0 or state(mpr).which != 0


def test_planes_snap_reset_and_the_stack_comes_back(mpr: Driver) -> None:
    mpr.window.viewports.activate(0)
    mpr.study.layout.set(state(mpr).rotated(0.4))
    arranging = mpr.window.commands.arranging
    for name, axis in (("axial", 2), ("coronal", 1), ("sagittal", 0)):
        arranging.snap(name)  # type: ignore[arg-type]  # the three names
        assert abs(state(mpr).cut.normal[axis]) == pytest.approx(1.0)
    mpr.window.actions_by_name["mpr_reset"].trigger()
    assert state(mpr).layout == mpr.study.layout.value
    key = mpr.view.stack_key
    mpr.key(Key.Key_M)
    assert mpr.study.layout.value.views[0].cut is None
    assert (mpr.view.stack_key, len(mpr.study.layout.value.views)) == (key, 1)


def test_a_distance_on_a_turned_plane_is_that_of_its_patient_points(mpr: Driver) -> None:
    """On the real volumes too, whose voxels are no cubes: C14."""
    mpr.window.viewports.activate(2)
    mpr.study.layout.set(state(mpr).rotated(0.35))
    settle()
    mpr.key(Key.Key_D)
    viewport = tile(mpr, 0)
    start, end = (viewport.patient_point(at) for at in ((120.0, 120.0), (180.0, 150.0)))
    drag(viewport, (120, 120), (180, 150))
    assert mpr.message == ""
    (record,) = mpr.records
    assert record.values[0].number == pytest.approx(float(np.linalg.norm(np.subtract(end, start))), abs=1e-9)
    assert record.measurement.figures[0].reconstruction is not None
    assert [mark.uid for mark in viewport.marks()] == [record.measurement.uid]


def test_a_doubt_of_the_files_is_told_once(start: Start) -> None:
    driver = start(case("mr-brain-t1-7t-defaced"))
    driver.wait_for_image()
    driver.key(Key.Key_M)
    driver.wait_for_rest()
    viewport = tile(driver, 0)
    shown = foreground_of(viewport.tile, viewport.camera, viewport.manner.density, None, hidden=False)
    assert shown is not None
    assert [badge for badge in shown.corners.badges if "Patient Orientation" in badge]
    assert len(set(shown.corners.badges)) == len(shown.corners.badges)


def test_what_is_no_volume_is_refused_in_words(start: Start) -> None:
    driver = start(case("us-cine-deid"))
    driver.wait_for_image()
    before = driver.study.layout.value
    driver.key(Key.Key_M)
    assert driver.study.layout.value == before
    assert driver.message
