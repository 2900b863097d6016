"""Region growing: all voxels in a range of values that hang together with a seed."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from viewer_app.errors import VolumeError
from viewer_app.imaging.volume import Volume
from viewer_app.measure.region import Mask
from viewer_app.measure.volumes.layer import Layer
from viewer_app.measure.volumes.runs import Connectivity, Pairs, Places, Runs, contacts
from viewer_app.measure.volumes.slabs import slabs_of
from viewer_app.measure.volumes.values import ValueRange, refuse_mixed_units, slice_in_range
from viewer_app.measure.volumes.voxel_region import Index, StackGrid, VoxelRegion
from viewer_app.progress import Watch


def grow(
    volume: Volume, seed: Index, values: ValueRange, watch: Watch | None = None, connectivity: Connectivity = 6
) -> VoxelRegion:
    """The voxels whose modality value lies in `values` and that are connected to `seed` by such voxels.

    Padding is never part of it. Slices are read from the seed outwards, only as far as the region goes; `watch` is told
    how many of all were read.

    Raises:
        VolumeError: the seed is outside the images or the range; slices without slabs (`slabs_of`), of which it is not
            known what lies beside what; slices of different units; colour; a slice the region reaches is not there.
        Cancelled: nobody wants it any more.
    """
    grid = StackGrid.of(volume.stack)
    if not grid.holds(seed):
        raise VolumeError("The seed lies outside the images.", "Click inside the image.")
    slabs_of(volume.stack)
    refuse_mixed_units(volume.stack, range(grid.shape[0]))
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
    """The slices read so far, which of their parts belong to the region, and those that were not followed yet."""

    volume: Volume
    values: ValueRange
    watch: Watch
    connectivity: Connectivity
    chosen: dict[int, Mask] = field(default_factory=dict)
    _runs: dict[int, Runs] = field(default_factory=dict)
    _ways: dict[int, Pairs] = field(default_factory=dict)
    _fresh: dict[int, Mask] = field(default_factory=dict)

    def runs(self, index: int) -> Runs:
        """The runs in range of a slice, worked out once."""
        if index not in self._runs:
            runs = Runs.of(slice_in_range(self.volume, index, self.values), self.connectivity)
            self._runs[index], self.chosen[index] = runs, np.zeros(runs.count, dtype=np.bool_)
            self.watch.step(len(self._runs), len(self.volume.stack.images), "Growing")
        return self._runs[index]

    def spread(self, index: int, part: int) -> None:
        """Follow one part of a slice through all others."""
        self._add(index, [part])
        upwards = True
        while self._fresh:
            # To and fro through the slices: what comes together on the way is followed together.
            ahead = [k for k in self._fresh if (k > index if upwards else k < index)]
            upwards ^= not ahead
            index = (min if upwards else max)(ahead or self._fresh)
            fresh = self._fresh.pop(index)
            self.watch.check()
            for neighbour in (index - 1, index + 1):
                if 0 <= neighbour < len(self.volume.stack.images):
                    self._add(neighbour, self._touched(index, neighbour, fresh))

    def _touched(self, index: int, neighbour: int, fresh: Mask) -> Places:
        """The parts of the next slice that touch some of this one."""
        here, there = self._way(index, neighbour)
        return there[fresh[here]]

    def _way(self, index: int, neighbour: int) -> Pairs:
        """Which parts of a slice touch which of the next one, to either side: found once for both."""
        low, high = sorted((index, neighbour))
        if low not in self._ways:
            self._ways[low] = contacts(self.runs(low), self.runs(high), self.connectivity)
        lower, upper = self._ways[low]
        return (lower, upper) if index == low else (upper, lower)

    def _add(self, index: int, parts: Places | list[int]) -> None:
        """As a mask of all parts of the slice: nothing needs to be sorted."""
        fresh = np.zeros(self.runs(index).count, dtype=np.bool_)
        fresh[parts] = True
        fresh &= ~self.chosen[index]
        if fresh.any():
            self.chosen[index] |= fresh
            self._fresh[index] = self._fresh[index] | fresh if index in self._fresh else fresh
