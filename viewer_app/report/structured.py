"""JSON: the lossless twin of the workbook, which `read_json` turns back into the same Report.

Floats keep their shortest exact form; those that are no numbers are the texts
"nan", "inf" and "-inf", for JSON has none. The file is pure ASCII, so even a
lone surrogate in a name survives.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

from viewer_app.errors import ReportError
from viewer_app.imaging.headers import Patient, StudyInfo
from viewer_app.measure.serial import record_from_json, record_to_json
from viewer_app.report.content import Report, StudyHeader
from viewer_app.report.text import visible

FORMAT = "caliper-report"
FORMAT_VERSION = 1


def structured(report: Report) -> bytes:
    """The bytes of the JSON file."""
    return json.dumps(_plain(_report_to_json(report)), indent=1, allow_nan=False).encode("ascii")


def read_json(path: Path) -> Report:
    """The report that was written to `path`; ReportError where it cannot be read or is none of ours."""
    name = visible(path.name)
    try:
        data = json.loads(path.read_bytes())
        if data["format"] != FORMAT:
            raise ValueError(data["format"])
        if data["format_version"] > FORMAT_VERSION:
            raise ReportError(f"{name} was written by a newer Caliper.", "Update Caliper to read it.")
        return _report_from_json(data)
    except OSError as error:
        raise ReportError(f"{name} could not be read: {error.strerror}.", "Check the path and its rights.") from error
    except (ValueError, LookupError, TypeError, AttributeError, OverflowError, RecursionError) as error:
        raise ReportError(f"{name} is not a report that Caliper wrote.", "Choose a JSON report of Caliper.") from error


def _report_to_json(report: Report) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "format_version": FORMAT_VERSION,
        "software": "Caliper",
        "software_version": report.software_version,
        "rule_version": report.rule_version,
        "written_at": report.written_at.isoformat(),
        "author": report.author,
        "source": report.source,
        "patient_hidden": report.patient_hidden,
        "patient": asdict(report.study.patient),
        "study": asdict(report.study.info),
        "kind_titles": dict(report.kind_titles),
        "records": [record_to_json(record) for record in report.records],
    }


def _report_from_json(data: Mapping[str, Any]) -> Report:
    return Report(
        study=StudyHeader(Patient(**_texts(data["patient"])), StudyInfo(**_texts(data["study"]))),
        records=tuple(record_from_json(item) for item in data["records"]),
        author=_text(data["author"]),
        written_at=datetime.fromisoformat(data["written_at"]),
        software_version=_text(data["software_version"]),
        rule_version=int(data["rule_version"]),
        source=_text(data["source"]),
        kind_titles=_texts(data["kind_titles"]),
        patient_hidden=data.get("patient_hidden", False) is True,
    )


def _plain(data: Any) -> Any:
    """`data` with the floats JSON cannot say as text."""
    match data:
        case dict():
            return {key: _plain(value) for key, value in data.items()}
        case list() | tuple():
            return [_plain(value) for value in data]
        case float() if not math.isfinite(data):
            return repr(data)
        case _:
            return data


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError(f"text expected, not {value!r}")
    return value


def _texts(values: Mapping[str, Any]) -> dict[str, str]:
    return {key: _text(value) for key, value in values.items()}
