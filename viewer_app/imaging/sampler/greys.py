"""Modality values to greys, by the formulas of `values/voi.py`."""

from __future__ import annotations

import numpy as np

from viewer_app.imaging.geometry import Floats
from viewer_app.imaging.headers import Window
from viewer_app.imaging.sampler.engine import line_sampler
from viewer_app.imaging.sampler.workers import Rows
from viewer_app.imaging.values.voi import Greys, apply_window


def windowing(values: Floats, window: Window, target: Greys, *, inverted: bool) -> Rows:
    """What turns rows of `values` (rows, columns) into rows of `target`; NaN becomes black."""
    line = _line(window)
    if line is None:

        def by_formula(first: int, last: int) -> None:
            target[first:last] = apply_window(values[first:last], window, inverted=inverted)

        return by_formula
    center, width = line
    sampler = line_sampler()

    def by_line(first: int, last: int) -> None:
        sampler.window(first, last, values, center, width, inverted, target)

    return by_line


def _line(window: Window) -> tuple[float, float] | None:
    """Centre and width of the straight part (PS3.3 C.11.2.1.2.1, C.11.2.1.3.2); None for other functions."""
    if window.function == "LINEAR_EXACT":
        center, width = window.center, window.width
    elif window.function == "LINEAR":
        center, width = window.center - 0.5, window.width - 1.0
    else:
        return None
    return (float(center), float(width)) if width > 0 and np.isfinite(width) else None
