"""How wide words are in a font, measured once: a frame has fifty of them, nearly all as they were in the one before."""

from __future__ import annotations

from functools import lru_cache

from PySide6.QtGui import QFont, QFontMetricsF

_MOST_WORDS, _MOST_FONTS = 2048, 16


class Lettering(QFontMetricsF):
    """The metrics of a font. `font_name` is the font as `QFont.fromString` takes it."""

    def __init__(self, font: QFont) -> None:
        super().__init__(font)
        self.font_name = font.toString()
        self._height = super().height()
        self._widths = lru_cache(_MOST_WORDS)(super().horizontalAdvance)

    def horizontalAdvance(self, text: str) -> float:  # type: ignore[override]  # Qt's takes more that nobody asks for
        """How far the next letter after `text` is on, in logical pixels."""
        return self._widths(text)

    def height(self) -> float:
        """From the top of a line to that of the next."""
        return self._height


def lettering(font: QFont) -> Lettering:
    """The metrics of `font`, kept for as long as it is written in."""
    return named_lettering(font.toString())


@lru_cache(_MOST_FONTS)
def named_lettering(font_name: str) -> Lettering:
    """The metrics of the font that `QFont.fromString` makes of a name."""
    font = QFont()
    font.fromString(font_name)
    return Lettering(font)
