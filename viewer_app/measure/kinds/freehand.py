"""An outline drawn with the button held down."""

from __future__ import annotations

from viewer_app.imaging.geometry import Floats, Plane, Vector
from viewer_app.measure.area import AreaKind
from viewer_app.measure.kind import OPEN_ENDED, Gesture
from viewer_app.measure.shapes import Loop, smooth_loop
from viewer_app.measure.stroke import thinned


class Freehand(AreaKind):
    """A smooth curve through the places of the mouse, so that it does not matter how often they were taken (C35)."""

    name, title, shortcut, icon = "freehand", "Freehand", "F", "freehand"
    gesture, min_points, max_points = Gesture.STROKE, 3, OPEN_ENDED
    needs_square_pixels = True

    def shape(self, points: Floats, pixel: float) -> Loop:
        """The curve."""
        return smooth_loop(points, pixel)

    def finished(self, points: tuple[Vector, ...], plane: Plane) -> tuple[Vector, ...]:
        """The few points of a stroke to be kept: the curve through them has all others within a tenth of a pixel."""
        kept = thinned(plane.in_plane(points), min(plane.spacing))
        return tuple(points[index] for index in kept)
