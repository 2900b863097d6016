"""G13, quick form: all 4,096 values under 60 windows and five rescales, MONOCHROME1 and 2, by exact numbers."""

from __future__ import annotations

import math
from fractions import Fraction
from itertools import product
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.made import written
from viewer_app.imaging.headers import Window
from viewer_app.phantom.staircase import STAIRCASES

CENTERS = (40.0, 300.25, -600.0, 1000.5)
WINDOWS = [
    *(Window(c, w, "", "LINEAR") for c, w in product(CENTERS, (1.0, 2.0, 80.0, 255.0, 400.0, 4096.0))),
    *(Window(c, w, "", "LINEAR_EXACT") for c, w in product(CENTERS, (0.25, 1.0, 77.5, 510.0, 4095.0))),
    *(Window(c, w, "", "SIGMOID") for c, w in product(CENTERS, (0.5, 50.0, 400.0, 4096.0))),
]
# Slope and intercept as the file writes them, and whether a double holds every value exactly.
RESCALES = {
    ("1", "-1024"): True,
    ("0.5", "-500"): True,
    ("-1", "3071"): True,
    ("0.1", "0"): False,
    ("3.05185094759972", "-1000.7"): False,
}
HALF = Fraction(1, 2)


def test_there_are_sixty() -> None:
    assert len(set(WINDOWS)) == 60


@pytest.mark.parametrize("rescale", RESCALES)
@pytest.mark.parametrize("name", ["unsigned", "signed", "unsigned, MONOCHROME1", "signed, MONOCHROME1"])
def test_every_grey_is_the_formulas(tmp_path: Path, name: str, rescale: tuple[str, str]) -> None:
    stair = STAIRCASES[name]
    made = stair.image
    made.RescaleSlope, made.RescaleIntercept = rescale
    with written(tmp_path, [made]) as study:
        volume = study.series[0].volume()
    for window in WINDOWS:
        greys = volume.greys(0, window).astype(int)
        exact = window.function != "SIGMOID"
        expected, certain = (_straight if exact else _curved)(stair.stored, rescale, window, stair.is_inverted)
        is_threshold = window.function == "LINEAR" and window.width == 1
        most = 0 if is_threshold or (exact and RESCALES[rescale]) else 1
        assert np.abs(greys - expected)[certain].max() <= most, window


Greys = tuple[NDArray[np.int64], NDArray[np.bool_]]


def _straight(stored: NDArray[np.int64], rescale: tuple[str, str], window: Window, inverted: bool) -> Greys:
    """PS3.3 C.11.2.1.2.1 and C.11.2.1.3.2 in fractions brought to one denominator, rounded half up.

    The second array is False where a value is within rounding of an end of the window.
    """
    slope, intercept = map(Fraction, rescale)
    middle, span = Fraction(window.center), Fraction(window.width)
    if window.function == "LINEAR":
        middle, span = middle - HALF, span - 1
    parts = math.lcm(*(number.denominator for number in (slope, intercept, middle, span / 2)))
    step, start, half = int(slope * parts), int((intercept - middle) * parts), int(span / 2 * parts)
    above = stored.astype(object) * step + start  # over the middle of the window, in `parts`
    low, high = above <= -half, above > half
    doubled = (above + half) * 510 if half else above * 0  # twice the grey, times 2 * half
    if inverted:
        doubled = 1020 * half - doubled
    rounded = (doubled + 2 * half) // (4 * half) if half else doubled
    ends = (255, 0) if inverted else (0, 255)
    greys = np.where(low, ends[0], np.where(high, ends[1], rounded)).astype(np.int64)
    off = np.minimum(abs(above - half), abs(above + half)).astype(float) / parts
    is_dyadic = RESCALES[rescale]
    return greys, np.full(stored.shape, True) if is_dyadic else off > 1e-9


def _curved(stored: NDArray[np.int64], rescale: tuple[str, str], window: Window, inverted: bool) -> Greys:
    """PS3.3 C.11.2.1.3.1, value by value."""
    slope, intercept = map(Fraction, rescale)
    greys = []
    for number in stored.flat:
        exponent = float(-4 * (slope * int(number) + intercept - Fraction(window.center)) / Fraction(window.width))
        level = 255 / (1 + math.exp(min(exponent, 700.0)))
        greys.append(math.floor((255 - level if inverted else level) + 0.5))
    return np.array(greys).reshape(stored.shape), np.full(stored.shape, True)
