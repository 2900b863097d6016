"""Angles between directions, and the small drawings that show them."""

from __future__ import annotations

import math

import numpy as np

from viewer_app.imaging.geometry import Floats

SHORTEST = 1e-6
"""Below this length, in the plane's unit, a line has no direction."""

_ARC_STEPS = 25
_BARB_PX, _BARB_WIDTH = 16.0, 0.45


def angle_between(first: Floats, second: Floats) -> float | None:
    """Degrees from 0 to 180 between two vectors (3,); None where one has no direction.

    By atan2 of cross and dot product, which keeps its digits near 0 and 180 too.
    """
    if min(np.linalg.norm(first), np.linalg.norm(second)) < SHORTEST:
        return None
    return math.degrees(math.atan2(float(np.linalg.norm(np.cross(first, second))), float(first @ second)))


def arc(vertex: Floats, first: Floats, second: Floats, radius: float) -> Floats | None:
    """An arc (n, 2) around in-plane `vertex` from the arm to `first` to that to `second`, the short way round.

    It reaches at most half along the shorter arm; None where an arm has no direction.
    """
    arms = np.array([first, second]) - vertex
    shorter = float(np.linalg.norm(arms, axis=1).min())
    if shorter < SHORTEST:
        return None
    start, end = (math.atan2(down, across) for across, down in arms)
    sweep = math.remainder(end - start, 2 * math.pi)
    turns = np.linspace(start, start + sweep, _ARC_STEPS)
    found: Floats = vertex + min(radius, shorter / 2) * np.stack([np.cos(turns), np.sin(turns)], axis=1)
    return found


def arrow_head(tip: Floats, tail: Floats, mm_per_pixel: float) -> Floats | None:
    """Both barbs of an arrow (3, 2) at in-plane `tip`, of constant size on the screen; None without a direction.

    On a short arrow they reach back no further than half its length.
    """
    back = tail - tip
    length = float(np.linalg.norm(back))
    if length < SHORTEST:
        return None
    along = back / length * min(_BARB_PX * mm_per_pixel, length / 2)
    aside = _BARB_WIDTH * np.array([-along[1], along[0]])
    return np.array([tip + along + aside, tip, tip + along - aside])
