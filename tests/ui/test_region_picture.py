"""The picture of a region shows each voxel where the camera puts it, on slices and on planes alike."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPointF

from tests.measure.volumes.made import loaded
from viewer_app.imaging.cuts import Cut
from viewer_app.imaging.geometry import Plane, Vector
from viewer_app.imaging.mpr import mpr_grid, plane_of
from viewer_app.imaging.stacks import Stack
from viewer_app.measure.lying import to_patient
from viewer_app.measure.volumes import StackGrid, VoxelRegion, voxel_at
from viewer_app.phantom.solids import solid
from viewer_app.ui.views.camera import Camera
from viewer_app.ui.views.region_picture import RegionPicture, on_plane, on_slice

SIZE = (400.0, 300.0)


def noise(stack: Stack) -> VoxelRegion:
    """Half of the voxels of a box that touches the first slice, in lumps."""
    grid = StackGrid.of(stack)
    mask = np.zeros(grid.shape, dtype=np.bool_)
    lumps = np.random.default_rng(3).random((5, 10, 8)) < 0.5
    mask[0:20, 4:44, 6:38] = lumps.repeat(4, 0).repeat(4, 1).repeat(4, 2)
    return VoxelRegion.of_mask(grid, mask)


def is_set(picture: RegionPicture | None, at: tuple[float, float], ratio: float) -> bool:
    """Whether a place of the viewport lies in the region, its dark seam left out."""
    if picture is None or not picture.place.contains(QPointF(*at)):
        return False
    place = (QPointF(*at) - picture.place.topLeft()) * ratio
    color = picture.image.pixelColor(int(place.x()), int(place.y()))
    return bool(color.alpha()) and color.red() > 0


def assert_shows(
    picture: RegionPicture | None, region: VoxelRegion, stack: Stack, plane: Plane, camera: Camera, ratio: float
) -> None:
    """Of many pixels of the screen, those in the picture are those whose centres lie in voxels of the region."""
    random, seen = np.random.default_rng(4), 0
    for _ in range(1500):
        pixel = np.floor(random.uniform((0, 0), SIZE) * ratio) + 0.5
        at = pixel / ratio
        x, y, z = to_patient(plane, camera.to_plane([at]))[0].tolist()
        voxel = voxel_at(stack, region.grid, (x, y, z))
        inside = voxel is not None and voxel in region
        assert is_set(picture, (float(at[0]), float(at[1])), ratio) == inside
        seen += inside
    assert seen > 50


@pytest.mark.parametrize("ratio", [1.0, 2.0])
@pytest.mark.parametrize("turns", range(4))
@pytest.mark.parametrize("flipped", [False, True])
def test_on_a_slice(turns: int, flipped: bool, ratio: float) -> None:
    stack = loaded(solid("sphere")).stack
    region, plane = noise(stack), stack.images[7].plane
    camera = Camera(7.3, (16.2, 14.1), SIZE, flipped, turns)
    picture = on_slice(region, 7, plane, camera, ratio, "#ffd54a")
    assert_shows(picture, region, stack, plane, camera, ratio)


DIRECTIONS: tuple[tuple[Vector, Vector], ...] = (
    ((1.0, 0.0, 0.0), (0.0, 0.0, -1.0)),
    ((0.0, 1.0, 0.0), (0.0, 0.0, -1.0)),
    ((0.8, 0.6, 0.0), (0.0, 0.0, -1.0)),
    ((0.6, 0.0, 0.8), (0.0, 1.0, 0.0)),
)


@pytest.mark.parametrize("name", ["sphere", "tilted box"])
@pytest.mark.parametrize("directions", DIRECTIONS)
def test_on_a_plane(name: str, directions: tuple[Vector, Vector]) -> None:
    stack = loaded(solid(name)).stack
    region = noise(stack)
    plane = plane_of(Cut((-1.1, 0.7, 4.3), *directions), mpr_grid(stack))
    middle = plane.in_plane([(0.0, 0.0, 0.0)])[0]
    camera = Camera(6.137, (float(middle[0]), float(middle[1])), SIZE, flipped=True, quarter_turns=1)
    assert_shows(on_plane(region, stack, plane, camera, 1.0, "#ffd54a"), region, stack, plane, camera, 1.0)
