"""The grid of viewports: as many as the layout of the opened study has tiles."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from PySide6.QtCore import QRect, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QAbstractButton, QGridLayout, QWidget

from viewer_app.session.layout import Layout
from viewer_app.session.study import OpenStudy
from viewer_app.session.workspace import Workspace
from viewer_app.ui.views.manner import Manner
from viewer_app.ui.views.viewport import Viewport

_GAP_PX = 2
_LETTERS_PX = (52, 26)


class Viewports(QWidget):
    """One viewport for each tile; they are made when first needed and kept."""

    menu_wanted = Signal(object, object)
    """A right click in the active viewport: the `Hit` under it or None, and where it was (global QPoint)."""

    arranged = Signal()
    """There are more or fewer of them, or they lie elsewhere."""

    pressed = Signal()
    """A button was pressed in one of them."""

    def __init__(self, workspace: Workspace, manner: Manner, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.manner = manner
        self._workspace = workspace
        self._connected: OpenStudy | None = None
        self._all: list[Viewport] = []
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(_GAP_PX)
        self._arrange(Layout())
        workspace.study_changed.connect(self._study_changed)

    @property
    def active(self) -> Viewport:
        """The viewport that takes keys."""
        return self._all[min(self._layout.active, len(self._all) - 1)]

    @property
    def shown(self) -> tuple[Viewport, ...]:
        """The viewports that are seen, in reading order."""
        return tuple(self._all[place] for place in self._layout.shown)

    def __iter__(self) -> Iterator[Viewport]:
        return iter(self.shown)

    def showEvent(self, event: QShowEvent) -> None:
        """The first images take the keys, that else the last button of the tool row had."""
        super().showEvent(event)
        if isinstance(self.window().focusWidget(), QAbstractButton | None):
            self.active.setFocus()

    def letter_places(self) -> tuple[QRect, ...]:
        """Where the letters at the edges of all that are seen stand, in global pixels; () while nothing is seen."""
        seen = (viewport for viewport in self.shown if viewport.isVisible())
        return tuple(QRect(one.mapToGlobal(box.topLeft()), box.size()) for one in seen for box in _letters(one))

    def cancel_gesture(self) -> bool:
        """End the gesture under way, wherever; False when there was none."""
        hand = self.manner.hand
        hand.settling.emit()
        ended = [viewport.cancel_gesture() for viewport in self._all]
        return hand.drop() or any(ended)

    def activate(self, place: int) -> None:
        """Let tile `place` take keys and new series."""
        study = self._workspace.study
        if study is not None and place < len(study.layout.value.views) and place != study.layout.value.active:
            for viewport in self._all:
                viewport.cancel_gesture()  # it would go on over another plane
            study.layout.set(replace(study.layout.value, active=place))

    def activate_next(self, steps: int) -> None:
        """Let the next tile, or the one before, take keys."""
        layout = self._layout
        self.activate((layout.active + steps) % len(layout.views))

    def enlarge(self) -> None:
        """The active viewport alone, or all again."""
        study = self._workspace.study
        if study is not None and len(study.layout.value.views) > 1:
            study.layout.set(replace(study.layout.value, enlarged=not study.layout.value.enlarged))

    @property
    def _layout(self) -> Layout:
        study = self._workspace.study
        return study.layout.value if study is not None else Layout()

    def _study_changed(self) -> None:
        study = self._workspace.study
        if study is not None and study is not self._connected:
            study.layout.changed.connect(self._follow)
            study.together.changed.connect(self._repaint)
        self._connected = study
        self._arrange(self._layout)

    def _follow(self, before: Layout, after: Layout) -> None:
        if _form(before) != _form(after):
            self._arrange(after)
        elif before.active != after.active:
            for viewport in self.shown:
                viewport.show_active(active=viewport is self.active)
        if before.active != after.active and self._had_focus():
            self.active.setFocus()
        study = self._workspace.study
        if self.manner.lines_shown or (study is not None and study.together.is_told):
            self._repaint()

    def _repaint(self) -> None:
        """What viewports show of each other has changed."""
        for viewport in self.shown:
            viewport.viewport().update()

    def _had_focus(self) -> bool:
        return any(viewport.hasFocus() for viewport in self._all)

    def _arrange(self, layout: Layout) -> None:
        while len(self._all) < len(layout.views):
            self._all.append(self._made(len(self._all)))
        for place, viewport in enumerate(self._all):
            self._grid.removeWidget(viewport)
            viewport.setVisible(place in layout.shown)
        for place in layout.shown:
            row, column = (0, 0) if layout.enlarged else divmod(place, layout.columns)
            self._grid.addWidget(self._all[place], row, column)
            self._all[place].show_active(active=place == layout.active, alone=len(layout.shown) == 1)
        for row in range(self._grid.rowCount()):
            self._grid.setRowStretch(row, int((row < layout.rows and not layout.enlarged) or row == 0))
        for column in range(self._grid.columnCount()):
            self._grid.setColumnStretch(column, int((column < layout.columns and not layout.enlarged) or column == 0))
        self._grid.activate()
        self.arranged.emit()

    def _made(self, place: int) -> Viewport:
        viewport = Viewport(self._workspace, self.manner, place, self)
        viewport.activated.connect(lambda: self.activate(place))
        viewport.activated.connect(self.pressed)
        viewport.enlarge_wanted.connect(self.enlarge)
        viewport.menu_wanted.connect(self.menu_wanted)
        return viewport


def _letters(viewport: QWidget) -> tuple[QRect, ...]:
    """The places of up to three letters at the left, right, top and bottom edge."""
    (width, height), (across, down) = viewport.size().toTuple(), _LETTERS_PX
    middle, center = (height - down) // 2, (width - across) // 2
    corners = (0, middle), (width - across, middle), (center, 0), (center, height - down)
    return tuple(QRect(left, top, across, down) for left, top in corners)


def _form(layout: Layout) -> tuple[int, int, bool, int]:
    return layout.rows, layout.columns, layout.enlarged, layout.active if layout.enlarged else 0
