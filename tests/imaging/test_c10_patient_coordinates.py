"""C10: pixel to patient and back, against highdicom and SimpleITK."""

from __future__ import annotations

from pathlib import Path

import highdicom as hd
import numpy as np
import pytest
import SimpleITK as sitk

from tests.cases import case
from tests.made import random_plane, record, rotation, written
from viewer_app import scripting
from viewer_app.imaging.geometry import vector
from viewer_app.phantom import blocks
from viewer_app.phantom.dicom import write_series
from viewer_app.phantom.positions import POSITIONS, in_position, numbered_voxels
from viewer_app.phantom.ramp import COLUMNS, RAMPS, ROWS, ramp


def test_ten_thousand_points_agree_with_highdicom() -> None:
    random = np.random.default_rng(10)
    for _ in range(100):
        plane = random_plane(random)
        arguments = (plane.origin, (*plane.row_direction, *plane.column_direction), plane.spacing)
        pixels = random.integers(-500, 1500, (100, 2))
        theirs = hd.spatial.PixelToReferenceTransformer(*arguments)(pixels)
        ours = plane.to_patient(pixels)
        np.testing.assert_allclose(ours, theirs, rtol=1e-12, atol=1e-9)
        np.testing.assert_allclose(plane.to_pixels(ours), pixels, atol=1e-9)


def test_heights_are_distances_along_the_normal() -> None:
    random = np.random.default_rng(11)
    for _ in range(100):
        plane = random_plane(random)
        inside, height = random.uniform(-300, 300, 2), float(random.uniform(-100, 100))
        point = plane.to_patient(inside)[0] + height * np.cross(plane.row_direction, plane.column_direction)
        assert plane.height(point)[0] == pytest.approx(height, abs=1e-9)
        np.testing.assert_allclose(plane.to_pixels(point)[0], inside, atol=1e-9)
        expected = inside * (plane.column_spacing, plane.row_spacing)
        np.testing.assert_allclose(plane.in_plane(point)[0], expected, atol=1e-9)


def itk_series(folder: Path) -> sitk.Image:
    reader = sitk.ImageSeriesReader()
    reader.SetFileNames(reader.GetGDCMSeriesFileNames(str(folder)))
    return reader.Execute()


def assert_same_volume(folder: Path) -> None:
    """Every voxel lies at the same patient point and holds the same value as in SimpleITK."""
    theirs = itk_series(folder)
    with scripting.open_study(folder) as study:
        (series,) = study.series
        volume = series.volume()
        count = len(series.stack.images)
        random = np.random.default_rng(1)
        for _ in range(500):
            k, row, column = (int(random.integers(size)) for size in volume.stored_values.shape)
            point = series.stack.images[k].plane.to_patient([(column, row)])[0]
            np.testing.assert_allclose(volume.affine @ (k, row, column, 1), (*point, 1), atol=1e-3)
            index = theirs.TransformPhysicalPointToIndex(point.tolist())
            assert index[:2] == (column, row)
            assert index[2] in (k, count - 1 - k)
            np.testing.assert_allclose(theirs.TransformIndexToPhysicalPoint(index), point, atol=1e-3)
            assert volume.image(k).modality_values()[row, column] == pytest.approx(theirs[index], abs=1e-9)


def test_an_oblique_series_lies_where_simpleitk_puts_it(tmp_path: Path) -> None:
    turn = rotation(np.random.default_rng(5))
    write_series(tmp_path, blocks.grid(5, row_direction=vector(turn[0]), column_direction=vector(turn[1])))
    assert_same_volume(tmp_path)


@pytest.mark.parametrize("name", ["axial", "axial, feet first", "oblique"])
def test_ramps_lie_where_simpleitk_puts_them(tmp_path: Path, name: str) -> None:
    write_series(tmp_path, ramp(name).images)
    assert_same_volume(tmp_path)


@pytest.mark.parametrize("name", RAMPS)
def test_every_voxel_of_a_ramp_lies_where_its_value_says(tmp_path: Path, name: str) -> None:
    truth = ramp(name)
    with written(tmp_path, truth.images) as study:
        (series,) = study.series
        volume = series.volume()
        pixels = np.stack(np.meshgrid(np.arange(COLUMNS), np.arange(ROWS)), axis=-1).reshape(-1, 2)
        for k, image in enumerate(series.stack.images):
            points = image.plane.to_patient(pixels)
            np.testing.assert_allclose(truth.values_at(points), volume.image(k).modality_values().ravel(), atol=1e-9)
            index = np.column_stack([np.full(len(pixels), k), pixels[:, ::-1], np.ones(len(pixels))])
            np.testing.assert_allclose((index @ volume.affine.T)[:, :3], points, atol=1e-9)


@pytest.mark.parametrize("position", POSITIONS)
def test_each_patient_position_lies_where_simpleitk_puts_it(tmp_path: Path, position: str) -> None:
    write_series(tmp_path, in_position(numbered_voxels(), position))
    assert_same_volume(tmp_path)


@pytest.mark.real_data
@pytest.mark.parametrize("name", ["digital-orientation-ibsi2", "mr-brain-t1-7t-defaced"])
def test_real_series_lie_where_simpleitk_puts_them(name: str) -> None:
    folder = max((path.parent for path in case(name).rglob("*.dcm")), key=lambda path: len(list(path.iterdir())))
    assert_same_volume(folder)


def test_positions_are_read_in_double_precision() -> None:
    (made,) = blocks.uneven([(0.0, 0.0, 0.0)])
    made.ImagePositionPatient = ["-123.456789012", "0.1", "1e-7"]
    assert record(made).frames[0].plane.origin == (-123.456789012, 0.1, 1e-7)
