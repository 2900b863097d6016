"""What an Orthanc server says, as frozen records.

Texts are as Orthanc decoded them; identity is compared by UIDs and IDs only.
Dates are DICOM's YYYYMMDD or "". `id` is always Orthanc's own ID.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from viewer_app.imaging.headers import Patient, SeriesInfo, StudyInfo
from viewer_app.sources.orthanc import shape

Version = tuple[int, int, int]

OLDEST_VERSION: Version = (1, 9, 4)


def parse_version(text: str) -> Version:
    """ "1.12.7" as numbers; "mainline" is newer than any release; (0, 0, 0) where it cannot be read."""
    if text == "mainline":
        return (999, 0, 0)
    found = re.match(r"(\d{1,4})\.(\d{1,4})(?:\.(\d{1,4}))?", text)
    return (int(found[1]), int(found[2]), int(found[3] or 0)) if found else (0, 0, 0)


@dataclass(frozen=True, slots=True)
class ServerInfo:
    """`GET /system`. Features are gated by version: old servers ignore unknown keys in silence."""

    name: str
    version_text: str
    version: Version
    read_only: bool
    has_extended_find: bool

    @property
    def is_supported(self) -> bool:
        """False below 1.9.4, the first release whose slices carry their MD5."""
        return self.version >= OLDEST_VERSION

    @property
    def has_requested_tags(self) -> bool:
        """`RequestedTags` in tools/find, since 1.11.0."""
        return self.version >= (1, 11, 0)


@dataclass(frozen=True, slots=True)
class Health:
    """A server that answers: what it is, its plugins, and how long it took."""

    server: ServerInfo
    plugins: tuple[str, ...]
    seconds: float


@dataclass(frozen=True, slots=True)
class PatientRecord:
    """A patient by Patient ID. Empty IDs share one record: show the names of studies, not this one."""

    id: str
    patient: Patient
    study_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class StudyRecord:
    """A study; `modalities` and `instance_count` are empty where the server cannot tell cheaply."""

    id: str
    patient: Patient
    info: StudyInfo
    series_ids: tuple[str, ...]
    is_stable: bool
    modalities: tuple[str, ...] = ()
    instance_count: int | None = None


@dataclass(frozen=True, slots=True)
class SeriesRecord:
    """A series of a study."""

    id: str
    study_id: str
    info: SeriesInfo
    instance_ids: tuple[str, ...]
    is_stable: bool


@dataclass(frozen=True, slots=True)
class DicomFile:
    """One stored instance; `size_bytes` is the uncompressed size of its DICOM file.

    `uuid` is another one whenever the server has stored the instance anew, "" where it does not say.
    """

    id: str
    sop_instance_uid: str
    size_bytes: int
    transfer_syntax_uid: str
    index: int | None = None
    uuid: str = ""


@dataclass(frozen=True, slots=True)
class StudyQuery:
    """What to search for; empty fields do not restrict. `*` and `?` are wildcards; dates are YYYYMMDD.

    Names and descriptions match anywhere in the text, whatever the case.
    """

    patient_name: str = ""
    patient_id: str = ""
    accession_number: str = ""
    description: str = ""
    modality: str = ""
    date_from: str = ""
    date_to: str = ""
    study_uid: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    """Some studies; `more` where the server has further ones after them.

    `is_sorted` where these are the newest of all that match; older servers give them in no order.
    """

    studies: tuple[StudyRecord, ...]
    more: bool
    is_sorted: bool = False


@dataclass(frozen=True, slots=True)
class Uploaded:
    """A stored file; `verified` where the server's MD5 equals the local one.

    It does not if the server transcodes on arrival or keeps no MD5.
    """

    id: str
    study_id: str
    was_there: bool
    verified: bool


def server_info(answer: shape.Record) -> ServerInfo:
    """Read `GET /system`."""
    version = shape.text(answer, "Version")
    return ServerInfo(
        name=shape.text(answer, "Name"),
        version_text=version,
        version=parse_version(version),
        read_only=shape.flag(answer, "ReadOnly"),
        has_extended_find=shape.flag(shape.inner(answer, "Capabilities"), "HasExtendedFind"),
    )


def patient_record(answer: shape.Record) -> PatientRecord:
    """Read one patient of Orthanc."""
    patient = _patient(shape.inner(answer, "MainDicomTags"))
    return PatientRecord(shape.orthanc_id(answer), patient, shape.orthanc_ids(answer, "Studies"))


def study_record(answer: shape.Record) -> StudyRecord:
    """Read one study of Orthanc, with the requested tags where there are any."""
    tags, requested = shape.inner(answer, "MainDicomTags"), shape.inner(answer, "RequestedTags")
    count = shape.text(requested, "NumberOfStudyRelatedInstances")
    return StudyRecord(
        id=shape.orthanc_id(answer),
        patient=_patient(shape.inner(answer, "PatientMainDicomTags")),
        info=StudyInfo(
            study_uid=shape.text(tags, "StudyInstanceUID"),
            study_id=shape.text(tags, "StudyID"),
            date=shape.text(tags, "StudyDate"),
            time=shape.text(tags, "StudyTime"),
            description=shape.text(tags, "StudyDescription"),
            accession_number=shape.text(tags, "AccessionNumber"),
            institution=shape.text(tags, "InstitutionName"),
        ),
        series_ids=shape.orthanc_ids(answer, "Series"),
        is_stable=shape.flag(answer, "IsStable"),
        modalities=tuple(filter(None, shape.text(requested, "ModalitiesInStudy").split("\\"))),
        instance_count=int(count) if count.isascii() and count.isdigit() and len(count) < 10 else None,
    )


def series_record(answer: shape.Record) -> SeriesRecord:
    """Read one series of Orthanc."""
    tags = shape.inner(answer, "MainDicomTags")
    return SeriesRecord(
        id=shape.orthanc_id(answer),
        study_id=shape.orthanc_id(answer, "ParentStudy"),
        info=SeriesInfo(
            series_uid=shape.text(tags, "SeriesInstanceUID"),
            modality=shape.text(tags, "Modality"),
            number=_integer(shape.text(tags, "SeriesNumber")),
            description=shape.text(tags, "SeriesDescription"),
            date=shape.text(tags, "SeriesDate"),
            time=shape.text(tags, "SeriesTime"),
            body_part=shape.text(tags, "BodyPartExamined"),
        ),
        instance_ids=shape.orthanc_ids(answer, "Instances"),
        is_stable=shape.flag(answer, "IsStable"),
    )


def dicom_file(answer: shape.Record) -> DicomFile:
    """Read one instance of `POST /tools/bulk-content`."""
    return DicomFile(
        id=shape.orthanc_id(answer),
        sop_instance_uid=shape.text(shape.inner(answer, "MainDicomTags"), "SOPInstanceUID"),
        size_bytes=shape.count(answer, "FileSize"),
        transfer_syntax_uid=shape.text(shape.inner(answer, "Metadata"), "TransferSyntax"),
        index=_integer(shape.text(shape.inner(answer, "Metadata"), "IndexInSeries")),
        uuid=shape.text(answer, "FileUuid"),
    )


def _patient(tags: shape.Record) -> Patient:
    return Patient(
        patient_id=shape.text(tags, "PatientID"),
        name=shape.text(tags, "PatientName"),
        birth_date=shape.text(tags, "PatientBirthDate"),
        sex=shape.text(tags, "PatientSex"),
    )


def _integer(text: str) -> int | None:
    return int(text) if re.fullmatch(r"[+-]?[0-9]{1,12}", text) else None
