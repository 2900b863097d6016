"""The pixels of a stack: one array of stored values that fills as slices arrive."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from viewer_app.errors import DamagedPixels, UnsupportedPixels
from viewer_app.imaging.geometry import Floats, Plane
from viewer_app.imaging.headers import PixelFormat, Rescale, Window
from viewer_app.imaging.memory import physical_bytes
from viewer_app.imaging.overlays import Overlays
from viewer_app.imaging.stacks import Stack
from viewer_app.imaging.voi import Greys, apply_window, auto_window, grey_table

_DEPTHS = frozenset({1, 8, 16, 32, 64})
_LARGEST_SLICE_BYTES = 1 << 30


@dataclass(frozen=True)
class PlanarImage:
    """One slice as numbers.

    `stored` is (rows, columns) of stored values, or (rows, columns, 3) RGB in 8
    bits; `padding` the inclusive range of stored values that mean "no pixel".
    """

    plane: Plane
    stored: NDArray[np.generic]
    rescale: Rescale
    padding: tuple[float, float] | None = None

    @property
    def is_colour(self) -> bool:
        """True for RGB: such an image has no pixel values to measure."""
        return self.stored.ndim == 3

    @property
    def unit(self) -> str:
        """Unit of the modality values: "HU", or "" where the file proves none."""
        return self.rescale.unit

    def value_at(self, row: int, column: int) -> float | None:
        """Modality value of one pixel; None for padding, NaN and colour."""
        if self.is_colour:
            return None
        stored = float(self.stored[row, column])
        is_padding = self.padding is not None and self.padding[0] <= stored <= self.padding[1]
        return None if is_padding or stored != stored else stored * self.rescale.slope + self.rescale.intercept

    def modality_values(self) -> Floats:
        """Slope * stored value + intercept in float64, (rows, columns) (C16); padding becomes NaN (C24)."""
        values: Floats = self.stored.astype(np.float64)
        if self.padding is not None:
            inside = (values >= self.padding[0]) & (values <= self.padding[1])
            values = np.where(inside, np.nan, values)
        values *= self.rescale.slope
        values += self.rescale.intercept
        return values


class Volume:
    """Slices of one stack in reading order.

    `stored_values` is (slices, rows, columns), or (slices, rows, columns, 3) for
    colour; a slice holds nothing before `has(index)`. One thread may `put` a
    slice while others read slices that are there. Raises UnsupportedPixels for a
    stack that does not fit into this computer's memory.
    """

    def __init__(self, stack: Stack) -> None:
        formats = [image.instance.pixel_format for image in stack.images]
        self.stack = stack
        self.stored_values: NDArray[np.generic] = _allocate([item for item in formats if item is not None])
        self._present = np.zeros(len(stack.images), dtype=bool)
        self._auto_windows: dict[int, Window] = {}
        self.failed: dict[int, str] = {}
        self.overlays: dict[int, Overlays] = {}

    @property
    def present(self) -> int:
        """How many slices have arrived."""
        return int(np.count_nonzero(self._present))

    @property
    def is_complete(self) -> bool:
        """True once every slice is there."""
        return bool(self._present.all())

    @property
    def affine(self) -> Floats:
        """(4, 4): index (slice, row, column, 1) to patient mm, shear of a tilted gantry included (C13).

        Meaningful when the stack's report says `is_volume`.
        """
        planes = [image.plane for image in self.stack.images]
        first, last = np.asarray(planes[0].origin), np.asarray(planes[-1].origin)
        matrix = np.eye(4)
        matrix[:3, 0] = (last - first) / max(len(planes) - 1, 1)
        matrix[:3, 1] = np.multiply(planes[0].column_direction, planes[0].row_spacing)
        matrix[:3, 2] = np.multiply(planes[0].row_direction, planes[0].column_spacing)
        matrix[:3, 3] = first
        return matrix

    def has(self, index: int) -> bool:
        """True once slice `index` (from 0) is there."""
        return bool(self._present[index])

    def put(self, index: int, stored: NDArray[np.generic]) -> None:
        """Fill slice `index`; DamagedPixels if its shape is not the stack's."""
        if stored.shape != self.stored_values.shape[1:]:
            raise DamagedPixels(
                f"The image has {stored.shape[0]} x {stored.shape[1]} pixels, its header said otherwise.",
                "The slice is left out; ask for the series again.",
            )
        self.stored_values[index] = stored
        self._present[index] = True

    def image(self, index: int) -> PlanarImage:
        """Slice `index` as numbers; only when `has(index)`."""
        image = self.stack.images[index]
        return PlanarImage(image.plane, self.stored_values[index], image.frame.rescale, image.instance.padding)

    def default_window(self, index: int) -> Window:
        """The first window the file proposes for the middle image, else one from that image's values.

        One window for all slices, so that grey means the same while scrolling. Before
        the middle image has arrived, slice `index`, which must be there, stands in for it.
        """
        middle = len(self.stack.images) // 2
        proposed = self.stack.images[middle].frame.windows
        if proposed:
            return proposed[0]
        measured = middle if self.has(middle) else index
        if measured not in self._auto_windows:
            self._auto_windows[measured] = auto_window(self.image(measured).modality_values())
        return self._auto_windows[measured]

    def greys(self, index: int, window: Window, *, inverted: bool = False) -> Greys:
        """Slice `index` through `window` as (rows, columns) greys; RGB slices as they are.

        `inverted` exchanges black and white once more than MONOCHROME1 does (C23).
        """
        stored = self.stored_values[index]
        if stored.ndim == 3:
            return np.asarray(stored, dtype=np.uint8)
        image = self.stack.images[index]
        pixel_format = image.instance.pixel_format
        assert pixel_format is not None
        inverted ^= pixel_format.photometric_interpretation == "MONOCHROME1"
        if stored.dtype.kind == "f" or pixel_format.bits_stored > 16:
            return apply_window(self.image(index).modality_values(), window, inverted=inverted)
        low, high = pixel_format.stored_range
        table = grey_table(window, image.frame.rescale, (low, high), inverted=inverted)
        greys: Greys = np.take(table, stored.astype(np.int32) - low)
        return greys


def _allocate(formats: list[PixelFormat]) -> NDArray[np.generic]:
    shape: tuple[int, ...] = (len(formats), formats[0].rows, formats[0].columns)
    dtype = _common_dtype(formats)
    if formats[0].is_colour:
        shape, dtype = (*shape, 3), np.dtype(np.uint8)
    _refuse_too_large(shape, dtype)
    try:
        return np.zeros(shape, dtype=dtype)
    except MemoryError as error:
        raise _too_large(shape) from error


def _refuse_too_large(shape: tuple[int, ...], dtype: np.dtype[np.generic]) -> None:
    """Before anything is allocated: the system may promise more memory than there is."""
    if min(shape) < 0:
        raise DamagedPixels(
            f"The header says the image is {shape[2]} by {shape[1]} pixels large.", "It is damaged; ask for it again."
        )
    whole = math.prod(shape) * dtype.itemsize
    if whole > shape[0] * _LARGEST_SLICE_BYTES or whole > (physical_bytes() or whole):
        raise _too_large(shape)


def _too_large(shape: tuple[int, ...]) -> UnsupportedPixels:
    return UnsupportedPixels(
        f"{shape[0]} image(s) of {shape[2]} x {shape[1]} pixels do not fit into this computer's memory.",
        "Open fewer images at once, or ask the sender whether the size is right.",
    )


def _common_dtype(formats: list[PixelFormat]) -> np.dtype[np.generic]:
    """Wide enough for every image that can be read; one of another depth is refused when it is read."""
    usable = {_dtype(item) for item in formats if item.bits_allocated in _DEPTHS}
    if not usable:
        raise UnsupportedPixels(
            f"Pixels of {formats[0].bits_allocated} bits cannot be shown.", "Ask the sender for another image type."
        )
    return np.result_type(*usable)


def _dtype(pixel_format: PixelFormat) -> np.dtype[np.generic]:
    bytes_allocated = max(1, pixel_format.bits_allocated // 8)
    if pixel_format.is_float:
        return np.dtype(f"f{bytes_allocated}")
    return np.dtype(f"{'i' if pixel_format.is_signed else 'u'}{bytes_allocated}")
