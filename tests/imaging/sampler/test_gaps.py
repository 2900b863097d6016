"""What is no value: padding (C24), slices on their way; and what a stored value means slice by slice (C17, C18)."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tests.imaging.luts import lut_item
from tests.imaging.sampler.made import centre, noisy, plane_about, points_of, volume_of
from tests.made import rotation
from viewer_app.imaging.cuts import SlabMode
from viewer_app.imaging.headers import Window
from viewer_app.imaging.sampler import cut_picture, cut_values
from viewer_app.imaging.sampling import values_at
from viewer_app.imaging.volume import Volume
from viewer_app.phantom import blocks, steps
from viewer_app.phantom.dicom import ds
from viewer_app.phantom.ramp import ramp

SHAPE = (41, 52)


def held_to_the_slow_sampling(volume: Volume, least: int = 300) -> None:
    random = np.random.default_rng(6)
    for _ in range(3):
        plane = plane_about(centre(volume), rotation(random), 0.3, SHAPE)
        found = cut_values(volume, plane, SHAPE, 0.0, SlabMode.MAXIMUM)
        expected = values_at(volume, points_of(plane, SHAPE)).reshape(SHAPE)
        assert (~np.isnan(found)).sum() > least
        np.testing.assert_allclose(found, expected, rtol=0, atol=1e-8)
        picture = cut_picture(volume, plane, SHAPE, 0.0, SlabMode.MAXIMUM, Window(500.0, 1.0), inverted=True)
        assert not picture[np.isnan(expected)].any()


def test_padding_leaves_nothing_beside_it() -> None:
    images = noisy(ramp("oblique").images)
    for image in images:
        image.PixelPaddingValue, image.PixelPaddingRangeLimit = 0, 40
    volume = volume_of(images)
    assert np.isnan([volume.image(k).modality_values() for k in range(12)]).sum() > 20
    held_to_the_slow_sampling(volume)
    plane = volume.stack.images[3].plane
    expected = volume.image(3).modality_values()
    np.testing.assert_array_equal(cut_values(volume, plane, expected.shape, 0.0, SlabMode.MAXIMUM), expected)


def test_a_slice_that_has_not_arrived_is_no_value() -> None:
    images = noisy(ramp("axial").images)
    volume = volume_of(images, without=(4, 5))
    held_to_the_slow_sampling(volume, least=200)


def test_a_slice_that_arrives_is_seen_at_once() -> None:
    images = noisy(ramp("axial").images)
    whole, volume = volume_of(images), volume_of(images, without=(4,))
    plane = volume.stack.images[4].plane
    window = Window(500.0, 2000.0)

    def picture() -> Any:
        return cut_picture(volume, plane, (20, 24), 0.0, SlabMode.MAXIMUM, window)

    assert not picture().any()
    volume.put(4, whole.stored_values[4])
    np.testing.assert_array_equal(picture(), whole.greys(4, window))
    volume.put(4, whole.stored_values[7])
    np.testing.assert_array_equal(picture(), whole.greys(7, window))


def test_every_slice_has_a_slope_of_its_own() -> None:
    images = noisy(ramp("tilted by 15").images)
    for number, image in enumerate(images):
        image.RescaleSlope, image.RescaleIntercept = ds(0.5 + 0.1 * number), ds(-500.0 + 7.0 * number)
    held_to_the_slow_sampling(volume_of(images))


def test_modality_luts_are_looked_up_before_anything_is_interpolated() -> None:
    images = noisy(ramp("axial").images)
    random = np.random.default_rng(3)
    for image in images:
        del image.RescaleSlope, image.RescaleIntercept
        if "RescaleType" in image:
            del image.RescaleType
        item = lut_item(random.permutation(4096).tolist(), 0, 16)
        item.ModalityLUTType = "US"
        image.ModalityLUTSequence = [item]
    volume = volume_of(images, without=(9,))
    assert volume.stack.images[0].frame.rescale.lookup is not None
    held_to_the_slow_sampling(volume)


def test_signed_values() -> None:
    images = noisy(ramp("axial").images)
    for image in images:
        image.PixelRepresentation = 1
        image.PixelData = (image.pixel_array.astype(np.int32) - 2048).astype(np.int16).tobytes()
    volume = volume_of(images)
    assert volume.stored_values.min() < 0
    held_to_the_slow_sampling(volume)


@pytest.mark.parametrize("make", [steps.with_gap, lambda: steps.with_jitter(0.1), lambda: blocks.ct_block(1)])
def test_what_is_no_volume_is_refused(make: Any) -> None:
    volume = volume_of(make())
    with pytest.raises(ValueError, match="evenly spaced"):
        cut_values(volume, volume.stack.images[0].plane, (4, 4), 0.0, SlabMode.MEAN)
    with pytest.raises(ValueError, match="evenly spaced"):
        cut_picture(volume, volume.stack.images[0].plane, (4, 4), 0.0, SlabMode.MEAN, Window(0.0, 1.0))
