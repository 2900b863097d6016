"""What a file draws over its image and blanks around it is seen, can be left out, and changes no number."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor

from tests.ui.job.conftest import Start
from tests.ui.job.driver import Driver
from viewer_app.phantom.blocks import axial_plane
from viewer_app.phantom.dicom import image_dataset, write_series
from viewer_app.ui.style import DARK

_SIZE, _GREY = 32, 0x80
ALT = Qt.KeyboardModifier.AltModifier


def _write(folder: Path) -> None:
    """A grey square image with a drawn block in the middle, blanked to the left of column 9."""
    stored = np.full((_SIZE, _SIZE), 2048, dtype=np.uint16)
    drawn = np.zeros((_SIZE, _SIZE), dtype=np.uint8)
    drawn[12:20, 12:20] = 1
    image = image_dataset(
        stored,
        axial_plane((0.0, 0.0, 0.0), 1.0, 1.0),
        WindowCenter="1024",
        WindowWidth="2048",
        ShutterShape="RECTANGULAR",
        ShutterLeftVerticalEdge=9,
        ShutterRightVerticalEdge=_SIZE,
        ShutterUpperHorizontalEdge=1,
        ShutterLowerHorizontalEdge=_SIZE,
    )
    block = {0x10: ("US", _SIZE), 0x11: ("US", _SIZE), 0x40: ("CS", "G"), 0x50: ("SS", [1, 1]), 0x100: ("US", 1)}
    block |= {0x102: ("US", 0), 0x3000: ("OW", np.packbits(drawn, bitorder="little").tobytes())}
    for element, (vr, value) in block.items():
        image.add_new(0x6000 << 16 | element, vr, value)
    write_series(folder, [image])


def _colour(driver: Driver, column: float, row: float) -> str:
    across, down = driver.spot_of((column, row, 0.0))
    picture = driver.canvas.grab().toImage()
    scale = picture.devicePixelRatio()
    return QColor(picture.pixel(round(across * scale), round(down * scale))).name()


def test_overlays_and_shutter_come_and_go_with_a_key(start: Start, tmp_path: Path) -> None:
    _write(tmp_path / "study")
    driver = start(tmp_path / "study")
    driver.wait_for_image()
    driver.wait_for_rest()
    image = driver.study.current_image()
    assert image is not None
    assert image.value_at(15, 15) == 1024.0
    assert image.value_at(15, 4) == 1024.0
    grey = _colour(driver, 25, 22)
    assert abs(int(grey[1:3], 16) - _GREY) <= 1
    assert (_colour(driver, 15.5, 15.5), _colour(driver, 4, 22)) == (DARK.drawing, "#000000")
    driver.key(Qt.Key.Key_O, ALT)
    assert (_colour(driver, 15.5, 15.5), _colour(driver, 4, 22)) == (grey, grey)
    driver.key(Qt.Key.Key_O, ALT)
    assert (_colour(driver, 15.5, 15.5), _colour(driver, 4, 22)) == (DARK.drawing, "#000000")
