"""On screens with more pixels than points the sampler draws each of them: at 1:1 a pixel of the image is one."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtGui import QImage

from tests.ui.hidpi import HIGH, SIDE, checkerboard, write_checkerboard

ROOT = Path(__file__).resolve().parents[3]


@pytest.mark.parametrize("factor", ["1", "1.5", "2"])
def test_a_checkerboard_of_single_pixels_is_exact(sample: Path, tmp_path: Path, factor: str) -> None:
    write_checkerboard(sorted((sample / "ct").iterdir())[0], tmp_path / "board")
    picture = tmp_path / "seen.png"
    places = [str(tmp_path / "board"), str(tmp_path / "store"), str(picture)]
    done = subprocess.run(
        [sys.executable, "-m", "tests.ui.hidpi", *places],
        cwd=ROOT,
        env=os.environ | {"QT_SCALE_FACTOR": factor, "QT_QPA_PLATFORM": "offscreen"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout.splitlines()[-1])
    assert told["ratio"] == float(factor)
    # Points are counted from the corner of the first pixel, so its middle is half a pixel further.
    left, top = (place - 0.5 for place in told["first"])
    assert (left, top) == pytest.approx((round(left), round(top)), abs=1e-6)
    image = QImage(str(picture)).convertToFormat(QImage.Format.Format_Grayscale8)
    seen = np.array(image.constBits(), dtype=np.uint8).reshape(image.height(), image.bytesPerLine())
    board = seen[round(top) : round(top) + SIDE, round(left) : round(left) + SIDE]
    np.testing.assert_array_equal(board, np.where(checkerboard() == HIGH, 255, 0))
