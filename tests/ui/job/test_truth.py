"""What the window and a script measure on the sample study is what the sample study was drawn with."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt

from tests.ui.job.driver import Driver
from viewer_app.phantom import SAMPLE_CT_SERIES_UID, SAMPLE_TRUTH, Truth
from viewer_app.scripting import measure, open_study

LENGTHS = [truth for truth in SAMPLE_TRUTH if truth.series == "ct" and truth.kind == "length"]
ACROSS = [truth for truth in LENGTHS if truth.points_mm[0][2] == truth.points_mm[1][2]]


def test_there_are_lengths_to_measure() -> None:
    assert len(LENGTHS) >= 8
    assert len(ACROSS) >= 4


@pytest.mark.parametrize("truth", ACROSS, ids=lambda truth: truth.key)
def test_mouse_on_the_end_points_tells_the_true_length(caliper: Driver, truth: Truth) -> None:
    stack = caliper.study.stacks[0]
    assert stack.info.series_uid == SAMPLE_CT_SERIES_UID
    heights = [abs(float(image.plane.height(truth.points_mm[0])[0])) for image in stack.images]
    caliper.study.show(stack, heights.index(min(heights)))
    caliper.key(Qt.Key.Key_D)
    start, end = (caliper.spot_of(point) for point in truth.points_mm)
    caliper.drag(start, end)
    screen_pixel_mm = 1 / caliper.viewport.camera.scale
    (made,) = caliper.records
    assert made.values[0].number == pytest.approx(truth.number, abs=screen_pixel_mm)
    assert made.values[0].unit == truth.unit


@pytest.mark.parametrize("truth", LENGTHS, ids=lambda truth: truth.key)
def test_script_with_the_exact_points_tells_the_true_length(sample: Path, truth: Truth) -> None:
    with open_study(sample) as study:
        series = next(series for series in study.series if series.info.series_uid == SAMPLE_CT_SERIES_UID)
        value = measure("distance", series, truth.points_mm)["length"]
    assert value.number == pytest.approx(truth.number, rel=1e-9)
    assert value.unit == "mm"
