"""Planes and slabs through a volume, compiled by numba: what `plain.cut` does."""

from __future__ import annotations

import numpy as np

from viewer_app.compiling import compiled
from viewer_app.imaging.geometry import Floats
from viewer_app.imaging.sampler.taps import Places
from viewer_app.imaging.sampler.voxels import Stored

_ROUNDING, _SAME_PLACE = 1e-6, 1e-9
_MAXIMUM, _MINIMUM = 0, 1


@compiled
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


@compiled
def _within(place: Floats, step: Floats, shape: tuple[int, int, int], beyond: float, count: int) -> tuple[int, int]:
    """The pixels of a line of `count` that are not more than `beyond` outside the outermost centres."""
    first, last = 0, count
    for axis in range(3):
        first, last = _narrowed(place[axis], step[axis], -beyond, shape[axis] - 1 + beyond, first, last)
    return first, last


@compiled
def _linear_line(
    flat: Stored, shape: tuple[int, int, int], scales: Floats, alike: bool, padded: bool,
    place: Floats, step: Floats, line: Floats, places: Places, parts: Floats, corners: Stored,
) -> tuple[int, int]:  # fmt: skip
    """Trilinear values along a line; returns its first pixel and the one after its last that lie in the volume.

    The last three are room to work in: where the voxels of a pixel begin, (3, pixels) and (8, pixels).
    """
    first, last = _within(place, step, shape, _ROUNDING, line.size)
    start, end = _between(place, step, shape, first, last) if alike else (last, last)
    _at_border(first, start, flat, shape, scales, padded, place, step, line)
    if start < end:
        _inside(start, flat, shape, scales, padded, place, step, line[start:end], places, parts, corners)
    _at_border(end, last, flat, shape, scales, padded, place, step, line)
    return first, last


@compiled
def _between(place: Floats, step: Floats, shape: tuple[int, int, int], first: int, last: int) -> tuple[int, int]:
    """The pixels of those from `first` to `last` (not included) that have a voxel beyond their place on all axes."""
    start, end = first, last
    for axis in range(3):
        start, end = _narrowed(place[axis], step[axis], 0.0, shape[axis] - 1 - _ROUNDING, start, end)
    return (start, end) if start < end else (last, last)


@compiled
def _inside(
    first: int, flat: Stored, shape: tuple[int, int, int], scales: Floats, padded: bool,
    place: Floats, step: Floats, line: Floats, places: Places, parts: Floats, corners: Stored,
) -> None:  # fmt: skip
    """The pixels of a line from `first` on that are the arrays', one thing after the other for all of them.

    In loops as simple as these, from 0 on, the compiler works on several pixels at once; and a processor that gathers
    and does nothing else does not wait for one voxel before it asks for the next.
    """
    count = line.size
    here, k, row, column = places[:count], parts[0][:count], parts[1][:count], parts[2][:count]
    a, b, c, d = corners[0][:count], corners[1][:count], corners[2][:count], corners[3][:count]
    e, f, g, h = corners[4][:count], corners[5][:count], corners[6][:count], corners[7][:count]
    _find(first, shape, place, step, here, k, row, column)
    across, area = shape[2], shape[1] * shape[2]
    _gather(flat, 0, here, a, b)
    _gather(flat, across, here, c, d)
    _gather(flat, area, here, e, f)
    _gather(flat, area + across, here, g, h)
    _mix(a, b, c, d, e, f, g, h, k, row, column, scales[0, 0], scales[0, 1], line)
    if padded:
        _leave_out(corners, parts, scales[0, 2], scales[0, 3], line)


@compiled
def _find(
    first: int, shape: tuple[int, int, int], place: Floats, step: Floats,
    places: Places, part_k: Floats, part_row: Floats, part_column: Floats,
) -> None:  # fmt: skip
    """Where in the flat volume the voxels around pixels begin, and how far on from there the pixels lie."""
    at_k, at_row, at_column, step_k, step_row, step_column = place[0], place[1], place[2], step[0], step[1], step[2]
    across, area = float(shape[2]), float(shape[1] * shape[2])
    for n in range(places.size):
        pixel = first + n
        k, row, column = at_k + pixel * step_k, at_row + pixel * step_row, at_column + pixel * step_column
        low_k, low_row = np.floor(k + _SAME_PLACE), np.floor(row + _SAME_PLACE)
        low_column = np.floor(column + _SAME_PLACE)
        k, row, column = k - low_k, row - low_row, column - low_column
        part_k[n] = k if k >= _SAME_PLACE else 0.0
        part_row[n] = row if row >= _SAME_PLACE else 0.0
        part_column[n] = column if column >= _SAME_PLACE else 0.0
        places[n] = np.int64(low_k * area + low_row * across + low_column)


@compiled
def _gather(flat: Stored, offset: int, places: Places, left: Stored, right: Stored) -> None:
    """Two voxels side by side for each pixel, `offset` on from its place."""
    # Unsigned, so that no index is looked at for being counted from the end.
    one, on = np.uint64(1), np.uint64(offset)
    for n in range(places.size):
        at = np.uint64(places[n]) + on
        left[n], right[n] = flat[at], flat[at + one]


@compiled
def _mix(
    a: Stored, b: Stored, c: Stored, d: Stored, e: Stored, f: Stored, g: Stored, h: Stored,
    part_k: Floats, part_row: Floats, part_column: Floats, slope: float, intercept: float, line: Floats,
) -> None:  # fmt: skip
    """Trilinear modality values of gathered voxels; at a centre, the next voxel has no part in the value."""
    for n in range(line.size):
        k, row, column = part_k[n], part_row[n], part_column[n]
        upper = _towards(np.float64(a[n]), np.float64(b[n]), column)
        lower = _towards(np.float64(c[n]), np.float64(d[n]), column)
        front = _towards(upper, lower, row) * slope + intercept
        upper = _towards(np.float64(e[n]), np.float64(f[n]), column)
        lower = _towards(np.float64(g[n]), np.float64(h[n]), column)
        back = _towards(upper, lower, row) * slope + intercept
        line[n] = _towards(front, back, k)


@compiled
def _towards(near: float, far: float, part: float) -> float:
    """What lies `part` of the way from `near` to `far`; where that is none, `far` may be NaN."""
    return near + ((far if part > 0.0 else near) - near) * part


@compiled
def _leave_out(corners: Stored, parts: Floats, low: float, high: float, line: Floats) -> None:
    """No value where a voxel that takes part is padding."""
    for n in range(line.size):
        more_k, more_row, more_column = parts[0, n] > 0.0, parts[1, n] > 0.0, parts[2, n] > 0.0
        for corner in range(8):
            takes_part = (more_column or not corner & 1) and (more_row or not corner & 2) and (more_k or not corner & 4)
            if takes_part and low <= np.float64(corners[corner, n]) <= high:
                line[n] = np.nan


@compiled
def _at_border(
    first: int, last: int, flat: Stored, shape: tuple[int, int, int], scales: Floats, padded: bool,
    place: Floats, step: Floats, line: Floats,
) -> None:  # fmt: skip
    """Trilinear values of some pixels of a line, also where there is no voxel beyond its place."""
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


@compiled
def _bilinear(a: float, b: float, c: float, d: float, down: float, along: float) -> float:
    upper, lower = a + (b - a) * along, c + (d - c) * along
    return upper + (lower - upper) * down


@compiled
def _is_padding(a: float, b: float, c: float, d: float, scale: Floats) -> bool:
    low, high = float(scale[2]), float(scale[3])
    return low <= a <= high or low <= b <= high or low <= c <= high or low <= d <= high


@compiled
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


@compiled
def _line(
    flat: Stored, shape: tuple[int, int, int], scales: Floats, alike: bool, padded: bool, place: Floats, step: Floats,
    smooth: bool, line: Floats, places: Places, parts: Floats, corners: Stored,
) -> tuple[int, int]:  # fmt: skip
    if smooth:
        return _linear_line(flat, shape, scales, alike, padded, place, step, line, places, parts, corners)
    return _nearest_line(flat, shape, scales, padded, place, step, line)


@compiled
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


@compiled
def _are_alike(scales: Floats) -> bool:
    """True where all slices have arrived and their stored values mean the same."""
    for index in range(len(scales)):
        for number in range(4):
            if scales[index, number] != scales[0, number]:
                return False
    return True


@compiled
def cut(
    first: int, stored: Stored, scales: Floats, padded: bool, steps: Floats,
    samples: tuple[int, int, int], mode: int, smooth: bool, target: Floats,
) -> None:  # fmt: skip
    """As `plain.cut`."""
    flat, shape, columns = stored.reshape(stored.size), stored.shape, target.shape[1]
    line, best, known, count = np.empty(columns), np.empty(columns), np.empty(columns), np.empty(columns)
    places, parts, corners = np.empty(columns, np.int64), np.empty((3, columns)), np.empty((8, columns), stored.dtype)
    alike = _are_alike(scales)
    empty = -np.inf if mode == _MAXIMUM else np.inf if mode == _MINIMUM else 0.0
    whole = samples[0] * samples[1]
    for row in range(first, first + len(target)):
        found = target[row - first]
        if whole * samples[2] == 1:
            place = steps[0] + row * steps[2]
            start, end = _line(
                flat, shape, scales, alike, padded, place, steps[1], smooth, found, places, parts, corners
            )
            found[:start], found[max(start, end) :] = np.nan, np.nan
            continue
        found[:], count[:] = 0.0, 0.0
        for n in range(whole):
            down, across = (n // samples[0] + 0.5) / samples[1] - 0.5, (n % samples[0] + 0.5) / samples[0] - 0.5
            best[:], known[:] = empty, 0.0
            for number in range(samples[2]):
                through = number - (samples[2] - 1) / 2
                place = steps[0] + (row + down) * steps[2] + across * steps[1] + through * steps[3]
                start, end = _line(
                    flat, shape, scales, alike, padded, place, steps[1], smooth, line, places, parts, corners
                )
                _fold(line, start, end, mode, best, known)
            for pixel in range(columns):
                if known[pixel] > 0.0 or (mode <= _MINIMUM and best[pixel] != empty):
                    found[pixel] += best[pixel] / max(known[pixel], 1.0)
                    count[pixel] += 1.0
        for pixel in range(columns):
            found[pixel] = found[pixel] / count[pixel] if 2.0 * count[pixel] >= max(whole, 1.0) else np.nan
