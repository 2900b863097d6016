"""The three series of the sample study: where their slices lie and what their headers say."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from pydicom.dataset import FileDataset

from viewer_app.imaging.geometry import Plane, Vector, vector
from viewer_app.phantom.body import exact_layers, noisy_layers
from viewer_app.phantom.body.chest import NODULES
from viewer_app.phantom.curves import turn
from viewer_app.phantom.dicom import ds, image_dataset, uid
from viewer_app.phantom.paint import Grid
from viewer_app.phantom.render import Scene, ct_slices, mr_slices

SAMPLE_STUDY_UID = uid("sample", "study")
SAMPLE_PRIOR_STUDY_UID = uid("sample", "prior study")
SAMPLE_CT_SERIES_UID = uid("sample", "ct")
SAMPLE_MR_SERIES_UID = uid("sample", "mr")
SAMPLE_PRIOR_SERIES_UID = uid("sample", "prior")
SAMPLE_FRAME_OF_REFERENCE_UID = uid("sample", "frame of reference")
SAMPLE_PRIOR_FRAME_OF_REFERENCE_UID = uid("sample", "prior frame of reference")

# The patient lay so much further to the left, front and head a year ago (mm).
PRIOR_SHIFT_MM: Vector = (3.2, -2.4, 14.0)


@dataclass(frozen=True)
class SeriesPlan:
    """One series: its voxels in the patient drawn, where they lie in its own Frame of Reference, its header."""

    key: str
    modality: str
    grid: Grid
    edge_mm: float
    seed: int
    series_uid: str
    frame_of_reference_uid: str
    thickness_mm: float
    prior: bool = False
    shift_mm: Vector = (0.0, 0.0, 0.0)
    values: Mapping[str, Any] = field(default_factory=dict)

    def images(self) -> Iterator[FileDataset]:
        """The images of the series, first slice first; drawn as they are asked for."""
        diameters = tuple(n.prior_diameter_mm if self.prior else n.diameter_mm for n in NODULES)
        scene = Scene(noisy_layers(diameters, 0.35 * self.edge_mm), exact_layers(), self.edge_mm, self.seed)
        draw = ct_slices if self.modality == "CT" else mr_slices
        for index, stored in enumerate(draw(self.grid, scene)):
            name = f"sample/{self.key}"
            plane = self.plane(index)
            location = plane.height([(0.0, 0.0, 0.0)])[0]
            yield image_dataset(
                stored,
                plane,
                modality=self.modality,
                name=name,
                number=index + 1,
                SeriesInstanceUID=self.series_uid,
                SliceThickness=ds(self.thickness_mm),
                SliceLocation=ds(round(-float(location), 3)),
                **self.values,
            )

    def plane(self, index: int) -> Plane:
        """The plane of slice `index`, counted from 0."""
        grid = self.grid.slab(index, index + 1)
        (row, row_spacing), (column, column_spacing) = _unit(grid.column_step), _unit(grid.row_step)
        origin = vector([a + b for a, b in zip(grid.origin, self.shift_mm, strict=True)])
        return Plane(
            origin, row, column, column_spacing, row_spacing, frame_of_reference_uid=self.frame_of_reference_uid
        )


def plans(coarse: bool = False) -> tuple[SeriesPlan, ...]:
    """CT and MR of the current study and the CT of the prior one; `coarse` has the same anatomy in fewer voxels."""
    return _ct(4 if coarse else 1), _mr(2 if coarse else 1), _prior(4 if coarse else 1)


def _ct(factor: int) -> SeriesPlan:
    spacing = 0.7 * factor
    first = 119.0 if factor == 1 else 118.0
    return SeriesPlan(
        key="ct",
        modality="CT",
        grid=_axial((-179.2, -190.0), first, spacing, float(factor), (320 // factor, 512 // factor)),
        edge_mm=max(1.0, spacing),
        seed=2026,
        series_uid=SAMPLE_CT_SERIES_UID,
        frame_of_reference_uid=SAMPLE_FRAME_OF_REFERENCE_UID,
        thickness_mm=float(factor),
        values={
            **_PATIENT,
            **_CURRENT,
            **_CT,
            "SeriesNumber": 2,
            "SeriesDescription": f"Chest and abdomen {factor} mm, contrast",
            "BodyPartExamined": "CHEST",
        },
    )


def _prior(factor: int) -> SeriesPlan:
    spacing, step = 0.75 * factor, 2.0 if factor == 1 else 4.0
    return SeriesPlan(
        key="prior",
        modality="CT",
        grid=_axial((-192.0, -204.0), 118.0, spacing, step, (round(230 / step), 512 // factor)),
        edge_mm=max(1.3, spacing),
        seed=2025,
        series_uid=SAMPLE_PRIOR_SERIES_UID,
        frame_of_reference_uid=SAMPLE_PRIOR_FRAME_OF_REFERENCE_UID,
        thickness_mm=step,
        prior=True,
        shift_mm=PRIOR_SHIFT_MM,
        values={
            **_PATIENT,
            **_CT,
            **_PRIOR,
            "SeriesNumber": 2,
            "SeriesDescription": f"Chest {ds(step)} mm, contrast",
            "BodyPartExamined": "CHEST",
        },
    )


def _mr(factor: int) -> SeriesPlan:
    spacing, size, slices, step = 1.5 * factor, 256 // factor, 40, 4.0
    (c, s), (d, t) = turn(3 / 17), turn(1 / 16)
    row, column, normal = (d, 0.0, -t), (t * s, c, d * s), (t * c, -s, d * c)
    middle, reach = (0.0, -18.0, -108.0), (size - 1) / 2 * spacing
    axes = zip(middle, row, column, normal, strict=True)
    corner = [m - reach * r - reach * k - (slices - 1) / 2 * step * n for m, r, k, n in axes]
    return SeriesPlan(
        key="mr",
        modality="MR",
        grid=Grid(
            vector(corner), _times(normal, step), _times(column, spacing), _times(row, spacing), (slices, size, size)
        ),
        edge_mm=max(2.0, spacing),
        seed=2027,
        series_uid=SAMPLE_MR_SERIES_UID,
        frame_of_reference_uid=SAMPLE_FRAME_OF_REFERENCE_UID,
        thickness_mm=step,
        values={
            **_PATIENT,
            **_CURRENT,
            **_MR,
            "SeriesNumber": 3,
            "SeriesDescription": "Upper abdomen T1, oblique",
            "SpacingBetweenSlices": ds(step),
            "BodyPartExamined": "ABDOMEN",
        },
    )


def _axial(low: tuple[float, float], top: float, spacing: float, step: float, size: tuple[int, int]) -> Grid:
    """Square axial slices from the head down; `low` is the corner of the field of view, `top` the first z."""
    slices, pixels = size
    origin = (low[0] + spacing / 2, low[1] + spacing / 2, top)
    return Grid(origin, (0.0, 0.0, -step), (0.0, spacing, 0.0), (spacing, 0.0, 0.0), (slices, pixels, pixels))


def _times(direction: Vector, length: float) -> Vector:
    return direction[0] * length, direction[1] * length, direction[2] * length


def _unit(step: Vector) -> tuple[Vector, float]:
    # Twelve digits: the step is a rational direction times a spacing; what lies below is rounding.
    length = round(sum(part * part for part in step) ** 0.5, 12)
    return vector([part / length for part in step]), length


_PATIENT = {
    "PatientName": "Caliper^Sample",
    "PatientID": "CALIPER-SAMPLE",
    "PatientBirthDate": "19610512",
    "PatientSex": "F",
    "PatientSize": "1.72",
    "PatientWeight": "71",
    "ManufacturerModelName": "Sample study",
}
_CURRENT = {
    "StudyInstanceUID": SAMPLE_STUDY_UID,
    "StudyDate": "20260112",
    "SeriesDate": "20260112",
    "AcquisitionDate": "20260112",
    "ContentDate": "20260112",
    "StudyTime": "091500",
    "StudyID": "2",
    "StudyDescription": "Chest and abdomen, follow-up",
    "AccessionNumber": "SAMPLE-2",
    "PatientAge": "064Y",
}
_PRIOR = {
    "StudyInstanceUID": SAMPLE_PRIOR_STUDY_UID,
    "StudyDate": "20250109",
    "SeriesDate": "20250109",
    "AcquisitionDate": "20250109",
    "ContentDate": "20250109",
    "StudyTime": "140500",
    "SeriesTime": "141000",
    "AcquisitionTime": "141000",
    "ContentTime": "141000",
    "StudyID": "1",
    "StudyDescription": "Chest",
    "AccessionNumber": "SAMPLE-1",
    "PatientAge": "063Y",
}
_CT = {
    "ContentTime": "092000",
    "AcquisitionTime": "092000",
    "SeriesTime": "092000",
    "WindowCenter": ["40", "-600"],
    "WindowWidth": ["400", "1500"],
    "WindowCenterWidthExplanation": ["Soft tissue", "Lung"],
    "ContrastBolusAgent": "Sample contrast",
    "ContrastBolusRoute": "IV",
    "ScanOptions": "HELICAL MODE",
    "DataCollectionDiameter": "500",
    "GantryDetectorTilt": "0",
    "TableHeight": "150",
    "XRayTubeCurrent": "220",
    "ExposureTime": "500",
    "Exposure": "110",
    "ConvolutionKernel": "STANDARD",
    "ProtocolName": "Sample CT",
}
_MR = {
    "ContentTime": "103000",
    "AcquisitionTime": "103000",
    "SeriesTime": "103000",
    "WindowCenter": "480",
    "WindowWidth": "960",
    "WindowCenterWidthExplanation": "Whole range",
    "FlipAngle": "90",
    "ProtocolName": "Sample T1",
}
