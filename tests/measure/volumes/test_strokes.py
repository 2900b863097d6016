"""Brushes cover the voxels whose centres lie within the radius, in patient millimetres, whatever the stack."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.made import stack as made_stack
from tests.measure.volumes.made import ball, centres, empty_stack, loaded, valued
from viewer_app.errors import VolumeError
from viewer_app.imaging.geometry import Floats
from viewer_app.imaging.stacks import Stack
from viewer_app.measure.volumes import StackGrid, ValueRange, ball_stroke, disc_stroke, keep_in_range
from viewer_app.phantom.blocks import axial_plane
from viewer_app.phantom.blocks import stack as slices
from viewer_app.phantom.solids import SOLID_HU, solid

LEAN = math.radians(15)
TILTED = replace(axial_plane((0.0, 0.0, 0.0), 0.7, 0.5), column_direction=(0.0, math.cos(LEAN), math.sin(LEAN)))
STACKS: dict[str, Callable[[], Stack]] = {
    "even": lambda: empty_stack((8, 24, 30), 2.5, axial_plane((0.0, 0.0, 0.0), 0.7, 0.5)),
    "tilted": lambda: empty_stack((8, 24, 30), 2.0, TILTED),
    "uneven": lambda: empty_stack((8, 24, 30), [0, 1, 2, 4, 7, 9, 14, 15.0]),
}


def near(points: Floats, path: Floats, radius: float) -> NDArray[np.bool_]:
    """Which points lie nearer than the radius to a path, piece by piece in three dimensions."""
    found = np.linalg.norm(points - path[0], axis=1) < radius
    for start, end in pairwise(path):
        way = end - start
        share = np.clip((points - start) @ way / (way @ way), 0, 1)
        found |= np.linalg.norm(points - start - share[:, None] * way, axis=1) < radius
    return np.asarray(found)


@pytest.mark.parametrize("make", STACKS.values(), ids=STACKS)
@pytest.mark.parametrize("count", [1, 2, 4])
def test_a_ball_covers_what_is_near_its_path(make: Callable[[], Stack], count: int) -> None:
    stack, random = make(), np.random.default_rng(count)
    corners = np.concatenate([centres(stack, 0), centres(stack, len(stack.images) - 1)])
    for radius in (0.4, 2.0, 6.5):
        path = random.uniform(corners.min(axis=0) - 2, corners.max(axis=0) + 2, (count, 3))
        found = ball_stroke(stack, path, radius).mask()
        wanted = [near(centres(stack, k), path, radius) for k in range(len(stack.images))]
        assert np.array_equal(found.reshape(len(wanted), -1), wanted)


@pytest.mark.parametrize("make", STACKS.values(), ids=STACKS)
def test_a_disc_covers_its_slice_alone(make: Callable[[], Stack]) -> None:
    stack, random = make(), np.random.default_rng(9)
    plane = stack.images[3].plane
    for count, radius in ((1, 0.3), (1, 4.0), (3, 2.2)):
        path = plane.to_patient(random.uniform(-3, 28, (count, 2)))
        beside = path + np.multiply(plane.normal, random.uniform(-1, 1))
        found = disc_stroke(stack, 3, beside, radius)
        assert np.array_equal(found.slice_mask(3).ravel(), near(centres(stack, 3), path, radius))
        assert {layer.index for layer in found.layers} <= {3}


def test_a_ball_is_that_of_brute_force_and_of_the_affine() -> None:
    stack = STACKS["tilted"]()
    grid, center = StackGrid.of(stack), stack.affine @ (3.4, 11.2, 14.9, 1.0)
    index = np.stack(np.meshgrid(*map(np.arange, grid.shape), indexing="ij"), axis=-1)
    places = index @ stack.affine[:3, :3].T + stack.affine[:3, 3]
    found = ball_stroke(stack, [center[:3]], 4.0)
    assert found == ball(stack, center[:3], 4.0)
    assert np.array_equal(found.mask(), np.linalg.norm(places - center[:3], axis=-1) < 4.0)


def test_a_dab_of_the_smallest_size_covers_its_voxel() -> None:
    stack = STACKS["uneven"]()
    center = stack.images[2].plane.to_patient([(7, 5)])
    assert ball_stroke(stack, center, 0.01).count == disc_stroke(stack, 2, center, 0.01).count == 1
    assert (2, 5, 7) in ball_stroke(stack, center, 0.01)


def test_painting_and_erasing_take_turns() -> None:
    stack = STACKS["even"]()
    one, other = (disc_stroke(stack, 2, stack.images[2].plane.to_patient([place]), 3.0) for place in ((8, 8), (12, 9)))
    assert (one | other) - other == one - other
    assert ((one | other) - other).count < one.count


def test_a_threshold_brush_paints_only_values_in_its_range() -> None:
    volume = loaded(solid("sphere"))
    stroke = ball_stroke(volume.stack, [(0.0, 0.0, 0.0)], 12.0)
    painted = keep_in_range(stroke, volume, ValueRange(500, 1500))
    values = np.stack([volume.image(k).modality_values() for k in range(len(volume.stack.images))])
    assert np.array_equal(painted.mask(), stroke.mask() & (values == SOLID_HU))
    assert 0 < painted.count < stroke.count


def test_a_threshold_brush_leaves_padding_alone() -> None:
    pixels = np.full((4, 4), 1024, np.uint16)
    pixels[:, :2] = 7
    places = [(0.0, 0.0, 0.0), (0.0, 0.0, 1.0)]
    volume = loaded(slices([pixels] * 2, axial_plane((0.0, 0.0, 0.0), 1.0, 1.0), places, PixelPaddingValue=7))
    stroke = ball_stroke(volume.stack, [(1.5, 1.5, 0.0)], 9.0)
    assert (stroke.count, keep_in_range(stroke, volume, ValueRange()).count) == (32, 16)


def test_values_of_other_images_are_refused() -> None:
    one, other = valued(np.zeros((3, 4, 4))), valued(np.zeros((4, 4, 4)))
    with pytest.raises(VolumeError, match="other images"):
        keep_in_range(ball_stroke(one.stack, [(0, 0, 0)], 2.0), other, ValueRange())


def test_a_range_goes_through_slices_of_one_unit_only() -> None:
    images = slices([np.zeros((4, 4), np.uint16)] * 2, axial_plane((0.0,) * 3, 1.0, 1.0), [(0, 0, 0), (0, 0, 1)])
    del images[0].RescaleSlope, images[0].RescaleIntercept
    volume = loaded(images)
    everything = ball_stroke(volume.stack, [(0, 0, 0)], 9.0)
    with pytest.raises(VolumeError, match="different units"):
        keep_in_range(everything, volume, ValueRange())
    assert keep_in_range(disc_stroke(volume.stack, 1, [(0, 0, 0)], 9.0), volume, ValueRange()).count == 16


@pytest.mark.parametrize("radius", [0.0, -1.0, math.nan, math.inf])
def test_a_brush_has_a_size(radius: float) -> None:
    with pytest.raises(VolumeError, match="no size"):
        ball_stroke(STACKS["even"](), [(0, 0, 0)], radius)


def test_without_millimetres_there_is_no_brush() -> None:
    images = slices([np.zeros((4, 4), np.uint16)] * 2, TILTED, [(0.0, 0.0, 0.0), (0.0, 0.0, 1.0)])
    for image in images:
        del image.PixelSpacing, image.ImagePositionPatient, image.ImageOrientationPatient
    stack = made_stack(images)
    with pytest.raises(VolumeError, match="no scale"):
        ball_stroke(stack, [(0, 0, 0)], 1.0)
    with pytest.raises(VolumeError, match="no scale"):
        disc_stroke(stack, 0, [(0, 0, 0)], 1.0)
