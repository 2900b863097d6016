"""Stored values and a plane in, a DICOM file out, explicit VR little endian."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from copy import deepcopy
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydicom import dcmwrite
from pydicom.dataset import FileDataset, FileMetaDataset
from pydicom.uid import UID, ExplicitVRLittleEndian
from pydicom.valuerep import format_number_as_ds

from viewer_app.imaging.geometry import Plane
from viewer_app.phantom.modalities import MODALITIES

Stored = NDArray[np.uint8] | NDArray[np.uint16] | NDArray[np.int16]

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


def uid(*names: str) -> str:
    """A UID below 2.25 that is always the same for the same names (PS3.5 B.2)."""
    digest = hashlib.sha256("/".join(("caliper", *names)).encode()).digest()
    return f"2.25.{int.from_bytes(digest[:16], 'big')}"


def image_dataset(
    stored: Stored, plane: Plane | None, *, modality: str = "CT", name: str = "phantom", number: int = 1, **values: Any
) -> FileDataset:
    """One image as a data set ready to be saved.

    `stored` are stored values (rows, columns), or (frames, rows, columns); with a
    last axis of 3 where `PhotometricInterpretation` is "RGB". Of 16 bits 12 are
    stored, of 8 all, unless `BitsStored` says otherwise. Without a `plane` no place
    and no spacing is written. `modality` is a row of `MODALITIES`, `name` decides
    the UIDs and `number` is the Instance Number. Further `values`, by DICOM keyword,
    win over what this function would write; None leaves the attribute out.
    """
    values = {**MODALITIES[modality], **values}
    made: dict[str, Any] = {
        **_COMMON,
        "Modality": modality,
        "StudyInstanceUID": uid(name, "study"),
        "SeriesInstanceUID": uid(name, "series"),
        "SOPInstanceUID": uid(name, "instance", str(number)),
        "InstanceNumber": number,
        **_pixel_values(stored, values),
        **(_plane_values(plane, name) if plane else {}),
        **values,
    }
    return _dataset(made)


def write_series(folder: Path, images: Iterable[FileDataset], first: int = 1) -> list[Path]:
    """Write images as IM00001.dcm, IM00002.dcm ... (from `first` on) into `folder`, which is made; the files' paths."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for number, image in enumerate(images, start=first):
        path = folder / f"IM{number:05d}.dcm"
        _write(path, image)
        paths.append(path)
    return paths


def _write(path: Path, image: FileDataset) -> None:
    if image.file_meta.TransferSyntaxUID.is_transfer_syntax:
        dcmwrite(path, image, enforce_file_format=True)
        return
    # A syntax newer than pydicom's dictionary: it can only be one of pixels in pieces, all of which are written alike.
    image.file_meta.FileMetaInformationGroupLength = 0
    image.file_meta.FileMetaInformationVersion = b"\0\1"
    dcmwrite(path, image, implicit_vr=False, little_endian=True, force_encoding=True)


def ds(value: float) -> str:
    """A number as a decimal string of at most 16 characters (PS3.5 6.2)."""
    whole = int(value)
    return str(whole) if whole == value else format_number_as_ds(float(value))


def _pixel_values(stored: Stored, values: Mapping[str, Any]) -> dict[str, Any]:
    is_rgb = values.get("PhotometricInterpretation") == "RGB" and stored.ndim > 2
    *frames, rows, columns = stored.shape[:-1] if is_rgb else stored.shape
    bits_allocated = 8 * stored.dtype.itemsize
    bits_stored = int(values.get("BitsStored", min(12, bits_allocated)))
    return {
        "SamplesPerPixel": 3 if is_rgb else 1,
        "PhotometricInterpretation": "MONOCHROME2",
        **({"PlanarConfiguration": 0} if is_rgb else {}),
        **({"NumberOfFrames": frames[0]} if frames else {}),
        "Rows": rows,
        "Columns": columns,
        "BitsAllocated": bits_allocated,
        "BitsStored": bits_stored,
        "HighBit": bits_stored - 1,
        "PixelRepresentation": int(stored.dtype.kind == "i"),
        "PixelData": stored.astype(stored.dtype.newbyteorder("<")).tobytes(),
    }


def _plane_values(plane: Plane, name: str) -> dict[str, Any]:
    return {
        "FrameOfReferenceUID": plane.frame_of_reference_uid or uid(name, "frame of reference"),
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
            setattr(dataset, keyword, deepcopy(value))
    dataset["PixelData"].VR = "OB" if values["BitsAllocated"] == 8 else "OW"
    return dataset
