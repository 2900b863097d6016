"""How one viewport is painted: what lies behind its marks, and what is written and drawn above them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from PySide6.QtCore import QRect, QRectF
from PySide6.QtGui import QColor, QPainter, QPen, QRegion

from viewer_app.session.tile import Tile
from viewer_app.session.workspace import Workspace
from viewer_app.ui.palette import Palette
from viewer_app.ui.screen_scale import Glass
from viewer_app.ui.tools.hand import Aid
from viewer_app.ui.tools.pointer import ScreenPoint
from viewer_app.ui.views.camera import Camera
from viewer_app.ui.views.crosshair import Crosshair
from viewer_app.ui.views.foreground import draw_foreground, draw_no_image, edge_letter_boxes, foreground_of
from viewer_app.ui.views.hand_marks import draw_hand
from viewer_app.ui.views.lens import lens_over
from viewer_app.ui.views.manner import Manner
from viewer_app.ui.views.mouse import Mouse
from viewer_app.ui.views.others import draw_others, others_of
from viewer_app.ui.views.overlay import draw_outline
from viewer_app.ui.views.picture import Picture
from viewer_app.ui.views.pointed import draw_pointed
from viewer_app.ui.views.shown_volumes import ShownVolumes

_LETTER_ROOM_PX = 3.0


class Painted(Protocol):
    """What of a viewport is painted."""

    workspace: Workspace
    manner: Manner

    @property
    def has_image_place(self) -> bool:
        """True while a stack is on show."""

    @property
    def tile(self) -> Tile:
        """What it shows."""

    @property
    def camera(self) -> Camera:
        """From the plane to the viewport."""

    @property
    def crosshair(self) -> Crosshair | None:
        """The crosshair of the MPR it is a view of."""

    def draw_marks(self, painter: QPainter, camera: Camera) -> None:
        """Lines and handles of its marks as they lie under a camera."""

    @property
    def label_boxes(self) -> Sequence[QRectF]:
        """Where the labels of its marks stand."""

    def rect(self) -> QRect:
        """Its place, from (0, 0), in logical pixels."""

    def devicePixelRatioF(self) -> float:
        """Device pixels for each logical one."""


class Painting:
    """Paints one viewport in screen pixels; `changed` is called when it is to be painted again.

    `picture` is the image as it was painted last, `lens` the magnifier over it, `aid` what helps to place a point,
    `written` the boxes of what was written, which labels of marks keep clear of.
    """

    def __init__(self, seen: Painted, mouse: Mouse, palette: Palette, changed: Callable[[], object]) -> None:
        self._seen = seen
        self._mouse = mouse
        self.palette = palette
        self._changed = changed
        self._frame_color = palette.line
        self._outline: Sequence[ScreenPoint] | None = None
        self.aid: Aid | None = None
        self.picture = Picture(palette.drawing)
        self.volumes = ShownVolumes(seen.manner, palette)
        self.lens = lens_over(seen, changed, palette)
        self.written: tuple[QRectF, ...] = ()

    def outline(self, points: Sequence[ScreenPoint] | None) -> None:
        """Draw a closed line through screen points; None takes it away."""
        self._outline = points
        self._changed()

    def frame(self, *, active: bool, alone: bool) -> None:
        """Frame the viewport as the one that takes keys, or as one beside it."""
        palette = self.palette
        self._frame_color = palette.active_line if alone else palette.accent if active else palette.line
        self._changed()

    def sharpen(self) -> None:
        """Paint again what was painted coarsely while it moved."""
        if self.picture.is_coarse:
            self._changed()

    def draw_behind(self, painter: QPainter) -> None:
        """The image; black where there is none."""
        seen = self._seen
        painter.save()
        painter.resetTransform()
        painter.fillRect(seen.rect(), QColor(self.palette.viewport))
        if seen.has_image_place:
            ratio, drawings = seen.devicePixelRatioF(), seen.manner.drawings_shown
            coarse = bool(seen.manner.moving)
            self.picture.draw(painter, seen.tile, seen.camera, ratio, drawings=drawings, coarse=coarse)
            self.volumes.draw(painter, seen.tile, seen.camera, ratio, self._mouse.at)
        painter.restore()

    def draw_above(self, painter: QPainter) -> None:
        """Text, letters, scale bar, lines of other views, lens and frame."""
        size = QRectF(self._seen.rect())
        painter.save()
        painter.resetTransform()
        if self._seen.has_image_place:
            self._draw_over_image(painter, size)
        elif self._seen.workspace.study is not None:
            draw_no_image(painter, size, self.palette, has_images=bool(self._seen.workspace.study.stacks))
        if self._outline is not None:
            draw_outline(painter, self._outline, self.palette)
        painter.setPen(QPen(QColor(self._frame_color), 1))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        painter.drawRect(size.adjusted(0, 0, -1, -1))
        painter.restore()

    def draw_hand(self, painter: QPainter, camera: Camera) -> None:
        """What the hand shows, as it lies under `camera`; without words."""
        seen = self._seen
        draw_hand(painter, seen.tile, camera, seen.manner, self.aid, self.palette, says=False)

    def _draw_over_image(self, painter: QPainter, size: QRectF) -> None:
        tile, camera, manner, crosshair = self._seen.tile, self._seen.camera, self._seen.manner, self._seen.crosshair
        glass = Glass(self._seen.devicePixelRatioF(), manner.pixels_per_mm)
        shown = foreground_of(
            tile,
            camera,
            manner.density,
            self._mouse.at,
            hidden=manner.patient_hidden,
            glass=glass,
            marks_hidden=manner.marks_hidden,
            text_px=manner.text_size.px,
        )
        painter.save()
        letters = edge_letter_boxes(painter, size, shown) if shown is not None else ()
        others = others_of(tile, camera, lines=manner.lines_shown, dots=not manner.marks_hidden)
        if crosshair is not None or others is not None:
            painter.setClipRegion(_beside(size, (*letters, *self._seen.label_boxes)))
        if crosshair is not None:
            crosshair.draw(painter, self.palette, self._mouse.hover_grip)
        if others is not None:
            draw_others(painter, size, others, self.palette, text_px=manner.text_size.px - 1)
        painter.restore()
        draw_pointed(painter, tile, camera, manner.pointed, self.palette)
        if shown is not None:
            self.written = draw_foreground(painter, size, shown, self.palette)
        draw_hand(painter, tile, camera, manner, self.aid, self.palette, lens_at=self.lens.at)
        self.lens.paint(painter, camera)


def _beside(size: QRectF, letters: Sequence[QRectF]) -> QRegion:
    """All of a viewport but these boxes: no line is drawn through a number, nor through what tells left from right."""
    region = QRegion(size.toAlignedRect())
    for box in letters:
        region -= QRegion(box.adjusted(-_LETTER_ROOM_PX, 0, _LETTER_ROOM_PX, 0).toAlignedRect())
    return region
