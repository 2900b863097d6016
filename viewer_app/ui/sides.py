"""The panels at both sides of the image."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDockWidget, QMainWindow, QWidget

from viewer_app.ui.tools.brush import Brush
from viewer_app.ui.volume_place import VolumePlace

_LEFT_PX, _RIGHT_PX = 256, 320
_LEFT_LEAST_PX, _RIGHT_LEAST_PX = 232, 280
_LEFT, _RIGHT = Qt.DockWidgetArea.LeftDockWidgetArea, Qt.DockWidgetArea.RightDockWidgetArea


class Sides:
    """Docks of a window that stay where they are: `series` at the left, `measurements` at the right."""

    def __init__(self, window: QMainWindow, series: QWidget, measurements: QWidget) -> None:
        series.setMinimumWidth(_LEFT_LEAST_PX)
        measurements.setMinimumWidth(_RIGHT_LEAST_PX)
        self._window = window
        self._left_px = _LEFT_PX
        self._left = _dock(window, "series", series, _LEFT)
        self._right = _dock(window, "measurements", measurements, _RIGHT)
        window.resizeDocks([self._left, self._right], [_LEFT_PX, _RIGHT_PX], Qt.Orientation.Horizontal)

    def toggle(self) -> None:
        """Show the image alone, or both again."""
        shown = self._left.isVisible() or self._right.isVisible()
        for dock in (self._left, self._right):
            dock.setVisible(not shown)

    def toggle_wide(self) -> None:
        """Give the right one room for columns, half of the window, or as little as at first."""
        self._right.show()
        half = self._window.width() // 2
        is_wide = self._right.width() > (_RIGHT_PX + half) // 2
        if not is_wide:
            self._left_px = self._left.width()
        widths = [self._left_px, _RIGHT_PX if is_wide else half]
        self._window.resizeDocks([self._left, self._right], widths, Qt.Orientation.Horizontal)

    def let_float(self, bar: QWidget, images: QWidget, brush: Brush) -> None:
        """Have `bar`, of the left one, over `images` while that is hidden."""
        VolumePlace(bar, self._left, images, brush)

    def show_measurements(self) -> None:
        """Bring back the right one."""
        self._right.show()


def _dock(window: QMainWindow, name: str, content: QWidget, area: Qt.DockWidgetArea) -> QDockWidget:
    dock = QDockWidget(name.capitalize(), window)
    dock.setObjectName(name)
    dock.setTitleBarWidget(QWidget(dock))
    dock.setFeatures(QDockWidget.DockWidgetFeature.NoDockWidgetFeatures)
    dock.setWidget(content)
    window.addDockWidget(area, dock)
    return dock
