"""The cine in the window: one at a time, that of the active view, with its bar below the viewports."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from viewer_app import resources
from viewer_app.imaging.stacks import Stack
from viewer_app.session.cine import Cine
from viewer_app.session.layout import Layout
from viewer_app.session.phases import phases
from viewer_app.session.played import Played
from viewer_app.session.strip import Axis
from viewer_app.session.study import OpenStudy
from viewer_app.session.workspace import Workspace
from viewer_app.ui.views.viewports import Viewports
from viewer_app.ui.widgets.cine_bar import CineBar
from viewer_app.ui.widgets.tool_button import ToolButton

# Frames of these belong together in time, whether or not a file says how fast.
_MOVING = frozenset({"US", "IVUS", "XA", "RF", "ES", "XC"})
_ONE_IMAGE = "There is nothing to play: the active view shows one image."
_NO_PHASES = "The series of the active view has no phases."
_CUT = "A reconstructed view plays through phases, and this series has none. Cine plays the images as they were taken."


class Playing(QObject):
    """Owns the `Cine` of the study on show and `bar`, where it is seen.

    The bar is there once asked for, and of itself while a clip or a series with phases is
    on show and nobody has closed it. `tell` says why nothing is played.
    """

    def __init__(
        self, workspace: Workspace, viewports: Viewports, tell: Callable[[str], None], parent: QObject
    ) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self._tell = tell
        self._study: OpenStudy | None = None
        self.cine: Cine | None = None
        self._cine_bar: CineBar | None = None
        self._is_wanted = False
        self._closed: set[str] = set()
        self._moving: dict[str, bool] = {}
        self.bar = QWidget()
        self._row = QHBoxLayout(self.bar)
        self._row.setContentsMargins(0, 0, 4, 0)
        self._row.setSpacing(0)
        button = ToolButton("close", "Close the cine", resources.table("shortcuts.json")["cancel_or_reset"][0])
        button.clicked.connect(self.close)
        self._row.addWidget(button, 0, Qt.AlignmentFlag.AlignTop)
        self.bar.hide()
        workspace.study_changed.connect(self._take_study)
        viewports.pressed.connect(self.pause)

    # -- what it does -------------------------------------------------------------------------------

    def toggle(self) -> None:
        """Play the active view, or pause; the bar comes with it."""
        cine = self.cine
        if cine is None or cine.strip.stack is None:
            return
        if len(cine.range) > 1:
            self._is_wanted = True
            self._show()
            cine.toggle()
        else:
            self._tell(_ONE_IMAGE if Axis.SLICES in cine.strip.axes else _CUT)

    def step_phase(self, phases_: int) -> None:
        """So many phases on, at the same place in the patient."""
        cine = self.cine
        if cine is not None and len(cine.strip.phases) > 1:
            cine.step_phase(phases_)
        elif cine is not None and cine.strip.stack is not None:
            self._tell(_NO_PHASES)

    def pause(self) -> None:
        """Stay on the frame on show."""
        if self.cine is not None:
            self.cine.pause()

    def close(self) -> bool:
        """Pause, and take the bar away; False when there was none."""
        if self._study is None or self.bar.isHidden():
            return False
        self.pause()
        self._is_wanted = False
        self._closed |= {stack.series_key for stack in _shown(self._study)}
        self._show()
        return True

    # -- how it does it -----------------------------------------------------------------------------

    def _take_study(self) -> None:
        """Another study, or none, is on show: the cine of the one before ends."""
        if self._workspace.study is self._study:
            return
        self._end()
        self._study = opened = self._workspace.study
        if opened is not None:
            played = Played(opened)
            self.cine = cine = Cine(played, played.stacks, played.arrived, window=played.window, parent=self)
            self._cine_bar = CineBar(cine)
            self._row.insertWidget(0, self._cine_bar, 1)
            cine.moved.connect(self._fetch_ahead)
            opened.loads.ended.connect(self._fetch_ahead)
            opened.layout.changed.connect(self._follow)
        self._show()

    def _end(self) -> None:
        if self.cine is not None and self._cine_bar is not None:
            self.cine.pause()
            self.cine.deleteLater()
            self._cine_bar.hide()
            self._cine_bar.deleteLater()
        self.cine = self._cine_bar = None
        self._is_wanted = False
        self._closed.clear()
        self._moving.clear()

    def _follow(self, before: Layout, after: Layout) -> None:
        if before.active != after.active:
            self.pause()
        self._show()

    def _show(self) -> None:
        """All tiles decide together: the bar must not come and go, and resize the images, as they are clicked."""
        moving = [stack for stack in _shown(self._study) if self._moves(stack)] if self._study is not None else []
        is_open = any(stack.series_key not in self._closed for stack in moving)
        self.bar.setVisible(self._is_wanted or is_open)

    def _moves(self, stack: Stack) -> bool:
        if stack.key not in self._moving:
            assert self._study is not None
            self._moving[stack.key] = is_clip(stack) or len(phases(self._study.all_stacks, stack)) > 1
        return self._moving[stack.key]

    def _fetch_ahead(self) -> None:
        """One phase after the other, once what is on show is there."""
        cine, study = self.cine, self._study
        if study is None or cine is None or not cine.is_playing or cine.strip.axis is not Axis.PHASES:
            return
        if not study.is_loading:
            frames, here = list(cine.range), cine.position
            ahead = [*(frame for frame in frames if frame > here), *(frame for frame in frames if frame < here)]
            study.fetch_ahead(cine.strip.phases[frame] for frame in ahead)


def is_clip(stack: Stack) -> bool:
    """Whether frames of one instance in it are meant to be seen in time."""
    return any(
        one.instance is other.instance and (one.instance.cine is not None or stack.info.modality in _MOVING)
        for one, other in pairwise(stack.images)
    )


def with_bar(above: QWidget, bar: QWidget) -> QWidget:
    """A column: the bar takes its room from what is above it, and covers none."""
    held = QWidget()
    column = QVBoxLayout(held)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(0)
    column.addWidget(above, 1)
    column.addWidget(bar)
    return held


def _shown(study: OpenStudy) -> tuple[Stack, ...]:
    """The stacks of the tiles that are seen."""
    layout = study.layout.value
    found = (study.stack_by_key(layout.views[place].stack_key) for place in layout.shown)
    return tuple(stack for stack in found if stack is not None)
