"""P10, C19, C21, C23, C24: every value of twelve bits through the reader, to its number and to its grey."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.made import record, written
from viewer_app import scripting
from viewer_app.imaging.headers import Window
from viewer_app.phantom.staircase import STAIRCASES, WINDOWS


@pytest.mark.parametrize("name", STAIRCASES)
def test_numbers(tmp_path: Path, name: str) -> None:
    stair = STAIRCASES[name]
    with written(tmp_path, [stair.image]) as study:
        image = study.series[0].image(0)
    np.testing.assert_array_equal(image.stored, stair.stored)
    np.testing.assert_array_equal(image.modality_values(), stair.hu)


@pytest.mark.parametrize("name", STAIRCASES)
def test_greys(tmp_path: Path, name: str) -> None:
    stair = STAIRCASES[name]
    with written(tmp_path, [stair.image]) as study:
        volume = study.series[0].volume()
        for center, width, function in WINDOWS:
            greys = volume.greys(0, Window(center, width, "", function))
            assert greys.dtype == np.uint8
            expected = stair.greys(center, width, function)
            np.testing.assert_array_equal(greys[~stair.is_padding], expected[~stair.is_padding])


def test_the_whole_range_uses_every_grey() -> None:
    greys = STAIRCASES["unsigned"].greys(1024.0, 4096.0, "LINEAR")
    assert (np.diff(greys.ravel().astype(int)) >= 0).all()
    assert np.unique(greys).size == 256
    inverted = STAIRCASES["unsigned, MONOCHROME1"].greys(1024.5, 4096.0, "LINEAR_EXACT")
    np.testing.assert_array_equal(inverted, np.floor(255.5 - levels(1024.5, 4096.0)))


def levels(center: float, width: float) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    """The levels of LINEAR_EXACT before rounding, in float64: exact here, the width is a power of two."""
    hu = STAIRCASES["unsigned"].hu
    return np.clip(((hu - center) / width + 0.5) * 255.0, 0.0, 255.0)


@pytest.mark.parametrize("name", [name for name, stair in STAIRCASES.items() if stair.padding])
def test_padding_counts_nowhere(tmp_path: Path, name: str) -> None:
    stair = STAIRCASES[name]
    assert record(stair.image).padding == stair.padding
    with written(tmp_path, [stair.image]) as study:
        (series,) = study.series
        probe = scripting.measure("probe", series, (2.0, 0.0, 0.0))
        hu = stair.hu
    inside = [(row, column) for row in range(3) for column in range(5) if row**2 + (column - 2) ** 2 < 2.5**2]
    values = np.array([hu[place] for place in inside])
    used = values[~np.isnan(values)]
    assert probe["count"].number == used.size
    assert probe["minimum"].number == used.min()
    assert probe["maximum"].number == used.max()
    assert probe["mean"].number == pytest.approx(used.mean(), abs=1e-9)
