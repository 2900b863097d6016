"""Values between the voxels of a volume, at patient points: plain numpy in float64 (C14).

Slow and simple on purpose: what is drawn by faster means is held to it.
"""

from __future__ import annotations

import itertools
from dataclasses import replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from viewer_app.imaging.geometry import Floats
from viewer_app.imaging.mpr import Regridded, VoxelSource
from viewer_app.imaging.volume import Volume

# Positions are written with finite digits: so far outside, in voxels, a point still counts as on the outermost one,
_ROUNDING = 1e-6
# and so near to a voxel's centre it is that centre, whatever its neighbours are.
_SAME_PLACE = 1e-9


def values_at(volume: VoxelSource, points: ArrayLike) -> Floats:
    """Modality values at patient points (n, 3), LPS mm: (n,), trilinear between voxel centres.

    NaN outside the centres of the outermost voxels, and wherever a voxel that
    takes part is padding, NaN in the file, or of a slice that has not arrived.
    The affine's shear is honoured: a tilted gantry needs nothing special (C13).

    Raises:
        ValueError: the stack is no volume (uneven, without a place, a single slice), or colour.
    """
    if not isinstance(volume, Regridded) and not _is_even(volume):
        raise ValueError("only an evenly spaced stack of grey images has values between its slices")
    indices = _indices(volume, np.asarray(points, dtype=np.float64).reshape(-1, 3))
    lower = np.clip(np.floor(indices), 0, np.subtract(_shape(volume), 2).clip(min=0))
    share = indices - lower
    values = np.zeros(len(indices))
    for corner in itertools.product((0, 1), repeat=3):
        weight = np.prod(np.where(corner, share, 1.0 - share), axis=1)
        used = weight != 0.0  # NaN counts: it is not zero
        values[used] += weight[used] * _voxels(volume, lower[used] + corner)
    return values


def _is_even(volume: Volume) -> bool:
    return volume.stack.report.is_volume and volume.stored_values.ndim == 3


def _shape(volume: VoxelSource) -> tuple[int, ...]:
    return volume.values.shape if isinstance(volume, Regridded) else volume.stored_values.shape


def _indices(volume: VoxelSource, points: Floats) -> Floats:
    """Continuous (slice, row, column) of points (n, 3); NaN for those outside."""
    affine = volume.affine
    indices = np.asarray(np.linalg.solve(affine[:3, :3], (points - affine[:3, 3]).T).T, dtype=np.float64)
    last = np.subtract(_shape(volume), 1)
    outside = np.any((indices < -_ROUNDING) | (indices > last + _ROUNDING), axis=1, keepdims=True)
    centres = np.rint(indices)
    indices = np.where(np.abs(indices - centres) < _SAME_PLACE, centres, indices)
    return np.where(outside, np.nan, np.clip(indices, 0, last))


def _voxels(volume: VoxelSource, indices: Floats) -> Floats:
    """Modality values of voxels (n, 3) as (slice, row, column); NaN where there is none."""
    values = np.full(len(indices), np.nan)
    known: NDArray[np.bool_] = np.asarray(~np.isnan(indices[:, 0]))
    whole = np.where(known[:, None], indices, 0).astype(np.intp)
    for index in np.unique(whole[known, 0]):
        if isinstance(volume, Regridded) or volume.has(index):
            here = known & (whole[:, 0] == index)
            values[here] = _picked(volume, int(index), whole[here, 1], whole[here, 2])
    return values


def _picked(volume: VoxelSource, index: int, rows: NDArray[np.intp], columns: NDArray[np.intp]) -> Floats:
    """Modality values of some pixels of slice `index`."""
    if isinstance(volume, Regridded):
        values: Floats = volume.values[index, rows, columns].astype(np.float64)
        return values
    image = volume.image(index)
    found: Floats = replace(image, stored=image.stored[rows, columns][None]).modality_values()[0]
    return found
