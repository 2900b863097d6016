"""H45: a series that shows each place several times is split by what tells the images apart, and says so."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import product
from typing import Any

import numpy as np
import pytest
from pydicom import Dataset
from pydicom.uid import EnhancedMRImageStorage

from tests.cases import case
from tests.made import image, record, stacks
from viewer_app import scripting
from viewer_app.imaging.stacks import Stack

SLICES = 5


def series(variants: Iterable[Mapping[str, Any]], slices: int = SLICES) -> list[Any]:
    """MR slices 2 mm apart, each place once for every variant, as scanners number them: in no useful order."""
    made = []
    for number, (values, k) in enumerate(product(list(variants), range(slices)), start=1):
        one = image(number, origin=(0.0, 0.0, 2.0 * k))
        one.Modality = "MR"
        for name, value in values.items():
            setattr(one, name, value(k) if callable(value) else value)
        made.append(one)
    return made[::-1]


def labels(found: Iterable[Stack]) -> list[str]:
    return [entry.label for entry in found]


TYPE = ["ORIGINAL", "PRIMARY"]
EXPLAINED: dict[str, tuple[list[dict[str, Any]], list[str]]] = {
    "b-value": (
        [{"DiffusionBValue": value} for value in (0.0, 800.0, 50.0)],
        ["b = 0 s/mm²", "b = 50 s/mm²", "b = 800 s/mm²"],
    ),
    "echoes": ([{"EchoTime": "92"}, {"EchoTime": "12.5"}], ["Echo 1, TE 12.5 ms", "Echo 2, TE 92 ms"]),
    "echo numbers": ([{"EchoNumbers": 2}, {"EchoNumbers": 1}], ["Echo 1", "Echo 2"]),
    "Dixon": (
        [{"ImageType": [*TYPE, "DIXON", kind]} for kind in ("WATER", "FAT", "IN_PHASE", "OPP_PHASE")],
        ["Fat", "In phase", "Opposed phase", "Water"],
    ),
    "magnitude and phase": ([{"ImageType": [*TYPE, kind, "ND"]} for kind in "MP"], ["Magnitude", "Phase"]),
    "inversion times": ([{"InversionTime": "100"}, {"InversionTime": "900"}], ["TI 100 ms", "TI 900 ms"]),
    "flip angles": ([{"FlipAngle": "5"}, {"FlipAngle": "26"}], ["Flip angle 5°", "Flip angle 26°"]),
    "time points": (
        [{"TemporalPositionIdentifier": number} for number in (2, 1, 3)],
        ["Time point 1 of 3", "Time point 2 of 3", "Time point 3 of 3"],
    ),
    "cardiac CT": (
        [{"NominalPercentageOfCardiacPhase": value} for value in (75.0, 40.0)],
        ["Cardiac phase 40 %", "Cardiac phase 75 %"],
    ),
    "trigger times that drift": (
        [{"TriggerTime": lambda k, start=start: str(start + k)} for start in (0, 40, 80)],
        ["Phase 1 of 3", "Phase 2 of 3", "Phase 3 of 3"],
    ),
    "PET frames": ([{"FrameReferenceTime": "60000"}, {"FrameReferenceTime": "5000"}], ["5 s", "60 s"]),
    "two energies": ([{"KVP": "140"}, {"KVP": "80"}], ["80 kV", "140 kV"]),
    "two kernels": ([{"ConvolutionKernel": "B30f"}, {"ConvolutionKernel": "B70f"}], ["Kernel B30f", "Kernel B70f"]),
    "acquisitions": ([{"AcquisitionNumber": 2}, {"AcquisitionNumber": 1}], ["Acquisition 1", "Acquisition 2"]),
    "acquisition times": (
        [{"AcquisitionTime": "140211.25"}, {"AcquisitionTime": "140301"}],
        ["Time 14:02:11", "Time 14:03:01"],
    ),
    "times of every slice": (
        [{"ContentTime": lambda k, start=start: f"{start + k}.000000"} for start in (140211, 140311)],
        ["Time point 1 of 2", "Time point 2 of 2"],
    ),
    "two that belong together": (
        [{"EchoTime": echo, "ImageType": [*TYPE, kind]} for echo in ("5", "10") for kind in "MP"],
        [f"{kind}, echo {number}, TE {5 * number} ms" for kind in ("Magnitude", "Phase") for number in (1, 2)],
    ),
    "a b-value beside the counter": (
        [{"DiffusionBValue": value, "AcquisitionNumber": n} for n, value in enumerate((0.0, 700.0, 700.0), start=1)],
        ["b = 0 s/mm², acquisition 1", "b = 700 s/mm², acquisition 2", "b = 700 s/mm², acquisition 3"],
    ),
}


@pytest.mark.parametrize(("variants", "expected"), EXPLAINED.values(), ids=EXPLAINED)
def test_what_explains_the_repeats_splits_and_names_the_stacks(
    variants: list[dict[str, Any]], expected: list[str]
) -> None:
    found = stacks(series(variants))
    assert labels(found) == expected
    assert [entry.number for entry in found] == list(range(len(expected)))
    for entry in found:
        assert (entry.report.is_volume, entry.report.step_mm, entry.report.warnings) == (True, 2.0, ())
        assert any("split by" in note for note in entry.report.notes)
        assert [shown.plane.origin[2] for shown in entry.images] == [8.0, 6.0, 4.0, 2.0, 0.0]


def test_directions_of_diffusion() -> None:
    """One image without diffusion, three directions of one b-value, and the trace."""
    turns = [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]]
    variants: list[dict[str, Any]] = [{"DiffusionBValue": 0.0}]
    variants += [{"DiffusionBValue": 1000.0, "DiffusionGradientOrientation": turn} for turn in turns]
    found = stacks(series(variants))
    assert labels(found) == ["b = 0 s/mm²", *(f"b = 1000 s/mm², direction {number}" for number in (1, 2, 3))]


PRIVATE = {
    "Siemens": (0x0019, "SIEMENS MR HEADER", 0x0C, "IS", ["0", "850"]),
    "Philips": (0x2001, "Philips Imaging DD 001", 0x03, "FL", [0.0, 850.0]),
    "GE": (0x0043, "GEMS_PARM_01", 0x39, "IS", [["0", "8", "0", "0"], ["1000000850", "8", "0", "0"]]),
}


@pytest.mark.parametrize(("group", "creator", "element", "vr", "values"), PRIVATE.values(), ids=PRIVATE)
@pytest.mark.parametrize("right", [True, False])
def test_private_b_values_count_only_under_their_maker(
    group: int, creator: str, element: int, vr: str, values: list[Any], right: bool
) -> None:
    made = series([{}, {}])
    for number, one in enumerate(made):
        block = one.private_block(group, creator if right else "ANOTHER MAKER", create=True)
        block.add_new(element, vr, values[number // SLICES])
    assert labels(stacks(made)) == (["b = 0 s/mm²", "b = 850 s/mm²"] if right else [""])


def test_exact_duplicates_stay_together_with_a_warning() -> None:
    (found,) = stacks(series([{}, {}]))
    assert len(found.images) == 2 * SLICES
    assert found.report.warnings == ("5 images repeat a position.",)
    assert not found.report.is_volume


def test_a_clock_does_not_tear_a_volume_apart_for_one_duplicate() -> None:
    made = series([{"AcquisitionTime": lambda k: "140211" if k < 12 else "140212"}], slices=20)
    extra = image(99, origin=(0.0, 0.0, 6.0))
    extra.AcquisitionTime = "140212"
    (found,) = stacks([*made, extra])
    assert found.report.warnings == ("1 image repeats a position.",)


def test_breath_holds_that_overlap_are_two_volumes() -> None:
    made = [image(k + 1, origin=(0.0, 0.0, 2.0 * k), AcquisitionNumber=1) for k in range(10)]
    made += [image(k + 100, origin=(0.0, 0.0, 2.0 * k), AcquisitionNumber=2) for k in range(8, 20)]
    found = stacks(made)
    assert [(entry.label, len(entry.images)) for entry in found] == [("Acquisition 1", 10), ("Acquisition 2", 12)]
    assert all(entry.report.is_volume for entry in found)


def test_what_differs_without_repeats_does_not_split() -> None:
    made = series([{"AcquisitionNumber": lambda k: k, "EchoTime": lambda k: str(k + 1)}])
    (found,) = stacks(made)
    assert (found.label, found.report.is_volume) == ("", True)


def test_images_of_one_place_stay_one_stack() -> None:
    (found,) = stacks(series([{"TriggerTime": str(40 * number)} for number in range(9)], slices=1))
    assert len(found.images) == 9
    assert found.report.notes == ("All 9 images show the same place.",)


@pytest.mark.parametrize("count", [32, 33, 120])
def test_hundreds_of_time_points_at_the_same_places_are_volumes(count: int) -> None:
    found = stacks(series([{"TemporalPositionIdentifier": number + 1} for number in range(count)], slices=3))
    assert labels(found) == [f"Time point {number + 1} of {count}" for number in range(count)]
    assert {entry.by for entry in found} == {"time point"}
    assert all(entry.report.is_volume for entry in found)


def test_a_run_that_was_stopped_is_still_told_apart_by_time() -> None:
    made = series([{"TemporalPositionIdentifier": number + 1} for number in range(40)], slices=3)
    found = stacks(made[1:])
    assert [len(entry.images) for entry in found] == [3] * 39 + [2]


@pytest.mark.parametrize(("count", "expected"), [(32, 32), (33, 1)])
def test_many_parts_of_different_places_are_one_stack_sorted_by_part_then_place(count: int, expected: int) -> None:
    made = [
        image(3 * part + k, origin=(0.0, 0.0, height), AcquisitionNumber=part + 1)
        for part in range(count)
        for k, height in enumerate((0.0, 2.0, 100.0 + part), start=1)
    ]
    found = stacks(made)
    assert len(found) == expected
    if expected == 1:
        (entry,) = found
        assert not entry.report.is_volume
        told_4d = f"4D: {count} parts by acquisition, 3 images each, in one stack, part after part."
        assert entry.report.warnings[-1] == told_4d
        told = [dict(shown.frame.dimensions)["acquisition"] for shown in entry.images]
        assert told == sorted(told)
        assert [shown.plane.origin[2] for shown in entry.images[:4]] == [100.0, 2.0, 0.0, 101.0]


def enhanced(frames: Iterable[tuple[float, Mapping[str, Mapping[str, Any]]]]) -> Any:
    """An enhanced MR object: a height and functional groups for each frame."""
    made = image(1)
    for name in ("ImagePositionPatient", "ImageOrientationPatient", "PixelSpacing"):
        delattr(made, name)
    made.SOPClassUID = EnhancedMRImageStorage
    made.Modality = "MR"
    shared = Dataset()
    shared.PixelMeasuresSequence = [group({"PixelSpacing": [1, 1]})]
    shared.PlaneOrientationSequence = [group({"ImageOrientationPatient": [1, 0, 0, 0, 1, 0]})]
    made.SharedFunctionalGroupsSequence = [shared]
    own = []
    for height, groups in frames:
        entry = Dataset()
        entry.PlanePositionSequence = [group({"ImagePositionPatient": [0, 0, height]})]
        for name, values in groups.items():
            setattr(entry, name, [group(values)])
        own.append(entry)
    made.PerFrameFunctionalGroupsSequence = own
    made.NumberOfFrames = len(own)
    made.PixelData = np.zeros((len(own), 4, 4), dtype=np.uint16).tobytes()
    return made


def group(values: Mapping[str, Any]) -> Dataset:
    made = Dataset()
    for name, value in values.items():
        setattr(made, name, value)
    return made


ENHANCED: dict[str, tuple[list[dict[str, dict[str, Any]]], list[str]]] = {
    "temporal position": (
        [{"FrameContentSequence": {"TemporalPositionIndex": n}} for n in (1, 2)],
        ["Time point 1 of 2", "Time point 2 of 2"],
    ),
    "stack": ([{"FrameContentSequence": {"StackID": name}} for name in "12"], ["Stack 1", "Stack 2"]),
    "diffusion": (
        [{"MRDiffusionSequence": {"DiffusionBValue": value}} for value in (0.0, 1000.0)],
        ["b = 0 s/mm²", "b = 1000 s/mm²"],
    ),
    "effective echo time": (
        [{"MREchoSequence": {"EffectiveEchoTime": value}} for value in (10.0, 80.0)],
        ["Echo 1, TE 10 ms", "Echo 2, TE 80 ms"],
    ),
    "complex component": (
        [{"MRImageFrameTypeSequence": {"ComplexImageComponent": name}} for name in ("MAGNITUDE", "PHASE")],
        ["Magnitude", "Phase"],
    ),
    "only an index": (
        [{"FrameContentSequence": {"DimensionIndexValues": [1, n]}} for n in (1, 2)],
        ["Dimension index 2 1", "Dimension index 2 2"],
    ),
    "unassigned by a conversion": (
        [{"UnassignedPerFrameConvertedAttributesSequence": {"EchoTime": value}} for value in ("10", "80")],
        ["Echo 1, TE 10 ms", "Echo 2, TE 80 ms"],
    ),
}


@pytest.mark.parametrize(("variants", "expected"), ENHANCED.values(), ids=ENHANCED)
def test_frames_of_an_enhanced_object(variants: list[dict[str, dict[str, Any]]], expected: list[str]) -> None:
    frames = [(2.0 * k, groups) for k in range(SLICES) for groups in variants]
    found = stacks([enhanced(frames)])
    assert labels(found) == expected
    assert all(entry.report.is_volume and len(entry.images) == SLICES for entry in found)


def test_dimensions_are_no_part_of_what_a_frame_is() -> None:
    """A server may hand over fewer of them; the images are the same all the same."""
    one, other = record(image(1)).frames[0], record(image(1, EchoTime="5")).frames[0]
    assert one == other
    assert one.dimensions != other.dimensions


@pytest.mark.real_data
def test_real_enhanced_series() -> None:
    found: dict[str, list[tuple[str, bool]]] = {}
    with scripting.open_studies(case("mr-enhanced-multiframe")) as studies:
        for study in studies:
            for entry in study.series:
                found.setdefault(entry.info.description, []).append((entry.stack.label, entry.geometry.is_volume))
    assert found["REST1 w SMS PF7-8"] == [(f"Time point {number} of 4", True) for number in (1, 2, 3, 4)]
    assert found["B0 NS"] == [("Field map", True), ("Magnitude", True)]
