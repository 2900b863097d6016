"""Showing 1 mm of the plane as 1 mm on the glass, on whichever screen the window stands."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import QEvent, QObject, QSettings
from PySide6.QtWidgets import QWidget

from viewer_app.errors import CaliperError
from viewer_app.ui.panels.screen_dialog import ask_pixels_per_mm
from viewer_app.ui.screen_scale import pixels_per_mm, real_size_scale
from viewer_app.ui.views.viewports import Viewports

_MOVED = (QEvent.Type.Move, QEvent.Type.ScreenChangeInternal, QEvent.Type.Show)


class RealSize(QObject):
    """Keeps `Manner.pixels_per_mm` to the screen under the window; `failed` is told what cannot be shown so."""

    def __init__(
        self, viewports: Viewports, settings: QSettings, window: QWidget, failed: Callable[[CaliperError], object]
    ) -> None:
        super().__init__(window)
        self._viewports = viewports
        self._settings = settings
        self._window = window
        self._failed = failed
        window.installEventFilter(self)
        self._follow_screen()

    def show(self) -> None:
        """The active view in real size; a screen that was never measured is measured first."""
        viewport = self._viewports.active
        if not viewport.has_image_place:
            return
        try:
            measured = self._viewports.manner.pixels_per_mm
            plane, lengths = viewport.plane, viewport.tile.lengths
            real_size_scale(plane, measured or 1.0, lengths)  # nobody measures a screen in vain
            if measured is None and (measured := self.measure()) is None:
                return
            scale = real_size_scale(plane, measured, lengths)
        except CaliperError as error:
            self._failed(error)
            return
        view = viewport.tile.view
        view.set(replace(view.value, scale=scale, center=viewport.camera.center))

    def measure(self) -> float | None:
        """Let the user measure the screen; logical pixels per mm, None after a cancel."""
        measured = ask_pixels_per_mm(self._settings, self._window)
        self._follow_screen()
        return measured

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """On another screen another measure holds, and real size is real size no more."""
        if event.type() in _MOVED:
            self._follow_screen()
        return False

    def _follow_screen(self) -> None:
        measured = pixels_per_mm(self._settings, self._window.screen())
        if measured != self._viewports.manner.pixels_per_mm:
            self._viewports.manner.measured_on_screen(measured)
