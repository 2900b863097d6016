"""How far apart what a scanner sampled lies along the directions of a plane through its voxels."""

from __future__ import annotations

import numpy as np

from viewer_app.imaging.geometry import Floats, Plane


def grain_along(plane: Plane, affine: Floats) -> tuple[float, float, float]:
    """The extent of a voxel along the row, down the column and across a plane, in mm.

    `affine` (4, 4) leads from (slice, row, column, 1) to patient mm, as `Stack.affine`. On a plane
    of the voxels themselves these are their edges; on an oblique one an edge counts in every direction it has a
    part in. The spacing of the plane's own pixels does not enter: it may be as fine as one likes.
    """
    edges = affine[:3, :3].T
    along, down, across = (
        float(np.abs(edges @ np.asarray(way)).sum())
        for way in (plane.row_direction, plane.column_direction, plane.normal)
    )
    return along, down, across
