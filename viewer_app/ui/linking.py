"""Linking the viewports: each switch, links by hand, localizer lines."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QObject, Signal

from viewer_app.session.links import Links
from viewer_app.session.workspace import Workspace
from viewer_app.ui.resampling import Tell
from viewer_app.ui.views.manner import Manner

_ALL_THE_SAME = "Link these slices all the same"
_NOTHING_BY_HAND = "Nothing was linked by hand."
_BY_HAND_NO_MORE = "What was linked by hand is so no more."


class Linking(QObject):
    """Each action changes the links of the study on show; `tell` says what links by hand became of."""

    changed = Signal(object, bool)
    """The `Links` in force, and whether localizer lines are shown."""

    def __init__(self, workspace: Workspace, manner: Manner, tell: Tell, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self._manner = manner
        self._tell = tell
        workspace.study_changed.connect(self._study_changed)

    @property
    def links(self) -> Links:
        """What is linked."""
        study = self._workspace.study
        return Links() if study is None else study.together.links

    def toggle(self) -> None:
        """Link scrolling, panning and zoom, or unlink them if any of them is linked (BIR 24)."""
        on = not (self.links.scroll or self.links.pan_zoom)
        self._link(replace(self.links, scroll=on, pan_zoom=on))

    def toggle_scroll(self) -> None:
        """Scrolling alone."""
        self._link(replace(self.links, scroll=not self.links.scroll))

    def toggle_pan_zoom(self) -> None:
        """Panning and zoom alone."""
        self._link(replace(self.links, pan_zoom=not self.links.pan_zoom))

    def toggle_window(self) -> None:
        """The window alone."""
        self._link(replace(self.links, window=not self.links.window))

    def by_hand(self) -> None:
        """The slices on show belong together."""
        study = self._workspace.study
        if study is None:
            return
        told, link_all_the_same = study.together.link_by_hand()
        if link_all_the_same is None:
            self._tell(told)
        else:
            link = link_all_the_same
            self._tell(told, _ALL_THE_SAME, lambda: self._tell(link()) if self._workspace.study is study else None)

    def not_by_hand(self) -> None:
        """Forget which slices were said to belong together."""
        self._tell(_BY_HAND_NO_MORE if self.links.offsets else _NOTHING_BY_HAND)
        self._link(replace(self.links, offsets=()))

    def toggle_lines(self) -> None:
        """Show or hide where the other views cut each (BIR 22)."""
        self._manner.update(lines_shown=not self._manner.lines_shown)
        self._announce()

    def _link(self, links: Links) -> None:
        if self._workspace.study is not None:
            self._workspace.study.together.link(links)
        self._announce()

    def _study_changed(self) -> None:
        if self._workspace.study is not None:
            self._workspace.study.together.changed.connect(self._announce)
        self._announce()

    def _announce(self) -> None:
        self.changed.emit(self.links, self._manner.lines_shown)
