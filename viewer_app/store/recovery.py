"""A damaged store is set aside under a dated name, never changed, and the last good backup takes its place."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from viewer_app.store.backups import backup_folder, restore_newest
from viewer_app.store.boundary import boundary

_COMPANIONS = ("", "-wal", "-shm")


def is_missing(store: Path) -> bool:
    """True for no file, or an empty one, where a store should be."""
    return not store.exists() or (store.is_file() and store.stat().st_size == 0)


def recover_missing(store: Path, now: datetime) -> tuple[str, ...]:
    """Care for what an absent or empty store left behind: a stray log, backups. Returns what to tell."""
    companions = [part for part in _parts(store) if part.exists() and part.stat().st_size]
    if not companions and not any(backup_folder(store).glob("daily-*.sqlite")):
        return ()
    return replace_damaged(store, now, "was missing or empty")


def replace_damaged(store: Path, now: datetime, how: str = "was damaged") -> tuple[str, ...]:
    """Set the store aside and restore the newest good backup. Returns what to tell the reader."""
    aside = _set_aside(store, now)
    backup = restore_newest(store)
    kept = f" It was set aside as {aside.name}; nothing of it was changed." if aside else ""
    if backup is None:
        told = f"The store of measurements {how}, and there is no good backup: a new, empty one was begun."
    else:
        told = f"The store of measurements {how}; the backup {backup.name} was restored. Later work is not in it."
    return (told + kept,)


def _parts(store: Path) -> list[Path]:
    return [store.with_name(store.name + ending) for ending in _COMPANIONS]


def _set_aside(store: Path, now: datetime) -> Path | None:
    """Rename the store and its logs; the new name, or None if there was nothing."""
    stamp = now.astimezone(UTC).strftime("%Y%m%d-%H%M%S")
    number = 0
    name = f"{store.name}.damaged-{stamp}"
    while any(part.exists() for part in _parts(store.with_name(name))):
        number += 1
        name = f"{store.name}.damaged-{stamp}-{number}"
    aside = store.with_name(name)
    moved = False
    with boundary():
        for part, target in zip(_parts(store), _parts(aside), strict=True):
            if part.exists():
                moved |= part.stat().st_size > 0
                part.rename(target)
    return aside if moved else None
