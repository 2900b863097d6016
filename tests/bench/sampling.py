"""Drawing: planes and slabs through a volume against SimpleITK, and a window drag on a slice of any size."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import replace
from itertools import count

import numpy as np
from numpy.typing import NDArray

from tests.bench.harness import Result, interleaved_medians
from tests.made import stack
from viewer_app.imaging.cuts import SlabMode
from viewer_app.imaging.geometry import Floats, Plane, vector
from viewer_app.imaging.headers import Window
from viewer_app.imaging.sampler import Grid, cut_picture, cut_values, plane_image, slice_picture, warm_up
from viewer_app.imaging.sampler.workers import cores
from viewer_app.imaging.volume import Volume
from viewer_app.phantom.blocks import axial_plane
from viewer_app.phantom.dicom import image_dataset

_ROUNDS = 15
_SLICES, _SIZE = 400, 512
_SHAPE, _SPACING = (1000, 1000), 0.3
# There is always one on the plane itself.
_SAMPLES = 11
_VIEWPORT = (900, 730)
_WINDOW = Window(40.0, 400.0)


def oblique() -> Result:
    """1000 x 1000 pixels trilinear from 512 x 512 x 400 in 16 bits, with a window."""
    volume, turn, resampled = _prepared()

    def reference() -> None:
        _windowed(resampled(_plane(volume, turn, 0.0)))

    return _against(_cuts(volume, turn, 0.0), reference, "1000 x 1000 oblique", 0.7)


def slab() -> Result:
    """The same, the maximum of eleven samples."""
    volume, turn, resampled = _prepared()
    step = _sample_step(volume, turn)
    places = [(n - (_SAMPLES - 1) / 2) * step for n in range(_SAMPLES)]

    def reference() -> None:
        planes = [resampled(_plane(volume, turn, place)) for place in places]
        _windowed(np.maximum.reduce(planes))

    return _against(_cuts(volume, turn, (_SAMPLES - 1) * step), reference, f"slab of {_SAMPLES} samples", 0.35)


def section() -> Result:
    """What a wide figure on a thick slab is measured on, in the blocks that are kept, against one cut of its size."""
    _, turn, _ = _prepared()
    # A thousandth of a millimetre apart, since blocks are kept.
    volume, side = _volume(), 320
    plane = replace(_plane(volume, turn, 0.0), row_spacing=0.7, column_spacing=0.7)
    slab_mm, about = 40.0, np.array([(0.0, 0.0), (side * 0.7, side * 0.7)])
    places = count()

    def ours() -> None:
        plane_image(volume, _aside(plane, next(places) * 1e-3), slab_mm, SlabMode.MAXIMUM, about)

    def one_cut() -> None:
        cut_values(volume, plane, (side, side), slab_mm, SlabMode.MAXIMUM)

    mine, its = interleaved_medians(ours, one_cut, _ROUNDS)
    return Result(f"{side} x {side} of a slab in {mine * 1000:.0f} ms", f"one cut {its * 1000:.0f} ms", mine / its, 5.0)


def _aside(plane: Plane, mm: float) -> Plane:
    return replace(plane, origin=vector(np.add(plane.origin, np.multiply(plane.normal, mm))))


def window_drag() -> Result:
    """A window drag over 4096 x 3328 in a viewport, against one over 512 x 512 in the same."""
    warm_up().join()
    large, small = (_drag(shape) for shape in ((4096, 3328), (_SIZE, _SIZE)))
    ours, reference = interleaved_medians(large, small, 5 * _ROUNDS)
    figure = f"4096 x 3328 in a new window in {ours * 1000:.2f} ms"
    return Result(figure, f"512 x 512 in {reference * 1000:.2f} ms", ours / reference, 1.5)


def pan() -> Result:
    """A pan, for which the picture is sampled anew, as in `window_drag`."""
    warm_up().join()
    large, small = (_pan(shape) for shape in ((4096, 3328), (_SIZE, _SIZE)))
    ours, reference = interleaved_medians(large, small, _ROUNDS)
    figure = f"4096 x 3328 at a new place in {ours * 1000:.1f} ms"
    return Result(figure, f"512 x 512 in {reference * 1000:.1f} ms", ours / reference, 3.0)


def _against(ours: Callable[[], None], reference: Callable[[], None], what: str, goal: float) -> Result:
    mine, its = interleaved_medians(ours, reference, _ROUNDS)
    name = f"SimpleITK with {cores()} threads and numpy {its * 1000:.0f} ms"
    return Result(f"{what} in {mine * 1000:.1f} ms", name, mine / its, goal)


def _cuts(volume: Volume, turn: Floats, slab_mm: float) -> Callable[[], None]:
    """Cuts a thousandth of a millimetre apart, since the one drawn before would be remembered."""
    places = count()

    def cut() -> None:
        plane = _plane(volume, turn, next(places) * 1e-3)
        cut_picture(volume, plane, _SHAPE, slab_mm, SlabMode.MAXIMUM, _WINDOW)

    return cut


def _drag(shape: tuple[int, int]) -> Callable[[], object]:
    volume, grid, widths = _radiograph(shape), _fitted(shape), count(400)
    return lambda: slice_picture(volume, 0, grid, Window(2048.0, float(next(widths))))


def _pan(shape: tuple[int, int]) -> Callable[[], object]:
    volume, places = _radiograph(shape), count()
    return lambda: slice_picture(volume, 0, _fitted(shape, next(places) * 0.37), _WINDOW)


def _fitted(shape: tuple[int, int], shift: float = 0.0) -> Grid:
    step = max(shape[0] / _VIEWPORT[0], shape[1] / _VIEWPORT[1])
    return Grid(_VIEWPORT, (step / 2 - 0.5 + shift, step / 2 - 0.5), (step, 0.0), (0.0, step))


def _radiograph(shape: tuple[int, int]) -> Volume:
    pixels = np.random.default_rng(3).integers(0, 4096, shape).astype(np.uint16)
    made = Volume(stack([image_dataset(pixels, axial_plane((0.0, 0.0, 0.0), 0.07, 0.07))]))
    made.put(0, pixels)
    return made


@functools.cache
def _volume() -> Volume:
    """512 x 512 x 400 signed values of 16 bits, different everywhere."""
    made, small = [], np.zeros((1, 1), np.uint16)
    for number in range(_SLICES):
        image = image_dataset(small, axial_plane((0.0, 0.0, float(number)), 0.7, 0.7), number=number + 1)
        image.Rows = image.Columns = _SIZE
        image.PixelRepresentation = 1
        made.append(image)
    volume = Volume(stack(made))
    noise = np.random.default_rng(1).integers(-1000, 3000, (_SIZE, _SIZE)).astype(np.int16)
    for index in range(_SLICES):
        volume.put(index, np.roll(noise, index, axis=0))
    assert volume.stored_values.dtype == np.int16
    return volume


def _prepared() -> tuple[Volume, Floats, Callable[[Plane], NDArray[np.float32]]]:
    """The volume, an oblique plane's directions (3, 3), and SimpleITK's way to a plane of the same volume."""
    import SimpleITK

    warm_up().join()
    volume = _volume()
    turn, _ = np.linalg.qr(np.random.default_rng(5).normal(size=(3, 3)))
    affine = volume.affine
    image = SimpleITK.GetImageFromArray(volume.stored_values)
    image.SetOrigin(affine[:3, 3].tolist())
    steps = affine[:3, [2, 1, 0]]
    image.SetSpacing(np.linalg.norm(steps, axis=0).tolist())
    image.SetDirection((steps / np.linalg.norm(steps, axis=0)).ravel().tolist())
    resample = SimpleITK.ResampleImageFilter()
    resample.SetNumberOfThreads(cores())
    resample.SetInterpolator(SimpleITK.sitkLinear)
    resample.SetOutputPixelType(SimpleITK.sitkFloat32)
    resample.SetSize((_SHAPE[1], _SHAPE[0], 1))
    resample.SetOutputSpacing((_SPACING, _SPACING, 1.0))
    resample.SetDefaultPixelValue(-1000.0)

    def resampled(plane: Plane) -> NDArray[np.float32]:
        axes = np.stack([plane.row_direction, plane.column_direction, plane.normal], axis=1)
        resample.SetOutputOrigin(plane.origin)
        resample.SetOutputDirection(axes.ravel().tolist())
        found: NDArray[np.float32] = SimpleITK.GetArrayFromImage(resample.Execute(image))[0]
        return found

    return volume, turn, resampled


def _plane(volume: Volume, turn: Floats, place: float) -> Plane:
    """A plane whose picture has the middle of the volume in its middle, moved along its normal by `place` mm."""
    middle = volume.affine[:3, :3] @ (np.subtract(volume.stored_values.shape, 1) / 2) + volume.affine[:3, 3]
    normal = np.cross(turn[0], turn[1])
    origin = middle - (turn[0] * _SHAPE[1] + turn[1] * _SHAPE[0]) * _SPACING / 2 + normal * place
    return Plane(vector(origin), vector(turn[0]), vector(turn[1]), _SPACING, _SPACING)


def _sample_step(volume: Volume, turn: Floats) -> float:
    """The distance in mm of the samples through a slab."""
    normal = np.cross(turn[0], turn[1])
    return 1.0 / float(np.abs(np.linalg.inv(volume.affine[:3, :3]) @ normal).max())


def _windowed(values: NDArray[np.float32]) -> NDArray[np.uint8]:
    level = (values - np.float32(39.5)) * np.float32(255 / 399) + np.float32(128)
    greys: NDArray[np.uint8] = np.clip(level, 0, 255).astype(np.uint8)
    return greys


BENCHMARKS = {"oblique": oblique, "slab": slab, "section": section, "window-drag": window_drag, "pan": pan}
