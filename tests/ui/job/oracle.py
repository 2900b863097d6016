"""A second opinion on where a click lies in the patient: highdicom and pydicom on the file, nothing of Caliper's."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import highdicom
import numpy as np
import pydicom
from numpy.typing import NDArray
from pydicom.misc import is_dicom

from tests.ui.job.driver import Driver, Spot


class Files:
    """The DICOM files under a folder by SOP Instance UID."""

    def __init__(self, folder: Path) -> None:
        self._paths = dict(_uids(folder))

    def __getitem__(self, sop_instance_uid: str) -> pydicom.Dataset:
        """The file of an image."""
        return pydicom.dcmread(self._paths[sop_instance_uid])


def patient_point(driver: Driver, files: Files, at: Spot) -> NDArray[np.float64]:
    """LPS mm under a pixel of the viewport, from the header of the image on show."""
    header = files[driver.sop_instance_uid]
    to_patient = highdicom.spatial.ImageToReferenceTransformer(
        header.ImagePositionPatient, header.ImageOrientationPatient, header.PixelSpacing
    )
    # highdicom counts from the corner of the first pixel, not from its centre.
    found: NDArray[np.float64] = to_patient(np.array([_pixel(driver, header, at)]) + 0.5)[0]
    return found


def value(driver: Driver, files: Files, at: Spot) -> float:
    """The modality value of the image's pixel under a pixel of the viewport."""
    dataset = files[driver.sop_instance_uid]
    column, row = np.rint(_pixel(driver, dataset, at)).astype(int)
    stored = float(dataset.pixel_array[row, column])
    return stored * float(dataset.get("RescaleSlope", 1)) + float(dataset.get("RescaleIntercept", 0))


def _pixel(driver: Driver, header: pydicom.Dataset, at: Spot) -> tuple[float, float]:
    """(column, row) from the centre of the first pixel."""
    between_rows, between_columns = map(float, header.PixelSpacing)
    ((across, down),) = driver.viewport.camera.to_plane([at])
    return float(across) / between_columns, float(down) / between_rows


def _uids(folder: Path) -> Iterator[tuple[str, Path]]:
    for path in dicom_files(folder):
        yield str(pydicom.dcmread(path, specific_tags=["SOPInstanceUID"]).SOPInstanceUID), path


def dicom_files(folder: Path) -> list[Path]:
    """The DICOM files under a folder, in name order."""
    return [path for path in sorted(folder.rglob("*")) if path.is_file() and is_dicom(path)]
