"""From a plane to the screen and back: the only place where screen pixels meet millimetres.

In-plane points are (along the row, down the column) from the centre of the
first pixel, in the plane's unit; screen points are logical pixels from the
upper left corner of the viewport.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike

from viewer_app.imaging.geometry import Extent, Floats
from viewer_app.session.view import View

Size = tuple[float, float]
Pair = tuple[float, float]

_FIT_SHARE = 0.98
# A mark nearer to the edge than this share of the viewport is not seen well.
_MARGIN_SHARE = 0.05
_SAME_PIXEL = 1e-6
SMALLEST_SCALE, LARGEST_SCALE = 0.001, 1000.0

# Clockwise on a screen whose second axis points down: what lay to the right lies below.
_QUARTER_TURNS = (
    np.array([[1.0, 0.0], [0.0, 1.0]]),
    np.array([[0.0, -1.0], [1.0, 0.0]]),
    np.array([[-1.0, 0.0], [0.0, -1.0]]),
    np.array([[0.0, 1.0], [-1.0, 0.0]]),
)
_FLIP = np.array([[-1.0, 0.0], [0.0, 1.0]])


@dataclass(frozen=True, slots=True)
class Grid:
    """Where the pixels of a picture lie in-plane, in the plane's unit.

    `first` is the centre of the upper left one; `across` leads to the next one
    to the right, `down` to the one below, whatever the plane is turned by.
    """

    first: Pair
    across: Pair
    down: Pair


@dataclass(frozen=True, slots=True)
class Camera:
    """`scale` screen pixels per plane unit; `center` in-plane, in the middle of a viewport of (width, height).

    The plane is mirrored left to right if `flipped`, then turned clockwise by `quarter_turns`, 0 to 3.
    """

    scale: float
    center: Pair
    size: Size
    flipped: bool = False
    quarter_turns: int = 0

    def to_screen(self, in_plane: ArrayLike) -> Floats:
        """In-plane points (n, 2) to screen points (n, 2)."""
        points = np.asarray(in_plane, dtype=np.float64).reshape(-1, 2)
        offsets = (points - np.asarray(self.center)) @ self._turn.T
        screen: Floats = offsets * self.scale + np.asarray(self.size) / 2
        return screen

    def to_plane(self, screen: ArrayLike) -> Floats:
        """Screen points (n, 2) to in-plane points (n, 2)."""
        points = np.asarray(screen, dtype=np.float64).reshape(-1, 2)
        # The inverse of a turn is its transpose.
        offsets = (points - np.asarray(self.size) / 2) / self.scale @ self._turn
        in_plane: Floats = offsets + np.asarray(self.center)
        return in_plane

    @property
    def visible(self) -> tuple[float, float, float, float]:
        """Left, top, width and height of what is seen, in-plane."""
        width, height = _turned_size(self.size, self.quarter_turns)
        width, height = width / self.scale, height / self.scale
        return self.center[0] - width / 2, self.center[1] - height / 2, width, height

    def grid(self, device_pixel_ratio: float) -> Grid:
        """Where the device pixels of a picture lie that begins at the upper left corner of the viewport.

        The ratio is that of device to logical pixels. The pixel of (row, column)
        has its centre at `first` + column x `across` + row x `down`.
        """
        pixel = 1.0 / device_pixel_ratio
        (first,) = self.to_plane([(pixel / 2, pixel / 2)])
        across, down = np.eye(2) * (pixel / self.scale) @ self._turn
        return Grid(_pair(first), _pair(across), _pair(down))

    def holding(self, in_plane: ArrayLike, at: Pair) -> Camera:
        """This camera moved so that an in-plane point lies at a screen point."""
        offset = (np.asarray(at) - np.asarray(self.size) / 2) / self.scale @ self._turn
        return replace(self, center=_pair(np.asarray(in_plane, dtype=np.float64).reshape(2) - offset))

    def on_pixels(self, spacings: Pair, device_pixel_ratio: float) -> Camera:
        """This camera, moved by less than a device pixel so that each shows one pixel of the image and no mixture.

        `spacings` is how far those of the image are apart across and down, in the plane's unit. Where one of them does
        not take one device pixel the camera stays as it is: they are mixed anyhow.
        """
        pixel = 1.0 / (self.scale * device_pixel_ratio)
        if any(abs(spacing - pixel) > _SAME_PIXEL * pixel for spacing in spacings):
            return self
        first = np.asarray(self.grid(device_pixel_ratio).first)
        return replace(self, center=_pair(np.asarray(self.center) + np.rint(first / pixel) * pixel - first))

    @property
    def _turn(self) -> Floats:
        """(2, 2): in-plane directions, as columns, to those of the screen."""
        turn = _QUARTER_TURNS[self.quarter_turns]
        return turn @ _FLIP if self.flipped else turn


def camera_for(view: View, extent: Extent, size: Size) -> Camera:
    """What `view` of something of that extent means in a viewport of `size`: fitted where it names no scale."""
    left, top, width, height = extent
    size = (max(size[0], 1.0), max(size[1], 1.0))
    turns = view.quarter_turns % 4
    across, down = _turned_size((width, height), turns)
    fitted = _FIT_SHARE * min(size[0] / across, size[1] / down)
    scale = view.scale if view.scale is not None else fitted
    center = view.center if view.center is not None else (left + width / 2, top + height / 2)
    return Camera(min(max(scale, SMALLEST_SCALE), LARGEST_SCALE), center, size, view.flipped, turns)


def in_sight(view: View, extent: Extent, size: Size, in_plane: ArrayLike) -> View:
    """`view` as it is if it shows all these in-plane points (n, 2), else panned to them and zoomed out if need be."""
    camera, points = camera_for(view, extent, size), np.asarray(in_plane, dtype=np.float64).reshape(-1, 2)
    if not len(points) or (view.scale is None and view.center is None):
        return view
    low, high, seen = points.min(axis=0), points.max(axis=0), np.array(camera.visible)
    margin = _MARGIN_SHARE * seen[2:]
    if (low >= seen[:2] + margin).all() and (high <= seen[:2] + seen[2:] - margin).all():
        return view
    share = float(((high - low) / (seen[2:] - 2 * margin)).max())
    return replace(view, scale=camera.scale / share if share > 1 else view.scale, center=_pair((low + high) / 2))


def _turned_size(size: Size, quarter_turns: int) -> Size:
    """Width and height change places with every quarter turn."""
    return (size[1], size[0]) if quarter_turns % 2 else size


def _pair(values: Floats) -> Pair:
    return float(values[0]), float(values[1])
