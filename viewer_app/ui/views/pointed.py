"""The dot on the image at the place a plot points at."""

from __future__ import annotations

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from viewer_app.imaging.geometry import Vector
from viewer_app.measure.measurement import Measurement
from viewer_app.session.reconstructed import is_on
from viewer_app.session.tile import Tile
from viewer_app.ui.palette import Palette
from viewer_app.ui.views.camera import Camera

_RADIUS_PX = 5.0
_HALO_PX, _LINE_PX = 4.0, 2.0

Pointed = tuple[Measurement, Vector]
"""A measurement, and a patient point on it."""


def dot_over(tile: Tile, camera: Camera, pointed: Pointed | None) -> QPointF | None:
    """Where the place lies on the screen; None where the measurement is not shown."""
    if pointed is None or not is_on(tile, pointed[0]):
        return None
    ((across, down),) = camera.to_screen(tile.plane.in_plane(pointed[1])).tolist()
    return QPointF(across, down)


def draw_pointed(painter: QPainter, tile: Tile, camera: Camera, pointed: Pointed | None, palette: Palette) -> None:
    """Paint a ring there in screen pixels, so that the pixel inside stays seen."""
    dot = dot_over(tile, camera, pointed)
    if dot is None:
        return
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for color, width in ((palette.halo, _HALO_PX), (palette.mark_selected, _LINE_PX)):
        painter.setPen(QPen(QColor(color), width))
        painter.drawEllipse(dot, _RADIUS_PX, _RADIUS_PX)
    painter.restore()
