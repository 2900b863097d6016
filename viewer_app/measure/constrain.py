"""What a held Shift makes of a point: pure geometry in the plane's unit, whatever the shape of its pixels."""

from __future__ import annotations

import math

import numpy as np

from viewer_app.imaging.geometry import Floats, Plane, Vector, vector

_EIGHTH = math.pi / 4


def on_eighth(plane: Plane, anchor: Vector, to: Vector) -> Vector:
    """The point nearest to `to` that lies from `anchor` along a row, along a column, or at 45 degrees between.

    Both are patient points of the plane.
    """
    across, down = _offset(plane, anchor, to)
    turn = round(math.atan2(down, across) / _EIGHTH) * _EIGHTH
    # Both parts from a table, so that a level line is level to the last bit.
    along = np.round([math.cos(turn), math.sin(turn)], 12)
    along /= math.hypot(*along)
    return _beside(plane, anchor, along * float(along @ (across, down)))


def on_square(plane: Plane, corner: Vector, to: Vector) -> Vector:
    """The corner opposite to `corner` of a square along rows and columns, as large as the longer side up to `to`."""
    across, down = _offset(plane, corner, to)
    side = max(abs(across), abs(down))
    return _beside(plane, corner, np.copysign(side, [across, down]))


def _offset(plane: Plane, start: Vector, end: Vector) -> tuple[float, float]:
    """Along the row and down the column, in the plane's unit."""
    across, down = np.subtract(*plane.in_plane([end, start])).tolist()
    return across, down


def _beside(plane: Plane, start: Vector, offset: Floats) -> Vector:
    """The patient point at an in-plane offset (2,) from another, at its height above the plane."""
    along = np.multiply(plane.row_direction, offset[0]) + np.multiply(plane.column_direction, offset[1])
    return vector(np.asarray(start) + along)
