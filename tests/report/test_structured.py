"""JSON: the same report comes back, to the last bit."""

from __future__ import annotations

import json
import math
import struct
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import example, given, settings

from tests.report.samples import labelled, length, record, report
from tests.report.strategies import reports
from viewer_app.errors import ReportError
from viewer_app.report import read_json, write_report
from viewer_app.report.content import Report
from viewer_app.report.structured import structured


@given(reports)
@example(labelled("\ud800 lone"))
@settings(max_examples=60, deadline=None)
def test_comes_back_equal(tmp_path_factory: pytest.TempPathFactory, made: Report) -> None:
    path = tmp_path_factory.mktemp("json") / "report.json"
    write_report(made, path)
    again = read_json(path)
    assert again == made
    assert _bits(again) == _bits(made)


def _bits(made: Report) -> list[bytes]:
    """Every stored double as its eight bytes: equality alone would take -0.0 for 0.0."""
    numbers = [value.number for record in made.records for value in record.values if value.number is not None]
    figures = [figure for record in made.records for figure in record.measurement.figures]
    points = [number for figure in figures for point in (*figure.points, figure.plane.origin) for number in point]
    return [struct.pack("<d", number) for number in (*numbers, *points)]


def test_not_a_number_comes_back_from_valid_json(tmp_path: Path) -> None:
    path = tmp_path / "report.json"
    write_report(report(record("distance", length(math.nan))), path)
    json.loads(path.read_text("ascii"), parse_constant=lambda word: pytest.fail(f"{word} is no JSON"))
    number = read_json(path).records[0].values[0].number
    assert number is not None
    assert math.isnan(number)


def test_long_text_is_kept_whole(tmp_path: Path) -> None:
    path = tmp_path / "report.json"
    write_report(labelled("x" * 40_000), path)
    assert read_json(path).records[0].measurement.label == "x" * 40_000


@pytest.mark.parametrize("content", [b"", b"[]", b"7", b"{}", b'{"format": "other"}', b"\xff", b"[" * 100_000])
def test_what_is_no_report_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "report.json"
    path.write_bytes(content)
    with pytest.raises(ReportError, match="not a report that Caliper wrote"):
        read_json(path)


@pytest.mark.parametrize("key", ["records", "patient", "study", "written_at", "author", "kind_titles"])
@pytest.mark.parametrize("wrong", [None, 7, "text", {"x": 1}, [1]])
def test_a_garbled_report_is_refused(tmp_path: Path, key: str, wrong: object) -> None:
    path = tmp_path / "report.json"
    data = json.loads(structured(labelled("Nodule")))
    if key == "author" and isinstance(wrong, str):
        wrong = ["text"]
    path.write_text(json.dumps(data | {key: wrong}))
    with pytest.raises(ReportError):
        read_json(path)


def test_a_newer_report_says_so(tmp_path: Path) -> None:
    path = tmp_path / "report.json"
    path.write_text(json.dumps(json.loads(structured(labelled("Nodule"))) | {"format_version": 2}))
    with pytest.raises(ReportError, match="newer Caliper"):
        read_json(path)


def test_a_missing_report_says_so(tmp_path: Path) -> None:
    with pytest.raises(ReportError, match="could not be read"):
        read_json(tmp_path / "none.json")


def test_records_keep_their_own_rules_version(tmp_path: Path) -> None:
    path = tmp_path / "report.json"
    old = replace(record("distance", length(1.0)), rule_version=7)
    write_report(report(old), path)
    assert read_json(path).records[0].rule_version == 7
