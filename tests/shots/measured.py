"""Measuring: one image with its marks, several kinds with the wide table, a profile, a volume grown from a seed."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from PySide6.QtWidgets import QTabWidget, QWidget

from tests.shots.studio import POINTS, Studio
from viewer_app.imaging.geometry import Vector

_LEVEL = -10.0
_TO_THE_EDGE = 450.0  # HU; half way from the nodule to the lung
_LOWER, _LOWER_EDGE = POINTS["ct-nodule-b-area"]


def main_window(studio: Studio) -> QWidget:
    """The CT at nodule A, with a distance over it and a probe in a rod of the insert."""
    hand, nodule = studio.hand, POINTS["ct-nodule-a-diameter"]
    (x, y, _), _ = POINTS["ct-rod-200"]
    hand.press("open_sample")
    hand.go_to(nodule[0])
    hand.press("window_preset_4")
    hand.enlarge((0.0, 10.0, nodule[0][2]), 2.0)
    hand.draw("distance", nodule, "Nodule A")
    hand.draw("probe", [(x, y, nodule[0][2])], "Rod 200")
    hand.press("cancel_or_reset")  # nothing is selected any more
    hand.point_at((0.0, -60.0, nodule[0][2]))
    return studio.window


def lung(studio: Studio) -> QWidget:
    """Nodule B in the lung window, enlarged, with what was measured before."""
    main_window(studio)
    hand, nodule = studio.hand, POINTS["ct-nodule-b-diameter"]
    center, _ = POINTS["ct-nodule-b-area"]
    hand.go_to(center)
    hand.press("window_preset_7")
    hand.enlarge(center, 7.0)
    hand.draw("distance", nodule, "Nodule B")
    hand.point_at((center[0] - 20, center[1], center[2]))
    return studio.window


def table(studio: Studio) -> QWidget:
    """Chest at one level: both diameters of the aorta, a rod, a length between rods; the table wide, by kind."""
    _measured(studio)
    studio.hand.press("wide_table")
    studio.hand.point_at((0.0, -60.0, _LEVEL))
    return studio.window


def profile(studio: Studio) -> QWidget:
    """The values along the distance between the rods."""
    hand, window = studio.hand, studio.window
    _measured(studio)
    tabs = next(tabs for tabs in window.findChildren(QTabWidget) if tabs.indexOf(window.plot) >= 0)
    tabs.setCurrentWidget(window.plot)
    hand.wait()
    return window


def volume(studio: Studio) -> QWidget:
    """Nodule B, grown from a seed in the lung window."""
    hand, window = studio.hand, studio.window
    hand.press("open_sample")
    hand.go_to(_LOWER)
    hand.press("window_preset_7")
    hand.enlarge(_LOWER, 7.0)
    hand.press("volume_grow")
    window.volume_bar.tolerance.setValue(_TO_THE_EDGE)
    hand.click(_LOWER)
    hand.name("Nodule B")
    hand.point_at((_LOWER_EDGE[0] + 8.0, _LOWER[1] + 8.0, _LOWER[2]))
    return window


def _measured(studio: Studio) -> None:
    hand = studio.hand
    hand.press("open_sample")
    hand.go_to((0.0, 0.0, _LEVEL))
    hand.press("window_preset_4")
    hand.press("fit")
    (left, y, z), (right, _, _) = POINTS["ct-aorta"]
    middle, half = (left + right) / 2, (right - left) / 2
    across = [(left, y, z), (right, y, z), (middle, y - half, z), (middle, y + half, z)]
    hand.draw("two_diameters", across, "Aorta")
    hand.draw("ellipse", _box(POINTS["ct-rod-400"][0], 7.0), "Rod 400")
    hand.draw("ellipse", _box(POINTS["ct-rod-0"][0], 7.0), "Rod 0")
    hand.draw("distance", _at(_LEVEL, *POINTS["ct-rods-0-6"]), "Rods")


def _box(center: Vector, half: float) -> list[Vector]:
    x, y, _ = center
    return [(x - half, y - half, _LEVEL), (x + half, y + half, _LEVEL)]


def _at(level: float, *points: Vector) -> list[Vector]:
    return [(x, y, level) for x, y, _ in points]


MEASURED: Mapping[str, Callable[[Studio], QWidget]] = {"table": table, "profile": profile, "volume": volume}
