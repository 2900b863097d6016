"""The one place where SQLite's, peewee's and the system's errors become errors a person can read."""

from __future__ import annotations

import errno
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

import peewee

from viewer_app.errors import StoreBusy, StoreConflict, StoreDamaged, StoreError, StoreReadOnly

_KEEP = "What is on the screen stays there, but it is not saved."
_READ_ONLY = StoreReadOnly, "The store of measurements cannot be written.", f"{_KEEP} Check the rights of its folder."
_FULL = StoreReadOnly, "The disk is full; nothing can be saved.", f"{_KEEP} Free some space, then save again."
_BUSY = StoreBusy, "Another program holds the store of measurements.", "Nothing was saved. Try again in a moment."
_DAMAGED = StoreDamaged, "The store of measurements is damaged.", "Restart Caliper: it repairs the store from a backup."
_DISK = StoreError, "The disk failed while the store was used.", f"{_KEEP} Check the disk, then try again."
_RULE = StoreConflict, "The store already holds another row of that identity.", "Reload the study, then try again."
_NO_STUDY = StoreConflict, "The study is not in the store.", "Open the study again, then try again."
_OTHER = StoreError, "The store of measurements did not answer as it should.", f"{_KEEP} Restart Caliper and try again."

_Words = tuple[type[StoreError], str, str]

# SQLite's result codes; a primary one stands for all its extended codes that are not listed.
_BY_SQLITE_CODE: dict[int, _Words] = {
    sqlite3.SQLITE_PERM: _READ_ONLY,
    sqlite3.SQLITE_READONLY: _READ_ONLY,
    sqlite3.SQLITE_CANTOPEN: _READ_ONLY,
    sqlite3.SQLITE_AUTH: _READ_ONLY,
    sqlite3.SQLITE_FULL: _FULL,
    sqlite3.SQLITE_BUSY: _BUSY,
    sqlite3.SQLITE_LOCKED: _BUSY,
    sqlite3.SQLITE_CORRUPT: _DAMAGED,
    sqlite3.SQLITE_NOTADB: _DAMAGED,
    sqlite3.SQLITE_IOERR: _DISK,
    sqlite3.SQLITE_CONSTRAINT: _RULE,
    sqlite3.SQLITE_CONSTRAINT_FOREIGNKEY: _NO_STUDY,
}
_BY_ERRNO: dict[int, _Words] = {
    errno.EACCES: _READ_ONLY,
    errno.EPERM: _READ_ONLY,
    errno.EROFS: _READ_ONLY,
    errno.ENOSPC: _FULL,
    errno.EDQUOT: _FULL,
    errno.EIO: _DISK,
}
_FOREIGN = (peewee.PeeweeException, sqlite3.Error, OSError, OverflowError, UnicodeError)


@contextmanager
def boundary() -> Iterator[None]:
    """Turn every foreign error raised inside into one of the StoreError family."""
    try:
        yield
    except _FOREIGN as error:
        raise translate(error) from error


def translate(error: BaseException) -> StoreError:
    """The StoreError that says what `error` means.

    A failed commit makes peewee roll back, and the error of the rollback hides
    the true one; so the innermost cause that is known speaks.
    """
    words = _OTHER
    for cause in _causes(error):
        words = _words(cause) or words
    kind, what, advice = words
    detail = f" ({error})" if words is _OTHER else ""
    return kind(what + detail, advice)


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def _words(error: BaseException) -> _Words | None:
    if isinstance(error, sqlite3.Error):
        code = getattr(error, "sqlite_errorcode", 0)
        return _BY_SQLITE_CODE.get(code) or _BY_SQLITE_CODE.get(code & 0xFF)
    if isinstance(error, UnicodeDecodeError):  # of a name in the schema; texts in rows are decoded leniently
        return _DAMAGED
    if isinstance(error, OSError):
        return _BY_ERRNO.get(error.errno or 0)
    return None


_Result = TypeVar("_Result")
_ATTEMPTS = 3
_PAUSE_SECONDS = 0.05


def retrying(work: Callable[[], _Result]) -> _Result:
    """Do `work`, which does all or nothing, up to three times while another program holds the store."""
    for _ in range(_ATTEMPTS - 1):
        try:
            return work()
        except StoreBusy:
            time.sleep(_PAUSE_SECONDS)
    return work()
