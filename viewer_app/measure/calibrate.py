"""Figures drawn in pixels, in millimetres where all their points lie in one region that has a scale (C08)."""

from __future__ import annotations

from dataclasses import replace

from viewer_app.imaging.geometry import Calibration, Plane, vector
from viewer_app.imaging.places.regions import scale_of
from viewer_app.measure.kind import Images, Kind, image_of
from viewer_app.measure.measurement import Figure, Measurement
from viewer_app.measure.quantity import Dimension

SCALED = frozenset({Dimension.LENGTH, Dimension.AREA, Dimension.VOLUME, Dimension.ANGLE})
"""What a number needs a scale for."""


def calibrated(measurement: Measurement, kind: Kind, images: Images) -> tuple[Measurement, str]:
    """The measurement to be evaluated, and why its numbers stay in pixels although its images have regions.

    The stored figures stay as they were drawn. A kind that measures pixel values
    alone stays in pixels, as its outline is drawn.
    """
    if not any(quantity.dimension in SCALED for quantity in kind.quantities):
        return measurement, ""
    found = [_in_region(figure, images) for figure in measurement.figures]
    why = next((reason for _, reason in found if reason), "")
    if why:
        return measurement, why
    return replace(measurement, figures=tuple(figure for figure, _ in found)), ""


def _in_region(figure: Figure, images: Images) -> tuple[Figure, str]:
    image = image_of(figure, images)
    if figure.plane.unit == "mm" or image is None or not image.regions:
        return figure, ""
    pixels = figure.plane.to_pixels(figure.points)
    spacing, why = scale_of(image.regions, pixels)
    if spacing is None:
        return figure, why
    plane = Plane.unlocated(*spacing, "mm", Calibration.REGION)
    points = tuple(vector(point) for point in plane.to_patient(pixels))
    return Figure(plane, points, figure.reference), ""
