"""Whether stored numbers are still those that their images give (C41), looked at in pieces that nobody notices."""

from __future__ import annotations

import math
import time
from collections import deque
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer

from viewer_app.errors import CaliperError
from viewer_app.imaging.volume import PlanarImage
from viewer_app.measure.evaluate import counterparts
from viewer_app.measure.kind import Images, image_of
from viewer_app.measure.kinds import KINDS
from viewer_app.measure.lying import is_one_place
from viewer_app.measure.measurement import Figure, Record
from viewer_app.measure.quantity import Value
from viewer_app.measure.stack_kind import NOT_HERE
from viewer_app.session.ahead import Ahead
from viewer_app.tasks import Task

if TYPE_CHECKING:
    from viewer_app.session.study import OpenStudy

_REPEATED = 1e-9
"""Values between voxels are the same again to this share, whichever of the two samplers gave them.

So are those on a plane that is another one in its last bits.
"""

_AT_ONCE, _AT_ONCE_S, _PAUSE_MS = 8, 0.008, 4
"""A piece has so many marks, and more while it took no longer; then the window has a moment for itself."""


class Checks:
    """Looks at every measurement of `opened` once its images are there, and flags those that differ.

    What lies on reconstructed planes is sampled in the background first, one mark after the other.
    """

    def __init__(self, opened: OpenStudy, ahead: Ahead) -> None:
        self._opened, self._ahead = opened, ahead
        self._checked: set[str] = set()
        self._left: deque[str] = deque()
        self._to_sample: deque[str] = deque()
        self._is_wanted_again = False
        self._task: Task[list[tuple[Value, ...]]] | None = None
        self._pause = QTimer(opened, singleShot=True, interval=_PAUSE_MS)
        self._pause.timeout.connect(self._go_on)

    def look(self) -> None:
        """Look at what was not yet looked at; what takes longer goes on by itself."""
        self._is_wanted_again = True
        if not self._pause.isActive():
            self._go_on()

    def look_anew(self, uids: set[str]) -> None:
        """These are others now."""
        self._checked -= uids
        self.look()

    def close(self) -> None:
        """Nobody wants to know any more."""
        self._pause.stop()
        self._left.clear()
        self._to_sample.clear()
        self._is_wanted_again = False
        if self._task is not None:
            self._task.cancel()
            self._task = None

    def _go_on(self) -> None:
        until, count = time.perf_counter() + _AT_ONCE_S, 0
        while self._left or self._is_wanted_again:
            if not self._left:
                self._is_wanted_again = False
                uids = (record.measurement.uid for record in self._opened.measurements.records)
                self._left.extend(uid for uid in uids if uid not in self._checked)
                continue
            count += self._look_at(self._left.popleft())
            if count >= _AT_ONCE and time.perf_counter() > until:
                self._pause.start()
                return

    def _look_at(self, uid: str) -> bool:
        """Check one, or have it sampled; False where there was nothing to do."""
        found = self._opened.measurements.get(uid)
        if found is None or uid in self._checked or found.measurement.kind not in KINDS:
            return False
        if not self._opened.measuring.volumetry.is_ready(found.measurement):
            return False
        if self._ahead.missing((found.measurement,)):
            if uid not in self._to_sample:
                self._to_sample.append(uid)
                self._sample_next()
        else:
            self._check(found)
        return True

    def _sample_next(self) -> None:
        while self._task is None and self._to_sample:
            found = self._opened.measurements.get(self._to_sample[0])
            if found is None:
                self._to_sample.popleft()
            else:
                self._task = self._ahead.fetch((found.measurement,), self._sampled, self._failed)

    def _sampled(self) -> None:
        self._task = None
        found = self._opened.measurements.get(self._to_sample.popleft())
        if found is not None and found.measurement.uid not in self._checked:
            self._check(found)
        self._sample_next()

    def _failed(self, error: CaliperError) -> None:
        self._task = None
        self._to_sample.popleft()
        self._opened.failed.emit(error)
        self._sample_next()

    def _check(self, found: Record) -> None:
        images = self._opened.measuring.images(found.measurement)
        if images:
            self._checked.add(found.measurement.uid)
            if not self._agrees(found, images):
                self._opened.measurements.flag(found)

    def _agrees(self, found: Record, images: Images) -> bool:
        """Where and what was measured is what the images say now.

        To the last bit, if none of it is interpolated nor its plane another one in its last bits.
        """
        shown = [(figure, image_of(figure, images)) for figure in found.measurement.figures]
        if not all(self._is_in_place(figure, image) for figure, image in shown):
            return False
        exactly = all(
            figure.reconstruction is None and (image is None or image.plane == figure.plane) for figure, image in shown
        )
        pairs = counterparts(self._opened.measuring.values(found.measurement, images), found.values)
        return pairs is not None and all(_same(one, other, exactly=exactly) for one, other in pairs)

    def _is_in_place(self, figure: Figure, image: PlanarImage | None) -> bool:
        """The plane is that of the image, or one through the stack as it is now; what is not there is not in doubt."""
        if image is None or figure.reconstruction is None:
            return image is None or is_one_place(image.plane, figure.plane, *image.stored.shape[:2])
        stack = self._opened.stack_by_key(self._opened.measuring.stack_key(figure))
        grid = self._opened.grid(stack) if stack is not None else None
        return (
            grid is not None
            and grid.frame_of_reference_uid == figure.plane.frame_of_reference_uid
            and all(math.isclose(grid.smallest_edge_mm, size, rel_tol=_REPEATED) for size in figure.plane.spacing)
        )


def _same(one: Value, other: Value, *, exactly: bool) -> bool:
    if NOT_HERE in (one.note, other.note):
        return True  # what is not there is not in doubt
    if exactly or one.number is None or other.number is None:
        return (one.number, one.unit) == (other.number, other.unit)
    near = math.isclose(one.number, other.number, rel_tol=_REPEATED, abs_tol=_REPEATED)
    return near and one.unit == other.unit
