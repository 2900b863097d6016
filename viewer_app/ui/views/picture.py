"""The picture of a tile: what the sampler makes of its view, and what its file draws over it."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass, replace

import numpy as np
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QImage, QPainter, QTransform

from viewer_app.imaging.geometry import Plane, vector
from viewer_app.imaging.headers import Window
from viewer_app.imaging.mpr import VoxelSource
from viewer_app.imaging.reading.shutter import unseen
from viewer_app.imaging.sampler import Grid, cut_picture, slice_picture
from viewer_app.imaging.values.voi import Greys
from viewer_app.imaging.volume import Volume
from viewer_app.session.tile import Tile
from viewer_app.session.view import View
from viewer_app.ui.views.camera import Camera
from viewer_app.ui.views.color_maps import COLOR_MAPS, color_table, to_colors
from viewer_app.ui.views.pace import Pace
from viewer_app.ui.views.qimages import to_drawing, to_qimage, to_veil

# From so many screen pixels for each of the image on, these are shown as they are.
_PLAIN_FROM = 8.0
_SAME = 1e-9


@dataclass(frozen=True)
class _Wanted:
    """All that a picture depends on; an equal one is the same picture."""

    view: View
    plane: Plane
    window: Window
    camera: Camera
    ratio: float
    changes: int
    coarse: bool
    small: bool

    @classmethod
    def of(
        cls, tile: Tile, window: Window, camera: Camera, ratio: float, changes: int, *, coarse: bool, late: bool
    ) -> _Wanted:
        """Where the crosshair is within its plane makes no difference to the picture."""
        view, plane = tile.view.value, tile.plane
        if view.cut is None:
            return cls(view, plane, window, camera, ratio, changes, coarse=False, small=False)
        is_small = coarse and (late or view.cut.slab_mm > 0)
        view = replace(view, cut=replace(view.cut, point=plane.origin), window=None)
        return cls(view, plane, window, camera, ratio, changes, coarse, is_small)

    def as_sharp_as(self, drawn: _Wanted) -> _Wanted:
        """Coarse only if something else than the greys of what was `drawn` has changed."""
        alike = replace(self, coarse=drawn.coarse, small=drawn.small)
        return alike if replace(alike, window=drawn.window) == drawn else self


class Picture:
    """Draws a tile into a viewport, and keeps the last picture for as long as it is the same."""

    def __init__(self, drawing_color: str) -> None:
        self._drawing_color = drawing_color
        self._wanted: _Wanted | None = None
        self._source: VoxelSource | None = None
        self._image = QImage()
        self._pace = Pace()

    @property
    def is_coarse(self) -> bool:
        """True while the picture kept is a coarse one."""
        return self._wanted is not None and self._wanted.coarse

    @property
    def is_small(self) -> bool:
        """True while it has a quarter of the pixels it is drawn over."""
        return self._wanted is not None and self._wanted.small

    def draw(
        self, painter: QPainter, tile: Tile, camera: Camera, ratio: float, *, drawings: bool, coarse: bool
    ) -> bool:
        """Draw what has arrived, in logical pixels of the viewport; False where there is nothing yet.

        `ratio` is that of device to logical pixels. A `coarse` reconstruction has one sample for each pixel, and a
        quarter of the pixels with a slab, or where pictures of all of them would come late.
        """
        view, source, window = tile.view.value, tile.source, tile.window()
        volume = source if view.cut is None and isinstance(source, Volume) else None
        if source is None or window is None or (volume is not None and not volume.has(view.index)):
            return False
        late = coarse and self._pace.is_late(math.prod(_shape(camera, ratio)))
        wanted = _Wanted.of(tile, window, camera, ratio, source.changes, coarse=coarse, late=late)
        if wanted.coarse and self._wanted is not None:
            wanted = wanted.as_sharp_as(self._wanted)
        is_passing = False
        if wanted != self._wanted or source is not self._source:
            started = time.perf_counter()
            self._image = _colors(source, wanted)
            if wanted.coarse and view.cut is not None and not view.cut.slab_mm:
                self._pace.took(time.perf_counter() - started, self._image.width() * self._image.height())
            self._wanted, self._source = wanted, source
            is_passing = wanted.coarse and not wanted.small
        if not is_passing and self._image.format() != QImage.Format.Format_RGB32:
            # As the screen has it: a picture that stays is painted again and again.
            self._image = self._image.convertToFormat(QImage.Format.Format_RGB32)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, wanted.small and view.smooth)
        painter.drawImage(covered(self._image, ratio / 2 if wanted.small else ratio), self._image)
        if drawings and volume is not None:
            self._draw_drawings(painter, tile, volume, camera)
        return True

    def _draw_drawings(self, painter: QPainter, tile: Tile, volume: Volume, camera: Camera) -> None:
        index = tile.view.value.index
        image, plane = volume.stack.images[index], tile.plane
        rows, columns = volume.stored_values.shape[1:3]
        extent = QRectF(*tile.extent)
        painter.save()
        painter.setTransform(_to_screen(camera), combine=True)
        shutter = image.frame.shutter
        if shutter is not None:
            veil = unseen(shutter, rows, columns, plane.row_spacing / plane.column_spacing)
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, False)
            painter.drawImage(extent, to_veil(veil, shutter.grey))
        overlays = volume.overlays.get(index)
        if overlays is not None and overlays.mask is not None:
            is_plain = camera.scale * plane.column_spacing == 1.0
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, not is_plain)
            painter.drawImage(extent, to_drawing(overlays.mask, self._drawing_color))
        painter.restore()


def _colors(source: VoxelSource, wanted: _Wanted) -> QImage:
    """The greys in the colours of the view's map, if it has one; what is no value stays black in all of them."""
    greys, name = _greys(source, wanted), wanted.view.color_map
    if greys.ndim == 3 or name not in COLOR_MAPS:
        return to_qimage(greys)
    if not color_table(name)[0].any():
        return to_colors(greys, name)
    # What is black both as it is and inverted is no value.
    other = _greys(source, replace(wanted, view=replace(wanted.view, inverted=not wanted.view.inverted)))
    return to_qimage(np.where((greys | other)[..., None], color_table(name)[greys], np.uint8(0)))


def _greys(source: VoxelSource, wanted: _Wanted) -> Greys:
    view = wanted.view
    if view.cut is None:
        assert isinstance(source, Volume)
        grid, is_large = image_grid(wanted.plane, wanted.camera, wanted.ratio)
        smooth = view.smooth and not is_large
        return slice_picture(source, view.index, grid, wanted.window, inverted=view.inverted, smooth=smooth)
    plane, shape = screen_plane(wanted.plane, wanted.camera, wanted.ratio / 2 if wanted.small else wanted.ratio)
    cut, smooth = view.cut, view.smooth
    return cut_picture(
        source, plane, shape, cut.slab_mm, cut.slab_mode, wanted.window,
        inverted=view.inverted, smooth=smooth, coarse=wanted.coarse,
    )  # fmt: skip


def covered(picture: QImage, ratio: float) -> QRectF:
    """Where a picture stands in logical pixels of the viewport, `ratio` of its pixels to one of them.

    It may end beyond the lower right edge by less than one of its pixels; drawn into the viewport instead, all of it
    would be squeezed, and lie beside its letters and marks.
    """
    return QRectF(0.0, 0.0, picture.width() / ratio, picture.height() / ratio)


def image_grid(plane: Plane, camera: Camera, ratio: float) -> tuple[Grid, bool]:
    """The pixels of a viewport on an acquired image, and whether each of the image covers many of them."""
    on_plane, spacing = camera.grid(ratio), np.array([plane.column_spacing, plane.row_spacing])
    origin, across, down = (np.asarray(pair) / spacing for pair in (on_plane.first, on_plane.across, on_plane.down))
    grid = Grid(_shape(camera, ratio), _pair(origin), _pair(across), _pair(down))
    return grid, float(np.abs(across).max()) * _PLAIN_FROM <= 1.0 + _SAME


def screen_plane(plane: Plane, camera: Camera, ratio: float) -> tuple[Plane, tuple[int, int]]:
    """The pixels of a viewport as a plane of their own, and how many (rows, columns) of them there are."""
    grid = camera.grid(ratio)
    axes = np.stack([plane.row_direction, plane.column_direction])
    across, down = np.asarray(grid.across) @ axes, np.asarray(grid.down) @ axes
    column_spacing, row_spacing = (float(np.linalg.norm(step)) for step in (across, down))
    placed = replace(
        plane,
        origin=vector(np.asarray(plane.origin) + np.asarray(grid.first) @ axes),
        row_direction=vector(across / column_spacing),
        column_direction=vector(down / row_spacing),
        row_spacing=row_spacing,
        column_spacing=column_spacing,
    )
    return placed, _shape(camera, ratio)


def _shape(camera: Camera, ratio: float) -> tuple[int, int]:
    width, height = camera.size
    return max(1, math.ceil(height * ratio)), max(1, math.ceil(width * ratio))


def _pair(values: np.ndarray[tuple[int, ...], np.dtype[np.float64]]) -> tuple[float, float]:
    return float(values[0]), float(values[1])


def _to_screen(camera: Camera) -> QTransform:
    zero, across, down = (QPointF(*point) for point in camera.to_screen([(0.0, 0.0), (1.0, 0.0), (0.0, 1.0)]))
    return QTransform(
        across.x() - zero.x(), across.y() - zero.y(), down.x() - zero.x(), down.y() - zero.y(), zero.x(), zero.y()
    )
