"""Opening the SQLite file with the settings that keep an acknowledged measurement, and proving them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from peewee import SqliteDatabase

from viewer_app.errors import StoreDamaged, StoreError, StoreReadOnly
from viewer_app.store.boundary import boundary
from viewer_app.store.query import driver, sql

BUSY_SECONDS = 0.25

# FULL makes a commit durable in WAL mode: NORMAL loses the last ones at a power cut.
_DURABLE: dict[str, object] = {"journal_mode": "wal", "synchronous": 2, "fullfsync": 1}
# Changed pages beyond the cache are written to the log before the commit, and read again: a step of 10,000 fits.
_CACHE_KIB = 32_768
_ALWAYS: dict[str, object] = {
    "foreign_keys": 1,
    "trusted_schema": 0,
    "secure_delete": 1,
    "cache_size": -_CACHE_KIB,
}
_MEMORY: dict[str, object] = {"journal_mode": "memory"}


def connect_for_writing(path: Path) -> SqliteDatabase:
    """A connection that has proved that it can write; StoreReadOnly, StoreBusy or StoreDamaged otherwise."""
    database = _connect(str(path), _DURABLE | _ALWAYS)
    with closing_on_error(database), boundary():
        # A plain BEGIN IMMEDIATE succeeds on a read-only file; only a write tells.
        sql(database, "BEGIN IMMEDIATE")
        sql(database, f"PRAGMA user_version = {int(database.pragma('user_version'))}")
        sql(database, "ROLLBACK")
    return database


def connect_for_reading(path: Path) -> SqliteDatabase:
    """A connection to a file that cannot be written; StoreReadOnly where even reading it is denied.

    A WAL store in a folder where nothing may be created is read as it lies on
    the disk, unless a log beside it holds commits that would then be missed.
    """
    address = path.absolute().as_uri() + "?mode=ro"
    try:
        return _connect(address, _ALWAYS, uri=True)
    except StoreReadOnly:
        log = path.with_name(path.name + "-wal")
        if log.exists() and log.stat().st_size:
            raise
        return _connect(address + "&immutable=1", _ALWAYS, uri=True)


def connect_in_memory() -> SqliteDatabase:
    """A store that ends with the program."""
    return _connect(":memory:", _MEMORY | _ALWAYS)


@contextmanager
def closing_on_error(database: SqliteDatabase) -> Iterator[None]:
    """Close the database when the block fails."""
    try:
        yield
    except BaseException:
        database.close()
        raise


def _connect(address: str, settings: dict[str, object], **options: Any) -> SqliteDatabase:
    database = SqliteDatabase(
        address,
        pragmas=settings,
        timeout=BUSY_SECONDS,
        thread_safe=False,  # one connection, handed from thread to thread
        check_same_thread=False,
        autoconnect=False,
        **options,
    )
    with boundary():
        database.connect()
    with closing_on_error(database), boundary():
        # A flipped bit in one text must not hide the other rows.
        driver(database).text_factory = lambda raw: raw.decode("utf-8", "replace")
        for name, wanted in settings.items():
            found = database.pragma(name)
            if found != wanted:
                raise StoreError(
                    f"The store's folder does not allow safe storage ({name} is {found}).",
                    "Choose a folder on a local disk for Caliper's data.",
                )
        sql(database, "SELECT count(*) FROM sqlite_master")
    return database


def check_integrity(database: SqliteDatabase) -> None:
    """StoreDamaged unless SQLite finds every page and index in order. Reads the whole file."""
    with boundary():
        answer = sql(database, "PRAGMA integrity_check(1)")[0][0]
    if answer != "ok":
        raise StoreDamaged("The store of measurements is damaged.", f"SQLite says: {answer}")
