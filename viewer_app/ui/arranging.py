"""Arranging the viewports: how many, what is beside what, which one is large."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtGui import QCursor
from PySide6.QtWidgets import QMenu, QWidget, QWidgetAction

from viewer_app.imaging.cuts import SlabMode
from viewer_app.imaging.mpr import Name, plane_of, why_no_mpr
from viewer_app.session.arranging import filled, show_beside
from viewer_app.session.layout import Layout
from viewer_app.session.reconstructing import Change, Mpr, mpr_layout
from viewer_app.session.workspace import Workspace
from viewer_app.ui.panels.layout_picker import LayoutPicker
from viewer_app.ui.resampling import ResamplingOffer, Tell
from viewer_app.ui.views.viewports import Viewports
from viewer_app.ui.words import date_text

_FIRST_SLAB_MM = 10.0


class Arranging:
    """Each action sets the layout of the study on show; `tell` says why one does nothing.

    `search_priors` looks for other studies of the patient elsewhere.
    """

    def __init__(
        self, workspace: Workspace, viewports: Viewports, tell: Tell, search_priors: Callable[[], object]
    ) -> None:
        self._workspace = workspace
        self._viewports = viewports
        self._tell = tell
        self._search_priors = search_priors
        self._resampling = ResamplingOffer(workspace, tell)

    def grid(self, rows: int, columns: int) -> None:
        """So many tiles; new ones take the series that follow."""
        study = self._workspace.study
        if study is not None and study.is_shown:
            study.show_layout(filled(study, rows, columns))

    def compare(self) -> None:
        """What is on show beside the latest prior."""
        study = self._workspace.study
        if study is not None and not any(show_beside(study, prior) for prior in self._workspace.priors()):
            told = "There is no other study of this patient with images here."
            self._tell(told, "Priors on the server …", self._search_priors)

    def measure_here(self) -> None:
        """Let the study in the active view be the one that is measured; all views stay as they are."""
        study = self._workspace.study
        if study is None or not study.active.is_prior:
            self._tell("What is in this view can be measured as it is.")
            return
        prior = study.active.study
        self._viewports.cancel_gesture()
        self._workspace.exchange(prior)
        date = date_text(prior.info.date)
        which = f"study of {date}" if date else "study without a date"
        self._tell(f"You now measure on the {which}, the one in this view.")

    def mpr(self) -> None:
        """The stack on show in three planes; again, the stack as it was taken alone."""
        study = self._workspace.study
        stack = study.stack if study is not None else None
        if study is None or stack is None:
            return
        if study.resampling.is_needed(stack) and study.resampling.of(stack.key) is None:
            self._resampling.offer(stack)
        elif study.active.mpr is not None:
            study.show_layout(Layout(views=(replace(study.view.value, cut=None, scale=None, center=None),)))
        elif why_no_mpr(stack) and not study.resampling.is_needed(stack):
            self._tell(why_no_mpr(stack))
        else:
            view = study.view.value
            study.show_layout(mpr_layout(stack, view, None if view.cut is None else view.cut.point))

    def change(self, change: Change) -> None:
        """Do something to the MPR of the active view; says where there is none."""
        study = self._workspace.study
        mpr = study.active.mpr if study is not None else None
        if study is None or mpr is None:
            self._tell("This takes three planes on show together. M reconstructs the series on show in three planes.")
        else:
            study.layout.set(change(mpr))

    def snap(self, name: Name) -> None:
        """Turn the active plane to the one of that name."""
        self.change(lambda mpr: mpr.snapped(name))

    def next_slab_mode(self) -> None:
        """Maximum, minimum, mean; a plane without a slab gets one of a centimetre."""
        modes = list(SlabMode)

        def change(mpr: Mpr) -> Layout:
            cut = mpr.cut
            if not cut.slab_mm:
                return mpr.with_slab(_FIRST_SLAB_MM, cut.slab_mode)
            return mpr.with_slab(cut.slab_mm, modes[(modes.index(cut.slab_mode) + 1) % len(modes)])

        self.change(change)

    def no_slab(self) -> None:
        """A plane without thickness."""
        self.change(lambda mpr: mpr.with_slab(0.0, mpr.cut.slab_mode))

    def centre(self) -> None:
        """Pan all three views so that the crosshair is in their middle."""

        def change(mpr: Mpr) -> Layout:
            views = {}
            for place, cut in zip(mpr.places, mpr.cuts, strict=True):
                ((along, down),) = plane_of(cut, mpr.grid).in_plane([cut.point]).tolist()
                views[place] = replace(mpr.layout.views[place], center=(along, down))
            return mpr.layout.with_views(views)

        self.change(change)

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
        menu.addAction("Three planes (MPR)", self.mpr)
        menu.addAction("Compare with prior", self.compare)
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(QCursor.pos())
        picker.setFocus()
