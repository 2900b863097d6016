"""C25: the window's pixels are, for all 4,096 values, the greys of the formula: no dither, no colour shift.

So they are inverted, at one pixel of the screen for each of the image, and on a screen of twice the density;
in a colour map they are the entries of its table.
"""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.ui.job.conftest import Start
from tests.ui.job.driver import Driver
from tests.ui.job.test_c38_left_marker import picture
from viewer_app.imaging.headers import Window
from viewer_app.phantom.dicom import write_series
from viewer_app.phantom.staircase import STAIRCASES, WINDOWS
from viewer_app.ui.views.color_maps import color_table

Colours = NDArray[np.uint8]
_DENSITY = "CALIPER_TEST_DENSITY"


def staircase(start: Start, folder: Path, name: str) -> Driver:
    """Caliper with every value on the screen."""
    write_series(folder / "staircase", [STAIRCASES[name].image])
    driver = start(folder / "staircase")
    driver.wait_for_image()
    driver.wait_for_rest()
    return driver


@pytest.mark.parametrize("name", ["unsigned", "signed, MONOCHROME1"])
@pytest.mark.parametrize("pixels", [1.0, 8.0, 10.0])
def test_the_screen_is_the_formula(start: Start, tmp_path: Path, name: str, pixels: float) -> None:
    driver, stair = staircase(start, tmp_path, name), STAIRCASES[name]
    ratio = driver.viewport.devicePixelRatioF()
    assert ratio == float(os.environ.get(_DENSITY, "1"))
    for center, width, function in WINDOWS:
        window = Window(center, width, "", function)
        for inverted in (False, True):
            driver.study.view.set(replace(driver.view, scale=pixels / ratio, window=window, inverted=inverted))
            expected = replace(stair, is_inverted=stair.is_inverted ^ inverted).greys(center, width, function)
            np.testing.assert_array_equal(greys_of(seen(driver)), expected)


@pytest.mark.parametrize("name", ["pet", "viridis"])
def test_in_a_colour_map_each_grey_is_its_entry(start: Start, tmp_path: Path, name: str) -> None:
    driver, stair = staircase(start, tmp_path, "unsigned"), STAIRCASES["unsigned"]
    for center, width, function in WINDOWS:
        view = replace(driver.view, scale=8.0, window=Window(center, width, "", function), color_map=name)
        driver.study.view.set(view)
        greys = stair.greys(center, width, function)
        np.testing.assert_array_equal(seen(driver), color_table(name)[greys])
        driver.study.view.set(replace(view, color_map=""))
        np.testing.assert_array_equal(greys_of(seen(driver)), greys)


@pytest.mark.skipif(_DENSITY in os.environ, reason="this is the dense screen")
def test_so_it_is_on_a_screen_of_twice_the_density() -> None:
    dense = os.environ | {"QT_SCALE_FACTOR": "2", _DENSITY: "2"}
    chosen = f"{__file__}::{test_the_screen_is_the_formula.__name__}"
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", chosen]
    ended = subprocess.run(command, env=dense, capture_output=True, text=True, timeout=120, check=False)
    assert ended.returncode == 0, ended.stdout[-3000:]
    assert "6 passed" in ended.stdout


def greys_of(colours: Colours) -> Colours:
    """The one value of all three channels."""
    assert (colours == colours[..., :1]).all(), "a grey with a tint"
    return colours[..., 0]


def seen(driver: Driver) -> Colours:
    """What stands on the screen in the middle of each of the 64 x 64 pixels of the image, (64, 64, RGB)."""
    shown, viewport = picture(driver), driver.viewport
    ratio = viewport.devicePixelRatioF()
    rows, columns = np.mgrid[0:64, 0:64]
    points = viewport.plane.to_patient(np.stack([columns.ravel(), rows.ravel()], axis=1))
    across, down = np.floor(viewport.camera.to_screen(viewport.plane.in_plane(points)) * ratio).astype(int).T
    assert min(across.min(), down.min()) >= 0
    return np.asarray(shown[down, across].reshape(64, 64, 3), dtype=np.uint8)
