"""P8: ultrasound screens of several regions, and the lengths they allow (C08; PS3.3 C.8.5.5).

A line has a length where both of its points lie in one region whose format is 2D and
whose axes are cm. Doppler and M-mode axes are times and speeds: no lengths.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from pydicom import Dataset
from pydicom.dataset import FileDataset

from viewer_app.phantom.dicom import image_dataset
from viewer_app.phantom.modalities import items

ROWS, COLUMNS = 120, 160
Pixel = tuple[float, float]
Box = tuple[int, int, int, int]
_2D, _M_MODE, _SPECTRAL = 1, 2, 3
_TISSUE, _COLOUR, _PW_DOPPLER = 1, 2, 3
_CM, _SECONDS, _CM_PER_SECOND = 3, 4, 7
_LOW_PRIORITY = 1


@dataclass(frozen=True)
class Line:
    """A line on image `index` (from 0), frame `frame` (from 1), by pixel points (column, row); None: no length."""

    points: tuple[Pixel, Pixel]
    length_mm: float | None
    index: int = 0
    frame: int = 1


@dataclass(frozen=True)
class Screen:
    """The images of a phantom and what lines on them are long."""

    images: tuple[FileDataset, ...]
    lines: tuple[Line, ...]


def region(
    box: Box,
    deltas: tuple[float, float],
    *,
    form: int = _2D,
    data: int = _TISSUE,
    units: tuple[int, int] = (_CM, _CM),
    flags: int = 0,
) -> Dataset:
    """An item of Sequence of Ultrasound Regions: `box` is (x0, y0, x1, y1), both ends inside; deltas are x, y."""
    x0, y0, x1, y1 = box
    values = {
        "RegionSpatialFormat": form,
        "RegionDataType": data,
        "RegionFlags": flags,
        "RegionLocationMinX0": x0,
        "RegionLocationMinY0": y0,
        "RegionLocationMaxX1": x1,
        "RegionLocationMaxY1": y1,
        "PhysicalUnitsXDirection": units[0],
        "PhysicalUnitsYDirection": units[1],
        "PhysicalDeltaX": deltas[0],
        "PhysicalDeltaY": deltas[1],
    }
    return items(values)[0]


def _image(regions: Sequence[Dataset], name: str, number: int = 1, frames: int = 0) -> FileDataset:
    stored = np.full((frames, ROWS, COLUMNS) if frames else (ROWS, COLUMNS), 60, dtype=np.uint8)
    modality = "US multi-frame" if frames else "US"
    sequence = {"SequenceOfUltrasoundRegions": list(regions)} if regions else {}
    return image_dataset(stored, None, modality=modality, name=f"ultrasound {name}", number=number, **sequence)


_LEFT, _UPPER_RIGHT, _LOWER_RIGHT = (0, 0, 79, 119), (80, 0, 159, 59), (80, 60, 159, 119)
# 0.4 mm a column and 0.225 mm a row: 30 columns and 40 rows are 12 mm and 9 mm, together 15 mm.
_DELTAS = (0.04, 0.0225)
_TISSUE_LEFT = region(_LEFT, _DELTAS)
_DOPPLER = region(_UPPER_RIGHT, (0.01, -2.0), form=_SPECTRAL, data=_PW_DOPPLER, units=(_SECONDS, _CM_PER_SECOND))
_M_MODE_BELOW = region(_LOWER_RIGHT, (0.005, 0.03), form=_M_MODE, units=(_SECONDS, _CM))
_IN_LEFT: tuple[Pixel, Pixel] = ((10.0, 10.0), (40.0, 50.0))
_LEFT_TO_RIGHT: tuple[Pixel, Pixel] = ((70.0, 20.0), (100.0, 20.0))
_IN_DOPPLER: tuple[Pixel, Pixel] = ((90.0, 10.0), (120.0, 50.0))
_IN_M_MODE: tuple[Pixel, Pixel] = ((90.0, 70.0), (90.0, 110.0))


def _three_regions() -> Screen:
    image = _image([_TISSUE_LEFT, _DOPPLER, _M_MODE_BELOW], "three regions")
    lines = (Line(_IN_LEFT, 15.0), Line(_LEFT_TO_RIGHT, None), Line(_IN_DOPPLER, None), Line(_IN_M_MODE, None))
    return Screen((image,), lines)


def _zoomed_inset() -> Screen:
    """An inset of twice the scale is drawn over the tissue and therefore comes first."""
    below, inset = region(_LEFT, _DELTAS, flags=_LOW_PRIORITY), region((20, 60, 69, 109), (0.02, 0.01125))
    in_inset: tuple[Pixel, Pixel] = ((25.0, 65.0), (55.0, 105.0))
    return Screen((_image([below, inset], "inset"),), (Line(_IN_LEFT, 15.0), Line(in_inset, 7.5)))


def _colour_box() -> Screen:
    """A colour box of the tissue's own scale: a line may begin in one and end in the other (figure C.8-6)."""
    below = region(_LEFT, _DELTAS, flags=_LOW_PRIORITY)
    box = region((20, 30, 69, 109), _DELTAS, data=_COLOUR)
    return Screen((_image([below, box], "colour box"),), (Line(_IN_LEFT, 15.0),))


def _other_depths() -> Screen:
    """The depth was changed between the images: each has a scale of its own."""
    factors = (1.0, 2.0, 0.5)
    images = [
        _image([region(_LEFT, (_DELTAS[0] * factor, _DELTAS[1] * factor))], "depths", number)
        for number, factor in enumerate(factors, start=1)
    ]
    return Screen(tuple(images), tuple(Line(_IN_LEFT, 15.0 * factor, k) for k, factor in enumerate(factors)))


def _cine() -> Screen:
    """Three frames of one instance, whose regions hold for all of them."""
    image = _image([_TISSUE_LEFT, _DOPPLER], "cine", frames=3)
    lines = [Line(points, mm, 0, n) for n in (1, 2, 3) for points, mm in ((_IN_LEFT, 15.0), (_IN_DOPPLER, None))]
    return Screen((image,), tuple(lines))


def _upwards() -> Screen:
    """A Physical Delta Y below zero says that values grow upwards; a length stays positive."""
    return Screen((_image([region(_LEFT, (_DELTAS[0], -_DELTAS[1]))], "upwards"),), (Line(_IN_LEFT, 15.0),))


def _without_regions() -> Screen:
    return Screen((_image([], "without regions"),), (Line(_IN_LEFT, None),))


SCREENS: Mapping[str, Callable[[], Screen]] = {
    "three regions": _three_regions,
    "zoomed inset": _zoomed_inset,
    "colour box": _colour_box,
    "other depths": _other_depths,
    "cine": _cine,
    "upwards": _upwards,
    "without regions": _without_regions,
}
