"""The display shutter: what a file asks to be blanked around the image (PS3.3 C.7.6.11)."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from viewer_app.imaging.headers import Shutter
from viewer_app.imaging.reading import tags
from viewer_app.imaging.reading.groups import Groups

Mask = NDArray[np.bool_]
Numbers = tuple[float, ...]

SHUTTER_TAGS = (
    "ShutterShape", "ShutterLeftVerticalEdge", "ShutterRightVerticalEdge", "ShutterUpperHorizontalEdge",
    "ShutterLowerHorizontalEdge", "CenterOfCircularShutter", "RadiusOfCircularShutter",
    "VerticesOfThePolygonalShutter", "ShutterPresentationValue",
)  # fmt: skip


def frame_shutter(groups: Groups, number: int) -> Shutter | None:
    """The shutter of frame `number` (from 1); None where there is none, or it is not usable."""
    holder = groups.holder(number, "FrameDisplayShutterSequence")
    shapes = []
    for name in tags.text(holder, "ShutterShape").split("\\"):
        keywords = _ATTRIBUTES.get(name, ())
        found = [tags.numbers(holder, keyword) for keyword in keywords]
        numbers = tuple(value for part in found if part for value in part)
        if keywords and all(found) and _is_usable(name, numbers):
            shapes.append((name, numbers))
    value = tags.integer(holder, "ShutterPresentationValue") or 0
    return Shutter(tuple(shapes), min(max(value, 0), 0xFFFF) >> 8) if shapes else None


def unseen(shutter: Shutter, rows: int, columns: int, aspect: float = 1.0) -> Mask:
    """(rows, columns): True for everything outside the shutter, which is shown in its grey.

    `aspect` is row spacing by column spacing: the radius of a circle counts pixels along a row.
    """
    return ~_seen(shutter, rows, columns, aspect)


_ATTRIBUTES: dict[str, tuple[str, ...]] = {
    "RECTANGULAR": (
        "ShutterLeftVerticalEdge",
        "ShutterRightVerticalEdge",
        "ShutterUpperHorizontalEdge",
        "ShutterLowerHorizontalEdge",
    ),
    "CIRCULAR": ("CenterOfCircularShutter", "RadiusOfCircularShutter"),
    "POLYGONAL": ("VerticesOfThePolygonalShutter",),
}


def _is_usable(name: str, numbers: Numbers) -> bool:
    if name == "RECTANGULAR":
        return len(numbers) == 4 and numbers[0] < numbers[1] and numbers[2] < numbers[3]
    if name == "CIRCULAR":
        return len(numbers) == 3 and numbers[2] > 0
    return len(numbers) >= 6 and len(numbers) % 2 == 0


@lru_cache(maxsize=8)
def _seen(shutter: Shutter, rows: int, columns: int, aspect: float) -> Mask:
    down, across = np.mgrid[1 : rows + 1, 1 : columns + 1].astype(np.float64)
    seen = np.ones((rows, columns), dtype=bool)
    for name, numbers in shutter.shapes:
        seen &= _INSIDE[name](down, across, numbers, aspect)
    return seen


_Grid = NDArray[np.float64]


def _in_rectangle(down: _Grid, across: _Grid, numbers: Numbers, aspect: float) -> Mask:
    left, right, upper, lower = numbers
    return (across >= left) & (across <= right) & (down >= upper) & (down <= lower)


def _in_circle(down: _Grid, across: _Grid, numbers: Numbers, aspect: float) -> Mask:
    row, column, radius = numbers
    inside: Mask = ((down - row) * aspect) ** 2 + (across - column) ** 2 <= radius**2
    return inside


def _in_polygon(down: _Grid, across: _Grid, numbers: Numbers, aspect: float) -> Mask:
    """Even-odd; the last vertex is joined to the first."""
    points = np.asarray(numbers).reshape(-1, 2)
    inside = np.zeros(down.shape, dtype=bool)
    for (row, column), (next_row, next_column) in zip(points, np.roll(points, -1, axis=0), strict=True):
        if row != next_row:
            crosses = (down >= row) != (down >= next_row)
            at = column + (down - row) * (next_column - column) / (next_row - row)
            inside ^= crosses & (across < at)
    return inside


_INSIDE: dict[str, Callable[[_Grid, _Grid, Numbers, float], Mask]] = {
    "RECTANGULAR": _in_rectangle,
    "CIRCULAR": _in_circle,
    "POLYGONAL": _in_polygon,
}
