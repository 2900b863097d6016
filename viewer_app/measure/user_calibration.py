"""Millimetres by a line that a person drew along something of known length, where the file proves none.

Pure: who owns calibrations and keeps them is elsewhere. A line gives the width of a
pixel; its height follows from the file, so pixels that are not square are honoured.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from viewer_app.errors import CaliperError
from viewer_app.imaging.geometry import Calibration, Plane, Unit, vector
from viewer_app.imaging.headers import Image
from viewer_app.imaging.places.scale import valid_spacing
from viewer_app.measure.kinds.distance import Distance
from viewer_app.measure.measurement import Figure, Reference
from viewer_app.measure.uncertainty import uncertainties

Pixel = tuple[float, float]

_ROUGHEST = 0.1
_PROVEN = "The file says how large a pixel is in the patient: lengths here are in mm already."
_LOCALIZER = "A localizer magnifies across the table only: no line can tell the scale of all of it."
_REGIONS = "This ultrasound image has a scale of its own: lengths in its regions are in mm already."
_UNKNOWN_SHAPE = "The file does not say how high its pixels are by their width: one line cannot tell both."
_AS_IT_IS = "Measure on it as it is."


@dataclass(frozen=True, slots=True)
class Basis:
    """What an image's file says of its pixels. A calibration holds for images of the very same basis alone.

    `aspect` is the height of a pixel by its width.
    """

    rows: int
    columns: int
    row_spacing: float
    column_spacing: float
    unit: Unit
    calibration: Calibration
    aspect: float

    @classmethod
    def of(cls, image: Image) -> Basis:
        """That of an image with pixels."""
        plane, pixels = image.plane, image.instance.pixel_format
        assert pixels is not None
        aspect = plane.row_spacing / plane.column_spacing if plane.unit == "mm" else image.frame.pixel_aspect
        return cls(pixels.rows, pixels.columns, *plane.spacing, plane.unit, plane.calibration, aspect)


@dataclass(frozen=True, slots=True)
class UserScale:
    """What lengths on an image are evaluated by instead of its own plane: its pixels on a `plane` in mm.

    `relative_uncertainty` is that of every length, `words` say who gave the scale and when; or, for an ultrasound
    region, which one gave it.
    """

    plane: Plane
    relative_uncertainty: float
    words: str = field(compare=False)


@dataclass(frozen=True, slots=True)
class UserCalibration:
    """A line from pixel to pixel (column, row) on the image `reference` that is `length_mm` long; the time is UTC.

    It holds for that image, or for its `whole_series` as far as the images have the same basis.
    """

    uid: str
    reference: Reference
    whole_series: bool
    basis: Basis
    line: tuple[Pixel, Pixel]
    length_mm: float
    author: str
    created_at: datetime

    @property
    def scope(self) -> Reference | str:
        """What it is for: the image, or the Series Instance UID. There is one calibration for each scope and basis."""
        return self.reference.series_uid if self.whole_series else self.reference

    @property
    def scale(self) -> UserScale:
        """What it gives to the images it holds for."""
        length, off = _line_px(self.basis, self.line)
        width = self.length_mm / length
        plane = Plane.unlocated(width * self.basis.aspect, width, "mm", Calibration.USER)
        return UserScale(plane, off / length, self.words)

    @property
    def words(self) -> str:
        """How its values came to their unit: "user calibration, 2026-11-23 by dr.x"."""
        by = f" by {self.author}" if self.author else ""
        return f"{Calibration.USER.value}, {self.created_at.astimezone(UTC):%Y-%m-%d}{by}"

    def holds_for(self, reference: Reference, basis: Basis) -> bool:
        """True for an image of its scope whose file still says the same of its pixels."""
        in_scope = (
            self.reference.series_uid == reference.series_uid if self.whole_series else self.reference == reference
        )
        return in_scope and self.basis == basis


def refuse_known_geometry(image: Image) -> None:
    """CaliperError for an image whose file proves a scale: nobody can know better (C05-C10)."""
    if image.plane.calibration is Calibration.LOCALIZER:
        raise CaliperError(_LOCALIZER, _AS_IT_IS)
    if image.plane.located or image.plane.calibration is Calibration.IMAGE_PLANE:
        raise CaliperError(_PROVEN, _AS_IT_IS)
    if _has_regions(image):
        raise CaliperError(_REGIONS, _AS_IT_IS)
    if image.plane.unit == "px" and not image.frame.has_square_pixels and image.frame.pixel_aspect == 1.0:
        raise CaliperError(_UNKNOWN_SHAPE, _AS_IT_IS)


def checked(calibration: UserCalibration) -> UserCalibration:
    """The calibration itself; CaliperError for a length that is none and for a line that is too short to tell."""
    if not (math.isfinite(calibration.length_mm) and calibration.length_mm > 0):
        raise CaliperError("The true length must be a number above zero.", "Type the length of the object in mm.")
    length, off = _line_px(calibration.basis, calibration.line)
    if not off < _ROUGHEST * length:
        told = "The line is too short: its ends are known to half a pixel."
        raise CaliperError(told, "Draw it along something that is longer on the image.")
    if valid_spacing(calibration.scale.plane.spacing) is None:
        raise CaliperError("No pixel can be that large or small.", "Check the length: it is in mm.")
    return calibration


def in_force(calibrations: Iterable[UserCalibration], reference: Reference, image: Image) -> UserCalibration | None:
    """The calibration an image's lengths follow: its own before its series', the latest before others; None without."""
    if _has_regions(image):
        return None
    basis = Basis.of(image)
    found = [calibration for calibration in calibrations if calibration.holds_for(reference, basis)]
    return max(found, key=lambda each: (not each.whole_series, each.created_at, each.uid), default=None)


def calibrated_plane(plane: Plane, calibration: UserCalibration | None) -> Plane:
    """The plane that lengths on an image follow: that of the calibration in force, or its own."""
    return plane if calibration is None else calibration.scale.plane


def _has_regions(image: Image) -> bool:
    return any(region.spacing for region in image.frame.regions)


def _line_px(basis: Basis, line: tuple[Pixel, Pixel]) -> tuple[float, float]:
    """Length of the line in pixel widths, and how far it may be off."""
    plane = Plane.unlocated(basis.aspect, 1.0, "px", Calibration.NONE)
    points = tuple(vector(point) for point in plane.to_patient(line))
    figures, distance = (Figure(plane, points, Reference("", "")),), Distance()
    numbers = distance.evaluate(figures, {})
    return numbers["length"].number or 0.0, uncertainties(distance, figures, {}, numbers)["length"]
