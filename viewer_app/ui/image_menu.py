"""The menu of a right click on an image, or on a mark."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from PySide6.QtCore import QObject, QPoint, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QWidget

from viewer_app.session.workspace import Workspace
from viewer_app.ui.controls import Controls
from viewer_app.ui.mark_menu import fill_mark_menu
from viewer_app.ui.marking import Marking
from viewer_app.ui.views.manner import Manner
from viewer_app.ui.views.marks import Hit
from viewer_app.ui.window_menu import window_menu
from viewer_app.ui.windowing import Windowing

_TRUST = ("calibrate", "margins")
_MARKS = ("paste", "select_all", "hide_marks", "mark_colors")
_IMAGE = ("fit", "invert", "window_file", "window_auto", "mpr", "layout", "maximize_view", "about_series", "tags")
_MPR = ("snap_axial", "snap_coronal", "snap_sagittal", "slab_mode", "slab_off", "mpr_reset")


class ImageMenu(QObject):
    """Offers what can be done where it was clicked; `sentence` masks in titles what is not to be said."""

    def __init__(
        self,
        workspace: Workspace,
        manner: Manner,
        actions: Mapping[str, QAction],
        windowing: Windowing,
        controls: Controls,
        sentence: Callable[[str], str],
        marking: Marking,
        window: QWidget,
    ) -> None:
        super().__init__(window)
        self._workspace = workspace
        self._manner = manner
        self._actions = actions
        self._windowing = windowing
        self._controls = controls
        self._sentence = sentence
        self._marking = marking
        self._window = window

    def show(self, hit: Hit | None, at: QPoint) -> None:
        """Show the menu of the mark that was hit, or with None of the image.

        The mark is selected thereby; where it is so already, with others, the menu is that of all of them.
        """
        menu = QMenu(self._window)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        if hit is not None:
            others = self._manner.selected - {hit.uid} if hit.uid in self._manner.selected else ()
            self._manner.select_many((*sorted(others), hit.uid))
            fill_mark_menu(menu, self._actions, self._marking)
            menu.addSeparator()
            offered = (name for name in _TRUST if name != "calibrate" or self._is_distance(hit.uid))
            menu.addActions([self._actions[name] for name in offered])
        else:
            self._fill(menu)
        menu.popup(at)

    def _fill(self, menu: QMenu) -> None:
        study = self._workspace.study
        in_mpr = study is not None and study.active.mpr is not None
        is_calibrated = study is not None and study.active.calibration is not None
        is_prior = study is not None and study.active.is_prior
        extra = (
            *(("measure_here",) if is_prior else ()),
            *(_MPR if in_mpr else ()),
            *(("uncalibrate",) if is_calibrated else ()),
        )
        menu.addActions([self._actions[name] for name in (*extra, *_IMAGE)])
        if study is None:
            return
        menu.addSeparator()
        menu.addActions([self._actions[name] for name in _MARKS])
        menu.addSeparator()
        choices = self._windowing.choices()
        if any(choices):
            current = study.active.chosen_window()
            menu.addMenu(window_menu(menu, choices, current, self._windowing.use, self._sentence))
        self._controls.add_colors(menu)

    def _is_distance(self, uid: str) -> bool:
        found = None if self._workspace.study is None else self._workspace.study.measurements.get(uid)
        return found is not None and found.measurement.kind == "distance"
