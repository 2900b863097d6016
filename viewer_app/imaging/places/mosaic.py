"""Siemens mosaics: one image that holds the slices of a volume side by side.

A mosaic becomes frames 1 to n, one per tile, row by row. The number of slices
and their direction come from the private CSA header alone, since nothing public
has them; a mosaic whose header does not prove both is shown as it is.
The position in the file is the corner of a slice as large as the whole mosaic,
around the centre of the first one.
"""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from viewer_app.imaging.geometry import Plane, vector
from viewer_app.imaging.headers import PixelFormat, Tile
from viewer_app.imaging.places.planes import located_plane
from viewer_app.imaging.reading import private, tags
from viewer_app.imaging.reading.csa import csa_numbers
from viewer_app.imaging.reading.groups import Groups

_COUNT, _NORMAL = "NumberOfImagesInMosaic", "SliceNormalVector"
_PARALLEL = 0.999

NOT_SPLIT = "A mosaic that does not prove where its slices lie ({}): it is shown whole, lengths are in pixels."

Tiles = tuple[tuple[Plane, Tile], ...]


def is_mosaic(groups: Groups) -> bool:
    """True where the image type says so."""
    return "MOSAIC" in tags.text(groups.dataset, "ImageType").split("\\")


def tiles(groups: Groups, pixels: PixelFormat) -> tuple[Tiles, str]:
    """The slices of a mosaic in the order of their tiles; () and the reason where they are not proven."""
    found = csa_numbers(private.data(groups.dataset, private.SIEMENS_CSA_IMAGE_HEADER), frozenset({_COUNT, _NORMAL}))
    count, normal = found.get(_COUNT, ()), found.get(_NORMAL, ())
    if len(count) != 1 or len(normal) != 3:
        return (), NOT_SPLIT.format("its private header is missing")
    grid = _grid(count[0], pixels)
    if grid is None:
        return (), NOT_SPLIT.format("the number of slices does not fit")
    plane, step = located_plane(groups, 1), tags.number(groups.dataset, "SpacingBetweenSlices")
    if plane is None or not step or step <= 0:
        return (), NOT_SPLIT.format("position, orientation or spacing is missing")
    along = float(np.dot(normal, plane.normal))
    if abs(along) < _PARALLEL:
        return (), NOT_SPLIT.format("the direction of the slices contradicts their orientation")
    return _tiles(plane, pixels, int(count[0]), grid, math.copysign(step, along)), ""


def tile_format(pixels: PixelFormat, tile: Tile, count: int) -> PixelFormat:
    """The pixel format of one tile of `count`."""
    grid = _side(count)
    return replace(pixels, rows=tile.mosaic_rows // grid, columns=tile.mosaic_columns // grid)


def _side(count: int) -> int:
    return math.isqrt(count - 1) + 1


def _grid(count: float, pixels: PixelFormat) -> int | None:
    """Tiles per side: the smallest square that holds all; None where the image is not such a square of tiles."""
    if not count.is_integer() or not 1 <= count <= pixels.rows:
        return None
    side = _side(int(count))
    return None if pixels.rows % side or pixels.columns % side else side


def _tiles(plane: Plane, pixels: PixelFormat, count: int, grid: int, step_mm: float) -> Tiles:
    rows, columns = pixels.rows // grid, pixels.columns // grid
    corner = plane.to_patient([((pixels.columns - columns) / 2, (pixels.rows - rows) / 2)])[0]
    found = []
    for index in range(count):
        row, column = divmod(index, grid)
        origin = vector(corner + np.multiply(plane.normal, index * step_mm))
        tile = Tile(row * rows, column * columns, pixels.rows, pixels.columns)
        found.append((replace(plane, origin=origin), tile))
    return tuple(found)
