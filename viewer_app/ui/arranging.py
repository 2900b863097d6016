"""Arranging the viewports: how many, what is beside what, which one is large."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtGui import QCursor
from PySide6.QtWidgets import QMenu, QWidget, QWidgetAction

from viewer_app.imaging.stacks import stacks_of
from viewer_app.session.arranging import beside_prior, filled
from viewer_app.session.workspace import Workspace
from viewer_app.ui.panels.layout_picker import LayoutPicker
from viewer_app.ui.views.viewports import Viewports


class Arranging:
    """Each action sets the layout of the study on show; `tell` says why one does nothing."""

    def __init__(self, workspace: Workspace, viewports: Viewports, tell: Callable[[str], None]) -> None:
        self._workspace = workspace
        self._viewports = viewports
        self._tell = tell

    def grid(self, rows: int, columns: int) -> None:
        """So many tiles; new ones take the series that follow."""
        study = self._workspace.study
        if study is not None:
            study.show_layout(filled(study, rows, columns))

    def compare(self) -> None:
        """What is on show beside the latest prior."""
        study = self._workspace.study
        if study is None:
            return
        for prior in self._workspace.priors():
            stacks = [stack for series in prior.series for stack in stacks_of(series)]
            layout = beside_prior(study, prior, stacks)
            if layout is not None:
                study.show_layout(layout)
                return
        self._tell("There is no other study of this patient with images here.")

    def next_view(self, steps: int) -> None:
        """Let the next tile take keys; with one tile alone the focus goes on, as Tab does elsewhere."""
        if len(self._viewports.shown) > 1:
            self._viewports.activate_next(steps)
        else:
            self._viewports.active.focusNextPrevChild(steps > 0)

    def choose(self, parent: QWidget) -> None:
        """A menu to choose from, at the pointer or, for a key, in the middle of the viewports."""
        layout = self._workspace.study.layout.value if self._workspace.study is not None else None
        if layout is None:
            return
        menu = QMenu(parent)
        picker = LayoutPicker(layout.rows, layout.columns, menu)
        held = QWidgetAction(menu)
        held.setDefaultWidget(picker)
        menu.addAction(held)
        picker.picked.connect(menu.close)
        picker.picked.connect(self.grid)
        menu.addSeparator()
        menu.addAction("Compare with prior", self.compare)
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(QCursor.pos())
        picker.setFocus()
