"""Small phantoms for the tests of every room: rods, grid, marker, and slices that are not evenly stacked.

All are CT slices as data sets, head last; `write_series` puts them on disk.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import FileDataset

from viewer_app.imaging.geometry import Plane, Vector, vector
from viewer_app.phantom.dicom import ds, image_dataset, uid

ROD_HU = (-100.0, 0.0, 50.0, 100.0, 200.0, 400.0, 800.0)
ROD_RADIUS_MM = 8.0
GRID_PITCH_MM = 10.0
GRID_HU = 1000.0

_AXIAL = ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0))


def axial_plane(origin: Vector, row_spacing: float, column_spacing: float, name: str = "phantom") -> Plane:
    """A plane of an axial slice of a patient who lies on the back, head first."""
    frame_of_reference = uid(name, "frame of reference")
    return Plane(origin, *_AXIAL, row_spacing, column_spacing, frame_of_reference_uid=frame_of_reference)


def stack(
    stored: Sequence[NDArray[np.uint16]], plane: Plane, steps: Sequence[Vector], name: str = "phantom", **values: Any
) -> list[FileDataset]:
    """Slices whose origins are `plane.origin` moved by `steps` (mm); `values` as in `image_dataset`."""
    images = []
    for number, (pixels, step) in enumerate(zip(stored, steps, strict=True), start=1):
        place = replace(plane, origin=vector([a + b for a, b in zip(plane.origin, step, strict=True)]))
        images.append(image_dataset(pixels, place, name=name, number=number, **values))
    return images


def rod_centers() -> list[tuple[float, float]]:
    """(x, y) in mm of the axes of the rods of `ct_block`, in the order of `ROD_HU`."""
    return [(-75.0 + 25.0 * number, 0.0) for number in range(len(ROD_HU))]


def ct_block(
    slices: int = 4, *, slope: float = 1.0, intercept: float = -1024.0, name: str = "block"
) -> list[FileDataset]:
    """P1: water in air with rods of `ROD_HU`, 256 x 128 pixels of 0.8 mm, 2 mm apart, without noise.

    A voxel is wholly inside or outside by its centre. The stored values are
    exact for slope 1, intercept -1024 and for slope 0.5, intercept -500 (where
    air is -500, the lowest that can be stored).
    """
    rows, columns, spacing = 128, 256, 0.8
    plane = axial_plane((-(columns - 1) / 2 * spacing, -(rows - 1) / 2 * spacing, 0.0), spacing, spacing, name)
    x, y = plane.origin[0] + np.arange(columns) * spacing, (plane.origin[1] + np.arange(rows) * spacing)[:, None]
    hu = np.where((np.abs(x) < 96.0) & (np.abs(y) < 40.0), 0.0, max(-1000.0, intercept))
    for value, (rod_x, rod_y) in zip(ROD_HU, rod_centers(), strict=True):
        hu[(x - rod_x) ** 2 + (y - rod_y) ** 2 < ROD_RADIUS_MM**2] = value
    stored = np.rint((hu - intercept) / slope).astype(np.uint16)
    steps = [(0.0, 0.0, 2.0 * number) for number in range(slices)]
    rescale = {"RescaleSlope": ds(slope), "RescaleIntercept": ds(intercept), "SliceThickness": "2"}
    return stack([stored] * slices, plane, steps, name, **rescale)


def grid(
    slices: int = 3, *, row_direction: Vector = _AXIAL[0], column_direction: Vector = _AXIAL[1], name: str = "grid"
) -> list[FileDataset]:
    """P5: a grid of wires every 10 mm at Pixel Spacing 0.5\\0.7, in any orientation; slices 3 mm apart.

    Wires cross where both distances from the first pixel are multiples of 10 mm.
    A wire between two pixels is shared by them, so that its centre of mass is exact.
    """
    down, across = _wires(201, 0.5), _wires(301, 0.7)
    hu = np.maximum(down[:, None], across) * GRID_HU
    pixels = np.rint(hu + 1024.0).astype(np.uint16)
    plane = replace(
        axial_plane((0.0, 0.0, 0.0), 0.5, 0.7, name), row_direction=row_direction, column_direction=column_direction
    )
    normal = plane.normal
    steps = [(normal[0] * 3.0 * k, normal[1] * 3.0 * k, normal[2] * 3.0 * k) for k in range(slices)]
    return stack([pixels] * slices, plane, steps, name, SliceThickness="3")


def thick_and_overlapping(slices: int = 6, name: str = "overlap") -> list[FileDataset]:
    """C11: slices 2 mm apart that say Slice Thickness 5 and Spacing Between Slices -5, numbered against their order."""
    pixels = [_numbered(number) for number in range(slices)]
    steps = [(0.0, 0.0, 2.0 * (slices - 1 - number)) for number in range(slices)]
    values = {"SliceThickness": "5", "SpacingBetweenSlices": "-5"}
    return stack(pixels, axial_plane((0.0, 0.0, 0.0), 1.0, 1.0, name), steps, name, **values)


def uneven(steps: Sequence[Vector], name: str = "uneven") -> list[FileDataset]:
    """P6: slices of 32 x 32 pixels of 1 mm at these origins (mm): tilt, gap, jitter, changing pitch."""
    pixels = [_numbered(number) for number in range(len(steps))]
    return stack(pixels, axial_plane((0.0, 0.0, 0.0), 1.0, 1.0, name), steps, name)


def left_marker(slices: int = 3, name: str = "marker") -> list[FileDataset]:
    """P11: a bright L in the left front quarter of the patient, drawn to be read upright on an axial slice."""
    pixels = np.zeros((64, 64), dtype=np.uint16)
    pixels[8:24, 44:47] = 2024
    pixels[21:24, 44:56] = 2024
    steps = [(0.0, 0.0, 2.0 * number) for number in range(slices)]
    return stack([pixels] * slices, axial_plane((-31.5, -31.5, 0.0), 1.0, 1.0, name), steps, name)


def _wires(count: int, spacing: float) -> NDArray[np.float64]:
    """Shares of `count` pixels in wires every `GRID_PITCH_MM`."""
    shares = np.zeros(count)
    for number in range(int((count - 1) * spacing / GRID_PITCH_MM + 1e-9) + 1):
        pixel, part = divmod(round(number * GRID_PITCH_MM / spacing, 9), 1.0)
        shares[int(pixel)] += 1.0 - part
        if part:
            shares[int(pixel) + 1] += part
    return shares


def _numbered(number: int) -> NDArray[np.uint16]:
    """A flat slice whose HU is ten times its number."""
    return np.full((32, 32), 1024 + 10 * number, dtype=np.uint16)
