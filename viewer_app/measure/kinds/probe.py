"""The value under a point, and the statistics of a small disc around it."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from viewer_app.imaging.geometry import Floats
from viewer_app.imaging.volume import PlanarImage
from viewer_app.measure.kind import FreePoints, Gesture, Images, Number, Outline, image_of
from viewer_app.measure.measurement import Figure
from viewer_app.measure.pixels import COUNT, MOMENTS, ORDERS, pixel_numbers
from viewer_app.measure.quantity import Dimension, Quantity
from viewer_app.measure.region import Footprint, disc_footprint, disc_mask, disc_pixels
from viewer_app.measure.statistics import statistics

DISC_RADIUS = 2.5
"""Radius of the disc in the plane's unit: 2.5 mm, or 2.5 pixels on an image without a scale."""

_ARM_PX = 4.0


class Probe(FreePoints):
    """Modality value of the pixel under the point; the statistics of the disc, its SD with n - 1 (C27-C29)."""

    name, title, shortcut, icon = "probe", "Value probe", "P", "probe"
    gesture, min_points, max_points = Gesture.CLICKS, 1, 1
    no_shape = ""
    quantities = (
        Quantity("value", "Value", Dimension.PIXEL_VALUE),
        *MOMENTS,
        *ORDERS,
        COUNT,
    )

    def outline(self, points: Floats, mm_per_pixel: float) -> Outline:
        """A cross of constant size on the screen, and the disc as a helper."""
        (center,) = points
        arm = _ARM_PX * mm_per_pixel
        across, down = np.array([arm, 0.0]), np.array([0.0, arm])
        turns = np.linspace(0.0, 2 * math.pi, 49)
        circle = center + DISC_RADIUS * np.stack([np.cos(turns), np.sin(turns)], axis=1)
        return Outline(
            lines=(np.array([center - across, center + across]), np.array([center - down, center + down])),
            helpers=(circle,),
        )

    def evaluate(self, figures: Sequence[Figure], images: Images) -> dict[str, Number]:
        """Numbers from the image the figure refers to, never from the screen."""
        figure = figures[0]
        image = image_of(figure, images)
        if image is None:
            return self._all_none("the image is not loaded")
        if image.is_colour:
            return self._all_none("a colour image has no values")
        return self._measure(figure, image)

    def footprint(self, figure: Figure, image: PlanarImage) -> Footprint:
        """The pixels of `image` inside the disc."""
        return disc_footprint(*_disc(figure, image), (image.stored.shape[0], image.stored.shape[1]))

    def _measure(self, figure: Figure, image: PlanarImage) -> dict[str, Number]:
        values = image.modality_values()
        (column, row), radii = _disc(figure, image)
        mask = disc_mask((values.shape[0], values.shape[1]), (column, row), radii)
        drawn = disc_pixels((column, row), radii)
        disc = pixel_numbers(statistics(values, mask), drawn, "disc")
        told = {quantity.key: disc[quantity.key] for quantity in (*MOMENTS, *ORDERS, COUNT)}
        return {"value": _value_at(values, column, row), **told}

    def _all_none(self, note: str) -> dict[str, Number]:
        return {quantity.key: Number(None, note) for quantity in self.quantities}


def _disc(figure: Figure, image: PlanarImage) -> tuple[tuple[float, float], tuple[float, float]]:
    """Centre and radii (column, row), in pixels of the image."""
    ((column, row),) = image.plane.to_pixels(figure.points).tolist()
    return (column, row), (DISC_RADIUS / figure.plane.column_spacing, DISC_RADIUS / figure.plane.row_spacing)


def _value_at(values: Floats, column: float, row: float) -> Number:
    """The pixel that contains the point; a point on a border belongs to the next pixel."""
    place = math.floor(row + 0.5), math.floor(column + 0.5)
    if not (0 <= place[0] < values.shape[0] and 0 <= place[1] < values.shape[1]):
        return Number(None, "outside the image")
    value = float(values[place])
    return Number(value) if math.isfinite(value) else Number(None, "no pixel here (padding)")
