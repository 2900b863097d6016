"""Count, sum and mean of main values: of one unit, one way of knowing it and one study, never across them. No Qt."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from viewer_app.measure.calibrate import kind_of_scale
from viewer_app.measure.quantity import Dimension, Value
from viewer_app.ui.panels.table.rows import TableRow, value_text

_ADDED = frozenset({Dimension.LENGTH, Dimension.AREA, Dimension.VOLUME, Dimension.COUNT})
"""A sum of angles, ratios or pixel values says nothing."""


@dataclass(frozen=True, slots=True)
class Alike:
    """What numbers must have in common to be added: `where` parts pixels of one series from those of another."""

    study: str
    dimension: Dimension
    unit: str
    provenance: str
    where: str


@dataclass(frozen=True, slots=True)
class Total:
    """`count` numbers that are alike; `sum` is None where adding them says nothing."""

    alike: Alike
    count: int
    sum: float | None
    mean: float


def totals(rows: Iterable[TableRow]) -> tuple[Total, ...]:
    """The totals of the main values, in the order in which they first occur; stored numbers in doubt are left out."""
    numbers: dict[tuple[str, Dimension, str, str, str], list[float]] = {}
    for row in rows:
        value = row.main
        if value is None or value.number is None or row.differs or not math.isfinite(value.number):
            continue
        if value.unit or value.dimension is not Dimension.PIXEL_VALUE:  # without a proven unit there is no common scale
            where = row.record.measurement.figures[0].series_uid if value.unit.startswith("px") else ""
            alike = (row.study, value.dimension, value.unit, kind_of_scale(value.provenance), where)
            numbers.setdefault(alike, []).append(value.number)
    return tuple(_total(Alike(*alike), found) for alike, found in numbers.items())


def count_words(rows: Iterable[TableRow]) -> str:
    """ "3 measurements"."""
    count = sum(1 for _ in rows)
    return "1 measurement" if count == 1 else f"{count:,} measurements"


def totals_words(rows: Iterable[TableRow]) -> str:
    """ "sum 61.2 mm, mean 20.4 mm of 3 · mean 41 HU of 2"; "" where no two numbers can be put together."""
    listed = tuple(rows)
    found = [total for total in totals(listed) if total.count > 1]
    told = [_words(total, with_origin=_is_ambiguous(total, found)) for total in found]
    doubtful = sum(row.differs for row in listed)
    if told and doubtful:
        told.append(f"{doubtful} in doubt left out")
    return " · ".join(told)


def _total(alike: Alike, numbers: list[float]) -> Total:
    total = math.fsum(numbers)
    return Total(alike, len(numbers), total if alike.dimension in _ADDED else None, total / len(numbers))


def _is_ambiguous(total: Total, found: Iterable[Total]) -> bool:
    return any(one.alike.unit == total.alike.unit and one is not total for one in found)


def _words(total: Total, *, with_origin: bool) -> str:
    alike = total.alike
    parts = [] if total.sum is None else [f"sum {_shown(alike, total.sum)}"]
    parts.append(f"mean {_shown(alike, total.mean)}")
    origin = ", ".join(part for part in (alike.study, alike.provenance if with_origin else "") if part)
    return ", ".join(parts) + f" of {total.count}" + (f" ({origin})" if origin else "")


def _shown(alike: Alike, number: float) -> str:
    return value_text(Value("total", "", alike.dimension, number, alike.unit))
