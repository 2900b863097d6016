"""The volumes of an opened study: as many as its budget of memory allows, the one on show always."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Set
from pathlib import Path

from viewer_app.errors import UnsupportedPixels
from viewer_app.folders import cache_folder
from viewer_app.imaging.memory import physical_bytes
from viewer_app.imaging.mpr import Regridded, regridded_bytes
from viewer_app.imaging.stacks import Stack
from viewer_app.imaging.volume import Volume
from viewer_app.imaging.volume_memory import volume_bytes
from viewer_app.session.carrying import Carried

_WHERE_UNKNOWN = 8_000_000_000
_MEGABYTE = 1_000_000


def default_budget_bytes() -> int:
    """Half of the memory."""
    return (physical_bytes() or _WHERE_UNKNOWN) // 2


def _untold(text: str) -> None:
    """Nobody reads it."""


class Volumes:
    """Volumes by stack key.

    Beyond `budget_bytes` (half of the memory) those shown longest ago are dropped. A volume
    that alone, or with those on show, is beyond it is mapped to a file of `folder`. `tell` gets a
    sentence for the user about either. What was resampled from a volume goes with it.
    """

    def __init__(
        self, budget_bytes: int | None = None, tell: Callable[[str], None] = _untold, folder: Path | None = None
    ) -> None:
        self.budget_bytes = budget_bytes or default_budget_bytes()
        self._tell = tell
        self._folder = folder or cache_folder() / "volumes"
        self._volumes: dict[str, Volume] = {}
        self._regridded: dict[str, Regridded] = {}
        self.carried: Carried | None = None
        """What new volumes are filled with."""

    @property
    def size_bytes(self) -> int:
        """Memory held by all volumes and what was resampled, those on the disk included."""
        resampled = sum(made.values.nbytes for made in self._regridded.values())
        return resampled + sum(volume.stored_values.nbytes for volume in self._volumes.values())

    @property
    def held(self) -> tuple[Volume, ...]:
        """All volumes."""
        return tuple(self._volumes.values())

    def get(self, key: str) -> Volume | None:
        """The volume of a stack, if it is there."""
        return self._volumes.get(key)

    def show(self, stack: Stack, keep: Set[str] = frozenset()) -> Volume:
        """The volume of the stack that is shown from now on; UnsupportedPixels where there is no room for it.

        The stacks `keep` are on show too, and are not dropped for it.
        """
        volume = self._volumes.pop(stack.key, None) or self._made(stack, keep)
        self._volumes[stack.key] = volume
        return volume

    def regridded(self, key: str) -> Regridded | None:
        """The even slices of the volume of a stack as it is now; None where there are none."""
        volume, made = self._volumes.get(key), self._regridded.get(key)
        return made if volume is not None and made is not None and made.changes == volume.changes else None

    def keep_regridded(self, made: Regridded) -> None:
        """Keep the even slices of a volume that is held, for as long as it is."""
        if made.stack.key in self._volumes:
            self._regridded[made.stack.key] = made

    def make_room(self, stack: Stack, keep: Set[str] = frozenset()) -> None:
        """Let go of volumes until the even slices of `stack` fit; UnsupportedPixels where they cannot.

        The stacks `keep` are on show, and are not dropped for it.
        """
        self._regridded.pop(stack.key, None)
        size, keep = regridded_bytes(stack), keep | {stack.key}
        if size + sum(map(self._in_memory, keep)) > self.budget_bytes:
            raise UnsupportedPixels(
                f"{_name(stack)} needs {size / _MEGABYTE:.0f} MB to be resampled, more than is left for images.",
                "“Memory for images” sets more aside.",
            )
        self._tell_about(stack, self._let_go(self.budget_bytes - size, keep), is_mapped=False)

    def fit(self, stacks: Iterable[Stack]) -> bool:
        """Whether the volumes of all of them lie within the budget together."""
        try:
            return sum(map(volume_bytes, stacks)) <= self.budget_bytes
        except UnsupportedPixels:
            return False

    def clear(self) -> None:
        """Let go of all."""
        self._volumes.clear()
        self._regridded.clear()

    def _made(self, stack: Stack, keep: Set[str]) -> Volume:
        size = volume_bytes(stack)
        is_mapped = size + sum(map(self._in_memory, keep)) > self.budget_bytes
        volume = Volume(stack, self._folder if is_mapped else None)
        dropped = self._unmapped(keep) if is_mapped else self._let_go(self.budget_bytes - size, keep)
        self._tell_about(stack, dropped, is_mapped=is_mapped)
        if self.carried is not None:
            self.carried.fill(volume)
        return volume

    def _in_memory(self, key: str) -> int:
        """What the stack of that key takes of the memory, its even slices included."""
        volume, made = self._volumes.get(key), self._regridded.get(key)
        held = 0 if volume is None or volume.is_mapped else volume.stored_values.nbytes
        return held + (made.values.nbytes if made is not None else 0)

    def _let_go(self, room: int, keep: Set[str]) -> list[Stack]:
        """Drop what was shown longest ago until the rest fits into `room`; which it was."""
        held = sum(map(self._in_memory, self._volumes))
        dropped = []
        for key in [key for key in self._volumes if key not in keep and self._in_memory(key)]:
            if held > room:
                held -= self._in_memory(key)
                dropped.append(self._drop(key))
        return dropped

    def _unmapped(self, keep: Set[str]) -> list[Stack]:
        """Drop what lies on the disk; which it was."""
        mapped = [key for key, volume in self._volumes.items() if volume.is_mapped and key not in keep]
        return [self._drop(key) for key in mapped]

    def _drop(self, key: str) -> Stack:
        self._regridded.pop(key, None)
        return self._volumes.pop(key).stack

    def _tell_about(self, stack: Stack, dropped: list[Stack], *, is_mapped: bool) -> None:
        if is_mapped:
            self._tell(
                f"{_name(stack)} is larger than the memory left for images. It is kept on the disk and may"
                " scroll slower; “Memory for images” sets more aside."
            )
        # Nobody who plays the phases of a series wants to hear of each that goes.
        dropped = [old for old in dropped if old.series_key != stack.series_key]
        if dropped:
            names = ", ".join(dict.fromkeys(_name(old) for old in dropped))
            self._tell(f"Let go to make room: {names}. It is read again when shown.")


def _name(stack: Stack) -> str:
    return stack.info.description or stack.info.modality or "A series"
