"""P8, C08: a line on an ultrasound screen is a length where one 2D region holds it, and otherwise none."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.made import written
from viewer_app import scripting
from viewer_app.phantom.ultrasound import SCREENS, Line

LINES: list[Any] = [
    pytest.param(name, line, id=f"{name} {number}")
    for name, make in SCREENS.items()
    for number, line in enumerate(make().lines)
]


def found_index(series: scripting.Series, line: Line, sop_instance_uid: str) -> int:
    index = series.stack.index_of(sop_instance_uid, line.frame)
    assert index is not None
    return index


def test_lengths_in_closed_form() -> None:
    """By Physical Delta of the region that holds the line, in cm a pixel."""
    for make in SCREENS.values():
        screen = make()
        for line in screen.lines:
            if line.length_mm is not None:
                regions = screen.images[line.index].SequenceOfUltrasoundRegions
                across, down = np.abs(np.subtract(*line.points))
                sizes = [10 * np.hypot(across * item.PhysicalDeltaX, down * item.PhysicalDeltaY) for item in regions]
                assert any(size == pytest.approx(line.length_mm, abs=1e-9) for size in sizes)


@pytest.mark.parametrize(("name", "line"), LINES)
def test_length_of_a_line(tmp_path: Path, name: str, line: Line) -> None:
    screen = SCREENS[name]()
    uid = str(screen.images[line.index].SOPInstanceUID)
    with written(tmp_path, screen.images) as study:
        series = next(one for one in study.series if one.stack.index_of(uid) is not None)
        index = found_index(series, line, uid)
        points = series.stack.images[index].plane.to_patient(line.points)
        length = scripting.measure("distance", series, points, index=index)["length"]
    pixels = float(np.hypot(*np.subtract(*line.points)))
    assert length.unit == ("px" if line.length_mm is None else "mm")
    assert length.number == pytest.approx(pixels if line.length_mm is None else line.length_mm, abs=1e-9)
