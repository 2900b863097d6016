"""Distance between points on two slices or planes."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from pydicom.sr.codedict import codes

from viewer_app.imaging.geometry import Floats
from viewer_app.measure.kind import FreePoints, Gesture, Images, Number, Outline
from viewer_app.measure.measurement import Figure
from viewer_app.measure.quantity import Dimension, Quantity

_REACH_PX = 5.0


class Distance3D(FreePoints):
    """Straight length in patient mm between two points that need not lie on one plane (C10, C14)."""

    name, title, shortcut, icon = "distance_3d", "3D distance", "Alt+D", "distance-3d"
    gesture, min_points, max_points = Gesture.PLACES, 2, 2
    quantities = (Quantity("length", "Length in space", Dimension.LENGTH, codes.DCM.Distance),)

    def outline(self, points: Floats, mm_per_pixel: float) -> Outline:
        """A cross of constant size at each point, and the line where both lie on this plane."""
        reach = _REACH_PX * mm_per_pixel
        crosses = tuple(
            point + reach * np.array([(-1, turn), (1, -turn)], dtype=np.float64) for point in points for turn in (-1, 1)
        )
        return Outline(lines=(*crosses, points) if len(points) == 2 else crosses)

    def evaluate(self, figures: Sequence[Figure], images: Images) -> dict[str, Number]:
        """`length`, in the unit of the planes; None where they do not lie in one space."""
        points = np.array([point for figure in figures for point in figure.points])
        why_not = "the second point is missing" if len(points) < 2 else _why_not(figures)
        if why_not:
            return {"length": Number(None, why_not)}
        return {"length": Number(float(np.linalg.norm(points[1] - points[0])))}


def _why_not(figures: Sequence[Figure]) -> str:
    """Why points of these figures have no distance; two on one image always have."""
    if len(figures) == 1:
        return ""
    if not all(figure.plane.located for figure in figures):
        return "an image has no place in the patient"
    spaces = {figure.plane.frame_of_reference_uid for figure in figures}
    if len(spaces) > 1:
        return "the points lie in different Frames of Reference"
    return "" if spaces != {""} else "the images name no Frame of Reference"
