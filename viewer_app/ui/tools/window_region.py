"""A window from a rectangle that is drawn on the image."""

from __future__ import annotations

from dataclasses import replace

from viewer_app.imaging.values.clamping import clamped
from viewer_app.imaging.values.region_window import region_values, region_window
from viewer_app.session.display import is_clamped
from viewer_app.ui.tools.pointer import Gesture, Pointer, PointerKind, ScreenPoint, Stage


def window_region(stage: Stage, press: Pointer) -> Gesture:
    """Drag a rectangle: what lies in it goes from black to white.

    A click and Esc change nothing, nor does it on a colour image or a reconstructed plane.
    """
    try:
        while (pointer := (yield)).kind is not PointerKind.RELEASE:
            stage.outline(rectangle(press.at, pointer.at))
        _use(stage, press.at, pointer.at)
    finally:
        stage.outline(None)


def rectangle(start: ScreenPoint, end: ScreenPoint) -> tuple[ScreenPoint, ...]:
    """The four corners, one after the other, of the upright rectangle between two screen points."""
    return start, (end[0], start[1]), end, (start[0], end[1])


def _use(stage: Stage, start: ScreenPoint, end: ScreenPoint) -> None:
    tile, view = stage.tile, stage.tile.view.value
    image, stack = tile.current_image(), tile.stack
    if image is None or stack is None:
        return
    first, second = (tuple(map(float, point)) for point in stage.camera.to_plane([start, end]))
    found = region_window(region_values(image, [(first[0], first[1]), (second[0], second[1])]))
    if found is not None:
        tile.view.set(replace(view, window=clamped(found) if is_clamped(view, stack) else found))
