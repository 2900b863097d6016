"""The voxel at a place in the patient."""

from __future__ import annotations

import numpy as np

from viewer_app.imaging.geometry import Vector
from viewer_app.imaging.slices import heights
from viewer_app.imaging.stacks import Stack
from viewer_app.measure.volumes.voxel_region import Index, StackGrid


def voxel_at(stack: Stack, grid: StackGrid, point: Vector) -> Index | None:
    """The voxel of the nearest slice whose pixel holds a patient point; None beside the images.

    A point on the border belongs to the next pixel. The first and the last slice reach as far outwards as inwards.
    """
    places, height = heights(stack), float(np.dot(point, stack.images[0].plane.normal))
    index = int(np.argmin(np.abs(places - height)))
    steps = np.abs(np.diff(places))
    ends = {0: 0, len(places) - 1: -1} if len(steps) else {}
    reach = float(steps[ends[index]]) / 2 if index in ends else np.inf
    column, row = stack.images[index].plane.to_pixels([point])[0]
    found = index, int(np.floor(row + 0.5)), int(np.floor(column + 0.5))
    return found if grid.holds(found) and abs(float(places[index]) - height) <= reach else None
