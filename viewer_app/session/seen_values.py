"""The numbers of what a tile shows, to make a window of: of its slice, or of its plane through a volume."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from viewer_app.imaging.geometry import Floats, vector
from viewer_app.imaging.sampler import cut_values
from viewer_app.imaging.values.region_window import region_values
from viewer_app.imaging.volume import PlanarImage
from viewer_app.session.tile import Tile

_COLOUR = "There is no window for an image in colour: it is shown in the colours it has."
_NOT_THERE = "There is no window yet: the image has not arrived."
_NOT_RESAMPLED = "There is no window yet: the planes have not been resampled. M offers it."
_NO_VALUES = "There is no window: nothing that is shown here has a value."


def seen_values(tile: Tile, corners: Floats | None = None) -> Floats:
    """Finite modality values (n,) of what `tile` shows, all or those between two opposite corners (2, 2).

    Corners are in-plane, (along the row, down the column) in the plane's unit. A slice gives its pixels without
    padding, a plane through a volume what the sampler shows there, slab and all (C14). None where nothing has
    arrived, and of colours.
    """
    image = tile.current_image()
    return _on_plane(tile, corners) if image is None else _of_image(image, corners)


def why_no_values(tile: Tile) -> str:
    """Why `seen_values` of the whole tile, which shows a stack, are none; "" while nothing stands against them."""
    stack, view = tile.stack, tile.view.value
    pixels = None if stack is None else stack.images[view.index].instance.pixel_format
    if pixels is not None and pixels.is_colour:
        return _COLOUR
    if tile.is_resampled and tile.source is None:
        return _NOT_RESAMPLED
    is_there = tile.source is not None if view.cut is not None else tile.current_image() is not None
    if not is_there:
        return _NOT_THERE
    return "" if seen_values(tile).size else _NO_VALUES


def _of_image(image: PlanarImage, corners: Floats | None) -> Floats:
    if corners is not None:
        return region_values(image, [(float(along), float(down)) for along, down in corners])
    return np.empty(0) if image.is_colour else _finite(image.modality_values())


def _on_plane(tile: Tile, corners: Floats | None) -> Floats:
    source, cut = tile.source, tile.view.value.cut
    if source is None or cut is None:
        return np.empty(0)
    plane, (left, top, width, height) = tile.plane, tile.extent
    first, last = np.array([(left, top), (left + width, top + height)])
    if corners is not None:
        first, last = np.maximum(corners.min(axis=0), first), np.minimum(corners.max(axis=0), last)
    if (last < first).any():
        return np.empty(0)
    spacing = plane.column_spacing, plane.row_spacing
    columns, rows = (int(number) + 1 for number in (last - first) / spacing)
    part = replace(plane, origin=vector(plane.to_patient([first / spacing])[0]))
    return _finite(cut_values(source, part, (rows, columns), cut.slab_mm, cut.slab_mode))


def _finite(values: Floats) -> Floats:
    found: Floats = values[np.isfinite(values)]
    return found
