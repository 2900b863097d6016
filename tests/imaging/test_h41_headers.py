"""H41, H42, H45-H47, H51, C12: doubtful places make no volume, what differs is split, and the reason is told."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.cases import case
from tests.made import frame, image, record, stack, stacks, written
from viewer_app import scripting
from viewer_app.imaging.study import assemble

AXIAL, SAGITTAL = [1, 0, 0, 0, 1, 0], [0, 1, 0, 0, 0, -1]

ORIENTATIONS = [
    [0, 0, 0, 0, 0, 0],
    [1, 0, 0, 1, 0, 0],
    [1, 0, 0, -1, 0, 0],
    [1.01, 0, 0, 0, 1, 0],
    [1, 0, 0, 0.01, 1, 0],
    [1, 0, 0, 0, 0.5, 0],
    ["nan", 0, 0, 0, 1, 0],
    [1, 0, 0],
    [],
    None,
]
POSITIONS = [["nan", 0, 0], [0, "inf", 0], [1e9, 0, 0], [0, 0], [0, 0, 0, 0], ["left", 0, 0], [], None]


def without(name: str, value: Any, **values: Any) -> Any:
    """An image whose attribute `name` holds `value`, unchecked; None leaves it out."""
    made = image(**values)
    delattr(made, name)
    if value is not None:
        made.add_new(name, "LO", [str(part) for part in value])
    return made


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *[("ImageOrientationPatient", value) for value in ORIENTATIONS],
        *[("ImagePositionPatient", value) for value in POSITIONS],
    ],
)
def test_no_usable_place_no_volume(name: str, value: Any) -> None:
    found = frame(without(name, value))
    assert not found.plane.located
    assert found.doubts
    word = "orientation" if "Orient" in name else "position"
    assert any(word in doubt for doubt in found.doubts)
    both = stack([without(name, value, number=number) for number in (1, 2)])
    assert not both.report.is_volume
    assert [entry.instance.instance_number for entry in both.images] == [1, 2]
    assert any(word in note for note in both.report.notes)


def test_rounded_direction_cosines_are_fine() -> None:
    turned = [0.70711, 0.70711, 0, -0.70711, 0.70711, 0]
    assert frame(image(ImageOrientationPatient=turned)).plane.located


def upright(count: int, **values: Any) -> list[Any]:
    return [image(k + 1, origin=(0.0, 0.0, 2.0 * k), **values) for k in range(count)]


def renamed(images: list[Any], word: str) -> list[Any]:
    """The same images under other SOP Instance UIDs."""
    for made in images:
        made.SOPInstanceUID = f"{made.SOPInstanceUID[:-6]}.{word}.{made.InstanceNumber}"
    return images


DIFFERENT: dict[str, dict[str, Any]] = {
    "orientation": {"ImageOrientationPatient": SAGITTAL},
    "orientation by a little": {"ImageOrientationPatient": [0.9999995, 0.001, 0, -0.001, 0.9999995, 0]},
    "size": {"size": (4, 6)},
    "spacing": {"PixelSpacing": ["1", "1.01"]},
    "frame of reference": {"FrameOfReferenceUID": "2.25.77"},
    "no place": {"ImagePositionPatient": None},
    "no scale": {"PixelSpacing": None},
    "colour": {"SamplesPerPixel": 3, "PhotometricInterpretation": "RGB", "BitsAllocated": 8, "BitsStored": 8},
}


@pytest.mark.parametrize("values", DIFFERENT.values(), ids=DIFFERENT)
def test_h45_what_differs_is_split(values: dict[str, Any]) -> None:
    found = stacks([*renamed(upright(3, **values), "1"), *upright(5)])
    assert [len(entry.images) for entry in found] == [5, 3]
    assert [entry.number for entry in found] == [0, 1]
    assert len({entry.key for entry in found}) == 2
    main = found[0].report
    assert (main.is_volume, main.step_mm, main.warnings) == (True, 2.0, ())
    for entry in found:
        for index, shown in enumerate(entry.images):
            assert entry.index_of(shown.sop_instance_uid) == index
    assert found[0].index_of("1.2.3") is None


def test_h45_no_place_is_split_off_even_without_frames_of_reference() -> None:
    lost = renamed(upright(2, ImagePositionPatient=None, FrameOfReferenceUID=None), "1")
    found = stacks([*lost, *upright(5, FrameOfReferenceUID=None)])
    assert [len(entry.images) for entry in found] == [5, 2]
    assert [entry.report.is_volume for entry in found] == [True, False]


@pytest.mark.parametrize("spacing", [["1", "1.00001"], ["0.99999", "1"]])
def test_rounding_does_not_split(spacing: list[str]) -> None:
    made = upright(4)
    made[2].PixelSpacing = spacing
    assert len(stacks(made)) == 1


def test_one_frame_of_reference_per_slice_is_one_stack_and_said_so() -> None:
    made = upright(6)
    for number, entry in enumerate(made):
        entry.FrameOfReferenceUID = f"2.25.{number + 1}"
    found = stack(made)
    assert (found.report.is_volume, found.report.step_mm) == (True, 2.0)
    assert any("Frame of Reference" in note for note in found.report.notes)


@pytest.mark.parametrize(("images", "frames", "found"), [(3, 2, 2), (2, 2, 2), (6, 4, 4), (20, 19, 1)])
def test_few_frames_of_reference_still_split(images: int, frames: int, found: int) -> None:
    """A patient who was moved between two scans of one series: places of the one mean nothing in the other."""
    made = upright(images)
    for number, entry in enumerate(made):
        entry.FrameOfReferenceUID = f"2.25.{min(number, frames - 1) + 1}"
    assert len(stacks(made)) == found


@pytest.mark.real_data
def test_a_lidc_chest_is_one_stack() -> None:
    with scripting.open_study(case("ct-chest-lidc0314-part")) as study:
        (series,) = study.series
    assert len(series.stack.images) == 40
    assert len({entry.plane.frame_of_reference_uid for entry in series.stack.images}) == 40
    assert series.geometry.is_volume
    assert series.geometry.step_mm == pytest.approx(1.0, abs=1e-6)
    heights = [entry.plane.origin[2] for entry in series.stack.images]
    assert heights == sorted(heights, reverse=True)


@pytest.mark.real_data
@pytest.mark.parametrize(
    ("folder", "words"),
    [
        ("failing/notavolume/001", "All 4 images show the same place."),
        ("failing/sliceincrement/001", "1 slice missing."),
        ("failing/sliceincrement/002", "1 slice missing."),
        ("failing/gantrytilting/001", "Gantry tilt 14.0°."),
    ],
)
def test_real_stacks_that_are_no_plain_volume(folder: str, words: str) -> None:
    with scripting.open_study(case("geometry-failing-dicom2nifti") / folder) as study:
        (series,) = study.series
    assert words in (*series.geometry.warnings, *series.geometry.notes)


@pytest.mark.real_data
def test_a_real_series_of_two_orientations_is_split() -> None:
    with scripting.open_study(case("geometry-failing-dicom2nifti") / "failing/sliceorientation/001") as study:
        assert len(study.series) > 1
        assert sum(len(series.stack.images) for series in study.series) == 4


def test_h46_a_repeated_sop_instance_uid_is_shown_once_and_told() -> None:
    made = [record(entry) for entry in (*upright(3), *upright(2))]
    (study,) = assemble(made)
    assert [entry.instance_number for entry in study.instances] == [1, 2, 3]
    assert any("2 files repeat" in problem.why for problem in study.problems)


OTHER_PATIENT = [{"patient_id": "OTHER"}, {"name": "Other^Name"}, {"patient_id": "", "name": ""}]


@pytest.mark.parametrize("changes", OTHER_PATIENT)
def test_h51_two_patients_are_never_one_study(changes: dict[str, str]) -> None:
    made = [record(entry) for entry in upright(4)]
    other = [replace(entry, patient=replace(entry.patient, **changes)) for entry in made[2:]]
    studies = assemble([made[0], other[0], made[1], other[1]])
    assert len(studies) == 2
    for study in studies:
        assert {entry.patient for entry in study.instances} == {study.patient}
        assert len(study.instances) == 2
        assert any("two patients" in problem.why for problem in study.problems)


def test_studies_come_newest_first_and_series_by_number() -> None:
    made = []
    for study, date in enumerate(("20240101", "20260101", "20250101")):
        for number in (10, 2, 7):
            uid = f"1.2.{study}.{number}"
            entry = image(StudyInstanceUID=f"1.2.{study}", SeriesInstanceUID=uid, StudyDate=date, SeriesNumber=number)
            entry.SOPInstanceUID = f"{uid}.1"
            made.append(record(entry))
    studies = assemble(made)
    assert [study.info.date for study in studies] == ["20260101", "20250101", "20240101"]
    assert [[series.info.number for series in study.series] for study in studies] == [[2, 7, 10]] * 3


def test_the_voxel_size_of_a_study_through_files(tmp_path: Path) -> None:
    with written(tmp_path, upright(5, PixelSpacing=["0.5", "0.7"])) as study:
        affine = study.series[0].volume().affine
    np.testing.assert_allclose(np.linalg.norm(affine[:3, :3], axis=0), (2.0, 0.5, 0.7), rtol=1e-12)
