"""Excel: typed cells, equal to the stored double, and no formula (H101, H102, C44)."""

from __future__ import annotations

import io
import math
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from openpyxl import load_workbook
from openpyxl.cell import Cell as ExcelCell

from tests.report.reading import every_cell, sheet, text
from tests.report.samples import WRITTEN, hounsfield, labelled, length, record, report
from tests.report.strategies import reports
from viewer_app.report.content import Report
from viewer_app.report.measurements import measurements_table
from viewer_app.report.provenance import provenance_table
from viewer_app.report.summary import summary_table
from viewer_app.report.tables import Cell, Number
from viewer_app.report.text import visible
from viewer_app.report.workbook import CUT_MARK, MOST_CHARACTERS, workbook

HOSTILE = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "＝1+1", '=HYPERLINK("http://x")', "#N/A", "=", "1e5"]


@given(reports)
@settings(max_examples=40, deadline=None)
def test_every_cell_reads_back(made: Report) -> None:
    book = load_workbook(io.BytesIO(workbook(made)))
    for table in (measurements_table(made), summary_table(made), provenance_table(made)):
        rows = [list(row) for row in book[table.name].iter_rows(min_row=2, max_col=len(table.columns))]
        for written, read in zip(table.rows, rows, strict=True):
            for cell, excel in zip(written, read, strict=True):
                _same(cell, excel)


def _same(cell: Cell, excel: ExcelCell) -> None:
    value, kind = excel.value, excel.data_type
    match cell:
        case None | "":
            assert value is None
        case str():
            assert kind == "s"
            assert text(excel) == visible(cell).replace("\r", "␍")
        case Number(number) if number is None or not math.isfinite(number):
            assert (kind, value) == ("s", "not available")
        case Number(float() as number):
            assert kind == "n"
            assert value.hex() == number.hex()
        case datetime():
            assert kind == "d"
            assert abs(value.replace(tzinfo=UTC) - cell) <= timedelta(milliseconds=1)
        case date():
            assert (kind, value.date()) == ("d", cell)
        case _:
            assert (kind, value) == ("n", cell)


@given(reports)
@settings(max_examples=20, deadline=None)
def test_no_cell_is_a_formula_or_an_error(made: Report) -> None:
    assert {cell.data_type for cell in every_cell(workbook(made))} <= {"s", "n", "d"}


@pytest.mark.parametrize("hostile", HOSTILE)
def test_hostile_text_stays_text(hostile: str) -> None:
    cell = sheet(workbook(labelled(hostile)))[0]["Label"]
    assert (cell.data_type, text(cell)) == ("s", hostile.replace("\r", "␍"))


def test_formula_like_text_keeps_its_quote_when_edited() -> None:
    assert sheet(workbook(labelled("=1+1")))[0]["Label"].quotePrefix
    assert not sheet(workbook(labelled("Nodule")))[0]["Label"].quotePrefix


@pytest.mark.parametrize(
    ("entered", "shown"), [("a\x00b\x1bc", "a␀b␛c"), ("\ud800x", "�x"), ("a\uffffb", "a�b"), ("\x7f\x85", "␡�")]
)
def test_what_xml_cannot_hold_is_shown(entered: str, shown: str) -> None:
    assert sheet(workbook(labelled(entered)))[0]["Label"].value == shown


@pytest.mark.parametrize("letter", ["a", "😀"])
def test_long_text_is_cut_visibly(letter: str) -> None:
    value = sheet(workbook(labelled(letter * 40_000)))[0]["Label"].value
    assert value.endswith(CUT_MARK)
    assert MOST_CHARACTERS - 1 <= len(value.encode("utf-16-le")) // 2 <= MOST_CHARACTERS
    assert set(value.removesuffix(CUT_MARK)) == {letter}


def test_text_that_just_fits_is_whole() -> None:
    assert sheet(workbook(labelled("b" * MOST_CHARACTERS)))[0]["Label"].value == "b" * MOST_CHARACTERS


def test_the_last_bit_arrives() -> None:
    number = 0.1 + 0.2  # 17 digits: 0.30000000000000004
    row = sheet(workbook(report(record("distance", length(number)))))[0]
    assert (row["Value"].value, row["Value"].number_format, row["Unit"].value) == (number, "0.0", "mm")


def test_not_a_number_is_said() -> None:
    made = report(*(record("distance", length(number)) for number in (None, math.nan, math.inf, -math.inf)))
    assert [row["Value"].value for row in sheet(workbook(made))] == ["not available"] * 4


def test_each_further_value_has_its_unit_and_format() -> None:
    roi = record("ellipse", hounsfield("mean", "Mean", 40.5), hounsfield("sd", "SD", 20.1))
    first, second = sheet(workbook(report(roi, record("distance", length(1.0)))))
    assert (first["SD"].value, first["SD unit"].value, first["SD"].number_format) == (20.1, "HU", "0")
    assert (second["SD"].value, second["SD unit"].value) == (None, None)


def test_dates_are_dates_and_excel_knows_none_before_1900() -> None:
    cells = {row["Item"].value: row["Value"] for row in sheet(workbook(report()), "Provenance")}
    assert cells["Study date"].value == datetime(2026, 3, 1)
    assert cells["Study date"].is_date
    assert cells["Written (UTC)"].value == WRITTEN.replace(tzinfo=None)
    assert (cells["Patient's birth date"].value, cells["Patient's birth date"].data_type) == ("1899-12-31", "s")


def test_the_sheets_are_made_for_reading() -> None:
    book = load_workbook(io.BytesIO(workbook(labelled("Nodule"))))
    assert book.sheetnames == ["Measurements", "Summary", "Provenance"]
    for page in book:
        assert page.freeze_panes in {"A2", "C2"}
        assert page.auto_filter.ref == page.dimensions
        assert page.page_setup.orientation == "landscape"
        assert page["A1"].fill.fgColor.rgb == "FF1B2027"
        assert page.print_title_rows == "$1:$1"


def test_document_properties_name_no_patient() -> None:
    made = replace(labelled("Nodule"), author="Sample^Anna")
    properties = load_workbook(io.BytesIO(workbook(made))).properties
    assert properties.creator == "Caliper 0.1.0"
    assert properties.created == WRITTEN.replace(tzinfo=None)
    assert not any(word in repr(properties) for word in ("Sample", "Anna", "P-1", "A-77"))
