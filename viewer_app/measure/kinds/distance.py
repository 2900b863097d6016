"""Distance between two points."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from pydicom.sr.codedict import codes

from viewer_app.imaging.geometry import Floats
from viewer_app.measure.kind import FreePoints, Gesture, Images, Number, Outline
from viewer_app.measure.measurement import Figure
from viewer_app.measure.quantity import Dimension, Quantity


class Distance(FreePoints):
    """Straight length between two points, from their patient coordinates (C01, C10, C14)."""

    name, title, shortcut, icon = "distance", "Distance", "D", "distance"
    gesture, min_points, max_points = Gesture.CLICKS, 2, 2
    quantities = (Quantity("length", "Length", Dimension.LENGTH, codes.SCT.Length),)

    def outline(self, points: Floats, mm_per_pixel: float) -> Outline:
        """The line itself."""
        return Outline(lines=(points,))

    def evaluate(self, figures: Sequence[Figure], images: Images) -> dict[str, Number]:
        """`length`, in the plane's unit."""
        start, end = np.asarray(figures[0].points)
        return {"length": Number(float(np.linalg.norm(end - start)))}
