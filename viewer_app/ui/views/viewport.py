"""One viewport: a plane through a volume, with what was measured on it.

Which marks it shows is the matter of `shown_marks`, how it is painted that of `painting`, gestures that of `mouse`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pyqtgraph as pg
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QWidget

from viewer_app.imaging.geometry import Plane, Vector, vector
from viewer_app.imaging.stacks import Stack
from viewer_app.imaging.together import point_on
from viewer_app.measure.measurement import Measurement
from viewer_app.session.study import OpenStudy
from viewer_app.session.tile import Tile
from viewer_app.session.view import View
from viewer_app.session.workspace import Workspace
from viewer_app.ui.style import current_palette
from viewer_app.ui.tools.brush import Brush
from viewer_app.ui.tools.hand import Aid, Hand
from viewer_app.ui.tools.pointer import ScreenPoint, Tool
from viewer_app.ui.views.camera import Camera, camera_for
from viewer_app.ui.views.crosshair import Crosshair, Grip
from viewer_app.ui.views.manner import Manner
from viewer_app.ui.views.marks import Hit, Mark
from viewer_app.ui.views.mouse import Mouse
from viewer_app.ui.views.painting import Painting
from viewer_app.ui.views.shown_marks import ShownMarks
from viewer_app.ui.views.surface import Surface

_Seen = tuple[View, Stack | None, tuple[float, float], float]
"""What a camera depends on: the view, its stack, the size of the viewport and device pixels for each logical one."""


class Viewport(Surface):
    """Shows one tile of the opened study. It is the stage of gestures, and follows what changes."""

    def __init__(self, workspace: Workspace, manner: Manner, place: int = 0, parent: QWidget | None = None) -> None:
        super().__init__(workspace, manner, parent)
        self._place = place
        self._tile: Tile | None = None
        self._connected: OpenStudy | None = None
        self._seen_by: tuple[_Seen, Camera] | None = None
        palette = current_palette()
        self.mouse = Mouse(self, self._show_hover, self.menu_wanted.emit)
        self.painting = Painting(self, self.mouse, palette, self.viewport().update)
        self.shown_marks = ShownMarks(
            self,
            self.painting.volumes,
            palette,
            lambda: QRectF(self.rect()),
            lambda: self.painting.written,
            lambda: self.painting.lens.at,
        )
        view_box = pg.ViewBox(lockAspect=True, enableMenu=False, invertY=True, enableMouse=False)
        view_box.addItem(self.shown_marks.item, ignoreBounds=True)
        self.setCentralItem(view_box)
        workspace.study_changed.connect(self._study_changed)
        manner.changed.connect(self.refresh)
        manner.brush.moved.connect(self.refresh)
        manner.brush.changed.connect(self.viewport().update)
        manner.moving.ended.connect(self._sharpen)
        manner.zooming.ended.connect(self.shown_marks.settle)
        manner.hand.changed.connect(self.viewport().update)
        self._study_changed()

    # -- what is shown ---------------------------------------------------------------------------

    @property
    def study(self) -> OpenStudy:
        """The study on show; only asked for while there is one."""
        assert self.workspace.study is not None
        return self.workspace.study

    @property
    def tile(self) -> Tile:
        """The tile of that study this viewport shows."""
        if self._tile is None or self._tile.opened is not self.study:
            self._tile = Tile(self.study, self._place)
        return self._tile

    @property
    def left_tool(self) -> Tool:
        """The tool on the left button."""
        return self.manner.left_tool

    @property
    def brush(self) -> Brush:
        """How volumes are painted."""
        return self.manner.brush

    @property
    def hand(self) -> Hand:
        """What the hand holds, and how it places points."""
        return self.manner.hand

    @property
    def selected(self) -> str:
        """UID of the current one of the selected measurements, "" for none."""
        return self.manner.current

    @property
    def selection(self) -> frozenset[str]:
        """UIDs of all selected measurements."""
        return self.manner.selected

    @property
    def has_image_place(self) -> bool:
        """True while a stack is on show, whether or not its pixels have arrived."""
        return self.workspace.study is not None and self.tile.stack is not None

    @property
    def plane(self) -> Plane:
        """The plane on show."""
        return self.tile.plane

    @property
    def camera(self) -> Camera:
        """From the plane to this viewport."""
        tile, size, ratio = self.tile, (float(self.width()), float(self.height())), self.devicePixelRatioF()
        seen = (tile.view.value, tile.stack, size, ratio)
        # Asked for many times in a frame.
        if self._seen_by is None or self._seen_by[0] != seen:
            plane, camera = tile.plane, camera_for(tile.view.value, tile.extent, size)
            self._seen_by = seen, camera.on_pixels((plane.column_spacing, plane.row_spacing), ratio)
        return self._seen_by[1]

    def patient_point(self, at: tuple[float, float]) -> Vector:
        """The patient point under a screen point."""
        plane = self.plane
        (in_plane,) = self.camera.to_plane([at])
        pixel = (in_plane[0] / plane.column_spacing, in_plane[1] / plane.row_spacing)
        return vector(plane.to_patient([pixel])[0])

    def marks(self) -> tuple[Mark, ...]:
        """The marks on the shown image, as they lie on the screen."""
        return self.shown_marks.marks()

    def volumes(self) -> tuple[Mark, ...]:
        """The volumes that are seen."""
        return self.shown_marks.volumes()

    def draw_marks(self, painter: QPainter, camera: Camera) -> None:
        """Lines and handles of the marks as they lie under `camera`, in screen pixels; no labels."""
        self.shown_marks.draw(painter, camera)
        self.painting.draw_hand(painter, camera)

    # -- what tools ask for -----------------------------------------------------------------------

    def hit(self, at: tuple[float, float]) -> Hit | None:
        """The mark or volume under a screen point; none while a mark waits for its next, which may lie on another."""
        is_free = self.has_image_place and self.hand.pending is None
        return self.shown_marks.hit(at) if is_free else None

    @property
    def crosshair(self) -> Crosshair | None:
        """The crosshair of the MPR this is a view of; None elsewhere and while it is hidden."""
        mpr = self.tile.mpr if self.has_image_place and self.manner.crosshair_shown else None
        return None if mpr is None else Crosshair(mpr, self.camera)

    def grip(self, at: tuple[float, float]) -> Grip | None:
        """What of the crosshair lies under a screen point."""
        crosshair = self.crosshair
        return None if crosshair is None else crosshair.grip(at)

    def point_out(self, at: tuple[float, float]) -> None:
        """Show the place under a screen point in the other views too; nothing for one that is not known."""
        (in_plane,) = self.camera.to_plane([at]).tolist()
        point = point_on(self.plane, (in_plane[0], in_plane[1]))
        if point is not None:
            self.study.together.point_out(self._place, point)

    def select(self, uid: str) -> None:
        """Select a measurement; "" selects none."""
        self.manner.select(uid)

    def toggle(self, uid: str) -> None:
        """Select a measurement beside others, or no more."""
        self.manner.toggle(uid)

    def label_middle(self, uid: str) -> ScreenPoint | None:
        """The middle of the label of a measurement; None where there is none."""
        return self.shown_marks.label_middle(uid)

    def volume_middle(self, uid: str) -> Vector | None:
        """The middle of all voxels of a volume that is seen here; None for other measurements."""
        return self.painting.volumes.middle(uid)

    @property
    def label_boxes(self) -> Sequence[QRectF]:
        """Where the labels of the marks stand."""
        return self.shown_marks.label_boxes

    def preview(self, *measurements: Measurement | None) -> None:
        """Show measurements as they would become; none, or None, ends it."""
        self.shown_marks.preview(*filter(None, measurements))
        self.manner.taken.emit(self.shown_marks.in_hand)
        self._show_marks()

    def magnify(self, at: tuple[float, float] | None) -> None:
        """Hold the lens over a screen point; None takes it away."""
        self.painting.lens.show(at if self.has_image_place else None)

    def aid(self, aid: Aid | None) -> None:
        """Show what helps to place a point; None takes it away."""
        self.painting.aid = aid
        self.viewport().update()

    def outline(self, points: Sequence[ScreenPoint] | None) -> None:
        """Draw a closed line through screen points while a tool asks for a region; None takes it away."""
        self.painting.outline(points)

    def fit(self) -> None:
        """Fit the image to the viewport."""
        if self.has_image_place:
            self.tile.view.set(replace(self.tile.view.value, scale=None, center=None))

    def cancel_gesture(self) -> bool:
        """End the gesture under way and take back what it did to the view; False when there was none."""
        return self.mouse.cancel()

    def refresh(self) -> None:
        """Show the view anew: another image, window, size, or slices that have arrived."""
        if not self.has_image_place:
            self.shown_marks.clear()
        elif self.isVisible():
            self._show_marks()
        self.viewport().update()

    # -- following --------------------------------------------------------------------------------

    def _study_changed(self) -> None:
        self.mouse.forget()
        self._seen_by = None
        self.shown_marks.preview()
        study = self.workspace.study
        if study is not None and study is not self._connected:
            self.tile.view.changed.connect(self._view_changed)
            study.arrived.connect(self._arrived)
            study.measurements.changed.connect(self.refresh)
            study.measurements.reset.connect(self.refresh)
            study.prior_marks.changed.connect(self.refresh)
            study.prior_marks.pointed_out.connect(self.refresh)
            study.calibrations.changed.connect(self.refresh)
            study.calibrations.reset.connect(self.refresh)
        self._connected = study
        self.refresh()

    def _arrived(self, key: str) -> None:
        if self.isVisible() and key == self.tile.view.value.stack_key:
            self.shown_marks.look_again()
            self.refresh()

    def _view_changed(self, before: View, after: View) -> None:
        self.mouse.follow(before, after)
        if (before.stack_key, before.index, before.cut) != (after.stack_key, after.index, after.cut):
            self.hand.hold(None)
            self.mouse.look_again()
        self.refresh()

    def show_active(self, *, active: bool, alone: bool = False) -> None:
        """Frame it as the one that takes keys, or as one beside it."""
        self.painting.frame(active=active, alone=alone)

    def _show_marks(self) -> None:
        if self.isVisible() and self.has_image_place:
            self.shown_marks.show(self.mouse.hover)

    def _sharpen(self) -> None:
        self.painting.sharpen()
        self.shown_marks.settle()

    def _show_hover(self, hover: Hit | None) -> None:
        shape = Qt.CursorShape.ArrowCursor if hover is None else Qt.CursorShape.PointingHandCursor
        self.viewport().setCursor(shape)
        self._show_marks()

    # -- Qt ----------------------------------------------------------------------------------------

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        """Keep what is shown in the middle."""
        super().resizeEvent(event)
        if hasattr(self, "shown_marks"):
            self.refresh()

    def showEvent(self, event: QShowEvent) -> None:
        """Catch up with what changed while it was not seen."""
        super().showEvent(event)
        self.refresh()
