"""Workbooks read back as a stranger reads them: openpyxl's reader and Excel's _xHHHH_ rule."""

from __future__ import annotations

import io
import re

from openpyxl import load_workbook
from openpyxl.cell import Cell as ExcelCell

_ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")


def sheet(content: bytes, name: str = "Measurements") -> list[dict[str, ExcelCell]]:
    """The rows of a sheet as cells by the title above them."""
    book = load_workbook(io.BytesIO(content))
    header, *rows = book[name].iter_rows()
    titles = [text(cell) for cell in header]
    return [dict(zip(titles, row, strict=True)) for row in rows]


def every_cell(content: bytes) -> list[ExcelCell]:
    return [cell for page in load_workbook(io.BytesIO(content)) for row in page.iter_rows() for cell in row]


def text(cell: ExcelCell) -> str:
    """The text Excel shows for a text cell; "" for an empty one."""
    return _ESCAPE.sub(lambda match: chr(int(match[1], 16)), cell.value or "")
