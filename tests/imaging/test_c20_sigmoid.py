"""C20: SIGMOID by PS3.3 C.11.2.1.3.1, for all 4,096 values through the volume; DCMTK is the second opinion."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest

from tests.imaging import dcmtk
from tests.imaging.staircase import staircase
from tests.made import written


@pytest.mark.parametrize(("center", "width"), [(2048, 4096), (1000, 400), (0, 300), (4095, 50), (2000.5, 1.5)])
def test_every_value_is_the_formula_and_dcmtks(tmp_path: Path, center: float, width: float) -> None:
    made = staircase(WindowCenter=str(center), WindowWidth=str(width), VOILUTFunction="SIGMOID")
    with written(tmp_path, [made]) as study:
        volume = study.series[0].volume()
        shown = volume.greys(0, volume.default_window(0)).flatten()
    assert volume.default_window(0).function == "SIGMOID"
    for value, grey in enumerate(shown.tolist()):
        exponent = min(-4 * (value - center) / width, 700.0)
        assert abs(grey - 255 / (1 + math.exp(exponent))) <= 0.5 + 1e-9
    (path,) = tmp_path.iterdir()
    theirs = dcmtk.greys(path, "+Wi", "1", "+Wfs").flatten()
    assert np.abs(shown.astype(int) - theirs).max() <= 1
