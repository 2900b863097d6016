"""The volumes of one viewport: translucent with an outline, under the marks; and the brush. Labels are the marks'."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime

import numpy as np
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from viewer_app.errors import VolumeError
from viewer_app.imaging.geometry import Vector, vector
from viewer_app.imaging.stacks import Stack
from viewer_app.measure.coloring import color_of
from viewer_app.measure.kinds import KINDS
from viewer_app.measure.measurement import Measurement, Place, Record
from viewer_app.measure.quantity import Value
from viewer_app.measure.region import RULE_VERSION
from viewer_app.measure.stack_kind import VOLUME
from viewer_app.measure.volumes import VoxelRegion, voxel_volume
from viewer_app.session.beside import prior_volumes_on
from viewer_app.session.tile import Tile
from viewer_app.session.volumetry import shown_best, volumes_on
from viewer_app.ui.palette import Palette
from viewer_app.ui.tools.brush import InHand
from viewer_app.ui.views.camera import Camera
from viewer_app.ui.views.manner import Manner
from viewer_app.ui.views.marks import Mark
from viewer_app.ui.views.region_picture import RegionPicture, on_plane, on_slice

DIMMED = 0.6
"""The opacity of a prior's marks: they are of another day, and not taken by a click."""

_NEVER = datetime.min.replace(tzinfo=UTC)


@dataclass
class _Kept:
    """A volume, and what was worked out for it, for as long as it is the same. `middle` is that of all its voxels."""

    record: Record
    region: VoxelRegion
    middle: Vector
    key: object = None
    picture: RegionPicture | None = None
    mark: Mark | None = None


class ShownVolumes:
    """Draws the volumes of the stack on show; the picture of each is kept until slice, plane or camera is another."""

    def __init__(self, manner: Manner, palette: Palette) -> None:
        self._manner = manner
        self._palette = palette
        self._kept: dict[str, _Kept] = {}
        self._moved: Mapping[str, Record] = {}
        self._live: tuple[InHand, Record] | None = None

    def draw(self, painter: QPainter, tile: Tile, camera: Camera, ratio: float, at: tuple[float, float] | None) -> None:
        """Volumes in screen pixels of the viewport, and at the pointer the size of the brush."""
        painter.save()
        painter.setOpacity(DIMMED if tile.is_prior else 1.0)
        for mark in self.marks(tile, camera, ratio):
            picture = self._kept[mark.uid].picture
            if picture is not None:
                painter.drawImage(picture.place, picture.image)
        painter.restore()
        if at is not None and self._manner.brush.paints:
            self._draw_brush(painter, tile, camera, at)

    def marks(
        self, tile: Tile, camera: Camera, ratio: float, moved: Mapping[str, Record] | None = None
    ) -> tuple[Mark, ...]:
        """The volumes that are seen, for their labels; those `moved` as they would become."""
        found = self._records(tile)
        if moved is not None:
            self._moved = {uid: record for uid, record in moved.items() if uid in found}
        found |= self._moved
        if not found:
            self._kept = {}
            return ()
        self._kept = {uid: kept for uid, record in found.items() if (kept := self._of(record, tile)) is not None}
        marks = (self._mark(kept, tile, camera, ratio) for kept in self._kept.values())
        return tuple(mark for mark in marks if mark is not None)

    def under(self, at: tuple[float, float]) -> str:
        """UID of the volume under a screen point, as drawn last, the newest of several; "" for none."""
        for uid, kept in reversed(self._kept.items()):
            picture = kept.picture
            if uid and picture is not None and picture.place.contains(QPointF(*at)):
                scale = picture.image.width() / picture.place.width()
                place = (QPointF(*at) - picture.place.topLeft()) * scale
                if picture.image.pixelColor(int(place.x()), int(place.y())).alpha():
                    return uid
        return ""

    def middle(self, uid: str) -> Vector | None:
        """The middle of all voxels of a volume, a patient point, which a label of a person's choice is placed by."""
        kept = self._kept.get(uid)
        return None if kept is None else kept.middle

    def _records(self, tile: Tile) -> dict[str, Record]:
        records = prior_volumes_on(tile) if tile.is_prior else volumes_on(tile)
        found = {} if self._manner.marks_hidden else {each.measurement.uid: each for each in records}
        in_hand = self._manner.brush.in_hand
        if in_hand is not None and in_hand.stack is tile.stack and in_hand.region.layers:
            if self._live is None or self._live[0] is not in_hand:
                before = {each.measurement.uid: each for each in records}.get(in_hand.uid)
                self._live = in_hand, _live(in_hand, before)
            found[in_hand.uid] = self._live[1]
        return found

    def _of(self, record: Record, tile: Tile) -> _Kept | None:
        drawn, stack = record.measurement, tile.stack
        kept = self._kept.get(drawn.uid)
        if kept is not None and kept.record is record:
            return kept
        before = kept.record.measurement if kept is not None else None
        if kept is not None and before is not None and (before.region, before.figures) == (drawn.region, drawn.figures):
            return replace(kept, record=record, mark=None)
        try:
            region = None if stack is None else KINDS[drawn.kind].voxels(drawn, stack)
        except VolumeError:
            return None
        if region is None or stack is None or region.box is None:
            return None
        return _Kept(record, region, _middle(region, stack))

    def _mark(self, kept: _Kept, tile: Tile, camera: Camera, ratio: float) -> Mark | None:
        color, view, stack, plane = self._color(kept.record), tile.view.value, tile.stack, tile.plane
        key = plane, camera, ratio, color, view.cut is None and view.index
        if key != kept.key and stack is not None:
            kept.key, kept.mark = key, None
            if view.cut is None:
                kept.picture = on_slice(kept.region, view.index, plane, camera, ratio, color)
            else:
                kept.picture = on_plane(kept.region, stack, plane, camera, ratio, color)
        if kept.picture is not None and kept.mark is None:
            kept.mark = _seen(kept, kept.picture, tile, camera)
        return kept.mark

    def _color(self, record: Record) -> str:
        drawn = record.measurement
        if not drawn.uid or drawn.uid in self._manner.selected:
            return self._palette.mark_selected
        return color_of(drawn, self._manner.color_by) or self._palette.mark

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


def _middle(region: VoxelRegion, stack: Stack) -> Vector:
    """The middle of the box of a region, which has voxels."""
    assert region.box is not None
    (start, top, left), (stop, bottom, right) = region.box
    ends = [stack.images[index].plane for index in (start, stop - 1)]
    corners = [plane.to_patient([((left + right - 1) / 2, (top + bottom - 1) / 2)])[0] for plane in ends]
    return vector(np.mean(corners, axis=0))


def _seen(kept: _Kept, picture: RegionPicture, tile: Tile, camera: Camera) -> Mark:
    """The volume as labels see a mark: without lines to draw or handles to take."""
    offset, label_at = kept.record.measurement.label_offset, None
    if offset is not None:
        in_plane = tile.plane.in_plane([kept.middle]) + offset
        across, down = camera.to_screen(in_plane)[0].tolist()
        label_at = (across, down)
    numbers = tuple(range(len(kept.record.measurement.figures)))
    outline = picture.outline
    return Mark(kept.record, outline[:-1], (), (), figures=numbers, label_at=label_at, around=outline)


def _live(in_hand: InHand, before: Record | None) -> Record:
    """The volume as it grows: its size, how far that may be off, and no other number."""
    stack, region = in_hand.stack, in_hand.region
    found = voxel_volume(stack, region)
    bound = None if found.bound_mm3 is None else found.bound_mm3 / 1000.0
    values = (Value(VOLUME.key, VOLUME.title, VOLUME.dimension, found.ml, "ml", uncertainty=bound),)
    if before is None:
        drawn = Measurement("", "volume", (shown_best(region, stack),), "", "", "", _NEVER, _NEVER, region=region)
        return Record(drawn, values, Place(-1, -1), RULE_VERSION)
    return replace(before, measurement=replace(before.measurement, region=region), values=values)
