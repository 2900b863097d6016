"""The neutral table that every tabular writer shares: titled columns and typed cells."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date, datetime

from viewer_app.measure.quantity import Dimension, Value

_DECIMALS = {
    Dimension.LENGTH: 1,
    Dimension.AREA: 1,
    Dimension.VOLUME: 1,
    Dimension.ANGLE: 1,
    Dimension.COUNT: 0,
    Dimension.PIXEL_VALUE: 2,
}
_HU_DECIMALS = 0


@dataclass(frozen=True, slots=True)
class Number:
    """A float64, never rounded; `decimals` is how many a reader is shown. None: there is none to tell."""

    value: float | None
    decimals: int

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
    """The cell of a measured value: mm, px and deg show one decimal, HU and counts none, other pixel values two."""
    is_hu = value.dimension is Dimension.PIXEL_VALUE and value.unit == "HU"
    return Number(value.number, _HU_DECIMALS if is_hu else _DECIMALS[value.dimension])


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
