"""Numbers of a measurement, with units decided here and nowhere else."""

from __future__ import annotations

from dataclasses import replace

from viewer_app.imaging.geometry import Calibration
from viewer_app.measure.calibrate import SCALED, calibrated
from viewer_app.measure.kind import Images, Number, image_of
from viewer_app.measure.kinds import KINDS
from viewer_app.measure.measurement import Measurement, Place, Record
from viewer_app.measure.quantity import Dimension, Quantity, Value
from viewer_app.measure.region import RULE_VERSION

_POWER = {Dimension.LENGTH: "", Dimension.AREA: "²", Dimension.VOLUME: "³"}
# What pixels that are not square distort even where no millimetres are told.
_SHAPES = frozenset({Dimension.ANGLE, Dimension.RATIO})


def evaluate(measurement: Measurement, images: Images) -> tuple[Value, ...]:
    """All values of a measurement, in its kind's order; `images` holds those its figures refer to."""
    kind = KINDS[measurement.kind]
    measurement, images, why_pixels = calibrated(measurement, kind, images)
    numbers = kind.evaluate(measurement.figures, images)
    values = (_value(quantity, numbers[quantity.key], measurement, images) for quantity in kind.quantities)
    why_no_shape = why_pixels or _why_no_shape(measurement, images)
    return tuple(_without_shape(_noted(value, why_pixels), why_no_shape) for value in values)


def record(measurement: Measurement, images: Images, place: Place) -> Record:
    """The measurement with its numbers, ready to be stored and reported."""
    return Record(measurement, evaluate(measurement, images), place, RULE_VERSION)


def _value(quantity: Quantity, number: Number, measurement: Measurement, images: Images) -> Value:
    unit, provenance = _unit(quantity.dimension, measurement, images)
    return Value(quantity.key, quantity.title, quantity.dimension, number.number, unit, provenance, number.note)


def _noted(value: Value, why_pixels: str) -> Value:
    return replace(value, note=value.note or why_pixels) if value.dimension in SCALED else value


def _why_no_shape(measurement: Measurement, images: Images) -> str:
    """Why angles and ratios cannot be told from pixels; "" where they can."""
    in_pixels = [figure for figure in measurement.figures if figure.plane.unit == "px"]
    shown = [image_of(figure, images) for figure in in_pixels]
    is_distorted = any(image is not None and not image.has_square_pixels for image in shown)
    return "the pixels are not known to be square" if is_distorted else ""


def _without_shape(value: Value, why: str) -> Value:
    is_refused = why and value.dimension in _SHAPES
    return replace(value, number=None, note=why) if is_refused else value


def _unit(dimension: Dimension, measurement: Measurement, images: Images) -> tuple[str, str]:
    """The unit of a dimension on this plane and image, and how it is known."""
    plane = measurement.figures[0].plane
    if dimension in _POWER:
        return plane.unit + _POWER[dimension], plane.calibration.value
    if dimension is Dimension.ANGLE:
        return "deg", plane.calibration.value if plane.unit == "mm" else Calibration.NONE.value
    if dimension is Dimension.PIXEL_VALUE:
        image = image_of(measurement.figures[0], images)
        return (image.unit, image.provenance) if image else ("", "")
    return "", ""
