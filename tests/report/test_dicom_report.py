"""The DICOM report against readers that others wrote: highdicom, and dciodvfy where it is installed."""

from __future__ import annotations

import io
import shutil
import subprocess
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import highdicom
import numpy as np
import pytest
from highdicom.spatial import ImageToReferenceTransformer
from pydicom import Dataset, dcmread

from tests.sources.series import write_series
from viewer_app.errors import ReportError
from viewer_app.imaging.geometry import Plane
from viewer_app.imaging.headers import Image, Tile
from viewer_app.imaging.reading.quiet import quiet_pydicom
from viewer_app.imaging.study import Study
from viewer_app.measure.kind import OPEN_ENDED
from viewer_app.measure.kinds import DRAWN, KINDS
from viewer_app.measure.measurement import Figure, Measurement, Place, Reconstruction, Record, Reference
from viewer_app.measure.quantity import Dimension, Value
from viewer_app.progress import Watch
from viewer_app.report import Report, StudyHeader, report_of
from viewer_app.report.dicom import dicom_report
from viewer_app.report.dicom.coding import unit_code
from viewer_app.scripting import Series, measure, open_study, voxels
from viewer_app.sources.folder import FolderSource

DRAWN_AT = datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC)
ROW, COLUMN = (2.0, 3.0, 12.0, 11.0, 7.0, 5.0), (4.0, 15.0, 17.0, 5.0, 10.0, 16.0)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_series(tmp_path_factory.mktemp("report") / "ct")


@pytest.fixture(scope="module")
def study(folder: Path) -> Study:
    (found,) = FolderSource(folder).find(Watch()).studies
    return found


@pytest.fixture(scope="module")
def records(folder: Path, study: Study) -> tuple[Record, ...]:
    """One of every kind that is drawn, all on the slice whose instance number is 3."""
    series = open_study(folder).series[0]
    return tuple(drawn(name, study, series) for name in DRAWN)


def drawn(name: str, study: Study, series: Series) -> Record:
    instance = study.instances[2]
    plane = Image(instance, instance.frames[0]).plane
    most = KINDS[name].max_points
    count = len(ROW) if most >= OPEN_ENDED else most
    points = tuple(map(tuple, plane.to_patient(list(zip(COLUMN[:count], ROW[:count], strict=True))).tolist()))
    values = tuple(measure(name, series, points, index=2 if name != "distance_3d" else None).values())
    reference = Reference(instance.series.series_uid, instance.sop_instance_uid)
    figure = Figure(plane, points, reference)
    made = Measurement(
        f"00000000-0000-4000-8000-{len(name):012d}", name, (figure,), f"my {name}", "", "dr.x", DRAWN_AT, DRAWN_AT
    )
    return Record(made, values, Place(0, 2, "axial", 3, "CT"), 1)


def oblique(record: Record) -> Record:
    """The same on a reconstructed plane."""
    (figure,) = record.measurement.figures
    made = replace(figure, reference=None, reconstruction=Reconstruction(figure.series_uid, 0))
    return replace(record, measurement=replace(record.measurement, figures=(made,)))


def painted(folder: Path, study: Study) -> Record:
    """A volume of 3 x 4 x 6 voxels."""
    opened = open_study(folder).series[0]
    mask = np.zeros((len(study.instances), 16, 24), dtype=bool)
    mask[1:4, 2:6, 3:9] = True
    region = voxels(opened, mask)
    base = drawn("distance", study, opened)
    made = replace(base.measurement, kind="volume", region=region)
    return replace(base, measurement=made, values=tuple(measure("volume", opened, region).values()))


def report(study: Study, *records: Record, hidden: bool = False) -> Report:
    header = StudyHeader(study.patient, study.info)
    images = {instance.sop_instance_uid: instance for instance in study.instances}
    return report_of(header, records, "dr.x", "Folder", patient_hidden=hidden, images=images)


def read(written: bytes) -> highdicom.sr.Comprehensive3DSR:
    return highdicom.sr.srread(io.BytesIO(written))


def groups(written: bytes) -> list[highdicom.sr.MeasurementsAndQualitativeEvaluations]:
    found: list[highdicom.sr.MeasurementsAndQualitativeEvaluations] = read(
        written
    ).content.get_image_measurement_groups()
    return found


def test_every_number_of_every_kind_is_read_back(study: Study, records: tuple[Record, ...]) -> None:
    found = groups(dicom_report(report(study, *records)))
    assert len(found) == len(records) == len(DRAWN)
    for record, group in zip(records, found, strict=True):
        known = [value for value in record.values if value.number is not None]
        told = group.get_measurements()
        assert [one.value for one in told] == [value.number for value in known]
        assert [one.unit.value for one in told] == [unit_code(value.unit).value for value in known]
        assert group.tracking_identifier == record.measurement.label
    assert sum(len(group.get_measurements()) for group in found) > 40


def test_lines_lie_where_highdicom_puts_them_in_the_patient(
    folder: Path, study: Study, records: tuple[Record, ...]
) -> None:
    (group,) = groups(dicom_report(report(study, next(r for r in records if r.measurement.kind == "polyline"))))
    (line,) = group.get_measurements()[0].referenced_coordinates
    file = next(one for one in map(dcmread, folder.iterdir()) if one.InstanceNumber == 3)
    (source,) = line.ContentSequence
    assert source.ReferencedSOPSequence[0].ReferencedSOPInstanceUID == file.SOPInstanceUID
    assert source.ReferencedSOPSequence[0].ReferencedSOPClassUID == file.SOPClassUID
    to_patient = ImageToReferenceTransformer(
        list(map(float, file.ImagePositionPatient)),
        list(map(float, file.ImageOrientationPatient)),
        list(map(float, file.PixelSpacing)),
    )
    (figure,) = next(r for r in records if r.measurement.kind == "polyline").measurement.figures
    assert np.abs(to_patient(line.value.astype(np.float64)) - figure.points).max() < 1e-5


def test_it_is_valid_by_dciodvfy(tmp_path: Path, folder: Path, study: Study, records: tuple[Record, ...]) -> None:
    if (program := shutil.which("dciodvfy")) is None:
        pytest.skip("dciodvfy is not installed (Debian: apt-get install dicom3tools)")
    path = tmp_path / "report.dcm"
    path.write_bytes(dicom_report(report(study, *records, oblique(records[0]), painted(folder, study))))
    told = subprocess.run([program, str(path)], capture_output=True, text=True, check=False).stderr
    assert [line for line in told.splitlines() if line.startswith("Error")] == []
    assert "Comprehensive3DSR" in told


def test_it_belongs_to_the_same_patient_and_study_and_never_replaces_one(
    study: Study, records: tuple[Record, ...]
) -> None:
    one, other = (dcmread(io.BytesIO(dicom_report(report(study, *records)))) for _ in range(2))
    for written in (one, other):
        assert (written.PatientID, written.PatientName) == (study.patient.patient_id, study.patient.name)
        assert written.StudyInstanceUID == study.info.study_uid
        assert written.VerificationFlag == "UNVERIFIED"
    assert one.SOPInstanceUID != other.SOPInstanceUID and one.SeriesInstanceUID != other.SeriesInstanceUID
    ((first,), (again,)) = (groups(dicom_report(report(study, records[0]))) for _ in range(2))
    assert first.tracking_uid == again.tracking_uid


def test_a_reconstructed_plane_is_told_in_patient_mm(study: Study, records: tuple[Record, ...]) -> None:
    made = oblique(records[0])
    (figure,) = made.measurement.figures
    (group,) = groups(dicom_report(report(study, made)))
    (line,) = group.get_measurements()[0].referenced_coordinates
    assert isinstance(line, highdicom.sr.CoordinatesForMeasurement3D)
    assert line.ReferencedFrameOfReferenceUID == figure.plane.frame_of_reference_uid
    assert np.abs(line.value - figure.points).max() < 1e-5


def test_a_frame_is_named_and_a_tile_stands_where_it_is_in_its_mosaic(
    study: Study, records: tuple[Record, ...]
) -> None:
    record = next(one for one in records if one.measurement.kind == "probe")
    (figure,) = record.measurement.figures
    assert figure.reference is not None
    second = replace(figure, reference=replace(figure.reference, frame=2))
    made = replace(record, measurement=replace(record.measurement, figures=(second,)))
    instance = study.instances[2]
    frames = tuple(replace(instance.frames[0], number=number) for number in (1, 2))
    tiles = tuple(replace(frame, tile=Tile(16 * place, 24 * place, 64, 96)) for place, frame in enumerate(frames))
    spots = {}
    for name, shown in (("frames", frames), ("tiles", tiles)):
        images = {instance.sop_instance_uid: replace(instance, frames=shown)}
        (group,) = groups(dicom_report(replace(report(study, made), images=images)))
        (spot,) = group.get_measurements()[0].referenced_coordinates
        (source,) = spot.ContentSequence
        spots[name] = spot.value.tolist(), source.ReferencedSOPSequence[0].get("ReferencedFrameNumber")
    ((column, row),), number = spots["frames"]
    assert (column, row, number) == (4.5, 2.5, 2)
    assert spots["tiles"] == ([[column + 24, row + 16]], None)


def test_without_a_scale_nothing_is_called_millimetres(study: Study, records: tuple[Record, ...]) -> None:
    in_pixels = Value("length", "Length", Dimension.LENGTH, 12.5, "px", "", "not calibrated")
    figure = replace(
        records[0].measurement.figures[0], plane=Plane.in_pixels(), points=((4.0, 2.0, 0.0), (15.0, 3.0, 0.0))
    )
    made = replace(records[0], values=(in_pixels,), measurement=replace(records[0].measurement, figures=(figure,)))
    (group,) = groups(dicom_report(report(study, made)))
    (told,) = group.get_measurements()
    assert (told.value, told.unit.value) == (12.5, "{pixels}")
    assert told.referenced_coordinates[0].value.tolist() == [[4.5, 2.5], [15.5, 3.5]]
    assert "not calibrated" in told[0].ContentSequence[0].TextValue


def test_a_value_without_a_number_is_told_in_words(study: Study, records: tuple[Record, ...]) -> None:
    missing = replace(records[0].values[0], number=None, note="no pixel inside")
    (group,) = groups(dicom_report(report(study, replace(records[0], values=(missing,)))))
    assert group.get_measurements() == []
    assert "Length: no number, no pixel inside." in comment(group[0])


def comment(group: Dataset) -> str:
    return str(
        next(item.TextValue for item in group.ContentSequence if item.ConceptNameCodeSequence[0].CodeValue == "121106")
    )


def test_a_painted_volume_names_its_image_and_says_what_is_left_out(folder: Path, study: Study) -> None:
    record = painted(folder, study)
    (group,) = groups(dicom_report(report(study, record)))
    told = group.get_measurements()[0]
    assert (told.value, told.unit.value) == (record.values[0].number, unit_code(record.values[0].unit).value)
    assert told.unit.value in ("ml", "mm3")
    (source,) = told.referenced_images
    assert source.ReferencedSOPSequence[0].ReferencedSOPInstanceUID == study.instances[2].sop_instance_uid
    assert "Its voxels are not part of this report." in comment(group[0])


def test_it_refuses_where_it_would_mislead(study: Study, records: tuple[Record, ...]) -> None:
    with pytest.raises(ReportError, match="names the patient"):
        dicom_report(report(study, *records, hidden=True))
    with pytest.raises(ReportError, match="needs the images"):
        dicom_report(replace(report(study, *records), images={}))


def test_odd_names_are_carried_and_never_break_it(study: Study, records: tuple[Record, ...]) -> None:
    odd = replace(study, patient=replace(study.patient, patient_id="P 1_ü€" * 20, name="山田^太郎", birth_date="soon"))
    label = replace(records[0].measurement, label="\udcff\x00Herd\nzwei", uid="not a uuid", author="a\\b=c")
    made = dicom_report(report(odd, replace(records[0], measurement=label)))
    with quiet_pydicom:
        written = dcmread(io.BytesIO(made))
        assert (written.PatientID, str(written.PatientName)) == (odd.patient.patient_id, "山田^太郎")
