"""C12: what may be reconstructed, why not, and uneven slices brought to even steps: said, and gaps left empty."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pydicom.dataset import FileDataset

from tests.cases import case
from tests.made import image, stack, stacks, written
from viewer_app import scripting
from viewer_app.imaging import mpr
from viewer_app.imaging.geometry import Floats
from viewer_app.imaging.volume import Volume
from viewer_app.phantom import steps
from viewer_app.phantom.catalogue import PHANTOMS
from viewer_app.phantom.ramp import RAMPS, SLICES, ramp


def colour() -> list[FileDataset]:
    images = [image(k + 1, origin=(0.0, 0.0, 2.0 * k), size=(4, 12)) for k in range(4)]
    for one in images:
        one.Columns, one.SamplesPerPixel, one.PhotometricInterpretation, one.PlanarConfiguration = 4, 3, "RGB", 0
        one.BitsAllocated, one.BitsStored, one.HighBit = 8, 8, 7
    return images


def axial(count: int, step_mm: float = 2.0, **values: Any) -> list[FileDataset]:
    return [image(k + 1, origin=(0.0, 0.0, step_mm * k), **values) for k in range(count)]


REFUSED: dict[str, tuple[Callable[[], Sequence[FileDataset]], str, bool]] = {
    "one image": (lambda: axial(1), "A single image: no reconstruction.", False),
    "two images": (lambda: axial(2), "Two images only.", False),
    "one place": (lambda: axial(3, 0.0), "All 3 images show the same place.", False),
    "no place": (
        lambda: axial(3, ImagePositionPatient=None, ImageOrientationPatient=None),
        "Images without a position in the patient: no reconstruction.",
        False,
    ),
    "colour": (colour, "Colour images: no reconstruction.", False),
    "a gap": (steps.with_gap, "2 slices missing.", True),
    "a jitter along": (lambda: steps.with_jitter(0.1), "Uneven slice distance: 1.90 to 2.10 mm.", True),
    "a jitter across": (lambda: steps.with_jitter(0.3, axis=0), "Uneven slices: up to", False),
    "a changing pitch": (steps.with_changing_pitch, "Uneven slice distance: 2.00 to 5.00 mm.", True),
}


@pytest.mark.parametrize("name", REFUSED)
def test_why_not(name: str) -> None:
    make, sentence, may_be_resampled = REFUSED[name]
    made = stack(make())
    why = mpr.why_no_mpr(made)
    assert why.startswith(sentence)
    assert why.count(".") >= 2  # what it means, besides what it is
    assert mpr.may_be_resampled(made) == may_be_resampled
    assert not may_be_resampled or "resampling to even steps" in why


def test_slices_of_two_units_are_refused() -> None:
    images = axial(4, Modality="CT")
    del images[1].RescaleIntercept, images[1].RescaleSlope
    (made,) = stacks(images)
    assert mpr.why_no_mpr(made).startswith("The values are not of one unit")
    assert not mpr.may_be_resampled(made)


@pytest.mark.parametrize("name", [name for name in PHANTOMS if name.startswith(("P3", "P6 tilt"))])
def test_even_stacks_may_be_and_a_tilt_is_told(name: str) -> None:
    made = stack(PHANTOMS[name]())
    assert mpr.why_no_mpr(made) == ""
    assert not mpr.may_be_resampled(made)
    notes = mpr.mpr_notes(made)
    assert len(notes) == (made.report.tilt_deg > 0.1)
    assert all("Gantry tilt" in note and "exact" in note for note in notes)


def points_of(grid: mpr.Grid) -> Floats:
    """(slices, rows, columns, 3): every voxel's patient point."""
    indices = np.moveaxis(np.indices(grid.shape, dtype=np.float64), 0, -1)
    points: Floats = indices @ grid.affine[:3, :3].T + grid.affine[:3, 3]
    return points


@pytest.mark.parametrize("name", RAMPS)
def test_a_ramp_of_uneven_slices_comes_back_at_even_places(tmp_path: Path, name: str) -> None:
    truth = ramp(name)
    kept = [truth.images[k] for k in (0, 3, 6, 9, 11)]  # 22 mm in distances of 4 and 6 mm: uneven
    with written(tmp_path, kept) as study:
        (series,) = study.series
        assert mpr.may_be_resampled(series.stack)
        made = mpr.resampled(series.volume())
    assert made.grid == mpr.even_grid(series.stack)
    assert made.values.shape == made.grid.shape == (7, 20, 24)
    np.testing.assert_allclose(made.values, truth.values_at(points_of(made.grid)), atol=1e-4)
    assert made.unit == "HU"
    assert made.finding.is_warning
    assert made.finding.what.startswith("Resampled from 5 uneven slices")
    assert "interpolated" in made.finding.meaning


def test_missing_slices_stay_empty_and_the_others_are_what_they_were(tmp_path: Path) -> None:
    truth = ramp("tilted by 15")
    missing = (4, 8, 9)
    with written(tmp_path, [one for k, one in enumerate(truth.images) if k not in missing]) as study:
        (series,) = study.series
        volume = series.volume()
        made = mpr.resampled(volume)
        np.testing.assert_allclose(made.grid.steps, mpr.Grid.of(stack(truth.images)).steps, atol=1e-9)
        values = [volume.image(index).modality_values() for index in range(len(volume.stack.images))]
    empty = np.isnan(made.values).all(axis=(1, 2))
    assert np.flatnonzero(empty).tolist() == sorted(SLICES - 1 - k for k in missing)
    np.testing.assert_array_equal(made.values[~empty], values)
    assert made.finding.meaning.startswith("Every slice keeps its own values. 2 gaps are left empty")


def test_a_changing_pitch_is_no_gap_but_a_jump_in_it_is(tmp_path: Path) -> None:
    for name, distances, gaps in (("pitch", (2.0,) * 4 + (5.0,) * 4, 0), ("jump", (2.0,) * 4 + (9.3,) + (3.1,) * 3, 1)):
        with written(tmp_path / name, steps.with_changing_pitch(distances)) as study:
            (series,) = study.series
            made = mpr.resampled(series.volume())
        empty = np.isnan(made.values).all(axis=(1, 2))
        assert empty.any() == bool(gaps)
        heights = np.arange(made.grid.shape[0]) * made.grid.voxel_mm(made.grid.normal)
        # Read from the head: the jump is between 9.3 and 18.6 mm.
        np.testing.assert_array_equal(empty, (heights > 9.31) & (heights < 18.59) if gaps else np.zeros_like(heights))


def test_a_slice_that_has_not_arrived_leaves_its_neighbourhood_empty() -> None:
    made = stack(steps.with_changing_pitch())
    partial = Volume(made)
    for index in range(len(made.images)):
        if index != 3:
            partial.put(index, np.full(partial.stored_values.shape[1:], 7, dtype=partial.stored_values.dtype))
    found = mpr.resampled(partial)
    heights = np.arange(found.grid.shape[0]) * found.grid.voxel_mm(found.grid.normal)
    np.testing.assert_array_equal(np.isnan(found.values[:, 0, 0]), (heights > 10.01) & (heights < 19.99))


def test_colour_is_not_resampled() -> None:
    with pytest.raises(ValueError, match="colours"):
        mpr.resampled(Volume(stack(colour())))


@pytest.mark.real_data
def test_a_real_brain_with_a_missing_slice_in_both_of_its_stacks() -> None:
    with scripting.open_study(case("mr-brain-multiorient-siemens")) as study:
        by_name = {series.stack.title: series for series in study.series}
        for title, start in (("mocoMEMPRAGE_220FOV RMS", "sagittal"), ("AX FSE T2", "axial")):
            made, volume = by_name[title].stack, by_name[title].volume()
            assert mpr.why_no_mpr(made).startswith("1 slice missing.")
            assert mpr.may_be_resampled(made)
            found = mpr.resampled(volume)
            assert found.grid.shape[0] == len(made.images) + 1
            (empty,) = np.flatnonzero(np.isnan(found.values).all(axis=(1, 2)))
            kept = np.delete(np.arange(found.grid.shape[0]), empty)
            for index in (0, len(kept) // 2, len(kept) - 1):
                np.testing.assert_array_equal(found.values[kept[index]], volume.image(index).modality_values())
                plane = made.images[index].plane
                np.testing.assert_allclose(found.grid.place((kept[index], 0, 0)), plane.origin, atol=0.01)
            acquired = mpr.start_cuts(found.grid)[0]
            assert mpr.cut_letters(acquired, made)[2][0] == {"sagittal": "H", "axial": "A"}[start]


@pytest.mark.real_data
def test_a_real_tilted_head_of_changing_pitch_keeps_its_shear() -> None:
    with scripting.open_study(case("ct-head-ge-tilt-variable")) as study:
        (series,) = study.series
        made = series.stack
        found = mpr.resampled(series.volume())
        ends = [series.image(index).modality_values() for index in (0, len(made.images) - 1)]
    assert mpr.why_no_mpr(made).startswith("Uneven slice distance: 1.08 to 7.00 mm.")
    assert any("Gantry tilt 18.5°" in note for note in mpr.mpr_notes(made))
    for index, end in zip((0, -1), ends, strict=True):
        np.testing.assert_array_equal(found.values[index], end)
        place = found.grid.place((found.grid.shape[0] + index if index else 0, 0, 0))
        np.testing.assert_allclose(place, made.images[index].plane.origin, atol=1e-6)
    assert not np.isnan(found.values).all(axis=(1, 2)).any()
    axial = mpr.standard_cut("axial", found.grid.middle)
    assert float(np.dot(axial.normal, found.grid.normal)) == pytest.approx(np.cos(np.radians(18.5)), abs=2e-3)
