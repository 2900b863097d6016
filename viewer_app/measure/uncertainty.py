"""How far a number may be off, because a point is known to half a pixel and a scale to a part of itself (C42).

The rule: the uncertainty is the sum, over every coordinate of every point, of the
largest change of the number when that coordinate alone moves by half a sample
either way; to it comes the relative uncertainty of a calibration, once for a
length, twice for an area, three times for a volume, not for an angle. The outline of a
polygon or of a smooth curve may lie half a sample aside along all its length,
and its own length changes by that where it turns: the same, to first order, for any
number of points (bounds.py). It bounds
what the grid and the calibration leave open, to first order, and makes no
assumption on how errors are spread. It says nothing of edges that are blurred, of
motion, of the hand and of a scanner's own errors.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

import numpy as np

from viewer_app.imaging.geometry import Calibration, Floats, Vector, vector
from viewer_app.imaging.volume import PlanarImage
from viewer_app.measure.kind import Images, Kind, Number, image_of
from viewer_app.measure.measurement import Figure
from viewer_app.measure.quantity import Dimension

CLAIMED = frozenset({Calibration.IMAGE_PLANE, Calibration.REGION, Calibration.USER, Calibration.NONE})
"""Where a length may have an uncertainty: elsewhere the magnification is not known, and no bound would hold."""

_POWERS = {Dimension.LENGTH: 1, Dimension.AREA: 2, Dimension.VOLUME: 3, Dimension.ANGLE: 0}
# An outline of more points is judged by so many of them, evenly spread: it takes no longer, however it was drawn (C35).
MOST_POINTS = 16
_FEWEST_OF_AN_OUTLINE = 5
_ON_THE_PLANE = 1e-6


def uncertainties(
    kind: Kind, figures: Sequence[Figure], images: Images, numbers: Mapping[str, Number], relative: float = 0.0
) -> Mapping[str, float]:
    """By quantity key, in the unit of the number; nothing for pixel values, counts and what cannot be told.

    `numbers` are those of the figures, `relative` is the relative uncertainty of their scale. Where
    figures lie on several planes, their images must tell how far apart their slices are.
    """
    powers = _powers(kind, figures)
    if not powers:
        return {}
    own = _own_bounds(kind, figures, images)
    changes = _by_moving(kind, figures, images, powers) if own is None else own
    return {
        key: change + powers[key] * relative * abs(number)
        for key, change in changes.items()
        # What no point changes hangs on something else, of which nothing is known here.
        if change and key in powers and (number := numbers[key].number) is not None
    }


def _own_bounds(kind: Kind, figures: Sequence[Figure], images: Images) -> Mapping[str, float] | None:
    """What the kind knows itself; None where it knows nothing better than moving the points."""
    if len(figures) != 1:
        return None
    grain = _grain(figures[0], image_of(figures[0], images))
    return {} if grain is None else kind.bounds(figures[0], (grain[0] / 2, grain[1] / 2))


def _by_moving(kind: Kind, figures: Sequence[Figure], images: Images, keys: Iterable[str]) -> Mapping[str, float]:
    thinned, across = _thinned(figures), _on_several_planes(figures)
    steps = [_half_steps(figure, images, across=across) for figure in figures]
    return {} if thinned is None or not all(steps) else _changes(kind, thinned, steps, keys)


def _powers(kind: Kind, figures: Sequence[Figure]) -> dict[str, int]:
    """How often the scale enters each quantity that may have an uncertainty here."""
    claimed = all(figure.plane.calibration in CLAIMED for figure in figures)
    scaled = {
        quantity.key: _POWERS[quantity.dimension] for quantity in kind.quantities if quantity.dimension in _POWERS
    }
    # A localizer magnifies across the table only: not even shapes are known.
    shaped = all(figure.plane.calibration is not Calibration.LOCALIZER for figure in figures)
    return {key: power for key, power in scaled.items() if claimed or (shaped and not power)}


def _changes(
    kind: Kind, figures: Sequence[Figure], steps: Sequence[Sequence[Vector]], keys: Iterable[str]
) -> dict[str, float]:
    """The sums of the rule, for the quantities that have a number here and wherever a point may lie."""
    known = _known(kind.evaluate(figures, {}), keys)
    sums = dict.fromkeys(known, 0.0)
    for one, other in _moved(figures, steps) if known else ():
        ends = [kind.evaluate(one, {}), kind.evaluate(other, {})]
        for key in list(sums):
            moved = [end[key].number for end in ends]
            if None in moved:
                del sums[key]
            else:
                sums[key] += max(abs(number - known[key]) for number in moved if number is not None)
    return sums


def _known(numbers: Mapping[str, Number], keys: Iterable[str]) -> dict[str, float]:
    found = {key: numbers[key].number for key in keys}
    return {key: number for key, number in found.items() if number is not None}


def _moved(
    figures: Sequence[Figure], steps: Sequence[Sequence[Vector]]
) -> Iterator[tuple[tuple[Figure, ...], tuple[Figure, ...]]]:
    """The figures with one coordinate of one point moved by its half step, forth and back."""
    for place, figure in enumerate(figures):
        for index in range(len(figure.points)):
            for step in steps[place]:
                yield _with(figures, place, index, step, 1.0), _with(figures, place, index, step, -1.0)


def _with(figures: Sequence[Figure], place: int, index: int, step: Vector, sign: float) -> tuple[Figure, ...]:
    figure = figures[place]
    x, y, z = figure.points[index]
    to = (x + sign * step[0], y + sign * step[1], z + sign * step[2])
    moved = replace(figure, points=(*figure.points[:index], to, *figure.points[index + 1 :]))
    return (*figures[:place], moved, *figures[place + 1 :])


def _half_steps(figure: Figure, images: Images, *, across: bool) -> tuple[Vector, ...]:
    """Half a sample along the row, down the column and, if asked for, across the plane; () where one is unknown."""
    plane = figure.plane
    grain = _grain(figure, image_of(figure, images))
    if grain is None or (across and grain[2] is None):
        return ()
    ways = ((plane.row_direction, grain[0]), (plane.column_direction, grain[1]), (plane.normal, grain[2]))
    return tuple(vector(np.multiply(way, size / 2)) for way, size in ways[: 2 + across] if size is not None)


def _grain(figure: Figure, image: PlanarImage | None) -> tuple[float, float, float | None] | None:
    """The distances of samples along the row, down the column and across the plane."""
    if image is not None and image.grain is not None and figure.plane.located:
        return image.grain
    if figure.reference is None:
        return None
    return figure.plane.column_spacing, figure.plane.row_spacing, None


def _on_several_planes(figures: Sequence[Figure]) -> bool:
    if len(figures) < 2:
        return False
    points = [point for figure in figures for point in figure.points]
    return bool(np.abs(figures[0].plane.height(points)).max(initial=0.0) > _ON_THE_PLANE)


def _thinned(figures: Sequence[Figure]) -> tuple[Figure, ...] | None:
    """The figures with at most `MOST_POINTS` points; None where too few would be left of each to stand for it."""
    if sum(len(figure.points) for figure in figures) <= MOST_POINTS:
        return tuple(figures)
    most = MOST_POINTS // len(figures)
    if most < _FEWEST_OF_AN_OUTLINE:
        return None
    return tuple(_evenly(figure, most) for figure in figures)


def _evenly(figure: Figure, most: int) -> Figure:
    """The figure with so many of its points, first and last among them, at even steps along the way."""
    if len(figure.points) <= most:
        return figure
    points: Floats = np.asarray(figure.points)
    way = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(points, axis=0), axis=1))])
    chosen = np.unique(np.searchsorted(way, np.linspace(0.0, way[-1], most)))
    return replace(figure, points=tuple(figure.points[index] for index in chosen))
