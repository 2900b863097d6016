"""A window from a rectangle that is drawn on the image."""

from __future__ import annotations

from dataclasses import replace

from viewer_app.imaging.values.region_window import region_window
from viewer_app.session.seen_values import seen_values, why_no_values
from viewer_app.ui.tools.pointer import Gesture, Pointer, PointerKind, ScreenPoint, Stage, distance_px

_MORE_THAN_A_CLICK_PX = 4.0
_TOO_FEW = "There is no window: too few pixels with values lie inside the rectangle."


def window_region(stage: Stage, press: Pointer) -> Gesture:
    """Drag a rectangle: what lies in it goes from black to white.

    A click and Esc change nothing. On a reconstructed plane the values are those the sampler shows there. Where
    there are none to make a window of, it is said why.
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
    tile = stage.tile
    found = region_window(seen_values(tile, stage.camera.to_plane([start, end])))
    if found is not None:
        tile.view.set(replace(tile.view.value, window=found))
    elif distance_px(start, end) >= _MORE_THAN_A_CLICK_PX:
        stage.workspace.noticed.emit(why_no_values(tile) or _TOO_FEW)
