"""Angle between two segments that need not meet."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from pydicom.sr.codedict import codes

from viewer_app.imaging.geometry import Floats
from viewer_app.measure.angles import angle_between, arrow_head
from viewer_app.measure.kind import FreePoints, Gesture, Images, Number, Outline
from viewer_app.measure.measurement import Figure
from viewer_app.measure.quantity import Dimension, Quantity


class OpenAngle(FreePoints):
    """Angle between the directions in which two segments were drawn, 0 to 180 degrees, and its supplement (C34)."""

    name, title, shortcut, icon = "open_angle", "Open angle", "Alt+A", "open-angle"
    gesture, min_points, max_points = Gesture.CLICKS, 2, 4
    quantities = (
        Quantity("angle", "Angle as drawn", Dimension.ANGLE, codes.SCT.Angle),
        Quantity("supplement", "Supplement", Dimension.ANGLE),
    )

    def outline(self, points: Floats, mm_per_pixel: float) -> Outline:
        """Both segments, and an arrow head at the end of each, since their directions count."""
        segments = (points[:2], points[2:]) if len(points) == 4 else (points[:2],)
        heads = [arrow_head(segment[1], segment[0], mm_per_pixel) for segment in segments]
        return Outline(lines=segments, helpers=tuple(found for found in heads if found is not None))

    def evaluate(self, figures: Sequence[Figure], images: Images) -> dict[str, Number]:
        """`angle` and `supplement` in degrees."""
        points = np.asarray(figures[0].points)
        if len(points) < 4:
            return dict.fromkeys(("angle", "supplement"), Number(None, "the second segment is missing"))
        angle = angle_between(points[1] - points[0], points[3] - points[2])
        if angle is None:
            return dict.fromkeys(("angle", "supplement"), Number(None, "a segment has no length"))
        return {"angle": Number(angle), "supplement": Number(180 - angle)}

    def anchor(self, index: int) -> int | None:
        """Each segment by itself; the third point begins one."""
        return index ^ 1
