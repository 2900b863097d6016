"""Volume inside contours on slices."""

from __future__ import annotations

import numpy as np

from viewer_app.errors import VolumeError
from viewer_app.imaging.geometry import Floats
from viewer_app.imaging.stacks import Stack
from viewer_app.measure.measurement import Measurement
from viewer_app.measure.stack_kind import StackKind
from viewer_app.measure.volumes import MeasuredVolume, VoxelRegion, contour_region, contour_volume


class ContourVolume(StackKind):
    """Each figure is a contour on an acquired slice; slices between that have none count as empty."""

    name, title = "contour_volume", "Volume of contours"
    is_interpolated = False

    def measured(self, measurement: Measurement, stack: Stack) -> MeasuredVolume:
        """Area inside the contours x slab of each slice."""
        return contour_volume(stack, _contours(measurement, stack), interpolated=self.is_interpolated)

    def voxels(self, measurement: Measurement, stack: Stack) -> VoxelRegion:
        """Those with their centres inside the contours of their slice."""
        return contour_region(stack, _contours(measurement, stack))


class BetweenContours(ContourVolume):
    """The same, with the shapes of the slices between interpolated."""

    name, title = "contour_volume_interpolated", "Volume of contours, interpolated"
    is_interpolated = True
    counted = "of the slices that have contours only"


def _contours(measurement: Measurement, stack: Stack) -> dict[int, list[Floats]]:
    found: dict[int, list[Floats]] = {}
    for figure in measurement.figures:
        on = figure.reference
        index = stack.index_of(on.sop_instance_uid, on.frame) if on is not None else None
        if index is None:
            raise VolumeError("A contour lies on an image that is not in its series.", "Draw it anew.")
        found.setdefault(index, []).append(np.asarray(figure.points, dtype=np.float64))
    return found
