"""Cobb angle of two end plates."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from pydicom.sr.codedict import codes

from viewer_app.imaging.geometry import Floats
from viewer_app.measure.angles import angle_between
from viewer_app.measure.kind import FreePoints, Gesture, Images, Number, Outline
from viewer_app.measure.measurement import Figure
from viewer_app.measure.quantity import Dimension, Quantity


class Cobb(FreePoints):
    """Angle between two lines without direction, 0 to 90 degrees, and its supplement; 0 where parallel (C34)."""

    name, title, shortcut, icon = "cobb", "Cobb angle", "Alt+C", "cobb"
    gesture, min_points, max_points = Gesture.CLICKS, 2, 4
    quantities = (
        Quantity("cobb", "Cobb angle (0 to 90)", Dimension.ANGLE, codes.SCT.CobbAngle),
        Quantity("supplement", "Supplement", Dimension.ANGLE),
    )

    def outline(self, points: Floats, mm_per_pixel: float) -> Outline:
        """Both lines, and a thin one between their middles."""
        if len(points) < 4:
            return Outline(lines=(points[:2],))
        middles = np.array([points[:2].mean(axis=0), points[2:].mean(axis=0)])
        return Outline(lines=(points[:2], points[2:]), helpers=(middles,))

    def evaluate(self, figures: Sequence[Figure], images: Images) -> dict[str, Number]:
        """`cobb` and `supplement` in degrees."""
        points = np.asarray(figures[0].points)
        if len(points) < 4:
            return dict.fromkeys(("cobb", "supplement"), Number(None, "the second line is missing"))
        angle = angle_between(points[1] - points[0], points[3] - points[2])
        if angle is None:
            return dict.fromkeys(("cobb", "supplement"), Number(None, "a line has no length"))
        return {"cobb": Number(min(angle, 180 - angle)), "supplement": Number(max(angle, 180 - angle))}

    def anchor(self, index: int) -> int | None:
        """Each segment by itself; the third point begins one."""
        return index ^ 1
