"""Measuring: several kinds with the wide table, a volume grown from a seed, the profile of a distance."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from PySide6.QtWidgets import QTabWidget, QWidget

from tests.shots.studio import POINTS, Studio
from viewer_app.imaging.geometry import Vector

_LEVEL = -10.0
_LOWER, _LOWER_EDGE = POINTS["ct-nodule-b-area"]


def table(studio: Studio) -> QWidget:
    """Chest at one level: both diameters of the aorta, a rod, a length between rods; the table wide, by kind."""
    hand, window = studio.hand, studio.window
    window.resize(1600, 1000)
    window.commands.opening.place(str(studio.sample))
    hand.wait()
    hand.press("window")
    hand.go_to((0.0, 0.0, _LEVEL))
    hand.press("window_preset_4")
    hand.press("fit")
    (left, y, z), (right, _, _) = POINTS["ct-aorta"]
    middle, half = (left + right) / 2, (right - left) / 2
    across = [(left, y, z), (right, y, z), (middle, y - half, z), (middle, y + half, z)]
    hand.draw("two_diameters", across, "Aorta")
    hand.draw("ellipse", _box(POINTS["ct-rod-400"][0], 9.0), "Rod 400")
    hand.draw("ellipse", _box(POINTS["ct-rod-0"][0], 9.0), "Rod 0")
    hand.draw("distance", _at(_LEVEL, *POINTS["ct-rods-0-6"]), "Rods")
    hand.press("wide_table")
    hand.point_at((0.0, -60.0, _LEVEL))
    return window


def profile(studio: Studio) -> QWidget:
    """The values along the distance between the rods."""
    hand, window = studio.hand, studio.window
    hand.press("wide_table")
    tabs = next(tabs for tabs in window.findChildren(QTabWidget) if tabs.indexOf(window.plot) >= 0)
    tabs.setCurrentWidget(window.plot)
    hand.wait()
    return window


def volume(studio: Studio) -> QWidget:
    """Nodule B, grown from a seed in the lung window."""
    hand, window = studio.hand, studio.window
    tabs = next(tabs for tabs in window.findChildren(QTabWidget) if tabs.indexOf(window.plot) >= 0)
    tabs.setCurrentIndex(0)
    hand.go_to(_LOWER)
    hand.press("window_preset_7")
    hand.enlarge(_LOWER, 7.0)
    hand.press("volume_grow")
    hand.click(_LOWER)
    hand.point_at((_LOWER_EDGE[0] + 8.0, _LOWER[1] + 8.0, _LOWER[2]))
    return window


def _box(center: Vector, half: float) -> list[Vector]:
    x, y, _ = center
    return [(x - half, y - half, _LEVEL), (x + half, y + half, _LEVEL)]


def _at(level: float, *points: Vector) -> list[Vector]:
    return [(x, y, level) for x, y, _ in points]


MEASURED: Mapping[str, Callable[[Studio], QWidget]] = {"table": table, "profile": profile, "volume": volume}
