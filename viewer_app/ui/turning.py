"""Turning and flipping the image on show."""

from __future__ import annotations

from collections.abc import Callable

from viewer_app.session.turning import as_acquired, flipped, may_turn, turned_left, turned_right
from viewer_app.session.view import View
from viewer_app.session.workspace import Workspace

REFUSED = (
    "Only projection images such as radiographs are turned or flipped. "
    "Advanced mode (F10) allows it for other images as they were taken."
)
REFUSED_CUT = (
    "A reconstructed plane is not turned or flipped: its three views belong together. "
    "Turn the planes by the rings of the crosshair."
)


class Turning:
    """Each action turns the view on show; none does anything where no image is.

    What is no projection is not turned unless `is_advanced` says so, a reconstructed plane
    never: `refuse` is told why. The way back to what was acquired is always open.
    """

    def __init__(
        self, workspace: Workspace, refuse: Callable[[str], object], is_advanced: Callable[[], bool] = lambda: False
    ) -> None:
        self._workspace = workspace
        self._refuse = refuse
        self._is_advanced = is_advanced

    def right(self) -> None:
        """By 90° clockwise."""
        self._turn(turned_right)

    def left(self) -> None:
        """By 90° counterclockwise."""
        self._turn(turned_left)

    def flip(self) -> None:
        """What is seen mirrored left to right."""
        self._turn(flipped)

    def reset(self) -> None:
        """As it was acquired."""
        self._turn(as_acquired)

    def _turn(self, how: Callable[[View], View]) -> None:
        study = self._workspace.study
        stack = study.stack if study is not None else None
        if study is None or stack is None:
            return
        before = study.view.value
        after = how(before)
        if after == as_acquired(after):
            study.view.set(after)
        elif before.cut is not None:
            self._refuse(REFUSED_CUT)
        elif may_turn(stack, before.index) or self._is_advanced():
            study.view.set(after)
        else:
            self._refuse(REFUSED)
