"""Region growing through a noisy ball against SimpleITK's ConnectedThreshold on the same voxels."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from tests.bench.harness import Result, interleaved_medians
from tests.made import stack
from viewer_app.imaging.volume import Volume
from viewer_app.measure.volumes import ValueRange, VoxelRegion, grow
from viewer_app.phantom.blocks import axial_plane
from viewer_app.phantom.dicom import image_dataset

_ROUNDS = 5
_SHAPE, _RADII = (200, 320, 320), (95, 115, 115)
_SEED = (100, 160, 160)
# The ball is of 100 HU in water, the noise 25 HU: holes, bays and islands as in a patient.
_RANGE, _IN_NOISE = ValueRange(36.0, 2000.0), ValueRange(110.0, 2000.0)


def growing() -> Result:
    """Some 5 million voxels, each slice with its rescale, to a region ready to be kept."""
    return _against(_RANGE)


def noise() -> Result:
    """A range that begins above the mean of the ball: the region is a sponge of a million voxels and single runs."""
    return _against(_IN_NOISE)


def _against(values: ValueRange) -> Result:
    import SimpleITK

    stored = _ball()
    stored[_SEED] = 1024 + 120
    volume, image = _volume(stored), SimpleITK.GetImageFromArray(stored)
    grower = SimpleITK.ConnectedThresholdImageFilter()
    grower.SetLower(values.low + 1024), grower.SetUpper(values.high + 1024)
    grower.AddSeed(_SEED[::-1])
    found: list[VoxelRegion] = []

    def ours() -> None:
        found[:] = [grow(volume, _SEED, values)]

    mine, its = interleaved_medians(ours, lambda: grower.Execute(image), _ROUNDS)
    assert np.array_equal(found[0].mask(), SimpleITK.GetArrayFromImage(grower.Execute(image)) == 1)
    figure = f"{found[0].count / 1e6:.1f} million voxels grown in {mine:.2f} s"
    return Result(figure, f"SimpleITK {its:.2f} s", mine / its, 3.0)


def _ball() -> NDArray[np.int16]:
    z, y, x = (np.arange(-size // 2, size - size // 2, dtype=np.float32) for size in _SHAPE)
    square = (z[:, None, None] / _RADII[0]) ** 2 + (y[:, None] / _RADII[1]) ** 2 + (x / _RADII[2]) ** 2
    noise = np.random.default_rng(1).normal(0.0, 25.0, _SHAPE)
    return (np.where(square < 1, 1124, 1024) + noise).astype(np.int16)


def _volume(stored: NDArray[np.int16]) -> Volume:
    made, small = [], np.zeros((1, 1), np.uint16)
    for number in range(len(stored)):
        image = image_dataset(small, axial_plane((0.0, 0.0, -float(number)), 0.7, 0.7), number=number + 1)
        image.Rows, image.Columns = stored.shape[1:]
        image.PixelRepresentation = 1
        made.append(image)
    volume = Volume(stack(made))
    for index, pixels in enumerate(stored):
        volume.put(index, pixels)
    return volume


BENCHMARKS = {"growing": growing, "growing-noise": noise}
