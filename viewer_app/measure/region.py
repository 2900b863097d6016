"""Which pixels belong to a region, and their statistics (C24, C27-C30).

The rule, version 1: a pixel belongs to a region when its centre lies inside.
A centre exactly on the border counts as if it lay an infinitesimal step
further along the row, then down the column: left and upper edges are in, right
and lower edges are out. Crossing outlines follow even-odd. Nothing depends on
zoom, window or the direction of drawing.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from viewer_app.imaging.geometry import Floats

RULE_VERSION = 1

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
    (center_column, center_row), (radius_columns, radius_rows) = np.asarray(center), np.asarray(radii)
    across = (np.arange(shape[1]) - center_column)[None, :]
    down = (np.arange(shape[0]) - center_row)[:, None]
    size = np.square(across / radius_columns) + np.square(down / radius_rows)
    on_border_inside = (across < 0) | ((across == 0) & (down < 0))
    inside: Mask = (size < 1.0) | ((size == 1.0) & on_border_inside)
    return inside


def polygon_mask(shape: tuple[int, int], vertices: ArrayLike) -> Mask:
    """Pixels of a (rows, columns) grid inside a polygon; `vertices` (n, 2) are (column, row)."""
    inside = np.zeros(shape, dtype=bool)
    points = np.asarray(vertices, dtype=np.float64).reshape(-1, 2)
    for (column_a, row_a), (column_b, row_b) in zip(points, np.roll(points, -1, axis=0), strict=True):
        _toggle_right_of_edge(inside, (column_a, row_a), (column_b, row_b))
    return inside


def _toggle_right_of_edge(inside: Mask, start: tuple[float, float], end: tuple[float, float]) -> None:
    """Even-odd: flip the pixels whose ray to the left crosses the edge; rows are half-open."""
    if start[1] > end[1]:
        start, end = end, start
    first = max(0, math.ceil(start[1]))
    last = min(inside.shape[0], math.ceil(end[1]))
    for row in range(first, last):
        crossing = start[0] + (row - start[1]) * (end[0] - start[0]) / (end[1] - start[1])
        column = min(max(0, math.ceil(crossing)), inside.shape[1])
        inside[row, column:] ^= True


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
