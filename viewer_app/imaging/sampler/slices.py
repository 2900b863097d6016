"""Pictures of acquired slices."""

from __future__ import annotations

import math
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from viewer_app.imaging.geometry import Floats
from viewer_app.imaging.headers import Window
from viewer_app.imaging.sampler.engine import sampler_for
from viewer_app.imaging.sampler.greys import windowing
from viewer_app.imaging.sampler.grid import Grid, axes
from viewer_app.imaging.sampler.kept import Kept
from viewer_app.imaging.sampler.taps import Taps, taps
from viewer_app.imaging.sampler.voxels import Stored, scale_of, values_of
from viewer_app.imaging.sampler.workers import over_rows
from viewer_app.imaging.values.voi import Greys
from viewer_app.imaging.volume import Volume

# A level is used from this many of its pixels to one of the picture on, so that its own blocks are not seen.
_LEVEL_PIXELS = 2
_LEVEL_BYTES, _PICTURE_BYTES = 160 << 20, 96 << 20
_IDENTITY = np.array([1.0, 0.0, np.inf, -np.inf])


@dataclass(frozen=True)
class _Levels:
    """A slice in full, (rows, columns, samples), and halved again and again; `scale` is that of the full one."""

    levels: list[Stored]
    scale: Floats
    lock: threading.Lock = field(default_factory=threading.Lock)

    def at(self, level: int) -> tuple[Stored, Floats]:
        """Level 0 is the slice, each further one the means of 2 x 2 pixels of the one before."""
        with self.lock:
            while len(self.levels) <= level:
                self.levels.append(_halved(self.levels[-1], self.scale if len(self.levels) == 1 else _IDENTITY))
        # Means of stored values, with the padding already left out.
        scale = self.scale if level == 0 else np.array([*self.scale[:2], *_IDENTITY[2:]])
        return self.levels[level], scale


def slice_picture(
    volume: Volume, index: int, grid: Grid, window: Window, *, inverted: bool = False, smooth: bool = True
) -> NDArray[np.uint8]:
    """Slice `index`, which must have arrived, through `grid`: greys (rows, columns), or RGB (rows, columns, 3).

    Enlarged it is interpolated linearly, or with `smooth` off made of plain pixels; made smaller, each picture pixel
    is the mean of the modality values it covers, so that nothing small vanishes; at 1:1 pixels are as they are, and
    then, as with `smooth` off, the greys are those of `Volume.greys`. Outside the image, and where there is padding
    or NaN, it is black; those have no weight beside them. RGB is as it is, by channel.

    Raises:
        ValueError: the grid is not straight or by quarter turns.
    """
    values = _KEPT_VALUES.get(
        volume, (index, volume.fillings(index), grid, smooth), lambda: _values(volume, index, grid, smooth)
    )
    if values.ndim == 3:
        return values.astype(np.uint8)
    pixel_format = volume.stack.images[index].instance.pixel_format
    assert pixel_format is not None
    inverted ^= pixel_format.photometric_interpretation == "MONOCHROME1"
    greys: Greys = np.empty(values.shape, np.uint8)
    over_rows(windowing(values.astype(np.float64, copy=False), window, greys, inverted=inverted), *values.shape)
    return greys


def _values(volume: Volume, index: int, grid: Grid, smooth: bool) -> Stored:
    """Modality values (rows, columns) with NaN for none; RGB (rows, columns, 3) in 8 bits."""
    down, along = axes(grid)
    extents = volume.stored_values.shape[1:3]
    level = _level(min(axis.width(smooth=smooth) for axis in (down, along)), extents)
    source, scale = _slice(volume, index).at(level)
    chosen = [taps(extent, axis, level, smooth=smooth) for extent, axis in zip(extents, (down, along), strict=True)]
    values = _sampled(source, scale, chosen, is_reduced=down.is_reduced or along.is_reduced)
    if grid.is_turned:
        values = np.ascontiguousarray(values.transpose(1, 0, 2))
    if volume.stored_values.ndim == 3:
        return values[..., 0]
    return np.floor(np.nan_to_num(values) + 0.5).astype(np.uint8)


def _sampled(source: Stored, scale: Floats, chosen: Sequence[Taps], *, is_reduced: bool) -> Floats:
    sampler, (down, along) = sampler_for(source), chosen
    values = np.empty((len(down.first), len(along.first), source.shape[2]))
    lines = (down.first, down.nearest, down.weights, along.first, along.nearest, along.weights)

    def rows(first: int, last: int) -> None:
        sampler.box(first, last, source, scale, is_reduced, *lines, values)

    over_rows(rows, *values.shape[:2])
    return values


def _level(width: float, extents: Sequence[int]) -> int:
    """How often to halve before a box of `width` pixels is taken."""
    if width < 2 * _LEVEL_PIXELS:
        return 0
    most = math.ceil(math.log2(max(*extents, 1)))
    return min(int(math.log2(width / _LEVEL_PIXELS)), most)


def _slice(volume: Volume, index: int) -> _Levels:
    name = (index, volume.fillings(index))
    return _KEPT_LEVELS.get(volume, name, lambda: _whole(volume, index))


def _whole(volume: Volume, index: int) -> _Levels:
    image, stored = volume.stack.images[index], volume.stored_values[index]
    if stored.ndim == 3:
        return _Levels([stored], _IDENTITY)
    if image.frame.rescale.lookup is not None:
        return _Levels([values_of(volume, index)[..., None]], _IDENTITY)
    return _Levels([stored[..., None]], np.array(scale_of(image)))


def _halved(source: Stored, scale: Floats) -> Stored:
    sampler = sampler_for(source)
    rows, columns, samples = source.shape
    target = np.empty(((rows + 1) // 2, (columns + 1) // 2, samples), np.float32)
    low, high = float(scale[2]), float(scale[3])
    over_rows(lambda first, last: sampler.halve(first, last, source, low, high, target), *target.shape[:2])
    return target


def _bytes_with_levels(slice_: _Levels) -> int:
    """All levels together are a third of the pixels, in four bytes each."""
    return slice_.levels[0].size * 4 // 3


def _bytes(values: Stored) -> int:
    return values.nbytes


_KEPT_LEVELS = Kept(_LEVEL_BYTES, _bytes_with_levels)
_KEPT_VALUES = Kept(_PICTURE_BYTES, _bytes)
