"""What a report says: one study's stored measurements, frozen at the moment of writing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType

from viewer_app.imaging.headers import Instance, Patient, StudyInfo
from viewer_app.measure.measurement import Record


@dataclass(frozen=True, slots=True)
class StudyHeader:
    """Whose images were measured: Patient Module and General Study Module (PS3.3 C.7.1.1, C.7.2.1)."""

    patient: Patient
    info: StudyInfo


@dataclass(frozen=True, slots=True)
class Report:
    """Everything a writer may say.

    `written_at` is aware and in UTC, `software_version` is Caliper's, and
    `rule_version` names the measuring rules it follows now (each record keeps
    its own). `source` is the title of the place the study came from.
    `kind_titles` gives the shown title for a stored kind name; a kind without
    one appears under its stored name. With `patient_hidden` it was written while
    patients were hidden, and says so; whoever makes it leaves the patient out.
    `images` are those of the study by SOP Instance UID, as far as they are at hand: a DICOM report refers to them.
    """

    study: StudyHeader
    records: tuple[Record, ...]
    author: str
    written_at: datetime
    software_version: str
    rule_version: int
    source: str = ""
    kind_titles: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    patient_hidden: bool = False
    images: Mapping[str, Instance] = field(default_factory=lambda: MappingProxyType({}), compare=False)

    def kind_title(self, record: Record) -> str:
        """The shown title of the record's kind."""
        return self.kind_titles.get(record.measurement.kind, record.measurement.kind)
