"""Excel: the sheets "Measurements", "Summary" and "Provenance", with typed cells and no formula.

openpyxl writes a float with 16 digits, one too few, so numbers are handed to it
as their shortest exact text in a cell of numeric type.
"""

from __future__ import annotations

import io
import re
from datetime import date, datetime

from openpyxl import Workbook
from openpyxl.cell import Cell as ExcelCell
from openpyxl.worksheet.worksheet import Worksheet

from viewer_app.errors import ReportError
from viewer_app.report.content import Report
from viewer_app.report.measurements import measurements_table
from viewer_app.report.provenance import provenance_table
from viewer_app.report.style import dress_body_cell, dress_header, dress_page
from viewer_app.report.summary import summary_table
from viewer_app.report.tables import Cell, Number, Table
from viewer_app.report.text import NOT_AVAILABLE, in_utc, looks_like_formula, visible

# Excel's limits: characters of a cell (in UTF-16 units), rows and columns of a sheet.
MOST_CHARACTERS = 32_767
MOST_ROWS = 1_048_576
MOST_COLUMNS = 16_384
CUT_MARK = " … [cut here; the JSON report has the full text]"

# Excel counts days from 1900 but believes in a 29 February 1900.
_FIRST_DAY = date(1900, 3, 1)
_ESCAPED_ALREADY = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")


def workbook(report: Report) -> bytes:
    """The bytes of the xlsx file; ReportError where the report is larger than an Excel sheet."""
    book = Workbook()
    book.remove(book.active)
    _describe(book, report)
    for table in (measurements_table(report), summary_table(report), provenance_table(report)):
        _fill(book.create_sheet(table.name), table)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def cell_text(text: str) -> str:
    """`text` as an Excel cell holds it: CR shown as a symbol, no longer than Excel allows.

    Excel reads _xHHHH_ as one character, so such a text has its first
    underscore written as _x005F_ (ECMA-376 Part 1, 22.9.2.19).
    """
    text = _ESCAPED_ALREADY.sub("_x005F_", visible(text).replace("\r", "␍"))
    units = text.encode("utf-16-le")
    if len(units) <= 2 * MOST_CHARACTERS:
        return text
    kept = units[: 2 * (MOST_CHARACTERS - len(CUT_MARK))]
    return kept.decode("utf-16-le", errors="ignore") + CUT_MARK


def _describe(book: Workbook, report: Report) -> None:
    """Document properties: nothing of the patient."""
    properties = book.properties
    properties.title = "Measurements"
    properties.creator = properties.lastModifiedBy = f"Caliper {cell_text(report.software_version)}"
    properties.created = in_utc(report.written_at).replace(tzinfo=None)


def _fill(sheet: Worksheet, table: Table) -> None:
    if len(table.rows) >= MOST_ROWS or len(table.columns) > MOST_COLUMNS:
        raise ReportError("There are more measurements than an Excel sheet can hold.", "Choose CSV or JSON.")
    for column, head in enumerate(table.columns, start=1):
        _put(sheet.cell(1, column), head.title)
    for row, cells in enumerate(table.rows, start=2):
        for column, cell in enumerate(cells, start=1):
            _put(sheet.cell(row, column), cell)
            dress_body_cell(sheet.cell(row, column), wrap=table.name == "Provenance")
    dress_header(sheet, table)
    dress_page(sheet, table)


def _put(target: ExcelCell, cell: Cell) -> None:
    match cell:
        case None | "":
            return
        case str():
            _put_text(target, cell)
        case Number():
            _put_number(target, cell)
        case datetime() if cell.date() >= _FIRST_DAY:
            target.value = in_utc(cell).replace(tzinfo=None)
            target.number_format = "yyyy-mm-dd hh:mm:ss"
        case date() if not isinstance(cell, datetime) and cell >= _FIRST_DAY:
            target.value = cell
            target.number_format = "yyyy-mm-dd"
        case datetime() | date():
            _put_text(target, cell.isoformat())
        case _:
            target.value = cell
            target.number_format = "0"


def _put_text(target: ExcelCell, text: str) -> None:
    """Text for good: with the quote prefix it stays text even when someone edits the cell."""
    target.value = cell_text(text)
    target.data_type = "s"
    target.quotePrefix = looks_like_formula(text)


def _put_number(target: ExcelCell, number: Number) -> None:
    if number.known is None:
        _put_text(target, NOT_AVAILABLE)
        return
    target.value = repr(float(number.known))
    target.data_type = "n"
    places = number.decimals
    target.number_format = "0.00E+00" if places is None else f"0.{'0' * places}".rstrip(".")
