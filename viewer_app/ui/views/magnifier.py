"""A round lens over the image, in which it is sampled anew: more of it is seen, not larger screen pixels."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen

from viewer_app.ui.style import Palette, tabular
from viewer_app.ui.views.camera import Camera
from viewer_app.ui.views.overlay import draw_text

Spot = tuple[float, float]

DrawImage = Callable[[QPainter, Camera, float], object]
"""Draws the image as it is seen through a camera, into logical pixels from (0, 0) to the camera's size; the number is
that of device pixels for each logical one."""

DrawOver = Callable[[QPainter, Camera], object]
"""Draws lines and handles of the marks as they lie under a camera, in logical pixels of the viewport. No labels: the
lens would cut them, and half a number would be a wrong number."""

LENS_PX = 200
_RING_PX = 2.0
_LABEL_PX = 30.0
_TEXT_PX = 12
SMALLEST_POWER, LARGEST_POWER = 2.0, 8.0
_POWER_PER_WHEEL_STEP = 2**0.25


def magnified(camera: Camera, at: Spot, power: float) -> Camera:
    """`camera`, `power` times as close, so that what lies under `at` stays there."""
    return replace(camera, scale=camera.scale * power).holding(camera.to_plane([at]), at)


def beside_lens(at: Spot, begun: float, camera: Camera) -> Spot:
    """Where a label of a few lines is clear of a lens at a point: below, or above where a line that has `begun` so far
    down comes from there; the other where the viewport has no room for it."""
    off, room = LENS_PX / 2 + _LABEL_PX, LENS_PX / 2 + 2 * _LABEL_PX
    is_above = at[1] < begun
    if is_above and at[1] < room:
        is_above = False
    elif not is_above and at[1] + room > camera.size[1]:
        is_above = True
    return at[0], at[1] - off if is_above else at[1] + off


class Magnifier:
    """The lens of one viewport: shown at a screen point, or not at all. It changes no view and no measurement.

    `draw_over` draws the marks within the lens as large as the image there, so that none is covered and none
    seems to lie elsewhere. `changed` is called when the viewport is to be painted again.
    """

    def __init__(
        self, draw_image: DrawImage, draw_over: DrawOver, changed: Callable[[], object], palette: Palette
    ) -> None:
        self._draw_image = draw_image
        self._draw_over = draw_over
        self._changed = changed
        self._palette = palette
        self._at: Spot | None = None
        self._power = SMALLEST_POWER

    @property
    def is_shown(self) -> bool:
        """True while the lens is over the image."""
        return self._at is not None

    @property
    def at(self) -> Spot | None:
        """The point of the viewport it is held over; None while it is not shown."""
        return self._at

    @property
    def power(self) -> float:
        """How many times as large as around it the image is in the lens."""
        return self._power

    def show(self, at: Spot | None) -> None:
        """Hold the lens over a point of the viewport, in logical pixels; None takes it away."""
        self._at = at
        self._changed()

    def turn(self, steps: float) -> None:
        """Wheel steps, or parts of one: away from the person (positive) enlarges, to eight times at most."""
        power = self._power * _POWER_PER_WHEEL_STEP**steps
        self._power = min(max(power, SMALLEST_POWER), LARGEST_POWER)
        self._changed()

    def paint(self, painter: QPainter, camera: Camera) -> None:
        """Paint the lens, if it is shown, in logical pixels; `camera` is that of the viewport."""
        if self._at is None:
            return
        lens = magnified(camera, self._at, self._power)
        ratio = painter.device().devicePixelRatioF()
        place = _on_pixels(self._at, ratio)
        # On a viewport's black nothing else may shine through where the image ends.
        outline = QPainterPath()
        outline.addEllipse(place)
        painter.save()
        painter.setClipPath(outline, Qt.ClipOperation.IntersectClip)
        painter.fillRect(place, QColor(self._palette.viewport))
        painter.save()
        painter.translate(place.topLeft())
        self._draw_image(painter, _part(lens, place), ratio)
        painter.restore()
        self._draw_over(painter, lens)
        painter.restore()
        self._draw_ring(painter, place)

    def _draw_ring(self, painter: QPainter, place: QRectF) -> None:
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for color, width in ((self._palette.halo, 2 * _RING_PX), (self._palette.active_line, _RING_PX)):
            painter.setPen(QPen(QColor(color), width))
            painter.drawEllipse(place)
        font = tabular(painter.font())
        font.setPixelSize(_TEXT_PX)
        painter.setFont(font)
        words = f"{self._power:.1f}×".replace(".0×", "×")
        above_ring = QPointF(place.center().x(), place.bottom() - 2 * _TEXT_PX)
        draw_text(painter, above_ring, words, self._palette.overlay, self._palette, Qt.AlignmentFlag.AlignHCenter)
        painter.restore()


def _part(camera: Camera, place: QRectF) -> Camera:
    """What `camera` shows at a place of the viewport, as a camera of that size."""
    ((across, down),) = camera.to_plane([(place.center().x(), place.center().y())])
    return replace(camera, center=(float(across), float(down)), size=(place.width(), place.height()))


def _on_pixels(at: Spot, ratio: float) -> QRectF:
    """The square of the lens, its edges on device pixels: its picture is not sampled a second time."""
    left, top = (round((middle - LENS_PX / 2) * ratio) / ratio for middle in at)
    side = round(LENS_PX * ratio) / ratio
    return QRectF(left, top, side, side)
