"""The pixels of a stack: one array of stored values that fills as slices arrive."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from viewer_app.errors import DamagedPixels
from viewer_app.imaging.geometry import Floats, Plane
from viewer_app.imaging.headers import Image, Rescale, Window
from viewer_app.imaging.overlays import Overlays
from viewer_app.imaging.places.regions import Region
from viewer_app.imaging.stacks import Stack
from viewer_app.imaging.values.lookup import modality_values
from viewer_app.imaging.values.lossy import lossy_words
from viewer_app.imaging.values.voi import Greys, apply_window, default_window, grey_table
from viewer_app.imaging.volume_memory import memory_of
from viewer_app.progress import Watch

_SLICE_S = 0.1


@dataclass(frozen=True)
class PlanarImage:
    """One slice as numbers.

    `stored` is (rows, columns) of stored values, or (rows, columns, 3) RGB in 8
    bits; `padding` the inclusive range of stored values that mean "no pixel";
    `regions` the parts of an ultrasound image that have a scale of their own;
    `compression` what the image has suffered, "" for none; without `has_square_pixels`
    shapes are distorted on a plane in pixels. `grain` is how far apart what was sampled
    lies along the row, down the column and (None: unknown) across the plane, in mm; None
    where `plane` tells it.
    """

    plane: Plane
    stored: NDArray[np.generic]
    rescale: Rescale
    padding: tuple[float, float] | None = None
    regions: tuple[Region, ...] = ()
    compression: str = ""
    has_square_pixels: bool = True
    grain: tuple[float, float, float | None] | None = None

    @classmethod
    def of(cls, image: Image, stored: NDArray[np.generic]) -> PlanarImage:
        """The stored values of `image` with all its header says about them."""
        instance, frame = image.instance, image.frame
        return cls(
            image.plane,
            stored,
            frame.rescale,
            instance.padding,
            frame.regions,
            lossy_words(instance),
            frame.has_square_pixels,
        )

    @property
    def provenance(self) -> str:
        """How the values came about, for a report: "modality values", or more where there is more to say."""
        words = (self.rescale.origin or "modality values", self.compression.lower())
        return ", ".join(part for part in words if part)

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
        return None if is_padding or stored != stored else float(modality_values(np.array(stored), self.rescale))

    def modality_values(self) -> Floats:
        """Modality values in float64, (rows, columns) (C16, C17); padding becomes NaN (C24)."""
        values: Floats = self.stored.astype(np.float64)
        if self.padding is not None:
            inside = (values >= self.padding[0]) & (values <= self.padding[1])
            values = np.where(inside, np.nan, values)
        return modality_values(values, self.rescale)


class Volume:
    """Slices of one stack in reading order.

    `stored_values` is (slices, rows, columns), or (slices, rows, columns, 3) for
    colour; a slice holds nothing before `has(index)`. One thread may `put` a
    slice while others read slices that are there. `doubts` are sentences on slices that
    only their pixels told. They lie in memory or, with a
    `folder`, in a file there that goes away with the volume. Raises UnsupportedPixels
    for a stack that does not fit into this computer's memory or onto its disk.
    """

    def __init__(self, stack: Stack, folder: Path | None = None) -> None:
        self.stack = stack
        self.is_mapped = folder is not None
        self.stored_values: NDArray[np.generic] = memory_of(stack, folder)
        self._present = np.zeros(len(stack.images), dtype=bool)
        self._fillings = np.zeros(len(stack.images), dtype=np.int64)
        self._under_way: set[int] = set()
        self._turns = threading.Condition()
        self._auto_windows: dict[int, Window] = {}
        self.failed: dict[int, str] = {}
        self.overlays: dict[int, Overlays] = {}
        self.doubts: dict[int, tuple[str, ...]] = {}

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
        """(4, 4): index (slice, row, column, 1) to patient mm, as `Stack.affine`."""
        return self.stack.affine

    @property
    def changes(self) -> int:
        """How often a slice was filled: what was made of the volume before is out of date."""
        return int(self._fillings.sum())

    def fillings(self, index: int) -> int:
        """How often slice `index` was filled."""
        return int(self._fillings[index])

    def has(self, index: int) -> bool:
        """True once slice `index` (from 0) is there."""
        return bool(self._present[index])

    @contextmanager
    def filling(self, index: int, watch: Watch | None = None) -> Iterator[NDArray[np.generic] | None]:
        """Memory of slice `index`, to be filled in the block; the slice is there once it ends without an error.

        By one thread at a time: a load that was cancelled may end after the next one began, and what it leaves of the
        slice, or takes back, must not lie over what the next one brought. None where the slice is there already.
        """
        with self._alone(index, watch or Watch()):
            if self._present[index]:
                yield None
                return
            yield self.stored_values[index]
            self._is_filled(index)

    @contextmanager
    def _alone(self, index: int, watch: Watch) -> Iterator[None]:
        with self._turns:
            while not self._turns.wait_for(lambda: index not in self._under_way, _SLICE_S):
                watch.check()
            self._under_way.add(index)
        try:
            yield
        finally:
            with self._turns:
                self._under_way.discard(index)
                self._turns.notify_all()

    def _is_filled(self, index: int) -> None:
        # In this order: what is made of it before it counts is made once more, what lacked it would stay so.
        self._present[index] = True
        self._fillings[index] += 1

    def put(self, index: int, stored: NDArray[np.generic]) -> None:
        """Fill slice `index`, also anew; DamagedPixels if its shape is not the stack's."""
        if stored.shape != self.stored_values.shape[1:]:
            raise DamagedPixels(
                f"The image has {stored.shape[0]} x {stored.shape[1]} pixels, its header said otherwise.",
                "The slice is left out; ask for the series again.",
            )
        with self._alone(index, Watch()):
            self.stored_values[index][...] = stored
            self._is_filled(index)

    def image(self, index: int) -> PlanarImage:
        """Slice `index` as numbers; only when `has(index)`."""
        found = PlanarImage.of(self.stack.images[index], self.stored_values[index])
        step = self.stack.report.step_mm if self.stack.report.is_volume else None
        return replace(found, grain=(found.plane.column_spacing, found.plane.row_spacing, step))

    def default_window(self, index: int) -> Window:
        """The first window the file proposes for the image that stands for slice `index`, else one from its values.

        Slices with a place in the patient have one window, the middle one's, so that grey means the same while
        scrolling; others are pictures of their own, and only the frames of one instance share theirs. Before the image
        that stands for slice `index` has arrived, the slice itself, which must be there, is measured instead.
        """
        reference = self._reference(index)
        proposed = self.stack.images[reference].frame.windows
        if proposed:
            return proposed[0]
        measured = reference if self.has(reference) else index
        if measured not in self._auto_windows:
            self._auto_windows[measured] = default_window(
                self.image(measured).modality_values(), self.image(measured).unit
            )
        return self._auto_windows[measured]

    def _reference(self, index: int) -> int:
        images = self.stack.images
        if images[index].plane.located:
            return len(images) // 2
        instance = images[index].instance
        own = [place for place, image in enumerate(images) if image.instance is instance]
        return own[len(own) // 2]

    def greys(self, index: int, window: Window, *, inverted: bool = False) -> Greys:
        """Slice `index` through `window` as (rows, columns) greys; RGB slices as they are.

        `inverted` exchanges black and white once more than MONOCHROME1 does (C23). Padding is black either way (C24).
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
        if image.instance.padding is not None:
            first, last = (round(end) for end in image.instance.padding)
            table[max(first - low, 0) : max(last - low + 1, 0)] = 0
        greys: Greys = np.take(table, stored.astype(np.int32) - low)
        return greys
