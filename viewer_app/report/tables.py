"""The neutral table that every tabular writer shares: titled columns and typed cells."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date, datetime

from viewer_app.measure.calibrate import SCALED
from viewer_app.measure.present import decimals
from viewer_app.measure.quantity import Value


@dataclass(frozen=True, slots=True)
class Number:
    """A float64, never rounded; None where there is none to tell.

    `decimals` is how many a reader is shown; None for three digits and a power of ten.
    """

    value: float | None
    decimals: int | None

    @property
    def known(self) -> float | None:
        """The value if it is a finite number."""
        return self.value if self.value is not None and math.isfinite(self.value) else None


# Text, a number with decimals, an integer, an aware UTC datetime, a date; None where the column does not apply.
Cell = str | Number | int | datetime | date | None


@dataclass(frozen=True, slots=True)
class Column:
    """A title, unique in its table, and a width in characters."""

    title: str
    width: int = 12


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of cells, each row as long as `columns`."""

    name: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]


def number(value: Value) -> Number:
    """The cell of a measured value, with the decimals of the screen."""
    return Number(value.number, decimals(value))


def uncertainty(value: Value) -> Cell:
    """The cell of an uncertainty; "unknown" for a length, area, volume or angle that none is claimed for."""
    if value.number is None or value.dimension not in SCALED:
        return None
    if value.uncertainty is None:
        return "unknown"
    return Number(value.uncertainty, max(decimals(value) or 0, 1))


def unique_columns(columns: list[Column]) -> tuple[Column, ...]:
    """The columns with " (2)", " (3)" ... after a title that came before."""
    taken: set[str] = set()
    result = []
    for column in columns:
        title, count = column.title, 1
        while title in taken:
            count += 1
            title = f"{column.title} ({count})"
        taken.add(title)
        result.append(Column(title, column.width))
    return tuple(result)
