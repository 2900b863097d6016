"""C14, C45: a plane through a volume as an image to measure on."""

from __future__ import annotations

import numpy as np
import pytest

from tests.imaging.sampler.made import centre, noisy, plane_about, points_of, volume_of
from tests.made import rotation
from viewer_app.imaging.cuts import SlabMode
from viewer_app.imaging.geometry import Floats, Plane
from viewer_app.imaging.mpr import resampled
from viewer_app.imaging.sampler import cut_values, plane_image
from viewer_app.imaging.sampler.plane_image import PARTIAL
from viewer_app.imaging.sampler.planes import sample_heights
from viewer_app.imaging.sampling import values_at
from viewer_app.imaging.volume import PlanarImage, Volume
from viewer_app.phantom.ramp import RAMPS, ramp
from viewer_app.phantom.steps import tilted

MIP, MINIP, MEAN = SlabMode.MAXIMUM, SlabMode.MINIMUM, SlabMode.MEAN


def oblique(volume: Volume, seed: int = 45) -> Plane:
    """A plane through the middle, turned at random, of pixels that fit nothing."""
    return plane_about(centre(volume), rotation(np.random.default_rng(seed)), 0.45, (8, 8))


def around(plane: Plane, reach_mm: float) -> Floats:
    """In-plane points that span a square about the middle of `oblique`."""
    return np.array([[1.6 - reach_mm, 1.6 - reach_mm], [1.6 + reach_mm, 1.6 + reach_mm]])


def places(image: PlanarImage) -> Floats:
    return points_of(image.plane, (image.stored.shape[0], image.stored.shape[1]))


@pytest.mark.parametrize("name", RAMPS)
def test_each_pixel_is_the_ramp_at_its_centre(name: str) -> None:
    truth = ramp(name)
    volume = volume_of(truth.images)
    for seed in range(5):
        image = plane_image(volume, oblique(volume, seed), 0.0, MIP, around(oblique(volume), 40.0))
        found, known = image.modality_values().ravel(), ~np.isnan(values_at(volume, places(image)))
        assert known.sum() > 100
        assert np.array_equal(known, ~np.isnan(found))
        assert np.abs(found[known] - truth.values_at(places(image))[known]).max() < 1e-9
        assert image.unit == "HU"
        assert image.provenance == "interpolated"


def test_the_slow_sampler_gives_the_same_values_of_noise() -> None:
    volume = volume_of(noisy(ramp("tilted by 15").images))
    image = plane_image(volume, oblique(volume), 0.0, MIP, around(oblique(volume), 40.0))
    np.testing.assert_allclose(image.modality_values().ravel(), values_at(volume, places(image)), atol=1e-9)


@pytest.mark.parametrize("degrees", [15.0, -30.0])
def test_a_pixel_as_wide_as_a_voxel_is_its_centre_in_a_sheared_stack_too(degrees: float) -> None:
    """Of sheared slices it reaches over more than one voxel; its mean over itself would be another number."""
    volume = volume_of(noisy(tilted(degrees)))
    for seed in range(20):
        plane = plane_about(centre(volume), rotation(np.random.default_rng(seed)), 0.5, (8, 8))
        image = plane_image(volume, plane, 0.0, MIP, around(plane, 5.0))
        np.testing.assert_allclose(image.modality_values().ravel(), values_at(volume, places(image)), atol=1e-9)


@pytest.mark.parametrize("slab_mm", [0.0, 4.0])
def test_a_part_is_the_same_to_the_last_bit(slab_mm: float) -> None:
    """Whatever else was asked for: a number must not depend on how far a handle was dragged before."""
    volume = volume_of(noisy(ramp().images))
    plane = oblique(volume)
    whole = plane_image(volume, plane, slab_mm, MEAN, around(plane, 100.0))
    for reach_mm in (0.3, 2.0, 4.0):
        part = plane_image(volume_of(noisy(ramp().images)), plane, slab_mm, MEAN, around(plane, reach_mm))
        ((across, down),) = whole.plane.to_pixels([part.plane.origin])
        row, column = round(down), round(across)
        np.testing.assert_allclose((down, across), (row, column), atol=1e-9)
        rows, columns = part.stored.shape
        assert np.array_equal(part.stored, whole.stored[row : row + rows, column : column + columns], equal_nan=True)
        assert rows >= 2 * reach_mm / 0.45


def test_the_points_lie_within_a_margin() -> None:
    volume = volume_of(ramp().images)
    plane = oblique(volume)
    image = plane_image(volume, plane, 0.0, MIP, [(1.1, 1.3)])
    ((across, down),) = image.plane.to_pixels(plane.to_patient(np.array([(1.1, 1.3)]) / 0.45))
    margin = 1.0 + 2.0 / 2 / 0.45  # half of the longest edge of a voxel
    for place, size in ((across, image.stored.shape[1]), (down, image.stored.shape[0])):
        assert margin <= place < margin + 1.0
        assert margin <= size - 1 - place < margin + 1.0


def test_nothing_is_sampled_beyond_the_box_of_the_volume() -> None:
    volume = volume_of(ramp().images)
    plane = oblique(volume)
    image = plane_image(volume, plane, 0.0, MIP, [(-1e6, -1e6), (1e6, 1e6)])
    assert max(image.stored.shape) * 0.45 < 40.0
    beside = plane_image(volume, plane, 0.0, MIP, [(1e6, 1e6)])
    assert beside.stored.size == 1
    assert np.isnan(beside.stored).all()


@pytest.mark.parametrize("name", RAMPS)
@pytest.mark.parametrize(("mode", "end"), [(MIP, 1.0), (MINIP, -1.0), (MEAN, 0.0)])
def test_a_slab_of_the_ramp(name: str, mode: SlabMode, end: float) -> None:
    """Through a slab the ramp grows evenly: its ends are those of the outermost samples, its mean is the middle."""
    truth = ramp(name)
    volume = volume_of(truth.images)
    plane = oblique(volume)
    image = plane_image(volume, plane, 4.0, mode, around(plane, 1.0))
    heights = sample_heights(volume, plane, 4.0)
    growth = abs(float(np.dot(truth.gradient, plane.normal)))
    assert 1.0 < heights[-1] <= 2.0 + 1e-6
    assert heights == tuple(-height for height in reversed(heights))
    expected = truth.values_at(places(image)) + end * growth * heights[-1]
    assert np.abs(image.modality_values().ravel() - expected).max() < 1e-9
    assert image.provenance == f"projected, {mode.value} 4 mm"
    same = cut_values(volume, image.plane, (image.stored.shape[0], image.stored.shape[1]), 4.0, mode)
    np.testing.assert_allclose(image.modality_values(), same, atol=1e-9)


def test_half_a_slab_is_told() -> None:
    """Where samples of the slab lie outside the volume, or on padding, the rest of them make up the value."""
    volume = volume_of(ramp().images)
    first = volume.stack.images[0].plane
    image = plane_image(volume, first, 8.0, MIP, [(2.0, 2.0), (5.0, 5.0)])
    assert not np.isnan(image.stored).any()
    assert image.provenance == f"projected, MIP 8 mm, {PARTIAL}"
    thin = plane_image(volume, first, 0.0, MIP, [(2.0, 2.0), (5.0, 5.0)])
    assert thin.provenance == "interpolated"


@pytest.mark.parametrize("hole", ["padding", "missing"])
def test_a_hole_within_a_slab_is_told_too(hole: str) -> None:
    images = list(ramp().images)
    values = images[6].pixel_array.copy()
    values[9:11, 11:13] = 4000
    images[6].PixelData = values.tobytes()
    for image in images:
        image.PixelPaddingValue = 4000 if hole == "padding" else 4001
    volume = volume_of(images, without=(6,) if hole == "missing" else ())
    plane = next(image.plane for image in volume.stack.images if image.plane.origin[2] == 108.0)
    about = plane.in_plane(plane.to_patient([(11.4, 9.4)]))
    away = plane.in_plane(plane.to_patient([(3.0, 3.0)]))
    told = [plane_image(volume, plane, 10.0, MIP, points).provenance.endswith(PARTIAL) for points in (about, away)]
    assert told == [True, hole == "missing"]
    assert plane_image(volume, plane, 2.0, MIP, away).provenance == "projected, MIP 2 mm"


def test_a_slice_that_comes_later_is_sampled() -> None:
    images = ramp().images
    volume, whole = volume_of(images, without=(5,)), volume_of(images)
    plane = volume.stack.images[5].plane
    assert np.isnan(plane_image(volume, plane, 0.0, MIP, [(2.0, 2.0)]).stored).all()
    volume.put(5, whole.stored_values[5])
    assert not np.isnan(plane_image(volume, plane, 0.0, MIP, [(2.0, 2.0)]).stored).any()


def test_even_slices_made_of_uneven_ones_say_so() -> None:
    volume = volume_of(image for number, image in enumerate(ramp().images) if number != 5)
    made = resampled(volume)
    plane = volume.stack.images[2].plane
    image = plane_image(made, plane, 0.0, MIP, [(2.0, 2.0), (5.0, 5.0)])
    assert image.provenance == "interpolated, resampled"
    with pytest.raises(ValueError, match="evenly spaced"):
        plane_image(volume, plane, 0.0, MIP, [(2.0, 2.0)])
