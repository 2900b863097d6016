"""What a kind can say in numbers, and a number with its unit and provenance."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from pydicom.sr.coding import Code


class Dimension(Enum):
    """What a number measures; the unit follows from it, the plane and the image, never from the kind."""

    LENGTH = "length"
    AREA = "area"
    VOLUME = "volume"
    ANGLE = "angle"
    RATIO = "ratio"
    PIXEL_VALUE = "pixel value"
    COUNT = "count"


@dataclass(frozen=True, slots=True)
class Quantity:
    """One number a kind declares. `key` is stored and never changes; `code` is its DICOM concept.

    Where DICOM has no `code` for it, a structured report names it by one of Caliper's own.
    """

    key: str
    title: str
    dimension: Dimension
    code: Code | None = None


@dataclass(frozen=True, slots=True)
class Value:
    """A number with its unit and how the unit was obtained.

    `number` is the unrounded float64, or None where there is none to tell, and
    `note` says why ("no pixel inside", "not calibrated"); `unit` is "mm", "px",
    "HU", "deg", "" (a count, or values whose unit the file does not prove).
    `uncertainty`, in the same unit, is how far `number` may be off by the grid of
    pixels and the scale (measure/uncertainty.py); None where none is claimed.
    """

    key: str
    title: str
    dimension: Dimension
    number: float | None
    unit: str
    provenance: str = ""
    note: str = ""
    uncertainty: float | None = None
