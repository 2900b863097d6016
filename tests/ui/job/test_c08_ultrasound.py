"""C08 in the window: while a distance is drawn on ultrasound, its label says what will be stored."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt

from tests.imaging.test_c08_ultrasound_regions import LEFT, RIGHT, region, ultrasound
from tests.ui.job.conftest import Start
from tests.ui.job.driver import Driver
from viewer_app.phantom.dicom import write_series
from viewer_app.ui.views.foreground import foreground_of


@pytest.fixture
def scanner(start: Start, tmp_path: Path) -> Driver:
    """Caliper with one ultrasound image of two regions: 0.1 mm, and 0.5 x 0.7 mm."""
    write_series(tmp_path / "Ultrasound", [ultrasound(region(LEFT), region(RIGHT, (0.05, 0.07)))])
    driver = start(tmp_path / "Ultrasound")
    driver.wait_for_image()
    driver.wait_for_rest()
    driver.key(Qt.Key.Key_D)
    return driver


def test_c08_the_live_label_is_what_is_stored(scanner: Driver) -> None:
    start, end = scanner.spot_of((20.0, 30.0, 0.0)), scanner.spot_of((50.0, 70.0, 0.0))
    scanner.hold(start, end)
    (mark,) = scanner.viewport.marks()
    live = mark.record.values
    scanner.release(end)
    (made,) = scanner.records
    assert made.values == live
    assert (made.values[0].unit, made.values[0].provenance) == ("mm", "ultrasound region 1 of frame 1")
    assert made.values[0].number == pytest.approx(5.0, abs=0.1 / scanner.viewport.camera.scale)
    scanner.wait_saved()
    assert [item.record and item.record.values for item in scanner.stored()] == [made.values]
    assert not scanner.study.measurements.differs(made.measurement.uid)


def test_c08_over_two_regions_the_label_falls_back_to_pixels(scanner: Driver) -> None:
    start = scanner.spot_of((20.0, 30.0, 0.0))
    scanner.hold(start, scanner.spot_of((120.0, 30.0, 0.0)))
    (mark,) = scanner.viewport.marks()
    assert (mark.record.values[0].unit, mark.record.values[0].note) == ("px", "not inside one scan region")
    scanner.move(scanner.spot_of((80.0, 30.0, 0.0)))
    (mark,) = scanner.viewport.marks()
    assert (mark.record.values[0].unit, mark.record.values[0].note) == ("mm", "")
    scanner.release(scanner.spot_of((80.0, 30.0, 0.0)))


def test_c08_no_scale_is_claimed_for_the_whole_image(scanner: Driver) -> None:
    viewport = scanner.viewport
    shown = foreground_of(viewport.tile, viewport.camera, viewport.manner.density, None, hidden=False)
    assert shown is not None
    assert shown.plane.unit == "px"
    assert shown.edges is None
    assert "Lengths are in mm inside one scan region only." in shown.corners.badges
