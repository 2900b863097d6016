"""Key 0 and a region on reconstructed planes: a window of what the plane shows, or words why there is none."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest
from pydicom.dataset import FileDataset
from PySide6.QtCore import Qt

from tests.ui.job.conftest import Start
from tests.ui.job.driver import Driver
from viewer_app.imaging.geometry import Floats
from viewer_app.imaging.mpr import Name
from viewer_app.imaging.sampling import values_at
from viewer_app.imaging.values.region_window import region_window
from viewer_app.imaging.values.voi import auto_window
from viewer_app.phantom.dicom import image_dataset, write_series
from viewer_app.phantom.ramp import ramp
from viewer_app.phantom.steps import with_changing_pitch
from viewer_app.session.reconstructing import mpr_layout

Key = Qt.Key
Open = Callable[[Sequence[FileDataset]], Driver]


@pytest.fixture
def opened(start: Start, tmp_path: Path) -> Open:
    """Caliper with these images, all there."""

    def open_(images: Sequence[FileDataset]) -> Driver:
        write_series(tmp_path / "images", list(images))
        driver = start(tmp_path / "images")
        driver.wait_for_image()
        driver.wait_for_rest()
        return driver

    return open_


def points_shown(driver: Driver, corners: Floats | None = None) -> Floats:
    """Patient points (n, 3) of the plane's pixels, all or between two in-plane corners (2, 2)."""
    tile = driver.study.active
    left, top, width, height = tile.extent
    first, last = np.array([(left, top), (left + width, top + height)])
    if corners is not None:
        first, last = corners.min(axis=0), corners.max(axis=0)
    steps = tile.plane.spacing[::-1]
    across, down = (np.arange(start, end + 1e-9, step) for start, end, step in zip(first, last, steps, strict=True))
    grid = np.stack(np.meshgrid(across, down), axis=-1).reshape(-1, 2)
    return tile.plane.to_patient(grid / steps)


def values_shown(driver: Driver, corners: Floats | None = None) -> Floats:
    """Those of the plain sampler, which a picture is held to."""
    source = driver.study.active.source
    assert source is not None
    return values_at(source, points_shown(driver, corners))


def drag_region(driver: Driver, start: tuple[float, float], end: tuple[float, float]) -> Floats:
    """Draw a rectangle between two places of the viewport; its in-plane corners (2, 2)."""
    driver.window.commands.take_tool("window_region")
    driver.drag(driver.part(*start), driver.part(*end))
    return driver.viewport.camera.to_plane([driver.part(*start), driver.part(*end)])


@pytest.mark.parametrize("name", ["axial", "oblique", "tilted by 15"])
@pytest.mark.parametrize("plane", ["axial", "coronal", "sagittal"])
def test_key_0_windows_what_the_plane_shows(opened: Open, name: str, plane: Name) -> None:
    made = ramp(name)
    driver = opened(made.images)
    driver.key(Key.Key_M)
    driver.wait_for_rest()
    driver.window.commands.arranging.snap(plane)
    driver.key(Key.Key_0)
    shown = made.values_at(points_shown(driver)[np.isfinite(values_shown(driver))])
    low, high = np.percentile(shown, (1.0, 99.0))
    window = driver.study.window()
    assert window is not None and window.explanation == "automatic"
    assert (window.center, window.width) == pytest.approx(((low + high) / 2, high - low), rel=1e-6)
    views = driver.study.layout.value.views[:3]
    assert [view.window for view in views] == [window] * 3, "the planes of one volume have one window"


def test_resampled_planes_are_windowed_too(opened: Open) -> None:
    driver = opened(with_changing_pitch())
    driver.key(Key.Key_M)
    driver.push("Resample and reconstruct")
    driver.wait_until(lambda: driver.study.active.source is not None, "three planes")
    driver.wait_for_rest()
    driver.window.viewports.activate(1)
    driver.key(Key.Key_0)
    assert driver.study.window() == auto_window(values_shown(driver))
    corners = drag_region(driver, (0.45, 0.45), (0.55, 0.52))
    window, expected = driver.study.window(), region_window(values_shown(driver, corners))
    assert window is not None and expected is not None and window.explanation == "region"
    assert (window.center, window.width) == pytest.approx((expected.center, expected.width))


def test_planes_that_are_not_resampled_say_so(opened: Open) -> None:
    driver = opened(with_changing_pitch())
    stack = driver.study.stack
    assert stack is not None
    driver.study.show_layout(mpr_layout(stack, driver.view))
    driver.wait_for_rest()
    driver.window.message.hide()
    driver.key(Key.Key_0)
    assert "have not been resampled" in driver.message
    driver.window.message.hide()
    drag_region(driver, (0.4, 0.4), (0.6, 0.6))
    assert "have not been resampled" in driver.message
    assert driver.view.window is None


def test_colours_say_that_they_have_no_window(opened: Open) -> None:
    colours = np.full((8, 8, 3), 90, dtype=np.uint8)
    driver = opened(
        [image_dataset(colours, None, modality="US", PhotometricInterpretation="RGB", PlanarConfiguration=0)]
    )
    driver.key(Key.Key_0)
    assert "in colour" in driver.message
    driver.window.message.hide()
    drag_region(driver, (0.4, 0.4), (0.6, 0.6))
    assert "in colour" in driver.message
    assert driver.view.window is None


@pytest.mark.parametrize("in_planes", [False, True])
def test_a_rectangle_beside_the_image_says_why_and_a_click_nothing(opened: Open, in_planes: bool) -> None:
    driver = opened(ramp().images)
    if in_planes:
        driver.key(Key.Key_M)
        driver.wait_for_rest()
    before = driver.view
    drag_region(driver, (0.01, 0.02), (0.01, 0.02))
    assert (driver.view, driver.message) == (before, "")
    drag_region(driver, (0.01, 0.02), (0.04, 0.06))
    assert driver.view == before
    assert "too few pixels" in driver.message
