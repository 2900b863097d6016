"""Numbers of a measurement, with units decided here and nowhere else."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from viewer_app.imaging.geometry import Calibration
from viewer_app.imaging.volume import Volume
from viewer_app.measure.calibrate import NO_SCALES, SCALED, Calibrated, Scales, calibrated
from viewer_app.measure.kind import Images, Kind, Number, image_of
from viewer_app.measure.kinds import KINDS
from viewer_app.measure.measurement import Figure, Measurement, Place, Record
from viewer_app.measure.quantity import Dimension, Quantity, Value
from viewer_app.measure.region import RULE_VERSION
from viewer_app.measure.uncertainty import uncertainties
from viewer_app.measure.volumes import in_millilitres
from viewer_app.progress import Watch

_POWER = {Dimension.LENGTH: "", Dimension.AREA: "²", Dimension.VOLUME: "³"}
_STATISTICS = frozenset({Dimension.PIXEL_VALUE, Dimension.COUNT})
# What pixels that are not square distort even where no millimetres are told.
_SHAPES = frozenset({Dimension.ANGLE, Dimension.RATIO})


def evaluate(
    measurement: Measurement,
    images: Images,
    scales: Scales = NO_SCALES,
    volume: Volume | None = None,
    watch: Watch | None = None,
) -> tuple[Value, ...]:
    """All values of a measurement, in its kind's order; `images` holds those its figures refer to.

    `scales` are those that people gave to these images; `volume` is the complete one of its stack, for kinds that count
    voxels: of a large one `watch` is told how far that is, and may cancel it.
    """
    kind = KINDS[measurement.kind]
    inside = kind.of_stack(measurement, volume, watch)
    return inside if inside and kind.by_voxels else completed(_of_figures(measurement, kind, images, scales), inside)


def completed(values: Sequence[Value], inside: Sequence[Value] | None) -> tuple[Value, ...]:
    """The values with those in their places that a kind told of the voxels of a stack (`Kind.of_stack`)."""
    told = {value.key: value for value in inside or ()}
    return tuple(told.get(value.key, value) for value in values)


def _of_figures(measurement: Measurement, kind: Kind, images: Images, scales: Scales) -> tuple[Value, ...]:
    scaled = calibrated(measurement, kind, images, scales)
    figures = scaled.measurement.figures
    numbers = kind.evaluate(figures, scaled.images)
    bounds = uncertainties(kind, figures, scaled.images, numbers, scaled.relative_uncertainty)
    why_no_shape, why_no_scale = scaled.why or _why_no_shape(scaled), _why_no_scale(figures)
    values = (_value(quantity, numbers[quantity.key], scaled) for quantity in kind.quantities)
    certain = (replace(_noted(value, scaled.why), uncertainty=bounds.get(value.key)) for value in values)
    told = (_without(SCALED, _without(_SHAPES, value, why_no_shape), why_no_scale) for value in certain)
    return tuple(map(in_millilitres, told))


def counterparts(now: Sequence[Value], before: Sequence[Value]) -> tuple[tuple[Value, Value], ...] | None:
    """Each value that was told before, in the unit of today, after that of now; None where these are others.

    Statistics that a kind has come to tell since do not make them others: they have no counterpart.
    """
    told, then = {value.key: value for value in now}, {value.key for value in before}
    is_new = all(value.dimension in _STATISTICS for value in now if value.key not in then)
    if not then <= told.keys() or not is_new:
        return None
    return tuple((told[value.key], in_millilitres(value)) for value in before)


def record(measurement: Measurement, images: Images, place: Place, scales: Scales = NO_SCALES) -> Record:
    """The measurement with its numbers, ready to be stored and reported."""
    return Record(measurement, evaluate(measurement, images, scales), place, RULE_VERSION)


def rescaled(found: Record, images: Images, scales: Scales) -> Record:
    """The record by other scales. What cannot be told while its image is not there stays as it was stored."""
    now = evaluate(found.measurement, images, scales)
    before = {value.key: value for value in found.values}
    kept = (_kept(value, before.get(value.key)) for value in now)
    return replace(found, values=tuple(kept))


def _kept(now: Value, before: Value | None) -> Value:
    return before if before is not None and now.number is None and now.dimension not in SCALED else now


def _value(quantity: Quantity, number: Number, scaled: Calibrated) -> Value:
    unit, provenance = _unit(quantity.dimension, scaled)
    return Value(quantity.key, quantity.title, quantity.dimension, number.number, unit, provenance, number.note)


def _noted(value: Value, why_pixels: str) -> Value:
    return replace(value, note=value.note or why_pixels) if value.dimension in SCALED else value


def _why_no_shape(scaled: Calibrated) -> str:
    """Why angles and ratios cannot be told from pixels; "" where they can."""
    in_pixels = [figure for figure in scaled.measurement.figures if figure.plane.unit == "px"]
    shown = [image_of(figure, scaled.images) for figure in in_pixels]
    is_distorted = any(image is not None and not image.has_square_pixels for image in shown)
    return "the pixels are not known to be square" if is_distorted else ""


def _why_no_scale(figures: Sequence[Figure]) -> str:
    """Why numbers that need a scale cannot be told of figures on several images; "" where they can."""
    scales = {(plane.unit, plane.spacing) for plane in (figure.plane for figure in figures) if not plane.located}
    is_mixed = len(scales) + any(figure.plane.located for figure in figures) > 1
    return "the images have different scales" if is_mixed else ""


def _without(dimensions: frozenset[Dimension], value: Value, why: str) -> Value:
    is_refused = why and value.number is not None and value.dimension in dimensions
    return replace(value, number=None, note=why, uncertainty=None) if is_refused else value


def _unit(dimension: Dimension, scaled: Calibrated) -> tuple[str, str]:
    """The unit of a dimension on this plane and image, and how it is known."""
    measurement, images = scaled.measurement, scaled.images
    plane = measurement.figures[0].plane
    origin = scaled.words or plane.calibration.value
    if dimension in _POWER:
        return plane.unit + _POWER[dimension], origin
    if dimension is Dimension.ANGLE:
        return "deg", origin if plane.unit == "mm" else Calibration.NONE.value
    if dimension is Dimension.PIXEL_VALUE:
        image = image_of(measurement.figures[0], images)
        return (image.unit, image.provenance) if image else ("", "")
    return "", ""
