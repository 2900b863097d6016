"""What `info --json` says of SUV, ultrasound regions, overlays, shutters and cine timing."""

from __future__ import annotations

import pytest

from tests.imaging.test_c08_ultrasound_regions import region, ultrasound
from tests.imaging.test_c36_suv import factor, pet
from tests.made import image, stack
from viewer_app.terminal.image_facts import image_facts


def test_a_plain_image_has_none_of_them() -> None:
    nothing: dict[str, object] = {"suv": None, "regions": [], "overlay_groups": [], "shutters": [], "cine": []}
    assert image_facts(stack([image(1)])) == nothing


def test_a_proven_suv_has_its_factor_and_how_it_came_about() -> None:
    found = image_facts(stack([pet()]))["suv"]
    assert found["factor"] == pytest.approx(factor(3600), rel=1e-6)
    assert [reason.split(" = ")[0] for reason in found["reasons"]] == ["SUVbw"]


def test_an_unproven_suv_has_the_reason() -> None:
    found = image_facts(stack([pet(PatientWeight=None)]))["suv"]
    assert found == {"factor": None, "reasons": ["No SUV: the patient's weight is missing."]}


def test_regions_with_their_scale_or_without() -> None:
    doppler = region((100, 10, 180, 90), RegionSpatialFormat=3)
    found = image_facts(stack([ultrasound(region((10, 10, 90, 90), (0.01, 0.02)), doppler)]))["regions"]
    assert found == [
        {"box": [10, 10, 90, 90], "spatial_format": 1, "is_low_priority": False, "pixel_spacing": [0.2, 0.1]},
        {"box": [100, 10, 180, 90], "spatial_format": 3, "is_low_priority": False, "pixel_spacing": None},
    ]


def test_overlays_and_shutters_are_named() -> None:
    made = image(1, ShutterShape="CIRCULAR", CenterOfCircularShutter=[2, 2], RadiusOfCircularShutter="2")
    made.add_new(0x60020010, "US", 4)
    found = image_facts(stack([made]))
    assert (found["overlay_groups"], found["shutters"]) == (["6002"], ["CIRCULAR"])


def test_the_timing_of_a_cine() -> None:
    made = ultrasound(NumberOfFrames=3, FrameTime="40", RecommendedDisplayFrameRate="25")
    made.FrameIncrementPointer = 0x00181063
    assert image_facts(stack([made]))["cine"] == [{"interval_ms": 40.0, "times_ms": [], "display_rate": 25.0}]
