"""Length along a line of many points."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from pydicom.sr.codedict import codes

from viewer_app.imaging.geometry import Floats
from viewer_app.measure.bounds import Half, length_bound
from viewer_app.measure.kind import OPEN_ENDED, FreePoints, Gesture, Images, Number, Outline
from viewer_app.measure.measurement import Figure
from viewer_app.measure.quantity import Dimension, Quantity


class Polyline(FreePoints):
    """Sum of the straight lengths from point to point, from their patient coordinates (C01, C14)."""

    name, title, shortcut, icon = "polyline", "Polyline", "Y", "polyline"
    gesture, min_points, max_points = Gesture.CLICKS, 2, OPEN_ENDED
    quantities = (Quantity("length", "Length", Dimension.LENGTH, codes.DCM.PathLength),)

    def outline(self, points: Floats, mm_per_pixel: float) -> Outline:
        """The line itself."""
        return Outline(lines=(points,))

    def evaluate(self, figures: Sequence[Figure], images: Images) -> dict[str, Number]:
        """`length`, in the plane's unit."""
        steps = np.diff(np.asarray(figures[0].points), axis=0)
        return {"length": Number(float(np.linalg.norm(steps, axis=1).sum()))}

    def bounds(self, figure: Figure, half: Half) -> Mapping[str, float]:
        """By its ends, and by how much it turns."""
        return {"length": length_bound(figure.plane.in_plane(figure.points), half, closed=False)}
