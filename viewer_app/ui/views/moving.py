"""Whether a hand is moving something: pictures may then be coarse, and are sharp again soon after."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer, Signal

# Full quality is on the screen within 100 ms of the last move; painting takes the rest.
STILL_AFTER_MS = 50
NOTCHES_FOLLOW_MS = 150
"""Notches of a wheel that is turned on come within this time of each other."""


class Moving(QObject):
    """True from a move of a gesture until nothing has moved for a moment, or the gesture is over."""

    ended = Signal()
    """It is still again."""

    def __init__(self, parent: QObject | None = None, still_after_ms: int = STILL_AFTER_MS) -> None:
        super().__init__(parent)
        self._timer = QTimer(self, singleShot=True, interval=still_after_ms)
        self._timer.timeout.connect(self.ended)

    def __bool__(self) -> bool:
        return self._timer.isActive()

    def move(self) -> None:
        """Something moves."""
        self._timer.start()

    def end(self) -> None:
        """The hand has let go."""
        if self:
            self._timer.stop()
            self.ended.emit()
