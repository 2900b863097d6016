"""CSV: one dialect, numbers exact, no formula, every text as it was (H101, H105)."""

from __future__ import annotations

import math
import re
from datetime import datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.report.samples import labelled, length, record, report
from tests.report.strategies import reports, texts
from viewer_app.report import write_report
from viewer_app.report.content import Report
from viewer_app.report.delimited import delimited, read_delimited
from viewer_app.report.measurements import measurements_table
from viewer_app.report.tables import Cell, Number
from viewer_app.report.text import neutralised, restored, visible


@given(reports)
@settings(max_examples=40, deadline=None)
def test_every_field_reads_back(tmp_path_factory: pytest.TempPathFactory, made: Report) -> None:
    path = tmp_path_factory.mktemp("csv") / "report.csv"
    write_report(made, path)
    header, *rows = read_delimited(path)
    table = measurements_table(made)
    assert header == [visible(column.title) for column in table.columns]
    for written, read in zip(table.rows, rows, strict=True):
        for cell, field in zip(written, read, strict=True):
            _same(cell, field)


def _same(cell: Cell, field: str) -> None:
    match cell:
        case None:
            assert field == ""
        case str():
            assert field == visible(cell)
        case Number(value) if value is None or not math.isfinite(value):
            assert field == "not available"
        case Number(float() as value):
            assert float(field).hex() == value.hex()
        case datetime():
            assert datetime.fromisoformat(field) == cell
        case _:
            assert field == str(cell)


@given(texts | st.text(alphabet="'=+-@＝＋－＠; \t\r\nx", max_size=8))
@settings(max_examples=1000)
def test_neutralising_is_undone_exactly(text: str) -> None:
    safe = neutralised(text)
    assert restored(safe) == text
    assert safe[:1] not in ("\t", "\r", "\n")
    assert not any(part.lstrip()[:1] in set("=+-@＝＋－＠") for part in re.split("[;\t\r\n]", safe))


def test_a_formula_behind_a_foreign_separator_is_neutralised() -> None:
    assert neutralised("a;=1+1\n@x; b") == "a;'=1+1\n'@x; b"


@pytest.mark.parametrize(
    "text", ["=1", "+1", "-1", "@x", "\t1", "\r1", "\n1", "＝1", "＋1", "－1", "＠1", " =1", "'=1"]
)
def test_what_a_spreadsheet_would_run_is_neutralised(text: str) -> None:
    assert neutralised(text) == f"'{text}"


@pytest.mark.parametrize("text", ["", "Nodule", "a=b", "5-3", "'quoted'", "ß"])
def test_plain_text_is_left_alone(text: str) -> None:
    assert restored(text) == neutralised(text) == text


def test_the_dialect() -> None:
    content = delimited(labelled('Knoten, "groß"'))
    assert content.startswith(b"\xef\xbb\xbfNo.,Label,Kind,")
    assert content.count(b"\r\n") == content.count(b"\n") == 2
    assert '1,"Knoten, ""groß""",Distance,Length,1.5,mm,' in content.decode("utf-8-sig")


def test_a_negative_number_is_a_number_still() -> None:
    assert b",-1024.5,mm," in delimited(report(record("probe", length(-1024.5))))
