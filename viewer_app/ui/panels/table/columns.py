"""The table of columns: what each shows, by what it is ordered, what of it is copied. One line for each. No Qt."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from viewer_app.measure.quantity import Dimension, Value
from viewer_app.ui.panels.table.rows import (
    TableRow,
    digits,
    image_words,
    kind_title,
    number_text,
    series_words,
    uncertainty_text,
    unit_text,
    value_text,
)

Order = tuple[Any, ...]
"""Rows are ordered by these; two of the same column can be compared."""
Copied = tuple[str, Callable[[TableRow], str]]
_DIMENSIONS = {dimension: place for place, dimension in enumerate(Dimension)}
_DIGITS = re.compile(r"(\d{1,18})")
_PLUS_MINUS = "\N{PLUS-MINUS SIGN}"


@dataclass(frozen=True, slots=True)
class Column:
    """A column. `order` is None for a row that has nothing there; such rows come last.

    `copied` are the columns it makes in a copied table; () for one, of its text. Words that are looked for are found in
    it if it `is_sought`.
    """

    key: str
    title: str
    text: Callable[[TableRow], str]
    order: Callable[[TableRow], Order | None]
    copied: tuple[Copied, ...] = ()
    is_numeric: bool = False
    at_first: bool = True
    is_sought: bool = True

    @property
    def in_copies(self) -> tuple[Copied, ...]:
        """Titles and texts in a copied table."""
        return self.copied or ((self.title, self.text),)


def natural(text: str) -> Order | None:
    """So that "Target 2" comes before "Target 10"; None for ""."""
    parts = _DIGITS.split(text.casefold())
    return tuple((0, int(part), "") if part.isdecimal() else (1, 0, part) for part in parts) if text else None


def order_of(value: Value | None) -> Order | None:
    """By number; units are kept apart. None where there is no number."""
    if value is None or value.number is None:
        return None
    return _DIMENSIONS[value.dimension], value.unit, value.number


def _by_text(text: Callable[[TableRow], str]) -> Callable[[TableRow], Order | None]:
    return lambda row: natural(text(row))


def _of(key: str) -> Callable[[TableRow], Value | None]:
    return lambda row: row.values.get(key)


_FURTHER = (
    ("minimum", "Minimum"),
    ("maximum", "Maximum"),
    ("median", "Median"),
    *((f"percentile_{share}", f"{share}th percentile") for share in (5, 25, 75, 95)),
)
_mean, _sd, _count = _of("mean"), _of("sd"), _of("count")


def _statistics(row: TableRow) -> str:
    """ "41 ± 12 HU"; the mean alone of a single pixel."""
    mean, sd = _mean(row), _sd(row)
    if mean is None or mean.number is None:
        return ""
    if sd is None or sd.number is None:
        return value_text(mean)
    return f"{digits(mean)} {_PLUS_MINUS} {value_text(sd)}"


def _main_text(row: TableRow) -> str:
    return value_text(row.main) if row.main is not None else ""


def _provenance(row: TableRow) -> str:
    return row.main.provenance if row.main is not None else ""


def _series(row: TableRow) -> str:
    return series_words(row.record, row.free)


def _author(row: TableRow) -> str:
    return row.free(row.record.measurement.author)


def drawn_at(row: TableRow) -> str:
    """ "2026-11-23 14:49", in the time of this place."""
    return f"{row.record.measurement.created_at.astimezone():%Y-%m-%d %H:%M}"


def _drawn(row: TableRow) -> str:
    """The same in few words, as the history has it: of today the time, else the day."""
    made = row.record.measurement.created_at.astimezone()
    return f"{made:%H:%M}" if made.date() == datetime.now().astimezone().date() else f"{made:%Y-%m-%d}"


def _image_order(row: TableRow) -> Order | None:
    index = row.record.place.slice_index
    return (*row.order_of_series, index, image_words(row.record))


def _told(value: Value | None) -> str:
    return "" if value is None or value.number is None else value_text(value)


def _statistic(key: str, title: str) -> Column:
    """One further number of the pixels or voxels inside."""
    found = _of(key)
    copied = (
        (title, lambda row: number_text(found(row))),
        (f"Unit of {title.lower()}", lambda row: unit_text(found(row))),
    )
    return Column(
        key,
        title,
        lambda row: _told(found(row)),
        lambda row: order_of(found(row)),
        copied,
        is_numeric=True,
        at_first=False,
        is_sought=False,
    )


LABEL, TIME = "label", "time"
COLUMNS: tuple[Column, ...] = (
    Column(LABEL, "Label", lambda row: row.label, lambda row: natural(row.label)),
    Column("kind", "Kind", lambda row: kind_title(row.record), lambda row: natural(kind_title(row.record))),
    Column(
        "value",
        "Value",
        _main_text,
        lambda row: order_of(row.main),
        (
            ("Value", lambda row: number_text(row.main)),
            ("Uncertainty", lambda row: uncertainty_text(row.main)),
            ("Unit", lambda row: unit_text(row.main)),
        ),
        is_numeric=True,
    ),
    Column(
        "statistics",
        f"Mean {_PLUS_MINUS} SD",
        _statistics,
        lambda row: order_of(_mean(row)),
        (
            ("Mean", lambda row: number_text(_mean(row))),
            ("SD", lambda row: number_text(_sd(row))),
            ("Unit of mean and SD", lambda row: unit_text(_mean(row))),
        ),
        is_numeric=True,
    ),
    Column("count", "n", lambda row: number_text(_count(row)), lambda row: order_of(_count(row)), is_numeric=True),
    Column("image", "Image", lambda row: image_words(row.record), _image_order),
    Column("series", "Series", _series, lambda row: row.order_of_series),
    Column("unit_from", "Unit from", _provenance, _by_text(_provenance), at_first=False),
    Column("author", "Author", _author, _by_text(_author)),
    Column(
        TIME,
        "Drawn",
        _drawn,
        lambda row: (row.record.measurement.created_at,),
        (("Drawn", drawn_at),),
        is_sought=False,
    ),
    Column("study", "Study", lambda row: row.study, lambda row: natural(row.study), at_first=False),
    Column("note", "Note", lambda row: row.note, lambda row: natural(row.note), at_first=False),
    *(_statistic(*one) for one in _FURTHER),
)
BY_KEY = {column.key: column for column in COLUMNS}
