"""Planes in patient space: DICOM patient coordinates (LPS, mm), PS3.3 C.7.6.2.1.1.

Pixel points are `(column, row)`; (0, 0) is the centre of the first pixel, so a
pixel covers half a pixel to each side. Patient points are `(x, y, z)`: x grows
to the patient's left, y to the back, z to the head. All arithmetic is float64.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import Enum
from typing import Literal, cast

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
Vector = tuple[float, float, float]
Extent = tuple[float, float, float, float]
"""Left, top, width and height in a plane, from the centre of its first pixel along row and column, in its unit."""
Unit = Literal["mm", "px"]

# A letter is shown for every component of at least this size (about 6 degrees).
_LETTER_THRESHOLD = 0.1


class Calibration(Enum):
    """How a plane knows its millimetres (PS3.3 10.7). The value is what a reader is shown."""

    IMAGE_PLANE = "image plane"
    LOCALIZER = "localizer, true at the scanner's axis only"
    PROJECTION = "calibrated projection"
    CENTER_OF_BEAM = "at the object in the centre of the beam"
    UNSTATED = "projection, calibration unknown"
    DETECTOR = "at detector"
    FILM = "on the scanned film"
    REGION = "ultrasound region"
    USER = "user calibration"
    NONE = "not calibrated"


def vector(values: ArrayLike) -> Vector:
    """Three finite numbers as a tuple of float; ValueError otherwise."""
    array = np.asarray(values, dtype=np.float64)
    if array.shape != (3,) or not np.isfinite(array).all():
        raise ValueError(f"three finite numbers expected, not {values!r}")
    return cast(Vector, tuple(array.tolist()))


@dataclass(frozen=True, slots=True)
class Plane:
    """A grid of pixels in space.

    `origin` is the centre of pixel (0, 0). `row_direction` points along a row
    (growing column index), `column_direction` down a column; both are unit
    vectors at right angles, as exact as the file's direction cosines. `row_spacing` is the distance between rows,
    `column_spacing` between columns (DICOM Pixel Spacing has the row spacing
    first), both in `unit`. A plane that is not `located` has a scale but no
    place in the patient; its points live in a frame of its own.
    """

    origin: Vector
    row_direction: Vector
    column_direction: Vector
    row_spacing: float
    column_spacing: float
    unit: Unit = "mm"
    calibration: Calibration = Calibration.IMAGE_PLANE
    frame_of_reference_uid: str = ""
    located: bool = True

    @staticmethod
    def in_pixels() -> Plane:
        """The plane of an image without a proven scale: one unit is one pixel (C09)."""
        return Plane.unlocated(1.0, 1.0, "px", Calibration.NONE)

    @staticmethod
    def unlocated(row_spacing: float, column_spacing: float, unit: Unit, calibration: Calibration) -> Plane:
        """A plane with a scale but without a place in the patient (projections, secondary captures)."""
        return Plane(
            origin=(0.0, 0.0, 0.0),
            row_direction=(1.0, 0.0, 0.0),
            column_direction=(0.0, 1.0, 0.0),
            row_spacing=row_spacing,
            column_spacing=column_spacing,
            unit=unit,
            calibration=calibration,
            located=False,
        )

    @property
    def normal(self) -> Vector:
        """Unit vector along `row_direction x column_direction`."""
        (a, b, c), (d, e, f) = self.row_direction, self.column_direction
        x, y, z = b * f - c * e, c * d - a * f, a * e - b * d
        length = math.sqrt(x * x + y * y + z * z)
        return x / length, y / length, z / length

    @property
    def spacing(self) -> tuple[float, float]:
        """(between rows, between columns), as DICOM Pixel Spacing orders them."""
        return self.row_spacing, self.column_spacing

    def to_patient(self, pixels: ArrayLike) -> Floats:
        """Pixel points (n, 2) as (column, row) to patient points (n, 3), in `unit` (C10)."""
        points = np.asarray(pixels, dtype=np.float64).reshape(-1, 2)
        along_row = np.multiply(self.row_direction, self.column_spacing)
        down_column = np.multiply(self.column_direction, self.row_spacing)
        patient: Floats = np.asarray(self.origin) + points[:, :1] * along_row + points[:, 1:] * down_column
        return patient

    def to_pixels(self, points: ArrayLike) -> Floats:
        """Patient points (n, 3), projected along the normal, to (column, row) (n, 2).

        The exact inverse of `to_patient`, also where the file's direction cosines are rounded.
        """
        axes = np.stack(
            [
                np.multiply(self.row_direction, self.column_spacing),
                np.multiply(self.column_direction, self.row_spacing),
            ]
        )
        offsets = np.asarray(points, dtype=np.float64).reshape(-1, 3) - np.asarray(self.origin)
        ((a, b), (_, d)), products = (axes @ axes.T).tolist(), offsets @ axes.T
        inverse = np.array([[d, -b], [-b, a]]) / (a * d - b * b)
        pixels: Floats = products @ inverse
        return pixels

    def in_plane(self, points: ArrayLike) -> Floats:
        """Patient points (n, 3) to distances (n, 2) from the origin along row and column, in `unit`."""
        distances: Floats = self.to_pixels(points) * np.array([self.column_spacing, self.row_spacing])
        return distances

    def height(self, points: ArrayLike) -> Floats:
        """Signed distances (n,) of patient points (n, 3) from the plane along its normal, in `unit`."""
        offsets = np.asarray(points, dtype=np.float64).reshape(-1, 3) - np.asarray(self.origin)
        heights: Floats = offsets @ np.asarray(self.normal)
        return heights


def image_extent(plane: Plane, shape: tuple[int, int]) -> Extent:
    """Where an image of (rows, columns) lies in its plane; edges lie half a pixel outside."""
    return (
        -plane.column_spacing / 2,
        -plane.row_spacing / 2,
        shape[1] * plane.column_spacing,
        shape[0] * plane.row_spacing,
    )


def orientation_letters(direction: ArrayLike) -> str:
    """Up to three letters for where `direction` (x, y, z) points, largest component first (C37).

    L, R, P, A, H and F as in PS3.3 C.7.6.1.1.1; "" for a null vector.
    """
    x, y, z = (float(value) for value in np.asarray(direction, dtype=np.float64))
    length = math.sqrt(x * x + y * y + z * z)
    if not length or not math.isfinite(length):
        return ""
    parts = [(abs(x), "L" if x > 0 else "R"), (abs(y), "P" if y > 0 else "A"), (abs(z), "H" if z > 0 else "F")]
    parts.sort(key=lambda part: part[0], reverse=True)
    return "".join(letter for size, letter in parts if size / length >= _LETTER_THRESHOLD)


def plane_name(plane: Plane) -> str:
    """ "axial", "coronal", "sagittal", with "oblique" beside it when tilted by more than 6 degrees; "" if unlocated."""
    if not plane.located:
        return ""
    components = [abs(value) for value in plane.normal]
    largest = max(components)
    name = ("sagittal", "coronal", "axial")[components.index(largest)]
    return name if largest > math.cos(math.radians(6.0)) else f"oblique {name}"
