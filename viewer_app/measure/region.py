"""Which pixels belong to a region, and their statistics (C24, C27-C30).

The rule, version 1: a pixel belongs to a region when its centre lies inside.
A centre exactly on the border counts as if it lay an infinitesimal step
further along the row, then down the column: left and upper edges are in, right
and lower edges are out. Crossing outlines follow even-odd. Nothing depends on
zoom, window or the direction of drawing.

Coordinates are first rounded to 2^-20 of a pixel and then decided in whole
numbers: what lies below is the rounding of the way from patient millimetres,
which must not decide on which side of a border a pixel falls.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from viewer_app.imaging.geometry import Floats

RULE_VERSION = 1

_LATTICE = 1 << 20  # steps per pixel

Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Statistics:
    """Numbers over the pixels of a region; `sd` is the sample SD (n - 1), None below two pixels (C29).

    `count` pixels were used; `excluded` more lie inside but hold padding or NaN.
    All values are None when no pixel was used.
    """

    count: int
    excluded: int
    mean: float | None = None
    sd: float | None = None
    minimum: float | None = None
    maximum: float | None = None


def disc_mask(shape: tuple[int, int], center: ArrayLike, radii: ArrayLike) -> Mask:
    """Pixels of a (rows, columns) grid inside an axis-aligned ellipse.

    `center` is (column, row), `radii` (columns, rows), both in pixels.
    """
    inside = np.zeros(shape, dtype=bool)
    for row, columns in _disc_rows(center, radii):
        if 0 <= row < shape[0]:
            inside[row, max(0, columns.start) : max(0, columns.stop)] = True
    return inside


def disc_pixels(center: ArrayLike, radii: ArrayLike) -> int:
    """How many pixels `disc_mask` has on a grid without end: those beyond the image are counted too (C30)."""
    return sum(len(columns) for _, columns in _disc_rows(center, radii))


def _disc_rows(center: ArrayLike, radii: ArrayLike) -> Iterator[tuple[int, range]]:
    """The rows that an ellipse meets, each with its columns."""
    center_column, center_row = _on_lattice(center)
    across, down = _on_lattice(radii)
    if not (across > 0 and down > 0):
        return
    for row in _pixels_between(center_row - down, center_row + down + 1):
        offset = row * _LATTICE - center_row
        reach, is_exact = _half_chord(across, down, offset)
        # The right border is out, and so is the lowest point.
        last = center_column + reach - is_exact if reach or offset > 0 else center_column
        yield row, _pixels_between(center_column - reach, last + 1)


def _half_chord(across: int, down: int, offset: int) -> tuple[int, bool]:
    """Half the width of an ellipse `offset` below its centre, rounded down, and whether that is exact."""
    square = across * across * (down * down - offset * offset)
    reach = math.isqrt(square // (down * down))
    return reach, reach * reach * down * down == square


def polygon_mask(shape: tuple[int, int], vertices: ArrayLike) -> Mask:
    """Pixels of a (rows, columns) grid inside a polygon; `vertices` (n, 2) are (column, row)."""
    inside = np.zeros(shape, dtype=bool)
    places = _on_lattice(vertices)
    points = list(zip(places[::2], places[1::2], strict=True))
    for start, end in zip(points, (*points[1:], *points[:1]), strict=True):
        _toggle_right_of_edge(inside, start, end)
    return inside


def _toggle_right_of_edge(inside: Mask, start: tuple[int, int], end: tuple[int, int]) -> None:
    """Even-odd: flip the pixels whose ray to the left crosses the edge; rows are half-open."""
    if start[1] > end[1]:
        start, end = end, start
    width, height = end[0] - start[0], end[1] - start[1]
    rows = _pixels_between(start[1], end[1])
    for row in range(max(0, rows.start), min(inside.shape[0], rows.stop)):
        crossing = start[0] * height + (row * _LATTICE - start[1]) * width
        column = min(max(0, _ceil(crossing, height * _LATTICE)), inside.shape[1])
        inside[row, column:] ^= True


def _on_lattice(pixels: ArrayLike) -> list[int]:
    """Pixel coordinates, of any shape, in whole steps of the lattice."""
    scaled = np.asarray(pixels, dtype=np.float64) * _LATTICE
    return [int(step) for step in np.rint(scaled).ravel()]


def _pixels_between(start: int, end: int) -> range:
    """The pixels in a line whose centres lie from `start` on and before `end` (lattice steps)."""
    return range(_ceil(start, _LATTICE), _ceil(end, _LATTICE))


def _ceil(numerator: int, denominator: int) -> int:
    return -(-numerator // denominator)


def statistics(values: Floats, mask: Mask) -> Statistics:
    """Statistics of the modality values (rows, columns) under `mask`, in float64; NaN is left out."""
    chosen = values[mask].astype(np.float64)
    used = chosen[np.isfinite(chosen)]
    excluded = int(chosen.size - used.size)
    if not used.size:
        return Statistics(0, excluded)
    return Statistics(
        count=int(used.size),
        excluded=excluded,
        mean=float(used.mean()),
        sd=float(used.std(ddof=1)) if used.size > 1 else None,
        minimum=float(used.min()),
        maximum=float(used.max()),
    )
