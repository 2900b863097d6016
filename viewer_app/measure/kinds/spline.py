"""A smooth closed outline through a few points."""

from __future__ import annotations

from viewer_app.imaging.geometry import Floats
from viewer_app.measure.area import AreaKind
from viewer_app.measure.kind import OPEN_ENDED, Gesture
from viewer_app.measure.shapes import Loop, smooth_loop


class Spline(AreaKind):
    """The centripetal Catmull-Rom spline: it goes through every point."""

    name, title, shortcut, icon = "spline", "Smooth outline", "Shift+N", "spline"
    gesture, min_points, max_points = Gesture.CLICKS, 3, OPEN_ENDED
    needs_square_pixels = True

    def shape(self, points: Floats, pixel: float) -> Loop:
        """The curve."""
        return smooth_loop(points, pixel)
