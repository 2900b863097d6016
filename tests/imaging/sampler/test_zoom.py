"""Slices larger and smaller than they are: by closed form, and with nothing lost or invented at edges and gaps."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.imaging.sampler.made import volume_of
from viewer_app.imaging.headers import Window
from viewer_app.imaging.sampler import Grid, slice_picture
from viewer_app.imaging.volume import Volume
from viewer_app.phantom.blocks import axial_plane
from viewer_app.phantom.dicom import image_dataset

# Of 8 bits and slope 1: a grey is a modality value.
GREYS = Window(128.0, 256.0)


def volume(pixels: NDArray[np.generic], **values: Any) -> Volume:
    rescale: dict[str, Any] = {"RescaleSlope": "1", "RescaleIntercept": "0", **values}
    return volume_of([image_dataset(pixels.astype(np.uint16), axial_plane((0.0, 0.0, 0.0), 0.1, 0.1), **rescale)])


def zoomed(shape: tuple[int, int], factor: float) -> Grid:
    """The whole of an image of `shape`, each pixel `factor` pixels wide."""
    rows, columns = (round(size * factor) for size in shape)
    first = (1 / factor - 1) / 2
    return Grid((rows, columns), (first, first), (1 / factor, 0.0), (0.0, 1 / factor))


def test_enlarged_it_is_linear_between_centres_and_flat_beyond_them() -> None:
    line = np.array([0, 100, 60, 200])
    found = slice_picture(volume(np.tile(line, (3, 1))), 0, zoomed((3, 4), 4), GREYS)
    places = (np.arange(16) + 0.5) / 4 - 0.5
    expected = np.floor(np.interp(places, np.arange(4), line) + 0.5)
    np.testing.assert_array_equal(found, np.tile(expected, (12, 1)))


@pytest.mark.parametrize("factor", [2, 3, 4, 8, 16])
def test_made_smaller_it_is_the_mean(factor: int) -> None:
    pixels = np.random.default_rng(1).integers(0, 256, (16 * factor, 10 * factor))
    found = slice_picture(volume(pixels), 0, zoomed(pixels.shape, 1 / factor), GREYS)
    expected = pixels.reshape(16, factor, 10, factor).mean(axis=(1, 3))
    assert np.abs(found - expected).max() <= 0.5 + 1e-3


@pytest.mark.parametrize("step", [1.3, 2.7, 3.9, 6.1, 11.0])
def test_made_smaller_by_any_factor_a_ramp_is_a_ramp(step: float) -> None:
    pixels = np.add.outer(np.arange(200), 2 * np.arange(200)) // 4
    grid = Grid((12, 12), (step + 20, step + 30), (step, 0.0), (0.0, step))
    found = slice_picture(volume(pixels), 0, grid, GREYS)
    columns, rows = grid.origin[0] + step * np.arange(12), grid.origin[1] + step * np.arange(12)
    expected = np.add.outer(rows, 2 * columns) / 4 - 0.375
    assert np.abs(found - np.clip(expected, 0, 255)).max() <= 1.5


def test_a_microcalcification_stays_wherever_it_is() -> None:
    """One pixel of a mammogram of 4096 x 3328 at 1:8, through a usual window."""
    shape, window = (4096, 3328), Window(2048.0, 1000.0)
    whole = volume(np.full(shape, 1800))
    plain = slice_picture(whole, 0, zoomed(shape, 1 / 8), window)
    assert (plain == plain[0, 0]).all()
    for row, column in [(2000, 1500), (2003, 1501), (2007, 1507), (4095, 3327), (0, 0)]:
        pixels = whole.stored_values[0].copy()
        pixels[row, column] = 4095
        whole.put(0, pixels)
        seen = slice_picture(whole, 0, zoomed(shape, 1 / 8), window).astype(int) - plain
        assert seen.min() == 0
        # 2295 over the ground in one of 64 pixels, 1/4 of a grey per value.
        assert seen[row // 8, column // 8] == pytest.approx(2295 / 64 * 255 / 999, abs=1)
        assert (seen > 0).sum() == 1
        whole.put(0, np.full(shape, 1800, np.uint16))


def test_the_edge_is_half_a_pixel_beyond_the_centres() -> None:
    grid = Grid((1, 9), (-0.75, 0.0), (0.25, 0.0), (0.0, 1.0))
    found = slice_picture(volume(np.array([[80, 80]])), 0, grid, GREYS)
    np.testing.assert_array_equal(found[0], [0, 80, 80, 80, 80, 80, 80, 80, 80])
    beyond = Grid((1, 3), (1.25, 0.0), (0.25, 0.0), (0.0, 1.0))
    np.testing.assert_array_equal(slice_picture(volume(np.array([[80, 80]])), 0, beyond, GREYS)[0], [80, 0, 0])


@pytest.mark.parametrize("inverted", [False, True])
def test_padding_is_black_and_has_no_weight(inverted: bool) -> None:
    pixels = np.full((8, 8), 100)
    pixels[:, 4:] = 4000
    whole = volume(pixels, PixelPaddingValue=4000)
    expected = np.where(np.arange(8) < 4, 155 if inverted else 100, 0)
    large = slice_picture(whole, 0, zoomed((8, 8), 4), GREYS, inverted=inverted)
    np.testing.assert_array_equal(large, np.tile(np.repeat(expected, 4), (32, 1)))
    small = slice_picture(whole, 0, zoomed((8, 8), 0.5), GREYS, inverted=inverted)
    np.testing.assert_array_equal(small, np.tile(expected[::2], (4, 1)))


def test_a_small_pixel_is_black_where_more_than_half_of_it_is_padding() -> None:
    pixels = np.full((6, 9), 100)
    pixels[:, 2:5] = 0
    small = slice_picture(volume(pixels, PixelPaddingValue=0), 0, zoomed((6, 9), 1 / 3), GREYS)
    np.testing.assert_array_equal(small, np.tile([100, 0, 100], (2, 1)))


def test_colour_is_taken_by_channel() -> None:
    pixels = np.random.default_rng(2).integers(0, 256, (8, 12, 3)).astype(np.uint8)
    made = image_dataset(pixels[..., 0], axial_plane((0.0, 0.0, 0.0), 0.1, 0.1))
    made.SamplesPerPixel, made.PhotometricInterpretation, made.PlanarConfiguration = 3, "RGB", 0
    made.BitsAllocated = made.BitsStored = 8
    made.HighBit, made.PixelRepresentation, made.PixelData = 7, 0, pixels.tobytes()
    whole = volume_of([made])
    plain = slice_picture(whole, 0, zoomed((8, 12), 1), GREYS, inverted=True)
    np.testing.assert_array_equal(plain, pixels)
    small = slice_picture(whole, 0, zoomed((8, 12), 0.5), GREYS)
    expected = np.floor(pixels.reshape(4, 2, 6, 2, 3).mean(axis=(1, 3)) + 0.5)
    np.testing.assert_array_equal(small, expected)
    beside = slice_picture(whole, 0, Grid((2, 2), (-5.0, 0.0), (1.0, 0.0), (0.0, 1.0)), GREYS)
    assert beside.shape == (2, 2, 3)
    assert not beside.any()


def test_a_slice_read_anew_is_shown_anew() -> None:
    whole = volume(np.full((64, 64), 10))
    for factor in (2, 0.5, 1 / 8):
        for value in (20, 200):
            whole.put(0, np.full((64, 64), value, np.uint16))
            assert (slice_picture(whole, 0, zoomed((64, 64), factor), GREYS) == value).all()


def test_a_picture_handed_out_may_be_painted_on() -> None:
    whole = volume(np.full((8, 8), 10))
    grid = zoomed((8, 8), 2)
    slice_picture(whole, 0, grid, GREYS)[...] = 77
    assert (slice_picture(whole, 0, grid, GREYS) == 10).all()
