"""H46 in the window: a twin says on the picture that it cannot be measured, and a try is refused in words."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt

from tests.session.test_h46_twins import written
from tests.ui.job.conftest import Start
from viewer_app.imaging.study import TWIN
from viewer_app.ui.views.foreground import foreground_of


def test_drawing_on_a_twin_is_refused(start: Start, tmp_path: Path) -> None:
    driver = start(written(tmp_path / "images"))
    driver.wait_for_image()
    driver.study.show(driver.study.stacks[1])
    driver.wait_for_rest()
    viewport = driver.viewport
    shown = foreground_of(driver.viewport.tile, viewport.camera, viewport.manner.density, None, hidden=False)
    assert shown is not None and shown.corners.badges == (TWIN,)
    driver.key(Qt.Key.Key_D)
    driver.hold(driver.part(0.45, 0.5), driver.part(0.55, 0.5))
    assert viewport.marks() == ()
    driver.release(driver.part(0.55, 0.5))
    assert driver.records == ()
    assert TWIN in driver.message
    driver.study.show(driver.study.stacks[0])
    driver.wait_for_rest()
    driver.drag(driver.part(0.45, 0.5), driver.part(0.55, 0.5))
    assert len(driver.records) == 1
