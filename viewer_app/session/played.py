"""What a cine plays in an opened study: the active tile, and with an MPR all that shows its stack."""

from __future__ import annotations

from PySide6.QtCore import SignalInstance

from viewer_app.errors import CaliperError
from viewer_app.imaging.headers import Window
from viewer_app.imaging.mpr import why_no_mpr
from viewer_app.imaging.stacks import Stack
from viewer_app.session.layout import Layout
from viewer_app.session.phases import at_phase
from viewer_app.session.study import OpenStudy
from viewer_app.session.tile import Tile
from viewer_app.session.view import View


class Played:
    """The `Holder` of a `Strip`: it also fetches what it shows."""

    def __init__(self, opened: OpenStudy) -> None:
        self._opened = opened

    @property
    def value(self) -> View:
        """The view of the active tile."""
        return self._opened.view.value

    @property
    def changed(self) -> SignalInstance:
        """The view of the active tile before and after; another tile may have become active."""
        return self._opened.view.changed

    def set(self, view: View) -> None:
        """Show `view`; where the stack is another phase, the views of an MPR go with it, or all stay and it is told."""
        opened = self._opened
        stack = opened.stack_by_key(view.stack_key)
        if view.stack_key == self.value.stack_key or stack is None:
            opened.view.set(view)
            return
        why = why_no_mpr(stack) if self._is_reconstructed else ""
        if why:
            opened.failed.emit(CaliperError(f"{stack.label} cannot be reconstructed. {why}", "Look at its images."))
        else:
            opened.show_layout(self._in_phase(stack, view), anew=False)

    def stacks(self) -> tuple[Stack, ...]:
        """All stacks that may be shown."""
        return self._opened.all_stacks

    def window(self) -> Window | None:
        """The window in force."""
        return self._opened.window()

    def arrived(self, key: str, index: int) -> bool:
        """Whether a slice is there or known to be missing; for a reconstruction, every slice of its stack."""
        volume = self._opened.volume_by_key(key)
        if volume is None:
            return False
        if self._is_reconstructed:
            return volume.present + len(volume.failed) >= len(volume.stack.images)
        return volume.has(index) or index in volume.failed

    @property
    def _is_reconstructed(self) -> bool:
        """Whether the stack of the active tile is reconstructed, there or in a tile beside it."""
        views, key = self._opened.layout.value.views, self.value.stack_key
        return any(view.cut is not None and view.stack_key == key for view in views)

    def _in_phase(self, stack: Stack, view: View) -> Layout:
        """`view` in the active tile; beside it, what belongs to its reconstruction at the same phase."""
        layout, shown = self._opened.layout.value, self._opened.stack
        if shown is None or not self._is_reconstructed:
            return layout.with_view(layout.active, view)
        moved: dict[int, View] = {}
        for place, beside in enumerate(layout.views):
            if beside.stack_key == shown.key:
                moved[place] = at_phase(beside, shown, stack, Tile(self._opened, place).window()) or beside
        return layout.with_views(moved | {layout.active: view})
