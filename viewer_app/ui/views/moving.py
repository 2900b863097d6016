"""Whether a hand is moving something: pictures may then be coarse, and are sharp again soon after."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer, Signal

# Full quality is on the screen within 100 ms of the last move; painting takes the rest.
_STILL_AFTER_MS = 50


class Moving(QObject):
    """True from a move of a gesture until nothing has moved for a moment, or the gesture is over."""

    ended = Signal()
    """It is still again."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._timer = QTimer(self, singleShot=True, interval=_STILL_AFTER_MS)
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
