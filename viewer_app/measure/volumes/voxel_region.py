"""A set of voxels of one stack, as a frozen value."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from viewer_app.errors import VolumeError
from viewer_app.imaging.stacks import Stack
from viewer_app.imaging.study import TWIN
from viewer_app.measure.region import Mask
from viewer_app.measure.volumes.layer import Layer, combined

Index = tuple[int, int, int]
"""(slice, row, column), each from 0."""


@dataclass(frozen=True, slots=True)
class StackGrid:
    """Which voxels a region may have: those of one stack of one series.

    `shape` counts slices, rows and columns. `images` is a SHA-256 over SOP Instance UIDs and frame numbers in their
    order: where an image came or went, the slices have other numbers, and the region is not of this stack.
    """

    series_uid: str
    stack_number: int
    shape: tuple[int, int, int]
    images: str

    @classmethod
    def of(cls, stack: Stack) -> StackGrid:
        """The grid of a stack; VolumeError for images without pixels, and for twins, to which no mark can belong."""
        if any(image.instance.is_twin for image in stack.images):
            raise VolumeError("Other images have the same SOP Instance UIDs.", TWIN)
        pixels = stack.images[0].instance.pixel_format
        if pixels is None:
            raise VolumeError("The series has no pixels.", "Choose a series of images.")
        names = "\n".join(f"{image.sop_instance_uid} {image.frame.number}" for image in stack.images)
        shape = len(stack.images), pixels.rows, pixels.columns
        return cls(stack.info.series_uid, stack.number, shape, hashlib.sha256(names.encode()).hexdigest())

    def holds(self, index: Index) -> bool:
        """True for the index of a voxel."""
        return all(0 <= place < size for place, size in zip(index, self.shape, strict=True))


@dataclass(frozen=True)
class VoxelRegion:
    """Voxels of a stack. Regions of the same voxels are equal and have one hash.

    `layers` are in the order of their slices, none empty. Every edit is a new region, which shares with the old
    one the layers it leaves alone: a history of strokes costs what the strokes touched.

    Raises:
        VolumeError: layers outside the grid or out of order.
    """

    grid: StackGrid
    layers: tuple[Layer, ...] = ()

    def __post_init__(self) -> None:
        slices, rows, columns = self.grid.shape
        before = -1
        for layer in self.layers:
            inside = min(layer.top, layer.left) >= 0 and layer.bottom <= rows and layer.right <= columns
            if not (before < layer.index < slices and inside):
                raise VolumeError("A region of voxels reaches out of its images.", "Draw it anew.")
            before = layer.index

    @classmethod
    def of(cls, grid: StackGrid, layers: Iterable[Layer | None]) -> VoxelRegion:
        """The region of layers in the order of their slices; None stands for an empty one."""
        return cls(grid, tuple(layer for layer in layers if layer))

    @classmethod
    def of_mask(cls, grid: StackGrid, mask: Mask) -> VoxelRegion:
        """The region of a whole mask (slices, rows, columns)."""
        if mask.shape != grid.shape:
            raise VolumeError("The mask is not of the size of the images.", "Choose the series it was made for.")
        return cls.of(grid, (Layer.of(index, part) for index, part in enumerate(mask)))

    @cached_property
    def count(self) -> int:
        """How many voxels there are."""
        return sum(layer.count for layer in self.layers)

    @cached_property
    def box(self) -> tuple[Index, Index] | None:
        """The first slice, row and column, and those after the last; None without a voxel."""
        if not self.layers:
            return None
        first = self.layers[0].index, min(one.top for one in self.layers), min(one.left for one in self.layers)
        last = (
            self.layers[-1].index + 1,
            max(one.bottom for one in self.layers),
            max(one.right for one in self.layers),
        )
        return first, last

    @cached_property
    def _by_slice(self) -> dict[int, Layer]:
        return {layer.index: layer for layer in self.layers}

    def layer(self, index: int) -> Layer | None:
        """The voxels of slice `index`; None without one."""
        return self._by_slice.get(index)

    def slice_mask(self, index: int) -> Mask:
        """The voxels of slice `index`, (rows, columns) of the whole image."""
        mask = np.zeros(self.grid.shape[1:], dtype=np.bool_)
        if layer := self.layer(index):
            layer.draw(mask)
        return mask

    def framed(self, index: int) -> Mask:
        """The voxels of slice `index` within the box of the region, with a pixel of nothing around."""
        (_, top, left), (_, bottom, right) = self.box or ((0, 0, 0), (0, 0, 0))
        mask = np.zeros((bottom - top + 2, right - left + 2), dtype=np.bool_)
        if layer := self.layer(index):
            layer.draw(mask, top - 1, left - 1)
        return mask

    def mask(self) -> Mask:
        """All voxels, (slices, rows, columns) of the whole stack."""
        mask = np.zeros(self.grid.shape, dtype=np.bool_)
        for layer in self.layers:
            layer.draw(mask[layer.index])
        return mask

    def __contains__(self, index: Index) -> bool:
        """True for the index of a voxel of the region."""
        layer = self.layer(index[0])
        if layer is None or not (layer.top <= index[1] < layer.bottom and layer.left <= index[2] < layer.right):
            return False
        return bool(layer.mask()[index[1] - layer.top, index[2] - layer.left])

    def __or__(self, other: VoxelRegion) -> VoxelRegion:
        """Union: what is painted is added."""
        mine, its = self._with(other)
        return VoxelRegion.of(self.grid, (_union(mine.get(k), its.get(k)) for k in sorted(mine.keys() | its.keys())))

    def __and__(self, other: VoxelRegion) -> VoxelRegion:
        """What both have."""
        mine, its = self._with(other)
        shared = sorted(mine.keys() & its.keys())
        return VoxelRegion.of(self.grid, (combined(mine[k], its[k], np.logical_and) for k in shared))

    def __sub__(self, other: VoxelRegion) -> VoxelRegion:
        """Difference: what is erased is taken away."""
        mine, its = self._with(other)
        return VoxelRegion.of(self.grid, (_difference(layer, its.get(k)) for k, layer in mine.items()))

    def _with(self, other: VoxelRegion) -> tuple[dict[int, Layer], dict[int, Layer]]:
        if self.grid != other.grid:
            raise VolumeError(
                "The two regions of voxels are not of the same images.", "Draw both on one stack of one series."
            )
        return self._by_slice, other._by_slice


def _union(one: Layer | None, other: Layer | None) -> Layer | None:
    return combined(one, other, np.logical_or) if one and other else one or other


def _difference(one: Layer, other: Layer | None) -> Layer | None:
    return combined(one, other, np.greater) if other else one
