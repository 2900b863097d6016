"""The coarse sample study, written once for all tests of this room."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pydicom
import pytest
from numpy.typing import NDArray

from viewer_app.imaging.geometry import Plane, vector
from viewer_app.phantom import write_sample

Series = tuple[list[pydicom.FileDataset], NDArray[np.float64]]


@pytest.fixture(scope="session")
def coarse(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the coarse sample study."""
    folder = tmp_path_factory.mktemp("sample") / "sample"
    write_sample(folder, coarse=True)
    return folder


@pytest.fixture(scope="session")
def series(coarse: Path) -> Callable[[str], Series]:
    """Headers and modality values (slices, rows, columns) of a series of the coarse sample study."""

    def read(key: str) -> Series:
        images = [pydicom.dcmread(path) for path in sorted((coarse / key).glob("*.dcm"))]
        values = [
            image.pixel_array * float(image.get("RescaleSlope", 1)) + float(image.get("RescaleIntercept", 0))
            for image in images
        ]
        return images, np.stack(values)

    return read


def plane_of(image: pydicom.Dataset) -> Plane:
    """The plane of an image as its header gives it."""
    turn = image.ImageOrientationPatient
    row, column = image.PixelSpacing
    return Plane(vector(image.ImagePositionPatient), vector(turn[:3]), vector(turn[3:]), float(row), float(column))
