"""C25: the window's pixels are, for all 4,096 values, the greys of the formula: no dither, no colour shift."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tests.ui.job.conftest import Start
from tests.ui.job.driver import Driver
from tests.ui.job.test_c38_left_marker import picture
from viewer_app.imaging.headers import Window
from viewer_app.phantom.dicom import write_series
from viewer_app.phantom.staircase import STAIRCASES, WINDOWS


@pytest.mark.parametrize("name", ["unsigned", "signed, MONOCHROME1"])
@pytest.mark.parametrize("scale", [8.0, 10.0])
def test_the_screen_is_the_formula(start: Start, tmp_path: Path, name: str, scale: float) -> None:
    stair = STAIRCASES[name]
    write_series(tmp_path / "staircase", [stair.image])
    driver = start(tmp_path / "staircase")
    driver.wait_for_image()
    driver.wait_for_rest()
    for center, width, function in WINDOWS:
        window = Window(center, width, "", function)
        driver.study.view.set(replace(driver.view, scale=scale, window=window))
        np.testing.assert_array_equal(seen(driver), stair.greys(center, width, function))


def seen(driver: Driver) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    """What stands on the screen in the middle of each of the 64 x 64 pixels of the image."""
    shown, viewport = picture(driver), driver.viewport
    rows, columns = np.mgrid[0:64, 0:64]
    points = viewport.plane.to_patient(np.stack([columns.ravel(), rows.ravel()], axis=1))
    across, down = np.floor(viewport.camera.to_screen(viewport.plane.in_plane(points))).astype(int).T
    assert min(across.min(), down.min()) >= 0
    colours = shown[down, across]
    assert (colours == colours[:, :1]).all(), "a grey with a tint"
    return np.asarray(colours[:, 0].reshape(64, 64), dtype=np.uint8)
