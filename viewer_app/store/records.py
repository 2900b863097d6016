"""What goes into the store and comes out of it: plain frozen values, no database objects."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Any

from viewer_app.imaging.geometry import Vector
from viewer_app.measure.measurement import Record
from viewer_app.measure.user_calibration import UserCalibration


@dataclass(frozen=True, slots=True)
class StudyRecord:
    """A study as its headers tell it. "" and None mean "not known" and never overwrite what is stored.

    A study is one Study Instance UID of one patient (ID and name), as in
    `imaging.study`. `study_date` is DICOM's YYYYMMDD.
    """

    study_uid: str
    patient_id: str = ""
    patient_name: str = ""
    orthanc_study_id: str = ""
    study_description: str = ""
    study_date: str = ""
    modality: str = ""
    accession_number: str = ""
    num_series: int | None = None
    num_instances: int | None = None
    total_size_mb: float | None = None


@dataclass(frozen=True, slots=True)
class StoredStudy:
    """A study the store remembers. Times are UTC, None where the stored text is garbled."""

    study_id: int
    study: StudyRecord
    imported_at: datetime | None
    last_accessed: datetime | None


@dataclass(frozen=True, slots=True)
class StoredMeasurement:
    """One row of measurements.

    `doubt` is "" for a row that is what was once written; else a sentence that
    says the row was changed outside Caliper or damaged on the disk, and its
    numbers must not be trusted. `record` is None where the row is too damaged to
    be read; `kind`, `label`, `value` and `unit` are then what the row still says.
    """

    uid: str
    study_id: int
    kind: str
    label: str
    value: float | None
    unit: str
    record: Record | None
    revision: int
    doubt: str = ""


@dataclass(frozen=True, slots=True)
class StoredCalibration:
    """One row of calibrations. `calibration` is None where the row is not what was written: it gives no scale."""

    uid: str
    calibration: UserCalibration | None


@dataclass(frozen=True, slots=True)
class KindSummary:
    """The main values of one kind in one unit; numbers of different units are never mixed.

    `count` counts all rows, `doubtful` those that are flagged; minimum, maximum
    and mean are over the sound rows with a number, None where there are none.
    """

    kind: str
    unit: str
    count: int
    doubtful: int
    minimum: float | None
    maximum: float | None
    mean: float | None


@dataclass(frozen=True, slots=True)
class SavedView:
    """How a study was last looked at: all that is needed to show it so again.

    The image is named by SOP Instance UID and frame (from 1); `slice_index`
    (from 0) is for the reader. `mpr_position` is a patient point in LPS mm.
    `view_state` holds what else a view wants back, as plain JSON values.
    """

    series_uid: str = ""
    stack_key: str = ""
    sop_instance_uid: str = ""
    frame: int = 1
    slice_index: int = 0
    mpr_position: Vector | None = None
    zoom_level: float | None = None
    pan_x: float | None = None
    pan_y: float | None = None
    window_level: float | None = None
    window_width: float | None = None
    view_state: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True)
class StoredStep:
    """A step of the history of a study.

    `time` is UTC, `changes` text whose meaning only the session knows, `done`
    False once the step was taken back.
    """

    uid: str
    title: str
    time: datetime
    done: bool
    changes: str


@dataclass(frozen=True, slots=True)
class Batch:
    """What is to be in the store together, or not at all: by UID, None for what is to be gone.

    `known` are the measurements that this window has read or written before;
    others are counted in the sitting `session_id`, if one is named.
    """

    study_id: int
    records: Mapping[str, Record | None]
    steps: Mapping[str, StoredStep | None]
    known: frozenset[str] = frozenset()
    session_id: int | None = None
