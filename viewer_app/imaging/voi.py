"""VOI windows: modality values to grey (C19-C21, C23; PS3.3 C.11.2.1.2 and C.11.2.1.3)."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from viewer_app.imaging.geometry import Floats
from viewer_app.imaging.headers import Rescale, Window

Greys = NDArray[np.uint8]

_WHITE = 255.0


def apply_window(values: Floats, window: Window, *, inverted: bool = False) -> Greys:
    """Modality values of any shape to grey 0..255, rounded half up; NaN is black.

    `inverted` exchanges black and white after the window (MONOCHROME1, invert).
    """
    share = np.clip(_FUNCTIONS.get(window.function, _linear)(np.asarray(values, dtype=np.float64), window), 0.0, 1.0)
    if inverted:
        share = 1.0 - share
    greys: Greys = np.nan_to_num(np.floor(share * _WHITE + 0.5), nan=0.0).astype(np.uint8)
    return greys


def grey_table(window: Window, rescale: Rescale, stored_range: tuple[int, int], *, inverted: bool = False) -> Greys:
    """The grey of each stored value from `stored_range[0]` to `stored_range[1]`, both included."""
    stored = np.arange(stored_range[0], stored_range[1] + 1, dtype=np.float64)
    return apply_window(stored * rescale.slope + rescale.intercept, window, inverted=inverted)


def auto_window(values: Floats) -> Window:
    """A window over the central 98 per cent of the finite values; the named fallback for files without one."""
    finite = values[np.isfinite(values)]
    if not finite.size:
        return Window(0.0, 1.0, "automatic")
    low, high = (float(end) for end in np.percentile(finite, (1.0, 99.0)))
    if high <= low:
        low, high = float(finite.min()), float(finite.max())
    return Window((low + high) / 2, max(high - low, 1.0), "automatic")


def _linear(values: Floats, window: Window) -> Floats:
    center, width = window.center - 0.5, window.width - 1.0
    if width <= 0:
        return (values > center).astype(np.float64)
    share: Floats = (values - center) / width + 0.5
    return share


def _linear_exact(values: Floats, window: Window) -> Floats:
    share: Floats = (values - window.center) / window.width + 0.5
    return share


def _sigmoid(values: Floats, window: Window) -> Floats:
    steepness = np.clip(-4.0 * (values - window.center) / window.width, -700.0, 700.0)
    share: Floats = 1.0 / (1.0 + np.exp(steepness))
    return share


_FUNCTIONS: dict[str, Callable[[Floats, Window], Floats]] = {
    "LINEAR": _linear,
    "LINEAR_EXACT": _linear_exact,
    "SIGMOID": _sigmoid,
}
