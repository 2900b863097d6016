"""Listing a folder: its headers read by us, against pydicom reading the same headers up to the pixels."""

from __future__ import annotations

import functools
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pydicom
from pydicom.dataset import FileDataset

from tests.bench.harness import Result, interleaved_medians
from viewer_app.imaging.reading import tags
from viewer_app.phantom.blocks import axial_plane, stack
from viewer_app.phantom.dicom import write_series
from viewer_app.progress import Watch
from viewer_app.sources import FolderSource

_ROUNDS, _GOAL = 7, 0.5

# What a CT writes beside the modules that the phantoms carry.
_SCANNER: dict[str, Any] = {
    "AcquisitionDate": "20260112", "ContentDate": "20260112", "SeriesDate": "20260112", "SeriesTime": "091502.5",
    "StationName": "CT01", "ProtocolName": "Thorax", "SeriesDescription": "Thorax 1.0 B30f", "PatientAge": "066Y",
    "PatientWeight": "77", "ConvolutionKernel": "B30f", "ExposureTime": "500", "FilterType": "FLAT",
    "GeneratorPower": "30", "DataCollectionDiameter": "500", "ReconstructionDiameter": "358.4", "TableHeight": "150",
    "DistanceSourceToDetector": "1040", "DistanceSourceToPatient": "570", "GantryDetectorTilt": "0",
    "RotationDirection": "CW", "FocalSpots": "1.2", "WindowCenter": ["40", "-600"], "WindowWidth": ["400", "1500"],
    "WindowCenterWidthExplanation": ["SOFT", "LUNG"], "PerformingPhysicianName": "Physician^Any",
    "OperatorsName": "Operator^Any", "DeviceSerialNumber": "1234", "DateOfLastCalibration": "20260101",
    "PerformedProcedureStepStartDate": "20260112", "RequestedProcedureDescription": "CT thorax",
    "SmallestImagePixelValue": 0, "LargestImagePixelValue": 4095,
}  # fmt: skip


def headers_2000() -> Result:
    """2,000 small slices with a hundred elements each, private ones of 8 kB among them."""
    return _listing(_folder(2000, 16))


def headers_300() -> Result:
    """300 slices of 512 x 512."""
    return _listing(_folder(300, 512))


def _listing(folder: Path) -> Result:
    files = sorted(folder.iterdir())

    def ours() -> None:
        FolderSource(folder).find(Watch())

    def pydicom_alone() -> None:
        for file in files:
            pydicom.dcmread(file, stop_before_pixels=True)

    mine, its = interleaved_medians(_for_the_first_time(ours), pydicom_alone, _ROUNDS)
    figure = f"{len(files)} headers in {mine * 1000:.0f} ms"
    return Result(figure, f"pydicom dcmread {its * 1000:.0f} ms", mine / its, _GOAL)


def _for_the_first_time(listing: Callable[[], None]) -> Callable[[], None]:
    """`listing` without the values remembered from the round before: nobody opens a folder seven times."""

    def listing_anew() -> None:
        tags.forget()
        listing()

    return listing_anew


@functools.cache
def _kept(count: int, size: int) -> tempfile.TemporaryDirectory[str]:
    """The folder of a series; goes away with the process."""
    folder: tempfile.TemporaryDirectory[str] = tempfile.TemporaryDirectory(prefix="caliper-bench-")
    write_series(Path(folder.name), (_as_scanned(image, number) for number, image in enumerate(_images(count, size))))
    return folder


def _folder(count: int, size: int) -> Path:
    return Path(_kept(count, size).name)


def _images(count: int, size: int) -> list[FileDataset]:
    stored = [np.full((size, size), number % 4096, dtype=np.uint16) for number in range(count)]
    steps = [(0.0, 0.0, 0.625 * number) for number in range(count)]
    return list(stack(stored, axial_plane((-179.2, -179.2, -600.0), 0.7, 0.7), steps))


def _as_scanned(image: FileDataset, number: int) -> FileDataset:
    for keyword, value in _SCANNER.items():
        setattr(image, keyword, value)
    image.AcquisitionTime = image.ContentTime = f"{91500 + number // 100:06d}.{number % 100:02d}"
    image.SliceLocation, image.XRayTubeCurrent = f"{0.625 * number:.3f}", str(180 + number % 40)
    image.private_block(0x29, "CALIPER HEADER", create=True).add_new(0x10, "OB", bytes(8000))
    block = image.private_block(0x19, "CALIPER CT", create=True)
    for element in range(0x90, 0x9C):
        block.add_new(element, "DS", str(element))
    return image


BENCHMARKS = {"headers": headers_300, "headers-2000": headers_2000}
