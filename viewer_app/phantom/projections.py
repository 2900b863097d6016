"""P7: projections and captures with every combination of spacing attributes, and what a length on them may say.

PS3.3 10.7.1: Pixel Spacing that differs from Imager or Nominal Scanned Pixel Spacing
has been calibrated; the same, or those alone, hold at the detector or on the film;
Pixel Spacing alone does not tell which.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from pydicom.dataset import FileDataset

from viewer_app.phantom.dicom import image_dataset
from viewer_app.phantom.modalities import Values

CALIBRATED, AT_DETECTOR, ON_FILM = "calibrated projection", "at detector", "on the scanned film"
NOT_TOLD, NOT_CALIBRATED = "projection, calibration unknown", "not calibrated"
# The line every row is measured with: pixel points (column, row), 30 columns and 40 rows long.
LINE = ((2.0, 3.0), (32.0, 43.0))


@dataclass(frozen=True)
class Projection:
    """One row: an image's attributes, and what is expected of it.

    `spacing_mm` is (between rows, between columns), None where nothing proves a
    scale; `label` how it is known (`NOT_TOLD`: the standard leaves it open);
    `told` words of the file a reader must be shown; `magnification` the Estimated
    Radiographic Magnification Factor, by which a length may be divided when
    asked for, and then only as an estimate.
    """

    name: str
    modality: str
    values: Values
    spacing_mm: tuple[float, float] | None
    label: str
    told: tuple[str, ...] = ()
    magnification: float | None = None

    @property
    def length(self) -> float:
        """Of `LINE`, in mm, or in px where there is no scale."""
        row, column = self.spacing_mm or (1.0, 1.0)
        (x0, y0), (x1, y1) = LINE
        return math.hypot((x1 - x0) * column, (y1 - y0) * row)

    @property
    def estimated_mm(self) -> float | None:
        """The length in the patient after division by the magnification; None where there is none to divide by."""
        return None if self.magnification is None or self.spacing_mm is None else self.length / self.magnification

    @property
    def image(self) -> FileDataset:
        """The image: 48 x 40 pixels."""
        stored = np.full((48, 40), 800, dtype=np.uint16)
        return image_dataset(stored, None, modality=self.modality, name=f"projection {self.name}", **self.values)


_A, _B = (0.15, 0.16), (0.2, 0.21)


def _as_text(spacing: tuple[float, float]) -> list[str]:
    return [str(value) for value in spacing]


_PIXEL = {"PixelSpacing": _as_text(_A)}
_IMAGER = {"ImagerPixelSpacing": _as_text(_B)}
_SAME = {"PixelSpacing": _as_text(_B), **_IMAGER}
_SCANNED = {"NominalScannedPixelSpacing": _as_text(_B)}


def _calibration(kind: str, description: str) -> Values:
    return {"PixelSpacingCalibrationType": kind, "PixelSpacingCalibrationDescription": description}


_BALL = _calibration("FIDUCIAL", "25.4 mm ball over the greater trochanter")
_DEPTH = _calibration("GEOMETRY", "Spine assumed 100 mm above the table")
_BALL_TOLD = ("25.4 mm ball over the greater trochanter",)
_DEPTH_TOLD = ("Spine assumed 100 mm above the table",)
_ERMF = {"EstimatedRadiographicMagnificationFactor": "1.25"}
_DISTANCES = {"DistanceSourceToDetector": "1000", "DistanceSourceToPatient": "800"}

PROJECTIONS: tuple[Projection, ...] = (
    Projection("CR, nothing", "CR", {}, None, NOT_CALIBRATED),
    Projection("CR, imager", "CR", _IMAGER, _B, AT_DETECTOR),
    Projection("CR, pixel spacing alone", "CR", _PIXEL, _A, NOT_TOLD),
    Projection("CR, pixel spacing and its kind", "CR", {**_PIXEL, **_BALL}, _A, CALIBRATED, _BALL_TOLD),
    Projection("CR, both, different", "CR", {**_PIXEL, **_IMAGER}, _A, CALIBRATED),
    Projection("CR, both, the same", "CR", _SAME, _B, AT_DETECTOR),
    Projection("CR, fiducial", "CR", {**_PIXEL, **_IMAGER, **_BALL}, _A, CALIBRATED, _BALL_TOLD),
    Projection("CR, imager and a factor", "CR", {**_IMAGER, **_ERMF}, _B, AT_DETECTOR, (), 1.25),
    Projection("DX, imager", "DX", _IMAGER, _B, AT_DETECTOR),
    Projection("DX, geometry", "DX", {**_PIXEL, **_IMAGER, **_DEPTH}, _A, CALIBRATED, _DEPTH_TOLD),
    Projection("DX, the same, a factor", "DX", {**_SAME, **_ERMF}, _B, AT_DETECTOR, (), 1.25),
    Projection("MG, imager and a factor", "MG", {**_IMAGER, **_ERMF}, _B, AT_DETECTOR, (), 1.25),
    Projection("MG, both, different", "MG", {**_PIXEL, **_IMAGER, **_ERMF}, _A, CALIBRATED),
    Projection("XA, nothing", "XA", {}, None, NOT_CALIBRATED),
    Projection("XA, imager and distances", "XA", {**_IMAGER, **_DISTANCES, **_ERMF}, _B, AT_DETECTOR, (), 1.25),
    Projection("XA, catheter", "XA", {**_PIXEL, **_IMAGER, **_BALL}, _A, CALIBRATED, _BALL_TOLD),
    Projection("RF, imager", "RF", _IMAGER, _B, AT_DETECTOR),
    Projection("RF, both, the same", "RF", _SAME, _B, AT_DETECTOR),
    Projection("SC, nothing", "SC", {}, None, NOT_CALIBRATED),
    Projection("SC, scanned film", "SC", _SCANNED, _B, ON_FILM),
    Projection("SC, scanned film, calibrated", "SC", {**_PIXEL, **_SCANNED, **_BALL}, _A, CALIBRATED, _BALL_TOLD),
)
