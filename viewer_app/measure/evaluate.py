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


def evaluate(measurement: Measurement, images: Images) -> tuple[Value, ...]:
    """All values of a measurement, in its kind's order; `images` holds those its figures refer to."""
    kind = KINDS[measurement.kind]
    measurement, why_pixels = calibrated(measurement, kind, images)
    numbers = kind.evaluate(measurement.figures, images)
    values = (_value(quantity, numbers[quantity.key], measurement, images) for quantity in kind.quantities)
    return tuple(_noted(value, why_pixels) for value in values)


def record(measurement: Measurement, images: Images, place: Place) -> Record:
    """The measurement with its numbers, ready to be stored and reported."""
    return Record(measurement, evaluate(measurement, images), place, RULE_VERSION)


def _value(quantity: Quantity, number: Number, measurement: Measurement, images: Images) -> Value:
    unit, provenance = _unit(quantity.dimension, measurement, images)
    return Value(quantity.key, quantity.title, quantity.dimension, number.number, unit, provenance, number.note)


def _noted(value: Value, why_pixels: str) -> Value:
    return replace(value, note=value.note or why_pixels) if value.dimension in SCALED else value


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
