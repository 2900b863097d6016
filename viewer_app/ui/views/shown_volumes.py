"""The volumes of one viewport: translucent with an outline and their label, under the marks; and the brush."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPen

from viewer_app.errors import VolumeError
from viewer_app.imaging.identity import telltales
from viewer_app.measure.coloring import ColorBy, color_of
from viewer_app.measure.measurement import Record
from viewer_app.measure.present import THIN_SPACE, headline
from viewer_app.measure.volumes import VoxelRegion
from viewer_app.session.tile import Tile
from viewer_app.session.volumetry import stack_kind, volumes_on
from viewer_app.ui.palette import Palette
from viewer_app.ui.style import tabular
from viewer_app.ui.tools.brush import InHand
from viewer_app.ui.views.camera import Camera
from viewer_app.ui.views.manner import Manner
from viewer_app.ui.views.overlay import draw_text
from viewer_app.ui.views.region_picture import RegionPicture, on_plane, on_slice

_LABEL_PX, _LABEL_GAP_PX = 14, 8.0


@dataclass
class _Kept:
    """What was worked out for a volume, for as long as it is the same."""

    truth: object
    region: VoxelRegion
    key: object = None
    picture: RegionPicture | None = None


@dataclass(frozen=True)
class _Shown:
    """A volume to draw: its voxels, colour and words."""

    uid: str
    truth: object
    region: VoxelRegion | None
    color: str
    words: str = field(default="")


class ShownVolumes:
    """Draws the volumes of the stack on show; the picture of each is kept until slice, plane or camera is another."""

    def __init__(self, manner: Manner, palette: Palette) -> None:
        self._manner = manner
        self._palette = palette
        self._kept: dict[str, _Kept] = {}
        self._font = tabular(QFont())
        self._font.setPixelSize(_LABEL_PX)
        self._font.setWeight(QFont.Weight.DemiBold)

    def draw(self, painter: QPainter, tile: Tile, camera: Camera, ratio: float, at: tuple[float, float] | None) -> None:
        """Volumes in screen pixels of the viewport, and at the pointer the size of the brush."""
        shown = self._shown(tile)
        self._kept = {one.uid: kept for one in shown if (kept := self._of(one)) is not None}
        for one in shown:
            picture = self._picture(one, tile, camera, ratio) if one.uid in self._kept else None
            if picture is not None:
                painter.drawImage(picture.place, picture.image)
                self._write(painter, picture.place, camera, one)
        if at is not None and self._manner.brush.paints:
            self._draw_brush(painter, tile, camera, at)

    def under(self, tile: Tile, camera: Camera, at: tuple[float, float]) -> str:
        """UID of the volume under a screen point, the newest of several; "" for none."""
        for uid, kept in reversed(self._kept.items()):
            picture = kept.picture
            if uid and picture is not None and picture.place.contains(QPointF(*at)):
                scale = picture.image.width() / picture.place.width()
                place = (QPointF(*at) - picture.place.topLeft()) * scale
                if picture.image.pixelColor(int(place.x()), int(place.y())).alpha():
                    return uid
        return ""

    def _shown(self, tile: Tile) -> list[_Shown]:
        in_hand = self._manner.brush.in_hand
        if in_hand is not None and in_hand.stack is not tile.stack:
            in_hand = None
        found = [self._of_record(record, tile) for record in volumes_on(tile)]
        if in_hand is None:
            return found
        others = [one for one in found if one.uid != in_hand.uid]
        return [
            *others,
            _Shown(in_hand.uid, in_hand.region, in_hand.region, self._palette.mark_selected, _live(in_hand)),
        ]

    def _of_record(self, record: Record, tile: Tile) -> _Shown:
        drawn, selected = record.measurement, self._manner.current
        color = color_of(drawn, ColorBy.NOTHING) or self._palette.mark
        color = self._palette.mark_selected if drawn.uid == selected else color
        study = tile.opened.study
        hides = self._manner.patient_hidden and telltales(study.patient, study.info).tell_in(drawn.label)
        told = (drawn.label if not hides else "", headline(record.values))
        truth = drawn.region or drawn.figures
        return _Shown(drawn.uid, truth, self._voxels(record, truth, tile), color, "  ".join(filter(None, told)))

    def _voxels(self, record: Record, truth: object, tile: Tile) -> VoxelRegion | None:
        kept, kind, stack = self._kept.get(record.measurement.uid), stack_kind(record.measurement), tile.stack
        if kept is not None and kept.truth is truth:
            return kept.region
        if kind is None or stack is None:
            return None
        try:
            return kind.voxels(record.measurement, stack)
        except VolumeError:
            return None

    def _of(self, one: _Shown) -> _Kept | None:
        kept = self._kept.get(one.uid)
        if kept is not None and kept.truth is one.truth:
            return kept
        return None if one.region is None else _Kept(one.truth, one.region)

    def _picture(self, one: _Shown, tile: Tile, camera: Camera, ratio: float) -> RegionPicture | None:
        kept, view, stack, plane = self._kept[one.uid], tile.view.value, tile.stack, tile.plane
        key = plane, camera, ratio, one.color, view.cut is None and view.index
        if key == kept.key or stack is None:
            return kept.picture
        kept.key = key
        if view.cut is None:
            kept.picture = on_slice(kept.region, view.index, plane, camera, ratio, one.color)
        else:
            kept.picture = on_plane(kept.region, stack, plane, camera, ratio, one.color)
        return kept.picture

    def _write(self, painter: QPainter, place: QRectF, camera: Camera, one: _Shown) -> None:
        painter.setFont(self._font)
        width = painter.fontMetrics().horizontalAdvance(one.words)
        left = place.right() + _LABEL_GAP_PX
        if left + width > camera.size[0] - _LABEL_GAP_PX:
            left = max(_LABEL_GAP_PX, place.left() - _LABEL_GAP_PX - width)
        top = place.center().y() - painter.fontMetrics().height() / 2
        draw_text(painter, QPointF(left, top), one.words, one.color, self._palette)

    def _draw_brush(self, painter: QPainter, tile: Tile, camera: Camera, at: tuple[float, float]) -> None:
        if tile.plane.unit != "mm":
            return
        radius = self._manner.brush.painting.diameter_mm / 2 * camera.scale
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for color, width in ((self._palette.halo, 3.0), (self._palette.mark_selected, 1.2)):
            painter.setPen(QPen(QColor(color), width))
            painter.drawEllipse(QPointF(*at), radius, radius)
        painter.restore()


def _live(in_hand: InHand) -> str:
    """The volume as it grows, where all voxels have one size."""
    stack = in_hand.stack
    if not stack.report.is_volume:
        return ""
    ml = in_hand.region.count * abs(float(np.linalg.det(stack.affine[:3, :3]))) / 1000.0
    return f"{ml:.3g}{THIN_SPACE}ml"
