"""Angle at the second of three points."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from pydicom.sr.codedict import codes

from viewer_app.imaging.geometry import Floats
from viewer_app.measure.angles import angle_between, arc
from viewer_app.measure.kind import FreePoints, Gesture, Images, Number, Outline
from viewer_app.measure.measurement import Figure
from viewer_app.measure.quantity import Dimension, Quantity

_ARC_PX = 32.0


class Angle(FreePoints):
    """Angle between the arms at the vertex, 0 to 180 degrees, from patient coordinates (C02, C14)."""

    name, title, shortcut, icon = "angle", "Angle", "A", "angle"
    gesture, min_points, max_points = Gesture.CLICKS, 2, 3
    quantities = (Quantity("angle", "Angle", Dimension.ANGLE, codes.SCT.Angle),)

    def outline(self, points: Floats, mm_per_pixel: float) -> Outline:
        """Both arms, and the arc between them."""
        bow = arc(points[1], points[0], points[2], _ARC_PX * mm_per_pixel) if len(points) == 3 else None
        return Outline(lines=(points,), helpers=() if bow is None else (bow,))

    def evaluate(self, figures: Sequence[Figure], images: Images) -> dict[str, Number]:
        """`angle` in degrees."""
        points = np.asarray(figures[0].points)
        if len(points) < 3:
            return {"angle": Number(None, "the second arm is missing")}
        angle = angle_between(points[0] - points[1], points[2] - points[1])
        return {"angle": Number(angle, "" if angle is not None else "an arm has no length")}
