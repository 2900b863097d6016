"""A region of voxels on the screen: a translucent picture with an outline, of the pixels of a viewport it touches.

Each pixel of the screen is decided by the voxel it lies in, on acquired slices and on reconstructed planes alike.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QImage

from viewer_app.imaging.geometry import Floats, Plane
from viewer_app.imaging.slices import heights
from viewer_app.imaging.stacks import Stack
from viewer_app.measure.lying import to_patient
from viewer_app.measure.region import Mask
from viewer_app.measure.volumes import VoxelRegion
from viewer_app.ui.views.camera import Camera, Grid

_FILL, _LINE, _HALO = 0.30, 1.0, 0.55
_LINE_PX = 1.5
_ROOM_PX = 3
_ROWS = 24
_Places = NDArray[np.intp]


@dataclass(frozen=True)
class RegionPicture:
    """`image` stands at `place`; a closed `outline` (n, 2) goes round all of it. In logical pixels of the viewport."""

    image: QImage
    place: QRectF
    outline: Floats


@dataclass(frozen=True)
class _Window:
    """The device pixels a region may touch: the first row and column, and how many of each."""

    top: int
    left: int
    rows: int
    columns: int


def on_slice(
    region: VoxelRegion, index: int, plane: Plane, camera: Camera, ratio: float, color: str
) -> RegionPicture | None:
    """The region as slice `index` shows it; None where nothing of it is seen. `ratio` is device to logical pixels."""
    layer = region.layer(index)
    if layer is None:
        return None
    corners = _corners(layer.left - 0.5, layer.top - 0.5, layer.right - 0.5, layer.bottom - 0.5)
    window = _window(camera, ratio, corners * (plane.column_spacing, plane.row_spacing))
    if window is None:
        return None
    mask = np.pad(layer.mask(), 1)
    across, down = _in_plane(camera.grid(ratio), window)
    rows = _within(down / plane.row_spacing - layer.top, layer.rows)
    columns = _within(across / plane.column_spacing - layer.left, layer.columns)
    return _picture(mask[rows, columns], window, ratio, color)


def on_plane(
    region: VoxelRegion, stack: Stack, plane: Plane, camera: Camera, ratio: float, color: str
) -> RegionPicture | None:
    """The region where a plane cuts it; None where it does not."""
    if region.box is None:
        return None
    window = _window(camera, ratio, plane.in_plane(_box_corners(region, stack)))
    if window is None:
        return None
    (start, top, left), (stop, bottom, right) = region.box
    across, down = _in_plane(camera.grid(ratio), window)
    base = stack.images[0].plane
    zero, *ends = to_patient(plane, np.array([(0.0, 0.0), (1.0, 0.0), (0.0, 1.0)]))
    steps = [end - zero for end in ends]

    def along(direction: tuple[float, float, float], origin: Floats) -> Floats:
        one, other = (float(step @ direction) for step in steps)
        found: Floats = float((zero - origin) @ direction) + across * one + down * other
        return found

    index = _slices(stack, along(base.normal, np.zeros(3)))
    origins = np.array([image.plane.origin for image in stack.images]) - base.origin
    shift = np.clip(index, 0, len(stack.images) - 1)
    row = along(base.column_direction, np.asarray(base.origin)) - (origins @ base.column_direction)[shift]
    column = along(base.row_direction, np.asarray(base.origin)) - (origins @ base.row_direction)[shift]
    layers = np.clip(index - start, -1, stop - start) + 1
    rows = _within(row / base.row_spacing - top, bottom - top)
    columns = _within(column / base.column_spacing - left, right - left)
    return _picture(_block(region)[layers, rows, columns], window, ratio, color)


@lru_cache(maxsize=4)
def _block(region: VoxelRegion) -> Mask:
    """The voxels of the box of a region, with one of nothing all around."""
    if region.box is None:
        return np.zeros((1, 1, 1), dtype=np.bool_)
    (start, *_), (stop, *_) = region.box
    return np.stack([region.framed(index) for index in range(start - 1, stop + 1)])


def _slices(stack: Stack, height: Floats) -> _Places:
    """The slice each height lies in the slab of: -1 and the number of slices beyond the ends."""
    places = heights(stack)
    sign = 1.0 if places[-1] >= places[0] else -1.0
    ordered = sign * places
    steps = np.diff(ordered)
    edges = np.concatenate(
        [[ordered[0] - steps[0] / 2], (ordered[:-1] + ordered[1:]) / 2, [ordered[-1] + steps[-1] / 2]]
    )
    return np.searchsorted(edges, sign * height, side="right") - 1


def _within(places: Floats, size: int) -> _Places:
    """Pixel coordinates within a box to places of its mask, which has a pixel of nothing around."""
    return np.clip(np.floor(places + 0.5), -1, size).astype(np.intp) + 1


def _in_plane(grid: Grid, window: _Window) -> tuple[Floats, Floats]:
    """In-plane coordinates of the pixels of a window: along the row and down the column, each as small as it can be."""
    columns = np.arange(window.left, window.left + window.columns, dtype=np.float64)[None, :]
    rows = np.arange(window.top, window.top + window.rows, dtype=np.float64)[:, None]
    # Views are turned by quarters only: each coordinate follows the rows or the columns of the screen.
    x = grid.first[0] + (columns * grid.across[0] if abs(grid.across[0]) > abs(grid.down[0]) else rows * grid.down[0])
    y = grid.first[1] + (rows * grid.down[1] if abs(grid.down[1]) > abs(grid.across[1]) else columns * grid.across[1])
    return x, y


def _window(camera: Camera, ratio: float, in_plane: Floats) -> _Window | None:
    corners = camera.to_screen(in_plane) * ratio
    size = np.ceil(np.asarray(camera.size) * ratio)
    low = np.clip(np.floor(corners.min(axis=0)) - _ROOM_PX, 0, size).astype(int)
    high = np.clip(np.ceil(corners.max(axis=0)) + _ROOM_PX, 0, size).astype(int)
    if (high <= low).any():
        return None
    return _Window(int(low[1]), int(low[0]), int(high[1] - low[1]), int(high[0] - low[0]))


def _corners(left: float, top: float, right: float, bottom: float) -> Floats:
    return np.array([(left, top), (right, top), (right, bottom), (left, bottom)])


def _box_corners(region: VoxelRegion, stack: Stack) -> Floats:
    """Patient points around all voxels: those of their slices, and a step beyond."""
    assert region.box is not None
    (start, top, left), (stop, bottom, right) = region.box
    last, flat = len(stack.images) - 1, _corners(left - 0.5, top - 0.5, right - 0.5, bottom - 0.5)
    beyond = (max(start - 1, 0), start, stop - 1, min(stop, last))
    points = [stack.images[index].plane.to_patient(flat) for index in beyond]
    step = points[1] - stack.images[min(start + 1, last)].plane.to_patient(flat)
    return np.concatenate([*points, points[1] + step, points[2] - step])


def _picture(mask: Mask, window: _Window, ratio: float, color: str) -> RegionPicture | None:
    if not mask.any():
        return None
    inner = mask
    for _ in range(max(1, round(_LINE_PX * ratio))):
        inner = _eroded(inner)
    halo = ~_eroded(~mask) & ~mask
    image = np.zeros(mask.shape, dtype=np.uint32)
    for part, value in (
        (inner, _argb(color, _FILL)),
        (mask & ~inner, _argb(color, _LINE)),
        (halo, _argb("#000000", _HALO)),
    ):
        image[part] = value
    rows, columns = mask.shape
    made = QImage(image.tobytes(), columns, rows, 4 * columns, QImage.Format.Format_ARGB32_Premultiplied).copy()
    place = QRectF(window.left / ratio, window.top / ratio, columns / ratio, rows / ratio)
    return RegionPicture(made, place, (_outline(mask) + np.array([window.left, window.top])) / ratio)


def _outline(mask: Mask) -> Floats:
    """Down the left ends of some rows of a mask that has pixels and up the right ends of these, closed; (n, 2)."""
    filled = np.flatnonzero(mask.any(axis=1))
    rows = filled[np.unique(np.linspace(0, len(filled) - 1, _ROWS).astype(int))]
    left, right = mask[rows].argmax(axis=1), mask.shape[1] - mask[rows][:, ::-1].argmax(axis=1)
    down = np.where(rows == filled[-1], rows + 1, rows)
    ends = np.concatenate([np.stack([left, down], axis=1), np.stack([right, down], axis=1)[::-1]])
    return np.concatenate([ends, ends[:1]]).astype(np.float64)


def _eroded(mask: Mask) -> Mask:
    """Without what has a neighbour outside; the border of the picture is no outside."""
    found = mask.copy()
    found[1:] &= mask[:-1]
    found[:-1] &= mask[1:]
    found[:, 1:] &= mask[:, :-1]
    found[:, :-1] &= mask[:, 1:]
    return found


def _argb(color: str, alpha: float) -> int:
    """A colour as Qt keeps it premultiplied."""
    shade = QColor(color)
    parts = (math.floor(part * alpha + 0.5) for part in (255, shade.red(), shade.green(), shade.blue()))
    value = 0
    for part in parts:
        value = value << 8 | part
    return value
