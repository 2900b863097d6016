"""Figures in millimetres by a scale that is not their plane's: an ultrasound region's (C08) or the user's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

from viewer_app.imaging.geometry import Calibration, Plane, vector
from viewer_app.imaging.places.regions import scale_of
from viewer_app.imaging.volume import PlanarImage
from viewer_app.measure.kind import Images, Kind, image_of
from viewer_app.measure.measurement import Figure, Measurement, Reference
from viewer_app.measure.quantity import Dimension
from viewer_app.measure.user_calibration import UserScale

SCALED = frozenset({Dimension.LENGTH, Dimension.AREA, Dimension.VOLUME, Dimension.ANGLE})
"""What a number needs a scale for."""

Scales = Mapping[Reference, UserScale]
"""The scales that people gave, by image; images without one are not in it."""

NO_SCALES: Scales = MappingProxyType({})

_SEVERAL = "points in two different scales"


@dataclass(frozen=True, slots=True)
class Calibrated:
    """What is evaluated: figures and images on planes of one scale.

    `words` say who gave the scale, "" where the planes tell it; `relative_uncertainty` is
    that of the scale; `why` says why numbers stay in the file's unit although there is a scale.
    """

    measurement: Measurement
    images: Images
    words: str = ""
    relative_uncertainty: float = 0.0
    why: str = ""


def calibrated(measurement: Measurement, kind: Kind, images: Images, scales: Scales = NO_SCALES) -> Calibrated:
    """The measurement to be evaluated, with its images on the same planes.

    The stored figures stay as they were drawn. A kind that measures pixel values
    alone stays in pixels, as its outline is drawn.
    """
    as_drawn = Calibrated(measurement, images)
    if not any(quantity.dimension in SCALED for quantity in kind.quantities):
        return as_drawn
    found = [_scale(figure, image_of(figure, images), scales) for figure in measurement.figures]
    why = next((reason for _, reason in found if reason), "")
    used = [scale for scale, _ in found]
    if not why and not any(used):
        return as_drawn
    if why or len(set(used)) > 1:
        return replace(as_drawn, why=why or _SEVERAL)
    return _seated(as_drawn, [scale for scale in used if scale is not None])


def _scale(figure: Figure, image: PlanarImage | None, scales: Scales) -> tuple[UserScale | None, str]:
    """The scale to evaluate by, None for that of the plane; and why there is none although the image has some."""
    given = scales.get(figure.reference) if figure.reference is not None and not figure.plane.located else None
    if given is not None:
        return given, ""
    if figure.plane.unit == "mm" or image is None or not image.regions:
        return None, ""
    spacing, why = scale_of(image.regions, figure.plane.to_pixels(figure.points))
    if spacing is None:
        return None, why
    return UserScale(Plane.unlocated(*spacing, "mm", Calibration.REGION), 0.0, ""), ""


def _seated(drawn: Calibrated, scales: Sequence[UserScale]) -> Calibrated:
    scale, measurement = scales[0], drawn.measurement
    images = {reference: replace(image, plane=scale.plane) for reference, image in drawn.images.items()}
    figures = tuple(_moved(figure, scale.plane) for figure in measurement.figures)
    return Calibrated(
        replace(measurement, figures=figures), images, scale.words, relative_uncertainty=scale.relative_uncertainty
    )


def _moved(figure: Figure, plane: Plane) -> Figure:
    points = plane.to_patient(figure.plane.to_pixels(figure.points))
    return Figure(plane, tuple(vector(point) for point in points), figure.reference)
