"""A volume as the kernels take it: its stored values, and what they mean slice by slice."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from viewer_app.imaging.geometry import Floats
from viewer_app.imaging.headers import Image
from viewer_app.imaging.mpr import Regridded, VoxelSource
from viewer_app.imaging.sampler.kept import Kept
from viewer_app.imaging.volume import Volume

Stored = NDArray[np.generic]

_NO_PADDING = (np.inf, -np.inf)


@dataclass(frozen=True, slots=True)
class Voxels:
    """`stored` (slices, rows, columns) with `scales` (slices, 4): slope, intercept, lowest and highest stored padding.

    A slice that has not arrived has no slope. A stored NaN is no value.
    """

    stored: Stored
    scales: Floats

    @property
    def has_padding(self) -> bool:
        """True where some slice has stored values that mean "no pixel"."""
        return bool(np.any(self.scales[:, 2] <= self.scales[:, 3]))


def scale_of(image: Image) -> tuple[float, float, float, float]:
    """Slope, intercept, lowest and highest stored value that is padding; for an image without a Modality LUT."""
    rescale = image.frame.rescale
    return (rescale.slope, rescale.intercept, *(image.instance.padding or _NO_PADDING))


def values_of(volume: Volume, index: int) -> NDArray[np.float32]:
    """Modality values of a slice with a Modality LUT, whose 16 bits float32 holds; NaN for padding."""
    return volume.image(index).modality_values().astype(np.float32)


def voxels(volume: VoxelSource) -> Voxels:
    """The voxels of a grey volume as far as they are there."""
    if isinstance(volume, Regridded):
        return _modality(volume.values)
    known = _KEPT.get(volume, "scales", lambda: _whole(volume))
    if volume.stack.has_lookup:
        fillings = tuple(volume.fillings(index) for index in range(len(volume.stack.images)))
        return _KEPT.get(volume, fillings, lambda: _looked_up(volume))
    if volume.is_complete:
        return known
    is_there = np.array([volume.has(index) for index in range(len(known.scales))])
    return replace(known, scales=np.where(is_there[:, None], known.scales, np.nan))


def _whole(volume: Volume) -> Voxels:
    return Voxels(volume.stored_values, np.array([scale_of(image) for image in volume.stack.images], np.float64))


def _looked_up(volume: Volume) -> Voxels:
    values = np.full(volume.stored_values.shape, np.nan, np.float32)
    for index in range(len(values)):
        if volume.has(index):
            values[index] = values_of(volume, index)
    return _modality(values)


def _modality(values: NDArray[np.float32]) -> Voxels:
    return Voxels(values, np.tile((1.0, 0.0, *_NO_PADDING), (len(values), 1)))


def _bytes(made: Voxels) -> int:
    return made.scales.nbytes + (made.stored.nbytes if made.stored.dtype == np.float32 else 0)


_KEPT = Kept(1 << 30, _bytes)
