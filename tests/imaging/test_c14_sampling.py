"""C14: values between voxels by trilinear at patient points, and lengths that no plane changes.

The linear ramp is its own truth; SimpleITK is the second opinion, but not for tilted stacks (C13).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import SimpleITK as sitk
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.cases import case
from tests.made import random_plane, rotation, stack, written
from viewer_app import scripting
from viewer_app.imaging.geometry import Floats, Plane, vector
from viewer_app.imaging.sampling import values_at
from viewer_app.imaging.volume import Volume
from viewer_app.phantom import blocks, positions, steps
from viewer_app.phantom.ramp import RAMPS, ramp


@contextmanager
def volume_of(folder: Path, images: Any) -> Iterator[Volume]:
    with written(folder, images) as study:
        (series,) = study.series
        yield series.volume()


def points_inside(volume: Volume, count: int, seed: int = 14) -> Floats:
    """Patient points between the centres of the outermost voxels."""
    share = np.random.default_rng(seed).uniform(0, 1, (count, 3))
    indices = share * np.subtract(volume.stored_values.shape, 1)
    points: Floats = indices @ volume.affine[:3, :3].T + volume.affine[:3, 3]
    return points


def places_of_voxels(volume: Volume) -> Floats:
    """The patient point of every voxel (n, 3), by the planes of the slices."""
    _, rows, columns = volume.stored_values.shape
    pixels = np.stack(np.meshgrid(np.arange(columns), np.arange(rows)), axis=-1).reshape(-1, 2)
    return np.concatenate([image.plane.to_patient(pixels) for image in volume.stack.images])


@pytest.mark.parametrize("name", RAMPS)
def test_a_linear_ramp_comes_back_at_any_point(tmp_path: Path, name: str) -> None:
    truth = ramp(name)
    with volume_of(tmp_path, truth.images) as volume:
        points = points_inside(volume, 20_000)
        found = values_at(volume, points)
        assert found.shape == (20_000,)
        assert found.dtype == np.float64
        assert np.abs(found - truth.values_at(points)).max() < 1e-6


@pytest.mark.parametrize("name", RAMPS)
def test_at_voxels_it_is_the_voxel(tmp_path: Path, name: str) -> None:
    with volume_of(tmp_path, ramp(name).images) as volume:
        count = len(volume.stack.images)
        stored = np.concatenate([volume.image(k).modality_values().ravel() for k in range(count)])
        np.testing.assert_allclose(values_at(volume, places_of_voxels(volume)), stored, atol=1e-9)


@pytest.mark.parametrize("name", ["axial", "axial, feet first", "oblique"])
def test_simpleitk_gives_the_same_values(tmp_path: Path, name: str) -> None:
    images = ramp(name).images
    random = np.random.default_rng(7)
    for image in images:  # noise, so that a linear function cannot hide a mistake
        image.PixelData = random.integers(0, 4096, (image.Rows, image.Columns)).astype(np.uint16).tobytes()
    with volume_of(tmp_path, images) as volume:
        reader = sitk.ImageSeriesReader()
        reader.SetFileNames(reader.GetGDCMSeriesFileNames(str(tmp_path)))
        theirs = sitk.Cast(reader.Execute(), sitk.sitkFloat64)
        points = points_inside(volume, 500)
        expected = [theirs.EvaluateAtPhysicalPoint(point.tolist(), sitk.sitkLinear) for point in points]
        np.testing.assert_allclose(values_at(volume, points), expected, atol=1e-5)


@pytest.mark.real_data
def test_a_real_series_as_simpleitk_resamples_it() -> None:
    folder = case("digital-orientation-ibsi2")
    reader = sitk.ImageSeriesReader()
    files = max((path.parent for path in folder.rglob("*.dcm")), key=lambda path: len(list(path.iterdir())))
    reader.SetFileNames(reader.GetGDCMSeriesFileNames(str(files)))
    theirs = sitk.Cast(reader.Execute(), sitk.sitkFloat64)
    with scripting.open_study(folder) as study:
        volume = study.series[0].volume()
        points = points_inside(volume, 300)
        expected = [theirs.EvaluateAtPhysicalPoint(point.tolist(), sitk.sitkLinear) for point in points]
        np.testing.assert_allclose(values_at(volume, points), expected, atol=1e-4)


@pytest.mark.parametrize("name", ["axial", "oblique", "tilted by 15"])
def test_outside_there_is_nothing(tmp_path: Path, name: str) -> None:
    with volume_of(tmp_path, ramp(name).images) as volume:
        last = np.subtract(volume.stored_values.shape, 1)
        for axis in range(3):
            for beyond in (-0.01, 0.01):
                index = np.where(np.arange(3) == axis, last * (beyond > 0) + beyond, last / 2)
                point = volume.affine[:3, :3] @ index + volume.affine[:3, 3]
                assert np.isnan(values_at(volume, point)).all()
        assert np.isnan(values_at(volume, [(np.nan, 0.0, 0.0), (1e9, 0.0, 0.0)])).all()
        assert values_at(volume, np.empty((0, 3))).shape == (0,)


def test_padding_takes_no_part_and_leaves_nothing_beside_it(tmp_path: Path) -> None:
    images = ramp("axial").images
    for image in images:
        image.PixelPaddingValue = int(images[3].pixel_array[5, 6])
    with volume_of(tmp_path, images) as volume:
        stored = volume.stored_values == images[0].PixelPaddingValue
        assert stored.any()
        values = values_at(volume, places_of_voxels(volume)).reshape(volume.stored_values.shape)
        np.testing.assert_array_equal(np.isnan(values), stored)
        k, row, column = np.argwhere(stored)[0]
        beside = volume.affine[:3, :3] @ (k, row, column + 0.5) + volume.affine[:3, 3]
        assert np.isnan(values_at(volume, beside)).all()


def test_a_slice_that_has_not_arrived_is_no_value(tmp_path: Path) -> None:
    truth = ramp("axial")
    with volume_of(tmp_path, truth.images) as whole:
        partial = Volume(whole.stack)
        for index in range(len(whole.stack.images)):
            if index != 4:
                partial.put(index, whole.stored_values[index])
        at = whole.affine[:3, :3] @ np.array([[3.0, 4, 4], [3.5, 4, 4], [4.0, 4, 4], [5.0, 4, 4]]).T
        points = at.T + whole.affine[:3, 3]
        found = values_at(partial, points)
        np.testing.assert_array_equal(np.isnan(found), [False, True, True, False])
        np.testing.assert_allclose(found[[0, 3]], truth.values_at(points[[0, 3]]), atol=1e-9)


NO_VOLUMES = {
    "a gap": steps.with_gap,
    "a jitter": lambda: steps.with_jitter(0.1),
    "a changing pitch": steps.with_changing_pitch,
    "one slice": lambda: blocks.ct_block(1),
}


@pytest.mark.parametrize("make", NO_VOLUMES.values(), ids=NO_VOLUMES)
def test_what_is_no_volume_has_no_values_between_its_slices(make: Any) -> None:
    with pytest.raises(ValueError, match="evenly spaced"):
        values_at(Volume(stack(make())), (0.0, 0.0, 0.0))


def test_values_do_not_depend_on_how_the_patient_lay(tmp_path: Path) -> None:
    size = np.subtract(positions.SIZE, 1) * positions.SPACING_MM
    points = positions.FIRST_MM + np.random.default_rng(8).uniform(0, 1, (200, 3)) * size
    truth = (points - positions.FIRST_MM) / positions.SPACING_MM @ (1, 12, 120)
    for position in positions.POSITIONS:
        images = positions.in_position(positions.numbered_voxels(), position)
        with volume_of(tmp_path / position, images) as volume:
            np.testing.assert_allclose(values_at(volume, points), truth, atol=1e-9)


def planes_through(points: Floats, random: np.random.Generator, count: int) -> Iterator[Plane]:
    """Planes that contain all of two or three points, each with another origin, turn and spacing."""
    along = points[1] - points[0]
    for _ in range(count):
        across = points[2] - points[0] if len(points) > 2 else random.normal(size=3)
        normal = np.cross(along, across)
        normal /= np.linalg.norm(normal)
        row = np.cross(normal, random.normal(size=3))
        row /= np.linalg.norm(row)
        column = np.cross(normal, row)
        origin = points[0] + random.uniform(-200, 200) * row + random.uniform(-200, 200) * column
        yield random_plane(random, origin=vector(origin), row_direction=vector(row), column_direction=vector(column))


def angle_deg(ends: Floats) -> float:
    """The angle at the first of three points, in the plane or in space."""
    first, second = ends[1] - ends[0], ends[2] - ends[0]
    across = np.linalg.norm(np.cross(np.append(first, 0)[:3], np.append(second, 0)[:3]))
    return float(np.degrees(np.arctan2(across, first @ second)))


@settings(max_examples=50, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_a_distance_is_the_same_in_every_plane(seed: int) -> None:
    random = np.random.default_rng(seed)
    points = random.uniform(-300, 300, (2, 3))
    truth = float(np.linalg.norm(points[1] - points[0]))
    for plane in planes_through(points, random, 10):
        a, b = plane.in_plane(points)
        assert float(np.hypot(*(b - a))) == pytest.approx(truth, abs=1e-9)
        again = plane.to_patient(plane.to_pixels(points))
        assert float(np.linalg.norm(again[1] - again[0])) == pytest.approx(truth, abs=1e-9)


@settings(max_examples=50, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_an_angle_is_the_same_in_every_plane(seed: int) -> None:
    random = np.random.default_rng(seed)
    turn = rotation(random)
    points = random.uniform(-300, 300, 3) + np.array([np.zeros(3), 40 * turn[0], 25 * (turn[0] + turn[1])])
    for plane in planes_through(points, random, 10):
        assert angle_deg(plane.in_plane(points)) == pytest.approx(45.0, abs=1e-9)
        assert angle_deg(plane.to_patient(plane.to_pixels(points))) == pytest.approx(45.0, abs=1e-9)


def test_c02_an_angle_in_pixels_of_unequal_sides_is_that_of_the_millimetres() -> None:
    plane = blocks.axial_plane((12.0, -7.0, 3.0), 0.5, 0.7)
    points = plane.to_patient([(0, 0), (1, 0), (1, 1)])
    assert angle_deg(points) == pytest.approx(35.538, abs=5e-4)
    assert angle_deg(plane.in_plane(points)) == pytest.approx(np.degrees(np.arctan2(0.5, 0.7)), abs=1e-9)
    assert angle_deg(plane.to_patient([(0, 0), (1000, 0), (1, 1)])) == pytest.approx(angle_deg(points), abs=1e-9)
