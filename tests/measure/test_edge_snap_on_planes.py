"""Snapping on planes through a volume: a blurred flat edge lies where the closed form says, whatever the plane."""

from __future__ import annotations

import math

import numpy as np
import pytest

from tests.measure.volumes.made import valued
from viewer_app.imaging.cuts import Cut, SlabMode
from viewer_app.imaging.geometry import Floats, vector
from viewer_app.imaging.mpr import VoxelGrid, plane_of
from viewer_app.imaging.sampler import plane_image
from viewer_app.imaging.volume import Volume
from viewer_app.measure.edge_snap import REACH, SEEN, edge_near

_ERF = np.vectorize(math.erf)
_NORMAL = np.array([0.6, 0.48, 0.64])
_OFFSET_MM, _BLUR_MM, _SIDE = 0.37, 1.3, 48
_MIDDLE = np.array([_SIDE, _SIDE, -_SIDE]) / 2
_WITHIN_MM = 0.05


def from_wall(points: Floats) -> Floats:
    """How far patient points (..., 3) are from the middle of the step, along its normal, in mm."""
    found: Floats = (points - _MIDDLE) @ _NORMAL - _OFFSET_MM
    return found


@pytest.fixture(scope="module")
def wall() -> Volume:
    """A step of 1000 HU, blurred by a Gaussian, across a tilted plane that passes beside the middle."""
    slices, rows, columns = np.indices((_SIDE,) * 3).astype(np.float64)
    far = from_wall(np.stack([columns, rows, -slices], axis=-1))
    return valued(np.rint(500 * (1 + _ERF(far / (_BLUR_MM * math.sqrt(2))))))


@pytest.mark.parametrize("turn", [0.0, 0.35, 0.8, 1.2])
def test_a_blurred_wall_is_found_on_any_plane(wall: Volume, turn: float) -> None:
    grid = VoxelGrid.of(wall.stack)
    across, down = (math.cos(turn), 0.0, math.sin(turn)), (0.0, 1.0, 0.0)
    plane = plane_of(Cut(vector(_MIDDLE), vector(across), down), grid)
    found = 0
    for beside in np.linspace(-1.5, 1.5, 7):
        at = plane.in_plane([_MIDDLE + beside * np.asarray(across)])
        reach = SEEN * np.array([plane.column_spacing, plane.row_spacing])
        image = plane_image(wall, plane, 0.0, SlabMode.MEAN, at + np.stack([-reach, reach]))
        assert image.rescale.origin.endswith("interpolated")
        ((column, row),) = image.plane.to_pixels(plane.to_patient(at / plane.spacing[::-1])).tolist()
        edge = edge_near(image, (column, row))
        if edge is not None:
            found += 1
            assert math.hypot(edge[0] - column, edge[1] - row) <= REACH
            assert abs(float(from_wall(image.plane.to_patient([edge]))[0])) < _WITHIN_MM
    assert found >= 5
