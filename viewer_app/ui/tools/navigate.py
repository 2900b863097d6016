"""Scrolling, windowing, panning and zooming by dragging (IHE BIR 14, 20, 21)."""

from __future__ import annotations

import math
from dataclasses import replace

from viewer_app.imaging.headers import Window
from viewer_app.ui.tools.pointer import Gesture, Pointer, PointerKind, Stage
from viewer_app.ui.views.camera import LARGEST_SCALE, SMALLEST_SCALE

_SLICE_EVERY_PX = 6.0
_ZOOM_DOUBLES_IN_PX = 150.0
# A drag over this many pixels changes the width by as much as the width is.
_WINDOW_PX = 300.0
_SMALLEST_STEP = 0.01


def scroll(stage: Stage, press: Pointer) -> Gesture:
    """Drag down for later images."""
    start = stage.tile.view.value.index
    while (pointer := (yield)).kind is not PointerKind.RELEASE:
        steps = round((pointer.at[1] - press.at[1]) / _SLICE_EVERY_PX)
        show_slice(stage, start + steps)


def show_slice(stage: Stage, index: int) -> None:
    """Show slice `index`, or the nearest there is."""
    stack = stage.tile.stack
    if stack is not None:
        view = stage.tile.view.value
        stage.tile.view.set(replace(view, index=min(max(index, 0), len(stack.images) - 1)))


def window(stage: Stage, press: Pointer) -> Gesture:
    """Right widens the window, up lowers its centre (brighter); Control is faster, Shift finer.

    A VOI LUT of the file becomes a window over the values at which it changes.
    """
    start = stage.tile.window()
    if start is None:
        return
    function = "LINEAR" if start.function == "LUT" else start.function
    # A narrow window is moved finely, a wide one in large steps; only LINEAR has a narrowest one.
    step, smallest = start.width / _WINDOW_PX, start.width / _WINDOW_PX
    if function == "LINEAR":
        step, smallest = max(step, _SMALLEST_STEP), 1.0
    decimals = max(3, 2 - math.floor(math.log10(step)))
    while (pointer := (yield)).kind is not PointerKind.RELEASE:
        pace = step * (4.0 if pointer.control else 0.25 if pointer.shift else 1.0)
        width = max(start.width + (pointer.at[0] - press.at[0]) * pace, smallest)
        center = start.center + (pointer.at[1] - press.at[1]) * pace
        changed = Window(round(center, decimals), round(width, decimals), "", function)
        stage.tile.view.set(replace(stage.tile.view.value, window=changed))


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
