"""C33: count x |det(affine)|, exact for whole voxels and tilted stacks; the catalogue's worst cases for balls."""

from __future__ import annotations

import numpy as np
import pytest
import SimpleITK as sitk

from tests.made import stack as made_stack
from tests.measure.volumes.balls import worst as worst_of
from tests.measure.volumes.made import empty_stack, loaded, random_mask
from viewer_app.errors import VolumeError
from viewer_app.imaging.stacks import Stack
from viewer_app.measure.volumes import MeasuredVolume, StackGrid, ValueRange, VoxelRegion, grow, voxel_volume
from viewer_app.phantom import steps
from viewer_app.phantom.blocks import axial_plane
from viewer_app.phantom.blocks import stack as slices
from viewer_app.phantom.solids import SOLIDS, solid

# Radius and slice step in mm, and the worst error in per cent over 40 places.
WORST = [(5.0, 2.5, 5.7), (10.0, 2.5, 2.0), (10.0, 5.0, 6.6), (3.0, 2.5, 11.6)]


def grown(name: str) -> MeasuredVolume:
    """The volume of a phantom's solid, grown from its middle."""
    volume = loaded(solid(name))
    middle = np.linalg.solve(volume.affine, (0.0, 0.0, 0.0, 1.0))[:3]
    seed = tuple(int(place) for place in np.floor(middle + 0.5))
    return voxel_volume(volume.stack, grow(volume, (seed[0], seed[1], seed[2]), ValueRange(500)))


@pytest.mark.parametrize("name", [name for name, one in SOLIDS.items() if one.is_exact])
def test_whole_voxels_are_exact(name: str) -> None:
    assert grown(name).mm3 == pytest.approx(SOLIDS[name].volume_mm3, rel=1e-9)


@pytest.mark.parametrize("name", SOLIDS)
def test_every_solid_is_within_its_bound(name: str) -> None:
    found = grown(name)
    assert found.bound_mm3 is not None
    assert abs(found.mm3 - SOLIDS[name].volume_mm3) <= found.bound_mm3
    assert found.mm3 == pytest.approx(SOLIDS[name].volume_mm3, rel=0.08 if "small" in name else 0.02)


@pytest.mark.parametrize(("radius", "step", "worst"), WORST)
def test_balls_have_the_worst_cases_of_the_catalogue(radius: float, step: float, worst: float) -> None:
    by_voxels, _ = worst_of(radius, step)
    assert round(by_voxels, 1) == worst


@pytest.mark.parametrize("tilt", steps.TILTS_DEG)
def test_random_regions_equal_simpleitk(tilt: float) -> None:
    random, stack = np.random.default_rng(int(tilt) + 40), made_stack(steps.tilted(tilt))
    affine, grid = stack.affine, StackGrid.of(stack)
    for _ in range(10):
        mask = random_mask(random, grid.shape, random.uniform(0.01, 0.9))
        image = sitk.GetImageFromArray(mask.astype(np.uint8))
        columns = affine[:3, [2, 1, 0]]
        # SimpleITK knows no shear: its grid has the same steps along the normal, as a sheared one has the same volume.
        image.SetSpacing([*np.linalg.norm(columns[:, :2], axis=0), stack.report.step_mm])
        shape = sitk.LabelShapeStatisticsImageFilter()
        shape.Execute(image)
        found = voxel_volume(stack, VoxelRegion.of_mask(grid, mask))
        assert found.mm3 == pytest.approx(shape.GetPhysicalSize(1), rel=1e-9)
        assert found.ml == found.mm3 / 1000


UNEVEN = (0.0, 1.0, 3.0, 6.0, 10.0)
SLABS = (1.0, 1.5, 2.5, 3.5, 4.0)


def test_uneven_slices_have_slabs_of_their_own() -> None:
    stack = empty_stack((5, 4, 4), UNEVEN, axial_plane((0.0, 0.0, 0.0), 0.5, 2.0))
    assert not stack.report.is_volume
    thicknesses = SLABS if stack.images[0].plane.origin[2] == 0.0 else SLABS[::-1]
    for k, thickness in enumerate(thicknesses):
        mask = np.zeros((5, 4, 4), dtype=np.bool_)
        mask[k, 1:3, 0:3] = True
        found = voxel_volume(stack, VoxelRegion.of_mask(StackGrid.of(stack), mask))
        assert found.mm3 == pytest.approx(6 * thickness, rel=1e-12)
        assert found.notes == ("Uneven slices: each counts with its own slab, 1.00 to 4.00 mm.",)


def test_a_gap_is_told() -> None:
    stack = made_stack(steps.with_gap())
    found = voxel_volume(stack, VoxelRegion.of_mask(StackGrid.of(stack), np.ones(StackGrid.of(stack).shape, np.bool_)))
    assert found.mm3 == pytest.approx(32 * 32 * steps.STEP_MM * steps.COUNT)
    assert found.notes[1] == "2 slices missing. The slices beside count half way across."


def test_even_slices_of_two_units_still_have_a_volume() -> None:
    images = slices(
        [np.zeros((4, 4), np.uint16)] * 3, axial_plane((0.0,) * 3, 1.0, 1.0), [(0, 0, 2 * k) for k in range(3)]
    )
    del images[1].RescaleSlope, images[1].RescaleIntercept
    stack = made_stack(images)
    found = voxel_volume(stack, VoxelRegion.of_mask(StackGrid.of(stack), np.ones((3, 4, 4), np.bool_)))
    assert (found.mm3, found.notes) == (96.0, ())


def test_nothing_has_no_volume_and_no_bound() -> None:
    stack = empty_stack((3, 4, 4), 1.0)
    found = voxel_volume(stack, VoxelRegion(StackGrid.of(stack)))
    assert (found.mm3, found.bound_mm3, found.bound_percent) == (0.0, 0.0, None)


def test_the_bound_is_half_the_voxels_on_the_border() -> None:
    stack = empty_stack((5, 7, 7), 2.0, axial_plane((0.0, 0.0, 0.0), 1.0, 1.0))
    mask = np.zeros((5, 7, 7), dtype=np.bool_)
    mask[1:4, 1:6, 1:6] = True
    found = voxel_volume(stack, VoxelRegion.of_mask(StackGrid.of(stack), mask))
    assert (found.mm3, found.bound_mm3) == (150.0, (75 - 9) * 2.0 / 2)
    mask[:] = True
    assert voxel_volume(stack, VoxelRegion.of_mask(StackGrid.of(stack), mask)).bound_mm3 == (245 - 75) * 2.0 / 2


def _bare(keyword: str) -> Stack:
    images = slices([np.zeros((4, 4), np.uint16)] * 2, axial_plane((0.0,) * 3, 1.0, 1.0), [(0, 0, 0), (0, 0, 1)])
    for image in images:
        delattr(image, keyword)
    return made_stack(images)


REFUSED = {
    "single": (lambda: empty_stack((1, 4, 4), 1.0), "A single image"),
    "one place": (lambda: empty_stack((2, 4, 4), [0.0, 0.0]), "show the same place"),
    "no place": (lambda: _bare("ImagePositionPatient"), "without a position"),
    "no scale": (lambda: _bare("PixelSpacing"), "no scale"),
}


@pytest.mark.parametrize(("make", "why"), REFUSED.values(), ids=REFUSED)
def test_without_slabs_there_is_no_volume(make: object, why: str) -> None:
    assert callable(make)
    stack = make()
    with pytest.raises(VolumeError, match=why) as caught:
        voxel_volume(stack, VoxelRegion(StackGrid.of(stack)))
    assert caught.value.advice


def test_a_region_of_other_images_is_refused() -> None:
    stack, other = empty_stack((3, 4, 4), 1.0), empty_stack((4, 4, 4), 1.0)
    with pytest.raises(VolumeError, match="other images"):
        voxel_volume(stack, VoxelRegion(StackGrid.of(other)))
