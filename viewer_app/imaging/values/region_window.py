"""A window from the values inside a rectangle."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import ArrayLike

from viewer_app.imaging.geometry import Floats
from viewer_app.imaging.headers import Window
from viewer_app.imaging.values.voi import auto_window
from viewer_app.imaging.volume import PlanarImage

_NAME = "region"
# The central 98 per cent of fewer values is a matter of chance.
_FEWEST = 4


def region_values(image: PlanarImage, corners: Sequence[tuple[float, float]]) -> Floats:
    """Modality values in float64, (n,), of the pixels whose centres lie between two opposite corners, edges included.

    `corners` are in-plane: (along the row, down the column) in the plane's unit, from the centre of the first pixel.
    Padding and NaN are left out (C24); nothing for an image in colour, which has no such values.
    """
    if image.is_colour:
        return np.empty(0)
    spacing = image.plane.column_spacing, image.plane.row_spacing
    pixels = np.asarray(corners, dtype=np.float64) / spacing
    first = np.ceil(pixels.min(axis=0)).clip(min=0).astype(int)
    last = np.floor(pixels.max(axis=0)).clip(min=-1).astype(int)
    part = replace(image, stored=image.stored[first[1] : last[1] + 1, first[0] : last[0] + 1])
    values = part.modality_values()
    inside: Floats = values[np.isfinite(values)]
    return inside


def region_window(values: ArrayLike) -> Window | None:
    """A window over the central 98 per cent of the finite values, so that one hot pixel does not decide it.

    None for fewer than four values: that was a click, or a rectangle beside the image.
    """
    numbers = np.asarray(values, dtype=np.float64)
    if np.count_nonzero(np.isfinite(numbers)) < _FEWEST:
        return None
    return replace(auto_window(numbers), explanation=_NAME)
