"""A polygon of any number of corners."""

from __future__ import annotations

from viewer_app.imaging.geometry import Floats
from viewer_app.measure.area import AreaKind
from viewer_app.measure.kind import OPEN_ENDED, Gesture
from viewer_app.measure.shapes import Loop


class Polygon(AreaKind):
    """Straight lines from corner to corner, and from the last to the first."""

    name, title, shortcut, icon = "polygon", "Polygon", "N", "polygon"
    gesture, min_points, max_points = Gesture.CLICKS, 3, OPEN_ENDED

    def shape(self, points: Floats, pixel: float) -> Loop:
        """The polygon itself."""
        return Loop.of(points)
