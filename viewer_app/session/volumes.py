"""The volumes of an opened study: as many as its budget of memory allows, the one on show always."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Set
from pathlib import Path

from viewer_app.errors import UnsupportedPixels
from viewer_app.folders import cache_folder
from viewer_app.imaging.memory import physical_bytes
from viewer_app.imaging.stacks import Stack
from viewer_app.imaging.volume import Volume, volume_bytes

_WHERE_UNKNOWN = 8_000_000_000


def default_budget_bytes() -> int:
    """Half of the memory."""
    return (physical_bytes() or _WHERE_UNKNOWN) // 2


def _untold(text: str) -> None:
    """Nobody reads it."""


class Volumes:
    """Volumes by stack key.

    Beyond `budget_bytes` (half of the memory) those shown longest ago are dropped. A volume
    that alone, or with those on show, is beyond it is mapped to a file of `folder`. `tell` gets a
    sentence for the user about either.
    """

    def __init__(
        self, budget_bytes: int | None = None, tell: Callable[[str], None] = _untold, folder: Path | None = None
    ) -> None:
        self.budget_bytes = budget_bytes or default_budget_bytes()
        self._tell = tell
        self._folder = folder or cache_folder() / "volumes"
        self._volumes: dict[str, Volume] = {}

    @property
    def size_bytes(self) -> int:
        """Memory held by all volumes, those on the disk included."""
        return sum(volume.stored_values.nbytes for volume in self._volumes.values())

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

    def fit(self, stacks: Iterable[Stack]) -> bool:
        """Whether the volumes of all of them lie within the budget together."""
        try:
            return sum(map(volume_bytes, stacks)) <= self.budget_bytes
        except UnsupportedPixels:
            return False

    def clear(self) -> None:
        """Let go of all."""
        self._volumes.clear()

    def _made(self, stack: Stack, keep: Set[str]) -> Volume:
        size = volume_bytes(stack)
        kept = sum(
            volume.stored_values.nbytes for key, volume in self._volumes.items() if key in keep and not volume.is_mapped
        )
        is_mapped = size + kept > self.budget_bytes
        volume = Volume(stack, self._folder if is_mapped else None)
        room = 0 if is_mapped else self.budget_bytes - size
        dropped = []
        alike = [other for other in self._volumes.values() if other.is_mapped == is_mapped]
        held = sum(other.stored_values.nbytes for other in alike)
        for old in alike:
            if held > room and old.stack.key not in keep:
                del self._volumes[old.stack.key]
                held -= old.stored_values.nbytes
                dropped.append(old.stack)
        self._tell_about(stack, dropped, is_mapped=is_mapped)
        return volume

    def _tell_about(self, stack: Stack, dropped: list[Stack], *, is_mapped: bool) -> None:
        if is_mapped:
            self._tell(
                f"{_name(stack)} is larger than the memory left for images. It is kept on the disk and may"
                " scroll slower; “Memory for images” sets more aside."
            )
        # Nobody who plays the phases of a series wants to hear of each that goes.
        dropped = [old for old in dropped if old.info.series_uid != stack.info.series_uid]
        if dropped:
            names = ", ".join(dict.fromkeys(_name(old) for old in dropped))
            self._tell(f"Let go to make room: {names}. It is read again when shown.")


def _name(stack: Stack) -> str:
    return stack.info.description or stack.info.modality or "A series"
