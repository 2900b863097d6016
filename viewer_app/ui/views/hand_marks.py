"""What the hand shows over an image while it draws: a line that is no measurement yet, an edge it found, a first point
that waits for a second on another plane, and what keys would move."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from viewer_app.imaging.geometry import Plane
from viewer_app.measure.kinds import KINDS
from viewer_app.measure.measurement import Measurement
from viewer_app.session.reconstructed import figures_on
from viewer_app.session.tile import Tile
from viewer_app.ui.palette import Palette
from viewer_app.ui.style import tabular
from viewer_app.ui.tools.hand import Aid, Hand
from viewer_app.ui.views.camera import Camera
from viewer_app.ui.views.lettering import lettering
from viewer_app.ui.views.magnifier import LENS_PX, Spot
from viewer_app.ui.views.manner import Manner
from viewer_app.ui.views.overlay import draw_text, polyline

_DOT_PX, _HALO_PX, _SPOT_PX, _BESIDE_PX = 3.0, 4.5, 6.0, 10.0
_HERE = 0.05  # mm from a plane that nobody needs to be told of


def draw_hand(
    painter: QPainter,
    tile: Tile,
    camera: Camera,
    manner: Manner,
    aid: Aid | None,
    palette: Palette,
    *,
    says: bool = True,
    lens_at: Spot | None = None,
) -> None:
    """Paint it in screen pixels as it lies under `camera`; without words for a lens, which would cut them.

    Beside a lens that is held at a point of the screen, what is said of the place under it stands clear of it.
    """
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    font = tabular(painter.font())
    font.setPixelSize(manner.text_size.px)
    painter.setFont(font)
    _draw_pending(painter, tile, camera, manner.hand.pending, palette, says=says)
    _draw_held(painter, tile, camera, manner.hand, palette)
    if aid is not None:
        spot = _draw_aid(painter, tile.plane, camera, aid, palette)
        if spot is not None and says:
            _say_of(painter, spot, aid.words, camera, lens_at, palette)
    painter.restore()


def words_of(plane: Plane, pending: Measurement) -> str:
    """What stands beside the first point on a plane, "" where that has no place in its space."""
    figure = pending.figures[0]
    if figure.plane == plane:
        return "first point"
    spaces = {figure.plane.frame_of_reference_uid, plane.frame_of_reference_uid}
    if not (figure.plane.located and plane.located) or len(spaces) > 1:
        return ""
    away = abs(float(plane.height(figure.points[:1])[0]))
    return "first point" if away < _HERE else f"first point, {away:.1f} mm from this plane"


def _draw_pending(
    painter: QPainter, tile: Tile, camera: Camera, pending: Measurement | None, palette: Palette, *, says: bool
) -> None:
    if pending is None or tile.is_prior:
        return
    plane, words = tile.plane, words_of(tile.plane, pending)
    if not words:
        return
    (spot,) = polyline(camera.to_screen(plane.in_plane(pending.figures[0].points[:1])))
    _dot(painter, spot, palette)
    if says:
        _say(painter, spot, words, palette, -_BESIDE_PX - painter.font().pixelSize())


def _draw_held(painter: QPainter, tile: Tile, camera: Camera, hand: Hand, palette: Palette) -> None:
    """The handles that keys move are filled."""
    hit = hand.held
    record = tile.opened.measurements.get(hit.uid) if hit is not None else None
    if hit is None or record is None or hand.drawing is not None:
        return
    if hit.figure not in figures_on(tile, record.measurement):
        return
    figure = record.measurement.figures[hit.figure]
    handles = KINDS[record.measurement.kind].handles(figure.points, figure.plane)
    held = handles if hit.handle is None else handles[hit.handle : hit.handle + 1]
    for spot in polyline(camera.to_screen(tile.plane.in_plane(held))):
        _dot(painter, spot, palette)


def _draw_aid(painter: QPainter, plane: Plane, camera: Camera, aid: Aid, palette: Palette) -> QPointF | None:
    """The line and the place that was found; where that is on the screen."""
    if aid.line:
        line = polyline(camera.to_screen(plane.in_plane(aid.line)))
        for color, width in ((palette.halo, 3.6), (palette.mark_selected, 1.6)):
            painter.setPen(QPen(QColor(color), width))
            painter.drawPolyline(line)
        for spot in line:
            _dot(painter, spot, palette)
    if aid.spot is None:
        return None
    (spot,) = polyline(camera.to_screen(plane.in_plane(np.asarray([aid.spot]))))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    box = QRectF(spot.x() - _SPOT_PX, spot.y() - _SPOT_PX, 2 * _SPOT_PX, 2 * _SPOT_PX)
    for color, width in ((palette.halo, 3.6), (palette.mark_selected, 1.6)):
        painter.setPen(QPen(QColor(color), width))
        painter.drawRect(box)
    return spot


def _say_of(
    painter: QPainter, spot: QPointF, words: str, camera: Camera, lens_at: Spot | None, palette: Palette
) -> None:
    if lens_at is None:
        _say(painter, spot, words, palette, _BESIDE_PX)
        return
    off, width = LENS_PX / 2 + _BESIDE_PX, lettering(painter.font()).horizontalAdvance(words)
    is_left = lens_at[0] + off + width > camera.size[0]
    left = lens_at[0] - off - width if is_left else lens_at[0] + off
    draw_text(painter, QPointF(left, lens_at[1] - painter.font().pixelSize() / 2), words, palette.overlay, palette)


def _dot(painter: QPainter, spot: QPointF, palette: Palette) -> None:
    painter.setPen(Qt.PenStyle.NoPen)
    for color, radius in ((palette.halo, _HALO_PX), (palette.mark_selected, _DOT_PX)):
        painter.setBrush(QColor(color))
        painter.drawEllipse(spot, radius, radius)


def _say(painter: QPainter, spot: QPointF, words: str, palette: Palette, below_px: float) -> None:
    draw_text(painter, spot + QPointF(_BESIDE_PX, below_px), words, palette.overlay, palette)
