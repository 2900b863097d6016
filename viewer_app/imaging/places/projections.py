"""How a projection or a scanned film knows its millimetres (C05-C07; PS3.3 10.7, C.8.19.6.9)."""

from __future__ import annotations

from pydicom import Dataset

from viewer_app.imaging.geometry import Calibration, Plane
from viewer_app.imaging.places.scale import Doubts, Spacing, same_spacing, valid_spacing
from viewer_app.imaging.reading import tags
from viewer_app.imaging.reading.groups import Groups

_LARGEST_BEAM_ANGLE_DEG = 60.0
_LARGEST_MAGNIFICATION = 10.0
_CALIBRATIONS = {
    "GEOMETRY": "Calibrated by geometry: lengths hold at the assumed depth{said}.",
    "FIDUCIAL": "Calibrated on a known object: lengths hold at its depth{said}.",
}
_UNSAID = "Calibrated, not said how: lengths hold at one unknown depth."
_UNKNOWN = "Calibration unknown: the patient may be magnified."
_TOO_LARGE = "Do not trust lengths: the calibrated spacing exceeds the detector's."
_NOT_SMALLER = "Check the calibration: its spacing is the detector's."
PANORAMIC = "Panoramic, stretched unevenly: no length holds everywhere."
_NO_SPACING = "The projection has no pixel spacing: lengths are in pixels."
_UNPROVEN = "The file does not prove a scale: lengths are in pixels."
_UNPROVEN_SPACING = "Lengths are in pixels: nothing says what the pixel spacing means."
_HELD = {
    Calibration.DETECTOR: "Lengths hold at the detector; the patient is magnified.",
    Calibration.FILM: "Lengths hold on the scanned film; the patient is magnified.",
}

_Scaled = tuple[Plane, Doubts]


def projection_plane(groups: Groups, number: int, spacing: Spacing | None, modality: str) -> _Scaled:
    """The plane of a projection; `spacing` is its Pixel Spacing where that is usable."""
    plane, doubts = (
        _calibrated(groups, spacing)
        or _center_of_beam(groups, number)
        or _at_receptor(groups, number, spacing)
        or (_unstated(spacing) if spacing else (Plane.in_pixels(), (_NO_SPACING,)))
    )
    return plane, (*doubts, PANORAMIC) if modality == "PX" and plane.unit == "mm" else doubts


def secondary_plane(groups: Groups, number: int, spacing: Spacing | None) -> _Scaled:
    """The plane of a secondary capture: only a stated calibration or the scanned film proves a scale (C06)."""
    return (
        _calibrated(groups, spacing)
        or _at_receptor(groups, number, spacing)
        or (Plane.in_pixels(), (_UNPROVEN_SPACING if spacing else _UNPROVEN,))
    )


def _calibrated(groups: Groups, spacing: Spacing | None) -> _Scaled | None:
    """PS3.3 10.7.1.1: a spacing that is stated to be calibrated, or differs from the receptor's."""
    if spacing is None:
        return None
    receptor = _receptor(groups.dataset)
    stated = tags.text(groups.dataset, "PixelSpacingCalibrationType")
    differs = receptor is not None and not same_spacing(spacing, receptor[0])
    if stated not in _CALIBRATIONS and not differs:
        return None
    told = [_how(groups, stated)]
    if receptor is not None:
        told += [_TOO_LARGE] if differs and max(spacing) > max(receptor[0]) else [] if differs else [_NOT_SMALLER]
    return Plane.unlocated(*spacing, "mm", Calibration.PROJECTION), tuple(told)


def _how(groups: Groups, stated: str) -> str:
    described = tags.text(groups.dataset, "PixelSpacingCalibrationDescription")[:64]
    said = f" ({described})" if described else ""
    return _CALIBRATIONS[stated].format(said=said) if stated in _CALIBRATIONS else _UNSAID


def _center_of_beam(groups: Groups, number: int) -> _Scaled | None:
    """Enhanced XA, PS3.3 C.8.19.6.9.2: not to be used for beams steeper than 60 degrees (C07)."""
    holder = groups.holder(number, "ProjectionPixelCalibrationSequence")
    spacing = valid_spacing(tags.numbers(holder, "ObjectPixelSpacingInCenterOfBeam"))
    angle = tags.number(holder, "BeamAngle")
    if spacing is None or angle is None or abs(angle) > _LARGEST_BEAM_ANGLE_DEG:
        return None
    told = "Lengths hold at the object in the centre of the beam (estimated)."
    return Plane.unlocated(*spacing, "mm", Calibration.CENTER_OF_BEAM), (told,)


def _at_receptor(groups: Groups, number: int, spacing: Spacing | None) -> _Scaled | None:
    receptor = _receptor(groups.holder(number, "FramePixelDataPropertiesSequence")) or _receptor(groups.dataset)
    if receptor is None:
        return None
    known, calibration = receptor
    estimates = (*_too_steep(groups, number), *_magnification(groups))
    return Plane.unlocated(*known, "mm", calibration), (_HELD[calibration], *estimates)


def _receptor(holder: Dataset) -> tuple[Spacing, Calibration] | None:
    """What was read out: the detector or, of a film, the scanner (PS3.3 C.8.6.1)."""
    detector = valid_spacing(tags.numbers(holder, "ImagerPixelSpacing"))
    if detector:
        return detector, Calibration.DETECTOR
    film = valid_spacing(tags.numbers(holder, "NominalScannedPixelSpacing"))
    return (film, Calibration.FILM) if film else None


def _unstated(spacing: Spacing) -> _Scaled:
    """PS3.3 10.7.1.1: without type and receptor spacing it cannot be determined whether it is calibrated."""
    return Plane.unlocated(*spacing, "mm", Calibration.UNSTATED), (_UNKNOWN,)


def _too_steep(groups: Groups, number: int) -> Doubts:
    holder = groups.holder(number, "ProjectionPixelCalibrationSequence")
    if "ObjectPixelSpacingInCenterOfBeam" not in holder:
        return ()
    angle = tags.number(holder, "BeamAngle")
    why = "its beam angle is missing" if angle is None else f"the beam is {angle:.0f}° oblique"
    return (f"Calibration not used: {why}.",)


def _magnification(groups: Groups) -> Doubts:
    """The file's own estimate, in words only: it is never applied to a length."""
    dataset = groups.dataset
    factor = tags.number(dataset, "EstimatedRadiographicMagnificationFactor")
    where = "in the patient"
    if factor is None:
        factor, where = _by_distances(dataset)
    if not 1 < factor <= _LARGEST_MAGNIFICATION:
        return ()
    return (f"Estimate: 100 mm here are about {100 / factor:.0f} mm {where} (÷ {factor:.2f}).",)


def _by_distances(dataset: Dataset) -> tuple[float, str]:
    """Source to detector over source to patient, 1 where unknown; and where that is (PS3.3 C.8.7.5, C.8.11.5)."""
    to_detector = tags.number(dataset, "DistanceSourceToDetector")
    to_patient = tags.number(dataset, "DistanceSourceToPatient")
    is_positioner = tags.text(dataset, "Modality") in ("XA", "RF")
    where = "at the isocentre" if is_positioner else "where the patient begins"
    if to_detector is None or to_patient is None or to_patient <= 0:
        return 1.0, where
    return to_detector / to_patient, where
