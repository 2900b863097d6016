"""C12: how even slices must be to be a volume, on both sides of each bound; what is not is refused with a reason."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.made import stack, stacks
from viewer_app.imaging.geometry import Vector, vector
from viewer_app.imaging.report import GeometryReport
from viewer_app.phantom import blocks, steps

COUNT = steps.COUNT
# The step of the last pair is off by this much; both bounds of C12 hold, so the smaller one decides.
BOUND_MM = {2.0: 0.01, 1.0: 0.01, 0.5: 0.005, 0.2: 0.002}


def report(places: Any) -> GeometryReport:
    return stack(blocks.uneven([vector(place) for place in places])).report


def alternating(step: float, off: float, axis: int = 2) -> Any:
    """Even places, of which every second one is moved along an axis."""
    places = np.zeros((COUNT, 3))
    places[:, 2] = np.arange(COUNT) * step
    places[1::2, axis] += off
    return places


@pytest.mark.parametrize("axis", [0, 1, 2])
@pytest.mark.parametrize("step", BOUND_MM)
def test_just_within_the_bound(step: float, axis: int) -> None:
    found = report(alternating(step, 0.9 * BOUND_MM[step], axis))
    assert found.is_volume
    assert found.step_mm == pytest.approx(step, abs=BOUND_MM[step])


@pytest.mark.parametrize("step", BOUND_MM)
def test_what_is_within_the_bound_is_not_called_uneven(step: float) -> None:
    assert report(alternating(step, 0.9 * BOUND_MM[step])).warnings == ()


@pytest.mark.parametrize("axis", [0, 1, 2])
@pytest.mark.parametrize("step", BOUND_MM)
def test_just_beyond_the_bound(step: float, axis: int) -> None:
    found = report(alternating(step, 1.2 * BOUND_MM[step], axis))
    assert not found.is_volume
    assert len(found.warnings) == 1
    assert "neven" in found.warnings[0]


@settings(max_examples=60, deadline=None)
@given(st.integers(200, 10_000), st.integers(3, 60), st.floats(-60.0, 60.0))
def test_even_slices_are_a_volume_at_any_step_and_tilt(microns: int, count: int, degrees: float) -> None:
    step = microns / 1000
    found = stack(steps.tilted(degrees, step, count)).report
    assert found.is_volume
    assert found.step_mm == pytest.approx(step * math.cos(math.radians(degrees)), rel=1e-6)
    assert found.tilt_deg == pytest.approx(abs(degrees), abs=1e-3)


@settings(max_examples=60, deadline=None)
@given(st.integers(1, COUNT - 2), st.integers(1, 5))
def test_missing_slices_are_counted(first: int, missing: int) -> None:
    missing = min(missing, COUNT - 1 - first)
    found = stack(steps.with_gap(first, missing)).report
    assert not found.is_volume
    assert any("missing" in warning for warning in found.warnings)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (steps.with_gap, "2 slices missing."),
        (lambda: steps.with_gap(3, 1), "1 slice missing."),
        (lambda: steps.with_jitter(0.1), "Uneven slice"),
        (lambda: steps.with_jitter(0.02, 0), "Uneven slices: up to 0.021 mm off their place."),
        (steps.with_changing_pitch, "Uneven slice distance: 2.00 to 5.00 mm."),
    ],
)
def test_what_is_told_of_the_phantoms(make: Any, words: str) -> None:
    found = stack(make()).report
    assert not found.is_volume
    assert found.warnings[0].startswith(words)


@pytest.mark.parametrize(("off", "count"), [(0.9e-4, 1), (1.2e-4, 2), (1e-2, 2)])
def test_another_orientation_is_another_stack(off: float, count: int) -> None:
    images = blocks.uneven([(0.0, 0.0, 2.0 * k) for k in range(6)])
    for image in images[3:]:
        image.ImageOrientationPatient = [math.cos(off), math.sin(off), 0, -math.sin(off), math.cos(off), 0]
    assert len(stacks(images)) == count


def test_another_frame_of_reference_is_another_stack() -> None:
    images = blocks.uneven([(0.0, 0.0, 2.0 * k) for k in range(6)])
    for image in images[3:]:
        image.FrameOfReferenceUID = "2.25.77"
    found = stacks(images)
    assert [len(entry.images) for entry in found] == [3, 3]
    assert all(entry.report.is_volume for entry in found)


@pytest.mark.parametrize("degrees", steps.TILTS_DEG)
def test_c13_c11_the_step_of_a_tilted_phantom_is_that_of_its_planes(degrees: float) -> None:
    images = steps.tilted(degrees)
    for made in images:
        made.SliceThickness, made.SpacingBetweenSlices = "5", "5"
    found = stack(images)
    assert found.report.is_volume
    assert found.report.step_mm == pytest.approx(2.0 * math.cos(math.radians(degrees)), abs=1e-9)
    assert found.report.tilt_deg == pytest.approx(abs(degrees), abs=1e-6)
    order: list[Vector] = [entry.plane.origin for entry in found.images]
    assert [origin[2] for origin in order] == [2.0 * k for k in reversed(range(COUNT))]
