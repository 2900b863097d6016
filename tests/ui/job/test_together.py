"""Linked tiles, localizer lines and the 3D cursor, by mouse and keys (BIR 22, 23, 24)."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import highdicom
import numpy as np
import pydicom
import pytest
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QColor, QMouseEvent
from PySide6.QtWidgets import QApplication

from tests.cases import case
from tests.ui.job.conftest import Start
from tests.ui.job.driver import CONTROL, SHIFT, Driver, Spot, settle
from tests.ui.job.test_layouts import dropped, press_in
from viewer_app.imaging.geometry import Floats, Plane
from viewer_app.imaging.stacks import Stack
from viewer_app.session.layout import Layout
from viewer_app.session.links import Links
from viewer_app.ui.views.foreground import foreground_of
from viewer_app.ui.views.others import lines_over
from viewer_app.ui.views.viewport import Viewport

Key = Qt.Key
CASE = "mr-brain-multiorient-siemens"
SAGITTAL, AXIAL, PERFUSION, FLOW = range(4)
"""The tiles it begins with: T1 sagittal, T2 axial, and two of ASL, axial and leaning by some degrees."""


@pytest.fixture
def brain(start: Start) -> Driver:
    driver = start(case(CASE))
    driver.wait_for_image()
    driver.wait_for_rest()
    press_in(driver, AXIAL)
    return driver


@pytest.fixture
def prior(caliper: Driver) -> Driver:
    """The sample study beside its prior, of another Frame of Reference."""
    caliper.window.commands.arranging.compare()
    caliper.wait_for_rest()
    return caliper


def layout_of(driver: Driver) -> Layout:
    return driver.study.layout.value


def tile(driver: Driver, place: int) -> Viewport:
    return driver.window.viewports._all[place]


def stack_in(driver: Driver, place: int) -> Stack:
    stack = tile(driver, place).tile.stack
    assert stack is not None
    return stack


def trigger(driver: Driver, name: str) -> None:
    """Choose an entry of the link menu."""
    driver.window.actions_by_name[name].trigger()
    settle()


def words(driver: Driver) -> list[str]:
    return [driver.study.together.words(place) for place in range(len(layout_of(driver).views))]


def nearest(driver: Driver, place: int, leader: int) -> int:
    """By brute force: the slice of tile `place` nearest to the middle of what the leader shows."""
    plane, (left, top, width, height) = tile(driver, leader).plane, tile(driver, leader).tile.extent
    middle = np.asarray(plane.origin) + (left + width / 2) * np.asarray(plane.row_direction)
    middle = middle + (top + height / 2) * np.asarray(plane.column_direction)
    return int(np.argmin([abs(off(image.plane, middle)) for image in stack_in(driver, place).images]))


def off(plane: Plane, point: Floats) -> float:
    return float((np.asarray(point) - plane.origin) @ np.cross(plane.row_direction, plane.column_direction))


def test_scrolling_is_followed_by_position_in_one_frame_of_reference(brain: Driver) -> None:
    brain.key(Key.Key_L, CONTROL)
    assert words(brain) == ["not linked: other orientation", "", "", ""]
    sagittal = layout_of(brain).views[SAGITTAL]
    for notches in (-3, 1, 8):
        brain.wheel(notches)
        for place in (PERFUSION, FLOW):
            assert layout_of(brain).views[place].index == nearest(brain, place, AXIAL)
        assert layout_of(brain).views[SAGITTAL] == sagittal
    brain.key(Key.Key_End)
    assert words(brain) == ["not linked: other orientation", "", "beyond this stack", "beyond this stack"]
    badges = [text for viewport in brain.window.viewports for text in _badges(viewport)]
    assert badges.count("beyond this stack") == 2
    brain.key(Key.Key_L, CONTROL)
    before = layout_of(brain)
    brain.wheel(3)
    assert layout_of(brain).views[FLOW] == before.views[FLOW]
    assert words(brain) == [""] * 4


def _badges(viewport: Viewport) -> tuple[str, ...]:
    shown = foreground_of(viewport.tile, viewport.camera, viewport.manner.density, None, hidden=False)
    return () if shown is None else shown.corners.badges


@pytest.mark.parametrize("switch", ["link_scroll", "link_pan_zoom", "link_window"])
def test_each_switch_links_its_own(brain: Driver, switch: str) -> None:
    trigger(brain, switch)
    links = brain.study.together.links
    assert links == Links(switch == "link_scroll", switch == "link_pan_zoom", switch == "link_window")
    shown = [action.objectName() for action in brain.window.top.link.menu().actions() if action.isChecked()]
    assert shown == [switch]
    before = layout_of(brain)
    brain.wheel(5)
    brain.wheel(2, modifiers=CONTROL)
    brain.drag(brain.part(0.4, 0.4), brain.part(0.5, 0.6))
    after = layout_of(brain)
    old, new, lead = before.views[PERFUSION], after.views[PERFUSION], after.views[AXIAL]
    assert lead.index != before.views[AXIAL].index
    assert lead.scale is not None
    assert lead.window is not None
    assert (new.index != old.index) == links.scroll
    assert (new.scale == lead.scale) == links.pan_zoom
    assert (new.window == lead.window) == links.window
    trigger(brain, switch)
    assert brain.study.together.links == Links()


def test_zoom_is_about_one_patient_point(brain: Driver) -> None:
    trigger(brain, "link_pan_zoom")
    brain.wheel(6, brain.part(0.35, 0.4), CONTROL)
    lead, follower = tile(brain, AXIAL), tile(brain, FLOW)
    middle = np.asarray(lead.patient_point((lead.width() / 2, lead.height() / 2)))
    ((across, down),) = follower.camera.to_screen(follower.plane.in_plane(middle))
    assert (across, down) == pytest.approx((follower.width() / 2, follower.height() / 2), abs=0.01)


def test_another_frame_of_reference_moves_only_by_hand(prior: Driver) -> None:
    prior.key(Key.Key_L, CONTROL)
    still = layout_of(prior).views[1].index
    prior.wheel(-2)
    assert layout_of(prior).views[1].index == still
    assert words(prior) == ["", "not linked: other Frame of Reference"]
    trigger(prior, "link_by_hand")
    assert "this view and 1 other" in prior.message
    assert words(prior) == ["", "linked by hand"]
    ours, theirs = ([_z(image.plane) for image in stack_in(prior, place).images] for place in (0, 1))
    apart = theirs[still] - ours[layout_of(prior).views[0].index]
    for leader, follower, sign, (lead, follow) in ((0, 1, 1, (ours, theirs)), (1, 0, -1, (theirs, ours))):
        press_in(prior, leader)
        prior.wheel(-2)
        wanted = lead[layout_of(prior).views[leader].index] + sign * apart
        assert abs(follow[layout_of(prior).views[follower].index] - wanted) == pytest.approx(
            min(abs(place - wanted) for place in follow)
        )
    trigger(prior, "unlink_by_hand")
    still = layout_of(prior).views[0].index
    prior.wheel(1)
    assert layout_of(prior).views[0].index == still


def _z(plane: Plane) -> float:
    return float(np.dot(np.cross(plane.row_direction, plane.column_direction), plane.origin))


def test_the_3d_cursor_stays_in_its_frame_of_reference(prior: Driver) -> None:
    before = layout_of(prior).views[1]
    prior.key(Key.Key_H)
    prior.click(prior.part(0.5, 0.5))
    assert prior.study.together.point is not None
    assert layout_of(prior).views[1] == before
    assert prior.study.together.cross(before) is None


def test_what_positions_link_needs_no_hand(brain: Driver) -> None:
    trigger(brain, "link_by_hand")
    assert "positions say" in brain.message
    assert brain.study.together.links == Links()


@pytest.mark.parametrize("tool", [Key.Key_S, Key.Key_T, Key.Key_Z, Key.Key_W])
def test_escape_in_mid_drag_restores_all_tiles(brain: Driver, tool: Key) -> None:
    for switch in ("link_scroll", "link_pan_zoom", "link_window"):
        trigger(brain, switch)
    brain.wheel(2, modifiers=CONTROL)
    before = layout_of(brain)
    brain.key(tool)
    brain.hold(brain.part(0.4, 0.3), brain.part(0.6, 0.7))
    assert sum(old != new for old, new in zip(before.views, layout_of(brain).views, strict=True)) > 1
    brain.key(Key.Key_Escape)
    assert layout_of(brain) == before
    brain.release(brain.part(0.6, 0.7))
    assert layout_of(brain) == before


def test_a_new_series_is_brought_to_the_others(brain: Driver) -> None:
    brain.key(Key.Key_L, CONTROL)
    brain.wheel(8)
    assert dropped(brain, SAGITTAL, stack_in(brain, PERFUSION).key)
    brain.wait_for_rest()
    assert layout_of(brain).views[SAGITTAL].index == nearest(brain, SAGITTAL, AXIAL)
    assert layout_of(brain).views[SAGITTAL].index == layout_of(brain).views[PERFUSION].index


def test_an_image_that_is_asked_for_is_shown_and_followed(brain: Driver) -> None:
    """What leads is what the person asked for: never is it pulled away to where the others are."""
    brain.key(Key.Key_L, CONTROL)
    press_in(brain, SAGITTAL)
    brain.study.show(stack_in(brain, FLOW), 2)
    brain.wait_for_rest()
    assert layout_of(brain).view.index == 2
    assert layout_of(brain).views[AXIAL].index == nearest(brain, AXIAL, SAGITTAL)


def test_tiles_behind_a_large_one_follow(brain: Driver) -> None:
    brain.key(Key.Key_L, CONTROL)
    brain.key(Key.Key_F11)
    assert layout_of(brain).shown == (AXIAL,)
    brain.wheel(7)
    brain.key(Key.Key_F11)
    assert layout_of(brain).views[FLOW].index == nearest(brain, FLOW, AXIAL)


def test_the_planes_of_an_mpr_have_one_window_and_scroll_for_themselves(brain: Driver) -> None:
    press_in(brain, PERFUSION)
    brain.key(Key.Key_M)
    brain.wait_for_rest()
    press_in(brain, 0)
    places = tile(brain, 0).tile.mpr
    assert places is not None
    before = layout_of(brain)
    brain.drag(brain.part(0.2, 0.2), brain.part(0.3, 0.35))
    views = layout_of(brain).views
    assert views[0].window != before.views[0].window
    assert {views[place].window for place in places.places} == {views[0].window}
    assert views[3] == before.views[3]
    brain.key(Key.Key_L, CONTROL)
    index = layout_of(brain).views[3].index
    brain.wheel(2)
    assert layout_of(brain).views[0].cut != views[0].cut
    assert layout_of(brain).views[3].index == index


def shift_move(viewport: Viewport, at: Spot) -> None:
    """Move the mouse with Shift held and no button."""
    canvas = viewport.viewport()
    place = QPointF(*at)
    event = QMouseEvent(
        QEvent.Type.MouseMove, place, canvas.mapToGlobal(place), Qt.MouseButton.NoButton, Qt.MouseButton.NoButton, SHIFT
    )
    QApplication.sendEvent(canvas, event)
    settle()


@pytest.mark.parametrize("by_tool", [True, False], ids=["crosshair", "shift"])
def test_the_3d_cursor_lands_within_a_slice_of_the_truth(brain: Driver, by_tool: bool) -> None:
    brain.wheel(-2)
    spot = brain.part(0.42, 0.45)
    truth = np.asarray(brain.viewport.patient_point(spot))
    before = layout_of(brain)
    if by_tool:
        brain.key(Key.Key_H)
        brain.click(spot)
    else:
        shift_move(brain.viewport, spot)
    after = layout_of(brain)
    assert after.views[AXIAL] == before.views[AXIAL]
    assert after.views[SAGITTAL].index != before.views[SAGITTAL].index
    for place in (SAGITTAL, PERFUSION, FLOW):
        stack, viewport = stack_in(brain, place), tile(brain, place)
        distances = [abs(off(image.plane, truth)) for image in stack.images]
        assert after.views[place].index == int(np.argmin(distances))
        assert min(distances) <= stack.report.step_mm / 2
        cross = brain.study.together.cross(after.views[place])
        assert cross is not None
        assert cross.distance_mm == pytest.approx(min(distances), abs=0.1)
        ((across, down),) = viewport.camera.to_screen([cross.in_plane])
        assert off(viewport.plane, np.asarray(viewport.patient_point((across, down)))) == pytest.approx(0, abs=1e-6)
        found = np.asarray(viewport.patient_point((across, down))) - truth
        assert float(np.linalg.norm(found)) == pytest.approx(min(distances), abs=1e-6)
        picture = viewport.grab().toImage()
        arm = picture.pixelColor(round(across) + 8, round(down - 0.5))
        assert arm.lightness() > 150
    brain.key(Key.Key_Escape)
    assert brain.study.together.point is None
    assert layout_of(brain).views == after.views


def test_tiles_where_the_point_does_not_lie_stay(brain: Driver) -> None:
    """The lowest axial slices lie below what was taken of the perfusion."""
    brain.key(Key.Key_End)
    before = layout_of(brain)
    brain.key(Key.Key_H)
    brain.click(brain.part(0.45, 0.5))
    for place in (PERFUSION, FLOW):
        assert layout_of(brain).views[place] == before.views[place]
        assert brain.study.together.cross(before.views[place]) is None
    assert layout_of(brain).views[SAGITTAL] != before.views[SAGITTAL]


def test_the_3d_cursor_brings_an_mpr_to_its_point(brain: Driver) -> None:
    axial = stack_in(brain, AXIAL).key
    press_in(brain, PERFUSION)
    brain.key(Key.Key_M)
    assert dropped(brain, 3, axial)
    brain.wait_for_rest()
    brain.key(Key.Key_Home)
    brain.wheel(-15)
    spot = brain.part(0.4, 0.4)
    truth = brain.viewport.patient_point(spot)
    shift_move(brain.viewport, spot)
    for view in layout_of(brain).views[:3]:
        assert view.cut is not None
        assert view.cut.point == pytest.approx(truth, abs=1e-6)
    before = layout_of(brain)
    across = tile(brain, 1)
    shift_move(across, (across.width() // 2, round(across.height() * 0.4)))
    assert layout_of(brain).views[:3] == before.views[:3]
    assert layout_of(brain).views[3] != before.views[3]


@cache
def headers() -> dict[str, pydicom.Dataset]:
    files = [path for path in Path(case(CASE)).rglob("*") if path.is_file()]
    read = [pydicom.dcmread(path, stop_before_pixels=True, force=True) for path in files]
    return {data.SOPInstanceUID: data for data in read if "ImagePositionPatient" in data}


def rectangle(driver: Driver, place: int) -> pydicom.Dataset:
    view = layout_of(driver).views[place]
    return headers()[stack_in(driver, place).images[view.index].sop_instance_uid]


@pytest.mark.parametrize(("here", "there"), [(SAGITTAL, AXIAL), (AXIAL, SAGITTAL)])
def test_localizer_lines_are_where_the_planes_cut_by_another_library(brain: Driver, here: int, there: int) -> None:
    """Both ends lie in both images by highdicom, and each on an edge of one of them."""
    brain.key(Key.Key_O)
    brain.wheel(-4)
    viewport = tile(brain, here)
    label = str(layout_of(brain).views[there].index + 1)
    (line,) = [found for found in lines_over(viewport.tile, viewport.camera) if found.label == label]
    ends = np.array([viewport.patient_point((float(end[0]), float(end[1]))) for end in line.ends])
    edges = [_in_image(rectangle(brain, each), ends) for each in (here, there)]
    assert np.min(np.hstack(edges), axis=1) == pytest.approx(0.0, abs=1e-3)
    assert line.is_active == (there == AXIAL)


def test_planes_that_do_not_cut_have_no_line(brain: Driver) -> None:
    """The two of ASL are parallel; they lean by 3 degrees to the axial ones and are 30 mm away."""
    lines = {place: lines_over(tile(brain, place).tile, tile(brain, place).camera) for place in range(4)}
    assert [len(lines[place]) for place in range(4)] == [3, 1, 1, 1]


def _in_image(header: pydicom.Dataset, points: Floats) -> Floats:
    """How far points are from the four edges of an image, in pixels; they must lie in its plane and not outside."""
    to_image = highdicom.spatial.ReferenceToImageTransformer(
        header.ImagePositionPatient, header.ImageOrientationPatient, header.PixelSpacing
    )
    found = to_image(points)
    assert found[:, 2] == pytest.approx(0.0, abs=1e-3)
    distances: Floats = np.column_stack([found[:, :2], np.array([header.Columns, header.Rows]) - found[:, :2]])
    assert distances.min() >= -1e-3
    return distances


def test_localizer_lines_are_painted_and_hidden_again(brain: Driver) -> None:
    viewport = tile(brain, SAGITTAL)

    def is_painted() -> bool:
        picture, color = viewport.grab().toImage(), QColor(viewport.painting.palette.localizer_active)
        return any(
            picture.pixelColor(across, down) == color
            for across in range(0, picture.width(), 3)
            for down in range(picture.height())
        )

    assert not is_painted()
    brain.key(Key.Key_O)
    assert is_painted()
    press_in(brain, SAGITTAL)
    assert not is_painted()
    brain.key(Key.Key_O)
    assert lines_over(viewport.tile, viewport.camera)
    assert not brain.window.manner.lines_shown


def test_links_begin_anew_with_another_study(caliper: Driver) -> None:
    caliper.key(Key.Key_L, CONTROL)
    assert caliper.study.together.links == Links(scroll=True, pan_zoom=True)
    (older,) = caliper.workspace.priors()
    caliper.workspace.choose(older)
    caliper.wait_for_image()
    assert caliper.study.together.links == Links()
    assert not caliper.window.actions_by_name["link_scroll"].isChecked()
