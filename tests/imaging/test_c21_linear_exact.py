"""C21: LINEAR_EXACT by PS3.3 C.11.2.1.3.2, for all 4,096 values through the volume; pydicom is the second opinion.

DCMTK 3.6.7 ignores LINEAR_EXACT, and is no judge here.
"""

from __future__ import annotations

import math
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from pydicom import dcmread
from pydicom.pixels.processing import apply_windowing

from tests.imaging.staircase import staircase
from tests.made import frame, image, written

HALF = Fraction(1, 2)
SETTINGS = [("2048", "4096"), ("1000", "400"), ("1000.25", "0.5"), ("0", "1"), ("4095", "510"), ("-300", "77.5")]


@pytest.mark.parametrize(("center", "width"), SETTINGS)
def test_every_value_is_the_formula_and_pydicoms(tmp_path: Path, center: str, width: str) -> None:
    made = staircase(WindowCenter=center, WindowWidth=width, VOILUTFunction="LINEAR_EXACT")
    with written(tmp_path, [made]) as study:
        volume = study.series[0].volume()
        shown = volume.greys(0, volume.default_window(0)).flatten()
    for value, grey in enumerate(shown.tolist()):
        share = min(max((value - Fraction(center)) / Fraction(width) + HALF, Fraction(0)), Fraction(1))
        assert grey == math.floor(share * 255 + HALF)
    (path,) = tmp_path.iterdir()
    theirs = apply_windowing(np.arange(4096.0), dcmread(path)) / 4095 * 255
    assert np.abs(shown - theirs).max() <= 0.5 + 1e-9


def test_linear_over_floating_point_values_is_exact() -> None:
    """The half unit of LINEAR is one of integers: a map of 0 to 1 with the window 0.5, 1 would be all white."""
    made = image(
        WindowCenter="0.5", WindowWidth="1", VOILUTFunction="LINEAR", BitsAllocated=32, PixelRepresentation=None
    )
    (window,) = frame(made).windows
    assert (window.center, window.width, window.function) == (0.5, 1.0, "LINEAR_EXACT")
