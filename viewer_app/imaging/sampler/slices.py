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
from viewer_app.imaging.sampler.engine import line_sampler, sampler_for
from viewer_app.imaging.sampler.greys import Fill, is_monochrome1, picture
from viewer_app.imaging.sampler.grid import Grid, axes
from viewer_app.imaging.sampler.kept import Kept
from viewer_app.imaging.sampler.taps import taps
from viewer_app.imaging.sampler.voxels import Stored, scale_of, values_of
from viewer_app.imaging.sampler.workers import over_rows
from viewer_app.imaging.volume import Volume

# A level is used from this many of its pixels to one of the picture on, so that its own blocks are not seen.
_LEVEL_PIXELS = 2
_LEVEL_BYTES = 160 << 20
_AS_THEY_ARE = (127.5, 255.0)  # centre and width of the window that takes 0 to 255 to themselves, to the last bit
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

    def fill() -> Fill:
        return _sampling(volume, index, grid, smooth)

    if volume.stored_values.ndim == 4:
        return _colours(grid.shape, fill())
    inverted ^= is_monochrome1(volume.stack.images[index])
    return picture(volume, (index, volume.fillings(index), grid, smooth), grid.shape, fill, window, inverted)


def _colours(shape: tuple[int, int], fill: Fill) -> NDArray[np.uint8]:
    """Channels, which lie beside each other as pixels of three times as many columns would."""
    colours, sampler = np.empty((shape[0], shape[1] * 3), np.uint8), line_sampler()

    def rows(first: int, last: int) -> None:
        part = np.empty((last - first, colours.shape[1]))
        fill(first, part)
        sampler.window(part, *_AS_THEY_ARE, False, colours[first:last])

    over_rows(rows, *colours.shape)
    return colours.reshape(*shape, 3)


def _sampling(volume: Volume, index: int, grid: Grid, smooth: bool) -> Fill:
    """Modality values with NaN for none; colours with their samples side by side."""
    lines = axes(grid)
    extents = volume.stored_values.shape[1:3]
    level = _level(min(axis.width(smooth=smooth) for axis in lines), extents)
    source, scale = _slice(volume, index).at(level)
    down, along = (taps(extent, axis, level, smooth=smooth) for extent, axis in zip(extents, lines, strict=True))
    sampler, samples = sampler_for(source), source.shape[2]
    is_turned, is_reduced = grid.is_turned, any(axis.is_reduced for axis in lines)

    def fill(first: int, target: Floats) -> None:
        rows = slice(first, first + len(target))
        chosen = (*down, *along[rows]) if is_turned else (*down[rows], *along)
        values = target.reshape(len(target), -1, samples)
        found = np.empty((len(chosen[0]), len(chosen[3]), samples)) if is_turned else values
        sampler.box(source, scale, is_reduced, *chosen, found)
        if is_turned:
            values[...] = found.transpose(1, 0, 2)

    return fill


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


_KEPT_LEVELS = Kept(_LEVEL_BYTES, _bytes_with_levels)
