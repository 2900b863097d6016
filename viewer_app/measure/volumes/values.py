"""Modality values of the voxels of a stack, and which of them lie in a range."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np

from viewer_app.errors import VolumeError
from viewer_app.imaging.geometry import Floats
from viewer_app.imaging.stacks import Stack
from viewer_app.imaging.volume import PlanarImage, Volume
from viewer_app.measure.region import Mask
from viewer_app.measure.volumes.layer import Layer
from viewer_app.measure.volumes.voxel_region import StackGrid, VoxelRegion


@dataclass(frozen=True, slots=True)
class ValueRange:
    """Modality values from `low` to `high`, both included.

    Raises:
        VolumeError: no number, or the ends are exchanged.
    """

    low: float = -math.inf
    high: float = math.inf

    def __post_init__(self) -> None:
        if not self.low <= self.high:
            raise VolumeError("The range of values is empty.", "Set the lower end below the upper one.")

    def holds(self, values: Floats) -> Mask:
        """Which of the values lie in the range; padding (NaN) never does."""
        return np.asarray((values >= self.low) & (values <= self.high))


def layer_values(volume: Volume, layer: Layer) -> Floats:
    """Modality values (n,) of the voxels of a layer, row after row; NaN for padding (C24)."""
    image = _image(volume, layer.index)
    box = image.stored[layer.top : layer.bottom, layer.left : layer.right]
    found: Floats = replace(image, stored=box[layer.mask()][None]).modality_values()[0]
    return found


def keep_in_range(region: VoxelRegion, volume: Volume, values: ValueRange) -> VoxelRegion:
    """The voxels of a region whose modality value lies in a range: a threshold brush paints only these.

    Raises:
        VolumeError: colour, a slice that has not arrived, slices of different units, or a region of other images.
    """
    refuse_other_images(region.grid, volume)
    refuse_mixed_units(volume.stack, [layer.index for layer in region.layers])
    return VoxelRegion.of(region.grid, (_kept(layer, volume, values) for layer in region.layers))


def _kept(layer: Layer, volume: Volume, values: ValueRange) -> Layer | None:
    mask = layer.mask()
    mask[mask] = values.holds(layer_values(volume, layer))
    return Layer.of(layer.index, mask, layer.top, layer.left)


def slice_in_range(volume: Volume, index: int, values: ValueRange) -> Mask:
    """The pixels of a slice whose modality value lies in a range, (rows, columns); VolumeError as `keep_in_range`."""
    return values.holds(_image(volume, index).modality_values())


def refuse_other_images(grid: StackGrid, volume: Volume) -> None:
    """VolumeError unless the grid is that of the volume's stack."""
    if grid != StackGrid.of(volume.stack):
        raise VolumeError(
            "The region of voxels belongs to other images.",
            "Images may have come or gone since it was drawn; draw it anew.",
        )


def refuse_mixed_units(stack: Stack, indices: Iterable[int]) -> None:
    """VolumeError unless the values of these slices have one unit."""
    if len({stack.images[index].frame.rescale.unit for index in indices}) > 1:
        raise VolumeError(
            "The images have values of different units; nothing is reckoned across them.",
            "Measure on one slice, or on another series.",
        )


def _image(volume: Volume, index: int) -> PlanarImage:
    if volume.stored_values.ndim != 3:
        raise VolumeError("Colour images have no values to measure.", "Choose a series of grey images.")
    if not volume.has(index):
        raise VolumeError(f"Slice {index + 1} has not arrived yet.", "Wait until the whole series is there.")
    return volume.image(index)
