"""The colours of the window on show with the values they stand for, at the right edge of a viewport."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QImage, QPainter, QPen

from viewer_app.imaging.headers import Window
from viewer_app.imaging.values.clamping import ends
from viewer_app.imaging.values.voi import apply_window
from viewer_app.ui.palette import Palette
from viewer_app.ui.views.color_maps import Table
from viewer_app.ui.views.corner_layout import MARGIN_PX
from viewer_app.ui.views.corner_text import number_text
from viewer_app.ui.views.overlay import draw_text

_WIDTH_PX = 14.0
_LONGEST_PX, _SHORTEST_PX = 200.0, 48.0
# Above the middle stands the bar, in it the orientation letter, below it the scale bar.
_TOP_SHARE, _CLEAR_OF_LETTER_PX = 0.12, 16.0
_STEPS = 256


def draw_color_bar(
    painter: QPainter,
    size: QRectF,
    table: Table,
    window: Window,
    unit: str,
    palette: Palette,
    *,
    inverted: bool = False,
    written: Sequence[QRectF] = (),
) -> QRectF | None:
    """The bar between the right edge and the letter, below what is `written` there; None where it has no room.

    `inverted` as in `apply_window`. The upper end of the window stands at the top, with the unit. Returns the bar.
    """
    bar = _place(painter, size, written)
    if bar is None:
        return None
    painter.drawImage(bar, _colors(table, window, inverted=inverted))
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    for margin, color in ((1.0, palette.halo), (0.0, palette.overlay)):
        painter.setPen(QPen(QColor(color), 1))
        painter.drawRect(bar.adjusted(-1 - margin, -1 - margin, margin, margin))
    low, high = end_texts(window, unit)
    height = QFontMetricsF(painter.font()).height()
    left = bar.left() - 6
    for text, top in ((high, bar.top() - 2), (low, bar.bottom() - height + 2)):
        draw_text(painter, QPointF(left, top), text, palette.overlay, palette, Qt.AlignmentFlag.AlignRight)
    return bar


def end_texts(window: Window, unit: str) -> tuple[str, str]:
    """The lower and the upper end of a window in words, as fine as the window is; the upper one says the unit."""
    decimals = 0 if window.width >= 20 else max(1, 2 - int(np.floor(np.log10(window.width))))
    low, high = (number_text(round(end, decimals) + 0.0, decimals) for end in ends(window))
    return low, f"{high} {unit}".strip()


def _place(painter: QPainter, size: QRectF, written: Sequence[QRectF]) -> QRectF | None:
    height = QFontMetricsF(painter.font()).height()
    right = round(size.right() - MARGIN_PX - 2)
    bottom = round(size.center().y() - height / 2 - _CLEAR_OF_LETTER_PX)
    column = QRectF(right - 8 * height, size.top(), 8 * height, bottom - size.top())
    above = max((box.bottom() for box in written if box.intersects(column)), default=size.top())
    top = max(round(above + MARGIN_PX), round(size.top() + size.height() * _TOP_SHARE), bottom - round(_LONGEST_PX))
    if bottom - top < _SHORTEST_PX:
        return None
    return QRectF(right - _WIDTH_PX, top, _WIDTH_PX, bottom - top)


def _colors(table: Table, window: Window, *, inverted: bool) -> QImage:
    """One column of what the window makes of even steps between its ends, the upper end first."""
    low, high = ends(window)
    colors = table[apply_window(np.linspace(high, low, _STEPS), window, inverted=inverted)]
    return QImage(colors.tobytes(), 1, _STEPS, 3, QImage.Format.Format_RGB888).copy()
