"""Which pixels of a line each point of a picture is made of, and with which weight."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from viewer_app.imaging.geometry import Floats
from viewer_app.imaging.sampler.grid import Axis

# So near to a pixel's centre a point is that centre, whatever its neighbours are.
_SAME_PLACE = 1e-9

Places = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Taps:
    """Point i is the mean of `weights[i, n]` of the pixels `first[i] + n`; where `first[i]` is -1 there is no image.

    `nearest` is the pixel a point lies in. Weights are lengths, not normalised: less of them where a box reaches
    over the edge of the image.
    """

    first: Places
    nearest: Places
    weights: Floats

    def __getitem__(self, part: slice) -> Taps:
        return Taps(self.first[part], self.nearest[part], self.weights[part])

    def __iter__(self) -> Iterator[NDArray[Any]]:
        """The arrays in the order in which the samplers take them."""
        return iter((self.first, self.nearest, self.weights))


def taps(extent: int, axis: Axis, level: int, *, smooth: bool) -> Taps:
    """The taps of `axis` on a line of `extent` pixels of which each 2 ** level have become one.

    A point is the mean over a box about it. The box of the width of one pixel is linear interpolation, and one as
    wide as the step between the points of a smaller picture leaves out no pixel.
    """
    points: Floats = axis.origin + axis.step * np.arange(axis.count, dtype=np.float64)
    centres = np.rint(points)
    points = np.where(np.abs(points - centres) < _SAME_PLACE, centres, points)
    is_inside = (points >= -0.5) & (points < extent - 0.5)
    size = 2.0**level
    weights, first = _box((points + 0.5) / size, axis.width(smooth=smooth) / size, extent / size)
    nearest = np.floor(points + 0.5)
    return Taps(
        np.where(is_inside, first, -1).astype(np.int64), np.where(is_inside, nearest, 0).astype(np.int64), weights
    )


def _box(places: Floats, width: float, end: float) -> tuple[Floats, Floats]:
    """Overlaps (n, taps) of boxes about `places` with pixels [k, k + 1), and the first k of each."""
    if not width:
        return np.ones((len(places), 1)), np.floor(places)
    left, right = (np.clip(places + side * width / 2, 0.0, end) for side in (-1.0, 1.0))
    first = np.floor(left)
    pixels = first[:, None] + np.arange(math.ceil(width) + 1)
    overlaps = np.minimum(right[:, None], pixels + 1.0) - np.maximum(left[:, None], pixels)
    return np.where(overlaps < _SAME_PLACE, 0.0, overlaps), first
