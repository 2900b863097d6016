"""Dots where marks of other planes go through the one on show."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QPainter

from viewer_app.imaging.geometry import Floats
from viewer_app.measure.lying import piercings
from viewer_app.session.tile import Tile
from viewer_app.ui.palette import Palette
from viewer_app.ui.views.camera import Camera

_RADIUS_PX, _HALO_PX = 2.5, 4.0


def dots_over(tile: Tile, camera: Camera) -> Floats:
    """Where they lie on the screen, (n, 2)."""
    plane = tile.plane
    found = [piercings(measurement, plane) for measurement in tile.opened.measuring.across.of(tile)]
    return camera.to_screen(np.concatenate([np.empty((0, 2)), *found]))


def draw_piercings(painter: QPainter, spots: Floats, palette: Palette) -> None:
    """Paint dots at `spots` (n, 2), in screen pixels, without handles or labels: they hint, and cannot be taken."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    dots = [QPointF(across, down) for across, down in spots.tolist()]
    for color, radius in ((palette.halo, _HALO_PX), (palette.mark, _RADIUS_PX)):
        painter.setBrush(QColor(color))
        for dot in dots:
            painter.drawEllipse(dot, radius, radius)
    painter.restore()
