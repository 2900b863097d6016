"""Slabs, and pictures so small that a pixel is many voxels."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from tests.imaging.sampler.made import centre, noisy, plane_about, points_of, volume_of
from tests.made import rotation
from viewer_app.imaging.cuts import SlabMode
from viewer_app.imaging.geometry import vector
from viewer_app.imaging.sampler import cut_values
from viewer_app.imaging.sampling import values_at
from viewer_app.phantom.ramp import ramp

SHAPE = (30, 40)
AXIAL = np.array([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]])
FOLDS: dict[SlabMode, Callable[..., Any]] = {
    SlabMode.MAXIMUM: np.nanmax,
    SlabMode.MINIMUM: np.nanmin,
    SlabMode.MEAN: np.nanmean,
}


@pytest.mark.parametrize("mode", SlabMode)
@pytest.mark.parametrize(("slab_mm", "count"), [(0.0, 1), (2.0, 1), (4.0, 3), (6.0, 3), (8.0, 5), (7.0, 3)])
def test_a_slab_of_slices(mode: SlabMode, slab_mm: float, count: int) -> None:
    """Slices 2 mm apart: one sample on the plane, the others such steps from it, as many as the slab has room for."""
    volume = volume_of(noisy(ramp().images))
    plane = plane_about(centre(volume), AXIAL, 0.5, SHAPE)
    found = cut_values(volume, plane, SHAPE, slab_mm, mode)
    points = points_of(plane, SHAPE)
    samples = [values_at(volume, points + np.array([0.0, 0.0, (n - count // 2) * 2.0])) for n in range(count)]
    with np.errstate(all="ignore"):
        outside = np.isnan(samples).all(axis=0)
        expected = FOLDS[mode](np.where(outside, 0.0, samples), axis=0)
    np.testing.assert_allclose(found.ravel(), np.where(outside, np.nan, expected), atol=1e-8)


@pytest.mark.parametrize("mode", SlabMode)
@pytest.mark.parametrize("name", ["oblique", "tilted by 15"])
def test_an_oblique_slab_reaches_over_the_border(mode: SlabMode, name: str) -> None:
    volume = volume_of(noisy(ramp(name).images))
    plane = plane_about(centre(volume), rotation(np.random.default_rng(8)), 0.3, SHAPE)
    into_voxels = np.linalg.inv(volume.affine[:3, :3])
    step = 1.0 / np.abs(into_voxels @ plane.normal).max()
    places = [n * step for n in range(-20, 21) if abs(n * step) <= 6.0]
    points = points_of(plane, SHAPE)
    samples = np.array([values_at(volume, points + np.multiply(plane.normal, place)) for place in places])
    known = ~np.isnan(samples).all(axis=0)
    assert 0 < known.sum() < known.size or known.all()
    expected = np.full(points.shape[0], np.nan)
    expected[known] = FOLDS[mode](samples[:, known], axis=0)
    found = cut_values(volume, plane, SHAPE, 12.0, mode)
    np.testing.assert_allclose(found.ravel(), expected, atol=1e-8)


@pytest.mark.parametrize("off", [0, 1, 2])
def test_nothing_bright_is_lost_on_a_slice_of_a_slab(off: int) -> None:
    """A dot on one slice is seen in full, whichever slice of the slab it lies on (slices 2 mm apart)."""
    images = ramp().images
    pixels = np.zeros((20, 24), np.uint16)
    dot = pixels.copy()
    dot[7, 9] = 4000
    for number, image in enumerate(images):
        image.PixelData = (dot if number == 4 else pixels).tobytes()
    volume = volume_of(images)
    place = next(k for k in range(12) if volume.stored_values[k].any())
    plane = volume.stack.images[place + off].plane
    found = cut_values(volume, plane, (20, 24), 10.0, SlabMode.MAXIMUM)
    assert found[7, 9] == 4000 * 0.5 - 500
    assert (found > -500).sum() == 1


@pytest.mark.parametrize("factor", [2, 3, 4])
def test_a_small_picture_is_the_mean_of_its_voxels(factor: int) -> None:
    volume = volume_of(noisy(ramp().images))
    shape = (20 // factor, 24 // factor)
    whole = volume.image(5).modality_values()[: shape[0] * factor, : shape[1] * factor]
    expected = whole.reshape(shape[0], factor, shape[1], factor).mean(axis=(1, 3))
    image = volume.stack.images[5].plane
    first = image.to_patient([((factor - 1) / 2, (factor - 1) / 2)])[0]
    down, along = (spacing * factor for spacing in image.spacing)
    plane = replace(image, origin=vector(first), row_spacing=down, column_spacing=along)
    np.testing.assert_allclose(cut_values(volume, plane, shape, 0.0, SlabMode.MAXIMUM), expected, atol=1e-9)


def test_noise_through_large_pixels_is_smoothed() -> None:
    """A point-sampled picture would keep the noise's spread; means over 4 x 4 voxels have about a quarter of it."""
    volume = volume_of(noisy(ramp().images))
    turn = rotation(np.random.default_rng(4))
    fine = cut_values(volume, plane_about(centre(volume), turn, 0.5, (20, 20)), (20, 20), 0.0, SlabMode.MEAN)
    coarse = cut_values(volume, plane_about(centre(volume), turn, 4.0, (5, 5)), (5, 5), 0.0, SlabMode.MEAN)
    assert np.nanstd(coarse) < 0.5 * np.nanstd(fine)
