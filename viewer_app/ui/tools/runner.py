"""Drives one gesture at a time."""

from __future__ import annotations

from collections.abc import Callable

from viewer_app.ui.tools.pointer import Gesture, Pointer


class GestureRunner:
    """Holds the gesture under way, if there is one."""

    def __init__(self) -> None:
        self._gesture: Gesture | None = None
        self._stepping = False

    @property
    def active(self) -> bool:
        """True while a gesture waits for its next event."""
        return self._gesture is not None

    @property
    def stepping(self) -> bool:
        """True while the gesture deals with an event: what changes meanwhile is its own doing."""
        return self._stepping

    def begin(self, gesture: Gesture) -> None:
        """Start a gesture; it runs to its first `yield`."""
        self._gesture = gesture
        self._step(lambda: next(gesture))

    def send(self, pointer: Pointer) -> None:
        """Give the gesture its next event; nothing happens without one."""
        gesture = self._gesture
        if gesture is not None:
            self._step(lambda: gesture.send(pointer))

    def cancel(self) -> bool:
        """End the gesture without a trace; False when there was none."""
        gesture, self._gesture = self._gesture, None
        if gesture is not None:
            gesture.close()
        return gesture is not None

    def _step(self, advance: Callable[[], None]) -> None:
        gesture, self._stepping = self._gesture, True
        try:
            advance()
        except StopIteration:
            if self._gesture is gesture:
                self._gesture = None
        except BaseException:
            self._gesture = None
            raise
        finally:
            self._stepping = False
