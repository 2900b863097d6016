"""How much of what is being loaded is here, in bytes of files, and how fast it comes."""

from __future__ import annotations

import time
from collections import Counter, deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from viewer_app.imaging.volume import Volume

_WINDOW_S = 3.0
_LEAST_S = 0.25


@dataclass(frozen=True, slots=True)
class Amount:
    """Bytes of files that are here, and of all."""

    done: int
    total: int

    @classmethod
    def of(cls, volumes: Iterable[Volume]) -> Amount:
        """A file of several frames is here in parts."""
        done, total = 0.0, 0.0
        for volume in volumes:
            images = volume.stack.images
            frames = Counter(image.instance.locator for image in images)
            for index, image in enumerate(images):
                share = image.instance.size_bytes / frames[image.instance.locator]
                total += share
                done += share if volume.has(index) else 0.0
        return cls(round(done), round(total))


class Speed:
    """Bytes a second over the last three seconds."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._seen: deque[tuple[float, int]] = deque()

    def reset(self) -> None:
        """Something else is loaded from now on."""
        self._seen.clear()

    def tell(self, done: int) -> float | None:
        """So many bytes are here by now; the rate, None where it cannot be said yet."""
        now = self._clock()
        if self._seen and done < self._seen[-1][1]:
            self.reset()
        self._seen.append((now, done))
        while len(self._seen) > 2 and now - self._seen[1][0] >= _WINDOW_S:
            self._seen.popleft()
        since, before = self._seen[0]
        return (done - before) / (now - since) if now - since >= _LEAST_S else None
