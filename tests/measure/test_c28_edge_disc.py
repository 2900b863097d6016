"""C28: what the rule of membership does to a disc of five pixels, and that the product has the rule it names."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.made import written
from viewer_app.imaging.geometry import Floats
from viewer_app.measure.region import disc_mask, disc_pixels
from viewer_app.measure.statistics import statistics
from viewer_app.phantom.solids import (
    DISC_AREA_MM2,
    DISC_CENTER_MM,
    DISC_CENTRES,
    DISC_MEAN_MOVED,
    DISC_MEANS,
    DISC_RADIUS_MM,
    DISC_TOUCHED,
    edge_disc,
)

SIZE = 17
CENTER = np.add(DISC_CENTER_MM, 8.0)  # (column, row): the first pixel lies at -8 mm
RADII = (DISC_RADIUS_MM, DISC_RADIUS_MM)


@pytest.fixture
def values(tmp_path: Path) -> Floats:
    """The HU of the phantom (rows, columns), read as any image is."""
    with written(tmp_path, edge_disc()) as study:
        return study.series[0].image(0).modality_values()


def touched() -> NDArray[np.bool_]:
    """Pixels of which any part lies in the disc."""
    row, column = np.indices((SIZE, SIZE))
    across = np.maximum(np.abs(column - CENTER[0]) - 0.5, 0)
    down = np.maximum(np.abs(row - CENTER[1]) - 0.5, 0)
    return np.asarray(np.hypot(across, down) < DISC_RADIUS_MM)


def coverage(parts: int = 100) -> Floats:
    """The share of each pixel that lies in the disc, from `parts` x `parts` points in it."""
    at = (np.arange(SIZE * parts) + 0.5) / parts - 0.5
    inside = np.hypot(at[None, :] - CENTER[0], at[:, None] - CENTER[1]) < DISC_RADIUS_MM
    shares: Floats = inside.reshape(SIZE, parts, SIZE, parts).mean(axis=(1, 3))
    return shares


def test_the_counts_of_the_catalogue() -> None:
    assert int(disc_mask((SIZE, SIZE), CENTER, RADII).sum()) == DISC_CENTRES == 79
    assert disc_pixels(CENTER, RADII) == DISC_CENTRES
    assert int(touched().sum()) == DISC_TOUCHED == 100
    assert math.pi * 25 == DISC_AREA_MM2
    assert float(coverage().sum()) == pytest.approx(DISC_AREA_MM2, abs=0.01)


def test_the_means_of_the_catalogue(values: Floats) -> None:
    by_centres = statistics(values, disc_mask((SIZE, SIZE), CENTER, RADII))
    assert (by_centres.mean, by_centres.count, by_centres.sd) == (DISC_MEANS["centres"], DISC_CENTRES, 0.0)
    assert statistics(values, touched()).mean == pytest.approx(DISC_MEANS["touched"], abs=1e-9)
    assert np.average(values, weights=coverage()) == pytest.approx(DISC_MEANS["coverage"], abs=0.05)


def test_half_a_pixel_beside(values: Floats) -> None:
    moved = statistics(values, disc_mask((SIZE, SIZE), np.add(CENTER, (0.5, -0.5)), RADII))
    assert moved.mean == pytest.approx(DISC_MEAN_MOVED, abs=0.05)


def test_an_area_is_not_a_count_of_pixels(values: Floats) -> None:
    assert pytest.approx(78.54, abs=0.005) == DISC_AREA_MM2
    assert int((values == 100.0).sum()) == DISC_CENTRES
