"""CSV: the table "Measurements" for programs.

The dialect, whatever the computer's language: RFC 4180 (comma, CRLF, double
quotes doubled), UTF-8 with a byte order mark, decimal point, times in ISO 8601
UTC. Floats are their shortest exact form. What a spreadsheet would take for a
formula gets an apostrophe before it, by a rule that can be undone exactly
(`text.neutralised`, `text.restored`).
"""

from __future__ import annotations

import csv
import io
from datetime import date, datetime
from pathlib import Path

from viewer_app.report.content import Report
from viewer_app.report.measurements import measurements_table
from viewer_app.report.tables import Cell, Number
from viewer_app.report.text import NOT_AVAILABLE, neutralised, restored, visible

_ENCODING = "utf-8-sig"


def delimited(report: Report) -> bytes:
    """The bytes of the CSV file: a header line, then one line for each measurement."""
    table = measurements_table(report)
    lines = io.StringIO(newline="")
    writer = csv.writer(lines, dialect="excel", lineterminator="\r\n")
    writer.writerow(_field(column.title) for column in table.columns)
    writer.writerows([_field(cell) for cell in row] for row in table.rows)
    return lines.getvalue().encode(_ENCODING)


def read_delimited(path: Path) -> list[list[str]]:
    """Header and rows of a CSV that Caliper wrote, every text as it was before it was neutralised."""
    with path.open(encoding=_ENCODING, newline="") as lines:
        return [[restored(field) for field in row] for row in csv.reader(lines)]


def _field(cell: Cell) -> str:
    match cell:
        case None:
            return ""
        case str():
            return neutralised(visible(cell))
        case Number():
            return NOT_AVAILABLE if cell.known is None else repr(float(cell.known))
        case datetime() | date():
            return cell.isoformat()
        case _:
            return str(cell)
