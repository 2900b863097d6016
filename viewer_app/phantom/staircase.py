"""P10: every stored value of 12 bits once, and the grey each of them becomes (C19, C23, C24, C25)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import FileDataset

from viewer_app.phantom.blocks import axial_plane
from viewer_app.phantom.dicom import image_dataset

VALUES = 4096
# (center, width, VOI LUT Function): whole range, soft tissue, a threshold, odd halves, exact.
WINDOWS: tuple[tuple[float, float, str], ...] = (
    (2048.0, 4096.0, "LINEAR"),
    (40.0, 400.0, "LINEAR"),
    (40.0, 1.0, "LINEAR"),
    (100.5, 255.0, "LINEAR"),
    (-600.0, 1500.0, "LINEAR"),
    (40.0, 400.0, "LINEAR_EXACT"),
    (0.5, 0.5, "LINEAR_EXACT"),
)
_INTERCEPT = -1024


@dataclass(frozen=True)
class Staircase:
    """64 x 64 pixels in the order of their stored values; `padding` are the first and last stored value of padding."""

    name: str
    is_signed: bool = False
    is_inverted: bool = False
    padding: tuple[int, int] | None = None

    @property
    def stored(self) -> NDArray[np.int64]:
        """Stored values (64, 64), rising along the rows."""
        first = -VALUES // 2 if self.is_signed else 0
        return np.arange(first, first + VALUES).reshape(64, 64)

    @property
    def is_padding(self) -> NDArray[np.bool_]:
        """Which pixels are none, (64, 64)."""
        low, high = self.padding or (1, 0)
        return (self.stored >= low) & (self.stored <= high)

    @property
    def hu(self) -> NDArray[np.float64]:
        """Modality values (64, 64); NaN for padding."""
        return np.where(self.is_padding, np.nan, self.stored + float(_INTERCEPT))

    def greys(self, center: float, width: float, function: str) -> NDArray[np.uint8]:
        """The grey 0 to 255 of every pixel, black for padding or not: in fractions, rounded half up."""
        made = [grey(int(value) + _INTERCEPT, center, width, function) for value in self.stored.flat]
        if self.is_inverted:
            made = [Fraction(255) - level for level in made]
        return np.array([int(level + Fraction(1, 2)) for level in made], dtype=np.uint8).reshape(64, 64)

    @property
    def image(self) -> FileDataset:
        """The slice, 12 bits stored."""
        given: dict[str, Any] = {"PhotometricInterpretation": "MONOCHROME1" if self.is_inverted else "MONOCHROME2"}
        if self.padding:
            given["PixelPaddingValue"] = self.padding[0]
        if self.padding and self.padding[1] != self.padding[0]:
            given["PixelPaddingRangeLimit"] = self.padding[1]
        plane = axial_plane((0.0, 0.0, 0.0), 1.0, 1.0, f"staircase {self.name}")
        stored = self.stored.astype(np.int16) if self.is_signed else self.stored.astype(np.uint16)
        return image_dataset(stored, plane, name=f"staircase {self.name}", **given)


def grey(value: int, center: float, width: float, function: str) -> Fraction:
    """PS3.3 C.11.2.1.2.1 and C.11.2.1.3.2 to the letter, with greys from 0 to 255."""
    middle, span = Fraction(center), Fraction(width)
    if function == "LINEAR":
        middle, span = middle - Fraction(1, 2), span - 1
    if value <= middle - span / 2:
        return Fraction(0)
    if value > middle + span / 2:
        return Fraction(255)
    return ((value - middle) / span + Fraction(1, 2)) * 255


STAIRCASES: Mapping[str, Staircase] = {
    stair.name: stair
    for stair in (
        Staircase("unsigned"),
        Staircase("signed", is_signed=True),
        Staircase("unsigned, MONOCHROME1", is_inverted=True),
        Staircase("signed, MONOCHROME1", is_signed=True, is_inverted=True),
        Staircase("padding value", padding=(0, 0)),
        Staircase("padding range", padding=(0, 15)),
        Staircase("signed, padding value", is_signed=True, padding=(-2048, -2048)),
        Staircase("signed, padding range", is_signed=True, padding=(-2048, -2000)),
    )
}
