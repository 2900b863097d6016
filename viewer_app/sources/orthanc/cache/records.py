"""What the cache knows of files and listings, as JSON in Orthanc's own words where it has words for it.

Whatever is read back is doubted like an answer of the server: BadResponse where it is not what was written.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from viewer_app.imaging.headers import HeaderMark, Patient, StudyInfo
from viewer_app.sources.orthanc import shape
from viewer_app.sources.orthanc.errors import BadResponse
from viewer_app.sources.orthanc.model import (
    DicomFile,
    SeriesRecord,
    StudyRecord,
    dicom_file,
    series_record,
    study_record,
)

Headers = Mapping[str, Mapping[str, Any]]
"""Headers in Orthanc's `short` JSON by instance ID; bytes where Orthanc's JSON has left a value out."""

_BYTES = "base64"
_DIGEST = re.compile(r"[0-9a-f]{32,128}")


@dataclass(frozen=True, slots=True)
class KeptFile:
    """A file as it was when it came: bytes, CRC-32, MD5 in hex, the server's `FileUuid`, the mark of its header."""

    size: int
    crc32: int
    md5: str
    uuid: str
    mark: HeaderMark | None = None


@dataclass(frozen=True, slots=True)
class KeptListing:
    """What the server listed of a study at `at` (ISO 8601, with time zone); `instances` of each series are its IDs."""

    study_id: str
    study_uid: str
    at: str
    series: tuple[SeriesRecord, ...] = ()
    files: Mapping[str, tuple[DicomFile, ...]] = field(default_factory=dict)
    patient: Patient = field(default_factory=Patient)
    info: StudyInfo | None = None

    @property
    def record(self) -> StudyRecord:
        """The study as the list of a server has it."""
        return StudyRecord(
            id=self.study_id,
            patient=self.patient,
            info=self.info or StudyInfo(self.study_uid),
            series_ids=tuple(one.id for one in self.series),
            is_stable=all(one.is_stable for one in self.series),
            modalities=tuple(dict.fromkeys(one.info.modality for one in self.series if one.info.modality)),
            instance_count=sum(len(one.instance_ids) for one in self.series),
        )


def file_line(instance_id: str, kept: KeptFile) -> str:
    """One line of the list of files."""
    mark = None if kept.mark is None else {"size": kept.mark.size, "sha256": kept.mark.digest.hex()}
    values = {"ID": instance_id, "FileSize": kept.size, "FileUuid": kept.uuid, "MD5": kept.md5, "CRC32": kept.crc32}
    return json.dumps(values | {"Mark": mark})


def file_of_line(line: bytes) -> tuple[str, KeptFile]:
    """Read a line of the list of files."""
    values = shape.record(shape.parse(line))
    mark = shape.inner(values, "Mark")
    kept = KeptFile(
        size=shape.count(values, "FileSize"),
        crc32=shape.count(values, "CRC32"),
        md5=_digest(values, "MD5"),
        uuid=shape.text(values, "FileUuid"),
        mark=HeaderMark(shape.count(mark, "size"), bytes.fromhex(_digest(mark, "sha256"))) if mark else None,
    )
    return shape.orthanc_id(values), kept


def listing_json(listing: KeptListing) -> bytes:
    """A listing as JSON, without headers."""
    values = {
        "ID": listing.study_id,
        "StudyInstanceUID": listing.study_uid,
        "At": listing.at,
        "Series": [_series_json(one) for one in listing.series],
        "Files": {key: [_file_json(file) for file in files] for key, files in listing.files.items()},
        "Study": _study_json(listing),
    }
    return json.dumps(values).encode()


def listing_of_json(data: bytes) -> KeptListing:
    """Read a listing."""
    values = shape.record(shape.parse(data))
    files, study = shape.inner(values, "Files"), shape.inner(values, "Study")
    told = study_record({**study, "ID": values.get("ID")}) if study else None
    return KeptListing(
        study_id=shape.orthanc_id(values),
        study_uid=shape.text(values, "StudyInstanceUID"),
        at=shape.text(values, "At"),
        series=tuple(map(series_record, shape.records(values.get("Series")))),
        files={shape.checked_id(key): tuple(map(dicom_file, shape.records(files[key]))) for key in files},
        patient=told.patient if told else Patient(),
        info=told.info if told else None,
    )


def headers_json(headers: Headers) -> bytes:
    """Headers as JSON, bytes in base64."""
    return json.dumps(headers, default=lambda value: {_BYTES: base64.b64encode(value).decode()}).encode()


def headers_of_json(data: bytes) -> Headers:
    """Read headers."""
    values = shape.record(shape.parse(data))
    return {shape.checked_id(key): shape.record(_with_bytes(value)) for key, value in values.items()}


def _with_bytes(value: Any) -> Any:
    if isinstance(value, list):
        return [_with_bytes(item) for item in value]
    if not isinstance(value, dict):
        return value
    if set(value) == {_BYTES}:
        try:
            return base64.b64decode(shape.text(value, _BYTES), validate=True)
        except ValueError as error:
            raise BadResponse("A kept header is damaged.", "Open the study again.") from error
    return {key: _with_bytes(item) for key, item in value.items()}


def _digest(values: shape.Record, key: str) -> str:
    found = shape.text(values, key)
    if not _DIGEST.fullmatch(found):
        raise BadResponse("The list of kept files is damaged.", "Open the study again.")
    return found


def _study_json(listing: KeptListing) -> dict[str, Any]:
    patient, info = listing.patient, listing.info or StudyInfo(listing.study_uid)
    return {
        "PatientMainDicomTags": {
            "PatientID": patient.patient_id,
            "PatientName": patient.name,
            "PatientBirthDate": patient.birth_date,
            "PatientSex": patient.sex,
        },
        "MainDicomTags": {
            "StudyInstanceUID": info.study_uid,
            "StudyID": info.study_id,
            "StudyDate": info.date,
            "StudyTime": info.time,
            "StudyDescription": info.description,
            "AccessionNumber": info.accession_number,
            "InstitutionName": info.institution,
        },
        "IsStable": True,
    }


def _series_json(series: SeriesRecord) -> dict[str, Any]:
    info = series.info
    return {
        "ID": series.id,
        "ParentStudy": series.study_id,
        "MainDicomTags": {
            "SeriesInstanceUID": info.series_uid,
            "Modality": info.modality,
            "SeriesNumber": "" if info.number is None else str(info.number),
            "SeriesDescription": info.description,
            "SeriesDate": info.date,
            "SeriesTime": info.time,
            "BodyPartExamined": info.body_part,
        },
        "Instances": list(series.instance_ids),
        "IsStable": series.is_stable,
    }


def _file_json(file: DicomFile) -> dict[str, Any]:
    return {
        "ID": file.id,
        "FileSize": file.size_bytes,
        "FileUuid": file.uuid,
        "MainDicomTags": {"SOPInstanceUID": file.sop_instance_uid},
        "Metadata": {
            "TransferSyntax": file.transfer_syntax_uid,
            "IndexInSeries": "" if file.index is None else str(file.index),
        },
    }
