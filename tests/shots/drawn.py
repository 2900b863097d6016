"""Studies for the pictures that the sample study has nothing for, of the same drawn patient."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pydicom import dcmread
from pydicom.dataset import FileDataset

from viewer_app.imaging.geometry import Plane
from viewer_app.phantom.body import noisy_layers
from viewer_app.phantom.body.chest import NODULES
from viewer_app.phantom.dicom import image_dataset, uid, write_series
from viewer_app.phantom.noise import grain
from viewer_app.phantom.paint import Grid
from viewer_app.phantom.pet import PET_CASES, PetCase
from viewer_app.phantom.render import Canvas
from viewer_app.phantom.series import SeriesPlan, plans
from viewer_app.phantom.tissue import (
    BLOOD,
    FOAM,
    LESION,
    LIVER,
    LUNG,
    MARKER,
    MYOCARDIUM,
    NODULE,
    RENAL_CORTEX,
    RENAL_MEDULLA,
    SHELL,
    SPLEEN,
)
from viewer_app.phantom.ultrasound import region

_PATIENT = {name: value for name, value in plans()[0].values.items() if name.startswith("Patient")}

# -- four series of one MR study, in one Frame of Reference ------------------------------------------

_PLANES = {
    "T1 axial": Grid((-170.0, -150.0, -60.0), (0.0, 0.0, -5.0), (0.0, 1.4, 0.0), (1.4, 0.0, 0.0), (24, 200, 244)),
    "T1 coronal": Grid((-170.0, -100.0, 20.0), (0.0, 6.0, 0.0), (0.0, 0.0, -1.4), (1.4, 0.0, 0.0), (26, 170, 244)),
    "T1 sagittal": Grid((-110.0, -150.0, 20.0), (6.0, 0.0, 0.0), (0.0, 0.0, -1.4), (0.0, 1.4, 0.0), (38, 170, 200)),
}


def mr_study(folder: Path) -> Path:
    """The upper abdomen in the three main planes and an oblique one."""
    (_, oblique, _) = plans()
    grids = {**_PLANES, "T1 oblique": oblique.grid}
    for number, (name, grid) in enumerate(grids.items(), start=1):
        write_series(folder / name, _mr_series(oblique, number, name, grid).images())
    return folder


def _mr_series(plan: SeriesPlan, number: int, name: str, grid: Grid) -> SeriesPlan:
    step = str(max(abs(part) for part in grid.slice_step))
    values = {
        **plan.values,
        "StudyInstanceUID": uid("four planes", "study"),
        "StudyDescription": "Upper abdomen",
        "SeriesNumber": number,
        "SeriesDescription": name,
        "SpacingBetweenSlices": step if name in _PLANES else plan.values["SpacingBetweenSlices"],
    }
    frame = uid("four planes", "frame of reference")
    return replace(
        plan, key=name, grid=grid, series_uid=uid(name, "series"), frame_of_reference_uid=frame, values=values
    )


# -- a CT whose slices lie farther apart towards the feet --------------------------------------------

_NEAR, _FAR = range(20, 110, 2), range(110, 230, 5)


def uneven_ct(folder: Path, sample: Path) -> Path:
    """Every second slice of the sample's chest, every fifth of its abdomen."""
    files = sorted((sample / "ct").glob("*.dcm"))
    write_series(folder, (_in_uneven(dcmread(files[number])) for number in (*_NEAR, *_FAR)))
    return folder


def _in_uneven(image: FileDataset) -> FileDataset:
    image.StudyInstanceUID, image.SeriesInstanceUID = uid("uneven", "study"), uid("uneven", "series")
    image.SOPInstanceUID = uid("uneven", "instance", str(image.InstanceNumber))
    image.file_meta.MediaStorageSOPInstanceUID = image.SOPInstanceUID
    image.SeriesDescription = "Chest, 2 and 5 mm"
    return image


# -- a PET: SUVbw by tissue, as blurred as a scanner's ------------------------------------------------

_SUV = {
    NODULE: 9.0,
    LESION: 8.0,
    MYOCARDIUM: 4.5,
    RENAL_MEDULLA: 9.0,
    RENAL_CORTEX: 4.0,
    LIVER: 2.2,
    SPLEEN: 1.9,
    BLOOD: 1.5,
    LUNG: 0.4,
    SHELL: 0.0,
    FOAM: 0.0,
    MARKER: 0.0,
}
_SUV_ELSEWHERE = 0.7
_PET = Grid((-198.0, -160.0, 110.0), (0.0, 0.0, -4.0), (0.0, 3.0, 0.0), (3.0, 0.0, 0.0), (80, 96, 132))
_PET_EDGE_MM = 7.0
_STORED_PER_SUV = 1000.0


def pet(folder: Path) -> Path:
    """Chest and abdomen, the nodules and the lesion bright."""
    plain = next(case for case in PET_CASES if case.name == "START")
    write_series(folder, _pet_slices(plain))
    return folder


def _pet_slices(case: PetCase) -> Iterator[FileDataset]:
    layers = noisy_layers(tuple(nodule.diameter_mm for nodule in NODULES), 2.0)
    values = [_SUV.get(layer.tissue, _SUV_ELSEWHERE) for layer in layers]
    suv = np.zeros(_PET.shape, dtype=np.float32)
    Canvas(_PET, layers, _PET_EDGE_MM, values).paint(suv, 0)
    assert case.factor is not None
    for number, field in enumerate(suv):
        noisy = field + grain(7, number, (field.shape[0], field.shape[1])) * (0.02 + 0.05 * field)
        stored = np.rint(np.clip(noisy, 0.0, None) * _STORED_PER_SUV).astype(np.uint16)
        x, y, z = _PET.slab(number, number + 1).origin
        plane = Plane((x, y, z), (1.0, 0.0, 0.0), (0.0, 1.0, 0.0), 3.0, 3.0)
        yield _pet_image(case, stored, plane, number)


def _pet_image(case: PetCase, stored: NDArray[np.uint16], plane: Plane, number: int) -> FileDataset:
    """The plain PET of the phantoms with other pixels: its slope makes SUV of them with the factor of the case."""
    assert case.factor is not None
    header = case.image
    kept = ("CorrectedImage", "DecayCorrection", "Units", "AttenuationCorrectionMethod", "PatientWeight")
    times = ("SeriesDate", "SeriesTime", "AcquisitionDate", "AcquisitionTime")
    names = (*kept, *times, "RadiopharmaceuticalInformationSequence")
    return image_dataset(
        stored,
        plane,
        modality="PT",
        name="drawn pet",
        number=number + 1,
        **{**_PATIENT, **{name: header[name].value for name in names}},
        StudyDescription="PET",
        SeriesDescription="Chest, corrected",
        SliceThickness="4",
        ActualFrameDuration=120_000,
        NumberOfSlices=_PET.shape[0],
        ImageIndex=number + 1,
        RescaleSlope=f"{1 / case.factor / _STORED_PER_SUV:g}",
    )


# -- an ultrasound clip -------------------------------------------------------------------------------

_FRAMES, _ROWS, _COLUMNS = 50, 480, 640
_APEX_ROW, _DEPTH, _HALF_ANGLE = -10.0, 470.0, 0.66


def clip(folder: Path) -> Path:
    """A sector with a chamber that beats once in the clip."""
    beat = 0.5 - 0.5 * np.cos(np.linspace(0.0, 2 * np.pi, _FRAMES, endpoint=False))
    stored = np.stack([_sector(float(phase)) for phase in beat])
    box = (0, 0, _COLUMNS - 1, _ROWS - 1)
    image = image_dataset(
        stored,
        None,
        modality="US multi-frame",
        name="clip",
        **_PATIENT,
        StudyDescription="Echocardiogram",
        SeriesDescription="Four chambers, drawn",
        BodyPartExamined="HEART",
        SequenceOfUltrasoundRegions=[region(box, (0.035, 0.035))],
    )
    write_series(folder, [image])
    return folder


def _sector(squeezed: float) -> NDArray[np.uint8]:
    """One frame (rows, columns) in speckle: a wall round a dark chamber, smaller the more it is `squeezed` (0 to 1)."""
    rows, columns = np.mgrid[:_ROWS, :_COLUMNS].astype(np.float32)
    down, across = rows - _APEX_ROW, columns - (_COLUMNS - 1) / 2
    depth, angle = np.hypot(down, across), np.arctan2(across, down)
    size = 1.0 - 0.28 * squeezed
    reach = np.hypot((rows - 230) / (150 * size), (across + 25) / (85 * size))
    wall = np.exp(-(((reach - 1.0) * size / 0.16) ** 2))
    tissue = np.where(reach < 1.0, 0.05, 0.30) + 0.55 * wall
    speckle = np.abs(grain(11, 0, (_ROWS, _COLUMNS)) + 1j * grain(11, 1, (_ROWS, _COLUMNS)))
    seen = (np.abs(angle) < _HALF_ANGLE) & (depth > 30) & (depth < _DEPTH)
    level = tissue * (0.35 + 0.55 * speckle) * (1.1 - 0.5 * depth / _DEPTH)
    return np.where(seen, np.clip(level * 230, 0, 255), 0).astype(np.uint8)
