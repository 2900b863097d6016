"""How large words and numbers over images are: three steps around the size of the system's own text."""

from __future__ import annotations

from enum import Enum

from PySide6.QtGui import QFontInfo
from PySide6.QtWidgets import QApplication

_LEAST_PX = 10
_VALUE = 14 / 12
"""How much larger the value of a mark is than what stands below it."""


class TextSize(Enum):
    """The value is what a person reads and what the settings keep."""

    SMALL = "small"
    NORMAL = "normal"
    LARGE = "large"

    @property
    def next(self) -> TextSize:
        """The next larger one; after the largest the smallest."""
        sizes = tuple(TextSize)
        return sizes[(sizes.index(self) + 1) % len(sizes)]

    @property
    def px(self) -> int:
        """Of corner text and the details of labels, in logical pixels of the screen."""
        return max(_LEAST_PX, round(QFontInfo(QApplication.font()).pixelSize() * _FACTORS[self]))

    @property
    def value_px(self) -> int:
        """Of the value a label begins with."""
        return round(self.px * _VALUE)


_FACTORS = {TextSize.SMALL: 0.85, TextSize.NORMAL: 1.0, TextSize.LARGE: 1.35}
