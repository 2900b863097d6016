"""The volume of a region of voxels, and the statistics of its values (C29, C33)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from viewer_app.errors import VolumeError
from viewer_app.imaging.geometry import Floats
from viewer_app.imaging.stacks import Stack
from viewer_app.imaging.volume import Volume
from viewer_app.measure.region import Mask
from viewer_app.measure.statistics import Statistics, statistics
from viewer_app.measure.volumes.layer import Layer
from viewer_app.measure.volumes.measured import MeasuredVolume, Method
from viewer_app.measure.volumes.slabs import slabs_of
from viewer_app.measure.volumes.values import layer_values, refuse_mixed_units, refuse_other_images
from viewer_app.measure.volumes.voxel_region import StackGrid, VoxelRegion
from viewer_app.progress import Watch

PERCENTILES = (5.0, 25.0, 75.0, 95.0)

_EVEN = "count of voxels x the volume of a voxel, the determinant of its three steps; each counts whole or not at all"
_UNEVEN = "voxels of each slice x area of a pixel x slab of the slice; each counts whole or not at all"
_BOUND = "half the volume of the voxels that have a face on the border"


@dataclass(frozen=True, slots=True)
class VolumeStatistics:
    """Numbers over the modality values of a region in `unit` ("" where the file proves none).

    `percentiles` are pairs of per cent and value, by linear interpolation between the ordered values. Where there is
    nothing to tell, the numbers are None and `note` says why; `basic.excluded` voxels hold padding.
    """

    basic: Statistics
    unit: str
    median: float | None = None
    percentiles: tuple[tuple[float, float], ...] = ()
    note: str = ""


def voxel_volume(stack: Stack, region: VoxelRegion) -> MeasuredVolume:
    """Count x |det(affine)|, which is right for a tilted gantry too; in uneven stacks each slice has its own slab.

    Raises:
        VolumeError: a region of other images, or a stack whose slices have no slabs (`slabs_of`).
    """
    if region.grid != StackGrid.of(stack):
        raise VolumeError("The region of voxels belongs to other images.", "Draw it anew.")
    slabs = slabs_of(stack)
    each = _voxel_mm3(stack, slabs.thicknesses_mm)
    indices = [layer.index for layer in region.layers]
    counts = np.array([layer.count for layer in region.layers], dtype=np.float64)
    volume = region.count * float(each[0]) if stack.report.is_volume else float(counts @ each[indices])
    bound = float(_surface_counts(region) @ each[indices]) / 2
    rule = _EVEN if stack.report.is_volume else _UNEVEN
    return MeasuredVolume(Method.VOXELS, volume, rule, bound, _BOUND, slabs.notes)


def region_statistics(volume: Volume, region: VoxelRegion, watch: Watch | None = None) -> VolumeStatistics:
    """Statistics of the modality values under a region, padding and NaN left out.

    `watch` is told how many slices of the region were read.

    A stack whose slices differ in unit, a colour stack, or a slice that is not there has none, and `note` says so.

    Raises:
        VolumeError: a region of other images.
        Cancelled: nobody wants them any more.
    """
    watch = watch or Watch()
    refuse_other_images(region.grid, volume)
    try:
        refuse_mixed_units(volume.stack, range(len(volume.stack.images)))
        values = list(_read(volume, region, watch))
    except VolumeError as error:
        return _none(error.what)
    if not values:
        return _none("no voxel")
    watch.check()
    return _statistics(np.concatenate(values), volume.stack.images[0].frame.rescale.unit, watch)


def _read(volume: Volume, region: VoxelRegion, watch: Watch) -> Iterator[Floats]:
    for number, layer in enumerate(region.layers):
        watch.step(number, len(region.layers), "Measuring")
        yield layer_values(volume, layer)


def _statistics(values: Floats, unit: str, watch: Watch) -> VolumeStatistics:
    basic = statistics(values, np.ones(values.shape, dtype=np.bool_))
    watch.check()
    if not basic.count:
        return VolumeStatistics(basic, unit, note="no voxel with a value")
    note = f"{basic.excluded} without a value left out" if basic.excluded else ""
    median, *others = np.percentile(values[np.isfinite(values)], (50.0, *PERCENTILES)).tolist()
    return VolumeStatistics(basic, unit, median, tuple(zip(PERCENTILES, others, strict=True)), note)


def _none(why: str) -> VolumeStatistics:
    return VolumeStatistics(Statistics(0, 0), "", note=why)


def _voxel_mm3(stack: Stack, thicknesses_mm: tuple[float, ...]) -> Floats:
    """(slices,): the volume of a voxel of each slice."""
    if stack.report.is_volume:
        return np.full(len(stack.images), abs(float(np.linalg.det(stack.affine[:3, :3]))))
    areas = np.array([image.plane.row_spacing * image.plane.column_spacing for image in stack.images])
    found: Floats = areas * thicknesses_mm
    return found


def _surface_counts(region: VoxelRegion) -> Floats:
    """For each layer, how many voxels have a face on the border; beyond the images is outside."""
    beside = ((region.layer(one.index - 1), one, region.layer(one.index + 1)) for one in region.layers)
    return np.array([_on_border(*layers) for layers in beside], dtype=np.float64)


# A stroke leaves most layers as they are, and its number is told while it is drawn.
@lru_cache(maxsize=1024)
def _on_border(before: Layer | None, here: Layer, after: Layer | None) -> int:
    mask = np.pad(here.mask(), 1)
    within = _within(before, here) & _within(after, here)
    for beside in (mask[:-2, 1:-1], mask[2:, 1:-1], mask[1:-1, :-2], mask[1:-1, 2:]):
        within &= beside
    return int(np.count_nonzero(mask[1:-1, 1:-1] > within))


def _within(layer: Layer | None, box: Layer) -> Mask:
    """The voxels of a layer in the box of another, (rows, columns) of that."""
    mask = np.zeros((box.rows, box.columns), dtype=np.bool_)
    if layer is not None:
        top, bottom = max(layer.top, box.top), min(layer.bottom, box.bottom)
        left, right = max(layer.left, box.left), min(layer.right, box.right)
        if top < bottom and left < right:
            part = layer.mask()[top - layer.top : bottom - layer.top, left - layer.left : right - layer.left]
            mask[top - box.top : bottom - box.top, left - box.left : right - box.left] = part
    return mask
