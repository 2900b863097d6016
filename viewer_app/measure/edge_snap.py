"""The edge next to a place in an image: the maximum of the gradient of the modality values, between pixels.

The gradient is that of the image smoothed by a Gaussian (Canny 1986). About its strongest pixel a parabola is fitted
to the logarithm of its size, and the maximum of that is looked for along the gradient (Haralick 1984, Steger 1998):
for a blurred step, whose gradient is a Gaussian across the edge, that is exact. Along the edge the place stays where
it was.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from viewer_app.imaging.geometry import Floats
from viewer_app.imaging.volume import PlanarImage

REACH = 3.0
"""Pixels around a place in which an edge is looked for."""

_SIGMA = 1.0
_KERNEL = 4
_AROUND = 8  # pixels whose gradients tell what is usual here
_STANDS_OUT = 2.5  # times the usual gradient: most noise stays below it
_STEPS = 3
SEEN = float(_AROUND + _KERNEL + 1)
"""Pixels around a place that say where its edge is."""

_OFFSETS = np.arange(-_KERNEL, _KERNEL + 1, dtype=np.float64)
_SMOOTH = np.exp(-(_OFFSETS**2) / (2 * _SIGMA**2)) / np.exp(-(_OFFSETS**2) / (2 * _SIGMA**2)).sum()
_DERIVE = _OFFSETS * _SMOOTH / (_OFFSETS**2 * _SMOOTH).sum()
# The six terms 1, x, y, x x / 2, x y, y y / 2 of a parabola, by least squares over 3 x 3 pixels.
_Y, _X = (grid.ravel() for grid in np.mgrid[-1:2, -1:2].astype(np.float64))
_FIT = np.linalg.pinv(np.stack([np.ones(9), _X, _Y, _X**2 / 2, _X * _Y, _Y**2 / 2], axis=1))

Spot = tuple[float, float]


def edge_near(image: PlanarImage, at: Spot) -> Spot | None:
    """The place (column, row) on an edge within `REACH` pixels of `at`; None where none stands out, and in colours."""
    middle = np.rint(at).astype(np.int64)
    patch = None if image.is_colour else _patch(image, middle)
    if patch is None:
        return None
    along, down = _gradients(patch, image.plane.spacing)
    size = np.hypot(along, down)
    start: Floats = np.asarray(at, dtype=np.float64) - middle + _AROUND
    seen = np.isfinite(size)
    rows, columns = np.indices(size.shape)
    near = seen & (np.hypot(columns - start[0], rows - start[1]) <= REACH)
    if not near.any():
        return None
    strongest = np.unravel_index(np.where(near, size, -1.0).argmax(), size.shape)
    if size[strongest] <= _STANDS_OUT * np.median(size[seen]):
        return None
    found = _refined(size, (along, down), image.plane.spacing, start, strongest)
    if found is None or np.hypot(*(found - start)) > REACH:
        return None
    column, row = (found - _AROUND + middle).tolist()
    return column, row


def _patch(image: PlanarImage, middle: np.typing.NDArray[np.int64]) -> Floats | None:
    """Modality values about a pixel (column, row), NaN outside the image; None where there is nothing."""
    reach = _AROUND + _KERNEL
    rows, columns = image.stored.shape[:2]
    first, last = middle - reach, middle + reach + 1
    left, top = np.maximum(first, 0).tolist()
    right, bottom = np.minimum(last, (columns, rows)).tolist()
    if left >= right or top >= bottom:
        return None
    patch = np.full((2 * reach + 1, 2 * reach + 1), np.nan)
    values = replace(image, stored=image.stored[top:bottom, left:right]).modality_values()
    patch[top - first[1] : bottom - first[1], left - first[0] : right - first[0]] = values
    return patch


def _gradients(patch: Floats, spacing: tuple[float, float]) -> tuple[Floats, Floats]:
    """Along the row and down the column, per unit of the plane; smaller than the patch by the kernel all around."""
    windows = np.lib.stride_tricks.sliding_window_view(patch, (len(_OFFSETS), len(_OFFSETS)))
    along = np.einsum("ijkl,k,l->ij", windows, _SMOOTH, _DERIVE) / spacing[1]
    down = np.einsum("ijkl,k,l->ij", windows, _DERIVE, _SMOOTH) / spacing[0]
    return along, down


def _refined(
    size: Floats,
    gradients: tuple[Floats, Floats],
    spacing: tuple[float, float],
    start: Floats,
    strongest: tuple[np.intp, ...],
) -> Floats | None:
    """The place (column, row) on the edge that is nearest to `start`; None where the gradient has no maximum across."""
    pixel = np.array([strongest[1], strongest[0]], dtype=np.int64)
    found: Floats | None = None
    for _ in range(_STEPS):
        column, row = pixel.tolist()
        if not (1 <= row < size.shape[0] - 1 and 1 <= column < size.shape[1] - 1):
            return None
        found = _on_edge(size, gradients, spacing, start, (column, row))
        if found is None:
            return None
        nearest = np.rint(found).astype(np.int64)
        if (nearest == pixel).all():
            break
        pixel = nearest
    return found


def _on_edge(
    size: Floats, gradients: tuple[Floats, Floats], spacing: tuple[float, float], start: Floats, pixel: tuple[int, int]
) -> Floats | None:
    """Where the parabola about a pixel has its maximum along the gradient, beside `start`; None where it has none."""
    column, row = pixel
    around = size[row - 1 : row + 2, column - 1 : column + 2]
    if not (np.isfinite(around).all() and (around > 0).all()):
        return None
    _, by_x, by_y, by_xx, by_xy, by_yy = (_FIT @ np.log(around).ravel()).tolist()
    scale = np.array([spacing[1], spacing[0]])
    normal = np.array([gradients[0][row, column], gradients[1][row, column]])
    normal /= np.hypot(*normal)
    slope = float(normal @ (np.array([by_x, by_y]) / scale))
    bend = float(normal @ (np.array([[by_xx, by_xy], [by_xy, by_yy]]) / np.outer(scale, scale)) @ normal)
    if bend >= 0:
        return None
    at_pixel = np.array([column, row], dtype=np.float64)
    across = -slope / bend + float(normal @ ((at_pixel - start) * scale))
    found: Floats = start + across * normal / scale
    return found
