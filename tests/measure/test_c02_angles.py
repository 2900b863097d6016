"""C02, C34, G10: angles in the patient's millimetres, against a closed form and exact rational numbers."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from tests.made import random_plane
from tests.measure.made import UPRIGHT, image, measured, measurement
from viewer_app.imaging.geometry import Calibration, Floats, Plane
from viewer_app.imaging.places.regions import Region
from viewer_app.measure.evaluate import evaluate

STORED = np.zeros((64, 64), dtype=np.int16)
CASES = 2_000  # each with an angle, an open angle and a Cobb angle, at two precisions of the points


def exact_angle(first: Floats, second: Floats, spacing: tuple[float, float]) -> float:
    """Degrees between two pixel vectors (column, row): rational until the root and the arc tangent."""
    row, column = map(Fraction, spacing)
    u, v = ((Fraction(x) * column, Fraction(y) * row) for x, y in (first.tolist(), second.tolist()))
    cross, dot = abs(u[0] * v[1] - u[1] * v[0]), u[0] * v[0] + u[1] * v[1]
    return math.degrees(math.atan2(float(cross), float(dot)))


def numbers(kind: str, plane: Plane, pixels: Sequence[Sequence[float]] | Floats) -> dict[str, float | None]:
    found = evaluate(measurement(kind, plane, plane.to_patient(pixels)), {})
    assert {value.unit for value in found} == {"deg"}
    return {value.key: value.number for value in found}


@pytest.mark.parametrize(("spacing", "truth"), [((1.0, 1.0), 45.0), ((0.5, 0.7), 35.53767779197438)])
def test_c02_the_angle_of_the_patient_and_not_of_the_pixels(spacing: tuple[float, float], truth: float) -> None:
    plane = replace(UPRIGHT, row_spacing=spacing[0], column_spacing=spacing[1])
    assert numbers("angle", plane, [(1, 0), (0, 0), (1, 1)])["angle"] == pytest.approx(truth, rel=1e-12)


@pytest.mark.parametrize("degrees", [0, 1e-6, 0.1, 30, 45, 89.999, 90, 91, 135, 179.9, 180 - 1e-6, 180])
def test_c34_every_kind_of_angle_from_0_to_180(degrees: float) -> None:
    plane = random_plane(np.random.default_rng(1), row_spacing=0.5, column_spacing=0.7)
    turn = math.radians(degrees)
    ends = np.array([(20.0, 0.0), (0.0, 0.0), (11 * math.cos(turn), 11 * math.sin(turn))]) / (0.7, 0.5)
    segments = [ends[1], ends[0], ends[1] + 9, ends[2] + 9]
    assert numbers("angle", plane, ends)["angle"] == pytest.approx(degrees, abs=1e-9)
    drawn = numbers("open_angle", plane, segments)
    assert drawn == pytest.approx({"angle": degrees, "supplement": 180 - degrees}, abs=1e-9)
    cobb = numbers("cobb", plane, segments)
    small = min(degrees, 180 - degrees)
    assert cobb == pytest.approx({"cobb": small, "supplement": 180 - small}, abs=1e-9)


def test_c34_a_cobb_angle_does_not_know_the_direction_of_drawing() -> None:
    plane, random = random_plane(np.random.default_rng(2)), np.random.default_rng(3)
    for _ in range(200):
        a, b, c, d = random.uniform(0, 60, (4, 2))
        here = numbers("cobb", plane, [a, b, c, d])
        assert here["cobb"] is not None and 0 <= here["cobb"] <= 90
        for other in ([b, a, c, d], [a, b, d, c], [c, d, a, b]):
            assert numbers("cobb", plane, other) == pytest.approx(here, abs=1e-9)
        turned = numbers("open_angle", plane, [b, a, c, d])
        drawn = numbers("open_angle", plane, [a, b, c, d])
        assert (turned["angle"], turned["supplement"]) == pytest.approx((drawn["supplement"], drawn["angle"]), abs=1e-9)


def test_c34_parallel_lines_are_at_0_to_the_last_bit() -> None:
    for second in ([(5, 9), (15, 9)], [(15, 9), (5, 9)]):
        assert numbers("cobb", UPRIGHT, [(0, 0), (30, 0), *second]) == {"cobb": 0.0, "supplement": 180.0}


POINT = (7.25, 3.0)
NOTHING = {
    ("angle", ((1, 2), POINT, POINT)): "an arm has no length",
    ("angle", (POINT, POINT, (4, 4))): "an arm has no length",
    ("angle", ((1, 2), (3, 4))): "the second arm is missing",
    ("open_angle", (POINT, POINT, (4, 4), (5, 5))): "a segment has no length",
    ("open_angle", ((4, 4), (5, 5), (6, 6))): "the second segment is missing",
    ("cobb", ((4, 4), (5, 5), POINT, POINT)): "a line has no length",
    ("cobb", ((4, 4), (5, 5))): "the second line is missing",
}


@pytest.mark.parametrize(("drawn", "why"), NOTHING.items(), ids=lambda case: str(case)[:40])
def test_c34_no_angle_without_two_directions(drawn: tuple[str, tuple[tuple[float, float], ...]], why: str) -> None:
    kind, pixels = drawn
    plane = random_plane(np.random.default_rng(4))
    for value in measured(kind, image(plane, STORED), pixels).values():
        assert (value.number, value.note) == (None, why)


def test_g10_random_angles_equal_exact_rational_ones() -> None:
    random = np.random.default_rng(5)
    for _ in range(CASES):
        plane = random_plane(random)
        pixels = random.uniform(-100, 600, (4, 2))
        bent = exact_angle(pixels[0] - pixels[1], pixels[2] - pixels[1], plane.spacing)
        apart = exact_angle(pixels[1] - pixels[0], pixels[3] - pixels[2], plane.spacing)
        wanted = {"angle": apart, "supplement": 180 - apart}
        # Two points a pixel apart, half a metre from the origin, have lost three digits of the double.
        assert numbers("angle", plane, pixels[:3])["angle"] == pytest.approx(bent, rel=1e-9, abs=1e-9)
        assert numbers("open_angle", plane, pixels) == pytest.approx(wanted, rel=1e-9, abs=1e-9)
        assert numbers("cobb", plane, pixels)["cobb"] == pytest.approx(min(apart, 180 - apart), rel=1e-9, abs=1e-9)


def test_c08_an_angle_on_ultrasound_is_that_of_its_region_or_none() -> None:
    """Its pixels are 0.2 mm high and 0.4 mm wide; outside of the region nothing says so."""
    shown = image(Plane.in_pixels(), STORED, regions=(Region((0, 0, 39, 39), 1, False, (0.2, 0.4)),))
    inside = measured("angle", shown, [(10, 0), (0, 0), (10, 10)])["angle"]
    assert inside.number == pytest.approx(math.degrees(math.atan2(2.0, 4.0)), rel=1e-12)
    assert (inside.unit, inside.provenance) == ("deg", f"{Calibration.REGION.value} 1 of frame 3")
    across = measured("cobb", shown, [(10, 0), (0, 0), (10, 10), (50, 10)])
    assert {(value.number, value.note) for value in across.values()} == {(None, "not inside one scan region")}
