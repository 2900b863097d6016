"""The report of the opened study, written in the background from what is stored and shown."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from viewer_app.measure.measurement import Record
from viewer_app.report import Report, StudyHeader, report_of, write_report
from viewer_app.session import whence
from viewer_app.session.contours import CHANGED, marks_have_changed
from viewer_app.session.study import OpenStudy
from viewer_app.session.workspace import Workspace
from viewer_app.tasks import Lane

_DIFFERS = "the stored number does not agree with its image; measure again"


def export(workspace: Workspace, path: Path, done: Callable[[], None], *, hidden: bool = False) -> None:
    """Write the report of the study on show to `path`; an error goes to the workspace's `failed`.

    While patients are `hidden`, the report does not say who was measured.
    """
    report = report_now(workspace, hidden=hidden)
    if report is None:
        return

    def written(_: None) -> None:
        workspace.count_export()
        done()

    workspace.tasks.run(Lane.BROWSE, lambda watch: write_report(report, path), done=written, must_finish=True)


def report_now(workspace: Workspace, *, hidden: bool = False) -> Report | None:
    """What the report of the study on show says now; None where none is open."""
    opened = workspace.study
    if opened is None:
        return None
    return report_of(
        StudyHeader(opened.study.patient, opened.study.info),
        tuple(_told(record, opened) for record in opened.measurements.records),
        workspace.author,
        whence.title(workspace),
        patient_hidden=hidden,
        images={one.sop_instance_uid: one for one in opened.study.instances if not one.is_twin},
    )


def _told(record: Record, opened: OpenStudy) -> Record:
    """A number that is in doubt on the screen is in doubt in the report."""
    differs = opened.measurements.differs(record.measurement.uid)
    doubts = ((differs, _DIFFERS), (marks_have_changed(opened, record.measurement), CHANGED))
    told = [words for is_so, words in doubts if is_so]
    if not record.values or not told:
        return record
    main, *others = record.values
    note = "; ".join(filter(None, (main.note, *told)))
    return replace(record, values=(replace(main, note=note), *others))
