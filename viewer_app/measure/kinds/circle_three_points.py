"""The circle through three points."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from pydicom.sr.codedict import codes

from viewer_app.imaging.geometry import Floats
from viewer_app.measure.area import AREA, CIRCUMFERENCE, PIXELS, AreaKind
from viewer_app.measure.kind import Gesture
from viewer_app.measure.quantity import Dimension, Quantity
from viewer_app.measure.shapes import Oval

_FLAT = 1e-6  # height of a triangle over its longest side: what is flatter makes no circle that means anything


class CircleThreePoints(AreaKind):
    """Through three points of an edge, of which one need not see all: a femoral head, a vessel wall."""

    name, title, shortcut, icon = "circle_three_points", "Circle through 3 points", "Alt+E", "circle-three-points"
    gesture, min_points, max_points = Gesture.CLICKS, 3, 3
    needs_square_pixels = True
    quantities = (
        AREA,
        CIRCUMFERENCE,
        Quantity("diameter", "Diameter", Dimension.LENGTH, codes.SCT.Diameter),
        *PIXELS,
    )
    no_shape = "the three points lie in one line"

    def shape(self, points: Floats, pixel: float) -> Oval | None:
        """The circle around the triangle; None if it is flat."""
        if len(points) < 3:
            return None
        b, c = points[1] - points[0], points[2] - points[0]
        turn = 2 * float(b[0] * c[1] - b[1] * c[0])
        longest = max(float(side @ side) for side in (b, c, c - b))
        if abs(turn) <= 2 * _FLAT * longest:
            return None
        middle = np.array([c[1] * (b @ b) - b[1] * (c @ c), b[0] * (c @ c) - c[0] * (b @ b)]) / turn
        radius = float(np.linalg.norm(middle))
        return Oval(points[0] + middle, radius, radius)

    def anchor(self, index: int) -> int | None:
        """None: the points lie on an edge."""
        return None

    def lengths(self, points: Floats) -> Mapping[str, float]:
        """The diameter."""
        circle = self.shape(points, 1.0)
        return {} if circle is None else {"diameter": 2 * circle.across}
