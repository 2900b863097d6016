"""Values to greys, share by share of the rows of a picture, by the formulas of `values/voi.py`."""

from __future__ import annotations

from collections.abc import Callable, Hashable

import numpy as np

from viewer_app.imaging.geometry import Floats
from viewer_app.imaging.headers import Image, Window
from viewer_app.imaging.mpr import VoxelSource
from viewer_app.imaging.sampler.engine import line_sampler
from viewer_app.imaging.sampler.kept import Kept
from viewer_app.imaging.sampler.workers import over_rows
from viewer_app.imaging.values.voi import Greys, apply_window

# Fills its array (rows, columns) with the values of the rows of a picture from the given one on.
Fill = Callable[[int, Floats], None]
_IntoGreys = Callable[[Floats, Greys], None]

_PICTURE_BYTES, _MOST_SEEN = 96 << 20, 64
_KEPT: Kept[Floats] = Kept(_PICTURE_BYTES, lambda values: values.nbytes)
_SEEN: Kept[bool] = Kept(_MOST_SEEN, int)


def picture(
    volume: VoxelSource,
    name: Hashable,
    shape: tuple[int, int],
    fill: Callable[[], Fill],
    window: Window,
    inverted: bool,
) -> Greys:
    """The values that `fill()` gives as greys of `shape`; NaN becomes black.

    The values of a picture that is asked for again under its `name` are kept, so that dragging a window costs the
    window alone. One seen for the first time leaves nothing behind: planes that turn and slices that pass by would
    fill new memory with every frame.
    """
    into_greys, greys = _into_greys(window, inverted), np.empty(shape, np.uint8)
    values = _KEPT.find(volume, name)
    if values is None and _SEEN.find(volume, name):
        values = filled(shape, fill())
        _KEPT.keep(volume, name, values)
    if values is not None:
        over_rows(lambda first, last: into_greys(values[first:last], greys[first:last]), *shape)
        return greys
    _SEEN.keep(volume, name, True)
    fill_rows = fill()

    def rows(first: int, last: int) -> None:
        """Through the window while the values are still near the core."""
        part = np.empty((last - first, shape[1]))
        fill_rows(first, part)
        into_greys(part, greys[first:last])

    over_rows(rows, *shape)
    return greys


def filled(shape: tuple[int, int], fill: Fill) -> Floats:
    """The values of a whole picture."""
    values = np.empty(shape)
    over_rows(lambda first, last: fill(first, values[first:last]), *shape)
    return values


def is_monochrome1(image: Image) -> bool:
    """True where the lowest value is white (PS3.3 C.7.6.3.1.2)."""
    pixel_format = image.instance.pixel_format
    return pixel_format is not None and pixel_format.photometric_interpretation == "MONOCHROME1"


def _into_greys(window: Window, inverted: bool) -> _IntoGreys:
    line = _line(window)
    if line is None:

        def by_formula(values: Floats, target: Greys) -> None:
            target[...] = apply_window(values, window, inverted=inverted)

        return by_formula
    center, width = line
    sampler = line_sampler()
    return lambda values, target: sampler.window(values, center, width, inverted, target)


def _line(window: Window) -> tuple[float, float] | None:
    """Centre and width of the straight part (PS3.3 C.11.2.1.2.1, C.11.2.1.3.2); None for other functions."""
    if window.function == "LINEAR_EXACT":
        center, width = window.center, window.width
    elif window.function == "LINEAR":
        center, width = window.center - 0.5, window.width - 1.0
    else:
        return None
    return (float(center), float(width)) if width > 0 and np.isfinite(width) else None
