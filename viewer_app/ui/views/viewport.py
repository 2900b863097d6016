"""One viewport: a plane through a volume, with what was measured on it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pyqtgraph as pg
from PySide6.QtCore import QEvent, QRectF, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QDragEnterEvent,
    QDragMoveEvent,
    QDropEvent,
    QEnterEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPen,
    QResizeEvent,
    QShowEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QWidget

from viewer_app.imaging.geometry import Plane, Vector, vector
from viewer_app.imaging.identity import telltales
from viewer_app.imaging.together import point_on
from viewer_app.measure.measurement import Measurement, Record
from viewer_app.session.reconstructed import is_on, records_on
from viewer_app.session.study import OpenStudy
from viewer_app.session.tile import Tile
from viewer_app.session.view import View
from viewer_app.session.workspace import Workspace
from viewer_app.ui.dragging import dragged_stack
from viewer_app.ui.screen_scale import Glass
from viewer_app.ui.style import Palette, current_palette
from viewer_app.ui.tools.pointer import ScreenPoint, Tool
from viewer_app.ui.views.camera import Camera, camera_for
from viewer_app.ui.views.crosshair import Crosshair, Grip
from viewer_app.ui.views.foreground import draw_foreground, draw_no_image, foreground_of
from viewer_app.ui.views.lens import lens_over
from viewer_app.ui.views.manner import Manner
from viewer_app.ui.views.marks import Hit, Mark, hit_test, mark_of
from viewer_app.ui.views.measurement_item import MeasurementItem
from viewer_app.ui.views.mouse import WHEEL_STEP, Mouse
from viewer_app.ui.views.others import draw_others
from viewer_app.ui.views.overlay import draw_outline
from viewer_app.ui.views.picture import Picture


class Viewport(pg.GraphicsView):  # type: ignore[misc]  # pyqtgraph is untyped
    """Shows the view of the opened study and turns mouse events into gestures."""

    activated = Signal()
    """A button was pressed in it."""

    enlarge_wanted = Signal()
    """A double click."""

    menu_wanted = Signal(object, object)
    """A right click: the `Hit` under it or None, and where it was (global QPoint)."""

    def __init__(self, workspace: Workspace, manner: Manner, place: int = 0, parent: QWidget | None = None) -> None:
        super().__init__(parent, background="k")
        self.workspace = workspace
        self.manner = manner
        self._place = place
        self._tile: Tile | None = None
        self._connected: OpenStudy | None = None
        self._palette: Palette = current_palette()
        self._frame_color = ""
        self._mouse = Mouse(self, self._show_hover, self.menu_wanted.emit)
        self._picture = Picture(self._palette.drawing)
        self._lens = lens_over(self, self.viewport().update, self._palette)
        self._preview: Record | None = None
        self._kept_marks: dict[str, tuple[tuple[Camera, Plane], Mark]] = {}
        self._written: tuple[QRectF, ...] = ()
        self._outline: Sequence[ScreenPoint] | None = None
        self._build_scene()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setAcceptDrops(True)
        workspace.study_changed.connect(self._study_changed)
        manner.changed.connect(self.refresh)
        manner.moving.ended.connect(self._sharpen)
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
    def selected(self) -> str:
        """UID of the selected measurement, "" for none."""
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
        size = (float(self.width()), float(self.height()))
        plane, camera = self.plane, camera_for(self.tile.view.value, self.tile.extent, size)
        return camera.on_pixels((plane.column_spacing, plane.row_spacing), self.devicePixelRatioF())

    def patient_point(self, at: tuple[float, float]) -> Vector:
        """The patient point under a screen point."""
        plane = self.plane
        (in_plane,) = self.camera.to_plane([at])
        pixel = (in_plane[0] / plane.column_spacing, in_plane[1] / plane.row_spacing)
        return vector(plane.to_patient([pixel])[0])

    def marks(self) -> tuple[Mark, ...]:
        """The marks on the shown image, as they lie on the screen."""
        seen, kept = (self.camera, self.plane), self._kept_marks
        self._kept_marks = {uid: _mark(kept.get(uid), record, seen) for uid, record in self._records().items()}
        return tuple(mark for _, mark in self._kept_marks.values())

    def draw_marks(self, painter: QPainter, camera: Camera) -> None:
        """Lines and handles of the marks as they lie under `camera`, in screen pixels; no labels."""
        self._marks_item.draw_marks(
            painter, tuple(mark_of(record, camera, self.plane) for record in self._records().values())
        )

    def _free(self, words: str) -> str:
        """What a person wrote; "" where it tells who the hidden patient is."""
        study = self.study.study
        is_told = self.manner.patient_hidden and telltales(study.patient, study.info).tell_in(words)
        return "" if is_told else words

    def _records(self) -> dict[str, Record]:
        """What was measured on the shown image, by UID, and what is being drawn on it."""
        records = {record.measurement.uid: record for record in records_on(self.tile)}
        if self._preview is not None and is_on(self.tile, self._preview.measurement):
            records[self._preview.measurement.uid] = self._preview
        return records

    # -- what tools ask for -----------------------------------------------------------------------

    def hit(self, at: tuple[float, float]) -> Hit | None:
        """The mark under a screen point."""
        return hit_test(self.marks(), at, self.selected) if self.has_image_place else None

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

    def preview(self, measurement: Measurement | None) -> None:
        """Show a measurement as it would become; None ends it."""
        self._preview = None if measurement is None else self.study.measuring.measured(measurement)
        self._show_marks()

    def magnify(self, at: tuple[float, float] | None) -> None:
        """Hold the lens over a screen point; None takes it away."""
        self._lens.show(at if self.has_image_place else None)

    def outline(self, points: Sequence[ScreenPoint] | None) -> None:
        """Draw a closed line through screen points while a tool asks for a region; None takes it away."""
        self._outline = points
        self.viewport().update()

    def cancel_gesture(self) -> bool:
        """End the gesture under way and take back what it did to the view; False when there was none."""
        return self._mouse.cancel()

    def refresh(self) -> None:
        """Show the view anew: another image, window, size, or slices that have arrived."""
        if not self.has_image_place:
            self._marks_item.show_marks((), "", None)
        elif self.isVisible():
            self._show_marks()
        self.viewport().update()

    # -- building ---------------------------------------------------------------------------------

    def _build_scene(self) -> None:
        self._view_box = pg.ViewBox(lockAspect=True, enableMenu=False, invertY=True, enableMouse=False)
        self._marks_item = MeasurementItem(
            self._palette, lambda: QRectF(self.rect()), lambda: self._written, self._free
        )
        self._view_box.addItem(self._marks_item, ignoreBounds=True)
        self.setCentralItem(self._view_box)
        self.setCacheMode(self.CacheModeFlag(0))  # the picture is no background that stays
        self.setViewportUpdateMode(self.ViewportUpdateMode.FullViewportUpdate)

    def _study_changed(self) -> None:
        self._mouse.forget()
        self._preview = None
        study = self.workspace.study
        if study is not None and study is not self._connected:
            self.tile.view.changed.connect(self._view_changed)
            study.arrived.connect(self._arrived)
            study.measurements.changed.connect(self._show_marks)
            study.measurements.reset.connect(self._show_marks)
        self._connected = study
        self.refresh()

    def _arrived(self, key: str) -> None:
        if self.isVisible() and key == self.tile.view.value.stack_key:
            self.refresh()

    def _view_changed(self, before: View, after: View) -> None:
        self._mouse.follow(before, after)
        self.refresh()

    def show_active(self, *, active: bool, alone: bool = False) -> None:
        """Frame it as the one that takes keys, or as one beside it."""
        palette = self._palette
        self._frame_color = palette.active_line if alone else palette.accent if active else palette.line
        self.viewport().update()

    def _sharpen(self) -> None:
        if self._picture.is_coarse:
            self.viewport().update()

    def _show_marks(self) -> None:
        if self.isVisible() and self.has_image_place:
            self._marks_item.show_marks(self.marks(), self.selected, self._mouse.hover, self.manner.patient_hidden)

    # -- painting ---------------------------------------------------------------------------------

    def drawBackground(self, painter: QPainter, rect: QRectF) -> None:
        """The image; black where there is none."""
        painter.save()
        painter.resetTransform()
        painter.fillRect(self.rect(), QColor(self._palette.viewport))
        if self.has_image_place:
            ratio, drawings = self.devicePixelRatioF(), self.manner.drawings_shown
            self._picture.draw(
                painter, self.tile, self.camera, ratio, drawings=drawings, coarse=bool(self.manner.moving)
            )
        painter.restore()

    def drawForeground(self, painter: QPainter, rect: QRectF) -> None:
        """Text, letters, scale bar and frame, in screen pixels."""
        painter.save()
        painter.resetTransform()
        size = QRectF(self.rect())
        hidden, density = self.manner.patient_hidden, self.manner.density
        shown = None
        if self.has_image_place:
            glass = Glass(self.devicePixelRatioF(), self.manner.pixels_per_mm)
            shown = foreground_of(self.tile, self.camera, density, self._mouse.at, hidden=hidden, glass=glass)
        if shown is None and self.workspace.study is not None:
            draw_no_image(painter, size, self._palette, has_images=bool(self.study.stacks))
        crosshair = self.crosshair
        if crosshair is not None:
            crosshair.draw(painter, size, self._palette, self._mouse.hover_grip)
        if shown is not None:
            lines = self.manner.lines_shown
            draw_others(painter, size, self.tile, self.camera, self._palette, lines=lines)
            self._written = draw_foreground(painter, size, shown, self._palette)
            self._lens.paint(painter, self.camera)
        if self._outline is not None:
            draw_outline(painter, self._outline, self._palette)
        painter.setPen(QPen(QColor(self._frame_color or self._palette.line), 1))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        painter.drawRect(size.adjusted(0, 0, -1, -1))
        painter.restore()

    # -- mouse ------------------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Begin a gesture, or give the press to the one under way."""
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        event.accept()
        self.activated.emit()
        self._mouse.press(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Go on with the gesture, or show what a click would take."""
        event.accept()
        if self._mouse.is_busy:
            self.manner.moving.move()
        self._mouse.move(event)
        self.viewport().update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """End the gesture, or its step."""
        event.accept()
        self._mouse.release(event)
        self.manner.moving.end()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Enlarge the viewport, or for a tool that draws a second press like any other."""
        is_left = event.button() == Qt.MouseButton.LeftButton
        if is_left and self.manner.takes_double_click and not self._mouse.is_busy:
            event.accept()
            self.enlarge_wanted.emit()
            return
        self.mousePressEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Scroll through the stack, with Control zoom about the pointer; while the lens is shown, its strength."""
        event.accept()
        if self._lens.is_shown:
            self._lens.turn(event.angleDelta().y() / WHEEL_STEP)
        else:
            self._mouse.turn(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Keys belong to the window's actions."""
        event.ignore()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """A series may be dropped; files are the window's matter."""
        self._welcome(event)

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        """Anywhere in it."""
        self._welcome(event)

    def _welcome(self, event: QDropEvent) -> None:
        event.setAccepted(self.workspace.study is not None and bool(dragged_stack(event.mimeData())))

    def dropEvent(self, event: QDropEvent) -> None:
        """Show the series here, as it begins."""
        stack = self.study.stack_by_key(dragged_stack(event.mimeData())) if self.workspace.study is not None else None
        event.setAccepted(stack is not None)
        if stack is not None:
            self.activated.emit()
            self.study.show(stack)

    def leaveEvent(self, event: QEvent) -> None:
        """Nothing is under the pointer any more."""
        self._mouse.leave()
        self.viewport().update()

    def enterEvent(self, event: QEnterEvent) -> None:
        """Nothing to do before the pointer moves."""

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        """Keep what is shown in the middle."""
        super().resizeEvent(event)
        if hasattr(self, "_marks_item"):
            self.refresh()

    def showEvent(self, event: QShowEvent) -> None:
        """Catch up with what changed while it was not seen."""
        super().showEvent(event)
        self.refresh()

    def _show_hover(self, hover: Hit | None) -> None:
        shape = Qt.CursorShape.ArrowCursor if hover is None else Qt.CursorShape.PointingHandCursor
        self.viewport().setCursor(shape)
        self._show_marks()

    def fit(self) -> None:
        """Fit the image to the viewport."""
        if self.has_image_place:
            self.tile.view.set(replace(self.tile.view.value, scale=None, center=None))


_Seen = tuple[Camera, Plane]


def _mark(kept: tuple[_Seen, Mark] | None, record: Record, seen: _Seen) -> tuple[_Seen, Mark]:
    """The mark that is `kept` where it is still that record and so `seen`: of many marks one moves at a time."""
    if kept is not None and kept[0] == seen and kept[1].record is record:
        return kept
    return seen, mark_of(record, *seen)
