"""Histograms of volumes: the voxels that the statistics are of, each in the bin that says so."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import highdicom
import numpy as np
import pytest
import SimpleITK as sitk
from numpy.typing import ArrayLike
from pydicom import dcmread

from tests import cases
from tests.measure.made import NOW
from tests.measure.volumes.made import loaded, random_mask, valued
from tests.measure.volumes.test_stack_kinds import painted
from viewer_app.errors import Cancelled
from viewer_app.imaging.geometry import vector
from viewer_app.imaging.volume import Volume
from viewer_app.measure.evaluate import evaluate
from viewer_app.measure.histogram import Histogram, volume_histogram
from viewer_app.measure.measurement import Figure, Measurement, Place, Record, Reference
from viewer_app.measure.plotting import Summary, plot_of, table
from viewer_app.measure.region import RULE_VERSION, Mask
from viewer_app.measure.volumes import StackGrid, VoxelRegion
from viewer_app.phantom.blocks import axial_plane
from viewer_app.phantom.blocks import stack as slices
from viewer_app.progress import Step, Watch
from viewer_app.scripting import open_study

SQUARE = [(2, 2), (6, 2), (6, 6), (2, 6)]
PLACES = [(0.0, 0.0, float(z)) for z in range(2)]


def of_mask(volume: Volume, mask: ArrayLike) -> Record:
    return painted(volume, VoxelRegion.of_mask(StackGrid.of(volume.stack), np.asarray(mask)))


def of_contours(volume: Volume, kind: str, places: tuple[int, ...]) -> Record:
    """The square of `SQUARE` on some slices."""
    figures = []
    for index in places:
        image = volume.stack.images[index]
        points = tuple(vector(point) for point in image.plane.to_patient(SQUARE))
        figures.append(Figure(image.plane, points, Reference(volume.stack.info.series_uid, image.sop_instance_uid, 1)))
    drawn = Measurement("2.25.1", kind, tuple(figures), "", "", "R", NOW, NOW)
    return Record(drawn, evaluate(drawn, {}, volume=volume), Place(0, 0), RULE_VERSION)


def of(record: Record, volume: Volume | None) -> Histogram:
    found = plot_of(record, {}, volume=volume).found
    assert isinstance(found, Histogram)
    return found


def test_each_slice_of_a_staircase_has_its_bin() -> None:
    """Slice k holds 10 k HU; k + 1 voxels of it are painted: bins of 1 HU, k + 1 in that of 10 k, none between."""
    steps = np.broadcast_to(1024 + 10 * np.arange(6)[:, None, None], (6, 8, 8))
    mask = np.zeros((6, 8, 8), dtype=np.bool_)
    for k in range(6):
        mask[k, 3, : k + 1] = True
    volume = valued(steps)
    found = plot_of(of_mask(volume, mask), {}, volume=volume)
    edges = tuple(-0.5 + value for value in range(52))
    counts = tuple(value // 10 + 1 if value % 10 == 0 else 0 for value in range(51))
    assert found.found == Histogram(edges, counts, "HU", counted="voxel")
    assert found.summary == Summary(0.0, 700 / 21, 50.0)
    assert table(found).startswith("From (HU)\tBefore (HU)\tVoxels\n-0.5\t0.5\t1\n")


@pytest.mark.parametrize("slope", [1.0, 0.1, 0.0037, -2.3])
def test_bins_equal_numpys_over_the_voxels_of_simpleitks_mask(slope: float) -> None:
    random = np.random.default_rng(55)
    for _ in range(10):
        shape = (int(random.integers(2, 8)), int(random.integers(2, 12)), int(random.integers(2, 12)))
        pixels, mask = random.integers(0, 3000, shape).astype(np.uint16), random_mask(random, shape, 0.4)
        mask.flat[:2] = True
        where = [(0.0, 0.0, float(-k)) for k in range(shape[0])]
        made = slices(list(pixels), axial_plane((0.0,) * 3, 1.0, 1.0), where)
        for image in made:
            image.RescaleSlope = slope
        volume = loaded(made)
        record = of_mask(volume, mask)
        counted = {value.key: value.number for value in record.values}["count"]
        found, theirs = of(record, volume), voxels_by_simpleitk(volume, mask)
        assert found.counts == tuple(np.histogram(theirs, found.edges)[0].tolist())
        assert sum(found.counts) == counted == theirs.size
        assert len(found.counts) <= 64
        np.testing.assert_allclose(np.diff(found.edges), found.edges[1] - found.edges[0], rtol=1e-9)


def voxels_by_simpleitk(volume: Volume, mask: Mask) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """The values of the voxels that SimpleITK leaves of an image under a mask."""
    values = np.stack([volume.image(k).modality_values() for k in range(len(mask))])
    nothing = float(values.min()) - 1.0
    left = sitk.Mask(sitk.GetImageFromArray(values), sitk.GetImageFromArray(mask.astype(np.uint8)), nothing)
    seen = sitk.GetArrayFromImage(left)
    kept: np.ndarray[tuple[int], np.dtype[np.float64]] = seen[seen != nothing]
    return kept


def test_slices_of_different_slopes_are_counted_by_their_values() -> None:
    """Stored 100 on every slice, with slopes 1, 2 and 3, as PET has them."""
    made = slices(
        [np.full((4, 4), 100, np.uint16)] * 3, axial_plane((0.0,) * 3, 1.0, 1.0), [(0, 0, k) for k in range(3)]
    )
    for number, image in enumerate(made, start=1):
        image.RescaleSlope, image.RescaleIntercept = number, 0
    volume = loaded(made)
    found = of(of_mask(volume, np.ones((3, 4, 4), np.bool_)), volume)
    at = {low: count for (low, _), count in zip(pairwise(found.edges), found.counts, strict=True) if count}
    assert [found.edges[0] <= 100 < found.edges[1], found.edges[-2] <= 300 < found.edges[-1]] == [True, True]
    assert list(at.values()) == [16, 16, 16]


@pytest.mark.parametrize(
    ("kind", "count", "note"),
    [("contour_volume", 32, ""), ("contour_volume_interpolated", 32, "of the slices that have contours only")],
)
def test_volumes_of_contours_count_the_voxels_of_their_statistics(kind: str, count: int, note: str) -> None:
    """A square of 4 x 4 centres on slices 0 and 2, of 0 and 20 HU."""
    volume = valued(np.broadcast_to(1024 + 10 * np.arange(3)[:, None, None], (3, 9, 9)))
    record = of_contours(volume, kind, (0, 2))
    found = plot_of(record, {}, volume=volume)
    assert isinstance(found.found, Histogram)
    assert (sum(found.found.counts), found.found.counts[0], found.found.counts[-1]) == (count, 16, 16)
    assert {value.key: value.number for value in record.values}["count"] == count
    assert (found.note, found.summary) == (note, Summary(0.0, 10.0, 20.0))


def test_padding_is_in_no_bin_and_told() -> None:
    values = {"PixelPaddingValue": 1020, "PixelPaddingRangeLimit": 1022}
    pixels = np.arange(1020, 1032, dtype=np.uint16).reshape(3, 4)
    volume = loaded(slices([pixels] * 2, axial_plane((0.0,) * 3, 1.0, 1.0), PLACES, "padded", **values))
    found = plot_of(of_mask(volume, np.ones((2, 3, 4), np.bool_)), {}, volume=volume)
    assert isinstance(found.found, Histogram)
    assert (found.found.counts, found.found.excluded) == ((2,) * 9, 6)
    assert found.note == "6 without a value left out"


def test_it_is_refused_where_the_statistics_are() -> None:
    whole, plane = np.ones((2, 3, 4), np.bool_), axial_plane((0.0,) * 3, 1.0, 1.0)
    made = slices([np.zeros((3, 4), np.uint16)] * 2, plane, PLACES)
    here, lacking = loaded(made), loaded(made, but=(1,))
    other = valued(np.zeros((2, 3, 4)))
    record = of_mask(here, whole)
    del made[0].RescaleSlope, made[0].RescaleIntercept
    mixed = loaded(made)
    only_padding = slices([np.zeros((3, 4), np.uint16)] * 2, plane, PLACES, "padding")
    for image in only_padding:
        image.PixelPaddingValue = 0
    padding = loaded(only_padding)
    for volume, drawn, why in (
        (None, record, "not all images of the series are here"),
        (lacking, record, "Slice 2 has not arrived yet"),
        (other, record, "The region of voxels belongs to other images"),
        (mixed, of_mask(mixed, whole), "The images have values of different units; nothing is reckoned across them"),
        (padding, of_mask(padding, whole), "no voxel with a value"),
    ):
        found = plot_of(drawn, {}, volume=volume)
        assert isinstance(found.found, Histogram)
        assert (found.found.counts, found.summary, found.note) == ((), None, why)


def test_colour_is_refused() -> None:
    pixels = [np.zeros((3, 4, 3), np.uint8)] * 2
    made = slices([np.zeros((3, 4), np.uint16)] * 2, axial_plane((0.0,) * 3, 1.0, 1.0), PLACES, "colour")
    for image, drawn in zip(made, pixels, strict=True):
        image.SamplesPerPixel, image.PhotometricInterpretation, image.PlanarConfiguration = 3, "RGB", 0
        image.BitsAllocated, image.BitsStored, image.HighBit = 8, 8, 7
        image.PixelData = drawn.tobytes()
    volume = loaded(made)
    record = of_mask(volume, np.ones((2, 3, 4), np.bool_))
    assert {value.key: value.number for value in record.values}["mean"] is None
    assert plot_of(record, {}, volume=volume).note == "Colour images have no values to measure"


def test_bars_that_are_not_those_of_the_stored_numbers_are_not_shown() -> None:
    volume, mask = valued(np.arange(24).reshape(2, 3, 4)), np.ones((2, 3, 4), np.bool_)
    record, mask[0, 0, 0] = of_mask(volume, mask), False
    fewer = of_mask(volume, mask).measurement
    found = plot_of(replace(record, measurement=fewer), {}, volume=volume)
    assert (found.summary, found.note) == (
        None,
        "the images do not give the numbers that are stored of this measurement",
    )


def test_it_tells_how_far_it_is_and_ends_with_a_cancel() -> None:
    volume = valued(np.zeros((5, 4, 4)))
    record, told = of_mask(volume, np.ones((5, 4, 4), np.bool_)), list[Step]()
    volume_histogram(record.measurement, volume, Watch(told.append))
    assert [(step.done, step.total) for step in told] == [(number, 10) for number in range(10)]
    watch = Watch(lambda step: watch.cancel() if step.done == 7 else None)
    with pytest.raises(Cancelled):
        volume_histogram(record.measurement, volume, watch)


def test_what_has_no_voxels_is_refused() -> None:
    volume = valued(np.zeros((2, 3, 4)))
    drawn = of_mask(volume, np.ones((2, 3, 4), np.bool_)).measurement
    with pytest.raises(ValueError, match="'distance' has no voxels"):
        volume_histogram(replace(drawn, kind="distance"), volume)


@pytest.mark.real_data
def test_the_uptake_of_a_real_segmentation() -> None:
    """The bins of both segments hold numpy's counts of the SUV under highdicom's mask."""
    folder = cases.case("pt-headneck-seg")
    (path,) = [file for file in folder.rglob("*") if file.is_file() and _is_segmentation(file)]
    seg = highdicom.seg.segread(path)
    with open_study(folder) as study:
        (series,) = [one for one in study.series if one.stack.info.modality == "PT"]
        volume = series.volume()
        uids = [image.sop_instance_uid for image in volume.stack.images]
        pixels = seg.get_pixels_by_source_instance(
            uids, assert_missing_frames_are_empty=True, ignore_spatial_locations=True
        )
        values = np.stack([volume.image(k).modality_values() for k in range(len(uids))])
        for number, count in {1: 54, 2: 212}.items():
            mask = pixels[..., list(seg.segment_numbers).index(number)].astype(np.bool_)
            found = of(of_mask(volume, mask), volume)
            assert (sum(found.counts), found.unit) == (count, "SUVbw")
            assert found.counts == tuple(np.histogram(values[mask], found.edges)[0].tolist())


def _is_segmentation(file: Path) -> bool:
    return str(dcmread(file, stop_before_pixels=True, force=True).get("Modality", "")) == "SEG"
