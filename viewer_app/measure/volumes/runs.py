"""Voxels of a slice as runs along its rows, and which of them touch: the ground of growing and of cleaning up.

Two connectivities: 6 joins voxels that share a face, 26 also those that share an edge or a corner. In one slice
these are 4 and 8.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from viewer_app.measure.region import Mask

Connectivity = Literal[6, 26]
Places = NDArray[np.intp]
Pairs = tuple[Places, Places]


@dataclass(frozen=True, slots=True)
class Runs:
    """The runs of one mask (rows, columns), in reading order.

    `starts` and `ends` (n,) are places in a grid of `stride` columns, which has an empty one at each side of the mask;
    the end is after the last voxel. `parts` (n,) numbers the connected parts from 0 to `count` - 1.
    """

    starts: Places
    ends: Places
    parts: Places
    count: int
    shape: tuple[int, int]

    @classmethod
    def of(cls, mask: Mask, connectivity: Connectivity) -> Runs:
        """Find runs, and join those that touch within the mask."""
        rows, columns = mask.shape
        framed = np.zeros((rows, columns + 2), dtype=np.bool_)
        framed[:, 1:-1] = mask
        flat = framed.ravel()
        changes = np.flatnonzero(flat[1:] != flat[:-1]) + 1
        starts, ends = changes[::2], changes[1::2]
        reach = int(connectivity == 26)
        parts, count = joined(len(starts), _touching((starts, ends), (starts, ends), columns + 2, reach))
        return cls(starts, ends, parts, count, (rows, columns))

    @property
    def stride(self) -> int:
        """Columns of the grid the places are counted in."""
        return self.shape[1] + 2

    def sizes(self) -> Places:
        """(count,): how many voxels each part has."""
        sizes = np.bincount(self.parts, self.ends - self.starts, self.count)
        return sizes.astype(np.intp)

    def part_at(self, row: int, column: int) -> int | None:
        """The part a voxel belongs to; None for one that is not in the mask."""
        place = row * self.stride + column + 1
        run = int(np.searchsorted(self.ends, place, side="right"))
        return int(self.parts[run]) if run < len(self.starts) and self.starts[run] <= place else None

    def mask(self, chosen: Mask) -> Mask:
        """The voxels of the parts that are `chosen` (count,), as a mask (rows, columns)."""
        runs = chosen[self.parts]
        steps = np.zeros(self.shape[0] * self.stride, dtype=np.int8)
        steps[self.starts[runs]] = 1
        steps[self.ends[runs]] = -1
        filled = np.cumsum(steps, dtype=np.int8, out=steps).view(np.bool_)
        return filled.reshape(self.shape[0], self.stride)[:, 1:-1]


def links(one: Runs, other: Runs, connectivity: Connectivity) -> Pairs:
    """Which parts of two neighbouring slices touch: numbers in `one`, growing, and in `other`; each pair once."""
    here, there = contacts(one, other, connectivity)
    return np.divmod(np.unique(here * max(other.count, 1) + there), max(other.count, 1))


def contacts(one: Runs, other: Runs, connectivity: Connectivity) -> Pairs:
    """The same in any order, each pair as often as runs touch: found in less than half the time."""
    shifts = (0,) if connectivity == 6 else (-one.stride, 0, one.stride)
    reach = int(connectivity == 26)
    mine, its = (one.starts, one.ends), (other.starts, other.ends)
    found = [_touching(mine, its, shift, reach) for shift in shifts]
    here, there = (np.concatenate(side) for side in zip(*found, strict=True))
    return one.parts[here], other.parts[there]


def _touching(mine: Pairs, its: Pairs, shift: int, reach: int) -> Pairs:
    """Pairs of runs, of which the first, moved by `shift` places and widened by `reach`, overlaps the second."""
    first = np.searchsorted(its[1], mine[0] + (shift - reach), side="right")
    last = np.searchsorted(its[0], mine[1] + (shift + reach), side="left")
    return spelled_out(first, np.maximum(last - first, 0))


def spelled_out(first: Places, counts: Places) -> Pairs:
    """Ranges (n,), each from `first` on `counts` long, as single numbers: of which range each is, and the number."""
    before = np.cumsum(counts) - counts
    which = np.repeat(np.arange(len(counts)), counts)
    return which, np.arange(len(which)) + np.repeat(first - before, counts)


def joined(count: int, pairs: Pairs) -> tuple[Places, int]:
    """Numbers (count,) from 0 of what hangs together through `pairs`, in the order of first members; and how many."""
    root = np.arange(count)
    while True:
        one, other = root[pairs[0]], root[pairs[1]]
        apart = one != other
        if not apart.any():
            break
        root[np.maximum(one, other)[apart]] = np.minimum(one, other)[apart]
        while np.any((shorter := root[root]) != root):
            root = shorter
    is_first = root == np.arange(count)
    numbers = np.cumsum(is_first) - 1
    return numbers[root], int(np.count_nonzero(is_first))


def joined_through(slices: list[Runs], connectivity: Connectivity) -> list[Places]:
    """For each of neighbouring slices, which part of the whole each of its parts belongs to, numbered from 0."""
    offsets = np.cumsum([0, *(one.count for one in slices)])
    pairs = list(_all_links(slices, offsets, connectivity))
    whole = (np.concatenate(side) for side in zip(*pairs, strict=True)) if pairs else (np.empty(0, np.intp),) * 2
    one, other = whole
    numbers, _ = joined(int(offsets[-1]), (one, other))
    return [numbers[start:end] for start, end in pairwise(offsets)]


def _all_links(slices: list[Runs], offsets: Places, connectivity: Connectivity) -> Iterator[Pairs]:
    for k in range(len(slices) - 1):
        one, other = links(slices[k], slices[k + 1], connectivity)
        yield one + offsets[k], other + offsets[k + 1]
