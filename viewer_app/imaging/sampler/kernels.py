"""The sampler compiled by numba: what `plain` does, pixel by pixel.

A kernel and all that it calls are in one file, since numba's cache of compiled code looks at the date of that alone.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from viewer_app.compiling import compiled
from viewer_app.imaging.geometry import Floats
from viewer_app.imaging.sampler.cut_kernels import cut
from viewer_app.imaging.sampler.taps import Places
from viewer_app.imaging.sampler.voxels import Stored

__all__ = ["box", "cut", "halve", "window"]


@compiled
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


@compiled
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
    places, weights = _places(along, along_weights, left, samples, sums.size)
    shared = np.empty(weights.shape[1])
    _invert(weights, shared)
    for row in range(down.size):
        target[row] = np.nan
        if down[row] < 0:
            continue
        depth = _flatten(lines, down[row], down_weights[row], left * samples, low, high, sums, shares)
        if depth > 0.0 and _are_all(shares, depth):
            _whole_line(sums, places, weights, shared, depth, scale[0], scale[1], target[row].reshape(shared.size))
            _leave_out(along, target[row])
            continue
        for column in range(along.size):
            if along[column] < 0:
                continue
            for sample in range(samples):
                near = lines[down_near[row], along_near[column] * samples + sample]
                if reduced or _is_value(near, low, high):
                    at = (along[column] - left) * samples + sample
                    mean = _mean(sums, shares, at, samples, along_weights[column], depth if reduced else 0.0)
                    target[row, column, sample] = mean * scale[0] + scale[1]


@compiled
def _places(along: Places, weights: Floats, left: int, samples: int, count: int) -> tuple[Places, Floats]:
    """Where in a flat line the pixels of each sample of a picture lie, and with which weight: (taps, samples)."""
    places = np.zeros((weights.shape[1], along.size * samples), np.int64)
    shared = np.zeros((weights.shape[1], along.size * samples))
    for m in range(weights.shape[1]):
        for column in range(along.size):
            for sample in range(samples):
                if along[column] >= 0:
                    # What lies beyond the line has no weight.
                    place = (along[column] - left + m) * samples + sample
                    places[m, column * samples + sample] = min(place, count - 1)
                    shared[m, column * samples + sample] = weights[column, m]
    return places, shared


@compiled
def _invert(weights: Floats, total: Floats) -> None:
    """One by the weights of each sample; 1 for one outside, which `_leave_out` takes out."""
    total[:] = 0.0
    for m in range(len(weights)):
        total += weights[m]
    for n in range(total.size):
        total[n] = 1.0 / total[n] if total[n] > 0.0 else 1.0


@compiled
def _are_all(shares: Floats, depth: float) -> bool:
    """True where every pixel of a flattened line has a value."""
    missing = 0
    for n in range(shares.size):
        missing += shares[n] != depth
    return missing == 0


@compiled
def _whole_line(
    sums: Floats, places: Places, weights: Floats, shares: Floats, depth: float, slope: float, intercept: float,
    line: Floats,
) -> None:  # fmt: skip
    """The means of a line without gaps, tap after tap, so that the compiler works on several of them at once."""
    line[:] = 0.0
    for m in range(len(places)):
        _add_tap(sums, places[m], weights[m], line)
    for n in range(line.size):
        line[n] = line[n] * shares[n] * (1.0 / depth) * slope + intercept


@compiled
def _add_tap(sums: Floats, places: Places, weights: Floats, line: Floats) -> None:
    for n in range(line.size):
        line[n] += weights[n] * sums[np.uint64(places[n])]


@compiled
def _leave_out(along: Places, line: Floats) -> None:
    """No value outside the image."""
    for column in range(along.size):
        if along[column] < 0:
            line[column] = np.nan


@compiled
def _reach(along: Places, count: int, columns: int) -> tuple[int, int]:
    """The first pixel of a line that is needed, and the one after the last."""
    left, right = columns, 0
    for place in along:
        if place >= 0:
            left, right = min(left, place), max(right, min(place + count, columns))
    return left, max(left, right)


@compiled
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
        _add_line(lines[top + n][left : left + sums.size], weight, low, high, sums, shares)
    return depth


@compiled
def _add_line(line: Stored, weight: float, low: float, high: float, sums: Floats, shares: Floats) -> None:
    for x in range(sums.size):
        value = np.float64(line[x])
        is_value = not (low <= value <= high) and value == value
        sums[x] += weight * value if is_value else 0.0
        shares[x] += weight if is_value else 0.0


@compiled
def _is_value(stored: float, low: float, high: float) -> bool:
    value = np.float64(stored)
    return not (low <= value <= high) and value == value


@compiled
def _mean(sums: Floats, shares: Floats, at: int, step: int, weights: Floats, depth: float) -> float:
    """The mean of what `_flatten` left, by weight; none where less than half of `depth` times the weights is there."""
    total, weight, extent = 0.0, 0.0, 0.0
    for m in range(weights.size):
        if weights[m]:
            total += weights[m] * sums[at + m * step]
            weight += weights[m] * shares[at + m * step]
            extent += weights[m] * depth
    return total / weight if weight and 2.0 * weight >= extent else np.nan


@compiled
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
