"""How the image on show is painted beside its window: colours, smoothing, and whether zero is held black."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from viewer_app.imaging.stacks import Stack
from viewer_app.session.display import is_clamped, starts_inverted
from viewer_app.session.study import OpenStudy
from viewer_app.session.workspace import Workspace
from viewer_app.ui.views.color_maps import NO_MAP


class Display:
    """Each action sets one thing of the view on show; none does anything where no image is."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace

    @property
    def takes_colors(self) -> bool:
        """Is there an image whose greys can be mapped to colours?"""
        place = self._place()
        return place is not None and _is_grey(place[0], place[1])

    def color(self, name: str) -> None:
        """Show the greys in the colours of a map, "" for greys; nothing for an image that has colours of its own."""
        place = self._place()
        if place is None or not _is_grey(*place):
            return
        study, stack = place
        had_colors, view = study.view.value.color_map != NO_MAP, study.view.value
        # Black on white suits greys alone: a map begins at its own dark end.
        turned_over = starts_inverted(stack) and had_colors != (name != NO_MAP)
        self._change(color_map=name, inverted=name == NO_MAP if turned_over else view.inverted)

    def toggle_smooth(self) -> None:
        """Interpolate between pixels, or show them as they are."""
        place = self._place()
        if place is not None:
            self._change(smooth=not place[0].view.value.smooth)

    def toggle_clamped(self) -> None:
        """Hold the lower end of the window at zero, from now on and at once, or let it go (IHE BIR 17)."""
        place = self._place()
        if place is None or not _is_grey(*place):
            return
        study, stack = place
        self._change(clamped=not is_clamped(study.view.value, stack))

    def _place(self) -> tuple[OpenStudy, Stack] | None:
        study = self._workspace.study
        stack = study.stack if study is not None else None
        return None if study is None or stack is None else (study, stack)

    def _change(self, **values: Any) -> None:
        study = self._workspace.study
        assert study is not None
        study.view.set(replace(study.view.value, **values))


def _is_grey(study: OpenStudy, stack: Stack) -> bool:
    pixels = stack.images[study.view.value.index].instance.pixel_format
    return pixels is not None and not pixels.is_colour
