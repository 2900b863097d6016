"""Where a frame lies and how its pixels become millimetres (C05, C09, C10; PS3.3 10.7 and C.7.6.2)."""

from __future__ import annotations

import numpy as np

from viewer_app.imaging import tags
from viewer_app.imaging.geometry import Calibration, Plane, vector
from viewer_app.imaging.groups import Groups

_PROJECTIONS = frozenset({"CR", "DX", "MG", "XA", "RF", "IO", "PX", "RG", "RTIMAGE"})
_CROSS_SECTIONS = frozenset({"CT", "MR", "PT"})
# Outside these no scanner works: such a spacing is a writing error, not a scale.
_SMALLEST_SPACING_MM, _LARGEST_SPACING_MM = 1e-4, 1e3
_DIRECTION_TOLERANCE = 1e-3
_FARTHEST_MM = 1e6

Doubts = tuple[str, ...]
_Place = tuple[tuple[float, ...], tuple[float, ...]]


def frame_plane(groups: Groups, number: int, modality: str) -> tuple[Plane, Doubts]:
    """The plane of frame `number` (from 1), and why it is not to be trusted where it is not."""
    spacing, doubts = _spacing(groups, number)
    place, place_doubts = _place(groups, number)
    if modality == "US":
        return Plane.in_pixels(), ("Ultrasound: lengths need the scan regions of the file; shown in pixels.",)
    if "MOSAIC" in tags.text(groups.dataset, "ImageType").split("\\"):
        return Plane.in_pixels(), ()
    is_projection = modality in _PROJECTIONS and "ImagerPixelSpacing" in groups.dataset
    if spacing and place and not is_projection:
        plane = _located(groups, spacing, place)
        return plane, (*doubts, *_localizer_doubt(groups, modality))
    if modality in _PROJECTIONS:
        return _projection(groups, spacing, doubts)
    if spacing and modality in _CROSS_SECTIONS:
        return Plane.unlocated(*spacing, "mm", Calibration.IMAGE_PLANE), (*doubts, *place_doubts)
    return Plane.in_pixels(), (*doubts, *place_doubts, "The file does not prove a scale: lengths are in pixels.")


def located_plane(groups: Groups, number: int) -> Plane | None:
    """The plane of frame `number` by its position, orientation and spacing alone; None where one is not usable."""
    spacing, _ = _spacing(groups, number)
    place, _ = _place(groups, number)
    return _located(groups, spacing, place) if spacing and place else None


def _located(groups: Groups, spacing: tuple[float, float], place: _Place) -> Plane:
    position, orientation = place
    return Plane(
        origin=vector(position),
        row_direction=vector(orientation[:3]),
        column_direction=vector(orientation[3:]),
        row_spacing=spacing[0],
        column_spacing=spacing[1],
        frame_of_reference_uid=tags.text(groups.dataset, "FrameOfReferenceUID"),
    )


def _localizer_doubt(groups: Groups, modality: str) -> Doubts:
    if modality == "CT" and "LOCALIZER" in tags.text(groups.dataset, "ImageType").split("\\"):
        return ("A localizer is a projection: lengths hold at the scanner's axis only.",)
    return ()


def _projection(groups: Groups, spacing: tuple[float, float] | None, doubts: Doubts) -> tuple[Plane, Doubts]:
    """PS3.3 10.7.1.1: Pixel Spacing that differs from Imager Pixel Spacing has been calibrated."""
    detector = _valid_spacing(tags.numbers(groups.dataset, "ImagerPixelSpacing"))
    if spacing and spacing != detector:
        return Plane.unlocated(*spacing, "mm", Calibration.PROJECTION), doubts
    if detector:
        told = "Lengths hold at the detector; the patient is magnified."
        return Plane.unlocated(*detector, "mm", Calibration.DETECTOR), (*doubts, told)
    return Plane.in_pixels(), (*doubts, "The projection has no pixel spacing: lengths are in pixels.")


def _spacing(groups: Groups, number: int) -> tuple[tuple[float, float] | None, Doubts]:
    holder = groups.holder(number, "PixelMeasuresSequence")
    spacing = _valid_spacing(tags.numbers(holder, "PixelSpacing"))
    if spacing is None and "PixelSpacing" in holder:
        return None, (f"Pixel Spacing is not usable ({tags.text(holder, 'PixelSpacing')[:40] or 'empty'}).",)
    return spacing, ()


def _valid_spacing(numbers: tuple[float, ...] | None) -> tuple[float, float] | None:
    if numbers is None or len(numbers) != 2:
        return None
    if not all(_SMALLEST_SPACING_MM < number < _LARGEST_SPACING_MM for number in numbers):
        return None
    return numbers[0], numbers[1]


def _place(groups: Groups, number: int) -> tuple[_Place | None, Doubts]:
    position = tags.numbers(groups.holder(number, "PlanePositionSequence"), "ImagePositionPatient", 3)
    orientation = tags.numbers(groups.holder(number, "PlaneOrientationSequence"), "ImageOrientationPatient", 6)
    if position is None or max(abs(value) for value in position) > _FARTHEST_MM:
        return None, ("The image has no usable position in the patient.",)
    if orientation is None or not _right_angled(orientation):
        return None, ("The image has no usable orientation in the patient.",)
    return (position, orientation), ()


def _right_angled(orientation: tuple[float, ...]) -> bool:
    row, column = np.asarray(orientation[:3]), np.asarray(orientation[3:])
    off = (abs(np.linalg.norm(row) - 1), abs(np.linalg.norm(column) - 1), abs(row @ column))
    return bool(max(off) <= _DIRECTION_TOLERANCE)
