"""A smooth closed curve through points: the centripetal Catmull-Rom spline, as cubic Bezier pieces.

It goes through every point, and between neighbours it makes no loop and no cusp
(Yuksel, Schaefer and Keyser 2011).
"""

from __future__ import annotations

import numpy as np

from viewer_app.imaging.geometry import Floats

Beziers = Floats
"""Cubic pieces (n, 4, 2): start, two control points, end."""

_NODES, _WEIGHTS = (np.polynomial.legendre.leggauss(16) + np.array([[1.0], [0.0]])) / 2
_MOST_CHORDS = 4096
_SAME_PLACE = 1e-9  # mm or px


def distinct(points: Floats) -> Floats:
    """The points (n, 2) of a closed line without those that repeat the one before."""
    if len(points) < 2:
        return points
    apart = np.linalg.norm(points - np.roll(points, 1, axis=0), axis=1) > _SAME_PLACE
    return points[apart] if apart.any() else points[:1]


def closed_spline(points: Floats) -> Beziers:
    """The pieces from each point (n, 2) to the next and from the last to the first; n >= 3."""
    after = np.roll(points, -1, axis=0)
    step = np.sqrt(np.maximum(np.linalg.norm(after - points, axis=1), _SAME_PLACE))[:, None]
    step_before = np.roll(step, 1, axis=0)
    slope = (after - points) / step
    slope_before = np.roll(slope, 1, axis=0)
    # The derivative at each point, of the parabola through it and its neighbours.
    tangent = (slope_before * step + slope * step_before) / (step + step_before)
    first = points + tangent * step / 3
    second = after - np.roll(tangent, -1, axis=0) * step / 3
    return np.stack([points, first, second, after], axis=1)


def flattened(curve: Beziers, tolerance: float) -> Floats:
    """Points (n, 2) on the curve, without its end; chords leave it by at most `tolerance`, if 4,096 a piece suffice."""
    bend = np.linalg.norm(np.diff(curve, 2, axis=1), axis=2).max(axis=1)
    chords = np.clip(np.ceil(np.sqrt(0.75 * bend / tolerance)), 1, _MOST_CHORDS).astype(np.int64)
    piece = np.repeat(np.arange(len(curve)), chords)
    share = (np.arange(len(piece)) - np.repeat(np.cumsum(chords) - chords, chords)) / chords[piece]
    return at(curve[piece], share)


def at(pieces: Beziers, shares: Floats) -> Floats:
    """The points (n, 2) of pieces (n, 4, 2) at shares (n,) of them."""
    found: Floats = np.einsum("nk,nkd->nd", _basis(shares), pieces)
    return found


def area_and_length(curve: Beziers) -> tuple[float, float]:
    """Area inside a closed curve that does not cross itself, exact, and its length, by Gauss-Legendre quadrature."""
    places = np.tensordot(_basis(_NODES), curve - curve[0, 0], axes=(1, 1))
    speeds = np.tensordot(_slopes(_NODES), np.diff(curve, axis=1), axes=(1, 1))
    swept = places[..., 0] * speeds[..., 1] - places[..., 1] * speeds[..., 0]
    area = abs(float((_WEIGHTS @ swept).sum())) / 2
    return area, float((_WEIGHTS @ np.sqrt((speeds**2).sum(axis=2))).sum())


def _basis(shares: Floats) -> Floats:
    """The weights (n, 4) of the four points at shares (n,)."""
    t, s = shares, 1.0 - shares
    return np.stack([s**3, 3 * s * s * t, 3 * s * t * t, t**3], axis=1)


def _slopes(shares: Floats) -> Floats:
    """The weights (n, 3) of the three differences of neighbours in the derivative."""
    t, s = shares, 1.0 - shares
    return np.stack([3 * s * s, 6 * s * t, 3 * t * t], axis=1)
