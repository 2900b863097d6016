"""What a cine plays: the slices of the stack on show, or its phases at one place in the patient."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from enum import Enum
from typing import Protocol

from PySide6.QtCore import SignalInstance

from viewer_app.imaging.headers import Window
from viewer_app.imaging.stacks import Stack
from viewer_app.session.pace import Pace, pace_of, run_of
from viewer_app.session.phases import at_phase, is_in_time, phases
from viewer_app.session.view import View


class Holder(Protocol):
    """What owns the view that is played; `ViewHolder` is one.

    `set`, or who follows `changed`, must also fetch what the view needs: frames are shown before they have arrived.
    """

    @property
    def value(self) -> View:
        """The view as it is."""

    @property
    def changed(self) -> SignalInstance:
        """The view before and after."""

    def set(self, view: View) -> None:
        """Show `view` from now on."""


class Axis(Enum):
    """What is played."""

    SLICES = "slices"
    PHASES = "phases"


class Strip:
    """Frames from 0 to `count` - 1 along an axis of what `holder` shows.

    `stacks` tells all stacks there are, `arrived(stack key, index)` whether a slice is there or known
    to be missing, `window` the one in force, which goes along through time. `phases` are the parts
    that show the same places as the stack on show; it alone where there are none.
    """

    def __init__(
        self,
        holder: Holder,
        stacks: Callable[[], Sequence[Stack]],
        arrived: Callable[[str, int], bool],
        window: Callable[[], Window | None],
    ) -> None:
        self.holder = holder
        self.stack: Stack | None = None
        self.phases: tuple[Stack, ...] = ()
        self.axis = Axis.SLICES
        self.is_moving = False
        self._is_cut = False
        self._stacks, self._arrived, self._window = stacks, arrived, window
        self.take()

    def take(self) -> None:
        """Look again at what the holder shows; phases are what is played where only time tells the parts apart."""
        stacks, key = self._stacks(), self.holder.value.stack_key
        self.stack = next((stack for stack in stacks if stack.key == key), None)
        self._is_cut = self.holder.value.cut is not None
        self.phases = phases(stacks, self.stack) if self.stack is not None else ()
        self.axis = Axis.PHASES if self._begins_with_phases() else Axis.SLICES

    def follow(self) -> bool:
        """After another hand moved the view; False where it is no phase of what was shown, and all begins anew."""
        key = self.holder.value.stack_key
        known = next((stack for stack in self.phases if stack.key == key), None)
        if known is None or self._is_cut != (self.holder.value.cut is not None):
            self.take()
            return False
        self.stack = known
        return True

    @property
    def axes(self) -> tuple[Axis, ...]:
        """What may be played: a reconstructed plane along phases only."""
        if self._is_cut:
            return (Axis.PHASES,)
        return tuple(Axis) if len(self.phases) > 1 else (Axis.SLICES,)

    @property
    def phase(self) -> int:
        """The place of the stack on show among `phases`."""
        return next((place for place, stack in enumerate(self.phases) if stack is self.stack), 0)

    @property
    def count(self) -> int:
        """How many frames there are."""
        if self.axis is Axis.PHASES:
            return len(self.phases)
        return len(self.stack.images) if self.stack is not None else 0

    @property
    def position(self) -> int:
        """The frame on show."""
        return self.phase if self.axis is Axis.PHASES else self.holder.value.index

    @property
    def run(self) -> range:
        """The frames that belong together with the one on show: all, or those of its clip."""
        if self.axis is Axis.PHASES or self.stack is None:
            return range(self.count)
        return run_of(self.stack.images, self.holder.value.index)

    @property
    def pace(self) -> Pace:
        """How fast the file wants the run to be played."""
        if self.axis is Axis.PHASES or self.stack is None:
            return Pace()
        return pace_of(self.stack.images[self.run.start : self.run.stop])

    def has(self, position: int) -> bool:
        """Whether a frame has arrived, or is known to be missing."""
        view = self._view_at(position)
        return view is not None and self._arrived(view.stack_key, view.index)

    def show(self, position: int) -> bool:
        """Show a frame; False where it could not be shown."""
        return self._set(self._view_at(position))

    def show_phase(self, phase: int) -> bool:
        """Show another phase at the same place, whatever the axis; False where it could not be shown."""
        return self._set(self._view_in(phase))

    def show_again(self, view: View) -> bool:
        """Show the slice `view` showed, in its window; the rest stays as it is now."""
        now = self.holder.value
        return self._set(replace(now, stack_key=view.stack_key, index=view.index, window=view.window))

    def _begins_with_phases(self) -> bool:
        if self._is_cut or self.stack is None or len(self.phases) < 2:
            return self._is_cut
        return is_in_time(self.stack) or len(self.stack.images) == 1

    def _view_at(self, position: int) -> View | None:
        if not 0 <= position < self.count:
            return None
        if self.axis is Axis.PHASES:
            return self._view_in(position)
        return replace(self.holder.value, index=position)

    def _view_in(self, phase: int) -> View | None:
        if self.stack is None or not 0 <= phase < len(self.phases):
            return None
        return at_phase(self.holder.value, self.stack, self.phases[phase], self._window())

    def _set(self, view: View | None) -> bool:
        if view is None:
            return False
        with self._own_hand():
            self.holder.set(view)
        self.follow()
        now = self.holder.value
        return (now.stack_key, now.index) == (view.stack_key, view.index)

    @contextmanager
    def _own_hand(self) -> Iterator[None]:
        self.is_moving = True
        try:
            yield
        finally:
            self.is_moving = False
