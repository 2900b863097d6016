"""The image in a viewport."""

from __future__ import annotations

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtWidgets import QStyleOptionGraphicsItem, QWidget

from viewer_app.imaging.overlays import Mask
from viewer_app.imaging.values.voi import Greys


def to_qimage(greys: Greys) -> QImage:
    """Greys (rows, columns) or RGB (rows, columns, 3), 8 bits, as a picture that owns its bytes."""
    rows, columns = greys.shape[:2]
    is_colour = greys.ndim == 3
    form = QImage.Format.Format_RGB888 if is_colour else QImage.Format.Format_Grayscale8
    return QImage(greys.tobytes(), columns, rows, columns * (3 if is_colour else 1), form).copy()


def to_drawing(mask: Mask, color: str) -> QImage:
    """A mask (rows, columns) as a picture: `color` where it is set, nothing elsewhere."""
    rows, columns = mask.shape
    drawing = QImage(mask.astype(np.uint8).tobytes(), columns, rows, columns, QImage.Format.Format_Indexed8).copy()
    drawing.setColorTable([0, QColor(color).rgba()])
    return drawing.convertToFormat(QImage.Format.Format_ARGB32_Premultiplied)


class SliceItem(pg.GraphicsObject):  # type: ignore[misc]  # pyqtgraph is untyped
    """Draws a picture into a rectangle of the plane; black where there is none.

    Enlarged it is interpolated, at 1:1 and above 8:1 pixels are shown as they
    are; made smaller, pixels are averaged, so that a small bright dot stays.
    """

    def __init__(self) -> None:
        super().__init__()
        self._picture = QImage()
        self._reduced = QImage()
        self._drawing = QImage()
        self._rect = QRectF()

    def show_picture(self, picture: QImage, rect: QRectF, drawing: QImage | None = None) -> None:
        """Show `picture` over `rect`, in-plane, and `drawing` of the same size on it."""
        if rect != self._rect:
            self.prepareGeometryChange()
            self._rect = rect
        self._picture, self._reduced = picture, QImage()
        self._drawing = QImage() if drawing is None else drawing
        self.update()

    def boundingRect(self) -> QRectF:
        """The rectangle of the image."""
        return self._rect

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        """Draw the picture."""
        if self._picture.isNull():
            return
        factor = painter.deviceTransform().mapRect(self._rect).width() / self._picture.width()
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, factor < 8 and factor != 1)
        painter.drawImage(self._rect, self._reduced_to(factor) if factor < 1 else self._picture)
        if not self._drawing.isNull():
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, factor != 1)
            painter.drawImage(self._rect, self._drawing)

    def _reduced_to(self, factor: float) -> QImage:
        size = QSize(
            max(1, round(self._picture.width() * factor)),
            max(1, round(self._picture.height() * factor)),
        )
        if self._reduced.size() != size:
            ignore, smooth = Qt.AspectRatioMode.IgnoreAspectRatio, Qt.TransformationMode.SmoothTransformation
            self._reduced = self._picture.scaled(size, ignore, smooth)
        return self._reduced
