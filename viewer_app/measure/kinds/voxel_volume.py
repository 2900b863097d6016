"""Volume of voxels that were painted or grown."""

from __future__ import annotations

from viewer_app.errors import VolumeError
from viewer_app.imaging.stacks import Stack
from viewer_app.measure.measurement import Measurement
from viewer_app.measure.stack_kind import StackKind
from viewer_app.measure.volumes import MeasuredVolume, VoxelRegion, voxel_volume


class VoxelVolume(StackKind):
    """Count of voxels x the volume of a voxel."""

    name, title = "volume", "Volume"

    def measured(self, measurement: Measurement, stack: Stack) -> MeasuredVolume:
        """By its voxels."""
        return voxel_volume(stack, self.voxels(measurement, stack))

    def voxels(self, measurement: Measurement, stack: Stack) -> VoxelRegion:
        """Those that were painted or grown."""
        if measurement.region is None:
            raise VolumeError("The volume has lost its voxels.", "Draw it anew.")
        return measurement.region
