"""Which places of a stroke are worth keeping (C35)."""

from __future__ import annotations

import numpy as np

from viewer_app.imaging.geometry import Floats
from viewer_app.measure.spline import at, closed_spline

_OFF = 0.05  # of a pixel: how far the curve may lie from the stroke, half of what is promised
_FIRST = 4  # points to begin with
_PARTS = 32  # chords of a piece that is held to the stroke
_SAME_PLACE = 1e-9


def thinned(stroke: Floats, pixel: float) -> tuple[int, ...]:
    """Indices of the points (n, 2) through which a closed spline lies within a tenth of a pixel of the whole stroke.

    Begins with a few, and adds between two of them as long as the curve and the stroke are apart there.
    """
    places = _moving(stroke)
    if len(places) <= _FIRST:
        return tuple(places)
    kept = [len(places) * part // _FIRST for part in range(_FIRST)]
    while added := _wanting(stroke[places], kept, _OFF * pixel):
        kept = sorted((*kept, *added))
    return tuple(places[index] for index in kept)


def _moving(stroke: Floats) -> list[int]:
    """Indices of the points that differ from the one kept before and, at the end, from the first."""
    kept = [0]
    for index in range(1, len(stroke)):
        if np.linalg.norm(stroke[index] - stroke[kept[-1]]) > _SAME_PLACE:
            kept.append(index)
    while len(kept) > 1 and np.linalg.norm(stroke[kept[-1]] - stroke[0]) <= _SAME_PLACE:
        kept.pop()
    return kept


def _wanting(stroke: Floats, kept: list[int], off: float) -> list[int]:
    """Where one more point is to be kept: in the middle of every stretch whose curve leaves the stroke."""
    curve = closed_spline(stroke[kept])
    shares = np.linspace(0.0, 1.0, _PARTS + 1)
    wanting = []
    for piece, start, stop in zip(curve, kept, (*kept[1:], len(stroke)), strict=True):
        if stop - start < 2:
            continue
        stretch = np.take(stroke, range(start, stop + 1), axis=0, mode="wrap")
        chords = at(np.repeat(piece[None], _PARTS + 1, axis=0), shares)
        if max(_farthest(stretch[1:-1], chords), _farthest(chords, stretch)) > off:
            wanting.append((start + stop) // 2)
    return wanting


def _farthest(points: Floats, line: Floats) -> float:
    """How far the farthest of the points (n, 2) lies from a polyline (m, 2)."""
    start, along = line[:-1], np.diff(line, axis=0)
    squared = np.maximum(np.einsum("ij,ij->i", along, along), 1e-300)
    offsets = points[:, None] - start
    share = np.clip(np.einsum("ijk,jk->ij", offsets, along) / squared, 0.0, 1.0)
    distances = np.linalg.norm(offsets - share[..., None] * along, axis=2)
    return float(distances.min(axis=1).max())
