"""A region of voxels is a value: equal by content, and closed under union, difference and intersection."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from tests.measure.volumes.made import empty_stack, grid, region
from viewer_app.errors import VolumeError
from viewer_app.measure.region import Mask
from viewer_app.measure.volumes import StackGrid, VoxelRegion
from viewer_app.measure.volumes.layer import Layer

SHAPE = (4, 5, 11)
MASKS = arrays(np.bool_, SHAPE, elements=st.booleans(), fill=st.just(False))


@given(MASKS, MASKS)
def test_edits_are_those_of_masks(one: Mask, other: Mask) -> None:
    mine, its = region(one), region(other)
    for found, wanted in ((mine | its, one | other), (mine & its, one & other), (mine - its, one & ~other)):
        assert np.array_equal(found.mask(), wanted)
        assert found == region(wanted)
        assert hash(found) == hash(region(wanted))
        assert found.count == np.count_nonzero(wanted)


@given(MASKS, MASKS, MASKS)
def test_the_laws_of_sets_hold(a: Mask, b: Mask, c: Mask) -> None:
    one, two, three = region(a), region(b), region(c)
    assert one | two == two | one
    assert (one | two) | three == one | (two | three)
    assert one - (two | three) == (one - two) - three
    assert (one | two) - two == one - two
    assert one & (two | three) == (one & two) | (one & three)
    assert one | one == one & one == one
    assert one - one == VoxelRegion(grid(*SHAPE))


@given(MASKS)
def test_a_region_knows_its_voxels(mask: Mask) -> None:
    found = region(mask)
    assert [index for index in np.ndindex(*SHAPE) if index in found] == [tuple(one) for one in np.argwhere(mask)]
    assert all(np.array_equal(found.slice_mask(k), mask[k]) for k in range(SHAPE[0]))
    places = np.argwhere(mask)
    assert found.box == ((tuple(places.min(axis=0)), tuple(places.max(axis=0) + 1)) if len(places) else None)


@settings(max_examples=30)
@given(MASKS, MASKS)
def test_equal_only_where_every_voxel_is(one: Mask, other: Mask) -> None:
    assert (region(one) == region(other)) == np.array_equal(one, other)


def test_an_edit_shares_what_it_leaves_alone() -> None:
    mask = np.ones(SHAPE, dtype=np.bool_)
    before, stroke = region(mask), VoxelRegion.of(grid(*SHAPE), [Layer.of(2, mask[0, :2, :3])])
    after = before - stroke
    assert [a is b for a, b in zip(before.layers, after.layers, strict=True)] == [True, True, False, True]


def test_regions_of_other_images_do_not_mix() -> None:
    mask = np.ones((2, 3, 3), dtype=np.bool_)
    other = VoxelRegion.of_mask(StackGrid("2.25.7", 2, (2, 3, 3), "0" * 64), mask)
    for edit in (VoxelRegion.__or__, VoxelRegion.__and__, VoxelRegion.__sub__):
        with pytest.raises(VolumeError, match="not of the same images"):
            edit(region(mask), other)
    with pytest.raises(VolumeError, match="size of the images"):
        VoxelRegion.of_mask(grid(2, 3, 4), mask)


OUTSIDE = [Layer(2, 0, 0, 1, 1, b"\x80"), Layer(0, 2, 0, 2, 1, b"\xc0"), Layer(0, 0, -1, 1, 1, b"\x80")]


@pytest.mark.parametrize("layer", OUTSIDE)
def test_a_layer_outside_is_refused(layer: Layer) -> None:
    with pytest.raises(VolumeError, match="out of its images"):
        VoxelRegion(grid(2, 3, 3), (layer,))


def test_layers_come_in_order_and_once() -> None:
    one, other = Layer(0, 0, 0, 1, 1, b"\x80"), Layer(1, 0, 0, 1, 1, b"\x80")
    for layers in ((other, one), (one, one)):
        with pytest.raises(VolumeError):
            VoxelRegion(grid(2, 3, 3), layers)


def test_a_stack_that_lost_a_slice_is_another_grid() -> None:
    whole, cut = empty_stack((4, 3, 3), 1.0), empty_stack((3, 3, 3), 1.0)
    assert StackGrid.of(whole) == StackGrid.of(empty_stack((4, 3, 3), 1.0))
    assert StackGrid.of(whole).images != StackGrid.of(cut).images


def test_a_twin_can_have_no_region() -> None:
    stack = empty_stack((2, 3, 3), 1.0)
    twins = tuple(replace(image, instance=replace(image.instance, is_twin=True)) for image in stack.images)
    with pytest.raises(VolumeError, match="same SOP Instance UID"):
        StackGrid.of(replace(stack, images=twins))
