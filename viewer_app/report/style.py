"""The look of the workbook: a quiet sheet under a dark, frozen header."""

from __future__ import annotations

from openpyxl.cell import Cell as ExcelCell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from viewer_app.report.tables import Table

_BODY_FONT = Font(name="Calibri", size=10, color="FF1B2027")
_HEADER_FONT = Font(name="Calibri", size=10, bold=True, color="FFFFFFFF")
_HEADER_FILL = PatternFill("solid", fgColor="FF1B2027")
_HEADER_BORDER = Border(bottom=Side("medium", color="FF3FB6FF"))
_HEADER_ALIGNMENT = Alignment(vertical="center", wrap_text=True)
_LINE = Border(bottom=Side("thin", color="FFD9E0E7"))
_WRAPPED = Alignment(vertical="top", horizontal="left", wrap_text=True)
_NUMERIC = Alignment(vertical="top", horizontal="right")
_PLAIN = Alignment(vertical="top")
_TAB_COLOUR = "FF3FB6FF"
_HEADER_HEIGHT = 30
# The sheet's name and the columns before it stay in sight.
_FROZEN = {"Measurements": "C2"}


def dress_body_cell(cell: ExcelCell, *, wrap: bool) -> None:
    """A cell below the header; numbers to the right, text that wraps to the left."""
    cell.font = _BODY_FONT
    cell.border = _LINE
    cell.alignment = _WRAPPED if wrap else _NUMERIC if cell.data_type in "nd" else _PLAIN


def dress_header(sheet: Worksheet, table: Table) -> None:
    """The first row: frozen, filtered, filled; and the widths of the columns."""
    for index, column in enumerate(table.columns, start=1):
        cell = sheet.cell(1, index)
        cell.font, cell.fill = _HEADER_FONT, _HEADER_FILL
        cell.border, cell.alignment = _HEADER_BORDER, _HEADER_ALIGNMENT
        sheet.column_dimensions[get_column_letter(index)].width = column.width
    sheet.row_dimensions[1].height = _HEADER_HEIGHT
    sheet.freeze_panes = _FROZEN.get(table.name, "A2")
    sheet.auto_filter.ref = sheet.dimensions


def dress_page(sheet: Worksheet, table: Table) -> None:
    """Landscape A4, as wide as one page for the narrow tables, header repeated, pages numbered."""
    sheet.sheet_properties.tabColor = _TAB_COLOUR
    sheet.sheet_view.showGridLines = False
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = sheet.PAPERSIZE_A4
    sheet.page_setup.fitToHeight = 0
    sheet.page_setup.fitToWidth = 0 if table.name == "Measurements" else 1
    sheet.sheet_properties.pageSetUpPr.fitToPage = table.name != "Measurements"
    sheet.print_title_rows = "1:1"
    sheet.oddFooter.left.text = "Caliper – &A"
    sheet.oddFooter.right.text = "&P / &N"
