"""Everything written and drawn over the image: corner text, letters, scale bar, marks."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPen, QPixmap

from viewer_app.imaging.geometry import Floats, Plane
from viewer_app.imaging.places.orientation import Edges
from viewer_app.measure.present import THIN_SPACE
from viewer_app.ui.style import Palette
from viewer_app.ui.views.camera import Camera
from viewer_app.ui.views.corner_layout import MARGIN_PX, arranged
from viewer_app.ui.views.corner_text import Corners
from viewer_app.ui.views.lettering import Lettering, lettering, named_lettering

_HALO_PX = 2.5
_AROUND = ((-1, -1), (0, -2), (1, -1), (-2, 0), (2, 0), (-1, 1), (0, 2), (1, 1))
_BAR_TEXT_PX = 9.0
_NO_BAR_BELOW_PX = 150.0
_TAG_PX, _TAG_GAP_PX = 8.0, 6.0
_SCALE_BAR_SHARE = 0.2
_NO_EDGES = "orientation unknown"
_Numbers = tuple[float, float, float, float]
"""Left, top, width and height of a box."""

_NICE_LENGTHS = tuple(step * 10.0**power for power in range(-3, 4) for step in (1.0, 2.0, 5.0))


def draw_text(
    painter: QPainter, at: QPointF, text: str, color: str, palette: Palette, flags: Qt.AlignmentFlag | None = None
) -> QRectF:
    """Text with a black halo; `at` is its upper left corner, or as `flags` say. Returns where it stands."""
    metrics = lettering(painter.font())
    box = QRectF(at.x(), at.y(), metrics.horizontalAdvance(text), metrics.height())
    if flags is not None and flags & Qt.AlignmentFlag.AlignRight:
        box.moveRight(at.x())
    if flags is not None and flags & Qt.AlignmentFlag.AlignHCenter:
        box.moveCenter(QPointF(at.x(), box.center().y()))
    ratio = painter.device().devicePixelRatioF()
    picture = _text_picture(text, metrics.font_name, color, palette.halo, ratio)
    painter.drawPixmap(_on_pixels(box, ratio), picture)
    return box


def _on_pixels(box: QRectF, ratio: float) -> QPointF:
    """Where the picture of a text begins: between device pixels the letters would be mixed a second time."""
    left, top = (round((edge - _HALO_PX) * ratio) / ratio for edge in (box.left(), box.top()))
    return QPointF(left, top)


@lru_cache(maxsize=512)
def _text_picture(text: str, font_name: str, color: str, halo: str, scale: float) -> QPixmap:
    """The text on transparent ground, with room for the halo around it.

    The halo is the text itself in all directions round its place: a stroke along its outline takes ten times as long,
    too long for numbers that change with every frame.
    """
    font = QFont()
    font.fromString(font_name)
    metrics = named_lettering(font_name)
    width, height = metrics.horizontalAdvance(text) + 2 * _HALO_PX, metrics.height() + 2 * _HALO_PX
    picture = QPixmap(max(1, math.ceil(width * scale)), max(1, math.ceil(height * scale)))
    picture.setDevicePixelRatio(scale)
    picture.fill(Qt.GlobalColor.transparent)
    base = QPointF(_HALO_PX, _HALO_PX + metrics.ascent())
    painter = QPainter(picture)
    painter.setFont(font)
    painter.setPen(QColor(halo))
    for across, down in _AROUND:
        painter.drawText(base + QPointF(across, down), text)
    painter.setPen(QColor(color))
    painter.drawText(base, text)
    painter.end()
    return picture


def draw_corners(
    painter: QPainter, size: QRectF, corners: Corners, pointer: str, palette: Palette, bar: QRectF | None = None
) -> tuple[tuple[QRectF, str], ...]:
    """The four corners; badges above the lower left one; what is under the pointer below the lower right one.

    Returns the boxes that are written on with their lines. `bar` is where the scale bar stands.
    """
    ratio, font_name = painter.device().devicePixelRatioF(), lettering(painter.font()).font_name
    bar_place = None if bar is None else _numbers(bar)
    lines = _corner_lines(_numbers(size), corners, pointer, bar_place, font_name, palette, ratio)
    for line in lines:
        painter.drawPixmap(line.at, line.picture)
    return tuple((QRectF(line.box), line.text) for line in lines)


@dataclass(frozen=True)
class _Line:
    """A line of the corners as a picture that begins `at` its place; the text stands in `box`."""

    box: QRectF
    at: QPointF
    picture: QPixmap
    text: str


# Of the fifty lines of a frame nearly all are where they were in the one before.
@lru_cache(maxsize=16)
def _corner_lines(
    size: _Numbers, corners: Corners, pointer: str, bar: _Numbers | None, font_name: str, palette: Palette, ratio: float
) -> tuple[_Line, ...]:
    metrics, lines = named_lettering(font_name), []
    for name, block in arranged(QRectF(*size), corners, pointer, metrics, bar and QRectF(*bar)).items():
        color = palette.mark if name == "badges" else palette.overlay
        for number, text in enumerate(block.lines):
            width, height = metrics.horizontalAdvance(text), metrics.height()
            left = block.box.right() - width if block.at_right else block.box.left()
            box = QRectF(left, block.box.top() + number * height, width, height)
            picture = _text_picture(text, font_name, color, palette.halo, ratio)
            lines.append(_Line(box, _on_pixels(box, ratio), picture, text))
    return tuple(lines)


def _numbers(box: QRectF) -> _Numbers:
    return box.x(), box.y(), box.width(), box.height()


def draw_plane_tag(painter: QPainter, size: QRectF, beside: QRectF | None, color: str, palette: Palette) -> QRectF:
    """A small mark in the colour the plane has as a line in other views: before its name, or alone in the corner."""
    line = QRectF(size.right() - MARGIN_PX, MARGIN_PX, 0.0, lettering(painter.font()).height())
    line = line if beside is None else beside
    right = line.left() - (_TAG_GAP_PX if line.width() else 0.0)
    tag = QRectF(round(right - _TAG_PX), round(line.center().y() - _TAG_PX / 2), _TAG_PX, _TAG_PX)
    painter.fillRect(tag.adjusted(-1, -1, 1, 1), QColor(palette.halo))
    painter.fillRect(tag, QColor(color))
    return tag


def letters_font(font: QFont) -> QFont:
    """The font of the letters at the edges, beside text in `font`."""
    bold = QFont(font)
    bold.setBold(True)
    bold.setPixelSize(max(13, round(font.pixelSize() * 1.15)) if font.pixelSize() > 0 else 14)
    return bold


def letter_boxes(size: QRectF, edges: Edges | None, metrics: Lettering) -> tuple[tuple[QRectF, str], ...]:
    """Where the letters at the left, right, top and bottom edge stand; () where these are not known."""
    if edges is None:
        return ()
    height, middle, centre = metrics.height(), size.center().y() - metrics.height() / 2, size.center().x()
    left, right, top, bottom = (metrics.horizontalAdvance(words) for words in edges)
    lefts = (MARGIN_PX, size.right() - MARGIN_PX - right, centre - top / 2, centre - bottom / 2)
    tops = (middle, middle, MARGIN_PX, size.bottom() - MARGIN_PX - height)
    places = zip(lefts, tops, (left, right, top, bottom), edges, strict=True)
    return tuple((QRectF(across, down, width, height), words) for across, down, width, words in places)


def draw_letters(
    painter: QPainter, size: QRectF, edges: Edges | None, palette: Palette, written: Sequence[QRectF] = ()
) -> QRectF | None:
    """Where the edges of the viewport lie in the patient (C37).

    Where that is unknown, words that say so, clear of what is `written`; returns where these stand.
    """
    painter.save()
    painter.setFont(letters_font(painter.font()))
    place = None
    if edges is None:
        metrics = lettering(painter.font())
        width = metrics.horizontalAdvance(_NO_EDGES)
        place = QRectF(size.center().x() - width / 2, MARGIN_PX, width, metrics.height())
        while any(place.intersects(box) for box in written) and place.bottom() < size.bottom():
            place.translate(0, 1)
        draw_text(painter, place.topLeft(), _NO_EDGES, palette.mark, palette)
    for box, words in letter_boxes(size, edges, lettering(painter.font())):
        draw_text(painter, box.topLeft(), words, palette.overlay, palette)
    painter.restore()
    return place


def scale_bar_length(camera: Camera) -> float:
    """A round length (1, 2 or 5 times a power of ten) of about a fifth of the viewport, in the plane's unit."""
    longest = camera.size[1] * _SCALE_BAR_SHARE / camera.scale
    return max((length for length in _NICE_LENGTHS if length <= longest), default=_NICE_LENGTHS[0])


def scale_bar_box(size: QRectF, plane: Plane, camera: Camera, metrics: Lettering) -> QRectF | None:
    """Where the scale bar and its length stand; None where lengths are in pixels, and where warnings need the room."""
    if plane.unit != "mm" or size.width() < _NO_BAR_BELOW_PX:
        return None
    length = scale_bar_length(camera)
    tall = max(length * camera.scale, metrics.height())
    wide = metrics.horizontalAdvance(_length_text(length)) + _BAR_TEXT_PX
    right, middle = size.right() - MARGIN_PX - 4, size.center().y() + size.height() * 0.22
    return QRectF(right - wide, middle - tall / 2, wide, tall)


def draw_scale_bar(painter: QPainter, size: QRectF, plane: Plane, camera: Camera, palette: Palette) -> None:
    """An upright bar at the right edge with its length; none where lengths are in pixels."""
    box = scale_bar_box(size, plane, camera, lettering(painter.font()))
    if box is None:
        return
    length = scale_bar_length(camera)
    half, right, middle = length * camera.scale / 2, box.right(), box.center().y()
    bar = [QPointF(right - 5, middle - half), QPointF(right, middle - half)]
    bar += [QPointF(right, middle + half), QPointF(right - 5, middle + half)]
    for color, width in ((palette.halo, 3.5), (palette.overlay, 1.2)):
        painter.setPen(QPen(QColor(color), width))
        painter.drawPolyline(bar)
    height = lettering(painter.font()).height()
    place = QPointF(right - _BAR_TEXT_PX, middle - height / 2)
    draw_text(painter, place, _length_text(length), palette.overlay, palette, Qt.AlignmentFlag.AlignRight)


def _length_text(length: float) -> str:
    return f"{length / 10:g}{THIN_SPACE}cm" if length >= 10 else f"{length:g}{THIN_SPACE}mm"


def draw_outline(painter: QPainter, points: Sequence[tuple[float, float]], palette: Palette) -> None:
    """A closed dashed line through screen points, with a halo."""
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    closed = [QPointF(*point) for point in points]
    for color, width, style in (
        (palette.halo, 3.0, Qt.PenStyle.SolidLine),
        (palette.overlay, 1.0, Qt.PenStyle.DashLine),
    ):
        painter.setPen(QPen(QColor(color), width, style))
        painter.drawPolygon(closed)


def polyline(points: Floats) -> list[QPointF]:
    """Screen points (n, 2) for Qt."""
    return [QPointF(float(across), float(down)) for across, down in points]
