"""Where a frame lies and how its pixels become millimetres (C05-C10; PS3.3 10.7 and C.7.6.2)."""

from __future__ import annotations

from dataclasses import replace
from typing import cast

from viewer_app.imaging.geometry import Calibration, Plane, Vector
from viewer_app.imaging.places.nuclear import NM_CLASSES, PLANAR, is_reconstructed, reconstructed_place
from viewer_app.imaging.places.position import Place, right_place
from viewer_app.imaging.places.projections import projection_plane, secondary_plane
from viewer_app.imaging.places.scale import Doubts, Spacing, same_spacing, valid_spacing
from viewer_app.imaging.places.ultrasound import is_ultrasound
from viewer_app.imaging.reading import tags
from viewer_app.imaging.reading.groups import Groups

PROJECTIONS = frozenset({"CR", "DX", "MG", "XA", "RF", "IO", "PX", "RG", "RTIMAGE"})
"""The modalities whose images are shadows, unless they are reconstructed."""

_LOCALIZER = "A localizer is a projection: lengths hold at the scanner's axis only."
_CROSS_SECTIONS = frozenset({"CT", "MR", "PT"})
_CLASSES = "1.2.840.10008.5.1.4.1.1."
_PROJECTION_CLASSES = frozenset(
    _CLASSES + name
    for name in ("1", "1.1", "1.1.1", "1.2", "1.2.1", "1.3", "1.3.1", "12.1", "12.1.1", "12.2", "12.2.1", "12.3")
)
_SECONDARY_CLASSES = frozenset(_CLASSES + name for name in ("7", "7.1", "7.2", "7.3", "7.4"))


def frame_plane(groups: Groups, number: int, modality: str) -> tuple[Plane, Doubts]:
    """The plane of frame `number` (from 1), and why it is not to be trusted where it is not."""
    plane, doubts = _scaled(groups, number, modality)
    if plane.calibration is Calibration.IMAGE_PLANE and _is_localizer(groups, modality):
        return replace(plane, calibration=Calibration.LOCALIZER), (*doubts, _LOCALIZER)
    return plane, (*doubts, *_shape_doubt(groups)) if plane.unit == "px" else doubts


def has_square_pixels(groups: Groups, number: int) -> bool:
    """True unless Pixel Aspect Ratio, or an unproven Pixel Spacing, says otherwise or cannot be read.

    A file without either has square pixels (PS3.3 C.7.6.3.1.7).
    """
    ratio, (spacing, doubts) = tags.numbers(groups.dataset, "PixelAspectRatio", 2), _spacing(groups, number)
    if "PixelAspectRatio" in groups.dataset and (ratio is None or min(ratio) <= 0 or ratio[0] != ratio[1]):
        return False
    return same_spacing(spacing, spacing[::-1]) if spacing else not doubts


def _scaled(groups: Groups, number: int, modality: str) -> tuple[Plane, Doubts]:
    if is_ultrasound(groups.dataset, modality):
        return Plane.in_pixels(), ()
    if "MOSAIC" in tags.text(groups.dataset, "ImageType").split("\\"):
        return Plane.in_pixels(), ()
    spacing, doubts = _spacing(groups, number)
    sop_class = tags.text(groups.dataset, "SOPClassUID")
    if sop_class in NM_CLASSES:
        plane, told = _nuclear(groups, number, spacing)
        return plane, (*doubts, *told)
    place, place_doubts = _place(groups, number)
    is_projection = sop_class in _PROJECTION_CLASSES or (
        modality in PROJECTIONS and "ImagerPixelSpacing" in groups.dataset
    )
    if spacing and place and not is_projection:
        return _located(groups, spacing, place), doubts
    if sop_class not in _SECONDARY_CLASSES and (is_projection or modality in PROJECTIONS):
        plane, told = projection_plane(groups, number, spacing, modality)
    elif spacing and _is_measured(groups, number, modality):
        plane, told = Plane.unlocated(*spacing, "mm", Calibration.IMAGE_PLANE), place_doubts
    else:
        plane, told = secondary_plane(groups, number, spacing)
    return plane, (*doubts, *told)


def _is_localizer(groups: Groups, modality: str) -> bool:
    return modality == "CT" and "LOCALIZER" in tags.text(groups.dataset, "ImageType").split("\\")


def _is_measured(groups: Groups, number: int, modality: str) -> bool:
    """True where Pixel Spacing is that of the imaged object: in slices and in functional groups (C.7.6.16.2.1)."""
    if tags.text(groups.dataset, "SOPClassUID") in _SECONDARY_CLASSES:
        return False
    return modality in _CROSS_SECTIONS or groups.holder(number, "PixelMeasuresSequence") is not groups.dataset


def _nuclear(groups: Groups, number: int, spacing: Spacing | None) -> tuple[Plane, Doubts]:
    if spacing is None:
        return Plane.in_pixels(), ("The file does not prove a scale: lengths are in pixels.",)
    if not is_reconstructed(groups.dataset):
        return Plane.unlocated(*spacing, "mm", Calibration.DETECTOR), (PLANAR,)
    place, doubts = reconstructed_place(groups, number)
    if place is None:
        return Plane.unlocated(*spacing, "mm", Calibration.IMAGE_PLANE), doubts
    return _located(groups, spacing, place), doubts


def located_plane(groups: Groups, number: int) -> Plane | None:
    """The plane of frame `number` by its position, orientation and spacing alone; None where one is not usable."""
    spacing, _ = _spacing(groups, number)
    place, _ = _place(groups, number)
    return _located(groups, spacing, place) if spacing and place else None


def _located(groups: Groups, spacing: Spacing, place: Place) -> Plane:
    position, orientation = place
    return Plane(
        origin=position,
        row_direction=cast(Vector, orientation[:3]),
        column_direction=cast(Vector, orientation[3:]),
        row_spacing=spacing[0],
        column_spacing=spacing[1],
        frame_of_reference_uid=tags.text(groups.dataset, "FrameOfReferenceUID"),
    )


def pixel_aspect(groups: Groups) -> float:
    """The height of a pixel by its width; 1 where it is not told or makes no sense."""
    ratio = _aspect_ratio(groups)
    return ratio[0] / ratio[1] if ratio is not None else 1.0


def _aspect_ratio(groups: Groups) -> tuple[float, ...] | None:
    """Pixel Aspect Ratio is vertical to horizontal (PS3.3 C.7.6.3.1.7)."""
    ratio = tags.numbers(groups.dataset, "PixelAspectRatio", 2)
    return None if ratio is None or min(ratio) <= 0 else ratio


def _shape_doubt(groups: Groups) -> Doubts:
    ratio = _aspect_ratio(groups)
    if ratio is None or ratio[0] == ratio[1]:
        return ()
    return (f"Pixels are not square ({ratio[0]:g}:{ratio[1]:g}): shapes, lengths, angles are distorted.",)


def _spacing(groups: Groups, number: int) -> tuple[Spacing | None, Doubts]:
    holder = groups.holder(number, "PixelMeasuresSequence")
    spacing = valid_spacing(tags.numbers(holder, "PixelSpacing"))
    if spacing is None and "PixelSpacing" in holder:
        return None, (f"Pixel Spacing is not usable ({tags.text(holder, 'PixelSpacing')[:40] or 'empty'}).",)
    return spacing, ()


def _place(groups: Groups, number: int) -> tuple[Place | None, Doubts]:
    return right_place(
        groups.holder(number, "PlanePositionSequence"), groups.holder(number, "PlaneOrientationSequence")
    )
