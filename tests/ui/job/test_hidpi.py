"""On screens with more pixels than points the sampler draws each of them: at 1:1 a pixel of the image is one."""

from __future__ import annotations

import json
import math
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PySide6.QtGui import QImage

from tests.ui.hidpi import HIGH, SIDE, checkerboard, write_checkerboard

ROOT = Path(__file__).resolve().parents[3]


FACTORS = pytest.mark.parametrize("factor", ["1", "1.5", "2"])


def shown(sample: Path, folder: Path, factor: str) -> dict[str, Any]:
    """What the window told at a scale factor; the picture is `seen.png` in the folder."""
    write_checkerboard(sorted((sample / "ct").iterdir())[0], folder / "board")
    places = [str(folder / "board"), str(folder / "store"), str(folder / "seen.png")]
    done = subprocess.run(
        [sys.executable, "-m", "tests.ui.hidpi", *places],
        cwd=ROOT,
        env=os.environ | {"QT_SCALE_FACTOR": factor, "QT_QPA_PLATFORM": "offscreen"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    told: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    assert told["ratio"] == float(factor)
    return told


@FACTORS
def test_a_mark_lies_where_the_hand_was(sample: Path, tmp_path: Path, factor: str) -> None:
    """At one device pixel for each of the image, the pixel under the click is the one that is marked and told."""
    told = shown(sample, tmp_path, factor)
    seen = np.multiply(told["click"], told["ratio"]) - told["first"]
    np.testing.assert_allclose(told["pixel"], seen, atol=told["ratio"] / 2 + 0.01)
    column, row = (math.floor(place + 0.5) for place in told["pixel"])
    assert told["value"] == checkerboard()[row, column]
    assert told["is_hit"]


def test_a_window_that_goes_to_a_screen_of_other_scale_in_mid_drag_keeps_the_pointer_on_the_mark(
    sample: Path, tmp_path: Path
) -> None:
    """H95. Two screens side by side, the second with twice as many pixels to a point."""
    size = {"y": 0, "width": 1600, "height": 1000, "logicalDpi": 96, "logicalBaseDpi": 96, "dpr": 1}
    screens = [{"name": "one", "x": 0, **size}, {"name": "two", "x": 1600, **size, "width": 3200, "height": 2000}]
    (tmp_path / "screens.json").write_text(json.dumps({"screens": screens}), encoding="utf-8")
    platform = f"offscreen:configfile={tmp_path / 'screens.json'}"
    done = subprocess.run(
        [sys.executable, "-m", "tests.ui.two_screens", str(sample), str(tmp_path / "store")],
        cwd=ROOT,
        env=os.environ | {"QT_SCREEN_SCALE_FACTORS": "one=1;two=2", "QT_QPA_PLATFORM": platform},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout.splitlines()[-1])
    assert [each["ratio"] for each in told] == [2.0, 1.0]
    for each in told:
        assert each["off_px"] < 1.0
        assert each["kept"]
        assert each["hit"] == [True, 1]
        assert each["number"] == pytest.approx(each["truth"], rel=1e-9)


@FACTORS
def test_a_checkerboard_of_single_pixels_is_exact(sample: Path, tmp_path: Path, factor: str) -> None:
    told = shown(sample, tmp_path, factor)
    # Points are counted from the corner of the first pixel, so its middle is half a pixel further.
    left, top = (place - 0.5 for place in told["first"])
    assert (left, top) == pytest.approx((round(left), round(top)), abs=1e-6)
    image = QImage(str(tmp_path / "seen.png")).convertToFormat(QImage.Format.Format_Grayscale8)
    seen = np.array(image.constBits(), dtype=np.uint8).reshape(image.height(), image.bytesPerLine())
    board = seen[round(top) : round(top) + SIDE, round(left) : round(left) + SIDE]
    np.testing.assert_array_equal(board, np.where(checkerboard() == HIGH, 255, 0))
