"""What is written over the image of a viewport, from one frozen description of what is shown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFont, QPainter

from viewer_app.imaging.geometry import Floats, Plane, plane_name, vector
from viewer_app.imaging.headers import Window
from viewer_app.imaging.mpr import cut_letters
from viewer_app.imaging.places.orientation import Edges, edge_letters, turned
from viewer_app.imaging.sampler import is_monochrome1, value_at
from viewer_app.imaging.stacks import Stack
from viewer_app.imaging.volume import PlanarImage
from viewer_app.session.tile import Tile
from viewer_app.ui.palette import Palette
from viewer_app.ui.screen_scale import Glass, real_size_words
from viewer_app.ui.style import tabular
from viewer_app.ui.views.badges import badges_of
from viewer_app.ui.views.camera import Camera
from viewer_app.ui.views.color_bar import draw_color_bar
from viewer_app.ui.views.color_maps import COLOR_MAPS, color_table
from viewer_app.ui.views.corner_layout import MARGIN_PX
from viewer_app.ui.views.corner_text import Corners, Density, corner_text, pointer_text
from viewer_app.ui.views.lettering import lettering
from viewer_app.ui.views.overlay import (
    draw_corners,
    draw_letters,
    draw_plane_tag,
    draw_scale_bar,
    draw_text,
    letter_boxes,
    letters_font,
    scale_bar_box,
)
from viewer_app.ui.views.ruler import ruler
from viewer_app.ui.views.wrapping import wrapped
from viewer_app.ui.words import capitalized

_TEXT_PX = 12
_PLAIN = Glass()
_NO_IMAGE = "This study holds no images. What it holds is listed at the left."
_LETTERS_ROOM_PX = 52  # at both sides, where there is room enough between
_EMPTY = "Drag a series here"


@dataclass(frozen=True, slots=True)
class ColorBar:
    """The colour map `name` over `window`; `inverted` as in `apply_window`."""

    name: str
    window: Window
    unit: str
    inverted: bool


@dataclass(frozen=True)
class Foreground:
    """`pointer` is the in-image screen point under the mouse; `absence` says why there is no image, or "".

    `lengths` is the plane whose units the scale bar shows, drawn as by the camera `bar`.
    `plane_number` is that of the view among the three of an MPR: its colour is that of its lines in the others.
    """

    corners: Corners
    pointer: str
    plane: Plane
    edges: Edges | None
    camera: Camera
    has_scale_bar: bool
    absence: str
    color_bar: ColorBar | None
    lengths: Plane
    bar: Camera
    plane_number: int | None = None
    text_px: int = _TEXT_PX


def foreground_of(
    tile: Tile,
    camera: Camera,
    density: Density,
    at: tuple[float, float] | None,
    *,
    hidden: bool,
    glass: Glass = _PLAIN,
    marks_hidden: bool = False,
    text_px: int = _TEXT_PX,
) -> Foreground | None:
    """Everything to be written for the view on show; None without a stack."""
    stack, index = tile.stack, tile.view.value.index
    if stack is None:
        return None
    frame, cut, plane, mpr = stack.images[index].frame, tile.view.value.cut, tile.plane, tile.mpr
    zoom = camera.scale * frame.plane.column_spacing * glass.device_pixel_ratio
    patient, info = tile.study.patient, tile.study.info
    lengths, calibration = tile.lengths, tile.calibration
    corners = corner_text(
        patient,
        info,
        stack,
        index,
        tile.window(),
        zoom,
        density,
        hidden=hidden,
        cut=cut,
        real_size=real_size_words(plane, camera.scale, glass.pixels_per_mm, lengths),
        calibration="" if calibration is None else capitalized(calibration.words),
    )
    edges = edge_letters(frame) if cut is None else cut_letters(cut, stack)
    badges = badges_of(tile, camera, corners.badges, marks_hidden=marks_hidden)
    return Foreground(
        corners=replace(corners, badges=badges),
        pointer="" if density is Density.NONE or at is None else _pointer_words(tile, plane, camera, at),
        plane=plane,
        edges=turned(edges, camera.flipped, camera.quarter_turns),
        camera=camera,
        has_scale_bar=density is not Density.NONE,
        absence=_absence(tile),
        lengths=lengths,
        bar=ruler(plane, lengths, camera),
        color_bar=None if density is Density.NONE else _color_bar(tile, stack),
        plane_number=None if mpr is None else mpr.which,
        text_px=text_px,
    )


def _color_bar(tile: Tile, stack: Stack) -> ColorBar | None:
    """What explains the colours; None where greys are shown, or an image that has colours of its own."""
    view, window, image = tile.view.value, tile.window(), stack.images[tile.view.value.index]
    pixels = image.instance.pixel_format
    if view.color_map not in COLOR_MAPS or window is None or pixels is None or pixels.is_colour:
        return None
    return ColorBar(view.color_map, window, image.frame.rescale.unit, view.inverted ^ is_monochrome1(image))


def draw_foreground(painter: QPainter, size: QRectF, shown: Foreground, palette: Palette) -> tuple[QRectF, ...]:
    """Write it, in screen pixels; returns the boxes of the corner text, letters, scale bar and colour bar."""
    font = _text_font(painter, shown)
    painter.setFont(font)
    scale = scale_bar_box(size, shown.lengths, shown.bar, lettering(font)) if shown.has_scale_bar else None
    lines = draw_corners(painter, size, shown.corners, shown.pointer, palette, scale)
    written = tuple(box for box, _ in lines)
    if shown.plane_number is not None:
        name = plane_name(shown.plane).capitalize()
        beside = next((box for box, line in lines if line == name), None)
        draw_plane_tag(painter, size, beside, palette.planes[shown.plane_number], palette)
    draw_letters(painter, size, shown.edges, palette, written)
    if shown.has_scale_bar:
        draw_scale_bar(painter, size, shown.lengths, shown.bar, palette)
    if shown.absence:
        _draw_absence(painter, size, shown.absence, palette)
    bar = None if shown.color_bar is None else _draw_color_bar(painter, size, shown.color_bar, palette, written)
    bars = (box for box in (scale, bar) if box is not None)
    return (*written, *edge_letter_boxes(painter, size, shown), *bars)


def edge_letter_boxes(painter: QPainter, size: QRectF, shown: Foreground) -> tuple[QRectF, ...]:
    """Where `draw_foreground` will write the letters at the edges."""
    metrics = lettering(letters_font(_text_font(painter, shown)))
    return tuple(box for box, _ in letter_boxes(size, shown.edges, metrics))


def _text_font(painter: QPainter, shown: Foreground) -> QFont:
    font = tabular(painter.font())
    font.setPixelSize(shown.text_px)
    return font


def _draw_color_bar(
    painter: QPainter, size: QRectF, bar: ColorBar, palette: Palette, written: Sequence[QRectF]
) -> QRectF | None:
    table = color_table(bar.name)
    return draw_color_bar(painter, size, table, bar.window, bar.unit, palette, inverted=bar.inverted, written=written)


def draw_no_image(painter: QPainter, size: QRectF, palette: Palette, *, has_images: bool) -> None:
    """Say that the tile is empty, or that the study has nothing to look at."""
    painter.setFont(tabular(painter.font()))
    _draw_absence(painter, size, _EMPTY if has_images else _NO_IMAGE, palette)


def _draw_absence(painter: QPainter, size: QRectF, why: str, palette: Palette) -> None:
    font = QFont(painter.font())
    font.setPixelSize(_TEXT_PX + 2)
    painter.setFont(font)
    metrics = lettering(font)
    letters = _LETTERS_ROOM_PX if size.width() > 6 * _LETTERS_ROOM_PX else MARGIN_PX
    lines = wrapped(why, metrics.horizontalAdvance, size.width() - 2 * letters)
    top = size.center().y() - len(lines) * metrics.height() / 2
    for number, line in enumerate(lines):
        spot = QPointF(size.center().x(), top + number * metrics.height())
        draw_text(painter, spot, line, palette.overlay, palette, Qt.AlignmentFlag.AlignHCenter)


def _absence(tile: Tile) -> str:
    """Why there is no image, where there is none."""
    volume, view = tile.volume, tile.view.value
    index = tile.opened.wanted_index(view)
    if tile.is_resampled and tile.source is None:
        return _not_resampled(tile)
    if volume is None or volume.has(index) or tile.is_resampled:
        return ""
    return volume.failed.get(index, "Loading …" if tile.is_loading else "This image has not been loaded; F5 loads it.")


def _not_resampled(tile: Tile) -> str:
    if tile.is_loading:
        return "Loading …"
    is_wanted = tile.opened.resampling.is_wanted(tile.view.value.stack_key)
    return "Resampling …" if is_wanted else "Uneven slices, not resampled: M offers it."


def _pointer_words(tile: Tile, plane: Plane, camera: Camera, at: tuple[float, float]) -> str:
    (in_plane,) = camera.to_plane([at])
    if tile.view.value.cut is not None:
        return _words_between(tile, plane, in_plane)
    image = tile.current_image()
    if image is None:
        return ""
    pixel = in_plane / (plane.column_spacing, plane.row_spacing)
    column, row = (int(number) for number in pixel.round())
    if not (0 <= row < image.stored.shape[0] and 0 <= column < image.stored.shape[1]):
        return ""
    x, y, z = (float(number) for number in plane.to_patient([pixel])[0])
    return pointer_text((x, y, z), located=plane.located, value=_value(image, row, column), rescale=image.rescale)


def _words_between(tile: Tile, plane: Plane, in_plane: Floats) -> str:
    """Patient coordinates, and the value between the voxels there, said to be interpolated (C45)."""
    source = tile.source
    if source is None:
        return ""
    point = plane.to_patient([in_plane / (plane.column_spacing, plane.row_spacing)])[0]
    value = value_at(source, vector(point))
    rescale = source.stack.images[tile.opened.wanted_index(tile.view.value)].frame.rescale
    x, y, z = (float(number) for number in point)
    words = pointer_text((x, y, z), located=True, value=None if value != value else value, rescale=rescale)
    how = "interpolated, resampled" if tile.is_resampled else "interpolated"
    return words if value != value else f"{words} ({how})"


def _value(image: PlanarImage, row: int, column: int) -> float | None:
    return None if image.is_colour else image.value_at(row, column)
