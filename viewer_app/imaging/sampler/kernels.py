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
    source: Stored, scale: Floats, reduced: bool,
    down: Places, down_near: Places, down_weights: Floats,
    along: Places, along_near: Places, along_weights: Floats, target: Floats,
) -> None:  # fmt: skip
    """As `plain.box`."""
    rows, columns, samples = source.shape
    lines, low, high = source.reshape(rows, columns * samples), scale[2], scale[3]
    left, right = _reach(along, along_weights.shape[1], columns)
    sums, shares = np.empty((right - left) * samples), np.empty((right - left) * samples)
    for row in range(down.size):
        target[row] = np.nan
        if down[row] < 0:
            continue
        depth = _flatten(lines, down[row], down_weights[row], left * samples, low, high, sums, shares)
        for column in range(along.size):
            if along[column] < 0:
                continue
            for sample in range(samples):
                near = lines[down_near[row], along_near[column] * samples + sample]
                if reduced or _is_value(near, low, high):
                    at = (along[column] - left) * samples + sample
                    mean = _mean(sums, shares, at, samples, along_weights[column], depth if reduced else 0.0)
                    target[row, column, sample] = mean * scale[0] + scale[1]


@_compiled
def _reach(along: Places, count: int, columns: int) -> tuple[int, int]:
    """The first pixel of a line that is needed, and the one after the last."""
    left, right = columns, 0
    for place in along:
        if place >= 0:
            left, right = min(left, place), max(right, min(place + count, columns))
    return left, max(left, right)


@_compiled
def _flatten(
    lines: Stored, top: int, weights: Floats, left: int, low: float, high: float, sums: Floats, shares: Floats
) -> float:
    """Sums of the values of some lines by weight, and of the weights that have a value; returns that of all."""
    sums[:], shares[:], depth = 0.0, 0.0, 0.0
    for n in range(weights.size):
        weight = weights[n]
        if weight == 0.0:
            continue
        depth += weight
        line = lines[top + n]
        for x in range(sums.size):
            value = np.float64(line[left + x])
            is_value = not (low <= value <= high) and value == value
            sums[x] += weight * value if is_value else 0.0
            shares[x] += weight if is_value else 0.0
    return depth


@_compiled
def _is_value(stored: float, low: float, high: float) -> bool:
    value = np.float64(stored)
    return not (low <= value <= high) and value == value


@_compiled
def _mean(sums: Floats, shares: Floats, at: int, step: int, weights: Floats, depth: float) -> float:
    """The mean of what `_flatten` left, by weight; none where less than half of `depth` times the weights is there."""
    total, weight, extent = 0.0, 0.0, 0.0
    for m in range(weights.size):
        if weights[m]:
            total += weights[m] * sums[at + m * step]
            weight += weights[m] * shares[at + m * step]
            extent += weights[m] * depth
    return total / weight if weight and 2.0 * weight >= extent else np.nan


@_compiled
def window(values: Floats, center: float, width: float, inverted: bool, target: NDArray[np.uint8]) -> None:
    """As `plain.window`."""
    for row in range(values.shape[0]):
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
def _within(place: Floats, step: Floats, shape: tuple[int, int, int], beyond: float, count: int) -> tuple[int, int]:
    """The pixels of a line of `count` that are not more than `beyond` outside the outermost centres."""
    first, last = 0, count
    for axis in range(3):
        first, last = _narrowed(place[axis], step[axis], -beyond, shape[axis] - 1 + beyond, first, last)
    return first, last


@_compiled
def _linear_line(
    flat: Stored, shape: tuple[int, int, int], scales: Floats, padded: bool, place: Floats, step: Floats, line: Floats
) -> tuple[int, int]:
    """Trilinear values along a line; returns its first pixel and the one after its last that lie in the volume."""
    first, last = _within(place, step, shape, _ROUNDING, line.size)
    at_k, at_row, at_column, step_k, step_row, step_column = place[0], place[1], place[2], step[0], step[1], step[2]
    end_k, end_row, end_column = shape[0] - 1, shape[1] - 1, shape[2] - 1
    # Unsigned, so that no index is looked at for being counted from the end.
    nothing, one, across, area = np.uint64(0), np.uint64(1), np.uint64(shape[2]), np.uint64(shape[1] * shape[2])
    for pixel in range(first, last):
        k, row, column = at_k + pixel * step_k, at_row + pixel * step_row, at_column + pixel * step_column
        low_k, low_row, low_column = int(k + _SAME_PLACE), int(row + _SAME_PLACE), int(column + _SAME_PLACE)
        part_k, part_row, part_column = k - low_k, row - low_row, column - low_column
        # At a centre, and beyond the last one, the next voxel has no part in the value.
        more_k = part_k >= _SAME_PLACE and low_k < end_k
        more_row = part_row >= _SAME_PLACE and low_row < end_row
        more_column = part_column >= _SAME_PLACE and low_column < end_column
        part_k, next_k = part_k if more_k else 0.0, area if more_k else nothing
        part_row, next_row = part_row if more_row else 0.0, across if more_row else nothing
        part_column, next_column = part_column if more_column else 0.0, one if more_column else nothing
        at = np.uint64(low_k) * area + np.uint64(low_row) * across + np.uint64(low_column)
        beyond = at + next_k
        a, b = np.float64(flat[at]), np.float64(flat[at + next_column])
        c, d = np.float64(flat[at + next_row]), np.float64(flat[at + next_row + next_column])
        e, f = np.float64(flat[beyond]), np.float64(flat[beyond + next_column])
        g, h = np.float64(flat[beyond + next_row]), np.float64(flat[beyond + next_row + next_column])
        front = _bilinear(a, b, c, d, part_row, part_column)
        back = _bilinear(e, f, g, h, part_row, part_column)
        here = np.uint64(low_k)
        there = here + one if more_k else here
        front, back = front * scales[here, 0] + scales[here, 1], back * scales[there, 0] + scales[there, 1]
        line[pixel] = front + (back - front) * part_k
        if padded and (_is_padding(a, b, c, d, scales[here]) or _is_padding(e, f, g, h, scales[there])):
            line[pixel] = np.nan
    return first, last


@_compiled
def _bilinear(a: float, b: float, c: float, d: float, down: float, along: float) -> float:
    upper, lower = a + (b - a) * along, c + (d - c) * along
    return upper + (lower - upper) * down


@_compiled
def _is_padding(a: float, b: float, c: float, d: float, scale: Floats) -> bool:
    low, high = float(scale[2]), float(scale[3])
    return low <= a <= high or low <= b <= high or low <= c <= high or low <= d <= high


@_compiled
def _nearest_line(
    flat: Stored, shape: tuple[int, int, int], scales: Floats, padded: bool, place: Floats, step: Floats, line: Floats
) -> tuple[int, int]:
    """The same of the values of the voxels that a line goes through."""
    first, last = _within(place, step, shape, 0.5, line.size)
    for pixel in range(first, last):
        k = int(np.floor(place[0] + pixel * step[0] + 0.5))
        row = int(np.floor(place[1] + pixel * step[1] + 0.5))
        column = int(np.floor(place[2] + pixel * step[2] + 0.5))
        line[pixel] = np.nan
        if 0 <= k < shape[0] and 0 <= row < shape[1] and 0 <= column < shape[2]:
            value = np.float64(flat[(k * shape[1] + row) * shape[2] + column])
            if not padded or not (scales[k, 2] <= value <= scales[k, 3]):
                line[pixel] = value * scales[k, 0] + scales[k, 1]
    return first, last


@_compiled
def _line(
    flat: Stored, shape: tuple[int, int, int], scales: Floats, padded: bool, place: Floats, step: Floats,
    smooth: bool, line: Floats,
) -> tuple[int, int]:  # fmt: skip
    if smooth:
        return _linear_line(flat, shape, scales, padded, place, step, line)
    return _nearest_line(flat, shape, scales, padded, place, step, line)


@_compiled
def _fold(line: Floats, first: int, last: int, mode: int, best: Floats, known: Floats) -> None:
    """Take a line of samples through a slab into what is found so far; only a mean has to know of how many."""
    if mode == _MAXIMUM:
        for pixel in range(first, last):
            best[pixel] = line[pixel] if line[pixel] > best[pixel] else best[pixel]
    elif mode == _MINIMUM:
        for pixel in range(first, last):
            best[pixel] = line[pixel] if line[pixel] < best[pixel] else best[pixel]
    else:
        for pixel in range(first, last):
            is_value = line[pixel] == line[pixel]
            best[pixel] += line[pixel] if is_value else 0.0
            known[pixel] += 1.0 if is_value else 0.0


@_compiled
def cut(
    first: int, stored: Stored, scales: Floats, padded: bool, steps: Floats,
    samples: tuple[int, int, int], mode: int, smooth: bool, target: Floats,
) -> None:  # fmt: skip
    """As `plain.cut`."""
    flat, shape, columns = stored.reshape(stored.size), stored.shape, target.shape[1]
    line, best, known, count = np.empty(columns), np.empty(columns), np.empty(columns), np.empty(columns)
    empty = -np.inf if mode == _MAXIMUM else np.inf if mode == _MINIMUM else 0.0
    whole = samples[0] * samples[1]
    for row in range(first, first + len(target)):
        found = target[row - first]
        if whole * samples[2] == 1:
            place = steps[0] + row * steps[2]
            start, end = _line(flat, shape, scales, padded, place, steps[1], smooth, found)
            found[:start], found[max(start, end) :] = np.nan, np.nan
            continue
        found[:], count[:] = 0.0, 0.0
        for n in range(whole):
            down, across = (n // samples[0] + 0.5) / samples[1] - 0.5, (n % samples[0] + 0.5) / samples[0] - 0.5
            best[:], known[:] = empty, 0.0
            for number in range(samples[2]):
                through = number - (samples[2] - 1) / 2
                place = steps[0] + (row + down) * steps[2] + across * steps[1] + through * steps[3]
                start, end = _line(flat, shape, scales, padded, place, steps[1], smooth, line)
                _fold(line, start, end, mode, best, known)
            for pixel in range(columns):
                if known[pixel] > 0.0 or (mode <= _MINIMUM and best[pixel] != empty):
                    found[pixel] += best[pixel] / max(known[pixel], 1.0)
                    count[pixel] += 1.0
        for pixel in range(columns):
            found[pixel] = found[pixel] / count[pixel] if 2.0 * count[pixel] >= max(whole, 1.0) else np.nan
