"""What marks are under the pointer when the window goes to a screen of another scale in mid-gesture.

`python -m tests.ui.two_screens FOLDER STORE` draws a distance, drags its end from the first screen to the second, whose
pixels are smaller, and back in a second drag, and prints what was told and what was true after each.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication

from tests.ui.job.driver import Driver, settle
from tests.ui.job.hand import draw
from viewer_app.measure.kinds import KINDS
from viewer_app.ui.style import DARK, apply_style


def go_to_screen(driver: Driver, number: int) -> None:
    """As the window system moves a window: it learns of its new pixels by events alone."""
    corner = QGuiApplication.screens()[number].availableGeometry().topLeft()
    driver.window.move(corner.x() + 10, corner.y() + 10)
    driver.wait_until(lambda: driver.window.screen() is QGuiApplication.screens()[number], "the other screen")
    settle()


def dragged(driver: Driver, to_screen: int, share: tuple[float, float]) -> dict[str, Any]:
    """Drag the end of the distance, and change the screen before the button is let go."""
    (before,) = driver.records
    grip, spot = driver.handle(before, 1), driver.part(*share)
    driver.hold(grip, (grip[0] + 15, grip[1] + 15))
    go_to_screen(driver, to_screen)
    spot = driver.part(*share)
    driver.move(spot)
    driver.release(spot)
    (after,) = driver.records
    first, second = (np.asarray(point) for point in after.measurement.figures[0].points)
    hit = driver.viewport.hit(spot)
    off = np.linalg.norm(second - driver.viewport.patient_point(spot)) * driver.viewport.camera.scale
    return {
        "ratio": driver.viewport.devicePixelRatioF(),
        "off_px": float(off),
        "kept": after.measurement.figures[0].points[0] == before.measurement.figures[0].points[0],
        "hit": None if hit is None else [hit.uid == after.measurement.uid, hit.handle],
        "number": after.values[0].number,
        "truth": float(np.linalg.norm(second - first)),
    }


def main(folder: str, store: str) -> None:
    """On a platform with two screens."""
    application = QApplication([])
    apply_style(application, DARK)
    with Driver(Path(store), folder) as driver:
        driver.wait_for_image()
        driver.wait_for_rest()
        go_to_screen(driver, 0)
        draw(driver, KINDS["distance"])
        told = [dragged(driver, 1, (0.7, 0.3)), dragged(driver, 0, (0.55, 0.7))]
        sys.stdout.write(json.dumps(told) + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
