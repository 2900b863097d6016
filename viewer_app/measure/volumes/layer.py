"""The voxels of a region in one slice, as packed bits."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from viewer_app.measure.region import Mask


@dataclass(frozen=True, slots=True)
class Layer:
    """Voxels of slice `index` in the smallest box that holds them, so that equal voxels are equal layers.

    `bits` are those of the box, row after row, the first in the highest bit of the first byte; the last byte is
    filled with zeros.
    """

    index: int
    top: int
    left: int
    rows: int
    columns: int
    bits: bytes

    @classmethod
    def of(cls, index: int, mask: Mask, top: int = 0, left: int = 0) -> Layer | None:
        """The layer of a mask (rows, columns) whose first pixel is (`top`, `left`); None for an empty one."""
        rows = np.flatnonzero(mask.any(axis=1))
        if not rows.size:
            return None
        mask = mask[rows[0] : rows[-1] + 1]
        columns = np.flatnonzero(mask.any(axis=0))
        mask = mask[:, columns[0] : columns[-1] + 1]
        first = top + int(rows[0]), left + int(columns[0])
        height, width = mask.shape
        return cls(index, *first, height, width, np.packbits(mask).tobytes())

    @property
    def bottom(self) -> int:
        """The row after the last."""
        return self.top + self.rows

    @property
    def right(self) -> int:
        """The column after the last."""
        return self.left + self.columns

    @property
    def count(self) -> int:
        """How many voxels there are."""
        return int(np.bitwise_count(np.frombuffer(self.bits, np.uint8)).sum())

    def mask(self) -> Mask:
        """The voxels of the box, (rows, columns)."""
        bits = np.unpackbits(np.frombuffer(self.bits, np.uint8), count=self.rows * self.columns)
        return bits.view(np.bool_).reshape(self.rows, self.columns)

    def draw(self, target: Mask, top: int = 0, left: int = 0) -> None:
        """Set the voxels in a mask that holds the box and whose first pixel is (`top`, `left`)."""
        target[self.top - top : self.bottom - top, self.left - left : self.right - left] |= self.mask()


def combined(one: Layer, other: Layer, rule: Callable[[Mask, Mask], Mask]) -> Layer | None:
    """What `rule` makes of two layers of one slice."""
    top, left = min(one.top, other.top), min(one.left, other.left)
    shape = max(one.bottom, other.bottom) - top, max(one.right, other.right) - left
    masks = np.zeros((2, *shape), dtype=np.bool_)
    for layer, mask in zip((one, other), masks, strict=True):
        layer.draw(mask, top, left)
    return Layer.of(one.index, rule(masks[0], masks[1]), top, left)
