"""The sampler in numpy: serves where numba does not, and is what the compiled kernels are held to.

Every function fills its last array, as its namesake in `kernels` does.
"""

from __future__ import annotations

import itertools

import numpy as np
from numpy.typing import NDArray

from viewer_app.imaging.geometry import Floats
from viewer_app.imaging.sampler.taps import Places
from viewer_app.imaging.sampler.voxels import Stored

# As in imaging/sampling.py: so far outside a point still counts, so near to a centre it is that centre.
_ROUNDING, _SAME_PLACE = 1e-6, 1e-9


def halve(first: int, last: int, source: Stored, low: float, high: float, target: NDArray[np.float32]) -> None:
    """Means of 2 x 2 pixels of `source` (rows, columns, samples); NaN where more than half of them are none."""
    block = _valued(source[2 * first : 2 * last], low, high)
    odd = [(0, size % 2) for size in block.shape[:2]]
    there = np.pad(np.ones(block.shape, bool), (*odd, (0, 0)))
    block = np.pad(block, (*odd, (0, 0)), constant_values=np.nan)
    known = ~np.isnan(block)
    count, extent = _quads(known), _quads(there)
    mean = _quads(np.where(known, block, 0.0)) / np.maximum(count, 1)
    target[first:last] = np.where((count > 0) & (2 * count >= extent), mean, np.nan)


def box(
    source: Stored, scale: Floats, reduced: bool,
    down: Places, down_near: Places, down_weights: Floats,
    along: Places, along_near: Places, along_weights: Floats, target: Floats,
) -> None:  # fmt: skip
    """Modality values of the points of two `Taps` in `source` (rows, columns, samples); NaN where there is none.

    Only pixels that are there have weight. There is no value where the nearest of them is none, or, in a
    `reduced` picture, more than half of the box.
    """
    slope, intercept, low, high = scale
    total, weight, extent = (np.zeros(target.shape) for _ in range(3))
    for n, m in itertools.product(range(down_weights.shape[1]), range(along_weights.shape[1])):
        share = (down_weights[:, n][:, None] * along_weights[:, m])[..., None]
        values = _valued(_picked(source, down + n, along + m), low, high)
        known = ~np.isnan(values)
        total += np.where(known, share * np.where(known, values, 0.0), 0.0)
        weight += np.where(known, share, 0.0)
        extent += share
    near = ~np.isnan(_valued(_picked(source, down_near, along_near), low, high)) if not reduced else True
    enough = (2.0 * weight >= extent) if reduced else near
    inside = ((down >= 0)[:, None] & (along >= 0))[..., None]
    mean = total / np.where(weight > 0.0, weight, 1.0)
    target[...] = np.where(inside & enough & (weight > 0.0), mean * slope + intercept, np.nan)


def cut(
    first: int, stored: Stored, scales: Floats, padded: bool, steps: Floats,
    samples: tuple[int, int, int], mode: int, smooth: bool, target: Floats,
) -> None:  # fmt: skip
    """Modality values of rows from `first` on of a plane through `stored` (slices, rows, columns); NaN for none.

    `steps` (4, 3) in voxels: the centre of picture pixel (0, 0), the steps to the next pixel across and down, and to
    the next sample through the slab. `samples` are how many of each are taken for a pixel: (across, down) become
    their mean, those through the slab what `mode` says (0 maximum, 1 minimum, 2 mean).
    """
    rows = first + np.arange(len(target))[:, None, None]
    columns = np.arange(target.shape[1])[:, None]
    total, count = (np.zeros(target.shape) for _ in range(2))
    for n, m in itertools.product(range(samples[1]), range(samples[0])):
        down, across = (n + 0.5) / samples[1] - 0.5, (m + 0.5) / samples[0] - 0.5
        places = steps[0] + (rows + down) * steps[2] + (columns + across) * steps[1]
        found = _through(stored, scales, padded, places, steps[3], samples[2], mode, smooth)
        known = ~np.isnan(found)
        total += np.where(known, found, 0.0)
        count += known
    enough = (count > 0) & (2 * count >= samples[0] * samples[1])
    target[...] = np.where(enough, total / np.maximum(count, 1), np.nan)


def window(values: Floats, center: float, width: float, inverted: bool, target: NDArray[np.uint8]) -> None:
    """Greys of `values` through a straight line of this centre and width, as `voi.apply_window`."""
    level = np.clip((values - center) * 255.0 / width + 127.5, 0.0, 255.0)
    if inverted:
        level = 255.0 - level
    target[...] = np.where(np.isnan(values), 0.0, np.floor(level + 0.5)).astype(np.uint8)


def _through(
    stored: Stored, scales: Floats, padded: bool, places: Floats, step: Floats, count: int, mode: int, smooth: bool
) -> Floats:
    empty = (-np.inf, np.inf, 0.0)[mode]
    best, known = np.full(places.shape[:2], empty), np.zeros(places.shape[:2])
    sample = _trilinear if smooth else _nearest
    for number in range(count):
        found = sample(stored, scales, padded, places + (number - (count - 1) / 2) * step)
        is_value = ~np.isnan(found)
        best = (np.fmax, np.fmin, np.add)[mode](best, np.where(is_value, found, empty))
        known += is_value
    values: Floats = np.where(known > 0, best / (np.maximum(known, 1) if mode == 2 else 1.0), np.nan)
    return values


def _trilinear(stored: Stored, scales: Floats, padded: bool, places: Floats) -> Floats:
    last = np.subtract(stored.shape, 1)
    inside = np.all((places >= -_ROUNDING) & (places <= last + _ROUNDING), axis=-1)
    places = np.where(inside[..., None], np.clip(places, 0, last), 0.0)
    low = np.floor(places + _SAME_PLACE).astype(np.intp)
    share = places - low
    share = np.where((share < _SAME_PLACE) | (low >= last), 0.0, share)
    high = low + (share > 0.0)
    (k, row, column), (next_k, next_row, next_column) = np.moveaxis(low, -1, 0), np.moveaxis(high, -1, 0)

    def in_slice(index: Places) -> Floats:
        corners = [_stored(stored, scales, padded, index, r, c) for r in (row, next_row) for c in (column, next_column)]
        upper, lower = (corners[n] + (corners[n + 1] - corners[n]) * share[..., 2] for n in (0, 2))
        values: Floats = (upper + (lower - upper) * share[..., 1]) * scales[index, 0] + scales[index, 1]
        return values

    front, back = in_slice(k), in_slice(next_k)
    values: Floats = np.where(inside, front + (back - front) * share[..., 0], np.nan)
    return values


def _nearest(stored: Stored, scales: Floats, padded: bool, places: Floats) -> Floats:
    inside = np.all((places >= -0.5) & (places < np.subtract(stored.shape, 0.5)), axis=-1)
    k, row, column = np.moveaxis(np.where(inside[..., None], np.floor(places + 0.5), 0).astype(np.intp), -1, 0)
    values = _stored(stored, scales, padded, k, row, column) * scales[k, 0] + scales[k, 1]
    return np.where(inside, values, np.nan)


def _stored(stored: Stored, scales: Floats, padded: bool, k: Places, row: Places, column: Places) -> Floats:
    values: Floats = stored[k, row, column].astype(np.float64)
    if padded:
        values[(values >= scales[k, 2]) & (values <= scales[k, 3])] = np.nan
    return values


def _picked(source: Stored, rows: Places, columns: Places) -> Stored:
    """Pixels at all crossings; outside, where nothing has weight, those of the edge."""
    last = np.subtract(source.shape[:2], 1)
    return source[np.clip(rows, 0, last[0])[:, None], np.clip(columns, 0, last[1])]


def _valued(stored: Stored, low: float, high: float) -> Floats:
    """Stored values in float64; NaN for those from `low` to `high`."""
    values: Floats = stored.astype(np.float64)
    if low <= high:
        values[(values >= low) & (values <= high)] = np.nan
    return values


def _quads(block: NDArray[np.generic]) -> Floats:
    """Sums of 2 x 2."""
    rows, columns, samples = block.shape
    sums: Floats = block.astype(np.float64).reshape(rows // 2, 2, columns // 2, 2, samples).sum(axis=(1, 3))
    return sums
