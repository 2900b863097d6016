"""The crosshair of an MPR in one of its views: where the other planes cross it, and what of it can be taken."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from viewer_app.imaging.geometry import Floats
from viewer_app.imaging.mpr import Line, borders_on, lines_on, plane_of
from viewer_app.session.reconstructing import Mpr
from viewer_app.ui.style import Palette
from viewer_app.ui.views.camera import Camera

Spot = tuple[float, float]

_GAP_PX = 14.0
_GRIP_PX = 10.0
_LINE_GRIP_PX = 5.0
_HANDLE_PX = 5.0
# How far along its line a handle lies, as a share of the smaller side of the viewport.
_HANDLE_SHARE = 0.36
_FAR_PX = 10_000.0


@dataclass(frozen=True, slots=True)
class Grip:
    """What a press takes: the middle (`part` "point"), the end of a line ("end") or the face of a slab ("face").

    `which` is the plane the line belongs to, in the order of the MPR's tiles; -1 for the middle.
    """

    part: str
    which: int = -1


@dataclass(frozen=True)
class _Drawn:
    """A line on the screen: through `point` along a unit `direction`, and its slab's faces."""

    which: int
    point: Floats
    direction: Floats
    faces: tuple[tuple[Floats, Floats], ...]


class Crosshair:
    """The crosshair as it lies on the screen, in logical pixels."""

    def __init__(self, mpr: Mpr, camera: Camera) -> None:
        cut, plane = mpr.cut, plane_of(mpr.cut, mpr.grid)
        (self.middle,) = camera.to_screen(plane.in_plane([cut.point]))
        self._reach = _HANDLE_SHARE * min(camera.size)
        self._lines = tuple(
            _drawn(which, line, borders_on(cut, other, mpr.grid), camera)
            for which, (other, line) in enumerate(zip(mpr.cuts, lines_on(cut, mpr.cuts, mpr.grid), strict=True))
            if which != mpr.which and line is not None
        )

    def handles(self, which: int) -> tuple[Spot, ...]:
        """The two ends by which a plane is turned."""
        return tuple(
            _spot(self.middle + side * self._reach * line.direction)
            for line in self._lines
            if line.which == which
            for side in (-1.0, 1.0)
        )

    def grip(self, at: Spot) -> Grip | None:
        """What a press there takes; None beside it."""
        for line in self._lines:
            if any(math.dist(at, spot) <= _GRIP_PX for spot in self.handles(line.which)):
                return Grip("end", line.which)
        if math.dist(at, _spot(self.middle)) <= _GRIP_PX:
            return Grip("point")
        for line in self._lines:
            if any(abs(_beside(at, *face)) <= _LINE_GRIP_PX for face in line.faces):
                return Grip("face", line.which)
        return None

    def angle(self, at: Spot) -> float:
        """The direction of a screen point seen from the middle, in radians, clockwise from the right."""
        return math.atan2(at[1] - self.middle[1], at[0] - self.middle[0])

    def draw(self, painter: QPainter, palette: Palette, hover: Grip | None) -> None:
        """Lines with a gap around the middle, ends to turn them by, dashed faces of slabs."""
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for line in self._lines:
            color = QColor(palette.planes[line.which])
            for halo in (True, False):
                shade = QColor(palette.halo) if halo else color
                painter.setPen(QPen(shade, 2.6 if halo else 1.2))
                for side in (-1.0, 1.0):
                    start, end = (self.middle + side * far * line.direction for far in (_GAP_PX, _FAR_PX))
                    painter.drawLine(_point(start), _point(end))
            painter.setPen(QPen(color, 1.0, Qt.PenStyle.DashLine))
            for point, direction in line.faces:
                painter.drawLine(_point(point - _FAR_PX * direction), _point(point + _FAR_PX * direction))
            self._draw_handles(painter, line.which, color, is_hovered=hover == Grip("end", line.which))
        painter.restore()

    def _draw_handles(self, painter: QPainter, which: int, color: QColor, *, is_hovered: bool) -> None:
        painter.setPen(QPen(color, 1.4))
        painter.setBrush(color if is_hovered else QColor(0, 0, 0, 160))
        for across, down in self.handles(which):
            painter.drawEllipse(QPointF(across, down), _HANDLE_PX, _HANDLE_PX)


def _drawn(which: int, line: Line, faces: Sequence[Line] | None, camera: Camera) -> _Drawn:
    return _Drawn(which, *_on_screen(line, camera), tuple(_on_screen(face, camera) for face in faces or ()))


def _on_screen(line: Line, camera: Camera) -> tuple[Floats, Floats]:
    (across, down), (right, below) = line.point, line.direction
    start, end = camera.to_screen([(across, down), (across + right, down + below)])
    along = end - start
    return start, along / math.hypot(*along.tolist())


def _beside(at: Spot, point: Floats, direction: Floats) -> float:
    across, down = np.asarray(at) - point
    return float(across * direction[1] - down * direction[0])


def _spot(point: Floats) -> Spot:
    return float(point[0]), float(point[1])


def _point(point: Floats) -> QPointF:
    return QPointF(float(point[0]), float(point[1]))
