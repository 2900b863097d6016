"""What a viewport shows of the others: where their planes cut its own, and the point all are shown (BIR 22, 23)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor, QPainter, QPen

from viewer_app.imaging.geometry import Floats
from viewer_app.imaging.together import reference_line
from viewer_app.measure.present import THIN_SPACE
from viewer_app.session.reconstructing import group
from viewer_app.session.tile import Tile, extent_shown, plane_shown
from viewer_app.ui.palette import Palette
from viewer_app.ui.style import tabular
from viewer_app.ui.views.camera import Camera
from viewer_app.ui.views.overlay import draw_text
from viewer_app.ui.views.piercings import dots_over, draw_piercings

_LABEL_GAP_PX = 4.0
_BELOW_LETTERS_PX = 26.0
_LINE_PX, _ACTIVE_LINE_PX, _HALO_PX = 1.0, 1.8, 1.6
_ARM_PX = (4.0, 12.0)


@dataclass(frozen=True)
class Line:
    """Where another tile's plane cuts this one: (2, 2) screen points, end by end; `label` is its image number."""

    ends: Floats
    label: str
    is_active: bool


def lines_over(tile: Tile, camera: Camera) -> tuple[Line, ...]:
    """The localizer lines of all other tiles that are seen, that of the active one last; an MPR has its crosshair."""
    opened, layout, here = tile.opened, tile.opened.layout.value, tile.view.place
    others = [place for place in layout.shown if place != here and place not in (group(layout, here) or ())]
    found = []
    for place in sorted(others, key=lambda place: place == layout.active):
        view = layout.views[place]
        stack = opened.stack_by_key(view.stack_key)
        if stack is None:
            continue
        plane, extent = plane_shown(opened, stack, view), extent_shown(opened, stack, view)
        line = reference_line(tile.plane, tile.extent, plane, extent)
        if line is not None:
            label = "" if view.cut is not None else str(view.index + 1)
            found.append(Line(camera.to_screen(line), label, place == layout.active))
    return tuple(found)


@dataclass(frozen=True)
class Others:
    """What is shown of others: their lines, where marks of other planes go through (n, 2), and the 3D cursor.

    All on the screen; `away_mm` is how far the point of the cursor is from the plane.
    """

    lines: tuple[Line, ...]
    dots: Floats
    cross: tuple[float, float] | None
    away_mm: float


def others_of(tile: Tile, camera: Camera, *, lines: bool, dots: bool) -> Others | None:
    """`lines` and `dots` of marks if they are wanted, the 3D cursor where it lies; None where there is none of them."""
    cross = tile.opened.together.cross(tile.view.value)
    spot = None if cross is None else camera.to_screen([cross.in_plane])[0].tolist()
    found = Others(
        lines_over(tile, camera) if lines else (),
        dots_over(tile, camera) if dots else np.empty((0, 2)),
        None if spot is None else (spot[0], spot[1]),
        0.0 if cross is None else cross.distance_mm,
    )
    return found if found.lines or len(found.dots) or found.cross is not None else None


def draw_others(painter: QPainter, size: QRectF, others: Others, palette: Palette, *, text_px: int) -> None:
    """Paint it in screen pixels."""
    painter.save()
    font = tabular(painter.font())
    font.setPixelSize(text_px)
    painter.setFont(font)
    _draw_lines(painter, size, others.lines, palette)
    draw_piercings(painter, others.dots, palette)
    if others.cross is not None:
        _draw_cross(painter, others.cross, others.away_mm, palette)
    painter.restore()


def _draw_lines(painter: QPainter, size: QRectF, lines: tuple[Line, ...], palette: Palette) -> None:
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    for line in lines:
        start, end = (QPointF(float(across), float(down)) for across, down in line.ends)
        color = palette.localizer_active if line.is_active else palette.localizer
        width = _ACTIVE_LINE_PX if line.is_active else _LINE_PX
        for shade, pen_px in ((palette.halo, width + _HALO_PX), (color, width)):
            painter.setPen(QPen(QColor(shade), pen_px))
            painter.drawLine(start, end)
    taken: list[QRectF] = []
    for line in reversed(lines):
        color = palette.localizer_active if line.is_active else palette.localizer
        box = _label_box(painter, size, line)
        if box is not None and not any(box.intersects(other) for other in taken):
            taken.append(draw_text(painter, box.topLeft(), line.label, color, palette))


def _label_box(painter: QPainter, size: QRectF, line: Line) -> QRectF | None:
    """At the right end of a line, near the upper one of a steep line, clear of letters; None if that is not seen."""
    (left, top), (right, bottom) = sorted(line.ends.tolist(), key=lambda end: end[0])
    is_steep = abs(bottom - top) > right - left
    across, down = min((left, top), (right, bottom), key=lambda end: end[1]) if is_steep else (right, bottom)
    metrics = painter.fontMetrics()
    if not line.label or not size.contains(QPointF(across, down)):
        return None
    width, height = metrics.horizontalAdvance(line.label), metrics.height()
    at_left = min(across + _LABEL_GAP_PX, size.right() - width - _LABEL_GAP_PX)
    at_top = down + _BELOW_LETTERS_PX if is_steep else max(down - height - _LABEL_GAP_PX, size.top())
    return QRectF(at_left, at_top, width, height)


def _draw_cross(painter: QPainter, spot: tuple[float, float], away_mm: float, palette: Palette) -> None:
    """A small cross that leaves its point free, with words where the slice lies beside the point."""
    (across, down), (near, far) = spot, _ARM_PX
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    for shade, pen_px in ((palette.halo, _ACTIVE_LINE_PX + _HALO_PX), (palette.localizer_active, _ACTIVE_LINE_PX)):
        painter.setPen(QPen(QColor(shade), pen_px))
        for right, below in ((1, 0), (-1, 0), (0, 1), (0, -1)):
            start = QPointF(across + right * near, down + below * near)
            painter.drawLine(start, QPointF(across + right * far, down + below * far))
    if away_mm:
        words = f"{away_mm:.1f}{THIN_SPACE}mm off this slice"
        draw_text(painter, QPointF(across + far, down + _LABEL_GAP_PX), words, palette.localizer_active, palette)
