"""Looking through a lens while the button is held. Nothing of the view or of a measurement changes."""

from __future__ import annotations

from viewer_app.ui.tools.pointer import Gesture, Pointer, PointerKind, Stage


def magnify(stage: Stage, press: Pointer) -> Gesture:
    """The lens stays under the pointer until the button is let go."""
    stage.magnify(press.at)
    try:
        while (pointer := (yield)).kind is not PointerKind.RELEASE:
            stage.magnify(pointer.at)
    finally:
        stage.magnify(None)
