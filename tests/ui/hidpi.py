"""What the window shows of a checkerboard, at the scale factor of the environment.

`python -m tests.ui.hidpi FOLDER STORE PICTURE` writes the device pixels of the viewport as they are on the screen, at
one of them for each pixel of the image, and prints their ratio and where the first pixel of the image lies.
"""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pydicom
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication

from tests.ui.job.driver import Driver, settle
from tests.ui.job.hand import draw
from viewer_app.measure.kinds import KINDS
from viewer_app.ui.style import DARK, apply_style
from viewer_app.ui.views.corner_text import Density

SIDE = 301
LOW, HIGH = 0, 1000


def checkerboard() -> np.ndarray:
    """Squares of one pixel, (rows, columns)."""
    return np.where(np.indices((SIDE, SIDE)).sum(axis=0) % 2, HIGH, LOW).astype(np.int16)


def write_checkerboard(like: Path, folder: Path) -> None:
    """One image of it in a new folder; the rest of its header as in `like`."""
    file = pydicom.dcmread(like)
    file.Rows = file.Columns = SIDE
    file.PixelData = checkerboard().tobytes()
    file.BitsAllocated = file.BitsStored = 16
    file.HighBit, file.PixelRepresentation = 15, 1
    file.RescaleSlope, file.RescaleIntercept = 1, 0
    file.WindowCenter, file.WindowWidth = (LOW + HIGH) / 2, (HIGH - LOW) / 2
    folder.mkdir()
    file.save_as(folder / "checkerboard.dcm")


def probed(driver: Driver) -> dict[str, Any]:
    """Where a click was, in points, the pixel it marked and the value told of it."""
    made = draw(driver, KINDS["probe"], [(0.53, 0.47)])
    ((column, row),) = driver.viewport.plane.to_pixels(made.measurement.figures[0].points)
    hit = driver.viewport.hit(driver.part(0.53, 0.47))
    told = {"click": driver.part(0.53, 0.47), "pixel": [float(column), float(row)], "value": made.values[0].number}
    return told | {"is_hit": hit is not None and hit.uid == made.measurement.uid}


def main(folder: str, store: str, target: str) -> None:
    """Show it off centre, as after a drag, and take the picture."""
    application = QApplication([])
    apply_style(application, DARK)
    with Driver(Path(store), folder) as driver:
        driver.wait_for_image()
        driver.window.actions_by_name["actual_size"].trigger()
        across, down = driver.viewport.camera.center
        driver.study.view.set(replace(driver.view, center=(across + 0.7, down - 3.3)))
        driver.viewport.manner.update(density=Density.NONE)
        settle()
        viewport = driver.viewport
        ratio, plane = viewport.devicePixelRatioF(), viewport.plane
        viewport.grab().toImage().convertToFormat(QImage.Format.Format_Grayscale8).save(target)
        ((x, y),) = viewport.camera.to_screen([(0.0, 0.0)]) * ratio
        told: dict[str, Any] = {"ratio": ratio, "first": [float(x), float(y)], "spacing": plane.column_spacing}
        sys.stdout.write(json.dumps(told | probed(driver)) + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
