"""Which rows stand where: found by words, in order, in groups. No Qt."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from weakref import WeakKeyDictionary

from viewer_app.measure.kinds import KINDS
from viewer_app.ui.panels.table.columns import BY_KEY, COLUMNS, TIME, drawn_at, natural
from viewer_app.ui.panels.table.rows import TableRow, kind_title, series_words

_TIME_MARK = "@"
_SAID: WeakKeyDictionary[TableRow, str] = WeakKeyDictionary()
_KINDS = {name: place for place, name in enumerate(KINDS)}


@dataclass(frozen=True, slots=True)
class Arrangement:
    """`words` that a row must hold, each in any column; the column it is ordered by; `by` which it is grouped."""

    words: str = ""
    column: str = TIME
    descending: bool = False
    by: str = ""


@dataclass(frozen=True, slots=True)
class Grouping:
    """What rows can be put together by: a title for people, and of a row its place among groups and its group."""

    title: str
    group: Callable[[TableRow], tuple[Any, str]]


@dataclass(frozen=True, slots=True)
class Group:
    """Rows that belong together; `title` is "" where all of them do."""

    title: str
    rows: tuple[TableRow, ...]


def arranged(rows: Iterable[TableRow], how: Arrangement) -> tuple[Group, ...]:
    """Groups of those of `rows` that are found, in order. One group without a title unless they are grouped."""
    found = ordered(matching(rows, how.words), how)
    if how.by not in GROUPINGS:
        return (Group("", tuple(found)),)
    groups: dict[tuple[Any, str], list[TableRow]] = {}
    for row in found:
        groups.setdefault(GROUPINGS[how.by].group(row), []).append(row)
    return tuple(Group(key[1], tuple(groups[key])) for key in sorted(groups))


def matching(rows: Iterable[TableRow], words: str) -> list[TableRow]:
    """The rows that hold every word, in whatever column, large letters or small.

    A number is found where one begins with it, so that "2" is not found in 12; a day or
    time of drawing by words like "2026-01" and "09:".
    """
    wanted = [_sought(word) for word in words.casefold().split()]
    return [row for row in rows if all(word in _haystack(row) for word in wanted)] if wanted else list(rows)


def ordered(rows: Sequence[TableRow], how: Arrangement) -> list[TableRow]:
    """By a column; among equals, and before all where it has nothing, as they were drawn."""
    column = BY_KEY.get(how.column, BY_KEY[TIME])
    keys = [column.order(row) for row in rows]
    told = sorted(
        (place for place, key in enumerate(keys) if key is not None),
        key=lambda place: keys[place] or (),
        reverse=how.descending,
    )
    return [rows[place] for place in (*told, *(place for place, key in enumerate(keys) if key is None))]


def _sought(word: str) -> str:
    mark = _TIME_MARK if "-" in word[1:] or ":" in word else " "
    return mark + word if word[0].isdecimal() else word


def _haystack(row: TableRow) -> str:
    """All that the columns say of a row, made once; days and times behind a mark of their own."""
    if row not in _SAID:
        words = " ".join(column.text(row) for column in COLUMNS if column.is_sought).split()
        times = (_TIME_MARK + part for part in drawn_at(row).split())
        _SAID[row] = " ".join(("", *words, *times)).casefold()
    return _SAID[row]


def _by_label(row: TableRow) -> tuple[Any, str]:
    return (not row.label, natural(row.label) or ()), row.label or "No label"


def _by_series(row: TableRow) -> tuple[Any, str]:
    words = " · ".join(part for part in (series_words(row.record, row.free) or "No series", row.study) if part)
    return (row.prior, row.order_of_series), words


def _by_kind(row: TableRow) -> tuple[Any, str]:
    name = row.record.measurement.kind
    return (_KINDS.get(name, len(_KINDS)), name), kind_title(row.record)


GROUPINGS: Mapping[str, Grouping] = {
    "label": Grouping("Label", _by_label),
    "series": Grouping("Series", _by_series),
    "kind": Grouping("Kind", _by_kind),
}
