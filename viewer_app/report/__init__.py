"""Reports: what was measured, as a file to keep, send and audit."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType

from viewer_app.errors import ReportError
from viewer_app.report.atomic import checked_target, failure, replace_file
from viewer_app.report.content import Report, StudyHeader
from viewer_app.report.delimited import delimited
from viewer_app.report.making import report_of
from viewer_app.report.structured import read_json, structured
from viewer_app.report.text import visible

__all__ = ["WRITERS", "Report", "StudyHeader", "read_json", "report_of", "write_report"]


def _workbook(report: Report) -> bytes:
    # openpyxl takes a quarter of a second to import: only who writes a workbook waits for it.
    from viewer_app.report.workbook import workbook

    return workbook(report)


def _dicom(report: Report) -> bytes:
    # The tables of codes take a while to import: only who writes a structured report waits for them.
    from viewer_app.report.dicom import dicom_report

    return dicom_report(report)


WRITERS: Mapping[str, Callable[[Report], bytes]] = MappingProxyType(
    {".xlsx": _workbook, ".csv": delimited, ".json": structured, ".dcm": _dicom}
)


def write_report(report: Report, path: Path) -> None:
    """Write `report` in the form that the suffix of `path` names, all or nothing.

    ReportError for an unknown suffix or a place that cannot be written; a file
    that was there before is then untouched.
    """
    writer = WRITERS.get(path.suffix.lower())
    if writer is None:
        known = ", ".join(WRITERS)
        raise ReportError(f"A report cannot be written as {visible(path.name)}.", f"End the name with one of {known}.")
    checked_target(path)
    try:
        content = writer(report)
    except OSError as error:
        raise failure(path, error) from error
    replace_file(path, content)
