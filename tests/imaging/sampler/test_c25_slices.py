"""C25: a slice at 1:1 and in plain pixels has the greys of `Volume.greys`, for all 4,096 values of every window."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from tests.imaging.luts import lut_item
from tests.imaging.sampler.made import volume_of
from viewer_app.imaging.headers import Lookup, Window
from viewer_app.imaging.sampler import Grid, slice_picture
from viewer_app.imaging.volume import Volume
from viewer_app.phantom.staircase import STAIRCASES, WINDOWS

SHAPE = (64, 64)
PLAIN = Grid(SHAPE, (0.0, 0.0), (1.0, 0.0), (0.0, 1.0))
# A table of all inputs of the staircases, up and down.
_ZIGZAG = Lookup(-3072, (np.arange(8192) * 37 % 1024).astype("<u2").tobytes(), 10)
ALL_WINDOWS = [
    *(Window(center, width, "", function) for center, width, function in WINDOWS),
    *(Window(40.25, width, "", "SIGMOID") for width in (1.0, 400.0, 4096.0)),
    Window(0.0, 4096.0, "", "LUT", _ZIGZAG),
]
# Orientations of a picture, as a grid of it and as numpy has it.
TURNS: dict[str, tuple[Grid, Callable[[Any], Any]]] = {
    "as it is": (PLAIN, lambda a: a),
    "left for right": (Grid(SHAPE, (63.0, 0.0), (-1.0, 0.0), (0.0, 1.0)), lambda a: a[:, ::-1]),
    "top for bottom": (Grid(SHAPE, (0.0, 63.0), (1.0, 0.0), (0.0, -1.0)), lambda a: a[::-1]),
    "a quarter to the right": (Grid(SHAPE, (0.0, 63.0), (0.0, -1.0), (1.0, 0.0)), lambda a: np.rot90(a, -1)),
    "a quarter to the left": (Grid(SHAPE, (63.0, 0.0), (0.0, 1.0), (-1.0, 0.0)), lambda a: np.rot90(a, 1)),
    "upside down": (Grid(SHAPE, (63.0, 63.0), (-1.0, 0.0), (0.0, -1.0)), lambda a: a[::-1, ::-1]),
    "transposed": (Grid(SHAPE, (0.0, 0.0), (0.0, 1.0), (1.0, 0.0)), lambda a: a.T),
}


def staircase(name: str) -> Volume:
    return volume_of([STAIRCASES[name].image])


@pytest.mark.parametrize("name", STAIRCASES)
def test_all_values_through_every_window(name: str) -> None:
    volume = staircase(name)
    thrice = Grid((192, 192), (-1 / 3, -1 / 3), (1 / 3, 0.0), (0.0, 1 / 3))
    for window in ALL_WINDOWS:
        for inverted in (False, True):
            expected = volume.greys(0, window, inverted=inverted)
            for smooth in (True, False):
                found = slice_picture(volume, 0, PLAIN, window, inverted=inverted, smooth=smooth)
                np.testing.assert_array_equal(found, expected)
            large = slice_picture(volume, 0, thrice, window, inverted=inverted, smooth=False)
            np.testing.assert_array_equal(large, np.kron(expected, np.ones((3, 3), np.uint8)))
            between = slice_picture(volume, 0, thrice, window, inverted=inverted)
            np.testing.assert_array_equal(between[1::3, 1::3], expected)


@pytest.mark.parametrize("slope", ["0.1", "3.05185094759972", "-1"])
def test_slopes_that_no_double_holds(slope: str) -> None:
    made: Any = STAIRCASES["signed"].image
    made.RescaleSlope = slope
    volume = volume_of([made])
    for window in ALL_WINDOWS:
        np.testing.assert_array_equal(slice_picture(volume, 0, PLAIN, window), volume.greys(0, window))


def test_a_modality_lut() -> None:
    made: Any = STAIRCASES["unsigned"].image
    for keyword in ("RescaleSlope", "RescaleIntercept", "RescaleType"):
        if keyword in made:
            delattr(made, keyword)
    made.ModalityLUTSequence = [lut_item(np.random.default_rng(1).permutation(4096).tolist(), 0, 16)]
    made.ModalityLUTSequence[0].ModalityLUTType = "US"
    volume = volume_of([made])
    for window in ALL_WINDOWS:
        np.testing.assert_array_equal(slice_picture(volume, 0, PLAIN, window), volume.greys(0, window))


@pytest.mark.parametrize("turn", TURNS)
def test_flips_and_quarter_turns(turn: str) -> None:
    volume, (grid, as_numpy) = staircase("signed"), TURNS[turn]
    window = Window(40.0, 3000.0)
    np.testing.assert_array_equal(slice_picture(volume, 0, grid, window), as_numpy(volume.greys(0, window)))
    (x, y), (a, b), (c, d) = grid.origin, grid.across, grid.down
    halves = Grid((32, 32), (abs(x - 0.5), abs(y - 0.5)), (2 * a, 2 * b), (2 * c, 2 * d))
    straight = Grid((32, 32), (0.5, 0.5), (2.0, 0.0), (0.0, 2.0))
    upright = slice_picture(volume, 0, straight, window)
    np.testing.assert_array_equal(slice_picture(volume, 0, halves, window), as_numpy(upright))


def test_at_one_to_one_nothing_is_blurred_between_pixels() -> None:
    volume, window = staircase("unsigned"), Window(1000.0, 2500.0)
    for shift in (-0.4, 0.3):
        grid = replace(PLAIN, origin=(shift, -shift))
        np.testing.assert_array_equal(slice_picture(volume, 0, grid, window), volume.greys(0, window))


def test_a_grid_at_an_angle_is_refused() -> None:
    with pytest.raises(ValueError, match="along its rows"):
        slice_picture(staircase("signed"), 0, Grid(SHAPE, (0.0, 0.0), (0.8, 0.6), (-0.6, 0.8)), Window(0.0, 1.0))
