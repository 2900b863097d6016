"""Islands and holes of a region of voxels. A `watch` is told of every slice; Cancelled once nobody wants the answer."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TypeVar

import numpy as np

from viewer_app.errors import VolumeError
from viewer_app.measure.region import Mask
from viewer_app.measure.volumes.layer import Layer
from viewer_app.measure.volumes.runs import Connectivity, Places, Runs, joined_through
from viewer_app.measure.volumes.voxel_region import Index, VoxelRegion
from viewer_app.progress import Watch

Thing = TypeVar("Thing")


def largest_island(region: VoxelRegion, connectivity: Connectivity = 6, watch: Watch | None = None) -> VoxelRegion:
    """The largest connected part alone; of several of one size that which is met first, slice by slice, row by row."""
    islands = _Islands(region, connectivity, watch)
    if not region.layers:
        return region
    return islands.kept(np.arange(len(islands.sizes)) == np.argmax(islands.sizes))


def island_at(region: VoxelRegion, seed: Index, connectivity: Connectivity = 6) -> VoxelRegion:
    """The connected part that holds the voxel `seed` alone; VolumeError where the region does not have it."""
    if seed not in region:
        raise VolumeError("There is no island at this place.", "Click inside the one to keep.")
    islands = _Islands(region, connectivity, None)
    return islands.kept(np.arange(len(islands.sizes)) == islands.at(seed))


def without_small_islands(
    region: VoxelRegion, fewest: int, connectivity: Connectivity = 6, watch: Watch | None = None
) -> VoxelRegion:
    """The connected parts that have at least `fewest` voxels."""
    islands = _Islands(region, connectivity, watch)
    return islands.kept(islands.sizes >= fewest)


def holes_filled(region: VoxelRegion, watch: Watch | None = None) -> VoxelRegion:
    """With all that the region encloses: what no path by faces of voxels leaves without crossing it.

    What lies at the border of the images is not enclosed.
    """
    if region.box is None:
        return region
    (start, top, left), (stop, *_) = region.box
    places = _told(range(start - 1, stop + 1), watch)
    outside = [Runs.of(~region.framed(index), 6) for index in places]
    numbers = joined_through(outside, 6)
    # The frame around the box is one with all that can be reached from it, and it has the first run of all.
    return region | VoxelRegion.of(
        region.grid,
        (
            Layer.of(index, runs.mask(parts != numbers[0][0])[1:-1, 1:-1], top, left)
            for index, runs, parts in zip(range(start, stop), outside[1:], numbers[1:], strict=False)
        ),
    )


def holes_filled_in_slices(region: VoxelRegion, watch: Watch | None = None) -> VoxelRegion:
    """With all that is enclosed within its slice, in each slice by itself, by edges of pixels."""
    return VoxelRegion.of(region.grid, (_filled(layer) for layer in _told(region.layers, watch)))


def _told(each: Sequence[Thing], watch: Watch | None) -> Iterator[Thing]:
    """One after the other, with word of how many are done."""
    for done, one in enumerate(each):
        if watch is not None:
            watch.step(done, len(each), "Cleaning up")
        yield one


def _filled(layer: Layer) -> Layer | None:
    outside = Runs.of(~np.pad(layer.mask(), 1), 6)
    around = np.arange(outside.count) == outside.parts[0]
    return Layer.of(layer.index, ~outside.mask(around)[1:-1, 1:-1], layer.top, layer.left)


class _Islands:
    """The connected parts of a region, numbered in the order in which they are met."""

    def __init__(self, region: VoxelRegion, connectivity: Connectivity, watch: Watch | None) -> None:
        self._region = region
        (self._start, self._top, self._left), (stop, *_) = region.box or ((0, 0, 0), (0, 0, 0))
        places = _told(range(self._start, stop), watch)
        self._slices = [Runs.of(region.framed(index), connectivity) for index in places]
        self._numbers: list[Places] = joined_through(self._slices, connectivity)
        self.sizes: Places = np.zeros(
            max((int(part.max()) + 1 for part in self._numbers if part.size), default=0), np.intp
        )
        for runs, numbers in zip(self._slices, self._numbers, strict=True):
            np.add.at(self.sizes, numbers, runs.sizes())

    def at(self, seed: Index) -> int:
        """The number of the island that holds a voxel of the region."""
        place = seed[0] - self._start
        part = self._slices[place].part_at(seed[1] - self._top + 1, seed[2] - self._left + 1)
        assert part is not None
        return int(self._numbers[place][part])

    def kept(self, chosen: Mask) -> VoxelRegion:
        """The region of the islands that are `chosen` (islands,)."""
        parts = zip(self._slices, self._numbers, strict=True)
        return VoxelRegion.of(
            self._region.grid,
            (
                Layer.of(self._start + k, runs.mask(chosen[numbers]), self._top - 1, self._left - 1)
                for k, (runs, numbers) in enumerate(parts)
            ),
        )
