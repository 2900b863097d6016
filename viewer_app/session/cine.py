"""Cine: the frames of what is on show, played at their own pace, through the slices or through time."""

from __future__ import annotations

import math
import time
from collections import deque
from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from viewer_app.imaging.headers import Window
from viewer_app.imaging.stacks import Stack
from viewer_app.session.pace import FASTEST, SLOWEST
from viewer_app.session.reel import Reel, Repeat
from viewer_app.session.strip import Axis, Holder, Strip
from viewer_app.session.view import View

_POLL_MS = 15
_MEASURED_OVER_S = 1.0


def _no_window() -> Window | None:
    return None


class Cine(QObject):
    """Plays the view of `holder` over a range of the frames of its `strip`; see `Strip` for what else it is made of.

    A monotonic `clock` (seconds) says which frame is due: where the screen is late, frames are
    dropped and time is kept. A frame that has not arrived is shown as such and waited for, and
    none is passed over. It pauses when another hand moves the slice and ends when the stack changes.
    """

    changed = Signal()
    """What is played, how, or whether it plays."""

    moved = Signal()
    """Another frame may be on show."""

    def __init__(
        self,
        holder: Holder,
        stacks: Callable[[], Sequence[Stack]],
        arrived: Callable[[str, int], bool],
        *,
        window: Callable[[], Window | None] = _no_window,
        clock: Callable[[], float] = time.monotonic,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.strip = Strip(holder, stacks, arrived, window)
        self.repeat = Repeat.LOOP
        self.is_playing = False
        self.is_waiting = False
        self._clock = clock
        self._range: range | None = None
        self._rate: float | None = None
        self._begun: View | None = None
        self._reel = Reel((), (), is_endless=False)
        self._place, self._since = 0, 0.0
        self._shown_at: deque[float] = deque()
        self._timer = QTimer(self, singleShot=True, timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self.advance)
        holder.changed.connect(self._follow)

    # -- what it is ---------------------------------------------------------------------------------

    @property
    def position(self) -> int:
        """The frame on show, from 0."""
        return self.strip.position

    @property
    def range(self) -> range:
        """The frames that are played: as set, or the clip the frame on show belongs to."""
        return self.strip.run if self._range is None else self._range

    @property
    def rate(self) -> float:
        """Frames per second, in the mean."""
        return self.strip.pace.rate if self._rate is None else self._rate

    @property
    def rate_origin(self) -> str:
        """Where the rate is from, in words."""
        return self.strip.pace.origin if self._rate is None else "set by hand"

    @property
    def measured_rate(self) -> float | None:
        """Frames per second as they were shown in the last second; None before there are two."""
        if len(self._shown_at) < 2:
            return None
        passed = self._shown_at[-1] - self._shown_at[0]
        return (len(self._shown_at) - 1) / passed if passed > 0 else None

    # -- what it does -------------------------------------------------------------------------------

    def toggle(self) -> None:
        """Play, or pause."""
        if self.is_playing:
            self.pause()
        else:
            self.play()

    def play(self) -> None:
        """Play at once, from the frame on show; from the first where that is the last, or out of range."""
        if self.is_playing or len(self.range) < 2:
            return
        self._begun = self._begun or self.strip.holder.value
        self.is_playing = True
        ended = self.repeat is Repeat.ONCE and self.position == self.range[-1]
        if (ended or self.position not in self.range) and not self._show(self.range.start):
            self.pause()
            return
        self._thread()
        self.changed.emit()

    def pause(self) -> None:
        """Stay on the frame on show."""
        self._timer.stop()
        self._shown_at.clear()
        if self.is_playing:
            self.is_playing = self.is_waiting = False
            self.changed.emit()

    def stop(self) -> None:
        """Pause, and go back to where it began."""
        self.pause()
        begun, self._begun = self._begun, None
        if begun is not None:
            self.strip.show_again(begun)
            self.moved.emit()

    def first(self) -> None:
        """Pause on the first frame of the range."""
        self.go_to(self.range.start)

    def last(self) -> None:
        """Pause on the last frame of the range."""
        self.go_to(self.range.stop - 1)

    def step(self, frames: int) -> None:
        """Pause, and go so many frames on, no further than the range."""
        self.go_to(min(max(self.position + frames, self.range.start), self.range.stop - 1))

    def go_to(self, position: int) -> None:
        """Pause on a frame; there is nothing beyond the ends."""
        self.pause()
        self._begun = None
        self._show(position)

    def step_phase(self, phases: int) -> None:
        """Pause, and go so many phases on at the same place; at the ends it stays."""
        self.go_to_phase(min(max(self.strip.phase + phases, 0), len(self.strip.phases) - 1))

    def go_to_phase(self, phase: int) -> None:
        """Pause on a phase at the same place, whatever is played."""
        self.pause()
        self._begun = None
        self.strip.show_phase(phase)
        self.moved.emit()

    def set_axis(self, axis: Axis) -> None:
        """Play slices, or phases where there are some; of a reconstructed plane phases only."""
        if axis is not self.strip.axis and axis in self.strip.axes:
            self.pause()
            self.strip.axis = axis
            self._range, self._rate, self._begun = None, None, None
            self.changed.emit()

    def set_rate(self, rate: float | None) -> None:
        """Frames per second, held to 1..120; None for the file's own."""
        self._rate = None if rate is None else min(max(rate, SLOWEST), FASTEST)
        self._play_on()

    def set_repeat(self, repeat: Repeat) -> None:
        """What happens at the end of the range."""
        self.repeat = repeat
        self._play_on()

    def set_range(self, first: int, last: int) -> None:
        """Play from `first` to `last`, both included and held to what there is."""
        first, last = max(min(first, last), 0), min(max(first, last), self.strip.count - 1)
        chosen = range(first, last + 1)
        self._range = None if chosen == self.strip.run else chosen
        self._play_on()

    def advance(self) -> None:
        """Show the frame that is due now; the timer calls it."""
        if not self.is_playing:
            return
        now = self._clock()
        if self.is_waiting and not self._arrived_at(now):
            self._timer.start(_POLL_MS)
            return
        steps, spent = self._reel.due(self._place, now - self._since)
        steps, spent = self._not_past_missing(steps, spent)
        self._since = now - spent
        if steps:
            self._place = (self._place + steps) % len(self._reel.path)
            if not self._show(self._reel.path[self._place]):
                self.pause()
                return
            self._measure(now)
        self._go_on(spent)

    # -- how it does it -----------------------------------------------------------------------------

    def _arrived_at(self, now: float) -> bool:
        """Whether the frame that is waited for is there; it then stays as long as any."""
        if not self.strip.has(self._reel.path[self._place]):
            return False
        self.is_waiting, self._since = False, now
        self._measure(now)
        self.changed.emit()
        return True

    def _not_past_missing(self, steps: int, spent: float) -> tuple[int, float]:
        """No further than the first frame that has not arrived."""
        for step in range(1, steps + 1):
            if not self.strip.has(self._reel.path[(self._place + step) % len(self._reel.path)]):
                return step, 0.0
        return steps, spent

    def _go_on(self, spent: float) -> None:
        """Wake up when the next frame is due, or sooner to see whether this one has arrived."""
        stays = self._reel.seconds[self._place]
        if not self.strip.has(self._reel.path[self._place]):
            self._wait()
        elif not self._reel.is_endless and self._place == len(self._reel.path) - 1 and spent >= stays:
            self.pause()
        else:
            left = self._since + stays - self._clock()
            self._timer.start(max(math.ceil(left * 1000), 0))

    def _wait(self) -> None:
        self._shown_at.clear()
        self._timer.start(_POLL_MS)
        if not self.is_waiting:
            self.is_waiting = True
            self.changed.emit()

    def _thread(self) -> None:
        """Begin a round at the frame on show, which is due now."""
        frames, pace = self.range, self.strip.pace
        shares = dict(zip(self.strip.run, pace.shares, strict=False))
        self._reel = Reel.over(frames, self.repeat, self.rate, shares)
        self._place, self._since = self._reel.path.index(self.position), self._clock()
        self._shown_at.clear()
        self._measure(self._since)
        self._go_on(0.0)

    def _play_on(self) -> None:
        """After a change of rate, range or repeat: from the frame on show, or the first of the range."""
        if self.is_playing and (self.position in self.range or self._show(self.range.start)):
            self.is_waiting = False
            self._thread()
        self.changed.emit()

    def _measure(self, now: float) -> None:
        self._shown_at.append(now)
        while now - self._shown_at[0] > _MEASURED_OVER_S:
            self._shown_at.popleft()

    def _show(self, position: int) -> bool:
        shown = self.strip.show(position)
        self.moved.emit()
        return shown

    def _follow(self, before: View, after: View) -> None:
        """Another hand moved the slice, took another stack, or reconstructed it."""
        if self.strip.is_moving or _image(before) == _image(after):
            return
        self.pause()
        self._begun = None
        if not self.strip.follow():
            self._range, self._rate = None, None
            self.changed.emit()
        self.moved.emit()


def _image(view: View) -> tuple[str, int, bool]:
    return view.stack_key, view.index, view.cut is not None
