"""P5: one patient, encoded as lying on the table in each of the eight Patient Positions (C39; PS3.3 C.7.3.1.1.2)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import FileDataset

from viewer_app.imaging.geometry import Plane, Vector, vector
from viewer_app.phantom.blocks import axial_plane, stack
from viewer_app.phantom.dicom import image_dataset

# Row and column direction of an axial slice whose lower edge is at the table, seen from the table's foot end.
POSITIONS: Mapping[str, tuple[Vector, Vector]] = {
    "HFS": ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0)),
    "HFP": ((-1.0, 0.0, 0.0), (0.0, -1.0, 0.0)),
    "FFS": ((-1.0, 0.0, 0.0), (0.0, 1.0, 0.0)),
    "FFP": ((1.0, 0.0, 0.0), (0.0, -1.0, 0.0)),
    "HFDR": ((0.0, 1.0, 0.0), (-1.0, 0.0, 0.0)),
    "HFDL": ((0.0, -1.0, 0.0), (1.0, 0.0, 0.0)),
    "FFDR": ((0.0, -1.0, 0.0), (-1.0, 0.0, 0.0)),
    "FFDL": ((0.0, 1.0, 0.0), (1.0, 0.0, 0.0)),
}
SIZE = (12, 10, 6)
SPACING_MM = (0.7, 0.9, 2.5)
FIRST_MM: Vector = (-31.0, 12.5, -400.0)


def numbered_voxels() -> list[FileDataset]:
    """Head first, supine: 12 x 10 x 6 voxels along x, y and z, each with an HU of its own (`numbered_hu`)."""
    columns, rows, slices = SIZE
    hu = np.arange(columns * rows * slices).reshape(slices, rows, columns)
    plane = axial_plane(FIRST_MM, SPACING_MM[1], SPACING_MM[0], "positions")
    steps = [(0.0, 0.0, SPACING_MM[2] * k) for k in range(slices)]
    return stack(list((hu + 1024).astype(np.uint16)), plane, steps, "HFS", SliceThickness="2.5")


def numbered_hu(x: int, y: int, z: int) -> float:
    """The HU of a voxel of `numbered_voxels`, by its indices along x, y and z."""
    return float(x + SIZE[0] * (y + SIZE[1] * z))


def numbered_point(x: int, y: int, z: int) -> Vector:
    """The patient point of that voxel, in mm."""
    return vector(np.add(FIRST_MM, np.multiply((x, y, z), SPACING_MM)))


def in_position(images: Sequence[FileDataset], position: str) -> list[FileDataset]:
    """Axial slices that lie head first, supine, read out anew for another position: same values at the same points."""
    ordered = images if position.startswith("H") else list(reversed(images))
    return [_reread(image, position, number) for number, image in enumerate(ordered, start=1)]


def _reread(image: FileDataset, position: str, number: int) -> FileDataset:
    row, column = POSITIONS[position]
    pixels: NDArray[np.uint16] = image.pixel_array
    (row_spacing, column_spacing), lies_across = map(float, image.PixelSpacing), row[0] == 0.0
    first = [pixels.shape[1] - 1 if row[0] + column[0] < 0 else 0, pixels.shape[0] - 1 if row[1] + column[1] < 0 else 0]
    x, y, z = map(float, image.ImagePositionPatient)
    origin = vector([x + first[0] * column_spacing, y + first[1] * row_spacing, z])
    turned = pixels[:: -1 if first[1] else 1, :: -1 if first[0] else 1]
    spacing = (column_spacing, row_spacing) if lies_across else (row_spacing, column_spacing)
    plane = Plane(origin, row, column, *spacing, frame_of_reference_uid=image.FrameOfReferenceUID)
    return image_dataset(
        np.ascontiguousarray(turned.T if lies_across else turned),
        plane,
        name=position,
        number=number,
        PatientPosition=position,
        SliceThickness=image.SliceThickness,
    )
