"""From a plane to the screen and back: the only place where screen pixels meet millimetres.

In-plane points are (along the row, down the column) from the centre of the
first pixel, in the plane's unit; screen points are logical pixels from the
upper left corner of the viewport.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from viewer_app.imaging.geometry import Floats, Plane
from viewer_app.session.view import View

Size = tuple[float, float]

_FIT_SHARE = 0.98
SMALLEST_SCALE, LARGEST_SCALE = 0.001, 1000.0


@dataclass(frozen=True, slots=True)
class Camera:
    """`scale` screen pixels per plane unit; `center` in-plane, in the middle of a viewport of (width, height)."""

    scale: float
    center: tuple[float, float]
    size: Size

    def to_screen(self, in_plane: ArrayLike) -> Floats:
        """In-plane points (n, 2) to screen points (n, 2)."""
        points = np.asarray(in_plane, dtype=np.float64).reshape(-1, 2)
        screen: Floats = (points - np.asarray(self.center)) * self.scale + np.asarray(self.size) / 2
        return screen

    def to_plane(self, screen: ArrayLike) -> Floats:
        """Screen points (n, 2) to in-plane points (n, 2)."""
        points = np.asarray(screen, dtype=np.float64).reshape(-1, 2)
        in_plane: Floats = (points - np.asarray(self.size) / 2) / self.scale + np.asarray(self.center)
        return in_plane

    @property
    def visible(self) -> tuple[float, float, float, float]:
        """Left, top, width and height of what is seen, in-plane."""
        width, height = self.size[0] / self.scale, self.size[1] / self.scale
        return self.center[0] - width / 2, self.center[1] - height / 2, width, height


def image_extent(plane: Plane, shape: tuple[int, int]) -> tuple[float, float, float, float]:
    """Left, top, width and height of an image of (rows, columns), in-plane; edges lie half a pixel outside."""
    return (
        -plane.column_spacing / 2,
        -plane.row_spacing / 2,
        shape[1] * plane.column_spacing,
        shape[0] * plane.row_spacing,
    )


def camera_for(view: View, plane: Plane, shape: tuple[int, int], size: Size) -> Camera:
    """What `view` means in a viewport of `size`: its scale and centre, fitted where it names none."""
    left, top, width, height = image_extent(plane, shape)
    size = (max(size[0], 1.0), max(size[1], 1.0))
    fitted = _FIT_SHARE * min(size[0] / width, size[1] / height)
    scale = view.scale if view.scale is not None else fitted
    center = view.center if view.center is not None else (left + width / 2, top + height / 2)
    return Camera(min(max(scale, SMALLEST_SCALE), LARGEST_SCALE), center, size)
