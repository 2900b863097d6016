"""A rectangle drawn on the image becomes its window; Esc and clicks leave everything as it was."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from tests.ui.job.conftest import Start
from tests.ui.job.driver import Driver
from viewer_app.imaging.values.clamping import ends
from viewer_app.phantom.blocks import axial_plane, stack
from viewer_app.phantom.dicom import write_series
from viewer_app.ui.tools.pointer import ScreenPoint
from viewer_app.ui.tools.window_region import rectangle, window_region

Outlines = list[Sequence[ScreenPoint] | None]


@pytest.fixture
def outlines() -> Outlines:
    return []


@pytest.fixture
def modality() -> str:
    return "CT"


@pytest.fixture
def driver(start: Start, tmp_path: Path, outlines: Outlines, monkeypatch: pytest.MonkeyPatch, modality: str) -> Driver:
    """A left half of 0 HU and a right half of 1000 HU, each with a gentle ramp; the tool on the left button."""
    ramp = np.arange(1024, 1064, dtype=np.uint16) + np.repeat(np.array([0, 1000], dtype=np.uint16), 20)
    pixels: NDArray[np.uint16] = np.tile(ramp, (40, 1)).astype(np.uint16)
    made = stack(
        [pixels], axial_plane((0.0, 0.0, 0.0), 1.0, 1.0, "region"), [(0.0, 0.0, 0.0)], "region", Modality=modality
    )
    write_series(tmp_path / "images", made)
    driver = start(tmp_path / "images")
    driver.wait_for_image()
    driver.wait_for_rest()
    monkeypatch.setattr(driver.viewport, "outline", outlines.append, raising=False)
    driver.viewport.manner.left_tool = window_region
    return driver


def spot(driver: Driver, column: float, row: float) -> tuple[int, int]:
    ((across, down),) = driver.viewport.camera.to_screen([(column, row)])
    return round(across), round(down)


def test_the_window_is_that_of_the_pixels_inside(driver: Driver, outlines: Outlines) -> None:
    driver.drag(spot(driver, 35.5, 30.5), spot(driver, 24.5, 4.5))  # columns 25 to 35
    window = driver.view.window
    assert window is not None
    assert window.center == pytest.approx(1030.0)
    assert window.width == pytest.approx(10.0, abs=0.2)
    assert outlines[-1] is None
    assert all(drawn is not None and len(drawn) == 4 for drawn in outlines[:-1]) and len(outlines) > 1


@pytest.mark.parametrize("modality", ["NM"])
def test_in_nuclear_medicine_zero_stays_black(driver: Driver) -> None:
    driver.drag(spot(driver, 35.5, 30.5), spot(driver, 24.5, 4.5))
    window = driver.study.window()
    assert window is not None
    low, top = ends(window)
    assert (low, round(top)) == (0.0, 1035)
    driver.window.commands.windowing.automatic()
    window = driver.study.window()
    assert window is not None and ends(window)[0] == 0.0


def test_esc_takes_it_back(driver: Driver, outlines: Outlines) -> None:
    before = driver.view
    QTest.mousePress(driver.canvas, Qt.MouseButton.LeftButton, pos=driver.canvas.rect().center())
    driver.key(Qt.Key.Key_Escape)
    assert (driver.view, outlines[-1]) == (before, None)


def test_a_click_changes_nothing(driver: Driver) -> None:
    before = driver.view
    driver.drag(spot(driver, 10, 10), spot(driver, 10, 10))
    assert driver.view == before


def test_the_outline_goes_around() -> None:
    assert rectangle((1.0, 2.0), (5.0, 8.0)) == ((1.0, 2.0), (5.0, 2.0), (5.0, 8.0), (1.0, 8.0))
