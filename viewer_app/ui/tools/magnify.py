"""Looking through a lens while the button is held. Nothing of the view or of a measurement changes."""

from __future__ import annotations

from collections.abc import Callable

from viewer_app.ui.tools.pointer import Gesture, Pointer, PointerKind, Stage, Tool

Hold = Callable[[Stage, tuple[float, float] | None], object]
"""Holds the lens of a stage over a screen point; None takes it away."""


def magnify_tool(hold: Hold) -> Tool:
    """The tool that holds the lens under the pointer."""

    def magnify(stage: Stage, press: Pointer) -> Gesture:
        return _magnify(stage, press, hold)

    return magnify


def _magnify(stage: Stage, press: Pointer, hold: Hold) -> Gesture:
    hold(stage, press.at)
    try:
        while (pointer := (yield)).kind is not PointerKind.RELEASE:
            hold(stage, pointer.at)
    finally:
        hold(stage, None)
