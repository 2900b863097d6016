"""How far a drag moves a window: its own size sets the pace, and what the image can hold bounds it (BIR 14, 17)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from tests.made import frame, image, record
from viewer_app.imaging.headers import Image, Lookup, Window
from viewer_app.imaging.values.clamping import ends
from viewer_app.imaging.volume import PlanarImage
from viewer_app.ui.tools.window_drag import WindowDrag, span_of

BYTE, CT = 255.0, 4095.0
THIRD_OF_A_SCREEN = 640.0
GREYS = Window(128.0, 256.0)


@pytest.mark.parametrize(("across", "wider"), [(1.0, True), (50.0, True), (-50.0, False)])
def test_right_is_wider_and_left_narrower(across: float, wider: bool) -> None:
    assert (WindowDrag(Window(40.0, 400.0), CT).moved(across, 0.0).width > 400.0) == wider


def test_up_is_brighter() -> None:
    """A lower centre makes everything brighter (BIR 14); up is towards smaller y."""
    assert WindowDrag(Window(40.0, 400.0), CT).moved(0.0, -30.0) == Window(0.0, 400.0)


def test_no_drag_over_a_byte_image_makes_a_window_many_times_its_range() -> None:
    wide = WindowDrag(GREYS, BYTE).moved(THIRD_OF_A_SCREEN, 0.0)
    assert 256.0 < wide.width < 1.6 * 256.0
    assert WindowDrag(GREYS, BYTE).moved(10.0, 0.0).width == pytest.approx(258.1, abs=0.2)


def test_a_byte_window_moves_by_less_than_a_grey_with_each_pixel() -> None:
    before, after = WindowDrag(GREYS, BYTE).moved(0.0, 10.0), WindowDrag(GREYS, BYTE).moved(0.0, 11.0)
    assert 0.0 < after.center - before.center < 1.0


def test_a_window_much_too_wide_narrows_fast_and_its_centre_moves_as_suits_the_image() -> None:
    lost = Window(30_000.0, 60_000.0)
    assert WindowDrag(lost, BYTE).moved(-290.0, 0.0).width == pytest.approx(2000.0)
    assert WindowDrag(lost, BYTE).moved(0.0, -100.0).center == pytest.approx(30_000.0 - 85.0)
    assert WindowDrag(lost, BYTE).moved(300.0, 0.0).width < 1.01 * lost.width


def test_within_the_range_of_the_image_the_pace_is_the_windows_own() -> None:
    brain, bone = WindowDrag(Window(40.0, 80.0), CT), WindowDrag(Window(400.0, 2000.0), CT)
    assert brain.moved(30.0, 0.0).width == pytest.approx(88.0)
    assert bone.moved(30.0, 0.0).width == pytest.approx(2200.0)
    assert brain.moved(0.0, 30.0).center == pytest.approx(48.0)


def test_fractions_are_kept_where_values_are_fractions() -> None:
    adc = WindowDrag(Window(0.0015, 0.003, "", "LINEAR_EXACT"), 0.004)
    assert adc.moved(3.0, 3.0) == Window(0.00153, 0.00303, "", "LINEAR_EXACT")


def test_a_window_never_ends_up_without_a_width() -> None:
    for start in (GREYS, replace(GREYS, function="LINEAR_EXACT"), Window(2.5, 5.0, "", "SIGMOID")):
        assert WindowDrag(start, BYTE).moved(-5000.0, 0.0).width >= (1.0 if start.function == "LINEAR" else 1e-9)
        assert WindowDrag(start, BYTE, clamped=True).moved(-5000.0, 0.0).width > 0.0


def test_out_and_back_is_where_it_began() -> None:
    start = Window(3.5, 7.0, "", "LINEAR_EXACT")
    for clamped in (False, True):
        assert WindowDrag(start, 50.0, clamped).moved(0.0, 0.0) == start


@pytest.mark.parametrize(("across", "down"), [(30.0, 0.0), (0.0, 30.0)])
def test_a_clamped_window_keeps_zero_and_moves_its_upper_end(across: float, down: float) -> None:
    moved = WindowDrag(Window(3.5, 7.0, "SUV 0–7", "LINEAR_EXACT"), 40.0, clamped=True).moved(across, down)
    assert list(ends(moved)) == pytest.approx([0.0, 7.7])
    upwards = WindowDrag(Window(3.5, 7.0, "", "LINEAR_EXACT"), 40.0, clamped=True).moved(-across, -down)
    assert list(ends(upwards)) == pytest.approx([0.0, 6.3])


def test_a_clamped_drag_of_a_window_below_zero_is_a_plain_one() -> None:
    start = Window(-500.0, 200.0, "", "LINEAR_EXACT")
    assert WindowDrag(start, CT, clamped=True).moved(30.0, 0.0) == Window(-500.0, 220.0, "", "LINEAR_EXACT")


def shown(**values: Any) -> tuple[Image, PlanarImage]:
    made = image(**values)
    return Image(record(made), frame(made)), PlanarImage(frame(made).plane, made.pixel_array, frame(made).rescale)


def test_the_span_is_what_the_bits_can_hold_in_modality_values() -> None:
    assert span_of(*shown(BitsStored=8, HighBit=7, RescaleSlope="1", RescaleIntercept="0")) == 255.0
    assert span_of(*shown(BitsStored=12, HighBit=11, RescaleSlope="0.5", RescaleIntercept="-1024")) == 2047.5


def test_the_span_of_a_lookup_is_that_of_its_entries() -> None:
    taken, numbers = shown()
    table = replace(taken.frame.rescale, lookup=Lookup(0, b"\0\0\xff\0", 10))
    assert span_of(replace(taken, frame=replace(taken.frame, rescale=table)), numbers) == 1023.0


def test_the_span_of_floating_numbers_is_what_there_is() -> None:
    taken, numbers = shown(RescaleSlope="2", RescaleIntercept="0")
    assert taken.instance.pixel_format is not None
    form = replace(taken.instance.pixel_format, is_float=True)
    floating = replace(taken, instance=replace(taken.instance, pixel_format=form))
    values = np.array([[0.25, np.nan], [1.0, np.inf]], dtype=np.float32)
    assert span_of(floating, replace(numbers, stored=values)) == 1.5
    assert span_of(floating, replace(numbers, stored=np.zeros((2, 2), np.float32))) == 1.0
    assert span_of(floating, None) == float("inf")
