"""Objects that are no images, made by pydicom."""

from __future__ import annotations

import io
from typing import Any

import pydicom
from pydicom import Dataset
from pydicom.dataset import FileMetaDataset
from pydicom.uid import (
    ComprehensiveSRStorage,
    CTImageStorage,
    EncapsulatedPDFStorage,
    ExplicitVRLittleEndian,
    generate_uid,
)

PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\n%%EOF"


def made(sop_class: str, like: Dataset | None = None, **values: Any) -> Dataset:
    """An object of a class, of the patient and study of `like`."""
    found = Dataset()
    found.PatientName, found.PatientID, found.PatientBirthDate, found.PatientSex = "Doe^Jane", "4711", "19610512", "F"
    found.StudyInstanceUID, found.StudyDate = "2.25.1", "20260112"
    for name in ("PatientName", "PatientID", "PatientBirthDate", "PatientSex", "StudyInstanceUID", "StudyDate"):
        if like is not None and name in like:
            setattr(found, name, like[name].value)
    found.SOPClassUID, found.SOPInstanceUID, found.SeriesInstanceUID = sop_class, generate_uid(), generate_uid()
    for name, value in values.items():
        setattr(found, name, value)
    return found


def as_file(dataset: Dataset) -> bytes:
    """The bytes of the file of an object."""
    dataset.file_meta = FileMetaDataset()
    dataset.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    dataset.file_meta.MediaStorageSOPClassUID = dataset.SOPClassUID
    dataset.file_meta.MediaStorageSOPInstanceUID = dataset.SOPInstanceUID
    target = io.BytesIO()
    pydicom.dcmwrite(target, dataset, enforce_file_format=True)
    return target.getvalue()


def pdf_object(content: bytes = PDF, like: Dataset | None = None, **values: Any) -> Dataset:
    """An Encapsulated PDF as PS3.3 A.45.1 has it; `values` by keyword replace its own."""
    wanted: dict[str, Any] = {
        "Modality": "DOC",
        "DocumentTitle": "Discharge letter",
        "MIMETypeOfEncapsulatedDocument": "application/pdf",
        "EncapsulatedDocument": content,
        "EncapsulatedDocumentLength": len(content),
    }
    return made(EncapsulatedPDFStorage, like, **{k: v for k, v in (wanted | values).items() if v is not None})


def code(meaning: str, value: str = "1", scheme: str = "99TEST") -> list[Dataset]:
    """A code sequence of one item."""
    found = Dataset()
    found.CodeValue, found.CodingSchemeDesignator, found.CodeMeaning = value, scheme, meaning
    return [found]


def item(kind: str, concept: str, *children: Dataset, relationship: str = "CONTAINS", **values: Any) -> Dataset:
    """A content item."""
    found = Dataset()
    found.RelationshipType, found.ValueType = relationship, kind
    if concept:
        found.ConceptNameCodeSequence = code(concept)
    for name, value in values.items():
        setattr(found, name, value)
    if children:
        found.ContentSequence = list(children)
    return found


def measured(concept: str, number: str, unit: str, meaning: str, *children: Dataset, scheme: str = "UCUM") -> Dataset:
    """A NUM item."""
    value = Dataset()
    value.NumericValue = number
    value.MeasurementUnitsCodeSequence = code(meaning, unit, scheme)
    return item("NUM", concept, *children, MeasuredValueSequence=[value])


def reference(uid: str, **values: Any) -> list[Dataset]:
    """A Referenced SOP Sequence."""
    found = Dataset()
    found.ReferencedSOPClassUID, found.ReferencedSOPInstanceUID = CTImageStorage, uid
    for name, value in values.items():
        setattr(found, name, value)
    return [found]


def report_object(*content: Dataset, like: Dataset | None = None, **values: Any) -> Dataset:
    """A Comprehensive SR, complete and not verified unless `values` say otherwise."""
    wanted: dict[str, Any] = {
        "Modality": "SR",
        "ContentDate": "20260112",
        "ContentTime": "140509.5",
        "ValueType": "CONTAINER",
        "ConceptNameCodeSequence": code("Measurement Report"),
        "CompletionFlag": "COMPLETE",
        "VerificationFlag": "UNVERIFIED",
        "ContentSequence": list(content),
    }
    return made(ComprehensiveSRStorage, like, **(wanted | values))
