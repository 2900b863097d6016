"""C08: lengths on ultrasound are those of the one scan region that holds all points (PS3.3 C.8.5.5)."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pydicom import Dataset
from pydicom.sequence import Sequence

from tests.cases import case
from tests.made import frame, image, record, written
from tests.measure.made import measurement
from viewer_app import scripting
from viewer_app.imaging.headers import Image
from viewer_app.imaging.volume import PlanarImage
from viewer_app.measure.evaluate import evaluate
from viewer_app.measure.evaluate import record as measured_record
from viewer_app.measure.measurement import Place, Reference
from viewer_app.measure.quantity import Value
from viewer_app.measure.serial import figures_from_json, figures_to_json
from viewer_app.scripting import measure

SINGLE, MULTIPLE, VOLUME = (f"1.2.840.10008.5.1.4.1.1.{name}" for name in ("6.1", "3.1", "6.2"))
REFERENCE = Reference("2.25.5", "2.25.6", 3)


def region(box: tuple[int, int, int, int], delta: Any = (0.01, 0.01), **values: Any) -> Dataset:
    """A 2D region in cm; `delta` is (across, down) in cm per pixel; None leaves a value out."""
    made: dict[str, Any] = {
        "RegionSpatialFormat": 1, "RegionDataType": 1, "RegionFlags": 0, "PhysicalUnitsXDirection": 3,
        "PhysicalUnitsYDirection": 3, "RegionLocationMinX0": box[0], "RegionLocationMinY0": box[1],
        "RegionLocationMaxX1": box[2], "RegionLocationMaxY1": box[3], "PhysicalDeltaX": delta[0],
        "PhysicalDeltaY": delta[1],
    } | values  # fmt: skip
    dataset = Dataset()
    for keyword, value in made.items():
        if value is not None:
            setattr(dataset, keyword, value)
    return dataset


def ultrasound(*regions: Dataset, **values: Any) -> Any:
    made: dict[str, Any] = {
        "SOPClassUID": SINGLE,
        "Modality": "US",
        "size": (100, 200),
        "PixelSpacing": None,
        "ImagePositionPatient": None,
        "ImageOrientationPatient": None,
        "SequenceOfUltrasoundRegions": Sequence(regions) if regions else None,
    }
    return image(**made | values)


def shown(dataset: Any, number: int = 1) -> PlanarImage:
    instance = record(dataset)
    stored = np.zeros((instance.pixel_format.rows, instance.pixel_format.columns), np.uint16)  # type: ignore[union-attr]  # made with pixels
    return PlanarImage.of(Image(instance, instance.frames[number - 1]), stored)


def distance(on: PlanarImage, *pixels: tuple[float, float]) -> Value:
    (value,) = evaluate(measurement("distance", on.plane, on.plane.to_patient(pixels)), {REFERENCE: on})
    return value


LEFT, RIGHT = (10, 20, 89, 79), (110, 20, 189, 79)


def test_c08_each_region_has_its_own_scale() -> None:
    """30 across and 40 down: 5 mm at 0.1 mm, 32.0156 mm at 0.5 across and 0.7 down."""
    on = shown(ultrasound(region(LEFT), region(RIGHT, (0.05, 0.07))))
    left, right = distance(on, (20, 30), (50, 70)), distance(on, (120, 30), (150, 70))
    assert left.number == pytest.approx(5.0)
    assert (left.unit, left.provenance, left.note) == ("mm", "ultrasound region 1 of frame 3", "")
    assert right.number == pytest.approx(math.hypot(30 * 0.5, 40 * 0.7), rel=1e-12)
    assert (right.unit, right.provenance) == ("mm", "ultrasound region 2 of frame 3")


def test_c08_regions_are_counted_as_the_file_has_them() -> None:
    """An item that says nothing of itself has no pixels, but its number."""
    empty = region(LEFT, RegionSpatialFormat=0, RegionDataType=0)
    found = distance(shown(ultrasound(empty, region(LEFT), region(RIGHT))), (120, 30), (150, 70))
    assert found.provenance == "ultrasound region 3 of frame 3"


ACROSS = [
    ((20, 30), (120, 30)),
    ((5, 30), (50, 30)),
    ((95, 50), (105, 50)),
    ((20, 30), (20, 90)),
    ((9.4, 30), (20, 30)),
]


@pytest.mark.parametrize(("start", "end"), ACROSS)
def test_c08_not_inside_one_region_is_in_pixels_and_says_why(start: Any, end: Any) -> None:
    found = distance(shown(ultrasound(region(LEFT), region(RIGHT))), start, end)
    assert found.number == pytest.approx(math.dist(start, end))
    assert (found.unit, found.provenance, found.note) == ("px", "not calibrated", "not inside one scan region")


def test_c08_the_border_pixels_belong_to_the_region() -> None:
    on = shown(ultrasound(region(LEFT)))
    assert distance(on, (9.5, 19.5), (89.5, 79.5)).number == pytest.approx(math.hypot(8, 6))
    assert distance(on, (9.5, 19.5), (89.6, 79.5)).unit == "px"


@pytest.mark.parametrize("signs", [(1, 1), (-1, 1), (1, -1), (-1, -1)])
def test_c08_the_sign_of_a_delta_is_a_direction(signs: tuple[int, int]) -> None:
    on = shown(ultrasound(region(LEFT, (0.05 * signs[0], 0.07 * signs[1]))))
    assert distance(on, (20, 30), (50, 70)).number == pytest.approx(math.hypot(15, 28))


NO_LENGTHS = [
    ({"RegionSpatialFormat": 2, "PhysicalUnitsXDirection": 4}, "M-mode"),
    ({"RegionSpatialFormat": 3, "PhysicalUnitsXDirection": 4, "PhysicalUnitsYDirection": 7}, "Doppler"),
    ({"RegionSpatialFormat": 4, "PhysicalUnitsXDirection": 4, "PhysicalUnitsYDirection": 0}, "waveform"),
    ({"RegionSpatialFormat": 5}, "graphics"),
    ({"RegionSpatialFormat": 3}, "Doppler"),
    ({"PhysicalUnitsXDirection": 0}, "no lengths"),
    ({"PhysicalUnitsYDirection": 4}, "no lengths"),
    ({"PhysicalUnitsXDirection": None}, "no lengths"),
    ({"PhysicalDeltaX": 0.0}, "no lengths"),
    ({"PhysicalDeltaY": math.nan}, "no lengths"),
    ({"PhysicalDeltaY": math.inf}, "no lengths"),
    ({"PhysicalDeltaX": None}, "no lengths"),
    ({"PhysicalDeltaX": 1e9}, "no lengths"),
]


@pytest.mark.parametrize(("values", "why"), NO_LENGTHS)
def test_c08_axes_that_are_no_lengths(values: dict[str, Any], why: str) -> None:
    on = shown(ultrasound(region(LEFT, **values), region(RIGHT)))
    found = distance(on, (20, 30), (50, 70))
    assert (found.number, found.unit) == (50.0, "px")
    assert why in found.note
    assert distance(on, (120, 30), (150, 70)).unit == "mm"


INNER = (30, 30, 60, 60)
LOW = {"RegionFlags": 1}
BOTH_INSIDE, ONE_INSIDE, NONE_INSIDE = ((35, 35), (55, 35)), ((15, 35), (55, 35)), ((15, 25), (15, 65))
# flags of the outer and inner region, cm per pixel of the inner, points, mm or None
OVERLAPS = [
    (LOW, {}, 0.01, BOTH_INSIDE, 2.0),
    (LOW, {}, 0.01, ONE_INSIDE, 4.0),
    (LOW, {}, 0.03, BOTH_INSIDE, 6.0),
    (LOW, {}, 0.03, ONE_INSIDE, None),
    (LOW, {}, 0.03, NONE_INSIDE, 4.0),
    ({}, LOW, 0.03, BOTH_INSIDE, 2.0),
    ({}, LOW, 0.03, ONE_INSIDE, 4.0),
    ({}, {}, 0.03, BOTH_INSIDE, None),
    ({}, {}, 0.03, ONE_INSIDE, None),
    ({}, {}, 0.01, BOTH_INSIDE, 2.0),
    (LOW, LOW, 0.03, BOTH_INSIDE, None),
    (LOW, LOW, 0.03, NONE_INSIDE, 4.0),
]


@pytest.mark.parametrize("turned", [False, True])
@pytest.mark.parametrize(("outer", "inner", "delta", "points", "wanted"), OVERLAPS)
def test_c08_overlapping_regions_by_their_priority(
    outer: Any, inner: Any, delta: float, points: Any, wanted: float | None, turned: bool
) -> None:
    regions = [region(LEFT, **outer), region(INNER, (delta, delta), **inner)]
    found = distance(shown(ultrasound(*(regions[::-1] if turned else regions))), *points)
    if wanted is None:
        assert (found.unit, found.note) == ("px", "regions of different scale overlap here")
    else:
        assert found.number == pytest.approx(wanted)
        assert found.unit == "mm"


def test_c08_a_trace_over_the_picture_hides_its_scale() -> None:
    on = shown(ultrasound(region(LEFT, **LOW), region((10, 60, 89, 79), RegionSpatialFormat=4)))
    assert distance(on, (20, 30), (50, 50)).unit == "mm"
    assert distance(on, (20, 30), (50, 70)).note == "regions of different scale overlap here"
    assert "waveform" in distance(on, (20, 70), (50, 70)).note


def test_c08_an_item_that_says_nothing_is_no_region() -> None:
    """Some scanners add a region without format or data over the whole image."""
    nothing = region((0, 0, 199, 99), RegionSpatialFormat=0, RegionDataType=0, PhysicalUnitsXDirection=0)
    assert distance(shown(ultrasound(nothing, region(LEFT))), (20, 30), (50, 70)).number == pytest.approx(5.0)


BEYOND = [(10, 20, 203, 79), (10, 20, 89, 102), (10, 20, 399, 199)]


@pytest.mark.parametrize("box", BEYOND)
def test_c08_regions_beyond_the_image_are_of_another_image(box: tuple[int, int, int, int]) -> None:
    """The image was made smaller or cropped and its header left alone: every scale in it is doubtful."""
    made = ultrasound(region(box), region(RIGHT))
    assert any("resized or cropped" in doubt for doubt in frame(made).doubts)
    assert distance(shown(made), (120, 30), (150, 70)).unit == "px"
    assert frame(ultrasound(region((0, 0, 202, 101)))).regions


def test_c08_what_an_ultrasound_image_tells() -> None:
    assert frame(ultrasound()).doubts == ("Lengths are in pixels: ultrasound without scan regions.",)
    assert frame(ultrasound(PixelSpacing=["0.2", "0.2"])).plane.unit == "px"
    assert any("no scan region" in doubt for doubt in frame(ultrasound(region(LEFT, RegionSpatialFormat=3))).doubts)
    assert any("inside one scan region" in doubt for doubt in frame(ultrasound(region(LEFT))).doubts)
    assert frame(ultrasound(region(LEFT))).plane.unit == "px"
    assert frame(ultrasound(region(LEFT), Modality="IVUS", SOPClassUID=MULTIPLE)).regions


def test_c08_a_region_without_bounds_is_left_out() -> None:
    assert frame(ultrasound(region(LEFT, RegionLocationMaxX1=None), region(RIGHT))).regions == (
        frame(ultrasound(region(RIGHT))).regions
    )


def test_c08_all_frames_of_a_cine_share_their_regions() -> None:
    frames = record(ultrasound(region(LEFT), SOPClassUID=MULTIPLE, NumberOfFrames=3)).frames
    assert [len(found.regions) for found in frames] == [1, 1, 1]
    assert frames[0].regions[0] is frames[2].regions[0]


def test_c08_a_frame_may_have_regions_of_its_own() -> None:
    """As OHIF issues 5216 and 5556 describe: zoomed between the frames of one object."""
    groups = [Dataset(), Dataset(), Dataset()]
    groups[1].SequenceOfUltrasoundRegions = Sequence([region(LEFT, (0.02, 0.02))])
    groups[2].SequenceOfUltrasoundRegions = Sequence([region(RIGHT, (0.04, 0.04))])
    made = ultrasound(
        region(LEFT), SOPClassUID=MULTIPLE, NumberOfFrames=3, PerFrameFunctionalGroupsSequence=Sequence(groups)
    )
    found = [distance(shown(made, number), (20, 30), (50, 70)) for number in (1, 2, 3)]
    assert [value.number for value in found] == pytest.approx([5.0, 10.0, 50.0])
    assert [value.unit for value in found] == ["mm", "mm", "px"]


def test_c08_an_enhanced_volume_has_pixel_spacing() -> None:
    measures = Dataset()
    measures.PixelSpacing = ["0.3", "0.4"]
    shared = Dataset()
    shared.PixelMeasuresSequence = Sequence([measures])
    found = frame(ultrasound(SOPClassUID=VOLUME, SharedFunctionalGroupsSequence=Sequence([shared])))
    assert (found.plane.unit, found.plane.spacing, found.plane.located) == ("mm", (0.3, 0.4), False)


def test_c08_the_value_probe_stays_in_pixels_as_it_is_drawn() -> None:
    on = shown(ultrasound(region(LEFT)))
    values = evaluate(measurement("probe", on.plane, on.plane.to_patient([(50, 50)])), {REFERENCE: on})
    assert values == evaluate(
        measurement("probe", on.plane, on.plane.to_patient([(50, 50)])), {REFERENCE: replace(on, regions=())}
    )
    assert {value.key: value.number for value in values}["count"] == 21


def test_c08_a_stored_measurement_evaluates_to_the_same_bits() -> None:
    random = np.random.default_rng(8)
    on = shown(ultrasound(region(LEFT, (0.0123456789, 0.0317)), region(RIGHT)))
    for _ in range(200):
        drawn = measurement("distance", on.plane, on.plane.to_patient(random.uniform((0, 0), (200, 100), (2, 2))))
        made = measured_record(drawn, {REFERENCE: on}, Place(0, 0))
        text = json.dumps(figures_to_json("distance", drawn.figures, made.values, made.rule_version))
        figures, values, _ = figures_from_json(json.loads(text))
        assert figures == drawn.figures
        assert values == made.values == evaluate(replace(drawn, figures=figures), {REFERENCE: on})


def test_c08_from_file_to_number(tmp_path: Path) -> None:
    with written(tmp_path, [ultrasound(region(LEFT), region(RIGHT, (0.05, 0.07)))]) as study:
        (series,) = study.series
        assert measure("distance", series, [(20, 30, 0), (50, 70, 0)], index=0)["length"].number == pytest.approx(5.0)
        series.volume()
        again = measure("distance", series, [(120, 30, 0), (150, 70, 0)], index=0)["length"]
        assert again.number == pytest.approx(math.hypot(15, 28))
        assert again.unit == "mm"


# File, two points inside its region, cm per pixel read with dcmdump
REAL = [
    ("us-cine-deid/ultrasounds/GREYSCALE_CINE.dcm", 0.008307800279691304),
    ("us-cine-deid/ultrasounds/GREYSCALE_IMAGE.dcm", 0.0064904689685088305),
    ("syntax-one-ct/US-YBR_FULL_422-EVRLE.dcm", 0.0061599999666213994),
    ("syntax-one-ct/no-pixel-spacing.dcm", 0.03305420890260027),
    ("pr-lut-overlay-weasis/org/dcm4che3/img/ybrFull-RLE.dcm", 0.009536785180637355),
    ("odd-files-pydicom/test_files/examples_ybr_color.dcm", None),
    ("odd-files-pydicom/test_files/examples_palette.dcm", None),
    ("syntax-pydicom-data/US1_J2KI.dcm", None),
]


@pytest.mark.real_data
@pytest.mark.parametrize(("name", "delta"), REAL)
def test_c08_real_scanners(name: str, delta: float | None) -> None:
    with scripting.open_study(case(name)) as study:
        found = study.series[0].stack.images[0].frame
        on = PlanarImage(found.plane, np.zeros((1, 1)), found.rescale, None, found.regions)
        length = distance(on, (200, 100), (230, 140))
        assert length.unit == ("px" if delta is None else "mm")
        assert length.number == pytest.approx(50 if delta is None else 50 * delta * 10)


@pytest.mark.real_data
def test_c08_a_real_picture_of_two_halves() -> None:
    """Two 2D regions of one scale side by side: each is a picture of its own."""
    with scripting.open_study(case("syntax-pydicom-data/gdcm-US-ALOKA-16.dcm")) as study:
        found = study.series[0].stack.images[0].frame
        on = PlanarImage(found.plane, np.zeros((1, 1)), found.rescale, None, found.regions)
        assert distance(on, (200, 200), (300, 200)).number == pytest.approx(38.26530650258064)
        assert distance(on, (400, 200), (500, 200)).number == pytest.approx(38.26530650258064)
        assert distance(on, (300, 200), (400, 200)).unit == "px"
        grey_bar = distance(on, (40, 50), (60, 90))
        assert (grey_bar.unit, grey_bar.note) == ("px", "regions of different scale overlap here")


def areas(on: PlanarImage, kind: str, *pixels: tuple[float, float]) -> dict[str, Value]:
    values = evaluate(measurement(kind, on.plane, on.plane.to_patient(pixels)), {REFERENCE: on})
    return {value.key: value for value in values}


def test_c08_an_area_has_its_region_s_scale_and_the_pixels_where_it_was_drawn() -> None:
    on = shown(ultrasound(region(LEFT), region(RIGHT, (0.05, 0.07))))
    on.stored[30:40, 120:160] = 7
    found = areas(on, "rectangle", (119.5, 29.5), (159.5, 39.5))
    assert found["area"].number == pytest.approx(40 * 0.5 * 10 * 0.7)
    assert (found["area"].unit, found["area"].provenance) == ("mm²", "ultrasound region 2 of frame 3")
    assert (found["count"].number, found["mean"].number, found["outside"].number) == (400, 7.0 - 1024, 0)


@pytest.mark.parametrize("kind", ["circle", "circle_three_points", "freehand", "spline"])
def test_c08_what_is_round_in_pixels_stays_there_where_they_are_not_square(kind: str) -> None:
    on = shown(ultrasound(region(LEFT), region(RIGHT, (0.05, 0.07))))
    points = ((30, 40), (40, 50), (30, 60))[: 2 if kind == "circle" else 3]
    assert areas(on, kind, *points)["area"].unit == "mm²"
    found = areas(on, kind, *np.add(points, (100, 0)).tolist())["area"]
    assert (found.unit, found.note) == ("px²", "drawn in pixels, and those of this region are not square")
