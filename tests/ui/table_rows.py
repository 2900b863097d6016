"""Rows of a table made of numbers that are given, for tests of what the table does with them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from viewer_app.imaging.geometry import Calibration, Plane
from viewer_app.measure.measurement import Figure, Measurement, Place, Record, Reference
from viewer_app.measure.quantity import Dimension, Value
from viewer_app.ui.panels.table.rows import TableRow

BEGIN = datetime(2026, 1, 12, 9, 30, tzinfo=UTC)


def value(
    number: float | None, unit: str = "mm", dimension: Dimension = Dimension.LENGTH, key: str = "length"
) -> Value:
    """A value of an image plane."""
    return Value(key, key.capitalize(), dimension, number, unit, "image plane")


def row(
    number: int,
    *values: Value,
    label: str = "",
    kind: str = "distance",
    series: int | None = 1,
    image: int = 0,
    prior: str = "",
    differs: bool = False,
) -> TableRow:
    """The measurement that was drawn as the `number`th."""
    plane = Plane.unlocated(1.0, 1.0, "px", Calibration.NONE)
    figure = Figure(plane, ((0.0, 0.0, 0.0), (1.0, 1.0, 0.0)), Reference(f"1.2.{series}", f"1.2.{series}.{image}"))
    when = BEGIN + timedelta(minutes=number)
    drawn = Measurement(f"u{number}", kind, (figure,), label, "", "reader", when, when)
    place = Place(0, image, f"Series {series}", series, "CT")
    return TableRow(Record(drawn, values, place, 1), differs, prior=prior)
