"""A rectangle along the rows and columns of its plane."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from viewer_app.imaging.geometry import Floats
from viewer_app.measure.area import AREA, PERIMETER, PIXELS, BoxKind
from viewer_app.measure.kind import Gesture
from viewer_app.measure.quantity import Dimension, Quantity
from viewer_app.measure.shapes import Loop


class Rectangle(BoxKind):
    """Between two opposite corners: it stays a rectangle whichever is moved."""

    name, title, shortcut, icon = "rectangle", "Rectangle", "R", "rectangle"
    gesture, min_points, max_points = Gesture.CLICKS, 2, 2
    quantities = (
        AREA,
        PERIMETER,
        Quantity("long_side", "Long side", Dimension.LENGTH),
        Quantity("short_side", "Short side", Dimension.LENGTH),
        *PIXELS,
    )

    def shape(self, points: Floats, pixel: float) -> Loop:
        """All four corners."""
        (left, top), (right, bottom) = points[0], points[-1]
        return Loop.of(np.array([(left, top), (right, top), (right, bottom), (left, bottom)]))

    def lengths(self, points: Floats) -> Mapping[str, float]:
        """Both sides."""
        short, long = sorted(np.abs(points[-1] - points[0]).tolist())
        return {"long_side": long, "short_side": short}
