"""A window from a drawn rectangle and windows held at zero, in closed form; padding never counts (C24)."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from viewer_app.imaging.geometry import Plane
from viewer_app.imaging.headers import Lookup, Rescale, Window
from viewer_app.imaging.values.clamping import clamped, ends, starts_clamped
from viewer_app.imaging.values.region_window import region_values, region_window
from viewer_app.imaging.values.voi import apply_window
from viewer_app.imaging.volume import PlanarImage

# Rows 3 mm apart, columns 2 mm; the stored value of (row, column) is 100 row + column.
PLANE = Plane((0.0, 0.0, 0.0), (1.0, 0.0, 0.0), (0.0, 1.0, 0.0), row_spacing=3.0, column_spacing=2.0)
STORED = (100 * np.arange(20)[:, None] + np.arange(30)).astype(np.int16)
IMAGE = PlanarImage(PLANE, STORED, Rescale(2.0, -10.0, "HU"))


def block(rows: slice, columns: slice) -> list[float]:
    return sorted((2.0 * STORED[rows, columns].astype(float) - 10.0).ravel().tolist())


@pytest.mark.parametrize(
    "corners", [[(4.0, 3.0), (10.0, 9.0)], [(10.0, 9.0), (4.0, 3.0)], [(2.1, 8.9 + 0.2), (11.9, 0.1)]]
)
def test_a_pixel_counts_if_its_centre_lies_inside(corners: list[tuple[float, float]]) -> None:
    assert sorted(region_values(IMAGE, corners).tolist()) == block(slice(1, 4), slice(2, 6))


def test_what_lies_beside_the_image_adds_nothing() -> None:
    assert sorted(region_values(IMAGE, [(-500.0, -500.0), (3.0, 4.0)]).tolist()) == block(slice(0, 2), slice(0, 2))
    assert region_values(IMAGE, [(-500.0, -500.0), (-1.0, -1.0)]).size == 0
    assert region_values(IMAGE, [(500.0, 500.0), (900.0, 900.0)]).size == 0


def test_c24_padding_and_nan_are_left_out() -> None:
    padded = replace(IMAGE, padding=(0.0, 103.0))
    corners = [(0.0, 0.0), (10.0, 3.0)]
    assert sorted(region_values(padded, corners).tolist()) == [2.0 * stored - 10.0 for stored in (104, 105)]
    floats = np.where(STORED == 104, np.nan, STORED.astype(float))
    assert sorted(region_values(replace(padded, stored=floats), corners).tolist()) == [200.0]


def test_a_colour_image_has_no_values() -> None:
    picture = replace(IMAGE, stored=np.zeros((20, 30, 3), np.uint8))
    assert region_values(picture, [(0.0, 0.0), (60.0, 60.0)]).size == 0


def test_the_window_is_the_central_98_per_cent() -> None:
    found = region_window(np.arange(1001.0))
    assert found == Window(500.0, 980.0, "region", "LINEAR_EXACT")


def test_one_hot_pixel_does_not_decide() -> None:
    values = np.append(np.linspace(0.0, 100.0, 10_000), 30_000.0)
    found = region_window(values)
    assert found is not None
    assert found.width == pytest.approx(98.0, abs=0.1)


def test_even_values_and_tiny_ones_still_have_a_window() -> None:
    assert region_window(np.full(50, 7.0)) == Window(7.0, 1.0, "region", "LINEAR_EXACT")
    found = region_window(np.linspace(0.0, 1e-6, 101))
    assert found is not None
    assert found.center == pytest.approx(5e-7)
    assert found.width == pytest.approx(9.8e-7)


@pytest.mark.parametrize("values", [[], [1.0, 2.0, 3.0], [np.nan] * 9])
def test_a_click_is_no_region(values: list[float]) -> None:
    assert region_window(values) is None


def test_nuclear_medicine_is_clamped_and_nothing_else() -> None:
    assert [name for name in ("CT", "MR", "PT", "NM", "US") if starts_clamped(name)] == ["PT", "NM"]


@pytest.mark.parametrize("window", [Window(40.0, 400.0, "Soft"), Window(300.0, 100.0), Window(-10.0, 30.0)])
def test_clamped_keeps_the_upper_end_and_shows_zero_black(window: Window) -> None:
    held = clamped(window)
    assert ends(held) == (0.0, ends(window)[1])
    assert apply_window(np.array([0.0, ends(held)[1] / 2, ends(held)[1]]), held).tolist() == [0, 128, 255]
    assert held.explanation == window.explanation


def test_a_window_that_cannot_or_need_not_be_clamped_stays() -> None:
    for window in (Window(-100.0, 50.0), Window(3.5, 7.0, "SUV 0–7", "LINEAR_EXACT")):
        assert clamped(window) is window
    table = Window(128.0, 256.0, "Bone", "LUT", Lookup(0, b"\0\0\xff\0", 8))
    assert clamped(table) == Window(128.0, 256.0, "", "LINEAR_EXACT")
