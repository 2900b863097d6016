"""How far a drag moves a window: pure numbers."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from viewer_app.imaging.headers import Image, Window
from viewer_app.imaging.values.clamping import ends
from viewer_app.imaging.volume import PlanarImage

# Over so many pixels a window changes by as much as it is wide,
_WINDOW_PX = 300.0
# and beyond what the image can hold, where every step shows less, so much slower.
_BEYOND = 0.25
_SMALLEST_STEP = 0.01
_LUT_BITS = 16
_UNKNOWN = math.inf


@dataclass(frozen=True, slots=True)
class WindowDrag:
    """A drag that began at `start` on an image that can hold `span` modality values from its darkest to its brightest.

    A narrow window is moved finely, a wide one in large steps, none in steps that are large for the image.
    `clamped` holds the lower end at zero and moves the upper one only (IHE BIR 17).
    """

    start: Window
    span: float
    clamped: bool = False

    def moved(self, across: float, down: float) -> Window:
        """The window after so many pixels (times a pace) to the right and down (BIR 14): wider, and darker."""
        top = ends(self.start)[1]
        if self.clamped and top > 0:
            top = max(self._widened(top, across + down), top / _WINDOW_PX)
            top = round(top, self._decimals)
            return Window(top / 2, top, "", "LINEAR_EXACT")
        width = max(self._widened(self.start.width, across), self._smallest)
        center = self.start.center + down * self._pace
        return Window(round(center, self._decimals), round(width, self._decimals), "", self._function)

    @property
    def _function(self) -> str:
        """A VOI LUT of the file becomes a window over the values at which it changes."""
        return "LINEAR" if self.start.function == "LUT" else self.start.function

    @property
    def _smallest(self) -> float:
        """Only LINEAR has a narrowest width (PS3.3 C.11.2.1.2.1)."""
        return 1.0 if self._function == "LINEAR" else self.start.width / _WINDOW_PX

    def _step(self, size: float) -> float:
        return max(size / _WINDOW_PX, _SMALLEST_STEP) if self._function == "LINEAR" else size / _WINDOW_PX

    def _widened(self, size: float, pixels: float) -> float:
        """`size` after a drag; beyond the span, or beyond what is wider already, it grows slowly."""
        free = max(self.span - size, 0.0)
        grown = pixels * self._step(size)
        if grown <= free:
            return size + grown
        slow = _BEYOND * min(1.0, self.span / size)
        return size + free + (grown - free) * slow

    @property
    def _pace(self) -> float:
        return self._step(min(self.start.width, self.span))

    @property
    def _decimals(self) -> int:
        return max(3, 2 - math.floor(math.log10(self._pace)))


def span_of(image: Image, numbers: PlanarImage | None) -> float:
    """How many modality values lie between the darkest and the brightest that an image can hold; above zero.

    By Bits Stored and the Modality LUT; an image of floating point numbers holds what its `numbers` do.
    """
    pixel_format = image.instance.pixel_format
    if pixel_format is None or pixel_format.is_float:
        return _UNKNOWN if numbers is None else _held(numbers)
    lookup = image.frame.rescale.lookup
    if lookup is not None:
        return float((1 << min(lookup.bits, _LUT_BITS)) - 1)
    low, high = pixel_format.stored_range
    return (high - low) * abs(image.frame.rescale.slope) or 1.0


def _held(numbers: PlanarImage) -> float:
    stored = numbers.stored[np.isfinite(numbers.stored)]
    held = float(stored.max()) - float(stored.min()) if stored.size else 0.0
    return held * abs(numbers.rescale.slope) or 1.0
