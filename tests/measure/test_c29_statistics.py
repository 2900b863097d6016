"""C29, C30, G11: statistics equal SimpleITK and exact numbers; never Inf, none where there is no pixel."""

from __future__ import annotations

import statistics as exactly
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
import SimpleITK as sitk

from tests.measure.made import UPRIGHT, image, measured
from viewer_app.imaging.geometry import Floats
from viewer_app.imaging.headers import Rescale
from viewer_app.measure.region import disc_mask, polygon_mask
from viewer_app.measure.statistics import statistics


def test_g11_two_hundred_random_masks_equal_simpleitk() -> None:
    random = np.random.default_rng(29)
    for case in range(200):
        shape = tuple(int(size) for size in random.integers(2, 40, 2))
        values = np.array(random.normal(random.uniform(-1000, 3000), random.uniform(0.1, 500), shape), dtype=np.float64)
        if case % 2:
            np.rint(values, out=values)
        mask = random.random(shape) < random.uniform(0.05, 1)
        mask.flat[:2] = True
        theirs = sitk.LabelStatisticsImageFilter()
        theirs.Execute(sitk.GetImageFromArray(values), sitk.GetImageFromArray(mask.astype(np.uint8)))
        ours = statistics(values, mask)
        assert (ours.count, ours.excluded) == (theirs.GetCount(1), 0)
        assert ours.mean == pytest.approx(theirs.GetMean(1), rel=1e-12, abs=1e-9)
        assert ours.sd == pytest.approx(theirs.GetSigma(1), rel=1e-9, abs=1e-9)
        assert (ours.minimum, ours.maximum) == (theirs.GetMinimum(1), theirs.GetMaximum(1))


def test_statistics_equal_exact_numbers() -> None:
    random = np.random.default_rng(30)
    for _ in range(100):
        values: Floats = random.integers(-2000, 4000, (6, 7)).astype(np.float64) / 2
        mask = random.random((6, 7)) < 0.5
        mask.flat[:2] = True
        chosen = [Fraction(value) for value in values[mask].tolist()]
        ours = statistics(values, mask)
        assert ours.mean == pytest.approx(float(exactly.mean(chosen)), rel=1e-14, abs=1e-12)
        assert ours.sd == pytest.approx(float(exactly.variance(chosen)) ** 0.5, rel=1e-12)


def test_the_catalogue_number() -> None:
    found = statistics(np.array([[1.0, 2.0, 3.0, 4.0]]), np.ones((1, 4), dtype=bool))
    assert found.sd is not None
    assert round(found.sd, 3) == 1.291


def test_a_large_offset_loses_no_spread() -> None:
    found = statistics(np.array([[1.0, 2.0, 3.0, 4.0]]) + np.float64(1e9), np.ones((1, 4), dtype=bool))
    assert found.sd == pytest.approx((5 / 3) ** 0.5, rel=1e-9)


def test_no_pixel_is_none() -> None:
    found = statistics(np.ones((3, 3)), np.zeros((3, 3), dtype=bool))
    assert (found.count, found.mean, found.sd, found.minimum, found.maximum) == (0, None, None, None, None)


def test_one_pixel_has_no_spread() -> None:
    mask = np.zeros((3, 3), dtype=bool)
    mask[1, 2] = True
    found = statistics(np.arange(9.0).reshape(3, 3), mask)
    assert (found.count, found.mean, found.sd, found.minimum, found.maximum) == (1, 5.0, None, 5.0, 5.0)


def test_what_is_no_number_is_left_out_and_counted() -> None:
    values = np.array([[1.0, np.nan, 3.0], [np.inf, -np.inf, np.nan]])
    found = statistics(values, np.ones((2, 3), dtype=bool))
    assert (found.count, found.excluded, found.mean, found.minimum, found.maximum) == (2, 4, 2.0, 1.0, 3.0)


@pytest.mark.parametrize("place", [(0, 0), (0, 10), (15, 15), (-1, 4), (16, 8), (7.5, -1.5)])
def test_c30_a_region_partly_outside_uses_the_pixels_inside(place: tuple[float, float]) -> None:
    stored = np.random.default_rng(5).integers(0, 1000, (16, 16))
    values = measured("probe", image(UPRIGHT, stored), [place])
    whole = np.full((36, 36), np.nan)
    whole[10:26, 10:26] = stored
    chosen = whole[disc_mask((36, 36), np.add(place, 10), (2.5, 2.5))]
    inside = chosen[np.isfinite(chosen)]
    assert values["count"].number == inside.size > 0
    assert values["mean"].number == pytest.approx(inside.mean(), abs=1e-9)
    assert (values["minimum"].number, values["maximum"].number) == (inside.min(), inside.max())


NOTES = [
    ((8, 8), ""),
    ((0, 8), "38% of the disc is outside the image"),
    ((0, 0), "only 8 pixels; 62% of the disc is outside the image"),
]


@pytest.mark.parametrize(("place", "note"), NOTES)
def test_c30_the_share_outside_is_told(place: tuple[int, int], note: str) -> None:
    values = measured("probe", image(UPRIGHT, np.ones((16, 16))), [place])
    whole, count = disc_mask((40, 40), np.add(place, 10), (2.5, 2.5)).sum(), values["count"].number
    assert count is not None
    assert values["mean"].note == note
    assert f"{(whole - count) / whole:.0%}" in note or whole == count


def test_c24_pixels_of_padding_are_counted() -> None:
    stored = np.ones((16, 16))
    stored[:, :8] = -5
    values = measured("probe", image(UPRIGHT, stored, padding=(-5.0, -5.0)), [(8, 8)])
    count = values["count"].number
    assert count is not None
    assert values["mean"].note == f"{21 - count:.0f} without a value left out"
    assert values["mean"].number == 1.0


def test_c30_wholly_outside_there_is_nothing_to_tell() -> None:
    for place in ((-50, 4), (4, 300), (1e6, 1e6)):
        values = measured("probe", image(UPRIGHT, np.ones((16, 16))), [place])
        assert [value.number for value in values.values()] == [*[None] * 10, 0.0]
        assert all(value.note for value in values.values())


def test_c28_few_pixels_are_told() -> None:
    coarse = image(UPRIGHT, np.ones((16, 16)))
    assert measured("probe", coarse, [(0, 0)])["mean"].note.startswith("only ")
    assert measured("probe", coarse, [(8, 8)])["mean"].note == ""


@pytest.mark.parametrize(("column", "row"), [(3.49, 4.2), (2.5, 4.0), (3.0, 3.5), (2.51, 4.49)])
def test_the_value_is_that_of_the_pixel_that_contains_the_point(column: float, row: float) -> None:
    stored = np.arange(256).reshape(16, 16)
    assert measured("probe", image(UPRIGHT, stored), [(column, row)])["value"].number == 16 * 4 + 3


@pytest.mark.parametrize("spacing", [(0.5, 1.25), (1.25, 0.5), (0.3, 0.3), (2.0, 0.7)])
def test_the_disc_is_round_in_millimetres(spacing: tuple[float, float]) -> None:
    plane = replace(UPRIGHT, row_spacing=spacing[0], column_spacing=spacing[1])
    center = (20.3, 17.6)
    row, column = np.mgrid[:40, :40]
    inside = np.hypot((row - center[1]) * spacing[0], (column - center[0]) * spacing[1]) < 2.5
    values = measured("probe", image(plane, 40 * row + column), [center])
    assert values["count"].number == inside.sum()
    assert values["mean"].number == pytest.approx((40 * row + column)[inside].mean(), rel=1e-12)


def test_statistics_are_of_rescaled_values() -> None:
    stored = np.random.default_rng(6).integers(0, 4096, (16, 16)).astype(np.uint16)
    shown = image(UPRIGHT, stored, rescale=Rescale(0.5, -500.0, "HU"))
    values = measured("probe", shown, [(8, 8)])
    chosen = [Fraction(int(value), 2) - 500 for value in stored[disc_mask((16, 16), (8, 8), (2.5, 2.5))]]
    assert values["mean"].number == pytest.approx(float(exactly.mean(chosen)), rel=1e-14)
    assert values["sd"].number == pytest.approx(float(exactly.variance(chosen)) ** 0.5, rel=1e-12)


def test_a_mask_lies_where_it_is_drawn() -> None:
    mask = polygon_mask((5, 9), [(6, 1), (9, 1), (9, 3), (6, 3)])
    assert np.argwhere(mask).min(axis=0).tolist() == [1, 6]
    assert mask.shape == (5, 9)
