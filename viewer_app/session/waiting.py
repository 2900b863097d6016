"""Loads whose source fell silent: they are tried again by themselves, for as long as their stacks are wanted."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QObject, QTimer

from viewer_app.imaging.volume import Volume

PAUSES_S: tuple[float, ...] = (2, 4, 8, 15, 30)
"""Seconds between the tries; the last one again and again."""


@dataclass(frozen=True)
class _Lost:
    volume: Volume
    index: int
    present: int


class Waiting(QObject):
    """What is to be fetched once the source answers. `again(volume, index)` is the next try, of all there are."""

    def __init__(self, again: Callable[[Volume, int], None], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._again = again
        self._lost: dict[str, _Lost] = {}
        self._tries = 0
        self._timer = QTimer(self, singleShot=True)
        self._timer.timeout.connect(self._try)

    def __contains__(self, key: str) -> bool:
        return key in self._lost

    @property
    def text(self) -> str:
        """One calm sentence for a person; "" where nothing is waited for."""
        if not self._lost:
            return ""
        missing = sum(len(lost.volume.stack.images) - lost.volume.present for lost in self._lost.values())
        images = "1 image follows" if missing == 1 else f"{missing} images follow"
        return f"The server does not answer; {images} once it does. What has arrived can be used."

    @property
    def seconds(self) -> int | None:
        """Whole seconds until the next try; None while nothing is waited for, or a try is under way."""
        return -(-self._timer.remainingTime() // 1000) if self._lost and self._timer.isActive() else None

    def now(self) -> None:
        """Try at once, and wait as for the first time if that fails."""
        if self._lost:
            self._timer.stop()
            self._tries = 0
            self._try()

    def add(self, volume: Volume, index: int) -> None:
        """The source fell silent while this volume was filled; the pauses grow until something arrives."""
        before = self._lost.get(volume.stack.key)
        if before is None or volume.present > before.present:
            self._tries = 0
        self._lost[volume.stack.key] = _Lost(volume, index, volume.present)
        if not self._timer.isActive():
            self._timer.start(int(PAUSES_S[min(self._tries, len(PAUSES_S) - 1)] * 1000))
            self._tries += 1

    def drop(self, key: str) -> None:
        """That stack is not waited for any more."""
        self._lost.pop(key, None)
        if not self._lost:
            self._timer.stop()
            self._tries = 0

    def keep(self, keys: set[str]) -> None:
        """Nor are all but these."""
        for key in set(self._lost) - keys:
            self.drop(key)

    def _try(self) -> None:
        for lost in tuple(self._lost.values()):
            self._again(lost.volume, lost.index)
