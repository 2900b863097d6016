"""Pictures of planes and slabs through a volume."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from viewer_app.imaging.cuts import SlabMode
from viewer_app.imaging.geometry import Floats, Plane, Vector
from viewer_app.imaging.headers import Window
from viewer_app.imaging.mpr import Regridded, VoxelSource
from viewer_app.imaging.sampler.engine import sampler_for
from viewer_app.imaging.sampler.greys import Fill, filled, is_monochrome1, picture
from viewer_app.imaging.sampler.voxels import Voxels, voxels

_MODES = {SlabMode.MAXIMUM: 0, SlabMode.MINIMUM: 1, SlabMode.MEAN: 2}
# Of a picture so small that a pixel is more voxels wide, some are left out.
_MOST_SAMPLES_ACROSS = 16
_NEARLY_NOTHING = 1e-6

Cutting = Callable[[Vector, tuple[int, int]], Floats]
"""Values of `shape` (rows, columns) of a plane with its first pixel at a patient point."""


@dataclass(frozen=True)
class _Slab:
    """What is to be seen of a volume."""

    plane: Plane
    shape: tuple[int, int]
    slab_mm: float
    mode: SlabMode
    smooth: bool
    coarse: bool = False


def cut_picture(
    volume: VoxelSource, plane: Plane, shape: tuple[int, int], slab_mm: float, slab_mode: SlabMode, window: Window,
    *, inverted: bool = False, smooth: bool = True, coarse: bool = False,
) -> NDArray[np.uint8]:  # fmt: skip
    """The values of `cut_values` as greys of `shape` (rows, columns).

    With `smooth` off each point has the value of the voxel it lies in. With `coarse` on a pixel wider than a voxel
    is one sample instead of the mean over itself: for while it moves. `inverted` exchanges black and white, and
    so does MONOCHROME1; what is outside the volume, padding, NaN or not yet there stays black.

    An uneven stack is cut as `Regridded` only: what its files hold has no values between its slices.

    Raises:
        ValueError: the stack is no volume (uneven, without a place, a single slice), or colour.
    """
    _refuse(volume)
    slab = _Slab(plane, shape, slab_mm, slab_mode, smooth, coarse)
    inverted ^= is_monochrome1(volume.stack.images[0])
    return picture(volume, (slab, volume.changes), shape, lambda: _sampling(volume, slab), window, inverted)


def cut_values(
    volume: VoxelSource, plane: Plane, shape: tuple[int, int], slab_mm: float, slab_mode: SlabMode
) -> NDArray[np.float64]:
    """Modality values (rows, columns) of a plane through the volume; NaN where there is none.

    `plane.origin` is the patient point (LPS mm) of picture pixel (0, 0), its directions and spacings are those of
    the picture. Values are trilinear between voxel centres, by the affine of the stack with its shear, and so
    exact at the centres; there is none outside the outermost centres, nor where a voxel that takes part is padding,
    NaN, or of a slice that has not arrived. A slab of `slab_mm`, centred on the plane, is sampled on the plane and
    from there outwards in steps of a voxel; `slab_mode` is taken of the samples that have a value. A picture pixel
    wider than a voxel is the mean over itself, if at least half of it has values.

    Raises:
        ValueError: the stack is no volume (uneven, without a place, a single slice), or colour.
    """
    _refuse(volume)
    return filled(shape, _sampling(volume, _Slab(plane, shape, slab_mm, slab_mode, True)))


def value_at(volume: VoxelSource, point: Vector) -> float:
    """The value `cut_values` has at a patient point (LPS mm); NaN where there is none.

    Raises:
        ValueError: the stack is no volume (uneven, without a place, a single slice), or colour.
    """
    _refuse(volume)
    affine, steps = volume.affine, np.zeros((4, 3))
    steps[0] = np.linalg.inv(affine[:3, :3]) @ (np.asarray(point) - affine[:3, 3])
    return float(filled((1, 1), _filling(voxels(volume), steps, (1, 1, 1), SlabMode.MAXIMUM, True))[0, 0])


def cutting(volume: VoxelSource, plane: Plane, slab_mm: float, slab_mode: SlabMode) -> Cutting:
    """Values as `cut_values` has them, but of the centres of pixels alone, however wide: numbers, not a picture.

    Of planes that differ from `plane` in their origin alone, by origin and shape. In a sheared stack a pixel as wide
    as a voxel may reach over more than one, and its mean would be that of a blurred image. What the planes have in
    common is worked out once, and the volume is taken as it is now.
    """
    _refuse(volume)
    source, affine = voxels(volume), volume.affine
    common, samples = _geometry(affine, _Slab(plane, (0, 0), slab_mm, slab_mode, True, coarse=True))
    into_voxels = np.linalg.inv(affine[:3, :3])

    def values(origin: Vector, shape: tuple[int, int]) -> Floats:
        steps = np.concatenate([[into_voxels @ (np.asarray(origin) - affine[:3, 3])], common[1:]])
        return filled(shape, _filling(source, steps, samples, slab_mode, True))

    return values


def _refuse(volume: VoxelSource) -> None:
    if isinstance(volume, Regridded):
        return
    if not volume.stack.report.is_volume or volume.stored_values.ndim != 3:
        raise ValueError("only an evenly spaced stack of grey images has values between its slices")


def _sampling(volume: VoxelSource, slab: _Slab) -> Fill:
    steps, samples = _geometry(volume.affine, slab)
    return _filling(voxels(volume), steps, samples, slab.mode, slab.smooth)


def _filling(source: Voxels, steps: Floats, samples: tuple[int, int, int], slab_mode: SlabMode, smooth: bool) -> Fill:
    sampler, padded, mode = sampler_for(source.stored), source.has_padding, _MODES[slab_mode]

    def fill(first: int, target: Floats) -> None:
        sampler.cut(first, source.stored, source.scales, padded, steps, samples, mode, smooth, target)

    return fill


def _geometry(affine: Floats, slab: _Slab) -> tuple[Floats, tuple[int, int, int]]:
    """Start and steps (4, 3) in voxels and numbers of samples, as `plain.cut` takes them."""
    plane = slab.plane
    into_voxels = np.linalg.inv(affine[:3, :3])
    start = into_voxels @ (np.asarray(plane.origin) - affine[:3, 3])
    across, down = (
        into_voxels @ np.multiply(direction, spacing)
        for direction, spacing in (
            (plane.row_direction, plane.column_spacing), (plane.column_direction, plane.row_spacing)
        )
    )  # fmt: skip
    through = into_voxels @ np.asarray(plane.normal)
    step_mm, count = _through(through, slab.slab_mm)
    steps = np.array([start, across, down, through * step_mm])
    most = 1 if slab.coarse else _MOST_SAMPLES_ACROSS
    wide, tall = (min(_whole(float(np.linalg.norm(step))), most) for step in (across, down))
    return steps, (wide, tall, count)


def sample_heights(volume: VoxelSource, plane: Plane, slab_mm: float) -> tuple[float, ...]:
    """How far from the plane, along its normal, a slab is sampled, in mm; (0.0,) for one too thin for two samples."""
    through = np.linalg.inv(volume.affine[:3, :3]) @ np.asarray(plane.normal)
    step_mm, count = _through(through, slab_mm)
    return tuple((number - count // 2) * step_mm for number in range(count))


def _through(through: Floats, slab_mm: float) -> tuple[float, int]:
    """How far the samples of a slab are apart, and how many there are; `through` is one mm of the normal in voxels.

    From the plane outwards in steps of a voxel: of slices that lie in the slab, none is passed over or halved.
    """
    step_mm = 1.0 / float(np.abs(through).max())
    return step_mm, 2 * math.floor(slab_mm / 2 / step_mm + _NEARLY_NOTHING) + 1


def _whole(steps: float) -> int:
    return max(1, math.ceil(steps - _NEARLY_NOTHING))
