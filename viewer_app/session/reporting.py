"""The report of the opened study, written in the background from what is stored and shown."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from viewer_app import __version__
from viewer_app.imaging.study import Study
from viewer_app.measure.kinds import KINDS
from viewer_app.measure.measurement import Record
from viewer_app.measure.region import RULE_VERSION
from viewer_app.report import Report, StudyHeader, write_report
from viewer_app.session.workspace import Workspace
from viewer_app.tasks import Lane


def make_report(study: Study, records: tuple[Record, ...], author: str, source: str) -> Report:
    """What a report of `records` says, as of now."""
    return Report(
        study=StudyHeader(study.patient, study.info),
        records=records,
        author=author,
        written_at=datetime.now(UTC),
        software_version=__version__,
        rule_version=RULE_VERSION,
        source=source,
        kind_titles={name: kind.title for name, kind in KINDS.items()},
    )


def export(workspace: Workspace, path: Path, done: Callable[[], None]) -> None:
    """Write the report of the study on show to `path`; an error goes to the workspace's `failed`."""
    opened = workspace.study
    if opened is None:
        return
    report = make_report(opened.study, opened.measurements.records, workspace.author, workspace.contents.title)

    def written(_: None) -> None:
        workspace.count_export()
        done()

    workspace.tasks.run(Lane.BROWSE, lambda watch: write_report(report, path), done=written, must_finish=True)
