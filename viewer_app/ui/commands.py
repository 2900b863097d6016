"""What the actions do: each a few lines on the session and the viewport; what belongs together has a file."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Protocol

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from viewer_app.measure.kinds import DRAWN
from viewer_app.session.display import reset_view
from viewer_app.session.workspace import Workspace
from viewer_app.ui.arranging import Arranging
from viewer_app.ui.calibrating import Calibrating
from viewer_app.ui.display import Display
from viewer_app.ui.exporting import Exporting
from viewer_app.ui.going import Going
from viewer_app.ui.importing import Importing
from viewer_app.ui.linking import Linking
from viewer_app.ui.mark_menu import PropagateDialog
from viewer_app.ui.marking import Marking
from viewer_app.ui.opening import Opening
from viewer_app.ui.playing import Playing
from viewer_app.ui.tools.brush import VOLUME_TOOLS
from viewer_app.ui.tools.crosshair import crosshair
from viewer_app.ui.tools.draw import draw_tool
from viewer_app.ui.tools.magnify import magnify
from viewer_app.ui.tools.navigate import pan, scroll, window, zoom
from viewer_app.ui.tools.pointer import Tool
from viewer_app.ui.tools.window_region import window_region
from viewer_app.ui.turning import Turning
from viewer_app.ui.views.viewports import Viewports
from viewer_app.ui.volumes import Volumes
from viewer_app.ui.windowing import Windowing

TOOL_TABLE: Mapping[str, Tool] = {
    "crosshair": crosshair,
    "scroll": scroll,
    "window": window,
    "window_region": window_region,
    "zoom": zoom,
    "pan": pan,
    "magnifier": magnify,
    **{kind.name: draw_tool(kind) for kind in DRAWN.values()},
    **VOLUME_TOOLS,
}


class Panels(Protocol):
    """What of the window the commands need beside the viewport."""

    def rename(self, uid: str) -> None:
        """Let the user type another label."""

    def toggle_panels(self) -> None:
        """Show the image alone, or all again."""

    def hide_patient(self, hidden: bool) -> None:
        """Leave the patient out of titles and lists."""

    def show_help(self) -> None:
        """Show keys and mouse."""

    def show_tags(self) -> None:
        """Show the tags of the image on show."""

    def tell(self, text: str, button: str = "", call: Callable[[], object] | None = None, /) -> None:
        """Tell a sentence over the image, with a button where it is named."""

    def show_about(self) -> None:
        """Tell all that is known of the series on show."""

    def ask_server(self) -> None:
        """Let the user choose a study on a server."""

    def real_size(self) -> None:
        """Show the active view in real size."""

    def measure_screen(self) -> None:
        """Let the user measure the screen."""

    def edit_presets(self) -> None:
        """Let the user change the window presets."""

    def ask_memory(self) -> None:
        """Let the user say how much memory images may take."""


class Commands(QObject):
    """Carries out actions on the workspace and the viewport; `opening`, `going` and their like have theirs."""

    tool_changed = Signal(str)
    """Name of the tool on the left mouse button."""

    table_wanted = Signal()
    """The table of measurements is to have the keyboard."""

    wide_table_wanted = Signal()
    """The table is to have more room, or less."""

    def __init__(self, workspace: Workspace, viewports: Viewports, opening: Opening, window_: QWidget) -> None:
        super().__init__(window_)
        self._workspace = workspace
        self._viewports = viewports
        self._manner = viewports.manner
        self.hand = viewports.manner.hand
        self._window = window_
        self.panels: Panels | None = None
        self.opening = opening
        self.exporting = Exporting(workspace, viewports, window_)
        self.importing = Importing(workspace, window_)
        self.windowing = Windowing(workspace)
        self.going = Going(workspace, viewports)
        self.marking = Marking(workspace, viewports, self.going, self.exporting.copy_view)
        self.linking = Linking(workspace, self._manner, self.tell, self)
        self.arranging = Arranging(workspace, viewports, self.tell, opening.priors)
        self.playing = Playing(workspace, viewports, workspace.noticed.emit, self)
        self.display = Display(workspace)
        self.calibrating = Calibrating(workspace, viewports, window_)
        self.volumes = Volumes(workspace, self._manner, self.tell, self)
        self.turning = Turning(workspace, workspace.noticed.emit, lambda: viewports.manner.advanced)

    # -- editing ------------------------------------------------------------------------------------

    def undo(self) -> None:
        """Take the last change back."""
        self._viewports.cancel_gesture()
        if self._workspace.study is not None:
            self._workspace.study.history.undo()

    def redo(self) -> None:
        """Do again what was taken back."""
        self._viewports.cancel_gesture()
        if self._workspace.study is not None:
            self._workspace.study.history.redo()

    def go_in_history(self, count: int) -> None:
        """Take back or do again until so many steps are done."""
        self._viewports.cancel_gesture()
        if self._workspace.study is not None:
            self._workspace.study.history.go_to(count)

    def rename(self) -> None:
        """Let the user type another label for the selected measurement."""
        self._viewports.cancel_gesture()
        if self.panels is not None and self._manner.current:
            self.panels.rename(self._manner.current)

    def propagate(self) -> None:
        """Ask over which slices the selected marks are copied."""
        stretch = self.marking.stretch
        if stretch is not None:
            PropagateDialog(stretch, self.marking.propagate, self._window).open()

    def take_tool(self, name: str) -> None:
        """Put a tool on the left mouse button."""
        self._viewports.cancel_gesture()
        self._manner.left_tool = TOOL_TABLE[name]
        self._manner.takes_double_click = name not in (*DRAWN, *VOLUME_TOOLS)
        self._manner.brush.hold(name)
        self._manner.hand.take(name if name in DRAWN else "")
        self.tool_changed.emit(name)

    # -- view ---------------------------------------------------------------------------------------

    def fit(self) -> None:
        """Fit the image to the viewport."""
        self._viewports.active.fit()

    def actual_size(self) -> None:
        """One pixel of the glass, whatever the scaling of the desktop, for each of the image."""
        viewport = self._viewports.active
        if viewport.has_image_place:
            view, pixel = viewport.tile.view, viewport.plane.column_spacing * viewport.devicePixelRatioF()
            view.set(replace(view.value, scale=1.0 / pixel, center=viewport.camera.center))

    def real_size(self) -> None:
        """One millimetre of the plane is one on the glass."""
        if self.panels is not None:
            self.panels.real_size()

    def measure_screen(self) -> None:
        """Measure the screen, or measure it again."""
        if self.panels is not None:
            self.panels.measure_screen()

    def invert(self) -> None:
        """Exchange black and white."""
        study = self._workspace.study
        if study is not None:
            study.view.set(replace(study.view.value, inverted=not study.view.value.inverted))

    def next_density(self) -> None:
        """More or less corner text."""
        self._manner.update(density=self._manner.density.next)

    def toggle_drawings(self) -> None:
        """Show or leave out what the file draws over its images and blanks around them."""
        self._manner.update(drawings_shown=not self._manner.drawings_shown)

    def toggle_margins(self) -> None:
        """Show or leave out how far values may be off, on the image; the table always says it."""
        self._manner.update(margins_shown=not self._manner.margins_shown)

    def toggle_patient(self) -> None:
        """Hide the patient everywhere, or show them again."""
        self._manner.update(patient_hidden=not self._manner.patient_hidden)
        if self.panels is not None:
            self.panels.hide_patient(self._manner.patient_hidden)

    def toggle_advanced(self) -> None:
        """Allow what a reader seldom needs, or no more (IHE BIR 40)."""
        self._manner.update(advanced=not self._manner.advanced)

    def toggle_crosshair(self) -> None:
        """Show or hide the lines of the crosshair."""
        self._manner.update(crosshair_shown=not self._manner.crosshair_shown)

    def choose_layout(self) -> None:
        """A menu of layouts."""
        self.arranging.choose(self._window)

    def maximize_view(self) -> None:
        """The active viewport large; where it is alone, without the panels beside it."""
        study = self._workspace.study
        if study is not None and len(study.layout.value.views) > 1:
            self._viewports.enlarge()
        else:
            self.toggle_panels()

    def toggle_panels(self) -> None:
        """The viewports alone, or all again."""
        if self.panels is not None:
            self.panels.toggle_panels()

    def cancel_or_reset(self) -> None:
        """End the gesture; else the 3D cursor; else unselect; else close the cine; else show the image as at first."""
        study = self._workspace.study
        if (
            self._viewports.cancel_gesture()
            or self.volumes.cancel()
            or (study is not None and study.together.forget_point())
        ):
            return
        if self._manner.selected:
            self._manner.select("")
            return
        if self.playing.close():
            return
        stack = study.stack if study is not None else None
        if study is not None and stack is not None:
            study.view.set(reset_view(study.view.value, stack))

    def compare_volumes(self) -> None:
        """The volumes of one label side by side."""
        self.volumes.compare(self._window)

    # -- asking ---------------------------------------------------------------------------------------

    def open_server(self) -> None:
        """Choose a study on an Orthanc server."""
        if self.panels is not None:
            self.panels.ask_server()

    def edit_presets(self) -> None:
        """Let the user change the window presets."""
        if self.panels is not None:
            self.panels.edit_presets()

    def set_memory(self) -> None:
        """Let the user say how much memory images may take."""
        if self.panels is not None:
            self.panels.ask_memory()

    def show_help(self) -> None:
        """Keys and mouse."""
        if self.panels is not None:
            self.panels.show_help()

    def show_tags(self) -> None:
        """The tags of the image on show."""
        if self.panels is not None and self._workspace.study is not None:
            self.panels.show_tags()

    def show_about(self) -> None:
        """All that is known of the series on show."""
        if self.panels is not None:
            self.panels.show_about()

    def tell(self, text: str, button: str = "", call: Callable[[], object] | None = None, /) -> None:
        """A sentence over the image, with a button where it is named."""
        if self.panels is not None:
            self.panels.tell(text, button, call)

    def quit(self) -> None:
        """Close the window."""
        self._window.close()
