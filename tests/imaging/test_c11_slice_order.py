"""C11, C12: order and step from positions along the normal; what is uneven is no volume, and says why."""

from __future__ import annotations

import random as shuffling
from pathlib import Path

import numpy as np
import pytest
import SimpleITK as sitk
from numpy.typing import ArrayLike

from tests.made import image, random_plane, stack
from viewer_app.imaging.geometry import Vector, vector
from viewer_app.phantom import blocks
from viewer_app.phantom.dicom import image_dataset, write_series


def upright(heights: ArrayLike) -> list[Vector]:
    return [(0.0, 0.0, float(height)) for height in np.asarray(heights)]


@pytest.mark.parametrize("claimed", ["5", "-5", "0", None])
def test_thickness_and_spacing_tags_are_not_the_step(tmp_path: Path, claimed: str | None) -> None:
    images = blocks.thick_and_overlapping(6)
    for made in images:
        made.SpacingBetweenSlices = claimed
        made.SliceLocation = str(-100 * made.InstanceNumber)
    found = stack(images)
    assert (found.report.step_mm, found.report.is_volume, found.report.warnings) == (2.0, True, ())
    assert [entry.plane.origin[2] for entry in found.images] == [10.0, 8.0, 6.0, 4.0, 2.0, 0.0]
    write_series(tmp_path, blocks.thick_and_overlapping(6))
    reader = sitk.ImageSeriesReader()
    reader.SetFileNames(reader.GetGDCMSeriesFileNames(str(tmp_path)))
    assert reader.Execute().GetSpacing()[2] == found.report.step_mm


def test_order_does_not_depend_on_how_files_come_or_are_numbered() -> None:
    images = blocks.uneven(upright(np.arange(20) * 1.25))
    wanted = [made.SOPInstanceUID for made in reversed(images)]
    random = shuffling.Random(3)
    for _ in range(20):
        random.shuffle(images)
        numbers = random.sample(range(1, 100), len(images))
        for made, number in zip(images, numbers, strict=True):
            made.InstanceNumber = number
        assert [entry.sop_instance_uid for entry in stack(images).images] == wanted


DIRECTIONS = {
    "axial from the head": ((1, 0, 0), (0, 1, 0), (0, 0, -1)),
    "axial mirrored, still from the head": ((-1, 0, 0), (0, 1, 0), (0, 0, -1)),
    "coronal from the front": ((1, 0, 0), (0, 0, -1), (0, 1, 0)),
    "sagittal from the right": ((0, 1, 0), (0, 0, -1), (1, 0, 0)),
}


@pytest.mark.parametrize(("row", "column", "read"), DIRECTIONS.values(), ids=DIRECTIONS)
def test_reading_order(row: Vector, column: Vector, read: Vector) -> None:
    turn = [float(part) for part in (*row, *column)]
    images = [
        image(k, origin=vector(np.multiply(read, place)), ImageOrientationPatient=turn)
        for k, place in enumerate((3.0, 0.0, 6.0), start=1)
    ]
    assert [entry.instance.instance_number for entry in stack(images).images] == [2, 1, 3]


def test_steps_of_oblique_stacks() -> None:
    random = np.random.default_rng(12)
    for _ in range(30):
        plane, step = random_plane(random), float(random.uniform(0.3, 8))
        pixels = np.zeros((4, 4), dtype=np.uint16)
        origins = [vector(np.add(plane.origin, np.multiply(plane.normal, step * k))) for k in range(6)]
        made = [
            image_dataset(pixels, random_plane(random, origin=origin, **same(plane)), number=k)
            for k, origin in enumerate(origins)
        ]
        report = stack(made).report
        assert report.is_volume
        assert report.step_mm == pytest.approx(step, abs=1e-6)
        assert report.tilt_deg < 0.01


def same(plane: object) -> dict[str, object]:
    names = ("row_direction", "column_direction", "row_spacing", "column_spacing", "frame_of_reference_uid")
    return {name: getattr(plane, name) for name in names}


EVEN = np.arange(20) * 2.0
UNEVEN = {
    "two missing": (np.delete(EVEN, [7, 8]), "2 slices missing."),
    "one missing": (np.delete(EVEN, [7]), "1 slice missing."),
    "two gaps": (np.delete(EVEN, [3, 12]), "2 slices missing."),
    "changing pitch": (np.array([0, 2, 4, 6, 7, 8, 9.5]), "Uneven slice distance: 1.00 to 2.00 mm."),
    "one repeats": (np.array([0, 2, 4, 4, 6.0]), "1 image repeats a position."),
    "all twice": (np.repeat(EVEN, 2), "20 images repeat a position."),
}


@pytest.mark.parametrize(("heights", "words"), UNEVEN.values(), ids=UNEVEN)
def test_what_is_uneven_is_no_volume_and_says_so(heights: ArrayLike, words: str) -> None:
    report = stack(blocks.uneven(upright(heights))).report
    assert not report.is_volume
    assert words in report.warnings


def jitter(size_mm: float, axis: int) -> list[Vector]:
    """Twenty slices 2 mm apart; every second one is `size_mm` off along `axis`."""
    places = np.zeros((20, 3))
    places[:, 2] = EVEN
    places[1::2, axis] += size_mm
    return [vector(place) for place in places]


@pytest.mark.parametrize("axis", [0, 1, 2])
@pytest.mark.parametrize("size_mm", [0.011, 0.02, 0.1])
def test_jitter_is_refused_with_a_reason(size_mm: float, axis: int) -> None:
    report = stack(blocks.uneven(jitter(size_mm, axis))).report
    assert not report.is_volume
    assert any("neven" in warning for warning in report.warnings)


def test_a_creeping_pitch_is_refused_though_each_step_is_nearly_even() -> None:
    steps = np.repeat([1.992, 2.008], 100)
    report = stack(blocks.uneven(upright(np.cumsum(steps)))).report
    assert not report.is_volume
    assert report.warnings == ("Uneven slices: up to 0.796 mm off their place.",)


@pytest.mark.parametrize("axis", [0, 1, 2])
def test_rounding_of_positions_is_no_jitter(axis: int) -> None:
    report = stack(blocks.uneven(jitter(0.001, axis))).report
    assert (report.is_volume, report.warnings) == (True, ())
    assert report.step_mm == pytest.approx(2.0, abs=0.0011)


@pytest.mark.parametrize("count", [1, 2, 3])
def test_short_stacks(count: int) -> None:
    report = stack(blocks.uneven(upright(EVEN[:count]))).report
    assert report.is_volume is (count > 1)
    assert report.step_mm == (2.0 if count > 1 else 0.0)
    assert [finding.kind for finding in report.findings] == {1: ["single"], 2: ["two"], 3: []}[count]


def test_all_at_one_place() -> None:
    report = stack(blocks.uneven(upright([5.0] * 4))).report
    assert (report.is_volume, report.step_mm) == (False, 0.0)
    assert report.notes == ("All 4 images show the same place.",)


ROUNDED = {
    "to 0.1 mm": (np.round(EVEN * 0.625, 1), "written to 0.1 mm only"),
    "to 0.01 mm": (np.round(EVEN * 0.15625, 2), "written to 0.01 mm only"),
    "really uneven": (EVEN + np.tile([0.0, 0.0173], 10), ""),
}


@pytest.mark.parametrize(("heights", "words"), ROUNDED.values(), ids=ROUNDED)
def test_coarsely_written_positions_are_refused_with_that_reason(heights: ArrayLike, words: str) -> None:
    report = stack(blocks.uneven(upright(heights))).report
    finding = report.findings[0]
    assert not report.is_volume
    assert finding.is_warning
    assert "MPR and volume are refused" in finding.meaning
    assert "never done silently" in finding.offer
    assert words in finding.meaning


def test_every_warning_says_what_it_means_and_the_tilt_what_is_exact() -> None:
    for heights, _ in UNEVEN.values():
        report = stack(blocks.uneven(upright(heights))).report
        assert all(finding.meaning for finding in report.findings if finding.is_warning)
        assert report.text.startswith(report.warnings[0])
