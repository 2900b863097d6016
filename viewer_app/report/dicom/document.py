"""The file around the measurements: a Comprehensive 3D SR (PS3.3 A.35.13) by TID 1500 of PS3.16.

Patient and study are copied from the images, for a server files by them. Series and instance are new with every
report: none ever takes the place of another.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from io import BytesIO

from pydicom import Dataset, dcmwrite
from pydicom.dataset import FileMetaDataset
from pydicom.uid import Comprehensive3DSRStorage, ExplicitVRLittleEndian, generate_uid

from viewer_app.errors import ReportError
from viewer_app.imaging.headers import Instance
from viewer_app.measure.measurement import Reference
from viewer_app.report.content import Report
from viewer_app.report.dicom.coding import DCM, ENGLISH, IMAGING_PROCEDURE, SCHEME
from viewer_app.report.dicom.groups import group_of
from viewer_app.report.dicom.items import Relationship, code, coded, container, person, put, template_of
from viewer_app.report.dicom.places import references_of
from viewer_app.report.text import in_utc

_SERIES_NUMBER = 9000


def dicom_report(report: Report) -> bytes:
    """The bytes of the file; ReportError where the patient is hidden, or the images are not at hand."""
    if report.patient_hidden:
        raise ReportError("A DICOM report names the patient, who is hidden.", "Show the patient, or choose a workbook.")
    if not report.images:
        raise ReportError("A DICOM report needs the images it refers to.", "Open the study and export it there.")
    made = _header(report)
    made.update(_content(report))
    evidence = _evidence(report)
    if evidence:
        made.CurrentRequestedProcedureEvidenceSequence = [evidence]
    stream = BytesIO()
    dcmwrite(stream, made, enforce_file_format=True)
    return stream.getvalue()


def _header(report: Report) -> Dataset:
    """Patient, study, series, equipment and document (PS3.3 C.7.1.1, C.7.2.1, C.17.1, C.7.5, C.17.2)."""
    made = Dataset()
    made.file_meta = FileMetaDataset()
    made.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    made.SOPClassUID, made.SOPInstanceUID = Comprehensive3DSRStorage, generate_uid(prefix=None)
    made.SeriesInstanceUID, made.SeriesNumber, made.InstanceNumber = generate_uid(prefix=None), _SERIES_NUMBER, 1
    for keyword, value in (*_copied(report).items(), *_own(report).items()):
        put(made, keyword, value)
    made.ReferencedPerformedProcedureStepSequence = []
    made.PerformedProcedureCodeSequence = []
    made.CodingSchemeIdentificationSequence = [_scheme()]
    return made


def _copied(report: Report) -> Mapping[str, str]:
    patient, study = report.study.patient, report.study.info
    return {
        "SpecificCharacterSet": "ISO_IR 192",
        "PatientID": patient.patient_id,
        "PatientName": patient.name,
        "PatientBirthDate": patient.birth_date,
        "PatientSex": patient.sex,
        "StudyInstanceUID": study.study_uid,
        "StudyID": study.study_id,
        "StudyDate": study.date,
        "StudyTime": study.time,
        "StudyDescription": study.description,
        "AccessionNumber": study.accession_number,
        "InstitutionName": study.institution,
        "ReferringPhysicianName": "",
    }


def _own(report: Report) -> Mapping[str, str]:
    # In the time of this place, as the dates of the study are: a zone would be theirs as well.
    written = in_utc(report.written_at).astimezone()
    day, time = written.strftime("%Y%m%d"), written.strftime("%H%M%S")
    return {
        "Modality": "SR",
        "SeriesDescription": "Measurements (Caliper)",
        "Manufacturer": "Caliper",
        "ManufacturerModelName": "Caliper",
        "DeviceSerialNumber": "none",
        "SoftwareVersions": f"{report.software_version}, measuring rules {report.rule_version}",
        "SeriesDate": day,
        "SeriesTime": time,
        "ContentDate": day,
        "ContentTime": time,
        "InstanceCreationDate": day,
        "InstanceCreationTime": time,
        "CompletionFlag": "PARTIAL",
        "VerificationFlag": "UNVERIFIED",
        "PreliminaryFlag": "PRELIMINARY",
    }


def _scheme() -> Dataset:
    made = Dataset()
    made.CodingSchemeDesignator = SCHEME
    made.CodingSchemeName = "Quantities of Caliper that DICOM has no code for"
    return made


def _content(report: Report) -> Dataset:
    groups = (group_of(report, record, report.images) for record in report.records)
    made = Dataset()
    made.ValueType = "CONTAINER"
    made.ContinuityOfContent = "SEPARATE"
    made.ConceptNameCodeSequence = [coded(DCM.ImagingMeasurementReport)]
    made.ContentTemplateSequence = [template_of("1500")]
    made.ContentSequence = [
        code(Relationship.HAS_CONCEPT_MOD, DCM.LanguageOfContentItemAndDescendants, ENGLISH),
        code(Relationship.HAS_OBS_CONTEXT, DCM.ObserverType, DCM.Person),
        person(Relationship.HAS_OBS_CONTEXT, DCM.PersonObserverName, report.author or "unknown"),
        code(Relationship.HAS_CONCEPT_MOD, DCM.ProcedureReported, IMAGING_PROCEDURE),
        container(Relationship.CONTAINS, DCM.ImagingMeasurements, "", *groups),
    ]
    return made


def _evidence(report: Report) -> Dataset | None:
    """All images that the report refers to, by series (PS3.3 C.17.2.3)."""
    series: dict[str, dict[str, Instance]] = {}
    for reference in _references(report):
        found = series.setdefault(reference.series_uid, {})
        found[reference.sop_instance_uid] = report.images[reference.sop_instance_uid]
    if not series:
        return None
    made = Dataset()
    put(made, "StudyInstanceUID", report.study.info.study_uid)
    made.ReferencedSeriesSequence = [_series(uid, found) for uid, found in series.items()]
    return made


def _references(report: Report) -> Iterator[Reference]:
    for record in report.records:
        yield from references_of(record.measurement, report.images)


def _series(uid: str, instances: Mapping[str, Instance]) -> Dataset:
    made = Dataset()
    put(made, "SeriesInstanceUID", uid)
    made.ReferencedSOPSequence = [_reference(instance) for instance in instances.values()]
    return made


def _reference(instance: Instance) -> Dataset:
    made = Dataset()
    put(made, "ReferencedSOPClassUID", instance.sop_class_uid)
    put(made, "ReferencedSOPInstanceUID", instance.sop_instance_uid)
    return made
