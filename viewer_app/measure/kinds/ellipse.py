"""An ellipse along the rows and columns of its plane."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from pydicom.sr.codedict import codes

from viewer_app.imaging.geometry import Floats
from viewer_app.measure.area import AREA, CIRCUMFERENCE, PIXELS, BoxKind
from viewer_app.measure.kind import Gesture, Outline
from viewer_app.measure.quantity import Dimension, Quantity
from viewer_app.measure.shapes import Oval


class Ellipse(BoxKind):
    """The largest one in the rectangle between two opposite corners."""

    name, title, shortcut, icon = "ellipse", "Ellipse", "E", "ellipse"
    gesture, min_points, max_points = Gesture.CLICKS, 2, 2
    quantities = (
        AREA,
        CIRCUMFERENCE,
        Quantity("long_diameter", "Long diameter", Dimension.LENGTH, codes.SCT.MajorAxis),
        Quantity("short_diameter", "Short diameter", Dimension.LENGTH, codes.SCT.MinorAxis),
        *PIXELS,
    )

    def shape(self, points: Floats, pixel: float) -> Oval:
        """Centre and half axes."""
        across, down = np.abs(points[-1] - points[0]).tolist()
        return Oval((points[0] + points[-1]) / 2, across / 2, down / 2)

    def lengths(self, points: Floats) -> Mapping[str, float]:
        """Both axes."""
        short, long = sorted(np.abs(points[-1] - points[0]).tolist())
        return {"long_diameter": long, "short_diameter": short}

    def outline(self, points: Floats, mm_per_pixel: float) -> Outline:
        """The curve, and around it the box whose corners are held."""
        (left, top), (right, bottom) = points[0], points[-1]
        box = np.array([(left, top), (right, top), (right, bottom), (left, bottom), (left, top)])
        return Outline(super().outline(points, mm_per_pixel).lines, helpers=(box,))
