"""Arrays as pictures of Qt's."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QColor, QImage

from viewer_app.imaging.overlays import Mask
from viewer_app.imaging.values.voi import Greys


def to_qimage(greys: Greys) -> QImage:
    """Greys (rows, columns) or RGB (rows, columns, 3), 8 bits, as a picture that owns its bytes."""
    rows, columns = greys.shape[:2]
    is_colour = greys.ndim == 3
    form = QImage.Format.Format_RGB888 if is_colour else QImage.Format.Format_Grayscale8
    return QImage(np.ascontiguousarray(greys).data, columns, rows, columns * (3 if is_colour else 1), form).copy()


def to_drawing(mask: Mask, color: str) -> QImage:
    """A mask (rows, columns) as a picture: `color` where it is set, nothing elsewhere."""
    rows, columns = mask.shape
    drawing = QImage(mask.astype(np.uint8).tobytes(), columns, rows, columns, QImage.Format.Format_Indexed8).copy()
    drawing.setColorTable([0, QColor(color).rgba()])
    return drawing.convertToFormat(QImage.Format.Format_ARGB32_Premultiplied)


def to_veil(veil: Mask, grey: int) -> QImage:
    """A mask (rows, columns) as a picture: that grey where it is set, nothing elsewhere."""
    return to_drawing(veil, QColor(grey, grey, grey).name())


def colored(greys: NDArray[np.uint8], table: NDArray[np.uint8]) -> QImage:
    """Greys (rows, columns) through a table (256, 3) of colours."""
    return to_qimage(table[greys])
