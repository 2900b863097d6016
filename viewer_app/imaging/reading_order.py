"""The order in which a stack is read: head to feet, front to back, right to left (C10)."""

from __future__ import annotations

import numpy as np

from viewer_app.imaging.geometry import Floats, Plane
from viewer_app.imaging.headers import Image


def in_reading_order(images: list[Image]) -> list[Image]:
    """Parallel images by their place; those that have none in the patient as their numbers say."""
    if not all(image.plane.located for image in images):
        return sorted(images, key=_written_order)
    heights = images[0].plane.height([image.plane.origin for image in images]) * _reading_sign(images[0].plane)
    # A thousandth of a millimetre apart is the same place: then the order of writing decides.
    order = sorted(
        range(len(images)), key=lambda index: (round(float(heights[index]), 3), _written_order(images[index]))
    )
    return [images[index] for index in order]


def _written_order(image: Image) -> tuple[int, str, int]:
    return image.instance.instance_number or 0, image.sop_instance_uid, image.frame.number


def _reading_sign(plane: Plane) -> float:
    """+1 if the normal points the way a stack is read: to the feet, to the back, to the left."""
    normal: Floats = np.asarray(plane.normal)
    axis = int(np.argmax(np.abs(normal)))
    return float(np.sign(normal[axis])) * (1.0, 1.0, -1.0)[axis]
