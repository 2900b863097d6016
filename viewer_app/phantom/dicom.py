"""Stored values and a plane in, a DICOM file out: CT and MR Image Storage, explicit VR little endian."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import FileDataset, FileMetaDataset
from pydicom.uid import UID, CTImageStorage, ExplicitVRLittleEndian, MRImageStorage
from pydicom.valuerep import format_number_as_ds

from viewer_app.imaging.geometry import Plane

Stored = NDArray[np.uint16] | NDArray[np.int16]

# Values of the modules every image here carries (PS3.3 C.7.1.1, C.7.2.1, C.7.3.1, C.7.5.1).
_COMMON: Mapping[str, Any] = {
    "SpecificCharacterSet": "ISO_IR 192",
    "PatientName": "Caliper^Phantom",
    "PatientID": "CALIPER-PHANTOM",
    "PatientBirthDate": "19600101",
    "PatientSex": "O",
    "StudyDate": "20260112",
    "StudyTime": "091500",
    "StudyID": "1",
    "StudyDescription": "Phantom",
    "AccessionNumber": "",
    "ReferringPhysicianName": "",
    "SeriesNumber": 1,
    "BodyPartExamined": "CHEST",
    "PatientPosition": "HFS",
    "Manufacturer": "Caliper",
    "ManufacturerModelName": "Phantom",
    "InstitutionName": "Caliper",
    "SoftwareVersions": "1",
    "PositionReferenceIndicator": "",
    "BurnedInAnnotation": "NO",
    "ImageComments": "Synthetic image, drawn from formulas. No patient.",
}
_BY_MODALITY: Mapping[str, Mapping[str, Any]] = {
    "CT": {  # PS3.3 C.8.2.1
        "SOPClassUID": CTImageStorage,
        "ImageType": ["ORIGINAL", "PRIMARY", "AXIAL"],
        "KVP": "120",
        "AcquisitionNumber": 1,
        "RescaleSlope": "1",
        "RescaleIntercept": "-1024",
        "RescaleType": "HU",
    },
    "MR": {  # PS3.3 C.8.3.1
        "SOPClassUID": MRImageStorage,
        "ImageType": ["ORIGINAL", "PRIMARY", "OTHER"],
        "ScanningSequence": "SE",
        "SequenceVariant": "NONE",
        "ScanOptions": "",
        "MRAcquisitionType": "2D",
        "RepetitionTime": "520",
        "EchoTime": "11",
        "EchoTrainLength": 1,
        "MagneticFieldStrength": "1.5",
    },
}


def uid(*names: str) -> str:
    """A UID below 2.25 that is always the same for the same names (PS3.5 B.2)."""
    digest = hashlib.sha256("/".join(("caliper", *names)).encode()).digest()
    return f"2.25.{int.from_bytes(digest[:16], 'big')}"


def image_dataset(
    stored: Stored, plane: Plane, *, modality: str = "CT", name: str = "phantom", number: int = 1, **values: Any
) -> FileDataset:
    """One image as a data set ready to be saved.

    `stored` are stored values (rows, columns), 16 bits allocated; 12 bits are
    stored unless `BitsStored` says otherwise. `name` decides the UIDs and
    `number` is the Instance Number. Further `values`, by DICOM keyword, win over
    what this function would write; None leaves the attribute out.
    """
    frame_of_reference = plane.frame_of_reference_uid or uid(name, "frame of reference")
    made: dict[str, Any] = {
        **_COMMON,
        **_BY_MODALITY[modality],
        "Modality": modality,
        "StudyInstanceUID": uid(name, "study"),
        "SeriesInstanceUID": uid(name, "series"),
        "SOPInstanceUID": uid(name, "instance", str(number)),
        "FrameOfReferenceUID": frame_of_reference,
        "InstanceNumber": number,
        **_pixel_values(stored, int(values.get("BitsStored", 12))),
        **_plane_values(plane),
        **values,
    }
    return _dataset(made)


def write_series(folder: Path, images: Iterable[FileDataset], first: int = 1) -> list[Path]:
    """Write images as IM00001.dcm, IM00002.dcm ... (from `first` on) into `folder`, which is made; the files' paths."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for number, image in enumerate(images, start=first):
        path = folder / f"IM{number:05d}.dcm"
        image.save_as(path, enforce_file_format=True)
        paths.append(path)
    return paths


def ds(value: float) -> str:
    """A number as a decimal string of at most 16 characters (PS3.5 6.2)."""
    whole = int(value)
    return str(whole) if whole == value else format_number_as_ds(float(value))


def _pixel_values(stored: Stored, bits_stored: int) -> dict[str, Any]:
    return {
        "SamplesPerPixel": 1,
        "PhotometricInterpretation": "MONOCHROME2",
        "Rows": stored.shape[0],
        "Columns": stored.shape[1],
        "BitsAllocated": 16,
        "BitsStored": bits_stored,
        "HighBit": bits_stored - 1,
        "PixelRepresentation": int(stored.dtype.kind == "i"),
        "PixelData": stored.astype(stored.dtype.newbyteorder("<")).tobytes(),
    }


def _plane_values(plane: Plane) -> dict[str, Any]:
    return {
        "ImagePositionPatient": [ds(value) for value in plane.origin],
        "ImageOrientationPatient": [ds(value) for value in (*plane.row_direction, *plane.column_direction)],
        "PixelSpacing": [ds(plane.row_spacing), ds(plane.column_spacing)],
        "SliceThickness": "1",
    }


def _dataset(values: Mapping[str, Any]) -> FileDataset:
    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID = values["SOPClassUID"]
    meta.MediaStorageSOPInstanceUID = values["SOPInstanceUID"]
    meta.TransferSyntaxUID = ExplicitVRLittleEndian
    meta.ImplementationClassUID = UID(uid("implementation"))
    meta.ImplementationVersionName = "CALIPER"
    dataset = FileDataset("", {}, file_meta=meta, preamble=b"\0" * 128)
    for keyword, value in values.items():
        if value is not None:
            setattr(dataset, keyword, value)
    dataset["PixelData"].VR = "OW"
    return dataset
