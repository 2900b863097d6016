"""Tiles of a mosaic: the file has one frame, the instance one for each tile; imaging/places/mosaic.py places them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from numpy.typing import NDArray

from viewer_app.imaging.geometry import Plane
from viewer_app.imaging.headers import Frame, Instance, PixelFormat, Tile


def whole(instance: Instance) -> Instance:
    """The instance as its file holds it: a mosaic has one frame of the full size."""
    tile = instance.frames[0].tile if instance.frames else None
    if tile is None or instance.pixel_format is None:
        return instance
    pixels = replace(instance.pixel_format, rows=tile.mosaic_rows, columns=tile.mosaic_columns)
    return replace(instance, pixel_format=pixels, frames=(Frame(1, Plane.in_pixels()),))


def cut(samples: NDArray[Any], tile: Tile, pixels: PixelFormat) -> NDArray[Any]:
    """The part of a mosaic that is `tile`, of the size `pixels` says, as an array of its own."""
    rows = slice(tile.first_row, tile.first_row + pixels.rows)
    columns = slice(tile.first_column, tile.first_column + pixels.columns)
    return samples[rows, columns].copy()
