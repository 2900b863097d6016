"""Figures in millimetres by a scale that is not their plane's: an ultrasound region's (C08) or the user's."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

import numpy as np

from viewer_app.imaging.geometry import Calibration, Plane, vector
from viewer_app.imaging.places.regions import region_of
from viewer_app.imaging.places.scale import same_spacing
from viewer_app.imaging.volume import PlanarImage
from viewer_app.measure.kind import Images, Kind, image_of
from viewer_app.measure.measurement import DrawnOn, Figure, Measurement, Reference
from viewer_app.measure.quantity import Dimension
from viewer_app.measure.user_calibration import UserScale

NOT_SQUARE = "drawn in pixels, and those of this {} are not square"
SCALED = frozenset({Dimension.LENGTH, Dimension.AREA, Dimension.VOLUME, Dimension.ANGLE, Dimension.RATIO})
"""What a number needs a scale for."""

Scales = Mapping[Reference, UserScale]
"""The scales that people gave, by image; images without one are not in it."""

NO_SCALES: Scales = MappingProxyType({})

_REGION_OF_A_FRAME = re.compile(rf"{Calibration.REGION.value} \d+ of frame \d+")
_SEVERAL = "points in two different scales"


@dataclass(frozen=True, slots=True)
class Calibrated:
    """What is evaluated: figures and images on planes of one scale.

    `words` say who or what gave the scale, "" where the planes tell it; `relative_uncertainty` is
    that of the scale; `why` says why numbers stay in the file's unit although there is a scale.
    """

    measurement: Measurement
    images: Images
    words: str = ""
    relative_uncertainty: float = 0.0
    why: str = ""


def calibrated(measurement: Measurement, kind: Kind, images: Images, scales: Scales = NO_SCALES) -> Calibrated:
    """The measurement to be evaluated, its images on the planes of its figures: pixels stay where they are.

    The stored figures stay as they were drawn. A kind that measures pixel values
    alone stays in pixels, as its outline is drawn.
    """
    as_drawn = Calibrated(measurement, images)
    if not any(quantity.dimension in SCALED for quantity in kind.quantities):
        return as_drawn
    found = [_scale(figure, kind, image_of(figure, images), scales) for figure in measurement.figures]
    why = next((reason for _, reason in found if reason), "")
    used = {scale for scale, _ in found}
    if not why and used == {None}:
        return as_drawn
    if why or len(used) > 1:
        return replace(as_drawn, why=why or _SEVERAL)
    given = [scale for scale, _ in found if scale is not None]
    return _seated(as_drawn, given[0], "; ".join(dict.fromkeys(scale.words for scale in given)))


def kind_of_scale(provenance: str) -> str:
    """Where a unit comes from, without which region of which frame it was: their millimetres may be put together."""
    return _REGION_OF_A_FRAME.sub(Calibration.REGION.value, provenance)


def _scale(figure: Figure, kind: Kind, image: PlanarImage | None, scales: Scales) -> tuple[UserScale | None, str]:
    """The scale to evaluate by, None for that of the plane; and why there is none although the image has some."""
    given = scales.get(figure.reference) if figure.reference is not None and not figure.plane.located else None
    if given is not None:
        return _unless_distorted(given, figure, kind, "image")
    if figure.plane.unit == "mm" or image is None or not image.regions:
        return None, ""
    region, why = region_of(image.regions, figure.plane.to_pixels(figure.points))
    if region is None or region.spacing is None:
        return None, why
    plane = Plane.unlocated(*region.spacing, "mm", Calibration.REGION)
    frame = figure.reference.frame if figure.reference is not None else 1
    words = f"{Calibration.REGION.value} {region.number} of frame {frame}"
    return _unless_distorted(UserScale(plane, 0.0, words), figure, kind, "region")


def _unless_distorted(scale: UserScale, figure: Figure, kind: Kind, where: str) -> tuple[UserScale | None, str]:
    """The scale; none for an outline that was drawn where pixels have another shape than by it."""
    row, column = np.divide(scale.plane.spacing, figure.plane.spacing)
    if kind.needs_square_pixels and not same_spacing((row, column), (column, row)):
        return None, NOT_SQUARE.format(where)
    return scale, ""


def _seated(drawn: Calibrated, scale: UserScale, words: str) -> Calibrated:
    """Figures and their images on the plane of one scale."""
    figures = tuple(_moved(figure, scale.plane) for figure in drawn.measurement.figures)
    moved: dict[DrawnOn, PlanarImage] = {
        figure.reference: replace(drawn.images[figure.reference], plane=scale.plane)
        for figure in figures
        if figure.reference is not None and figure.reference in drawn.images
    }
    measurement, images = replace(drawn.measurement, figures=figures), {**drawn.images, **moved}
    return Calibrated(measurement, images, words, scale.relative_uncertainty)


def _moved(figure: Figure, plane: Plane) -> Figure:
    points = plane.to_patient(figure.plane.to_pixels(figure.points))
    return replace(figure, plane=plane, points=tuple(vector(point) for point in points))
