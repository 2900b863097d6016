"""Oblique planes as tests set them up: an MPR, turned, one of whose views takes mouse and keys."""

from __future__ import annotations

from PySide6.QtCore import Qt

from tests.ui.job.driver import Driver, settle
from viewer_app.session.reconstructing import Mpr


def mpr_of(driver: Driver) -> Mpr:
    """The three planes of which the active view is one."""
    found = driver.study.active.mpr
    assert found is not None
    return found


def turn_the_planes(driver: Driver, angle: float) -> None:
    """Three planes, turned by an angle (radians) about the normal of the active one; the second takes keys then."""
    driver.key(Qt.Key.Key_M)
    driver.wait_for_rest()
    driver.study.layout.set(mpr_of(driver).rotated(angle))
    driver.window.viewports.activate(1)
    settle()
    driver.wait_for_rest()
