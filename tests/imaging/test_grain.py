"""How far apart samples lie along a plane, in closed form."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from viewer_app.imaging.geometry import Plane
from viewer_app.imaging.grain import grain_along

# Slices 5 mm apart, rows 0.5 mm, columns 0.7 mm.
AFFINE = np.array([[0.0, 0.0, 0.7, -100.0], [0.0, 0.5, 0.0, -80.0], [5.0, 0.0, 0.0, 12.0], [0.0, 0.0, 0.0, 1.0]])
AXIAL = Plane((0.0, 0.0, 0.0), (1.0, 0.0, 0.0), (0.0, 1.0, 0.0), 0.1, 0.1)
CORONAL = replace(AXIAL, column_direction=(0.0, 0.0, -1.0))
SAGITTAL = replace(AXIAL, row_direction=(0.0, 1.0, 0.0), column_direction=(0.0, 0.0, -1.0))


@pytest.mark.parametrize(
    ("plane", "grain"), [(AXIAL, (0.7, 0.5, 5.0)), (CORONAL, (0.7, 5.0, 0.5)), (SAGITTAL, (0.5, 5.0, 0.7))]
)
def test_along_the_voxels_it_is_their_edges(plane: Plane, grain: tuple[float, float, float]) -> None:
    """However fine the picture of the plane is."""
    assert grain_along(plane, AFFINE) == pytest.approx(grain, rel=1e-12)


def test_an_oblique_plane_sees_every_edge() -> None:
    turn = math.radians(30.0)
    plane = replace(AXIAL, column_direction=(0.0, math.cos(turn), math.sin(turn)))
    down = 0.5 * math.cos(turn) + 5.0 * math.sin(turn)
    across = 0.5 * math.sin(turn) + 5.0 * math.cos(turn)
    assert grain_along(plane, AFFINE) == pytest.approx((0.7, down, across), rel=1e-12)


def test_a_tilted_gantry_shears_and_the_step_leans() -> None:
    """The edge from slice to slice has a part down the column."""
    sheared = AFFINE.copy()
    sheared[1, 0] = 5.0 * math.tan(math.radians(15.0))
    assert grain_along(CORONAL, sheared) == pytest.approx((0.7, 5.0, 0.5 + sheared[1, 0]), rel=1e-12)
