"""Values under a region equal SimpleITK's label statistics, and those of a real segmentation."""

from __future__ import annotations

import statistics as exactly
from pathlib import Path

import highdicom
import numpy as np
import pytest
import SimpleITK as sitk
from pydicom import dcmread

from tests import cases
from tests.measure.volumes.made import loaded, random_mask, valued
from viewer_app.errors import Cancelled, VolumeError
from viewer_app.imaging.volume import Volume
from viewer_app.measure.volumes import PERCENTILES, StackGrid, VoxelRegion, region_statistics, voxel_volume
from viewer_app.phantom.blocks import axial_plane
from viewer_app.phantom.blocks import stack as slices
from viewer_app.progress import Step, Watch
from viewer_app.scripting import open_study


def whole(volume: Volume) -> VoxelRegion:
    grid = StackGrid.of(volume.stack)
    return VoxelRegion.of_mask(grid, np.ones(grid.shape, dtype=np.bool_))


def test_random_regions_equal_simpleitk() -> None:
    random = np.random.default_rng(29)
    for _ in range(40):
        shape = (int(random.integers(2, 8)), int(random.integers(2, 12)), int(random.integers(2, 12)))
        volume, mask = valued(random.integers(0, 4096, shape)), random_mask(random, shape, random.uniform(0.05, 1))
        mask.flat[:2] = True
        values = np.stack([volume.image(k).modality_values() for k in range(shape[0])])
        theirs = sitk.LabelStatisticsImageFilter()
        theirs.UseHistogramsOff()
        theirs.Execute(sitk.GetImageFromArray(values), sitk.GetImageFromArray(mask.astype(np.uint8)))
        found = region_statistics(volume, VoxelRegion.of_mask(StackGrid.of(volume.stack), mask))
        assert (found.basic.count, found.unit, found.note) == (theirs.GetCount(1), "HU", "")
        assert found.basic.mean == pytest.approx(theirs.GetMean(1), rel=1e-9)
        assert found.basic.sd == pytest.approx(theirs.GetSigma(1), rel=1e-9)
        assert (found.basic.minimum, found.basic.maximum) == (theirs.GetMinimum(1), theirs.GetMaximum(1))
        assert found.median == exactly.median(values[mask].tolist())


def test_percentiles_lie_between_the_ordered_values() -> None:
    volume = valued(1024 + 10 * np.random.default_rng(1).permutation(21).reshape(1, 3, 7))
    assert region_statistics(volume, whole(volume)).percentiles == tuple(
        zip(PERCENTILES, (10, 50, 150, 190), strict=True)
    )


def test_padding_is_left_out_and_told() -> None:
    pixels = np.arange(1020, 1032, dtype=np.uint16).reshape(3, 4)
    places = [(0.0, 0.0, 0.0), (0.0, 0.0, 1.0)]
    values = {"PixelPaddingValue": 1020, "PixelPaddingRangeLimit": 1022}
    volume = loaded(slices([pixels] * 2, axial_plane((0.0, 0.0, 0.0), 1.0, 1.0), places, "padded", **values))
    found = region_statistics(volume, whole(volume))
    assert (found.basic.count, found.basic.excluded, found.basic.minimum) == (18, 6, -1.0)
    assert (found.note, found.median) == ("6 without a value left out", 3.0)


def test_only_padding_has_no_numbers() -> None:
    images = slices([np.zeros((3, 4), np.uint16)] * 2, axial_plane((0.0,) * 3, 1.0, 1.0), [(0, 0, 0), (0, 0, 1)])
    for image in images:
        image.PixelPaddingValue = 0
    volume = loaded(images)
    found = region_statistics(volume, whole(volume))
    assert (found.basic.mean, found.median, found.note) == (None, None, "no voxel with a value")


def test_slices_of_two_units_have_no_statistics() -> None:
    images = slices([np.zeros((3, 4), np.uint16)] * 2, axial_plane((0.0,) * 3, 1.0, 1.0), [(0, 0, 0), (0, 0, 1)])
    del images[0].RescaleSlope, images[0].RescaleIntercept
    volume = loaded(images)
    found = region_statistics(volume, whole(volume))
    assert (found.basic.count, found.median, found.unit) == (0, None, "")
    assert found.note == "The images have values of different units; nothing is reckoned across them."


def test_a_slice_that_is_not_there_leaves_no_statistics() -> None:
    images = slices([np.zeros((3, 4), np.uint16)] * 2, axial_plane((0.0,) * 3, 1.0, 1.0), [(0, 0, 0), (0, 0, 1)])
    volume = loaded(images, but=(1,))
    assert region_statistics(volume, whole(volume)).note == "Slice 2 has not arrived yet."


def test_nothing_has_no_statistics() -> None:
    volume = valued(np.zeros((2, 3, 4)))
    grid = StackGrid.of(volume.stack)
    assert region_statistics(volume, VoxelRegion(grid)).note == "no voxel"
    with pytest.raises(VolumeError, match="other images"):
        region_statistics(volume, VoxelRegion(StackGrid("2.25.9", 0, grid.shape, grid.images)))


SEGMENTS = {1: (54, 3.52, 4.43, 2281), 2: (212, 3.71, 7.21, 8955)}
"""Of the catalogue of real cases: voxels, mean and maximum of SUVbw, volume in mm³."""


@pytest.mark.real_data
def test_a_real_segmentation_has_its_volumes_and_uptake() -> None:
    folder = cases.case("pt-headneck-seg")
    seg = highdicom.seg.segread(_segmentation(folder))
    with open_study(folder) as study:
        (series,) = [one for one in study.series if one.stack.info.modality == "PT"]
        stack, volume = series.stack, series.volume()
        uids = [image.sop_instance_uid for image in stack.images]
        pixels = seg.get_pixels_by_source_instance(
            uids, assert_missing_frames_are_empty=True, ignore_spatial_locations=True
        )
        for number, (count, mean, highest, mm3) in SEGMENTS.items():
            column = list(seg.segment_numbers).index(number)
            region = VoxelRegion.of_mask(StackGrid.of(stack), pixels[..., column].astype(np.bool_))
            measured, found = voxel_volume(stack, region), region_statistics(volume, region)
            assert (found.basic.count, found.unit) == (count, "SUVbw")
            assert found.basic.mean is not None
            assert found.basic.maximum is not None
            assert (round(found.basic.mean, 2), round(found.basic.maximum, 2)) == (mean, highest)
            assert round(measured.mm3) == mm3


def _segmentation(folder: Path) -> Path:
    (path,) = [file for file in folder.rglob("*") if file.is_file() and _is_segmentation(file)]
    return path


def _is_segmentation(file: Path) -> bool:
    return str(dcmread(file, stop_before_pixels=True, force=True).get("Modality", "")) == "SEG"


def test_statistics_tell_how_far_they_are_and_end_with_a_cancel() -> None:
    volume = valued(np.zeros((5, 4, 4)))
    told: list[Step] = []
    region_statistics(volume, whole(volume), Watch(told.append))
    assert [(step.done, step.total) for step in told] == [(number, 5) for number in range(5)]
    watch = Watch(lambda step: watch.cancel() if step.done == 2 else None)
    with pytest.raises(Cancelled):
        region_statistics(volume, whole(volume), watch)
