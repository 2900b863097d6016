"""Resampling uneven slices is offered, never done by itself: a sentence with a button, then three planes (C12)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from viewer_app.imaging.mpr import why_no_mpr
from viewer_app.imaging.stacks import Stack
from viewer_app.session.reconstructing import mpr_layout
from viewer_app.session.study import OpenStudy
from viewer_app.session.workspace import Workspace

_BUTTON = "Resample and reconstruct"


class Tell(Protocol):
    """Tells a sentence, with a button that calls `call` where there is one."""

    def __call__(self, text: str, button: str = "", call: Callable[[], object] | None = None, /) -> None:
        """Tell it."""


class ResamplingOffer:
    """Offers it for a stack, and where views of one are shown that cannot be drawn without."""

    def __init__(self, workspace: Workspace, tell: Tell) -> None:
        self._workspace = workspace
        self._tell = tell
        self._followed: OpenStudy | None = None
        self._offered: set[str] = set()
        self._asked = ""
        workspace.study_changed.connect(self._study_changed)

    def offer(self, stack: Stack) -> None:
        """Say what stands against a reconstruction, with the correction on a button."""
        self._tell(why_no_mpr(stack), _BUTTON, lambda: self._begin(stack))

    def _begin(self, stack: Stack) -> None:
        study = self._workspace.study
        if study is not None and study.stack_by_key(stack.key) is stack:
            self._asked = stack.key
            study.resample(stack)

    def _study_changed(self) -> None:
        study = self._workspace.study
        if study is not None and study is not self._followed:
            study.resampling.made.connect(self._show)
            study.layout.changed.connect(lambda *_: self._look())
            study.arrived.connect(lambda _: self._look())
        self._followed = study
        self._offered, self._asked = set(), ""

    def _show(self, key: str) -> None:
        """In three planes, where the user still looks at what was asked for."""
        study = self._workspace.study
        asked, self._asked = self._asked, ""
        if study is None or key != asked or study.stack is None or study.stack.key != key:
            return
        if study.view.value.cut is None:
            study.show_layout(mpr_layout(study.stack, study.view.value))

    def _look(self) -> None:
        """Offer it once for each stack that has come on show as planes without even slices to draw them from."""
        study = self._workspace.study
        lacking = {} if study is None else {stack.key: stack for stack in _lacking(study)}
        for stack in (lacking[key] for key in lacking.keys() - self._offered):
            self.offer(stack)
        self._offered = set(lacking)


def _lacking(study: OpenStudy) -> list[Stack]:
    resampling = study.resampling
    shown = {view.stack_key for view in study.layout.value.views if view.cut is not None}
    stacks = [stack for stack in map(study.stack_by_key, shown) if stack is not None and resampling.is_needed(stack)]
    return [
        stack
        for stack in stacks
        if resampling.of(stack.key) is None
        and not resampling.is_wanted(stack.key)
        and not study.loads.is_loading(stack.key)
    ]
