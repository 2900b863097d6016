"""The sampler compiled by numba: what `plain` does, pixel by pixel, without the GIL.

All kernels are in this file, since numba's cache of compiled code looks at the date of one file only. They are
serial: two threads in numba's own parallel loops can end the process (docs/decisions/0001-dependencies.md).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar, cast

import numba
import numpy as np
from numpy.typing import NDArray

from viewer_app.imaging.geometry import Floats
from viewer_app.imaging.sampler.taps import Places
from viewer_app.imaging.sampler.voxels import Stored

Kernel = TypeVar("Kernel", bound=Callable[..., object])

_ROUNDING, _SAME_PLACE = 1e-6, 1e-9
_MAXIMUM, _MINIMUM = 0, 1


def _compiled(function: Kernel) -> Kernel:
    """Compiled at the first call; kept on the disk where there is a place for it."""
    try:
        return cast(Kernel, numba.njit(nogil=True, cache=True)(function))
    except RuntimeError:  # no folder that may be written to
        return cast(Kernel, numba.njit(nogil=True)(function))


@_compiled
def halve(first: int, last: int, source: Stored, low: float, high: float, target: NDArray[np.float32]) -> None:
    """As `plain.halve`."""
    rows, columns, samples = source.shape
    for row in range(first, last):
        bottom = min(2 * row + 2, rows)
        for column in range(target.shape[1]):
            right = min(2 * column + 2, columns)
            for sample in range(samples):
                total, count, extent = 0.0, 0, 0
                for y in range(2 * row, bottom):
                    for x in range(2 * column, right):
                        value = np.float64(source[y, x, sample])
                        extent += 1
                        if not (low <= value <= high) and value == value:
                            total += value
                            count += 1
                target[row, column, sample] = total / count if count and 2 * count >= extent else np.nan


@_compiled
def box(
    first: int, last: int, source: Stored, scale: Floats, reduced: bool,
    down: Places, down_near: Places, down_weights: Floats,
    along: Places, along_near: Places, along_weights: Floats, target: Floats,
) -> None:  # fmt: skip
    """As `plain.box`."""
    low, high = scale[2], scale[3]
    for row in range(first, last):
        for column in range(target.shape[1]):
            inside = down[row] >= 0 and along[column] >= 0
            for sample in range(target.shape[2]):
                value = np.nan
                if inside and (reduced or _is_value(source[down_near[row], along_near[column], sample], low, high)):
                    value = _mean(
                        source, sample, down[row], along[column],
                        down_weights[row], along_weights[column], low, high, reduced,
                    )  # fmt: skip
                target[row, column, sample] = value * scale[0] + scale[1]


@_compiled
def _is_value(stored: float, low: float, high: float) -> bool:
    value = np.float64(stored)
    return not (low <= value <= high) and value == value


@_compiled
def _mean(
    source: Stored, sample: int, top: int, left: int, down: Floats, along: Floats, low: float, high: float, half: bool
) -> float:
    """The mean of the pixels from (top, left) on that are values, by weight; with `half`, if half of them are."""
    total, weight, extent = 0.0, 0.0, 0.0
    for n in range(down.size):
        for m in range(along.size):
            share = down[n] * along[m]
            if share:
                extent += share
                if _is_value(source[top + n, left + m, sample], low, high):
                    total += share * np.float64(source[top + n, left + m, sample])
                    weight += share
    return total / weight if weight and (not half or 2.0 * weight >= extent) else np.nan


@_compiled
def window(
    first: int, last: int, values: Floats, center: float, width: float, inverted: bool, target: NDArray[np.uint8]
) -> None:
    """As `plain.window`."""
    for row in range(first, last):
        for column in range(values.shape[1]):
            value = values[row, column]
            level = (value - center) * 255.0 / width + 127.5
            level = min(max(level, 0.0), 255.0)
            if inverted:
                level = 255.0 - level
            target[row, column] = np.uint8(level + 0.5) if value == value else 0


@_compiled
def _narrowed(place: float, step: float, low: float, high: float, first: int, last: int) -> tuple[int, int]:
    """The pixels from `first` to `last` (not included) at which place + pixel * step lies from `low` to `high`."""
    if abs(step) * (last + 1) < _SAME_PLACE:
        return (first, last) if low <= place <= high else (0, 0)
    near, far = (low - place) / step, (high - place) / step
    if step < 0:
        near, far = far, near
    if not (near < last and far >= first):
        return 0, 0
    return max(first, int(np.ceil(near))), min(last, int(np.floor(far)) + 1)


@_compiled
def _linear_line(
    flat: Stored, shape: tuple[int, int, int], scales: Floats, padded: bool,
    place: Floats, step: Floats, mode: int, best: Floats, known: Places,
) -> None:  # fmt: skip
    """Fold the trilinear values along a line into `best`."""
    first, last = 0, best.size
    for axis in range(3):
        first, last = _narrowed(place[axis], step[axis], -_ROUNDING, shape[axis] - 1 + _ROUNDING, first, last)
    end_k, end_row, end_column = shape[0] - 1, shape[1] - 1, shape[2] - 1
    across, area = shape[2], shape[1] * shape[2]
    for pixel in range(first, last):
        k, row, column = place[0] + pixel * step[0], place[1] + pixel * step[1], place[2] + pixel * step[2]
        low_k, low_row, low_column = int(k + _SAME_PLACE), int(row + _SAME_PLACE), int(column + _SAME_PLACE)
        part_k, part_row, part_column = k - low_k, row - low_row, column - low_column
        next_k, next_row, next_column = area, across, 1
        if part_k < _SAME_PLACE or low_k >= end_k:
            part_k, next_k = 0.0, 0
        if part_row < _SAME_PLACE or low_row >= end_row:
            part_row, next_row = 0.0, 0
        if part_column < _SAME_PLACE or low_column >= end_column:
            part_column, next_column = 0.0, 0
        at = low_k * area + low_row * across + low_column
        a, b = np.float64(flat[np.uint64(at)]), np.float64(flat[np.uint64(at + next_column)])
        c = np.float64(flat[np.uint64(at + next_row)])
        d = np.float64(flat[np.uint64(at + next_row + next_column)])
        at += next_k
        e, f = np.float64(flat[np.uint64(at)]), np.float64(flat[np.uint64(at + next_column)])
        g = np.float64(flat[np.uint64(at + next_row)])
        h = np.float64(flat[np.uint64(at + next_row + next_column)])
        high_k = low_k + (1 if next_k else 0)
        if padded:
            low, high = scales[low_k, 2], scales[low_k, 3]
            if low <= a <= high or low <= b <= high or low <= c <= high or low <= d <= high:
                continue
            low, high = scales[high_k, 2], scales[high_k, 3]
            if low <= e <= high or low <= f <= high or low <= g <= high or low <= h <= high:
                continue
        upper, lower = a + (b - a) * part_column, c + (d - c) * part_column
        front = (upper + (lower - upper) * part_row) * scales[low_k, 0] + scales[low_k, 1]
        upper, lower = e + (f - e) * part_column, g + (h - g) * part_column
        back = (upper + (lower - upper) * part_row) * scales[high_k, 0] + scales[high_k, 1]
        _fold(front + (back - front) * part_k, pixel, mode, best, known)


@_compiled
def _nearest_line(
    flat: Stored, shape: tuple[int, int, int], scales: Floats, padded: bool,
    place: Floats, step: Floats, mode: int, best: Floats, known: Places,
) -> None:  # fmt: skip
    """Fold the values of the voxels along a line into `best`."""
    first, last = 0, best.size
    for axis in range(3):
        first, last = _narrowed(place[axis], step[axis], -0.5, shape[axis] - 0.5, first, last)
    for pixel in range(first, last):
        k = int(np.floor(place[0] + pixel * step[0] + 0.5))
        row = int(np.floor(place[1] + pixel * step[1] + 0.5))
        column = int(np.floor(place[2] + pixel * step[2] + 0.5))
        if not (0 <= k < shape[0] and 0 <= row < shape[1] and 0 <= column < shape[2]):
            continue
        value = np.float64(flat[np.uint64((k * shape[1] + row) * shape[2] + column)])
        if not padded or not (scales[k, 2] <= value <= scales[k, 3]):
            _fold(value * scales[k, 0] + scales[k, 1], pixel, mode, best, known)


@_compiled
def _fold(value: float, pixel: int, mode: int, best: Floats, known: Places) -> None:
    if value != value:
        return
    if mode == _MAXIMUM:
        best[pixel] = max(best[pixel], value)
    elif mode == _MINIMUM:
        best[pixel] = min(best[pixel], value)
    else:
        best[pixel] += value
    known[pixel] += 1


@_compiled
def cut(
    first: int, last: int, stored: Stored, scales: Floats, padded: bool, steps: Floats,
    samples: tuple[int, int, int], mode: int, smooth: bool, target: Floats,
) -> None:  # fmt: skip
    """As `plain.cut`."""
    flat, shape = stored.reshape(stored.size), stored.shape
    columns = target.shape[1]
    best, known = np.empty(columns), np.empty(columns, np.int64)
    total, count = np.empty(columns), np.empty(columns, np.int64)
    empty = -np.inf if mode == _MAXIMUM else np.inf if mode == _MINIMUM else 0.0
    for row in range(first, last):
        total[:], count[:] = 0.0, 0
        for n in range(samples[1]):
            for m in range(samples[0]):
                down, across = (n + 0.5) / samples[1] - 0.5, (m + 0.5) / samples[0] - 0.5
                best[:], known[:] = empty, 0
                for number in range(samples[2]):
                    through = number - (samples[2] - 1) / 2
                    place = steps[0] + (row + down) * steps[2] + across * steps[1] + through * steps[3]
                    if smooth:
                        _linear_line(flat, shape, scales, padded, place, steps[1], mode, best, known)
                    else:
                        _nearest_line(flat, shape, scales, padded, place, steps[1], mode, best, known)
                for pixel in range(columns):
                    if known[pixel]:
                        total[pixel] += best[pixel] if mode <= _MINIMUM else best[pixel] / known[pixel]
                        count[pixel] += 1
        for pixel in range(columns):
            enough = count[pixel] and 2 * count[pixel] >= samples[0] * samples[1]
            target[row, pixel] = total[pixel] / count[pixel] if enough else np.nan
