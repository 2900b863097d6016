"""A word at a place."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from viewer_app.imaging.geometry import Floats
from viewer_app.measure.kind import FreePoints, Gesture, Images, Number, Outline
from viewer_app.measure.measurement import Figure
from viewer_app.measure.quantity import Quantity

_REACH_PX = 4.0
_DIAMOND = np.array([(0, -1), (1, 0), (0, 1), (-1, 0), (0, -1)], dtype=np.float64)


class TextNote(FreePoints):
    """A point whose label is the note. It has no number."""

    name, title, shortcut, icon = "text_note", "Text note", "B", "text-note"
    gesture, min_points, max_points = Gesture.CLICKS, 1, 1
    quantities: tuple[Quantity, ...] = ()

    def outline(self, points: Floats, mm_per_pixel: float) -> Outline:
        """A diamond of constant size on the screen, to be seen and grabbed by."""
        return Outline(lines=(points[0] + _REACH_PX * mm_per_pixel * _DIAMOND,))

    def evaluate(self, figures: Sequence[Figure], images: Images) -> dict[str, Number]:
        """Nothing: a note measures nothing."""
        return {}
