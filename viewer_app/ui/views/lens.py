"""The magnifier of one viewport: its image through a picture of its own, and the marks as large as that."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from PySide6.QtGui import QPainter

from viewer_app.session.tile import Tile
from viewer_app.ui.style import Palette
from viewer_app.ui.views.camera import Camera
from viewer_app.ui.views.magnifier import Magnifier
from viewer_app.ui.views.manner import Manner
from viewer_app.ui.views.picture import Picture


class Seen(Protocol):
    """What of a viewport is seen through the lens."""

    manner: Manner

    @property
    def tile(self) -> Tile:
        """What it shows."""

    def draw_marks(self, painter: QPainter, camera: Camera) -> None:
        """Lines and handles of its marks as they lie under a camera."""


def lens_over(seen: Seen, changed: Callable[[], object], palette: Palette) -> Magnifier:
    """A lens that is not shown yet. It keeps a picture of its own: that of the viewport stays as it is."""
    picture = Picture(palette.drawing)

    def draw(painter: QPainter, camera: Camera, ratio: float) -> None:
        picture.draw(painter, seen.tile, camera, ratio, drawings=seen.manner.drawings_shown, coarse=False)

    return Magnifier(draw, seen.draw_marks, changed, palette)
