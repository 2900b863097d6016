"""Stacks anywhere in the patient, as the product makes them of headers; for what happens between viewports."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from tests.made import FRAME_OF_REFERENCE, stack
from viewer_app.imaging.geometry import Floats, Plane, Vector, vector
from viewer_app.imaging.stacks import Stack
from viewer_app.imaging.together import Extent, PatientPoint
from viewer_app.phantom import blocks
from viewer_app.phantom.dicom import image_dataset

Directions = tuple[Vector, Vector]

AXIAL: Directions = ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0))
CORONAL: Directions = ((1.0, 0.0, 0.0), (0.0, 0.0, -1.0))
SAGITTAL: Directions = ((0.0, 1.0, 0.0), (0.0, 0.0, -1.0))
ORIENTATIONS = {"axial": AXIAL, "coronal": CORONAL, "sagittal": SAGITTAL}

SIZE = (12, 16)

SQUARE: Extent = (-50.0, -50.0, 100.0, 100.0)


def plane_at(directions: Directions, origin: Vector = (0.0, 0.0, 0.0)) -> Plane:
    """A plane of 1.3 x 0.7 mm pixels in the common Frame of Reference."""
    return Plane(origin, *directions, 1.3, 0.7, frame_of_reference_uid=FRAME_OF_REFERENCE)


def at(*position: float) -> PatientPoint:
    """A point in the common Frame of Reference, mm."""
    return PatientPoint(vector(position), FRAME_OF_REFERENCE)


def scan(
    name: str,
    directions: Directions = AXIAL,
    *,
    middle: Iterable[float] = (0.0, 0.0, 0.0),
    spacing: tuple[float, float] = (2.0, 1.5),
    places: Iterable[float] = (-8.0, -4.0, 0.0, 4.0, 8.0),
    frame_of_reference: str = FRAME_OF_REFERENCE,
    **values: Any,
) -> Stack:
    """A stack of images of 12 x 16 pixels, whose middles lie at `places` (mm) along the normal through `middle`."""
    plane = Plane((0.0, 0.0, 0.0), *directions, *spacing, frame_of_reference_uid=frame_of_reference)
    corner = np.asarray(tuple(middle)) - plane.to_patient([[(SIZE[1] - 1) / 2, (SIZE[0] - 1) / 2]])[0]
    steps = [vector(corner + np.multiply(plane.normal, place)) for place in places]
    pixels = [np.zeros(SIZE, dtype=np.uint16)] * len(steps)
    return stack(blocks.stack(pixels, plane, steps, name, **values))


def pictures(name: str, count: int, **values: Any) -> Stack:
    """A stack of images without a place in the patient."""
    pixels = np.zeros(SIZE, dtype=np.uint16)
    return stack(image_dataset(pixels, None, name=name, number=number + 1, **values) for number in range(count))


def extent_of(plane: Plane, size: tuple[int, int] = SIZE) -> Extent:
    """From edge to edge of an image of (rows, columns), in-plane."""
    rows, columns = size
    return (
        -plane.column_spacing / 2,
        -plane.row_spacing / 2,
        columns * plane.column_spacing,
        rows * plane.row_spacing,
    )


def middles(found: Stack) -> Floats:
    """(n, 3) mm: the patient point in the middle of each slice."""
    pixel = [[(SIZE[1] - 1) / 2, (SIZE[0] - 1) / 2]]
    return np.concatenate([image.plane.to_patient(pixel) for image in found.images])


def picture(found: Stack, index: int) -> tuple[Plane, tuple[int, int]]:
    """The plane of a slice and its (rows, columns)."""
    pixels = found.images[index].instance.pixel_format
    assert pixels is not None
    return found.images[index].plane, (pixels.rows, pixels.columns)
