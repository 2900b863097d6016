"""Volumes in scripts: voxels that are grown, painted or given, and the numbers of a whole stack."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike

from viewer_app.errors import VolumeError
from viewer_app.imaging.geometry import Vector, vector
from viewer_app.measure.kinds.voxel_volume import VoxelVolume
from viewer_app.measure.measurement import Figure, Measurement, Reference
from viewer_app.measure.quantity import Value
from viewer_app.measure.stack_kind import StackKind
from viewer_app.measure.volumes import (
    StackGrid,
    ValueRange,
    VoxelRegion,
    ball_stroke,
    disc_stroke,
    keep_in_range,
    millilitres,
    voxel_at,
)
from viewer_app.measure.volumes import grow as grown
from viewer_app.progress import Watch
from viewer_app.scripting.opened import Series

_FEWEST_OF_A_CONTOUR = 3


def grow(
    series: Series,
    seed_mm: ArrayLike,
    *,
    low: float = -math.inf,
    high: float = math.inf,
    connectivity: Literal[6, 26] = 6,
    watch: Watch | None = None,
) -> VoxelRegion:
    """The voxels with modality values from `low` to `high`, both included, that hang together with a seed.

    `seed_mm` is a patient point, LPS mm; 26 connects by edges and corners too. Raises VolumeError for a seed beside
    the images or out of the range, and for images that allow no volume; an ImageError if a slice cannot be shown.
    """
    volume = series.volume(watch)
    seed = voxel_at(series.stack, StackGrid.of(series.stack), vector(np.asarray(seed_mm, dtype=np.float64)))
    if seed is None:
        raise VolumeError("The seed lies outside the images.", "Choose a point inside the image.")
    return grown(volume, seed, ValueRange(low, high), watch, connectivity)


def paint(
    series: Series,
    path_mm: ArrayLike,
    radius_mm: float,
    *,
    index: int | None = None,
    low: float = -math.inf,
    high: float = math.inf,
) -> VoxelRegion:
    """What a brush covers along a path of patient points (n, 3): a ball, or with `index` a disc on that slice.

    With `low` or `high` only voxels with modality values between them. Regions are joined by `|`, cut by `&` and
    erased from each other by `-`. Raises VolumeError for images without a scale or a radius that is none.
    """
    if index is not None and not 0 <= index < len(series.stack.images):
        raise ValueError(f"there is no slice {index}: there are {len(series.stack.images)}")
    stack, path = series.stack, np.asarray(path_mm, dtype=np.float64).reshape(-1, 3)
    covered = ball_stroke(stack, path, radius_mm) if index is None else disc_stroke(stack, index, path, radius_mm)
    wanted = ValueRange(low, high)
    return covered if wanted == ValueRange() else keep_in_range(covered, series.volume(), wanted)


def voxels(series: Series, mask: ArrayLike) -> VoxelRegion:
    """The voxels where a mask (slices, rows, columns) is not zero; VolumeError for one of another size."""
    return VoxelRegion.of_mask(StackGrid.of(series.stack), np.asarray(mask) != 0)


def differences_percent(*volumes: Mapping[str, Value]) -> tuple[float | None, ...]:
    """How far each measured volume is off the first, in per cent of the first; None where that is not known.

    Of what `measure` gave for any kinds of volume, in whatever unit each is told.
    """
    found = [millilitres(one["volume"]) for one in volumes]
    first = found[0] if found else None
    return tuple(None if ml is None or not first else 100.0 * (ml / first - 1.0) for ml in found)


def of_stack(kind: StackKind, drawn: Measurement, series: Series, given: Any) -> Measurement:
    """A measurement of a kind that needs the whole stack: voxels, or contours, each on the slice nearest to it."""
    if isinstance(kind, VoxelVolume):
        return replace(drawn, region=given if isinstance(given, VoxelRegion) else voxels(series, given))
    return replace(drawn, figures=tuple(_contour(series, contour) for contour in given))


def diameters(series: Series, points: Sequence[Vector]) -> Sequence[tuple[Vector, ...]]:
    """The points of each figure: both ends of a diameter, or where it goes through slices each end by itself."""
    parts = list[tuple[Vector, ...]]()
    for pair in zip(points[::2], points[1::2], strict=True):
        is_on_one = series.nearest_index(pair[0]) == series.nearest_index(pair[1])
        parts += [pair] if is_on_one else [(point,) for point in pair]
    return parts


def _contour(series: Series, contour: ArrayLike) -> Figure:
    points = tuple(vector(point) for point in np.asarray(contour, dtype=np.float64).reshape(-1, 3))
    if len(points) < _FEWEST_OF_A_CONTOUR:
        raise ValueError(f"a contour takes 3 or more points, not {len(points)}")
    image = series.stack.images[series.nearest_index(points[0])]
    return Figure(image.plane, points, Reference(series.info.series_uid, image.sop_instance_uid, image.frame.number))
