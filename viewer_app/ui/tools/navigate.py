"""Scrolling, windowing, panning and zooming by dragging (IHE BIR 14, 20, 21)."""

from __future__ import annotations

from dataclasses import replace

from viewer_app.session.display import is_clamped
from viewer_app.ui.tools.pointer import Gesture, Pointer, PointerKind, Stage
from viewer_app.ui.tools.window_drag import WindowDrag, span_of
from viewer_app.ui.views.camera import LARGEST_SCALE, SMALLEST_SCALE

_SLICE_EVERY_PX = 6.0
_ZOOM_DOUBLES_IN_PX = 150.0


def scroll(stage: Stage, press: Pointer) -> Gesture:
    """Drag down for later images."""
    start, _ = stage.tile.position
    while (pointer := (yield)).kind is not PointerKind.RELEASE:
        steps = round((pointer.at[1] - press.at[1]) / _SLICE_EVERY_PX)
        stage.tile.scroll_to(start + steps)


def window(stage: Stage, press: Pointer) -> Gesture:
    """Right widens the window, up lowers its centre (brighter); Control is faster, Shift finer.

    A VOI LUT of the file becomes a window over the values at which it changes. In a clamped
    window right and down raise the upper end. The pace suits the window and what the image can hold.
    """
    tile = stage.tile
    start, stack, view = tile.window(), tile.stack, tile.view.value
    if start is None or stack is None:
        return
    span = span_of(stack.images[view.index], tile.current_image())
    drag = WindowDrag(start, span, is_clamped(view, stack))
    while (pointer := (yield)).kind is not PointerKind.RELEASE:
        pace = 4.0 if pointer.control else 0.25 if pointer.shift else 1.0
        changed = drag.moved((pointer.at[0] - press.at[0]) * pace, (pointer.at[1] - press.at[1]) * pace)
        tile.view.set(replace(tile.view.value, window=changed))


def pan(stage: Stage, press: Pointer) -> Gesture:
    """The image follows the pointer: what was pressed stays under it."""
    (held,) = stage.camera.to_plane([press.at])
    while (pointer := (yield)).kind is not PointerKind.RELEASE:
        camera = stage.camera.holding(held, pointer.at)
        stage.tile.view.set(replace(stage.tile.view.value, scale=camera.scale, center=camera.center))


def zoom(stage: Stage, press: Pointer) -> Gesture:
    """Down enlarges, up shrinks, about the point that was pressed."""
    camera = stage.camera
    while (pointer := (yield)).kind is not PointerKind.RELEASE:
        zoom_about(stage, camera.scale * 2 ** ((pointer.at[1] - press.at[1]) / _ZOOM_DOUBLES_IN_PX), press.at)


def zoom_about(stage: Stage, scale: float, at: tuple[float, float]) -> None:
    """Zoom to `scale` (screen pixels per plane unit) so that what lies under `at` stays there."""
    scale = min(max(scale, SMALLEST_SCALE), LARGEST_SCALE)
    (fixed,) = stage.camera.to_plane([at])
    camera = replace(stage.camera, scale=scale).holding(fixed, at)
    stage.tile.view.set(replace(stage.tile.view.value, scale=scale, center=camera.center))
