"""A small report with numbers known beforehand."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from pydicom.uid import EnhancedCTImageStorage

from viewer_app.imaging.geometry import Calibration, Plane, Vector
from viewer_app.imaging.headers import Frame, Instance, Patient, SeriesInfo, StudyInfo
from viewer_app.measure.measurement import Figure, Measurement, Place, Record, Reference
from viewer_app.measure.quantity import Dimension, Value
from viewer_app.report import Report, StudyHeader

WRITTEN = datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC)
AXIAL = Plane((0.0, 0.0, 0.0), (1.0, 0.0, 0.0), (0.0, 1.0, 0.0), 0.7, 0.7)
AT_DETECTOR = Plane.unlocated(0.2, 0.2, "mm", Calibration.DETECTOR)


def length(number: float | None, unit: str = "mm", note: str = "", provenance: str = "image plane") -> Value:
    return Value("length", "Length", Dimension.LENGTH, number, unit, provenance, note)


def hounsfield(key: str, title: str, number: float | None) -> Value:
    return Value(key, title, Dimension.PIXEL_VALUE, number, "HU", "rescale")


def record(kind: str, *values: Value, plane: Plane = AXIAL, points: tuple[Vector, ...] = ((0.1, 0.2, 0.3),)) -> Record:
    figure = Figure(plane, points, Reference("1.2.3.4", "1.2.3.4.5", 2))
    drawn = Measurement("2.25.1", kind, (figure,), "Nodule", "right lobe", "dr.x", WRITTEN, WRITTEN)
    return Record(drawn, values, Place(0, 41, "Chest 1 mm", 3, "CT"), rule_version=1)


def report(*records: Record) -> Report:
    patient = Patient("P-1", "Sample^Anna", "18991231", "F")
    info = StudyInfo("1.2.3", "S1", "20260301", "101500", "Chest", "A-77", "Clinic")
    titles = {"distance": "Distance", "probe": "HU probe"}
    frames = (Frame(1, AXIAL), Frame(2, AXIAL))
    series = SeriesInfo("1.2.3.4", "CT")
    image = Instance("ct", EnhancedCTImageStorage, "1.2.3.4.5", "", patient, info, series, 1, None, frames)
    images = {image.sop_instance_uid: image}
    return Report(StudyHeader(patient, info), records, "dr.x", WRITTEN, "0.1.0", 1, "Folder CT", titles, images=images)


def labelled(label: str) -> Report:
    """One distance of 1.5 mm with this label."""
    one = record("distance", length(1.5))
    return report(replace(one, measurement=replace(one.measurement, label=label)))
