"""C43: an enhanced multi-frame CT tells every number of the classic series it was made from."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import highdicom as hd
import numpy as np
import pytest
from pydicom import Dataset
from pydicom.uid import (
    CTImageStorage,
    EnhancedCTImageStorage,
    ExplicitVRLittleEndian,
    MRImageStorage,
    PositronEmissionTomographyImageStorage,
)

from tests.cases import case
from tests.made import rotation, written
from viewer_app import scripting
from viewer_app.imaging.geometry import Plane, vector
from viewer_app.imaging.reading.parse import parse_instance
from viewer_app.imaging.stacks import Stack
from viewer_app.phantom.dicom import ds, image_dataset

COUNT = 7
_PER_FRAME_NAMES = (
    "ImagePositionPatient", "ImageOrientationPatient", "PixelSpacing", "SliceThickness", "RescaleSlope",
    "RescaleIntercept", "RescaleType", "WindowCenter", "WindowWidth", "InstanceNumber",
)  # fmt: skip


def classic() -> list[Any]:
    """Oblique slices, each with its own slope, intercept and window."""
    random = np.random.default_rng(43)
    turn = rotation(random)
    images = []
    for k in range(COUNT):
        origin = vector(np.array([-80.5, 20.25, 7.0]) + 1.75 * k * np.cross(turn[0], turn[1]))
        plane = Plane(origin, vector(turn[0]), vector(turn[1]), 0.6, 0.8, frame_of_reference_uid="2.25.43")
        stored = random.integers(0, 4096, (20, 24)).astype(np.uint16)
        values = {"RescaleSlope": ds(0.5 + k), "RescaleIntercept": ds(-1000.0 + k)}
        window = {"WindowCenter": str(40 + k), "WindowWidth": str(400 + k)}
        images.append(image_dataset(stored, plane, number=k + 1, **values, **window))
    return images


def item(source: Dataset, *names: str) -> list[Dataset]:
    holder = Dataset()
    for name in names:
        holder[name] = source[name]
    return [holder]


def groups_of(source: Dataset, shared: bool) -> Dataset:
    """The functional groups of a slice: those all slices share, or those of its own (PS3.3 C.7.6.16.2)."""
    found = Dataset()
    if shared:
        found.PixelMeasuresSequence = item(source, "PixelSpacing", "SliceThickness")
        found.PlaneOrientationSequence = item(source, "ImageOrientationPatient")
        return found
    found.PlanePositionSequence = item(source, "ImagePositionPatient")
    found.PixelValueTransformationSequence = item(source, "RescaleSlope", "RescaleIntercept", "RescaleType")
    found.FrameVOILUTSequence = item(source, "WindowCenter", "WindowWidth")
    return found


def enhanced(images: list[Any], order: list[int]) -> Any:
    """One multi-frame object of the slices, in this order of frames."""
    made = image_dataset(np.zeros((20, 24), dtype=np.uint16), Plane.in_pixels(), name="enhanced")
    for name in _PER_FRAME_NAMES:
        if name in made:
            delattr(made, name)
    made.SOPClassUID = made.file_meta.MediaStorageSOPClassUID = EnhancedCTImageStorage
    made.FrameOfReferenceUID = images[0].FrameOfReferenceUID
    made.NumberOfFrames = len(order)
    made.SharedFunctionalGroupsSequence = [groups_of(images[0], shared=True)]
    made.PerFrameFunctionalGroupsSequence = [groups_of(images[k], shared=False) for k in order]
    made.PixelData = b"".join(images[k].PixelData for k in order)
    made["PixelData"].VR = "OW"
    return made


def numbers(stack: Stack, series: scripting.Series) -> list[Any]:
    """Everything the product tells of each slice, in reading order."""
    volume = series.volume()
    found: list[Any] = [stack.report, volume.affine.tolist()]
    for index, image in enumerate(stack.images):
        values = volume.image(index).modality_values()
        found += [image.plane, image.frame.rescale, image.frame.windows, image.frame.doubts, values.tolist()]
    return found


@pytest.mark.parametrize("order", [range(COUNT), reversed(range(COUNT)), [3, 0, 6, 1, 5, 2, 4]])
def test_an_enhanced_object_equals_the_classic_series(tmp_path: Path, order: Any) -> None:
    images = classic()
    told = []
    for name, files in (("classic", images), ("enhanced", [enhanced(images, list(order))])):
        with written(tmp_path / name, files) as study:
            (series,) = study.series
            told.append(numbers(series.stack, series))
            places = [entry.plane.to_patient([(11, 9)])[0] for entry in series.stack.images]
            told[-1] += [
                [value.number for value in scripting.measure("probe", series, place).values()] for place in places
            ]
    assert told[0] == told[1]


def test_a_frame_without_a_group_of_its_own_takes_the_shared_one(tmp_path: Path) -> None:
    images = classic()
    made = enhanced(images, list(range(COUNT)))
    for groups in made.PerFrameFunctionalGroupsSequence:
        del groups.PixelValueTransformationSequence
    shared = made.SharedFunctionalGroupsSequence[0]
    shared.PixelValueTransformationSequence = item(images[2], "RescaleSlope", "RescaleIntercept", "RescaleType")
    own = Dataset()
    own.PixelSpacing = [2, 3]
    made.PerFrameFunctionalGroupsSequence[4].PixelMeasuresSequence = [own]
    with written(tmp_path, [made]) as study:
        frames = {image.frame.number: image.frame for series in study.series for image in series.stack.images}
    assert {frame.rescale.slope for frame in frames.values()} == {2.5}
    assert [frames[number].plane.spacing for number in (1, 5)] == [(0.6, 0.8), (2.0, 3.0)]


def test_groups_that_are_missing_prove_nothing(tmp_path: Path) -> None:
    made = enhanced(classic(), [0, 1])
    made.NumberOfFrames = 2
    del made.PerFrameFunctionalGroupsSequence, made.SharedFunctionalGroupsSequence
    with written(tmp_path, [made]) as study:
        (series,) = study.series
    assert {image.plane.unit for image in series.stack.images} == {"px"}
    assert {image.frame.rescale.unit for image in series.stack.images} == {""}
    assert not series.geometry.is_volume


@pytest.mark.real_data
@pytest.mark.parametrize("size", ["23x38x3", "24x38x3"])
def test_a_real_multi_frame_ct_equals_its_classic_series(size: str) -> None:
    folder = case("seg-sr-dcmqi") / "segmentations" / size
    if not folder.exists():
        pytest.skip("the case has no such folder")
    found = []
    for name in ("image", "multiframe"):
        with scripting.open_study(folder / name) as study:
            (series,) = study.series
            volume = series.volume()
            values = [volume.image(index).modality_values() for index in range(3)]
            found.append((np.stack(values), volume.affine, series.geometry.step_mm))
    for mine, theirs in zip(*found, strict=True):
        np.testing.assert_allclose(mine, theirs, rtol=1e-12, atol=1e-9)


def converted(images: list[Any], kind: Any, modality: str, order: list[int]) -> Any:
    """A legacy converted enhanced object, made by highdicom."""
    return kind(
        [images[k] for k in order],
        series_instance_uid=hd.UID(),
        series_number=2,
        sop_instance_uid=hd.UID(),
        instance_number=1,
        transfer_syntax_uid=ExplicitVRLittleEndian,
    )


LEGACY = {
    "CT": hd.legacy.LegacyConvertedEnhancedCTImage,
    "MR": hd.legacy.LegacyConvertedEnhancedMRImage,
    "PT": hd.legacy.LegacyConvertedEnhancedPETImage,
}
_SOP_CLASSES = {"CT": CTImageStorage, "MR": MRImageStorage, "PT": PositronEmissionTomographyImageStorage}
_NEEDED = {"PatientBirthDate": "", "PatientSex": "O", "ReferringPhysicianName": "", "StudyID": "1", "SeriesNumber": 1}
_NEEDED |= {"Manufacturer": "", "PositionReferenceIndicator": "", "AcquisitionNumber": 1, "PatientPosition": "HFS"}


@pytest.mark.parametrize("order", [list(range(COUNT)), [3, 0, 6, 1, 5, 2, 4]])
@pytest.mark.parametrize("modality", LEGACY)
def test_a_legacy_converted_object_equals_the_classic_series(tmp_path: Path, modality: str, order: list[int]) -> None:
    images = classic()
    for made in images:
        made.Modality = modality
        made.SOPClassUID = made.file_meta.MediaStorageSOPClassUID = _SOP_CLASSES[modality]
        if modality != "CT":
            del made.RescaleType
        for name, value in _NEEDED.items():
            if name not in made:
                setattr(made, name, value)
    told = []
    for name, files in (("classic", images), ("legacy", [converted(images, LEGACY[modality], modality, order)])):
        with written(tmp_path / name, files) as study:
            (series,) = study.series
            told.append(numbers(series.stack, series))
    assert told[0] == told[1]


def test_ten_thousand_frames_are_read_in_reasonable_time() -> None:
    """Shared groups are looked up once; the rest is a handful of lookups a frame."""
    made = enhanced(classic(), [k % COUNT for k in range(10_000)])
    made.PixelData = b""
    begun = time.process_time()
    frames = parse_instance(made, locator="").frames
    spent = time.process_time() - begun
    assert len(frames) == 10_000
    assert spent < 10.0
