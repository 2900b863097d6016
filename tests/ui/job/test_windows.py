"""Dragging the window of images whose values are unusual: a VOI LUT, and numbers far below one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt

from tests.imaging.luts import lut_item
from tests.sources.places import write_study
from tests.ui.job.conftest import Start
from tests.ui.job.driver import Driver
from viewer_app.imaging.headers import Window


def opened(start: Start, folder: Path, **values: Any) -> Driver:
    driver = start(write_study(folder, "one", **values))
    driver.wait_for_image()
    driver.wait_for_rest()
    return driver


def dragged(driver: Driver) -> Window:
    driver.key(Qt.Key.Key_W)
    driver.drag(driver.part(0.4, 0.5), driver.part(0.5, 0.5))
    assert driver.view.window is not None
    return driver.view.window


def test_a_voi_lut_becomes_a_window_over_the_values_at_which_it_changes(start: Start, tmp_path: Path) -> None:
    driver = opened(start, tmp_path / "images", VOILUTSequence=[lut_item(list(range(256)), 900, 8, signed=True)])
    before = driver.study.window()
    assert before is not None
    assert (before.function, before.center, before.width) == ("LUT", 1028.0, 256.0)
    after = dragged(driver)
    assert (after.function, after.lookup, after.center) == ("LINEAR", None, 1028.0)
    assert after.width > 256


@pytest.mark.parametrize("size", ["0.0001", "2", "40000"])
def test_a_drag_moves_windows_of_any_size_alike(start: Start, tmp_path: Path, size: str) -> None:
    made = {"WindowCenter": "0", "WindowWidth": size, "VOILUTFunction": "LINEAR_EXACT"}
    deep = {"BitsStored": 16, "HighBit": 15}  # beyond what an image can hold, a window grows more slowly
    driver = opened(start, tmp_path / "images", **made, **deep)
    after = dragged(driver)
    driver.key(Qt.Key.Key_Escape)
    across = (driver.part(0.5, 0.5)[0] - driver.part(0.4, 0.5)[0]) / 300
    assert after.width / float(size) == pytest.approx(1 + across, rel=0.02)
