"""Records as the window would store them."""

from __future__ import annotations

from datetime import UTC, datetime

from viewer_app.imaging.geometry import Plane, Vector
from viewer_app.measure.measurement import Figure, Measurement, Place, Record, Reference
from viewer_app.measure.quantity import Dimension, Value
from viewer_app.store import Store, StudyRecord

STUDY = StudyRecord(
    study_uid="1.2.826.0.1.3680043.8.498.1",
    patient_id="P1",
    patient_name="Muster^Änne",
    study_description="CT chest",
    study_date="20260131",
    modality="CT",
    accession_number="A-7",
    num_series=2,
    num_instances=300,
    total_size_mb=151.25,
)
OBLIQUE = Plane(
    origin=(-120.1, 33.3, 1 / 3),
    row_direction=(0.8, 0.6, 0.0),
    column_direction=(-0.6, 0.8, 0.0),
    row_spacing=0.703125,
    column_spacing=0.7,
    frame_of_reference_uid="1.2.3.4",
)
IMAGE = Reference("1.2.3", "1.2.3.9", 4)
TIME = datetime(2026, 1, 31, 12, 0, 0, 123456, tzinfo=UTC)


def record(
    uid: str = "m1",
    *,
    number: float | None = 12.345678901234567,
    unit: str = "mm",
    kind: str = "distance",
    label: str = "nodule",
    created_at: datetime = TIME,
    points: tuple[Vector, ...] = ((0.1, 0.2, 0.3), (-1e-320, 1e300, -0.0)),
    reference: Reference | None = IMAGE,
) -> Record:
    """A distance between two points on an oblique plane."""
    measurement = Measurement(
        uid=uid,
        kind=kind,
        figures=(Figure(OBLIQUE, points, reference),),
        label=label,
        description="left upper lobe",
        author="dr",
        created_at=created_at,
        updated_at=created_at,
    )
    values = (
        Value("length", "Length", Dimension.LENGTH, number, unit, "image plane", "" if number is not None else "none"),
        Value("mean", "Mean", Dimension.PIXEL_VALUE, -17.5, "HU"),
    )
    return Record(measurement, values, Place(1, 42, "Lung 1.0", 3, "CT"), rule_version=1)


def study_of(store: Store, uid: str = STUDY.study_uid) -> int:
    """The id of a study remembered in the store."""
    return store.remember_study(StudyRecord(study_uid=uid, patient_id="P1", patient_name="Muster^Änne"))
