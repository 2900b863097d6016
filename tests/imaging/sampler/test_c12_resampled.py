"""C12: a stack resampled to even slices is cut as any volume; its gaps stay black, and its badge says so."""

from __future__ import annotations

import numpy as np
import pytest

from tests.imaging.sampler.made import plane_about, points_of, volume_of
from tests.made import rotation
from viewer_app.imaging import mpr
from viewer_app.imaging.cuts import SlabMode
from viewer_app.imaging.geometry import Floats
from viewer_app.imaging.headers import Window
from viewer_app.imaging.sampler import cut_picture, cut_values
from viewer_app.imaging.sampling import values_at
from viewer_app.imaging.values.voi import Greys
from viewer_app.phantom import steps
from viewer_app.phantom.ramp import ramp

SHAPE = (41, 52)
WINDOW = Window(500.0, 2000.0)


def middle(made: mpr.Regridded) -> Floats:
    return np.asarray(made.grid.centre)


@pytest.mark.parametrize("name", ["axial", "oblique", "tilted by 15"])
def test_a_ramp_of_uneven_slices_is_cut_as_the_ramp_it_is(name: str) -> None:
    truth, random = ramp(name), np.random.default_rng(12)
    volume = volume_of([truth.images[k] for k in (0, 3, 6, 9, 11)])
    made = mpr.resampled(volume)
    for _ in range(3):
        plane = plane_about(middle(made), rotation(random), 0.3, SHAPE)
        found = cut_values(made, plane, SHAPE, 0.0, SlabMode.MAXIMUM)
        points = points_of(plane, SHAPE)
        known = ~np.isnan(found)
        assert known.sum() > 300
        np.testing.assert_allclose(found[known], truth.values_at(points).reshape(SHAPE)[known], atol=1e-3)
        np.testing.assert_allclose(found, values_at(made, points).reshape(SHAPE), rtol=0, atol=1e-4)


def test_a_gap_is_black_in_every_plane_and_nothing_else_is() -> None:
    truth = ramp("axial")
    made = mpr.resampled(volume_of([one for k, one in enumerate(truth.images) if k not in (5, 6)]))
    upright = plane_about(middle(made), np.array([[1.0, 0, 0], [0, 0, -1.0], [0, 1.0, 0]]), 0.3, (90, 20))
    values = cut_values(made, upright, (90, 20), 0.0, SlabMode.MAXIMUM)
    (empty,) = np.nonzero(np.isnan(made.values).all(axis=(1, 2)))
    heights = np.array([made.grid.index(tuple(point))[0] for point in points_of(upright, (90, 20))[::20]])
    last = made.grid.shape[0] - 1
    expected = (heights < 0) | (heights > last) | ((heights > empty[0] - 1) & (heights < empty[-1] + 1))
    np.testing.assert_array_equal(np.isnan(values[:, 10]), expected)
    picture = cut_picture(made, upright, (90, 20), 0.0, SlabMode.MAXIMUM, WINDOW, inverted=True)
    assert not picture[expected].any()
    assert mpr.resampled_badge(made.stack) == "Resampled from uneven slices, interpolated; 1 gap stays black"


def test_a_picture_is_kept_for_the_one_it_was_made_of() -> None:
    volume = volume_of(steps.with_changing_pitch())
    one = mpr.resampled(volume)
    plane = plane_about(middle(one), np.eye(3), 0.5, SHAPE)
    volume.stored_values[:] = 0
    other = mpr.resampled(volume)

    def picture(made: mpr.Regridded) -> Greys:
        return cut_picture(made, plane, SHAPE, 0.0, SlabMode.MAXIMUM, WINDOW)

    assert not np.array_equal(picture(one), picture(other))
    np.testing.assert_array_equal(picture(one), picture(one))
    assert one.changes == other.changes == len(volume.stack.images)


def test_black_and_white_are_exchanged_as_the_file_says() -> None:
    images = steps.with_changing_pitch()
    plain = mpr.resampled(volume_of(images))
    for image in images:
        image.PhotometricInterpretation = "MONOCHROME1"
    turned = mpr.resampled(volume_of(images))
    plane = plane_about(middle(plain), np.eye(3), 0.5, SHAPE)
    inverted = cut_picture(plain, plane, SHAPE, 0.0, SlabMode.MEAN, WINDOW, inverted=True)
    np.testing.assert_array_equal(cut_picture(turned, plane, SHAPE, 0.0, SlabMode.MEAN, WINDOW), inverted)
