"""Stacks, volumes and regions for the tests of volumes."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from fractions import Fraction
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from pydicom.dataset import FileDataset

from tests import made
from viewer_app.imaging.geometry import Floats, Plane
from viewer_app.imaging.stacks import Stack
from viewer_app.imaging.volume import Volume
from viewer_app.measure.region import Mask
from viewer_app.measure.volumes import StackGrid, VoxelRegion
from viewer_app.phantom.blocks import axial_plane
from viewer_app.phantom.blocks import stack as slices


def grid(*shape: int) -> StackGrid:
    """A grid without images."""
    size = shape[0], shape[1], shape[2]
    return StackGrid("2.25.7", 1, size, "0" * 64)


def region(mask: ArrayLike) -> VoxelRegion:
    """The region of a mask (slices, rows, columns) on a grid without images."""
    voxels = np.asarray(mask, dtype=np.bool_)
    return VoxelRegion.of_mask(grid(*voxels.shape), voxels)


def loaded(datasets: Iterable[FileDataset], but: Sequence[int] = ()) -> Volume:
    """The only stack of some images with their pixels, in its own order; slices `but` are still missing."""
    listed = list(datasets)
    pixels = {str(one.SOPInstanceUID): one.pixel_array for one in listed}
    volume = Volume(made.stack(listed))
    for index, image in enumerate(volume.stack.images):
        if index not in but:
            volume.put(index, pixels[image.sop_instance_uid])
    return volume


def valued(stored: ArrayLike, step_mm: float = 1.0, spacing: tuple[float, float] = (1.0, 1.0)) -> Volume:
    """A CT of stored values (slices, rows, columns) from 0 to 4095, HU = stored - 1024, feet last."""
    values = np.asarray(stored, dtype=np.uint16)
    steps = [(0.0, 0.0, -step_mm * k) for k in range(len(values))]
    return loaded(slices(list(values), axial_plane((0.0, 0.0, 0.0), *spacing), steps))


def empty_stack(
    shape: tuple[int, int, int], places: Sequence[float] | float, plane: Plane | None = None, **values: Any
) -> Stack:
    """A stack of black images, `places` mm along z apart, or at these."""
    heights = [-places * k for k in range(shape[0])] if isinstance(places, float) else places
    plane = plane or axial_plane((0.0, 0.0, 0.0), 0.7, 0.7)
    pixels = [np.zeros(shape[1:], np.uint16)] * shape[0]
    return made.stack(slices(pixels, plane, [(0.0, 0.0, height) for height in heights], **values))


def centres(stack: Stack, index: int) -> Floats:
    """(rows * columns, 3): patient points of the pixels of a slice."""
    pixels = stack.images[0].instance.pixel_format
    assert pixels is not None
    column, row = np.meshgrid(np.arange(pixels.columns), np.arange(pixels.rows))
    return stack.images[index].plane.to_patient(np.stack([column, row], axis=-1).reshape(-1, 2))


def ball(stack: Stack, center: ArrayLike, radius_mm: float) -> VoxelRegion:
    """The voxels whose centres lie in a ball, by brute force."""
    shape = StackGrid.of(stack).shape
    masks = [np.linalg.norm(centres(stack, k) - np.asarray(center), axis=1) < radius_mm for k in range(shape[0])]
    return VoxelRegion.of_mask(StackGrid.of(stack), np.reshape(masks, shape))


def circle(center: Sequence[float], radius: float, height: float, count: int = 360) -> Floats:
    """A polygon (count, 3) that has the area of a circle, at z = height."""
    turn = np.arange(count) * 2 * math.pi / count
    fair = radius * math.sqrt(2 * math.pi / count / math.sin(2 * math.pi / count))
    return np.column_stack([center[0] + fair * np.cos(turn), center[1] + fair * np.sin(turn), np.full(count, height)])


def shoelace(points: Floats) -> float:
    """The area of a polygon (n, 2) that does not cross itself, in fractions."""
    ring = [(Fraction(x), Fraction(y)) for x, y in (*points.tolist(), points[0].tolist())]
    twice: Fraction = sum((a[0] * b[1] - b[0] * a[1] for a, b in pairwise(ring)), Fraction(0))
    return float(abs(twice) / 2)


def random_mask(random: np.random.Generator, shape: tuple[int, int, int], share: float) -> Mask:
    """Noise that is true at a share of its voxels."""
    found: NDArray[np.bool_] = random.random(shape) < share
    return found
