"""What of a viewport Qt touches: mouse, wheel, drops and painting, each passed on to where it is understood."""

from __future__ import annotations

import pyqtgraph as pg
from PySide6.QtCore import QEvent, QRectF, Qt, Signal
from PySide6.QtGui import (
    QDragEnterEvent,
    QDragMoveEvent,
    QDropEvent,
    QEnterEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QWheelEvent,
)
from PySide6.QtWidgets import QWidget

from viewer_app.session.workspace import Workspace
from viewer_app.ui.dragging import dropped_stack, welcome_stack
from viewer_app.ui.views.manner import Manner
from viewer_app.ui.views.mouse import WHEEL_STEP, Mouse
from viewer_app.ui.views.painting import Painting
from viewer_app.ui.views.surviving import surviving


class Surface(pg.GraphicsView):  # type: ignore[misc]  # pyqtgraph is untyped
    """A view that is painted anew as a whole. Who derives from it sets `mouse` and `painting`."""

    activated = Signal()
    """A button was pressed in it."""

    enlarge_wanted = Signal()
    """A double click."""

    menu_wanted = Signal(object, object)
    """A right click: the `Hit` under it or None, and where it was (global QPoint)."""

    mouse: Mouse
    painting: Painting

    def __init__(self, workspace: Workspace, manner: Manner, parent: QWidget | None = None) -> None:
        super().__init__(parent, background="k")
        self.workspace = workspace
        self.manner = manner
        self.setCacheMode(self.CacheModeFlag(0))  # the picture is no background that stays
        self.setViewportUpdateMode(self.ViewportUpdateMode.FullViewportUpdate)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setAcceptDrops(True)

    # -- painting ---------------------------------------------------------------------------------

    @surviving
    def drawBackground(self, painter: QPainter, rect: QRectF) -> None:
        """The image, behind the marks."""
        self.painting.draw_behind(painter)

    @surviving
    def drawForeground(self, painter: QPainter, rect: QRectF) -> None:
        """Text, letters, scale bar and frame, above the marks."""
        self.painting.draw_above(painter)

    # -- mouse and keys ---------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Begin a gesture, or give the press to the one under way."""
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        event.accept()
        self.activated.emit()
        self.mouse.press(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Go on with the gesture, or show what a click would take."""
        event.accept()
        if self.mouse.is_busy:
            self.manner.moving.move()
        self.mouse.move(event)
        self.viewport().update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """End the gesture, or its step."""
        event.accept()
        self.mouse.release(event)
        self.manner.moving.end()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Enlarge the viewport, or for a tool that draws a second press like any other."""
        is_left = event.button() == Qt.MouseButton.LeftButton
        if is_left and self.manner.takes_double_click and not self.mouse.is_busy:
            event.accept()
            self.enlarge_wanted.emit()
            return
        self.mousePressEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Scroll through the stack, with Control zoom about the pointer; while the lens is shown, its strength."""
        event.accept()
        if self.painting.lens.is_shown and self.mouse.is_busy:
            self.painting.lens.turn(event.angleDelta().y() / WHEEL_STEP)
        else:
            if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
                self.manner.zooming.move()
            self.mouse.turn(event)

    def leaveEvent(self, event: QEvent) -> None:
        """Nothing is under the pointer any more."""
        self.mouse.leave()
        self.viewport().update()

    def enterEvent(self, event: QEnterEvent) -> None:
        """Nothing to do before the pointer moves."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Keys belong to the window's actions."""
        event.ignore()

    # -- drops ------------------------------------------------------------------------------------

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """A series may be dropped; files are the window's matter."""
        welcome_stack(event, self.workspace.study)

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        """Anywhere in it."""
        welcome_stack(event, self.workspace.study)

    def dropEvent(self, event: QDropEvent) -> None:
        """Show the series here, as it begins."""
        study = self.workspace.study
        stack = dropped_stack(event, study)
        if study is not None and stack is not None:
            self.activated.emit()
            study.show(stack)
