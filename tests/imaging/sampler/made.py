"""Volumes in memory."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from pydicom.dataset import FileDataset

from tests.made import stack
from viewer_app.imaging.geometry import Floats, Plane, vector
from viewer_app.imaging.volume import Volume


def volume_of(images: Iterable[FileDataset], without: tuple[int, ...] = ()) -> Volume:
    """The volume of the only stack of `images`, in whichever order they are; slices `without` have not arrived."""
    known = {image.SOPInstanceUID: image for image in images}
    made = Volume(stack(known.values()))
    for index, image in enumerate(made.stack.images):
        if index not in without:
            made.put(index, known[image.sop_instance_uid].pixel_array)
    return made


def noisy(images: Iterable[FileDataset], seed: int = 14) -> list[FileDataset]:
    """The same images with noise for pixels, so that a linear function cannot hide a mistake."""
    random, made = np.random.default_rng(seed), list(images)
    for image in made:
        image.PixelData = random.integers(0, 4096, (image.Rows, image.Columns)).astype(np.uint16).tobytes()
    return made


def centre(volume: Volume) -> Floats:
    """The patient point in the middle."""
    middle = np.subtract(volume.stored_values.shape, 1) / 2
    found: Floats = volume.affine[:3, :3] @ middle + volume.affine[:3, 3]
    return found


def plane_about(point: Floats, turn: Floats, spacing: float, shape: tuple[int, int]) -> Plane:
    """A plane with `point` in the middle of a picture of `shape`; `turn` has its directions in its first rows."""
    rows, columns = shape
    origin = point - turn[0] * spacing * (columns - 1) / 2 - turn[1] * spacing * (rows - 1) / 2
    return Plane(vector(origin), vector(turn[0]), vector(turn[1]), spacing, spacing)


def points_of(plane: Plane, shape: tuple[int, int]) -> Floats:
    """The patient points of the pixels of a picture, row by row."""
    rows, columns = np.indices(shape)
    return plane.to_patient(np.stack([columns.ravel(), rows.ravel()], axis=1))
