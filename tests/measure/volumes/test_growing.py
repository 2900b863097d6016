"""Region growing equals SimpleITK's ConnectedThreshold, tells its progress and can be cancelled."""

from __future__ import annotations

import numpy as np
import pytest
import SimpleITK as sitk

from tests import cases
from tests.measure.volumes.made import loaded, random_mask, valued
from viewer_app.errors import Cancelled, VolumeError
from viewer_app.measure.region import Mask
from viewer_app.measure.volumes import ValueRange, grow
from viewer_app.measure.volumes.runs import Connectivity
from viewer_app.phantom.blocks import axial_plane, stack
from viewer_app.phantom.dicom import image_dataset
from viewer_app.phantom.solids import SOLID_HU, solid
from viewer_app.progress import Step, Watch
from viewer_app.scripting import open_study


def theirs(mask: Mask, seed: tuple[int, int, int], connectivity: Connectivity) -> Mask:
    """What SimpleITK grows in a mask."""
    grower = sitk.ConnectedThresholdImageFilter()
    grower.SetLower(1), grower.SetUpper(1), grower.SetReplaceValue(1)
    grower.SetConnectivity(grower.FaceConnectivity if connectivity == 6 else grower.FullConnectivity)
    grower.AddSeed((seed[2], seed[1], seed[0]))
    found = sitk.GetArrayFromImage(grower.Execute(sitk.GetImageFromArray(mask.astype(np.uint8))))
    return np.asarray(found.astype(np.bool_))


@pytest.mark.parametrize("connectivity", [6, 26])
@pytest.mark.parametrize("share", [0.08, 0.12, 0.3, 0.35, 0.5, 0.8])
def test_noise_equals_simpleitk(connectivity: Connectivity, share: float) -> None:
    """Near the shares at which noise begins to hang together the way from voxel to voxel is the most winding."""
    random = np.random.default_rng(round(share * 100) + connectivity)
    for _ in range(12):
        shape = tuple(int(size) for size in random.integers(1, 14, 3))
        mask = random_mask(random, (shape[0] + 1, shape[1], shape[2]), share)
        seed = tuple(int(random.integers(0, size)) for size in mask.shape)
        mask[seed] = True
        volume = valued(np.where(mask, 1100, 1000))
        index = seed[0], seed[1], seed[2]
        found = grow(volume, index, ValueRange(70, 80), connectivity=connectivity)
        assert np.array_equal(found.mask(), theirs(mask, index, connectivity))


def test_a_phantom_is_grown_whole() -> None:
    volume = loaded(solid("ellipsoid"))
    values = np.stack([volume.image(k).modality_values() for k in range(len(volume.stack.images))])
    k, row, column = (int(place) for place in np.argwhere(values == SOLID_HU).mean(axis=0))
    assert np.array_equal(grow(volume, (k, row, column), ValueRange(500)).mask(), values == SOLID_HU)


def test_both_ends_belong_to_the_range() -> None:
    volume = valued([[[1024, 1025, 1026, 1027, 1028]]] * 2)
    assert grow(volume, (0, 0, 2), ValueRange(1, 3)).mask()[0, 0].tolist() == [False, True, True, True, False]
    assert grow(volume, (0, 0, 2), ValueRange(1.1, 2.9)).count == 2


def test_each_slice_has_its_own_rescale() -> None:
    images = [
        image_dataset(np.full((2, 2), stored, np.uint16), axial_plane((0.0, 0.0, -float(k)), 1.0, 1.0), number=k + 1)
        for k, stored in enumerate((100, 200, 100))
    ]
    for one, slope in zip(images, ("2", "1", "1"), strict=True):
        one.RescaleSlope, one.RescaleIntercept = slope, "0"
    assert grow(loaded(images), (0, 0, 0), ValueRange(200, 200)).mask().sum(axis=(1, 2)).tolist() == [4, 4, 0]


def test_padding_is_never_grown_into() -> None:
    pixels = np.full((3, 4), 1024, np.uint16)
    pixels[:, 2] = 0
    images = stack([pixels] * 2, axial_plane((0.0, 0.0, 0.0), 1.0, 1.0), [(0, 0, 0), (0, 0, 1)], PixelPaddingValue=0)
    assert grow(loaded(images), (0, 0, 0), ValueRange()).count == 12


def test_progress_is_told_of_slices_read_only() -> None:
    stored = np.full((9, 4, 4), 1024)
    stored[[2, 6]] = 2000
    told: list[Step] = []
    grow(valued(stored), (4, 0, 0), ValueRange(-10, 10), Watch(told.append))
    assert [(step.done, step.total) for step in told] == [(n, 9) for n in (1, 2, 3, 4, 5)]


def test_a_cancel_ends_it() -> None:
    watch = Watch(lambda step: watch.cancel() if step.done == 2 else None)
    with pytest.raises(Cancelled):
        grow(valued(np.full((9, 4, 4), 1024)), (4, 0, 0), ValueRange(-10, 10), watch)


def test_a_slice_that_is_not_there_is_told() -> None:
    images = solid("sphere")
    volume = loaded(images, but=(20,))
    with pytest.raises(VolumeError, match="Slice 21 has not arrived"):
        grow(volume, (15, 32, 26), ValueRange(500))


REFUSED = [
    ((0, 0, 4), ValueRange(), "outside"),
    ((-1, 0, 0), ValueRange(), "outside"),
    ((0, 0, 0), ValueRange(1), "not in the range"),
]


@pytest.mark.parametrize(("seed", "values", "why"), REFUSED)
def test_a_wrong_seed_is_told(seed: tuple[int, int, int], values: ValueRange, why: str) -> None:
    with pytest.raises(VolumeError, match=why):
        grow(valued(np.full((2, 4, 4), 1024)), seed, values)


@pytest.mark.parametrize("ends", [(2.0, 1.0), (float("nan"), 1.0), (0.0, float("nan"))])
def test_a_range_has_two_ends(ends: tuple[float, float]) -> None:
    with pytest.raises(VolumeError, match="range"):
        ValueRange(*ends)


def test_slices_of_different_units_are_not_grown_through() -> None:
    images = stack([np.zeros((3, 4), np.uint16)] * 2, axial_plane((0.0,) * 3, 1.0, 1.0), [(0, 0, 0), (0, 0, 1)])
    del images[0].RescaleSlope, images[0].RescaleIntercept
    with pytest.raises(VolumeError, match="different units"):
        grow(loaded(images), (0, 0, 0), ValueRange())


def test_moments_of_one_place_are_not_grown_through() -> None:
    images = stack([np.zeros((3, 4), np.uint16)] * 3, axial_plane((0.0,) * 3, 1.0, 1.0), [(0, 0, 0)] * 3)
    with pytest.raises(VolumeError, match="same place"):
        grow(loaded(images), (0, 0, 0), ValueRange())


def test_colour_has_no_values() -> None:
    pixels = np.zeros((3, 4, 3), np.uint8)
    places = [axial_plane((0.0, 0.0, -float(k)), 1.0, 1.0) for k in range(2)]
    images = [
        image_dataset(pixels, place, number=k, PhotometricInterpretation="RGB", BitsStored=8)
        for k, place in enumerate(places)
    ]
    with pytest.raises(VolumeError, match="Colour"):
        grow(loaded(images), (0, 0, 0), ValueRange())


@pytest.mark.real_data
@pytest.mark.parametrize("connectivity", [6, 26])
def test_uptake_in_a_real_study_equals_simpleitk(connectivity: Connectivity) -> None:
    """Each slice has its own slope; the seed is the highest uptake."""
    with open_study(cases.case("pt-headneck-seg")) as study:
        (series,) = [one for one in study.series if one.stack.info.modality == "PT"]
        volume = series.volume()
        values = np.stack([volume.image(k).modality_values() for k in range(len(series.stack.images))])
    k, row, column = (int(place) for place in np.unravel_index(np.argmax(values), values.shape))
    found = grow(volume, (k, row, column), ValueRange(1.0), connectivity=connectivity)
    assert found.count > 1000
    assert np.array_equal(found.mask(), theirs(values >= 1.0, (k, row, column), connectivity))
