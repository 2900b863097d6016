"""Histograms of regions: every pixel in the bin that says so."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from numpy.typing import ArrayLike

from tests.measure.made import REFERENCE, UPRIGHT, image, measurement
from viewer_app.imaging.headers import Rescale
from viewer_app.imaging.volume import PlanarImage
from viewer_app.measure.histogram import MOST_BINS, Histogram, histogram

ALL = [(-0.5, -0.5), (63.5, 63.5)]


def of(shown: PlanarImage, points: ArrayLike = ALL, kind: str = "rectangle", most: int = MOST_BINS) -> Histogram:
    drawn = measurement(kind, UPRIGHT, UPRIGHT.to_patient(points))
    return histogram(kind, drawn.figures[0], {REFERENCE: shown}, most)


def test_a_small_one_by_hand() -> None:
    found = of(image(UPRIGHT, np.array([[3, 3, 5], [7, 3, 5]])), [(-0.5, -0.5), (2.5, 1.5)])
    assert found == Histogram((2.5, 3.5, 4.5, 5.5, 6.5, 7.5), (3, 0, 2, 0, 1), "HU")


@pytest.mark.parametrize("slope", [1.0, 0.5, 0.1, 0.0037, -2.3, 1e-7, 1e6])
@pytest.mark.parametrize("most", [1, 2, 10, 64, 300])
def test_every_pixel_is_in_the_bin_that_says_so(slope: float, most: int) -> None:
    random = np.random.default_rng(7)
    for high in (2, 40, 3000):
        shown = image(UPRIGHT, random.integers(0, high, (64, 64)), rescale=Rescale(slope, 12.0, "HU"))
        found = of(shown, most=most)
        edges = np.array(found.edges)
        assert len(found.counts) == len(edges) - 1 <= max(most, 2)
        np.testing.assert_allclose(np.diff(edges), edges[1] - edges[0], rtol=1e-9, atol=1e-14)
        values = shown.modality_values().ravel()
        expected = [int(((values >= a) & (values < b)).sum()) for a, b in pairwise(edges)]
        assert list(found.counts) == expected
        assert sum(expected) == 64 * 64
        assert expected[0]
        assert expected[-1]


def test_whole_values_lie_in_the_middle_of_their_bins() -> None:
    found = of(image(UPRIGHT, np.random.default_rng(8).integers(-1000, 2000, (64, 64))))
    assert found.edges[1] - found.edges[0] == 50
    assert all(edge % 1 == 0.5 for edge in found.edges)


def test_one_value_has_one_bin() -> None:
    assert of(image(UPRIGHT, np.full((64, 64), 7))).counts == (4096,)
    found = of(image(UPRIGHT, np.full((64, 64), 0.3)))
    assert found.counts == (4096,)
    assert found.edges[0] <= 0.3 < found.edges[1]


def test_padding_is_in_no_bin() -> None:
    stored = np.ones((64, 64))
    stored[:10] = -5
    found = of(image(UPRIGHT, stored, padding=(-5.0, -5.0)))
    assert (found.counts, found.excluded) == ((54 * 64,), 640)


def test_why_there_is_none() -> None:
    colour = image(UPRIGHT, np.zeros((8, 8, 3), dtype=np.uint8))
    assert of(colour) == Histogram(note="a colour image has no values")
    grey = image(UPRIGHT, np.zeros((8, 8)))
    assert of(grey, [(90, 90), (99, 99)]) == Histogram(unit="HU", note="no pixel inside")
    line = [(1, 1), (2, 2), (3, 3)]
    assert of(grey, line, "circle_three_points") == Histogram(note="the three points lie in one line")
    drawn = measurement("rectangle", UPRIGHT, UPRIGHT.to_patient(ALL))
    assert histogram("rectangle", drawn.figures[0], {}) == Histogram(note="the image is not loaded")
    with pytest.raises(ValueError, match="no pixels"):
        histogram("distance", drawn.figures[0], {})
