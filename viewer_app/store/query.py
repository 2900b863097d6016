"""Typed ways through peewee to SQLite: rows as they lie, statements, the driver's connection."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from typing import Any

from peewee import BaseQuery, SqliteDatabase


def rows(database: SqliteDatabase, query: BaseQuery) -> list[dict[str, Any]]:
    """The rows of a select by column name, without any conversion that one garbled column could make fail."""
    execute: Callable[[BaseQuery], sqlite3.Cursor] = database.execute
    return _by_name(execute(query))


def statement(database: SqliteDatabase, text: str, values: Sequence[object]) -> list[dict[str, Any]]:
    """Run one statement with values for its question marks, and the rows it gives, as in `rows`.

    Many times faster than a query that peewee puts into words anew for each row.
    """
    execute: Callable[[str, Sequence[object]], sqlite3.Cursor] = database.execute_sql
    return _by_name(execute(text, values))


def _by_name(cursor: sqlite3.Cursor) -> list[dict[str, Any]]:
    names = [column[0] for column in cursor.description or ()]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def sql(database: SqliteDatabase, statement: str) -> list[tuple[Any, ...]]:
    """Run one fixed statement; its rows."""
    execute: Callable[[str], sqlite3.Cursor] = database.execute_sql
    return execute(statement).fetchall()


def driver(database: SqliteDatabase) -> sqlite3.Connection:
    """The connection under peewee, for what peewee has no words for."""
    connection: Callable[[], sqlite3.Connection] = database.connection
    return connection()
