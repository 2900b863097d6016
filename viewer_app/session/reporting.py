"""The report of the opened study, written in the background from what is stored and shown."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from viewer_app.report import StudyHeader, report_of, write_report
from viewer_app.session.workspace import Workspace
from viewer_app.tasks import Lane


def export(workspace: Workspace, path: Path, done: Callable[[], None]) -> None:
    """Write the report of the study on show to `path`; an error goes to the workspace's `failed`."""
    opened = workspace.study
    if opened is None:
        return
    header = StudyHeader(opened.study.patient, opened.study.info)
    report = report_of(header, opened.measurements.records, workspace.author, workspace.contents.title)

    def written(_: None) -> None:
        workspace.count_export()
        done()

    workspace.tasks.run(Lane.BROWSE, lambda watch: write_report(report, path), done=written, must_finish=True)
