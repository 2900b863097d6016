"""Figures drawn in pixels, in millimetres where all their points lie in one region that has a scale (C08)."""

from __future__ import annotations

from dataclasses import replace

from viewer_app.imaging.geometry import Calibration, Plane, vector
from viewer_app.imaging.places.regions import scale_of
from viewer_app.imaging.places.scale import same_spacing
from viewer_app.imaging.volume import PlanarImage
from viewer_app.measure.kind import Images, Kind, image_of
from viewer_app.measure.measurement import DrawnOn, Figure, Measurement
from viewer_app.measure.quantity import Dimension

NOT_SQUARE = "drawn in pixels, and those of this region are not square"
SCALED = frozenset({Dimension.LENGTH, Dimension.AREA, Dimension.VOLUME, Dimension.ANGLE, Dimension.RATIO})
"""What a number needs a scale for."""


def calibrated(measurement: Measurement, kind: Kind, images: Images) -> tuple[Measurement, Images, str]:
    """The measurement to be evaluated, its images, and why its numbers stay in pixels although these have regions.

    The stored figures stay as they were drawn; an image lies on the plane of the
    figure that was drawn on it. A kind that measures pixel values alone stays in
    pixels, as its outline is drawn.
    """
    if not any(quantity.dimension in SCALED for quantity in kind.quantities):
        return measurement, images, ""
    found = [_in_region(figure, kind, images) for figure in measurement.figures]
    why = next((reason for _, reason in found if reason), "")
    if why:
        return measurement, images, why
    figures = tuple(figure for figure, _ in found)
    return replace(measurement, figures=figures), _on_planes(figures, images), ""


def _on_planes(figures: tuple[Figure, ...], images: Images) -> Images:
    """The images, those measured in a region with the plane of that region: pixels stay where they are."""
    moved: dict[DrawnOn, PlanarImage] = {
        figure.reference: replace(images[figure.reference], plane=figure.plane)
        for figure in figures
        if figure.reference and figure.plane.calibration is Calibration.REGION
    }
    return {**images, **moved} if moved else images


def _in_region(figure: Figure, kind: Kind, images: Images) -> tuple[Figure, str]:
    image = image_of(figure, images)
    if figure.plane.unit == "mm" or image is None or not image.regions:
        return figure, ""
    pixels = figure.plane.to_pixels(figure.points)
    spacing, why = scale_of(image.regions, pixels)
    if spacing is None:
        return figure, why
    if kind.needs_square_pixels and not same_spacing(spacing, (spacing[1], spacing[0])):
        return figure, NOT_SQUARE
    plane = Plane.unlocated(*spacing, "mm", Calibration.REGION)
    points = tuple(vector(point) for point in plane.to_patient(pixels))
    return Figure(plane, points, figure.reference), ""
