"""C14: planes through a volume show what trilinear gives at their points, whatever the stack's shear (C13).

The ramp is its own truth; `values_at` and SimpleITK are second opinions, the latter not for tilted stacks.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import SimpleITK as sitk

from tests.imaging.sampler.made import centre, noisy, plane_about, points_of, volume_of
from tests.made import rotation
from viewer_app.imaging.cuts import SlabMode
from viewer_app.imaging.geometry import Floats, Plane, vector
from viewer_app.imaging.headers import Window
from viewer_app.imaging.sampler import cut_picture, cut_values, value_at
from viewer_app.imaging.sampling import values_at
from viewer_app.imaging.values.voi import apply_window
from viewer_app.phantom import steps
from viewer_app.phantom.dicom import write_series
from viewer_app.phantom.ramp import RAMPS, ramp

SHAPE = (41, 52)
# A picture pixel is less than a voxel: one sample each.
SPACING = 0.3


def planes(volume_centre: Floats, count: int = 4) -> list[Plane]:
    random = np.random.default_rng(2)
    return [plane_about(volume_centre, rotation(random), SPACING, SHAPE) for _ in range(count)]


@pytest.mark.parametrize("name", RAMPS)
def test_a_linear_ramp_comes_back_on_oblique_planes(name: str) -> None:
    truth = ramp(name)
    volume = volume_of(truth.images)
    for plane in planes(centre(volume)):
        found = cut_values(volume, plane, SHAPE, 0.0, SlabMode.MAXIMUM)
        inside = ~np.isnan(found)
        assert inside.sum() > 500
        expected = truth.values_at(points_of(plane, SHAPE)).reshape(SHAPE)
        assert np.abs(found - expected)[inside].max() < 1e-6


@pytest.mark.parametrize("name", RAMPS)
def test_it_is_what_the_slow_sampling_says(name: str) -> None:
    volume = volume_of(noisy(ramp(name).images))
    for plane in planes(centre(volume)):
        found = cut_values(volume, plane, SHAPE, 0.0, SlabMode.MAXIMUM)
        expected = values_at(volume, points_of(plane, SHAPE)).reshape(SHAPE)
        np.testing.assert_allclose(found, expected, rtol=0, atol=1e-8)


@pytest.mark.parametrize("name", RAMPS)
def test_one_point_has_the_value_of_the_slow_sampling(name: str) -> None:
    volume = volume_of(noisy(ramp(name).images))
    points = points_of(planes(centre(volume), 1)[0], SHAPE)[::17]
    found = [value_at(volume, vector(point)) for point in points]
    expected = values_at(volume, points)
    assert np.isnan(expected).any() and not np.isnan(expected).all()
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-8)


@pytest.mark.parametrize("name", ["axial", "axial, feet first", "oblique"])
def test_simpleitk_resamples_the_same(tmp_path: Path, name: str) -> None:
    images = noisy(ramp(name).images)
    write_series(tmp_path, images)
    reader = sitk.ImageSeriesReader()
    reader.SetFileNames(reader.GetGDCMSeriesFileNames(str(tmp_path)))
    theirs = sitk.Cast(reader.Execute(), sitk.sitkFloat64)
    volume = volume_of(images)
    for plane in planes(centre(volume)):
        axes = np.stack([plane.row_direction, plane.column_direction, plane.normal], axis=1)
        image = sitk.Resample(
            theirs, (SHAPE[1], SHAPE[0], 1), sitk.Transform(), sitk.sitkLinear,
            plane.origin, (SPACING, SPACING, 1.0), axes.ravel().tolist(), 1e9,
        )  # fmt: skip
        expected = sitk.GetArrayFromImage(image)[0]
        found = cut_values(volume, plane, SHAPE, 0.0, SlabMode.MAXIMUM)
        # SimpleITK goes on to the edge of the outermost voxels.
        inside = ~np.isnan(found)
        assert inside.sum() > 500
        np.testing.assert_allclose(found[inside], expected[inside], atol=1e-4)


@pytest.mark.parametrize("name", RAMPS)
@pytest.mark.parametrize("smooth", [True, False])
def test_at_voxel_centres_it_is_the_voxel_to_the_bit(name: str, smooth: bool) -> None:
    volume = volume_of(noisy(ramp(name).images))
    window = Window(500.0, 1800.0)
    for index, image in enumerate(volume.stack.images):
        shape = volume.stored_values.shape[1:]
        expected = volume.image(index).modality_values()
        found = cut_values(volume, image.plane, shape, 0.0, SlabMode.MEAN)
        np.testing.assert_array_equal(found, expected)
        picture = cut_picture(volume, image.plane, shape, 0.0, SlabMode.MEAN, window, smooth=smooth)
        np.testing.assert_array_equal(picture, volume.greys(index, window))


@pytest.mark.parametrize("degrees", [-30.0, 15.0])
def test_a_tilted_gantry_keeps_its_places(degrees: float) -> None:
    """Slice k of P6 is 10 k HU all over: on a sagittal plane the value tells the slice, in closed form."""
    volume = volume_of(steps.tilted(degrees))
    middle = centre(volume)
    plane = plane_about(middle, np.array([[0.0, 1.0, 0.0], [0.0, 0.0, -1.0]]), 0.4, (60, 30))
    found = cut_values(volume, plane, (60, 30), 0.0, SlabMode.MAXIMUM)
    points = points_of(plane, (60, 30))
    first = volume.stack.images[0].plane
    up = (points - first.origin) @ first.normal / (np.asarray(volume.affine[:3, 0]) @ first.normal)
    values = [volume.image(k).modality_values()[0, 0] for k in range(len(volume.stack.images))]
    expected = np.interp(up, np.arange(len(values)), values).reshape(60, 30)
    inside = ~np.isnan(found)
    assert inside.mean() > 0.2
    np.testing.assert_allclose(found[inside], expected[inside], atol=1e-6)


def test_the_picture_is_the_values_through_the_window() -> None:
    volume = volume_of(noisy(ramp("oblique").images))
    windows = [Window(500.0, 900.0, "", function) for function in ("LINEAR", "LINEAR_EXACT", "SIGMOID")]
    for plane in planes(centre(volume), 2):
        values = cut_values(volume, plane, SHAPE, 3.0, SlabMode.MAXIMUM)
        for window in [*windows, Window(300.0, 1.0)]:
            for inverted in (False, True):
                picture = cut_picture(volume, plane, SHAPE, 3.0, SlabMode.MAXIMUM, window, inverted=inverted)
                np.testing.assert_array_equal(picture, apply_window(values, window, inverted=inverted))
                assert not picture[np.isnan(values)].any()


def test_monochrome1_is_inverted() -> None:
    images = noisy(ramp().images)
    for image in images:
        image.PhotometricInterpretation = "MONOCHROME1"
    volume = volume_of(images)
    plane = volume.stack.images[4].plane
    window = Window(500.0, 900.0)
    for inverted in (False, True):
        found = cut_picture(volume, plane, (20, 24), 0.0, SlabMode.MAXIMUM, window, inverted=inverted)
        np.testing.assert_array_equal(found, volume.greys(4, window, inverted=inverted))


def test_a_plane_beside_the_volume_is_black() -> None:
    volume = volume_of(ramp().images)
    plane = plane_about(centre(volume) + 1000.0, np.eye(3), 1.0, (5, 6))
    assert np.isnan(cut_values(volume, plane, (5, 6), 4.0, SlabMode.MEAN)).all()
    assert not cut_picture(volume, plane, (5, 6), 4.0, SlabMode.MEAN, Window(0.0, 1.0)).any()
