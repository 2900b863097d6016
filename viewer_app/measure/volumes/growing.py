"""Region growing: all voxels in a range of values that hang together with a seed."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from viewer_app.errors import VolumeError
from viewer_app.imaging.volume import Volume
from viewer_app.measure.region import Mask
from viewer_app.measure.volumes.layer import Layer
from viewer_app.measure.volumes.runs import Connectivity, Pairs, Places, Runs, links, spelled_out
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
    _ways: dict[tuple[int, int], Pairs] = field(default_factory=dict)
    _fresh: dict[int, Places] = field(default_factory=dict)

    def runs(self, index: int) -> Runs:
        """The runs in range of a slice, worked out once."""
        if index not in self._runs:
            runs = Runs.of(slice_in_range(self.volume, index, self.values), self.connectivity)
            self._runs[index], self.chosen[index] = runs, np.zeros(runs.count, dtype=np.bool_)
            self.watch.step(len(self._runs), len(self.volume.stack.images), "Growing")
        return self._runs[index]

    def spread(self, index: int, part: int) -> None:
        """Follow one part of a slice through all others."""
        self._add(index, np.array([part]))
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

    def _touched(self, index: int, neighbour: int, fresh: Places) -> Places:
        """The parts of the next slice that touch some of this one."""
        starts, targets = self._way(index, neighbour)
        _, places = spelled_out(starts[fresh], starts[fresh + 1] - starts[fresh])
        return targets[places]

    def _way(self, index: int, neighbour: int) -> Pairs:
        """What the parts of a slice touch in the next: where each one's list starts, and all lists."""
        if (index, neighbour) not in self._ways:
            runs = self.runs(index)
            here, there = links(runs, self.runs(neighbour), self.connectivity)
            self._ways[index, neighbour] = np.searchsorted(here, np.arange(runs.count + 1)), there
        return self._ways[index, neighbour]

    def _add(self, index: int, parts: Places) -> None:
        parts = np.unique(parts)
        parts = parts[~self.chosen[index][parts]]
        if parts.size:
            self.chosen[index][parts] = True
            self._fresh[index] = np.concatenate([self._fresh.get(index, parts[:0]), parts])
