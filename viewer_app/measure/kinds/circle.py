"""A circle by its centre and a point on it."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from pydicom.sr.codedict import codes

from viewer_app.imaging.geometry import Floats, Vector, vector
from viewer_app.measure.area import AREA, CIRCUMFERENCE, PIXELS, AreaKind
from viewer_app.measure.kind import Gesture
from viewer_app.measure.quantity import Dimension, Quantity
from viewer_app.measure.shapes import Oval


class Circle(AreaKind):
    """Round in millimetres, also where pixels are not square. Its centre takes it along, the other point sizes it."""

    name, title, shortcut, icon = "circle", "Circle", "Shift+E", "circle"
    gesture, min_points, max_points = Gesture.CLICKS, 2, 2
    needs_square_pixels = True
    quantities = (
        AREA,
        CIRCUMFERENCE,
        Quantity("diameter", "Diameter", Dimension.LENGTH, codes.SCT.Diameter),
        *PIXELS,
    )

    def shape(self, points: Floats, pixel: float) -> Oval:
        """The circle around the first point through the last."""
        radius = float(np.linalg.norm(points[-1] - points[0]))
        return Oval(points[0], radius, radius)

    def lengths(self, points: Floats) -> Mapping[str, float]:
        """The diameter."""
        return {"diameter": 2 * float(np.linalg.norm(points[-1] - points[0]))}

    def move_point(self, points: tuple[Vector, ...], index: int, to: Vector) -> tuple[Vector, ...]:
        """The edge by itself, the centre with all the circle."""
        if index:
            return super().move_point(points, index, to)
        return to, *(vector(np.asarray(point) + np.subtract(to, points[0])) for point in points[1:])

    def anchor(self, index: int) -> int | None:
        """The edge from the centre; the centre goes anywhere."""
        return 0 if index else None
