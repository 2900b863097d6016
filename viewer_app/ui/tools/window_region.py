"""A window from a rectangle that is drawn on the image."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from viewer_app.imaging.geometry import Floats, vector
from viewer_app.imaging.sampler import cut_values
from viewer_app.imaging.values.region_window import region_values, region_window
from viewer_app.session.tile import Tile
from viewer_app.ui.tools.pointer import Gesture, Pointer, PointerKind, ScreenPoint, Stage


def window_region(stage: Stage, press: Pointer) -> Gesture:
    """Drag a rectangle: what lies in it goes from black to white.

    A click and Esc change nothing, nor does it on a colour image. On a reconstructed plane the values are those
    the sampler shows there.
    """
    try:
        while (pointer := (yield)).kind is not PointerKind.RELEASE:
            stage.outline(rectangle(press.at, pointer.at))
        _use(stage, press.at, pointer.at)
    finally:
        stage.outline(None)


def rectangle(start: ScreenPoint, end: ScreenPoint) -> tuple[ScreenPoint, ...]:
    """The four corners, one after the other, of the upright rectangle between two screen points."""
    return start, (end[0], start[1]), end, (start[0], end[1])


def _use(stage: Stage, start: ScreenPoint, end: ScreenPoint) -> None:
    tile = stage.tile
    corners = stage.camera.to_plane([start, end])
    found = region_window(_values(tile, corners))
    if found is not None:
        tile.view.set(replace(tile.view.value, window=found))


def _values(tile: Tile, corners: Floats) -> Floats:
    """Modality values between two opposite in-plane corners (2, 2) of what the tile shows."""
    image, volume, cut = tile.current_image(), tile.volume, tile.view.value.cut
    if image is not None:
        first, second = (tuple(map(float, point)) for point in corners)
        return region_values(image, [(first[0], first[1]), (second[0], second[1])])
    if volume is None or cut is None:
        return np.empty(0)
    plane, (left, top, width, height) = tile.plane, tile.extent
    least = np.maximum(corners.min(axis=0), (left, top))
    size = np.minimum(corners.max(axis=0), (left + width, top + height)) - least
    if (size < 0).any():
        return np.empty(0)
    spacing = plane.column_spacing, plane.row_spacing
    columns, rows = (int(number) + 1 for number in size / spacing)
    part = replace(plane, origin=vector(plane.to_patient([least / spacing])[0]))
    values = cut_values(volume, part, (rows, columns), cut.slab_mm, cut.slab_mode)
    inside: Floats = values[np.isfinite(values)]
    return inside
