"""Volume of an ellipsoid from three diameters."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from pydicom.sr.codedict import codes

from viewer_app.errors import VolumeError
from viewer_app.imaging.geometry import Floats
from viewer_app.measure.kind import FreePoints, Gesture, Images, Number, Outline
from viewer_app.measure.measurement import Figure
from viewer_app.measure.quantity import Dimension, Quantity
from viewer_app.measure.volumes import ellipsoid_volume

_DIAMETERS = 3


class Ellipsoid(FreePoints):
    """Each two points are a diameter; those of one figure lie on its plane, others on other slices or planes."""

    name, title, shortcut, icon = "ellipsoid", "Ellipsoid", "", "volume"
    gesture, min_points, max_points = Gesture.STACK, 2, 6
    quantities = (
        Quantity("volume", "Volume of the ellipsoid", Dimension.VOLUME, codes.SCT.Volume),
        Quantity("first", "First diameter", Dimension.LENGTH),
        Quantity("second", "Second diameter", Dimension.LENGTH),
        Quantity("third", "Third diameter", Dimension.LENGTH),
    )

    def outline(self, points: Floats, mm_per_pixel: float) -> Outline:
        """The diameters on this plane."""
        return Outline(tuple(points[place : place + 2] for place in range(0, len(points) - 1, 2)))

    def evaluate(self, figures: Sequence[Figure], images: Images) -> dict[str, Number]:
        """`volume`, pi / 6 of the product of the diameters, and each of them, from patient coordinates."""
        points = np.array([point for figure in figures for point in figure.points])
        if len(points) != 2 * _DIAMETERS:
            return {quantity.key: Number(None, "it needs three diameters") for quantity in self.quantities}
        if len({figure.plane.unit for figure in figures}) > 1:
            return {quantity.key: Number(None, "the diameters have different units") for quantity in self.quantities}
        first, second, third = np.linalg.norm(points[1::2] - points[::2], axis=1).tolist()
        lengths = {"first": Number(first), "second": Number(second), "third": Number(third)}
        try:
            return {"volume": Number(ellipsoid_volume((first, second, third)).mm3)} | lengths
        except VolumeError as error:
            return {"volume": Number(None, error.what)} | lengths
