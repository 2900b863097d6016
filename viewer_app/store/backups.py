"""Copies of the store made by SQLite's backup API, kept in a folder beside it."""

from __future__ import annotations

import contextlib
import os
import shutil
import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from peewee import SqliteDatabase

from viewer_app.errors import StoreBusy, StoreError
from viewer_app.store.boundary import boundary
from viewer_app.store.connection import check_integrity, connect_for_reading
from viewer_app.store.migrations import check_schema, schema_version
from viewer_app.store.query import driver

KEEP = 3
_EVERY = timedelta(days=1)
_STAMP = "%Y%m%d-%H%M%S"
_PREFIX = "daily-"


def backup_folder(store: Path) -> Path:
    """Where the backups of the store at `store` lie."""
    return store.parent / "backups"


def backups(store: Path) -> list[Path]:
    """The daily backups, newest first."""
    return sorted(backup_folder(store).glob(f"{_PREFIX}*.sqlite"), reverse=True)


def back_up_daily(database: SqliteDatabase, store: Path, now: datetime) -> None:
    """Back up unless the last backup is less than a day old, and keep the newest three."""
    made = [time for time in map(_made_at, backups(store)) if time is not None]
    if any(timedelta() <= now - time < _EVERY for time in made):
        return
    fresh = backup_folder(store) / f"{_PREFIX}{now.astimezone(UTC).strftime(_STAMP)}.sqlite"
    back_up(database, fresh)
    # The fresh one stays even if a clock once went wrong and older names look newer.
    for old in [path for path in backups(store) if path != fresh][KEEP - 1 :]:
        old.unlink()


def back_up_before_migration(database: SqliteDatabase, store: Path, version: int, now: datetime) -> None:
    """A backup that is never rotated away."""
    name = f"before-migration-from-{version}-{now.astimezone(UTC).strftime(_STAMP)}.sqlite"
    back_up(database, backup_folder(store) / name)


def back_up(database: SqliteDatabase, target: Path) -> None:
    """Copy the open store to `target`, check the copy, and only then give it its name."""
    with boundary():
        target.parent.mkdir(mode=0o700, exist_ok=True)
        unfinished = target.with_suffix(".part")
        _begin_private(unfinished)
        with contextlib.closing(sqlite3.connect(unfinished, isolation_level=None)) as copy:
            driver(database).backup(copy, progress=_give_up_when_busy)
            copy.execute("PRAGMA journal_mode = delete")
        _prove(unfinished)
        unfinished.replace(target)


def restore_newest(store: Path) -> Path | None:
    """Put the newest good backup in the place of the store, where no file may be; None if there is none."""
    for candidate in good_backups(store):
        unfinished = store.with_suffix(".part")
        with boundary(), candidate.open("rb") as source:
            _begin_private(unfinished)
            with unfinished.open("wb") as target:
                shutil.copyfileobj(source, target)
                target.flush()
                os.fsync(target.fileno())
            unfinished.rename(store)
        return candidate
    return None


def good_backups(store: Path) -> Iterator[Path]:
    """The daily backups that open and are in order, newest first."""
    for candidate in backups(store):
        with contextlib.suppress(StoreError):
            _prove(candidate)
            yield candidate


def _give_up_when_busy(status: int, remaining: int, total: int) -> None:
    # The driver would try again for ever.
    if status in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        raise StoreBusy("Another program holds the store of measurements.", "The backup is made next time.")


def _begin_private(path: Path) -> None:
    path.unlink(missing_ok=True)
    os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))


def _prove(path: Path) -> None:
    database = connect_for_reading(path)
    try:
        check_schema(database, schema_version(database))
        check_integrity(database)
    finally:
        database.close()


def _made_at(path: Path) -> datetime | None:
    try:
        return datetime.strptime(path.stem.removeprefix(_PREFIX), _STAMP).replace(tzinfo=UTC)
    except ValueError:
        return None
