"""Position and orientation of an image in the patient (C10; PS3.3 C.7.6.2.1.1)."""

from __future__ import annotations

from functools import lru_cache
from typing import cast

import numpy as np
from pydicom import Dataset

from viewer_app.imaging.geometry import Vector
from viewer_app.imaging.places.scale import Doubts
from viewer_app.imaging.reading import tags

_DIRECTION_TOLERANCE = 1e-3
_FARTHEST_MM = 1e6

Place = tuple[Vector, tuple[float, ...]]
"""Image Position (Patient), three numbers, and Image Orientation (Patient), six."""


def right_position(holder: Dataset) -> Vector | None:
    """Image Position (Patient), where it is usable."""
    position = tags.numbers(holder, "ImagePositionPatient", 3)
    if position is None or max(abs(value) for value in position) > _FARTHEST_MM:
        return None
    return cast(Vector, position)


def right_place(position_holder: Dataset, orientation_holder: Dataset) -> tuple[Place | None, Doubts]:
    """The place two data sets tell, or why it is not usable."""
    position = right_position(position_holder)
    orientation = tags.numbers(orientation_holder, "ImageOrientationPatient", 6)
    if position is None:
        return None, ("The image has no usable position in the patient.",)
    if orientation is None or not _right_angled(orientation):
        return None, ("The image has no usable orientation in the patient.",)
    return (position, orientation), ()


@lru_cache(maxsize=1024)
def _right_angled(orientation: tuple[float, ...]) -> bool:
    row, column = np.asarray(orientation[:3]), np.asarray(orientation[3:])
    off = (abs(np.linalg.norm(row) - 1), abs(np.linalg.norm(column) - 1), abs(row @ column))
    return bool(max(off) <= _DIRECTION_TOLERANCE)
