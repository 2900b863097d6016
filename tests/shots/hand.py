"""A hand on the real window: it clicks, drags and presses keys as a reader does, and waits for the window."""

from __future__ import annotations

import math
import time
from collections.abc import Sequence

from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from viewer_app.imaging.geometry import Vector
from viewer_app.ui.main_window import MainWindow
from viewer_app.ui.widgets import SeriesCard

LEFT, MIDDLE, RIGHT = Qt.MouseButton.LeftButton, Qt.MouseButton.MiddleButton, Qt.MouseButton.RightButton
_NO_KEY = Qt.KeyboardModifier.NoModifier
_PATIENCE_S = 300.0
_QUIET_S = 0.3
_ZOOM_DOUBLES_IN_PX = 150


class Hand:
    """Drives one window; patient points (x, y, z) are LPS mm on the plane on show."""

    def __init__(self, window: MainWindow) -> None:
        self._window = window
        self._tasks = window.viewport.workspace.tasks

    def wait(self) -> None:
        """Until nothing has been under way for a moment; TimeoutError where that never happens."""
        deadline = time.monotonic() + _PATIENCE_S
        quiet_since = time.monotonic()
        while time.monotonic() - quiet_since < _QUIET_S:
            QTest.qWait(20)
            if self._tasks.busy:
                quiet_since = time.monotonic()
            if time.monotonic() > deadline:
                raise TimeoutError("the window is still busy")

    def press(self, name: str) -> None:
        """Take the action of that name of the table, as its key does."""
        self._window.actions_by_name[name].trigger()
        self.wait()

    def card(self, title: str) -> None:
        """Click the series card of that title."""
        card = next(card for card in self._window.findChildren(SeriesCard) if card.accessibleName() == title)
        QTest.mouseClick(card, LEFT)
        self.wait()

    def go_to(self, point: Vector) -> None:
        """Show the slice nearest to a patient point, by Home and Down."""
        stack = self._window.viewport.study.stack
        assert stack is not None
        distances = [abs(float(image.plane.height(point)[0])) for image in stack.images]
        self.press("first_image")
        for _ in range(distances.index(min(distances))):
            self._window.actions_by_name["next_image"].trigger()
        self.wait()

    def click(self, point: Vector) -> None:
        """Click a patient point in the active view with the tool that is on."""
        QTest.mouseClick(self._surface, LEFT, _NO_KEY, self._screen(point))
        self.wait()

    def draw(self, tool: str, points: Sequence[Vector], label: str) -> None:
        """Click the points with a tool of the tool row, then name the measurement with F2."""
        self.press(tool)
        for point in points:
            QTest.mouseClick(self._surface, LEFT, _NO_KEY, self._screen(point))
        self.name(label)

    def name(self, label: str) -> None:
        """Name the selected measurement with F2."""
        self._window.activateWindow()  # words offered for the label before have taken it
        self.press("rename")
        editor = QApplication.focusWidget()
        assert editor is not None
        QTest.keyClicks(editor, label)
        QTest.keyClick(editor, Qt.Key.Key_Return)
        self.wait()

    def enlarge(self, point: Vector, factor: float) -> None:
        """From one screen pixel for each image pixel: middle button brings a point to the middle, right enlarges."""
        self.press("actual_size")
        middle = self._surface.rect().center()
        self._drag(MIDDLE, self._screen(point), middle)
        self._drag(RIGHT, middle, middle + QPoint(0, round(_ZOOM_DOUBLES_IN_PX * math.log2(factor))))
        self.wait()

    def point_at(self, point: Vector) -> None:
        """Rest the pointer there."""
        QTest.mouseMove(self._surface, self._screen(point))
        self.wait()

    def leave(self) -> None:
        """Take the pointer out of all views, as a mouse that goes elsewhere does."""
        for viewport in self._window.viewports:
            QApplication.sendEvent(viewport.viewport(), QEvent(QEvent.Type.Leave))
            QApplication.sendEvent(viewport, QEvent(QEvent.Type.Leave))
        self.wait()

    @property
    def _surface(self) -> QWidget:
        surface: QWidget = self._window.viewport.viewport()
        return surface

    def _screen(self, point: Vector) -> QPoint:
        viewport = self._window.viewport
        ((across, down),) = viewport.camera.to_screen(viewport.plane.in_plane([point]))
        return QPoint(math.floor(float(across)), math.floor(float(down)))  # the screen pixel that holds the point

    def _drag(self, button: Qt.MouseButton, start: QPoint, end: QPoint) -> None:
        QTest.mousePress(self._surface, button, _NO_KEY, start)
        QTest.mouseMove(self._surface, end)
        QTest.mouseRelease(self._surface, button, _NO_KEY, end)
