"""The way to an open store: folder, lock, connection, check, migration, backup, and what to do when one fails."""

from __future__ import annotations

import contextlib
import os
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from peewee import SqliteDatabase

from viewer_app.errors import StoreDamaged, StoreError, StoreReadOnly
from viewer_app.store.backups import back_up_before_migration, back_up_daily
from viewer_app.store.boundary import boundary, retrying
from viewer_app.store.connection import (
    check_integrity,
    closing_on_error,
    connect_for_reading,
    connect_for_writing,
    connect_in_memory,
)
from viewer_app.store.lock import WindowLock
from viewer_app.store.migrations import STEPS, Steps, check_schema, migrate, schema_version
from viewer_app.store.recovery import is_missing, recover_missing, replace_damaged
from viewer_app.store.store import Store

FILE_NAME = "caliper.sqlite"
_NOT_SAVED = "Measurements can be made and shown, but they will not be saved. Check the folder's rights."


@dataclass(frozen=True, slots=True)
class _Opened:
    database: SqliteDatabase
    why_not_writable: str = ""
    notices: tuple[str, ...] = ()


def open_store(folder: Path) -> Store:
    """Open, or begin, the store in `folder`; the folder is made when absent.

    A store that cannot be written is opened for reading (`Store.writable` is
    False). A damaged one is set aside and the last good backup restored, told
    in `Store.notices`. Raises StoreReadOnly where there is no store and none can
    be begun (`open_store_in_memory` lets work go on unsaved), StoreTooNew, StoreBusy,
    StoreDamaged while another window uses the damaged file, or StoreError.
    """
    path = folder / FILE_NAME
    _make_folder(folder)
    lock = WindowLock(folder / f"{FILE_NAME}.lock")
    try:
        opened = _open(path, alone=not lock.taken_by_other())
        return Store(opened.database, lock, opened.why_not_writable, opened.notices)
    except BaseException:
        lock.release()
        raise


def open_store_in_memory() -> Store:
    """A store that forgets everything when it is closed; `Store.notices` says so."""
    database = connect_in_memory()
    with closing_on_error(database):
        migrate(database)
    return Store(database, None, "", ("Measurements are kept only until Caliper is closed: they are not saved.",))


def _open(path: Path, *, alone: bool) -> _Opened:
    notices: tuple[str, ...] = ()
    now = datetime.now(UTC)
    if alone and is_missing(path):
        notices = recover_missing(path, now)
    try:
        opened = _open_or_read(path, alone=alone)
    except StoreDamaged as damage:
        if not alone:
            raise StoreDamaged(damage.what, "Close the other windows of Caliper, then start it again.") from damage
        notices += replace_damaged(path, now)
        opened = _open_or_read(path, alone=alone)
    return _Opened(opened.database, opened.why_not_writable, notices + opened.notices)


def _open_or_read(path: Path, *, alone: bool) -> _Opened:
    try:
        return _open_for_writing(path, alone=alone)
    except StoreReadOnly as refusal:
        if is_missing(path):
            raise StoreReadOnly(refusal.what, _NOT_SAVED) from refusal
        return _read_only(path, refusal.what)


def _open_for_writing(path: Path, *, alone: bool, steps: Steps = STEPS) -> _Opened:
    _begin_file(path)
    if not is_missing(path):
        # Before anything is set that would change the file: is it ours, sound, and not too new?
        _open_for_reading(path, steps)[0].close()
    database = retrying(lambda: connect_for_writing(path))
    with closing_on_error(database):
        now = datetime.now(UTC)
        version = schema_version(database, steps)
        if version < len(steps):
            if version:
                back_up_before_migration(database, path, version, now)
            retrying(lambda: migrate(database, steps))
        return _Opened(database, notices=_back_up(database, path, now) if alone and version else ())


def _open_for_reading(path: Path, steps: Steps) -> tuple[SqliteDatabase, int]:
    """A sound store of a known version, and that version."""
    database = retrying(lambda: connect_for_reading(path))
    with closing_on_error(database):
        version = schema_version(database, steps)
        check_schema(database, version, steps)
        check_integrity(database)
    return database, version


def _read_only(path: Path, why: str, steps: Steps = STEPS) -> _Opened:
    database, version = _open_for_reading(path, steps)
    if version < len(steps):
        database.close()
        raise StoreReadOnly("The store cannot be brought up to date, because it cannot be written.", _NOT_SAVED)
    return _Opened(database, why)


def _begin_file(path: Path) -> None:
    # Only ever created, never opened here: closing it would drop the locks of
    # a connection this process already has on it (POSIX locks).
    with boundary(), contextlib.suppress(FileExistsError):
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))


def _back_up(database: SqliteDatabase, path: Path, now: datetime) -> tuple[str, ...]:
    try:
        back_up_daily(database, path, now)
    except (StoreError, OSError) as error:
        return (f"The daily backup of the measurements could not be made: {error}",)
    return ()


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        what = f"The folder of the store cannot be made ({error.strerror})."
        raise StoreReadOnly(what, _NOT_SAVED) from error
