"""C38, IHE BIR 25: turning in the window: what may be turned, what is said of it, and marks that go with it (C02)."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt

from tests.made import image
from tests.ui.job.conftest import Start
from tests.ui.job.driver import MIDDLE, Driver
from viewer_app.phantom.dicom import write_series
from viewer_app.ui.turning import REFUSED, Turning
from viewer_app.ui.views.corner_text import Density
from viewer_app.ui.views.foreground import Foreground, foreground_of

Key = Qt.Key
RADIOGRAPH: dict[str, Any] = {
    "Modality": "MG", "ImagePositionPatient": None, "ImageOrientationPatient": None, "PixelSpacing": None,
    "ImagerPixelSpacing": ["0.1", "0.1"], "PatientOrientation": ["P", "L"], "ImageLaterality": "R",
    "LossyImageCompression": "01",
}  # fmt: skip


def shown(driver: Driver, density: Density = Density.FULL) -> Foreground:
    """What is written over the image."""
    found = foreground_of(driver.viewport.tile, driver.viewport.camera, density, None, hidden=False)
    assert found is not None
    return found


@pytest.fixture
def radiograph(start: Start, tmp_path: Path) -> Driver:
    """Caliper with a mammogram that carries more badges than find room."""
    write_series(tmp_path / "radiograph", [image(size=(60, 40), **RADIOGRAPH)])
    driver = start(tmp_path / "radiograph")
    driver.wait_for_image()
    return driver


@pytest.fixture
def section(start: Start, tmp_path: Path) -> Driver:
    """Caliper with a CT."""
    write_series(tmp_path / "section", [image(size=(60, 40))])
    driver = start(tmp_path / "section")
    driver.wait_for_image()
    return driver


def test_a_projection_turns_and_says_so_at_every_density(radiograph: Driver) -> None:
    said: list[str] = []
    turning = Turning(radiograph.workspace, said.append)
    assert shown(radiograph).edges == ("A", "P", "R", "L")
    for turn, badge, edges in (
        (turning.right, "Rotated 90° clockwise", ("L", "R", "A", "P")),
        (turning.flip, "Flipped left to right, then rotated 90° counterclockwise", ("R", "L", "A", "P")),
        (turning.left, "Flipped top to bottom", ("A", "P", "L", "R")),
    ):
        turn()
        for density in Density:
            assert shown(radiograph, density).corners.badges[0] == badge
        assert shown(radiograph).edges == edges
    turning.reset()
    assert shown(radiograph).edges == ("A", "P", "R", "L")
    assert not any("Rotated" in badge or "Flipped" in badge for badge in shown(radiograph).corners.badges)
    assert said == []


def test_a_section_is_turned_in_advanced_mode_only_and_can_always_come_back(section: Driver) -> None:
    said: list[str] = []
    view = section.view
    basic = Turning(section.workspace, said.append)
    for turn in (basic.right, basic.left, basic.flip):
        turn()
    assert (section.view, said) == (view, [REFUSED] * 3)
    advanced = Turning(section.workspace, said.append, lambda: True)
    advanced.flip()
    assert shown(section).corners.badges[0] == "Flipped left to right"
    assert shown(section).edges == ("L", "R", "A", "P")
    basic.right()
    assert (section.view.quarter_turns, len(said)) == (0, 4)
    basic.flip()
    advanced.right()
    basic.reset()
    assert (section.view, len(said)) == (view, 4)


def test_nothing_happens_without_a_study(start: Start) -> None:
    driver = start()
    said: list[str] = []
    turning = Turning(driver.workspace, said.append)
    turning.right()
    turning.reset()
    assert (driver.workspace.study, said) == (None, [])


def test_drawing_hitting_and_moving_a_mark_on_a_turned_picture(radiograph: Driver) -> None:
    turning = Turning(radiograph.workspace, lambda sentence: None)
    turning.right()
    turning.flip()
    radiograph.key(Key.Key_D)
    start, end = radiograph.part(0.5, 0.4), radiograph.part(0.5, 0.6)
    radiograph.drag(start, end)
    (drawn,) = radiograph.records
    length = (end[1] - start[1]) / radiograph.viewport.camera.scale
    assert drawn.values[0].number == pytest.approx(length, rel=1e-9)
    assert (radiograph.handle(drawn, 0), radiograph.handle(drawn, 1)) == (start, end)
    for turn in (turning.left, turning.flip, turning.right, turning.reset):
        turn()
        for index in (0, 1):
            hit = radiograph.viewport.hit(radiograph.handle(drawn, index))
            assert hit is not None
            assert (hit.uid, hit.handle) == (drawn.measurement.uid, index)
        assert radiograph.records == (drawn,)
    turning.right()
    grip = radiograph.handle(drawn, 1)
    radiograph.drag(grip, (grip[0] + 25, grip[1] + 10))
    assert radiograph.handle(radiograph.records[0], 1) == (grip[0] + 25, grip[1] + 10)
    assert radiograph.handle(radiograph.records[0], 0) == radiograph.handle(drawn, 0)


def test_what_is_dragged_or_zoomed_stays_under_the_pointer(radiograph: Driver) -> None:
    turning = Turning(radiograph.workspace, lambda sentence: None)
    for turn in (turning.right, turning.flip, turning.left, turning.right, turning.right):
        turn()
        radiograph.study.view.set(replace(radiograph.view, scale=None, center=None))
        start, end = radiograph.part(0.4, 0.5), radiograph.part(0.6, 0.7)
        (held,) = radiograph.viewport.camera.to_plane([start])
        radiograph.drag(start, end, MIDDLE)
        assert radiograph.viewport.camera.to_plane([end])[0] == pytest.approx(held, abs=1e-9)
        radiograph.wheel(3, modifiers=Qt.KeyboardModifier.ControlModifier, at=end)
        assert radiograph.viewport.camera.to_plane([end])[0] == pytest.approx(held, abs=1e-9)
