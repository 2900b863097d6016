"""Regions of voxels to plain JSON values and back, losing no bit."""

from __future__ import annotations

import base64
import math
import zlib
from collections.abc import Iterator, Mapping
from typing import Any

from viewer_app.errors import VolumeError
from viewer_app.measure.volumes.layer import Layer
from viewer_app.measure.volumes.voxel_region import StackGrid, VoxelRegion

FORMAT = 1

# No scanner makes more; what claims more is damaged, or means harm.
_MOST_SLICES, _MOST_ACROSS, _MOST_VOXELS = 1 << 16, 1 << 16, 1 << 34
_MOST_BYTES = 1 << 29

_ADVICE = "The other measurements are kept; draw this one anew."


def region_to_json(region: VoxelRegion) -> dict[str, Any]:
    """The grid, the box of each layer, and the bits of all layers one after the other: zlib, then base64."""
    grid = region.grid
    bits = b"".join(layer.bits for layer in region.layers)
    return {
        "format": FORMAT,
        "series_uid": grid.series_uid,
        "stack_number": grid.stack_number,
        "shape": list(grid.shape),
        "images": grid.images,
        "boxes": [[one.index, one.top, one.left, one.rows, one.columns] for one in region.layers],
        "bits": base64.b64encode(zlib.compress(bits)).decode("ascii"),
    }


def region_from_json(data: Mapping[str, Any]) -> VoxelRegion:
    """The region of `region_to_json`; VolumeError for anything else, before memory is taken for it."""
    try:
        if data["format"] != FORMAT:
            raise VolumeError(
                f"A stored region of voxels has format {data['format']!r}, which this Caliper does not know.",
                "Open it with the version that wrote it.",
            )
        grid = _grid(data)
        boxes = [_box(box) for box in data["boxes"]]
        return VoxelRegion(grid, tuple(_layers(boxes, str(data["bits"]))))
    except (KeyError, TypeError, ValueError, IndexError, zlib.error) as error:
        raise _damaged() from error


def _grid(data: Mapping[str, Any]) -> StackGrid:
    slices, rows, columns = (_whole(size) for size in data["shape"])
    across = max(rows, columns)
    if slices > _MOST_SLICES or across > _MOST_ACROSS or slices * rows * columns > _MOST_VOXELS:
        raise VolumeError("A stored region of voxels claims to be larger than any series of images.", _ADVICE)
    return StackGrid(
        str(data["series_uid"]), _whole(data["stack_number"]), (slices, rows, columns), str(data["images"])
    )


def _box(box: list[object]) -> tuple[int, int, int, int, int]:
    index, top, left, rows, columns = (_whole(number) for number in box)
    if not (0 < rows <= _MOST_ACROSS and 0 < columns <= _MOST_ACROSS):
        raise _damaged()
    return index, top, left, rows, columns


def _whole(number: object) -> int:
    if isinstance(number, bool) or not isinstance(number, int) or number < 0:
        raise _damaged()
    return number


def _layers(boxes: list[tuple[int, int, int, int, int]], text: str) -> Iterator[Layer]:
    sizes = [math.ceil(rows * columns / 8) for *_, rows, columns in boxes]
    bits, place = _inflated(text, sum(sizes)), 0
    for box, size in zip(boxes, sizes, strict=True):
        layer = Layer(*box, bits[place : place + size])
        # One set of voxels has one form; another may not pass for a different region.
        if Layer.of(layer.index, layer.mask(), layer.top, layer.left) != layer:
            raise _damaged()
        yield layer
        place += size


def _inflated(text: str, size: int) -> bytes:
    """The bits, which must be `size` bytes; no more than that is ever unpacked."""
    if size > _MOST_BYTES or len(text) > 2 * _MOST_BYTES:
        raise VolumeError("A stored region of voxels is too large to be read.", _ADVICE)
    packed = zlib.decompressobj()
    bits = packed.decompress(base64.b64decode(text, validate=True), size + 1)
    if len(bits) != size or not packed.eof or packed.unused_data:
        raise _damaged()
    return bits


def _damaged() -> VolumeError:
    return VolumeError("A stored region of voxels is damaged.", _ADVICE)
