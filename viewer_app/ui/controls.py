"""Switches and menus of how the image on show is painted; they say what holds for the active view."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QObject, QSettings
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QWidget

from viewer_app.session.display import is_clamped
from viewer_app.session.study import OpenStudy
from viewer_app.session.view import View
from viewer_app.session.workspace import Workspace
from viewer_app.ui.commands import Commands
from viewer_app.ui.panels.preset_dialog import PresetDialog
from viewer_app.ui.views.manner import Manner
from viewer_app.ui.window_menu import color_map_menu

_ADVANCED, _MARGINS = "advanced", "uncertainty_shown"


class Controls(QObject):
    """Keeps the checked actions true, and advanced mode in the settings; owned by the window."""

    def __init__(
        self,
        workspace: Workspace,
        commands: Commands,
        actions: Mapping[str, QAction],
        settings: QSettings,
        manner: Manner,
        view_menu: QMenu,
        window: QWidget,
    ) -> None:
        super().__init__(window)
        self._workspace = workspace
        self._commands = commands
        self._actions = actions
        self._settings = settings
        self._manner = manner
        self._window = window
        self._view_menu = view_menu
        self._colors: QMenu | None = None
        self._connected: OpenStudy | None = None
        manner.update(
            advanced=settings.value(_ADVANCED, False, type=bool) is True,
            margins_shown=settings.value(_MARGINS, True, type=bool) is True,
        )
        manner.changed.connect(self._keep)
        workspace.study_changed.connect(self._study_changed)
        for name in ("smooth", "clamped", "advanced", "margins"):
            actions[name].triggered.connect(self._show)
        view_menu.aboutToShow.connect(self._renew_colors)
        self._show()
        problem = commands.windowing.presets.problem
        if problem is not None:
            workspace.failed.emit(problem)

    def edit_presets(self) -> None:
        """Let the user change the window presets."""
        dialog = PresetDialog(self._commands.windowing.presets, self._window)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def add_colors(self, menu: QMenu) -> QMenu | None:
        """The colour maps as a part of `menu`, where the image on show has greys to be mapped."""
        study, display = self._workspace.study, self._commands.display
        if study is None or not display.takes_colors:
            return None
        colors = color_map_menu(menu, study.view.value.color_map, display.color)
        menu.addMenu(colors)
        return colors

    def _renew_colors(self) -> None:
        if self._colors is not None:
            self._view_menu.removeAction(self._colors.menuAction())
            self._colors.deleteLater()
        self._colors = self.add_colors(self._view_menu)

    def _study_changed(self) -> None:
        study = self._workspace.study
        if study is not None and study is not self._connected:
            study.view.changed.connect(self._show)
        self._connected = study
        self._show()

    def _keep(self) -> None:
        self._settings.setValue(_ADVANCED, self._manner.advanced)
        self._settings.setValue(_MARGINS, self._manner.margins_shown)
        self._show()

    def _show(self) -> None:
        study = self._workspace.study
        stack = study.stack if study is not None else None
        view = study.view.value if study is not None else View()
        self._actions["advanced"].setChecked(self._manner.advanced)
        self._actions["margins"].setChecked(self._manner.margins_shown)
        self._actions["smooth"].setChecked(view.smooth)
        self._actions["clamped"].setChecked(stack is not None and is_clamped(view, stack))
