"""An arrow that points at something."""

from __future__ import annotations

from collections.abc import Sequence

from viewer_app.imaging.geometry import Floats
from viewer_app.measure.angles import arrow_head
from viewer_app.measure.kind import FreePoints, Gesture, Images, Number, Outline
from viewer_app.measure.measurement import Figure
from viewer_app.measure.quantity import Quantity


class Arrow(FreePoints):
    """From its tip, the first point, to its tail. It has no number; the label says what is meant."""

    name, title, shortcut, icon = "arrow", "Arrow", "Alt+B", "arrow"
    gesture, min_points, max_points = Gesture.CLICKS, 2, 2
    quantities: tuple[Quantity, ...] = ()

    def outline(self, points: Floats, mm_per_pixel: float) -> Outline:
        """The shaft, and the head at the tip."""
        head = arrow_head(points[0], points[1], mm_per_pixel)
        if head is None:
            return Outline(lines=(points,))
        return Outline(lines=(points, head), bare=frozenset({0}))

    def evaluate(self, figures: Sequence[Figure], images: Images) -> dict[str, Number]:
        """Nothing: an arrow measures nothing."""
        return {}
