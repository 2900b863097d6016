"""Region growing: all voxels in a range of values that hang together with a seed."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from viewer_app.errors import VolumeError
from viewer_app.imaging.volume import Volume
from viewer_app.measure.region import Mask
from viewer_app.measure.volumes.layer import Layer
from viewer_app.measure.volumes.runs import Connectivity, Pairs, Runs, links
from viewer_app.measure.volumes.values import ValueRange, slice_in_range
from viewer_app.measure.volumes.voxel_region import Index, StackGrid, VoxelRegion
from viewer_app.progress import Watch


def grow(
    volume: Volume, seed: Index, values: ValueRange, watch: Watch | None = None, connectivity: Connectivity = 6
) -> VoxelRegion:
    """The voxels whose modality value lies in `values` and that are connected to `seed` by such voxels.

    Padding is never part of it. Slices are read from the seed outwards, only as far as the region goes; `watch` is told
    how many of all were read.

    Raises:
        VolumeError: the seed is outside the images or the range, colour, or a slice the region reaches is not there.
        Cancelled: nobody wants it any more.
    """
    grid = StackGrid.of(volume.stack)
    if not grid.holds(seed):
        raise VolumeError("The seed lies outside the images.", "Click inside the image.")
    growth = _Growth(volume, values, watch or Watch(), connectivity)
    part = growth.runs(seed[0]).part_at(*seed[1:])
    if part is None:
        raise VolumeError(
            "The value at the seed is not in the range.", "Click on a brighter or darker place, or widen the range."
        )
    growth.spread(seed[0], part)
    return VoxelRegion.of(
        grid, (Layer.of(k, growth.runs(k).mask(chosen)) for k, chosen in sorted(growth.chosen.items()))
    )


@dataclass(frozen=True)
class _Growth:
    """The slices read so far, their parts that belong to the region, and those that were not followed yet."""

    volume: Volume
    values: ValueRange
    watch: Watch
    connectivity: Connectivity
    chosen: dict[int, Mask] = field(default_factory=dict)
    _runs: dict[int, Runs] = field(default_factory=dict)
    _links: dict[int, Pairs] = field(default_factory=dict)
    _fresh: dict[int, Mask] = field(default_factory=dict)

    def runs(self, index: int) -> Runs:
        """The runs in range of a slice, worked out once."""
        if index not in self._runs:
            self._runs[index] = Runs.of(slice_in_range(self.volume, index, self.values), self.connectivity)
            self.watch.step(len(self._runs), len(self.volume.stack.images), "Growing")
        return self._runs[index]

    def spread(self, index: int, part: int) -> None:
        """Follow one part of a slice through all others."""
        first = np.zeros(self.runs(index).count, dtype=np.bool_)
        first[part] = True
        self._add(index, first)
        while self._fresh:
            index, fresh = next(iter(self._fresh.items()))
            del self._fresh[index]
            self.watch.check()
            for neighbour in (index - 1, index + 1):
                if 0 <= neighbour < len(self.volume.stack.images):
                    self._add(neighbour, self._touched(index, neighbour, fresh))

    def _touched(self, index: int, neighbour: int, fresh: Mask) -> Mask:
        lower, upper = self._between(min(index, neighbour))
        here, there = (lower, upper) if index < neighbour else (upper, lower)
        touched = np.zeros(self.runs(neighbour).count, dtype=np.bool_)
        touched[there[fresh[here]]] = True
        return touched

    def _between(self, lower: int) -> Pairs:
        if lower not in self._links:
            self._links[lower] = links(self.runs(lower), self.runs(lower + 1), self.connectivity)
        return self._links[lower]

    def _add(self, index: int, parts: Mask) -> None:
        known = self.chosen.get(index, np.zeros_like(parts))
        fresh = parts & ~known
        if fresh.any():
            self.chosen[index] = known | fresh
            self._fresh[index] = self._fresh.get(index, np.zeros_like(parts)) | fresh
