"""The table "Summary": how many of each kind, and their smallest, largest and mean main value."""

from __future__ import annotations

from dataclasses import replace
from statistics import mean

from viewer_app.measure.calibrate import kind_of_scale
from viewer_app.measure.quantity import Dimension, Value
from viewer_app.report.content import Report
from viewer_app.report.tables import Cell, Column, Table, number

_SCALED = {Dimension.LENGTH, Dimension.AREA, Dimension.VOLUME}
_COLUMNS = (
    Column("Kind", 18),
    Column("Measures", 18),
    Column("Unit", 8),
    Column("Scale", 22),
    Column("Count", 9),
    Column("Without a number", 12),
    Column("Minimum", 12),
    Column("Maximum", 12),
    Column("Mean", 12),
)


def summary_table(report: Report) -> Table:
    """One row for each kind, quantity, unit and (for lengths, areas, volumes) calibration.

    Marks without numbers are not in it. A mm at the detector is not a mm in the patient, so they never share a
    mean; all regions of ultrasound do. The cells are plain numbers, not formulas: openpyxl cannot store the
    result beside a formula, so previews, file viewers and pandas would show
    nothing there, and "this workbook holds no formula" can be checked.
    """
    groups: dict[tuple[str, str, str, str], list[Value]] = {}
    for record in report.records:
        for value in record.values[:1]:
            key = (report.kind_title(record), value.title, value.unit, _scale(value))
            groups.setdefault(key, []).append(value)
    return Table("Summary", _COLUMNS, tuple((*key, *_statistics(values)) for key, values in groups.items()))


def _scale(value: Value) -> str:
    if value.dimension not in _SCALED:
        return ""
    return kind_of_scale(value.provenance)


def _statistics(values: list[Value]) -> tuple[Cell, ...]:
    known = [cell.known for cell in map(number, values) if cell.known is not None]
    figures = (min(known), max(known), float(mean(known))) if known else (None, None, None)
    return (len(known), len(values) - len(known), *(number(replace(values[0], number=figure)) for figure in figures))
