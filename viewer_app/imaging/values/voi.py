"""VOI windows: modality values to grey (C19-C23; PS3.3 C.11.2.1)."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from viewer_app.imaging.geometry import Floats
from viewer_app.imaging.headers import Rescale, Window
from viewer_app.imaging.values.lookup import modality_values, through
from viewer_app.imaging.values.suv import SUV_UNIT

Greys = NDArray[np.uint8]

_WHITE = 255.0

_SUV_WINDOW = Window(3.5, 7.0, "SUV 0–7", "LINEAR_EXACT")


def apply_window(values: Floats, window: Window, *, inverted: bool = False) -> Greys:
    """Modality values of any shape to grey 0..255, rounded half up; NaN is black.

    `inverted` exchanges black and white after the window (MONOCHROME1, invert); NaN stays black.
    """
    numbers = np.asarray(values, dtype=np.float64)
    level = np.clip(_FUNCTIONS.get(window.function, _linear)(numbers, window), 0.0, _WHITE)
    if inverted:
        level = _WHITE - level
    greys: Greys = np.where(np.isnan(numbers), 0.0, np.floor(level + 0.5)).astype(np.uint8)
    return greys


def grey_table(window: Window, rescale: Rescale, stored_range: tuple[int, int], *, inverted: bool = False) -> Greys:
    """The grey of each stored value from `stored_range[0]` to `stored_range[1]`, both included."""
    stored = np.arange(stored_range[0], stored_range[1] + 1, dtype=np.float64)
    return apply_window(modality_values(stored, rescale), window, inverted=inverted)


def default_window(values: Floats, unit: str) -> Window:
    """What to begin with where the file proposes nothing: fixed for SUV, which mean the same in every patient."""
    return _SUV_WINDOW if unit == SUV_UNIT else auto_window(values)


def auto_window(values: Floats) -> Window:
    """A window over the central 98 per cent of the finite values; the named fallback for files without one.

    LINEAR_EXACT, since LINEAR takes one off the width: a map of values below one would show black and white only.
    """
    finite = values[np.isfinite(values)]
    if not finite.size:
        return Window(0.0, 1.0, "automatic", "LINEAR_EXACT")
    low, high = (float(end) for end in np.percentile(finite, (1.0, 99.0)))
    if high <= low:
        low, high = float(finite.min()), float(finite.max())
    return Window((low + high) / 2, high - low or 1.0, "automatic", "LINEAR_EXACT")


# Greys before rounding. Multiplied before divided: a tie between two greys then comes out exact.
def _linear(values: Floats, window: Window) -> Floats:
    center, width = window.center - 0.5, window.width - 1.0
    if width <= 0:
        return np.where(values > center, _WHITE, 0.0)
    level: Floats = (values - center) * _WHITE / width + _WHITE / 2
    return level


def _linear_exact(values: Floats, window: Window) -> Floats:
    level: Floats = (values - window.center) * _WHITE / window.width + _WHITE / 2
    return level


def _sigmoid(values: Floats, window: Window) -> Floats:
    steepness = np.clip(-4.0 * (values - window.center) / window.width, -700.0, 700.0)
    level: Floats = _WHITE / (1.0 + np.exp(steepness))
    return level


def _lookup(values: Floats, window: Window) -> Floats:
    if window.lookup is None:
        return _linear(values, window)
    level: Floats = through(values, window.lookup) * _WHITE / ((1 << window.lookup.bits) - 1)
    return level


_FUNCTIONS: dict[str, Callable[[Floats, Window], Floats]] = {
    "LINEAR": _linear,
    "LINEAR_EXACT": _linear_exact,
    "SIGMOID": _sigmoid,
    "LUT": _lookup,
}
