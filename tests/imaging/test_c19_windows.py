"""C19-C21, C23, H44: windows by the formulas of PS3.3 C.11.2.1 in exact numbers, and by pydicom."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
import pytest
from pydicom import Dataset
from pydicom.pixels.processing import apply_windowing

from tests.made import frame, image
from viewer_app.imaging.headers import Rescale, Window
from viewer_app.imaging.values.voi import apply_window, auto_window, grey_table

RANGE = (0, 4095)
STORED = np.arange(4096)
HALF = Fraction(1, 2)

SETTINGS = [
    *[Window(c, w) for c, w in ((40, 400), (-600, 1500), (2047.5, 4096), (300, 2), (300, 1), (0.5, 1.3), (1000, 1e9))],
    *[Window(c, w) for c, w in ((-0.5, 3), (4095, 255), (2048, 256))],
    *[Window(c, w, "", "LINEAR_EXACT") for c, w in ((40, 400), (1000.25, 0.3), (0, 1), (2047.5, 4095), (77, 510))],
    *[Window(c, w, "", "SIGMOID") for c, w in ((40, 400), (2048, 4096), (1000, 1), (1000, 0.3), (-600, 1500))],
]
RESCALES = [Rescale(), Rescale(1.0, -1024.0, "HU"), Rescale(0.5, -500.0, "HU")]


def share(value: Fraction, window: Window) -> Fraction:
    """PS3.3 C.11.2.1.2.1 and C.11.2.1.3.2 over the range 0 to 1."""
    c, w = Fraction(window.center), Fraction(window.width)
    if window.function == "LINEAR":
        c, w = c - HALF, w - 1
    if value <= c - w / 2:
        return Fraction(0)
    return Fraction(1) if value > c + w / 2 else (value - c) / w + HALF


def rounded(level: Fraction) -> int:
    """Half up."""
    return math.floor(level * 255 + HALF)


@pytest.mark.parametrize("rescale", RESCALES)
@pytest.mark.parametrize("window", [window for window in SETTINGS if window.function != "SIGMOID"])
def test_every_grey_is_the_exact_formula_rounded(window: Window, rescale: Rescale) -> None:
    slope, intercept = Fraction(rescale.slope), Fraction(rescale.intercept)
    truth = [rounded(share(slope * int(value) + intercept, window)) for value in STORED]
    np.testing.assert_array_equal(grey_table(window, rescale, RANGE), truth)


def by_pydicom(window: Window, values: np.ndarray) -> np.ndarray:
    """Shares 0 to 1 as pydicom computes them; `values` are modality values."""
    header = Dataset()
    header.PhotometricInterpretation, header.BitsStored, header.PixelRepresentation = "MONOCHROME2", 12, 0
    header.WindowCenter, header.WindowWidth = [float(window.center)], [float(window.width)]
    header.VOILUTFunction = window.function
    with np.errstate(over="ignore"):
        return apply_windowing(values.astype(np.float64), header) / 4095


@pytest.mark.parametrize("inverted", [False, True])
@pytest.mark.parametrize("window", SETTINGS)
def test_every_grey_is_pydicoms_rounded(window: Window, inverted: bool) -> None:
    level = by_pydicom(window, STORED)
    level = (1 - level if inverted else level) * 255 + 0.5
    theirs, ours = np.floor(level), grey_table(window, Rescale(), RANGE, inverted=inverted)
    # On a tie the last bit of a double decides: the exact test above is the judge there.
    tie = np.abs(level - np.rint(level)) < 1e-9
    np.testing.assert_array_equal(ours[~tie], theirs[~tie])
    assert np.abs(ours - theirs).max() <= 1


@pytest.mark.parametrize(("center", "first_white"), [(300.0, 300), (300.5, 301), (0.0, 0), (4096.0, 4096)])
def test_width_one_is_a_threshold(center: float, first_white: int) -> None:
    greys = grey_table(Window(center, 1.0), Rescale(), RANGE)
    np.testing.assert_array_equal(greys, np.where(first_white <= STORED, 255, 0))


def test_a_sigmoid_has_its_middle_and_its_symmetry() -> None:
    window = Window(2000.0, 800.0, "", "SIGMOID")
    middle, steep = apply_window(np.array([2000.0, 2200.0]), window)
    assert middle == 128
    assert steep == math.floor(255 / (1 + math.exp(-1)) + 0.5)
    values = np.linspace(0, 4000, 401)
    sums = apply_window(values, window).astype(int) + apply_window(values[::-1], window)
    assert set(sums.tolist()) <= {255, 256}


@pytest.mark.parametrize("window", SETTINGS)
def test_c23_monochrome1_is_the_exact_mirror(window: Window) -> None:
    plain = grey_table(window, Rescale(), RANGE).astype(int)
    inverted = grey_table(window, Rescale(), RANGE, inverted=True)
    assert np.abs(255 - plain - inverted).max() <= 1  # ties round up on both sides
    assert inverted[0] >= inverted[-1]


@pytest.mark.parametrize("inverted", [False, True])
@pytest.mark.parametrize("window", SETTINGS)
def test_what_is_no_number_is_black_and_infinity_the_end(window: Window, inverted: bool) -> None:
    greys = apply_window(np.array([np.nan, -np.inf, np.inf]), window, inverted=inverted)
    assert greys.tolist() == [0, *((255, 0) if inverted else (0, 255))]


WIDTHS = {
    "LINEAR": {"0": 0, "-400": 0, "1": 1, "0.3": 0, "1e9": 1, "nan": 0, "wide": 0},
    "LINEAR_EXACT": {"0": 0, "-400": 0, "1": 1, "0.3": 1, "1e9": 1},
    "SIGMOID": {"0": 0, "-400": 0, "1": 1, "0.3": 1, "1e9": 1},
}


@pytest.mark.parametrize(
    ("function", "width", "count"), [(f, width, n) for f, table in WIDTHS.items() for width, n in table.items()]
)
def test_h44_windows_that_are_none_are_left_out(function: str, width: str, count: int) -> None:
    made = image(VOILUTFunction=function)
    for name, value in (("WindowCenter", "40"), ("WindowWidth", width)):
        made.add_new(name, "LO", value)
    assert len(frame(made).windows) == count


def test_h44_many_windows_and_lengths_that_differ() -> None:
    centers, widths = [str(n) for n in range(20)], [str(n + 1) for n in range(20)]
    found = frame(image(WindowCenter=centers, WindowWidth=widths, WindowCenterWidthExplanation=["Bone"])).windows
    assert [(window.center, window.width) for window in found] == [(n, n + 1) for n in range(20)]
    assert [window.explanation for window in found] == ["Bone", *[""] * 19]
    assert frame(image(WindowCenter=centers, WindowWidth=widths[:3])).windows == ()
    assert frame(image(WindowCenter=["40"])).windows == ()


def test_the_fallback_is_named_and_never_degenerate() -> None:
    ramp = np.arange(0.0, 1001.0)
    window = auto_window(np.append(ramp, np.nan))
    assert (window.center, window.width, window.explanation) == (500.0, 980.0, "automatic")
    for values in (np.zeros(5), np.full(3, np.nan), np.empty(0), np.array([7.0])):
        assert auto_window(values).width == 1.0


@pytest.mark.parametrize("size", [1e-4, 0.9, 3.0, 4e4])
def test_the_fallback_spreads_values_of_any_size(size: float) -> None:
    values = np.linspace(0.0, size, 101)
    window = auto_window(values)
    greys = apply_window(values, window)
    assert (greys[1], greys[50], greys[99]) == (0, 128, 255)
    assert len(np.unique(greys)) == 99
    assert window.explanation == "automatic"
