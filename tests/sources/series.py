"""A small CT series with what makes headers hard to carry: long decimals, accents, several windows, a long comment."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import numpy as np
from pydicom import Dataset
from pydicom.dataset import FileMetaDataset
from pydicom.uid import CTImageStorage, ExplicitVRLittleEndian

STUDY_UID = "1.2.826.0.1.3680043.8.498.1"
SLICES = 6


def write_series(folder: Path, *, slices: int = SLICES, patient_id: str = "P-1", study_uid: str = STUDY_UID) -> Path:
    """Write the series, file names in another order than the slices; the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for index in range(slices):
        ct_slice(index, patient_id, study_uid).save_as(folder / f"{(index * 5) % 17:03d}.dcm", enforce_file_format=True)
    return folder


def ct_slice(index: int, patient_id: str = "P-1", study_uid: str = STUDY_UID) -> Dataset:
    """One slice of 16 rows and 24 columns."""
    dataset = Dataset()
    dataset.file_meta = FileMetaDataset()
    dataset.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    dataset.SpecificCharacterSet = "ISO_IR 100"
    dataset.SOPClassUID = CTImageStorage
    dataset.SOPInstanceUID = f"{study_uid}.1.{index + 1}"
    dataset.StudyInstanceUID, dataset.SeriesInstanceUID = study_uid, f"{study_uid}.1"
    dataset.PatientID, dataset.PatientName, dataset.PatientBirthDate = patient_id, "Müller^Zoë", "19700101"
    dataset.StudyDate, dataset.StudyTime, dataset.StudyDescription = "20240102", "030405.678", "Thorax, früh"
    dataset.AccessionNumber, dataset.StudyID = "A1", "S1"
    dataset.Modality, dataset.SeriesNumber = "CT", 3
    dataset.SeriesDescription, dataset.InstanceNumber = "axial", index + 1
    dataset.FrameOfReferenceUID = f"{STUDY_UID}.9"
    dataset.ImageType = ["ORIGINAL", "PRIMARY", "AXIAL"]
    dataset.ImageComments = "long " * 200
    dataset.ImagePositionPatient = ["-66.008080743032", "-131.33872823643", f"{index * 1.25:.10f}"]
    dataset.ImageOrientationPatient = ["1", "0", "0", "0", "0.9999999999", "1e-05"]
    dataset.PixelSpacing = ["0.703125", "0.70312500000001"]
    dataset.SliceThickness = "1.250"
    dataset.RescaleSlope, dataset.RescaleIntercept, dataset.RescaleType = "1.0", "-1024", "HU"
    dataset.WindowCenter, dataset.WindowWidth = ["40", "-600"], ["400", "1500.5"]
    dataset.WindowCenterWidthExplanation = ["SOFT", "LUNG"]
    _pixels(dataset, index)
    return dataset


def file_of(dataset: Dataset) -> bytes:
    """The DICOM file of a data set."""
    target = io.BytesIO()
    dataset.save_as(target, enforce_file_format=True)
    return target.getvalue()


def _pixels(dataset: Dataset, index: int) -> None:
    dataset.Rows, dataset.Columns, dataset.SamplesPerPixel = 16, 24, 1
    dataset.PhotometricInterpretation = "MONOCHROME2"
    dataset.BitsAllocated, dataset.BitsStored, dataset.HighBit, dataset.PixelRepresentation = 16, 16, 15, 1
    dataset.add_new("PixelPaddingValue", "SS", -2000)
    values = np.random.default_rng(index).integers(-1000, 3000, (16, 24), dtype=np.int16)
    dataset.PixelData = values.astype("<i2").tobytes()


def zip_folder(folder: Path, archive: Path) -> Path:
    """All files of `folder` in a deflated archive."""
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as target:
        for path in sorted(folder.iterdir()):
            target.write(path, f"export/{path.name}")
    return archive
