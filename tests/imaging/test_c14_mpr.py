"""C14: three planes through one point. Their geometry in closed form, on every phantom that is a volume."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Sequence
from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydicom.dataset import FileDataset

from tests.made import stack
from viewer_app.imaging import mpr
from viewer_app.imaging.cuts import Cut, SlabMode
from viewer_app.imaging.geometry import Floats, Plane, Vector, plane_name, vector
from viewer_app.imaging.mpr import Cuts, VoxelGrid
from viewer_app.imaging.stacks import Stack
from viewer_app.phantom.catalogue import PHANTOMS

NAMES: tuple[mpr.Name, ...] = ("axial", "coronal", "sagittal")
VOLUMES = [
    *(name for name in PHANTOMS if name.startswith(("P3", "P6 tilt", "P6 thick"))),
    *(name for name in PHANTOMS if name.startswith("P5") and name != "P5 grid"),
]
seeds = st.integers(0, 2**32 - 1)
each_volume = pytest.mark.parametrize("name", VOLUMES)


@cache
def phantom(name: str) -> Stack:
    make: Callable[[], Sequence[FileDataset]] = PHANTOMS[name]
    return stack(make())


@cache
def grid_of(name: str) -> VoxelGrid:
    assert mpr.why_no_mpr(phantom(name)) == ""
    return VoxelGrid.of(phantom(name))


def axes(cut: Cut) -> Floats:
    return np.array([cut.row_direction, cut.column_direction, cut.normal])


def assert_frames(cuts: Cuts, exact: float = 1e-14) -> None:
    """Each view has unit directions at right angles, right-handed, and all go through one point."""
    for cut in cuts:
        np.testing.assert_allclose(axes(cut) @ axes(cut).T, np.eye(3), atol=exact)
        assert np.linalg.det(axes(cut)) == pytest.approx(1.0, abs=exact)
    assert len({cut.point for cut in cuts}) == 1


def assert_square(cuts: Cuts, exact: float = 1e-14) -> None:
    normals = np.array([cut.normal for cut in cuts])
    np.testing.assert_allclose(normals @ normals.T, np.eye(3), atol=exact)


def inside(grid: VoxelGrid, point: Vector, slack: float = 1e-9) -> bool:
    index = grid.index(point)
    return bool((index >= -slack).all() and (index <= grid.last + slack).all())


def random_point(grid: VoxelGrid, random: np.random.Generator, beyond: float = 0.0) -> Vector:
    """A point of the box of voxel centres, or up to `beyond` of its size outside."""
    return grid.place(random.uniform(-beyond, 1 + beyond, 3) * grid.last)


def turned_often(cuts: Cuts, random: np.random.Generator, times: int = 6) -> Cuts:
    for _ in range(times):
        cuts = mpr.rotated(cuts, int(random.integers(3)), float(random.uniform(-3, 3)))
    return cuts


@each_volume
def test_the_grid_is_where_the_voxels_are(name: str) -> None:
    grid, made = grid_of(name), phantom(name)
    np.testing.assert_array_equal(grid.affine, made.affine)
    for index in (0, grid.shape[0] - 1):
        for row, column in ((0, 0), (grid.shape[1] - 1, grid.shape[2] - 1)):
            (truth,) = made.images[index].plane.to_patient((column, row))
            np.testing.assert_allclose(grid.place((index, row, column)), truth, atol=1e-9)
            np.testing.assert_allclose(grid.index(vector(truth)), (index, row, column), atol=1e-9)


@each_volume
def test_the_start_is_the_acquired_plane_and_two_across_it(name: str) -> None:
    grid, made = grid_of(name), phantom(name)
    cuts = mpr.start_cuts(grid)
    assert_frames(cuts)
    assert_square(cuts)
    plane = made.images[grid.shape[0] // 2].plane
    np.testing.assert_allclose(axes(cuts[0]), [plane.row_direction, plane.column_direction, plane.normal], atol=1e-6)
    assert [plane_name(mpr.plane_of(cut, grid)).removeprefix("oblique ") for cut in cuts] == list(NAMES)
    # The picture at the start is an acquired one: its point lies on an image, in the middle of a pixel.
    np.testing.assert_allclose(grid.index(cuts[0].point), np.floor_divide(grid.shape, 2), atol=1e-9)


@pytest.mark.parametrize("name", [name for name in VOLUMES if name.startswith("P5")])
def test_in_every_patient_position_the_two_others_are_as_radiologists_look_at_them(name: str) -> None:
    cuts = mpr.start_cuts(grid_of(name))
    for cut, wanted in zip(cuts[1:], NAMES[1:], strict=True):
        np.testing.assert_allclose(axes(cut), axes(mpr.standard_cut(wanted, cut.point)), atol=1e-9)


@settings(max_examples=200, deadline=None)
@given(seeds)
def test_however_the_images_were_acquired_no_start_is_mirrored_or_upside_down(seed: int) -> None:
    random = np.random.default_rng(seed)
    turn, _ = np.linalg.qr(random.normal(size=(3, 3)))
    steps = [vector(axis * size) for axis, size in zip(turn, (3.0, 0.5, 0.75), strict=True)]
    grid = VoxelGrid((1.0, 2.0, 3.0), (steps[0], steps[1], steps[2]), (20, 30, 40))
    cuts = mpr.start_cuts(grid)
    assert_frames(cuts)
    assert_square(cuts)
    np.testing.assert_allclose(axes(cuts[0])[:2], [turn[2], turn[1]], atol=1e-12)
    standard = [axes(mpr.standard_cut(name, cuts[0].point)) for name in NAMES]
    likeness = [abs(float(np.dot(cuts[0].normal, view[2]))) for view in standard]
    others = [view for index, view in enumerate(standard) if index != int(np.argmax(likeness))]
    for cut, view in zip(cuts[1:], others, strict=True):
        # Right, down and into the picture: each within 66 degrees of where it is in the standard view.
        assert np.sum(axes(cut) * view, axis=1).min() > math.cos(math.radians(66))


@pytest.mark.parametrize("name", NAMES)
def test_standard_planes(name: mpr.Name) -> None:
    row, column, normal = {
        "axial": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
        "coronal": ((1, 0, 0), (0, 0, -1), (0, 1, 0)),
        "sagittal": ((0, 1, 0), (0, 0, -1), (-1, 0, 0)),
    }[name]
    cut = mpr.standard_cut(name, (1.0, 2.0, 3.0))
    np.testing.assert_array_equal(axes(cut), [row, column, normal])
    assert (cut.point, cut.slab_mm) == ((1.0, 2.0, 3.0), 0.0)


@each_volume
@settings(max_examples=5, deadline=None)
@given(seeds)
def test_a_length_between_two_patient_points_is_the_same_in_every_cut(name: str, seed: int) -> None:
    grid, random = grid_of(name), np.random.default_rng(seed)
    cuts = turned_often(mpr.start_cuts(grid, random_point(grid, random)), random)
    for cut in (*cuts, *(mpr.standard_cut(one, cuts[0].point) for one in NAMES)):
        plane = mpr.plane_of(cut, grid)
        here, there = random.uniform(-300, 300, (2, 2))
        points = plane.to_patient([here, there])
        truth = float(np.linalg.norm(points[1] - points[0]))
        assert math.dist(*plane.in_plane(points)) == pytest.approx(truth, abs=1e-9)
        assert math.dist(here, there) * plane.row_spacing == pytest.approx(truth, abs=1e-9)
        # The same two points on another plane that holds them both.
        along = (points[1] - points[0]) / truth
        across = np.cross(along, random.normal(size=3))
        row = math.cos(1.0) * along + math.sin(1.0) * across / np.linalg.norm(across)
        column = np.cross(np.cross(along, across) / np.linalg.norm(across), row)
        other = mpr.plane_of(Cut(vector(points[0]), vector(row), vector(column)), grid)
        assert math.dist(*other.in_plane(points)) == pytest.approx(truth, abs=1e-9)
        np.testing.assert_allclose(other.height(points), 0.0, atol=1e-9)


@each_volume
@settings(max_examples=5, deadline=None)
@given(seeds)
def test_the_plane_stays_put_while_the_crosshair_moves_in_it(name: str, seed: int) -> None:
    grid, random = grid_of(name), np.random.default_rng(seed)
    cuts = turned_often(mpr.start_cuts(grid), random)
    for which in range(3):
        before = mpr.plane_of(cuts[which], grid)
        size = np.linalg.norm(np.ptp(grid.corners(), axis=0))
        dragged = before.to_patient(random.uniform(-1, 1, (1, 2)) * size / before.row_spacing)[0]
        after = mpr.moved(cuts, vector(dragged), grid, within=which)
        assert_frames(after)
        assert inside(grid, after[which].point)
        plane = mpr.plane_of(after[which], grid)
        np.testing.assert_allclose(plane.origin, before.origin, atol=1e-9)
        assert plane.frame_of_reference_uid == phantom(name).images[0].plane.frame_of_reference_uid
        np.testing.assert_allclose(before.height(after[which].point), 0.0, atol=1e-9)
        assert mpr.extent(after[which], grid) == pytest.approx(mpr.extent(cuts[which], grid), abs=1e-9)


@each_volume
def test_moved_goes_to_the_point_or_to_the_end_of_the_volume_beside_it(name: str) -> None:
    grid, random = grid_of(name), np.random.default_rng(1)
    cuts = mpr.start_cuts(grid)
    for _ in range(20):
        point = random_point(grid, random)
        assert {cut.point for cut in mpr.moved(cuts, point, grid)} == {point}
        outside = random_point(grid, random, beyond=1.0)
        index = np.clip(grid.index(outside), 0, grid.last)
        np.testing.assert_allclose(mpr.moved(cuts, outside, grid)[1].point, grid.place(index), atol=1e-9)


@each_volume
def test_the_acquired_plane_scrolls_from_image_to_image_in_their_order(name: str) -> None:
    grid, made = grid_of(name), phantom(name)
    cuts, count = mpr.start_cuts(grid), len(made.images)
    assert mpr.step_mm(cuts[0], grid) == pytest.approx(made.report.step_mm, abs=1e-9)
    cuts = mpr.scrolled(cuts, 0, -10 * count, grid)
    for number, image in enumerate(made.images, start=1):
        assert mpr.position(cuts[0], grid) == (number, count)
        np.testing.assert_allclose(image.plane.height(cuts[0].point), 0.0, atol=1e-9)
        assert inside(grid, cuts[0].point)
        cuts = mpr.scrolled(cuts, 0, 1, grid)
    assert mpr.position(cuts[0], grid) == (count, count)


@each_volume
@pytest.mark.parametrize(("steps", "number"), [(1, 5), (-1, 4), (2, 6), (-3, 2), (0, None)])
def test_from_between_two_images_none_is_passed_over(name: str, steps: int, number: int | None) -> None:
    """After a free move the first step leads to the next image in its direction, be it nearer or further."""
    grid, made = grid_of(name), phantom(name)
    for share in (0.1, 0.5, 0.9):
        fourth, fifth = (np.asarray(made.images[index].plane.to_patient([(9.0, 9.0)])[0]) for index in (3, 4))
        between = vector(fourth + share * (fifth - fourth))
        cuts = mpr.moved(mpr.start_cuts(grid), between, grid)
        after = mpr.scrolled(cuts, 0, steps, grid)
        if number is None:
            assert after == cuts
        else:
            np.testing.assert_allclose(made.images[number - 1].plane.height(after[0].point), 0.0, atol=1e-9)
            assert mpr.position(after[0], grid)[0] == number
        for wanted in (1, 5, len(made.images)):
            there = mpr.at_position(cuts, 0, wanted, grid)
            assert mpr.position(there[0], grid)[0] == wanted


READING: dict[mpr.Name, Vector] = {
    "axial": (0.0, 0.0, -1.0),
    "coronal": (0.0, 1.0, 0.0),
    "sagittal": (1.0, 0.0, 0.0),
}


@each_volume
def test_scrolling_leads_to_the_feet_the_back_and_the_left(name: str) -> None:
    grid = grid_of(name)
    cuts = mpr.snapped(mpr.start_cuts(grid), 0, "axial")
    for which, direction in enumerate(READING.values()):
        step = mpr.step_mm(cuts[which], grid)
        before = mpr.scrolled(cuts, which, -1, grid)
        after = mpr.scrolled(before, which, 1, grid)
        way = np.subtract(after[which].point, before[which].point)
        assert float(way @ direction) == pytest.approx(step, abs=1e-9)
        assert mpr.position(after[which], grid)[0] == mpr.position(before[which], grid)[0] + 1


@each_volume
@settings(max_examples=3, deadline=None)
@given(seeds)
def test_an_oblique_plane_scrolls_through_the_whole_volume_along_its_normal(name: str, seed: int) -> None:
    grid, random = grid_of(name), np.random.default_rng(seed)
    cuts = turned_often(mpr.start_cuts(grid, random_point(grid, random)), random)
    which = int(random.integers(3))
    normal, step = np.asarray(cuts[which].normal), mpr.step_mm(cuts[which], grid)
    _, count = mpr.position(cuts[which], grid)
    voxels = itertools.product(*((0, size - 1) for size in grid.shape))
    heights = np.array([grid.place(index) for index in voxels]) @ normal
    assert count == pytest.approx(np.ptp(heights) / step + 0.5, abs=0.5 + 1e-6)
    cuts = mpr.scrolled(cuts, which, -count, grid)
    seen = []
    for number in range(1, count + 1):
        assert mpr.position(cuts[which], grid) == (number, count)
        assert inside(grid, cuts[which].point)
        assert_frames(cuts)
        seen.append(float(np.asarray(cuts[which].point) @ normal))
        cuts = mpr.scrolled(cuts, which, 1, grid)
    np.testing.assert_allclose(np.abs(np.diff(seen)), step, atol=1e-9)
    assert max(seen) - min(seen) > np.ptp(heights) - step


def test_the_step_of_cubes_is_their_edge_in_every_direction() -> None:
    grid = VoxelGrid((0.0, 0.0, 0.0), ((0.0, 0.0, -0.7), (0.0, 0.7, 0.0), (0.7, 0.0, 0.0)), (9, 9, 9))
    cuts = turned_often(mpr.start_cuts(grid), np.random.default_rng(3))
    for cut in cuts:
        assert mpr.step_mm(cut, grid) == pytest.approx(0.7, abs=1e-12)


@each_volume
def test_the_extent_holds_every_voxel_and_no_more(name: str) -> None:
    grid = grid_of(name)
    for cut in turned_often(mpr.start_cuts(grid), np.random.default_rng(5)):
        plane = mpr.plane_of(cut, grid)
        left, top, width, height = mpr.extent(cut, grid)
        points = plane.in_plane(grid.corners())
        np.testing.assert_allclose(
            [points.min(axis=0), points.max(axis=0)], [(left, top), (left + width, top + height)]
        )
        # The box is symmetric about the plane's origin, which is the projection of its middle.
        np.testing.assert_allclose((left + width / 2, top + height / 2), 0.0, atol=1e-9)


def test_the_extent_of_the_acquired_plane_is_that_of_an_image() -> None:
    grid = grid_of("P5 HFS")
    left, top, width, height = mpr.extent(mpr.start_cuts(grid)[0], grid)
    assert (left, top, width, height) == pytest.approx((-4.2, -4.5, 12 * 0.7, 10 * 0.9), abs=1e-9)


@each_volume
@settings(max_examples=5, deadline=None)
@given(seeds, st.floats(0, 40))
def test_the_lines_are_where_the_planes_cross(name: str, seed: int, slab_mm: float) -> None:
    grid, random = grid_of(name), np.random.default_rng(seed)
    cuts = turned_often(mpr.start_cuts(grid, random_point(grid, random)), random)
    cuts = mpr.with_slab(mpr.rotated(cuts, 0, 0.7, only=1), 1, slab_mm, SlabMode.MAXIMUM, grid)
    for which, cut in enumerate(cuts):
        plane = mpr.plane_of(cut, grid)
        for other, line in zip(cuts, mpr.lines_on(cut, cuts, grid), strict=True):
            if other is cut:
                assert line is None
                continue
            assert line is not None
            np.testing.assert_allclose(line.point, plane.in_plane(cut.point)[0], atol=1e-9)
            assert math.hypot(*line.direction) == pytest.approx(1.0, abs=1e-12)
            np.testing.assert_allclose(mpr.plane_of(other, grid).height(on(line, plane)), 0.0, atol=1e-9)
        borders = mpr.borders_on(cut, cuts[1], grid)
        assert (borders is None) == (which == 1 or cuts[1].slab_mm == 0)
        for side, line in zip((-1, 1), borders or (), strict=bool(borders)):
            heights = mpr.plane_of(cuts[1], grid).height(on(line, plane))
            np.testing.assert_allclose(heights, side * cuts[1].slab_mm / 2, atol=1e-8)


def on(line: mpr.Line, plane: Plane) -> Floats:
    """Patient points along a line, 30 mm to either side."""
    in_plane = np.asarray(line.point) + np.outer((-30, 0, 30), line.direction)
    return plane.to_patient(in_plane / (plane.column_spacing, plane.row_spacing))


def test_planes_that_are_parallel_do_not_cross() -> None:
    grid = grid_of("P3 axial")
    cut = mpr.standard_cut("axial", grid.middle)
    beside = mpr.standard_cut("axial", grid.origin)
    assert mpr.lines_on(cut, (beside, cut), grid) == (None, None)
    assert mpr.borders_on(cut, beside, grid) is None


def test_a_slab_is_at_most_the_volume() -> None:
    grid = grid_of("P5 HFS")  # 12 x 10 x 6 voxels of 0.7 x 0.9 x 2.5 mm
    cuts = mpr.start_cuts(grid)
    for which, thickest in enumerate((15.0, 9.0, 8.4)):
        assert mpr.with_slab(cuts, which, 1e9, SlabMode.MEAN, grid)[which].slab_mm == pytest.approx(thickest, abs=1e-9)
    thin = mpr.with_slab(cuts, 1, -1.0, SlabMode.MINIMUM, grid)
    assert (thin[1].slab_mm, thin[1].slab_mode) == (0.0, SlabMode.MINIMUM)
    assert (thin[0], thin[2]) == (cuts[0], cuts[2])
