"""A picture for the gallery: ellipses that look a little like a chest, and a viewport that shows them."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from viewer_app.ui import style

_EDGES = ((0.5, 0.03, "A"), (0.5, 0.97, "P"), (0.02, 0.5, "R"), (0.98, 0.5, "L"))
# centre x, y, half axes, grey: skin, muscle, lungs, heart, aorta, spine, canal
_PARTS = (
    (0.0, 0.0, 0.92, 0.68, 70.0),
    (0.0, 0.0, 0.86, 0.62, 105.0),
    (-0.42, -0.05, 0.30, 0.45, 12.0),
    (0.42, -0.05, 0.28, 0.45, 12.0),
    (0.10, -0.14, 0.27, 0.26, 140.0),
    (0.12, 0.28, 0.075, 0.075, 165.0),
    (0.0, 0.40, 0.13, 0.12, 215.0),
    (0.0, 0.47, 0.045, 0.04, 110.0),
)


def slice_image(size: int, depth: float) -> QImage:
    """A square grey image of `size` pixels; `depth` (0 to 1) changes how large the lungs are."""
    y, x = np.mgrid[-1 : 1 : size * 1j, -1 : 1 : size * 1j]
    grey = np.random.default_rng(7).normal(0.0, 4.0, (size, size))
    for cx, cy, a, b, value in _PARTS:
        shrink = 0.75 + 0.5 * depth if value < 20 else 1.0
        inside = ((x - cx) / (a * shrink)) ** 2 + ((y - cy) / (b * shrink)) ** 2 < 1
        grey[inside] = value + np.random.default_rng(3).normal(0.0, 7.0, int(inside.sum()))
    pixels = np.ascontiguousarray(grey.clip(0, 255).astype(np.uint8))
    return QImage(pixels.data, size, size, size, QImage.Format.Format_Grayscale8).copy()


class GalleryViewport(QWidget):
    """A black viewport with corner text, letters, crosshair and, when `active`, frame and marks."""

    def __init__(self, depth: float, *, active: bool = False) -> None:
        super().__init__()
        self._image = slice_image(640, depth)
        self._active = active
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(160, 120)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw everything anew."""
        palette = style.current_palette()
        painter = QPainter(self)
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        painter.fillRect(self.rect(), QColor(palette.viewport))
        side = min(self.width(), self.height())
        area = QRect(0, 0, side, side)
        area.moveCenter(self.rect().center())
        painter.drawImage(area, self._image)
        self._draw_texts(painter, palette)
        if self._active:
            self._draw_mark(painter, palette)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(QColor(palette.mark_selected), 1))
            painter.drawRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5))
        painter.end()

    def _draw_texts(self, painter: QPainter, palette: style.Palette) -> None:
        font = style.ui_font()
        font.setPixelSize(12)
        painter.setFont(font)
        painter.setPen(QColor(palette.overlay))
        inside = self.rect().adjusted(10, 8, -10, -8)
        flags = Qt.AlignmentFlag
        painter.drawText(inside, flags.AlignLeft | flags.AlignTop, "PHANTOM^THORAX\n0042 · 1970-01-01 · O")
        painter.drawText(inside, flags.AlignLeft | flags.AlignBottom, "Slice 192 / 384 · 1.00\u2009mm\nW 1500 L −600")
        font.setBold(True)
        painter.setFont(font)
        for x, y, letter in _EDGES:
            box = QRectF(0, 0, 20, 20)
            box.moveCenter(QPointF(x * self.width(), y * self.height()))
            painter.drawText(box, flags.AlignCenter, letter)

    def _draw_mark(self, painter: QPainter, palette: style.Palette) -> None:
        start, end = (
            QPointF(0.36 * self.width(), 0.45 * self.height()),
            QPointF(0.58 * self.width(), 0.42 * self.height()),
        )
        for color, width in ((palette.halo, 3.5), (palette.mark, 1.5)):
            painter.setPen(QPen(QColor(color), width))
            painter.drawLine(start, end)
        painter.setBrush(QColor(palette.halo))
        for point in (start, end):
            painter.drawEllipse(point, 4, 4)
        path = QPainterPath()
        path.addText(end + QPointF(10, -4), painter.font(), "52.4\u2009mm ±0.5")
        painter.strokePath(path, QPen(QColor(palette.halo), 3))
        painter.fillPath(path, QColor(palette.mark))
