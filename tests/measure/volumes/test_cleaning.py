"""Islands and holes equal SimpleITK's connected components and hole filling."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
import SimpleITK as sitk

from tests.measure.volumes.made import random_mask, region
from viewer_app.errors import Cancelled, VolumeError
from viewer_app.measure.region import Mask
from viewer_app.measure.volumes import (
    holes_filled,
    holes_filled_in_slices,
    island_at,
    largest_island,
    without_small_islands,
)
from viewer_app.measure.volumes.runs import Connectivity
from viewer_app.measure.volumes.voxel_region import VoxelRegion
from viewer_app.progress import Step, Watch


def labels(mask: Mask, connectivity: Connectivity) -> np.ndarray:
    found = sitk.ConnectedComponent(sitk.GetImageFromArray(mask.astype(np.uint8)), connectivity == 26)
    return np.asarray(sitk.GetArrayFromImage(found))


def filled(mask: Mask) -> Mask:
    """SimpleITK's filling, by faces; a frame of nothing keeps the images' border open."""
    found = sitk.BinaryFillhole(sitk.GetImageFromArray(np.pad(mask, 1).astype(np.uint8)), False, 1)
    return np.asarray(sitk.GetArrayFromImage(found)[(slice(1, -1),) * mask.ndim].astype(np.bool_))


def noise() -> list[Mask]:
    random = np.random.default_rng(4)
    shapes = [tuple(int(size) for size in random.integers(1, 14, 3)) for _ in range(40)]
    return [random_mask(random, (a, b, c), float(random.uniform(0.05, 0.95))) for a, b, c in shapes]


@pytest.mark.parametrize("connectivity", [6, 26])
def test_islands_equal_simpleitk(connectivity: Connectivity) -> None:
    for mask in noise():
        found, before = labels(mask, connectivity), region(mask)
        sizes = np.bincount(found.ravel())[1:]
        for fewest in (0, 2, 5, 40):
            wanted = np.isin(found, 1 + np.flatnonzero(sizes >= fewest))
            assert np.array_equal(without_small_islands(before, fewest, connectivity).mask(), wanted)
        kept = largest_island(before, connectivity)
        assert kept.count == max(sizes, default=0)
        for index in np.argwhere(mask)[::7]:
            k, row, column = (int(place) for place in index)
            there = island_at(before, (k, row, column), connectivity).mask()
            assert np.array_equal(there, found == found[k, row, column])


def test_of_two_of_one_size_the_first_is_the_largest() -> None:
    mask = np.zeros((3, 5, 5), dtype=np.bool_)
    mask[0, 4, 3:] = mask[2, 0, :2] = True
    assert np.array_equal(largest_island(region(mask)).mask()[0], mask[0])


def test_holes_equal_simpleitk() -> None:
    for mask in noise():
        before = region(mask)
        assert np.array_equal(holes_filled(before).mask(), filled(mask))
        assert np.array_equal(holes_filled_in_slices(before).mask(), np.stack([filled(part) for part in mask]))


def test_a_tube_has_holes_in_its_slices_only() -> None:
    mask = np.ones((5, 5, 5), dtype=np.bool_)
    mask[:, 2, 2] = False
    assert holes_filled(region(mask)) == region(mask)
    assert holes_filled_in_slices(region(mask)).count == 125


def test_a_diagonal_gap_keeps_a_hole_closed() -> None:
    mask = np.ones((3, 4, 4), dtype=np.bool_)
    mask[1, [0, 1], [0, 1]] = False
    for found in (holes_filled(region(mask)), holes_filled_in_slices(region(mask))):
        assert found.count == 47
        assert (1, 0, 0) not in found


def test_nothing_stays_nothing() -> None:
    nothing = region(np.zeros((2, 3, 3)))
    for clean in (largest_island, holes_filled, holes_filled_in_slices):
        assert clean(nothing) == nothing
    assert without_small_islands(nothing, 3) == nothing
    with pytest.raises(VolumeError, match="no island"):
        island_at(nothing, (0, 0, 0))


@pytest.mark.parametrize(
    "clean",
    [
        lambda region, watch: largest_island(region, watch=watch),
        lambda region, watch: without_small_islands(region, 3, watch=watch),
        holes_filled,
        holes_filled_in_slices,
    ],
)
def test_cleaning_tells_how_far_it_is_and_may_be_cancelled(clean: Callable[[VoxelRegion, Watch], VoxelRegion]) -> None:
    told: list[Step] = []
    whole = region(np.ones((6, 5, 5), dtype=np.bool_))
    assert clean(whole, Watch(told.append)) == whole
    assert [step.done for step in told] == list(range(told[0].total))
    assert told[0].total >= 6
    unwanted = Watch()
    unwanted.cancel()
    with pytest.raises(Cancelled):
        clean(whole, unwanted)
