"""An exact length, typed while a line is drawn or for one that is held, in the unit its number is shown in."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from viewer_app.imaging.geometry import Vector, vector
from viewer_app.measure.kind import with_point
from viewer_app.measure.kinds import KINDS
from viewer_app.measure.measurement import Measurement
from viewer_app.measure.quantity import Dimension
from viewer_app.session.study import OpenStudy
from viewer_app.ui.tools.pointer import Stage

NO_SCALE = "No length can be set here: the image has no scale for this line, its length is in pixels."
_NO_DIRECTION = "Move the pointer first: the line has no direction yet."
_ANOTHER_SCALE = "A line of this length would leave the part of the image that has this scale."
_NO_LENGTH = "“{text}” is no length. Type a number above zero, such as 42.5."
_LINE = "distance"
_SAME = 1e-9


class NoLength(Exception):
    """A length that cannot be set; its words say why."""


def read_length(text: str) -> float:
    """A number above zero, with a point or a comma; NoLength for anything else."""
    try:
        number = float(text.strip().replace(",", "."))
    except ValueError:
        number = math.nan
    if not (math.isfinite(number) and number > 0):
        raise NoLength(_NO_LENGTH.format(text=text.strip()))
    return number


def is_length_of_line(kind: str, index: int) -> bool:
    """Whether point `index` ends a line, and lengths are what the kind tells."""
    made = KINDS[kind]
    anchor = made.anchor(index)
    is_length = bool(made.quantities) and made.quantities[0].dimension is Dimension.LENGTH
    return is_length and anchor is not None and anchor < index


def typed_points(
    stage: Stage, measurement: Measurement, points: tuple[Vector, ...], length: float
) -> tuple[Vector, ...]:
    """The points of a drawing with the last one at `length` from its other end; () where it is told why not."""
    kind, last = KINDS[measurement.kind], len(points) - 1
    anchor = kind.anchor(last)
    if anchor is None or anchor >= last:
        return ()
    try:
        to = at_length(stage.study, measurement, points[anchor], points[last], length)
    except NoLength as why:
        stage.workspace.noticed.emit(str(why))
        return ()
    return with_point(kind, points[:-1], to)


def with_length(study: OpenStudy, measurement: Measurement, length: float, handle: int = 1) -> Measurement:
    """A measurement of one line with another length: the end `handle` moves along it. NoLength where it cannot."""
    figure = measurement.figures[0]
    fixed, moved = figure.points[1 - handle], figure.points[handle]
    to = at_length(study, measurement, fixed, moved, length)
    ends = (fixed, to) if handle else (to, fixed)
    return replace(measurement, figures=(replace(figure, points=ends),))


def at_length(study: OpenStudy, measurement: Measurement, start: Vector, toward: Vector, length: float) -> Vector:
    """The point so far from `start` in the unit a distance is shown in there; NoLength where there is no such unit."""
    if start == toward:
        raise NoLength(_NO_DIRECTION)
    now = _shown_length(study, measurement, start, toward)
    to = vector(np.asarray(start) + np.subtract(toward, start) * (length / now))
    try:
        is_so_long = math.isclose(_shown_length(study, measurement, start, to), length, rel_tol=_SAME)
    except NoLength:
        is_so_long = False
    if not is_so_long:
        raise NoLength(_ANOTHER_SCALE)
    return to


def _shown_length(study: OpenStudy, measurement: Measurement, start: Vector, end: Vector) -> float:
    """What a distance between the points would tell; NoLength for pixels."""
    figure = replace(measurement.figures[0], points=(start, end))
    (value, *_) = study.measuring.measured(replace(measurement, kind=_LINE, figures=(figure,))).values
    if value.number is None or value.unit == "px":
        raise NoLength(f"No length can be set here: {value.note}." if value.number is None else NO_SCALE)
    return value.number
