"""A report of what is measured now, with the versions it follows."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from types import MappingProxyType

from viewer_app import __version__
from viewer_app.imaging.headers import Instance
from viewer_app.measure.kinds import KINDS
from viewer_app.measure.measurement import Record
from viewer_app.measure.region import RULE_VERSION
from viewer_app.report.content import Report, StudyHeader
from viewer_app.report.hiding import untold, without_patient


def report_of(
    study: StudyHeader,
    records: tuple[Record, ...],
    author: str,
    source: str,
    *,
    patient_hidden: bool = False,
    images: Mapping[str, Instance] = MappingProxyType({}),
) -> Report:
    """What a report of `records` says, as of now. With `patient_hidden` it leaves out who was measured.

    Then labels, descriptions and the title of the place are left out as well where they tell it.
    """
    if patient_hidden:
        study, records, source = without_patient(study), tuple(untold(record, study) for record in records), ""
    return Report(
        study=study,
        records=records,
        author=author,
        written_at=datetime.now(UTC),
        software_version=__version__,
        rule_version=RULE_VERSION,
        source=source,
        patient_hidden=patient_hidden,
        images=images,
        kind_titles={name: kind.title for name, kind in KINDS.items()},
    )
