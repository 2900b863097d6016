"""A second opinion on one file that shares no code with Caliper: pydicom, GDCM inside SimpleITK, plain formulas."""

from __future__ import annotations

import math
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pydicom
import SimpleITK as sitk
from numpy.typing import NDArray
from pydicom import Dataset
from pydicom.pixels.processing import apply_color_lut, apply_modality_lut

Array = NDArray[Any]

# pydicom reads 16-bit palettes of big endian files in the wrong byte order.
WRONG = frozenset({"OBXXXX1A_expb.dcm", "OBXXXX1A_expb_2frame.dcm"})


def dataset(path: Path) -> Dataset:
    """The whole file, as far as pydicom reads it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return pydicom.dcmread(path, force=True)


def stored(path: Path, found: Dataset) -> Array | None:
    """(frames, rows, columns) of stored values, or RGB of eight bits; None where neither has a decoder."""
    if path.name in WRONG:
        return None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return _shaped(_of_pydicom(found), found)
    except (RuntimeError, NotImplementedError, AttributeError, ValueError):
        pass
    try:
        return _shaped(_of_simple_itk(path, found), found)
    except RuntimeError:
        return None


def _of_pydicom(found: Dataset) -> Array:
    values = found.pixel_array
    if found.PhotometricInterpretation == "PALETTE COLOR":
        values = apply_color_lut(values, found)
        values = values >> 8 if values.dtype == np.uint16 else values
    elif found.SamplesPerPixel == 3:
        values = values >> (found.BitsStored - 8)
    return np.asarray(values)


def _of_simple_itk(path: Path, found: Dataset) -> Array:
    """SimpleITK rescales by itself: undone here, exactly, where the result is whole."""
    values = sitk.GetArrayFromImage(sitk.ReadImage(str(path)))
    if found.SamplesPerPixel == 3:
        return np.asarray(values)
    holder = group(found, 1, "PixelValueTransformationSequence")
    slope, intercept = float(holder.get("RescaleSlope", 1) or 1), float(holder.get("RescaleIntercept", 0) or 0)
    return np.asarray(np.rint((values - intercept) / slope))


def _shaped(values: Array, found: Dataset) -> Array:
    colour = (3,) if found.SamplesPerPixel == 3 or found.PhotometricInterpretation == "PALETTE COLOR" else ()
    return values.reshape(-1, int(found.Rows), int(found.Columns), *colour)


def group(found: Dataset, number: int, sequence: str) -> Dataset:
    """What holds the attributes of a functional group for frame `number` (from 1)."""
    for groups, index in (("PerFrameFunctionalGroupsSequence", number - 1), ("SharedFunctionalGroupsSequence", 0)):
        items = found.get(groups) or []
        if index < len(items) and items[index].get(sequence):
            item: Dataset = items[index][sequence][0]
            return item
    return found


def modality(found: Dataset, values: Array, number: int) -> Array:
    """One frame's stored values after slope and intercept or Modality LUT."""
    if found.get("ModalityLUTSequence"):
        return np.asarray(apply_modality_lut(values, found))
    holder = group(found, number, "PixelValueTransformationSequence")
    slope, intercept = holder.get("RescaleSlope"), holder.get("RescaleIntercept")
    if slope is None or intercept is None:
        return values.astype(np.float64)
    return values.astype(np.float64) * float(slope) + float(intercept)


def suv_factor(found: Dataset) -> float:
    """SUVbw by Bq/ml of a series whose decay is corrected to its start (NEMA PS3.3 C.8.9.1)."""
    agent = found.RadiopharmaceuticalInformationSequence[0]
    elapsed = _seconds(str(found.SeriesTime)) - _seconds(str(agent.RadiopharmaceuticalStartTime))
    left = float(agent.RadionuclideTotalDose) * math.exp(-math.log(2) * elapsed / float(agent.RadionuclideHalfLife))
    return float(found.PatientWeight) * 1000 / left


def _seconds(time: str) -> float:
    return int(time[:2]) * 3600 + int(time[2:4]) * 60 + float(time[4:] or 0)


def place(found: Dataset, number: int) -> tuple[Sequence[float], Sequence[float], Sequence[float]] | None:
    """Image Position, Orientation and Pixel Spacing of a frame; None where one is missing."""
    parts = [
        group(found, number, sequence).get(keyword)
        for sequence, keyword in (
            ("PlanePositionSequence", "ImagePositionPatient"),
            ("PlaneOrientationSequence", "ImageOrientationPatient"),
            ("PixelMeasuresSequence", "PixelSpacing"),
        )
    ]
    if not all(parts):
        return None
    position, orientation, spacing = ([float(value) for value in part] for part in parts if part)
    return position, orientation, spacing
