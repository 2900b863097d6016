"""C01, C02, C14, G10: lengths are distances in the patient, whatever the plane, the spacing or the view."""

from __future__ import annotations

import math
from decimal import Decimal, localcontext
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.cases import case
from tests.made import random_plane
from tests.measure.made import image, measured, measurement
from viewer_app import scripting
from viewer_app.imaging.geometry import Plane
from viewer_app.measure.evaluate import evaluate
from viewer_app.phantom import SAMPLE_TRUTH, Truth, write_sample
from viewer_app.phantom.body.insert import ROD_RADIUS_MM

STORED = np.zeros((8, 8), dtype=np.int16)


@pytest.mark.parametrize(("spacing", "length"), [((0.5, 0.7), 29.0), ((0.7, 0.5), math.sqrt(1009)), ((0.5, 0.5), 25.0)])
def test_thirty_columns_and_forty_rows(spacing: tuple[float, float], length: float) -> None:
    plane = Plane((5.0, 6.0, 7.0), (0.0, 1.0, 0.0), (0.0, 0.0, -1.0), *spacing)
    found = measured("distance", image(plane, STORED), [(0, 0), (30, 40)])["length"]
    assert found.number == pytest.approx(length, rel=1e-12)
    assert (found.unit, found.provenance) == ("mm", "image plane")


spacings = st.floats(0.01, 10)
angles = st.floats(-math.pi, math.pi)
places = st.tuples(*[st.floats(-2000, 2000)] * 3)
pixels = st.tuples(*[st.floats(-1000, 4000)] * 2)


def true_length(spacing: tuple[float, float], start: tuple[float, float], end: tuple[float, float]) -> float:
    """C01 to fifty digits."""
    with localcontext() as context:
        context.prec = 50
        across = (Decimal(end[0]) - Decimal(start[0])) * Decimal(spacing[1])
        down = (Decimal(end[1]) - Decimal(start[1])) * Decimal(spacing[0])
        return float((across * across + down * down).sqrt())


def directions(turn: tuple[float, float, float]) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Two orthonormal vectors by Euler angles."""
    (a, b, c), cos, sin = turn, math.cos, math.sin
    row = (cos(a) * cos(b), sin(a) * cos(b), -sin(b))
    column = (cos(a) * sin(b) * sin(c) - sin(a) * cos(c), sin(a) * sin(b) * sin(c) + cos(a) * cos(c), cos(b) * sin(c))
    return row, column


@settings(max_examples=2_000, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    spacing=st.tuples(spacings, spacings),
    turn=st.tuples(angles, angles, angles),
    origin=places,
    corners=st.lists(pixels, min_size=6, max_size=6),
)
def test_g10_ten_thousand_random_lengths(
    spacing: tuple[float, float],
    turn: tuple[float, float, float],
    origin: tuple[float, float, float],
    corners: list[tuple[float, float]],
) -> None:
    plane = Plane(origin, *directions(turn), *spacing)  # type: ignore[arg-type]  # tuples of three
    for ends in pairwise(corners):
        (found,) = evaluate(measurement("distance", plane, plane.to_patient(ends)), {})
        # Coordinates of up to 50,000 mm carry the rounding of a double of that size.
        assert found.number == pytest.approx(true_length(spacing, *ends), rel=1e-9, abs=1e-10)
        assert found.unit == "mm"


def test_ends_on_different_planes_are_measured_in_space() -> None:
    random = np.random.default_rng(14)
    for _ in range(500):
        ends = random.uniform(-500, 500, (2, 3))
        lengths = [
            evaluate(measurement("distance", random_plane(random), ends), {})[0].number,
            evaluate(measurement("distance", random_plane(random), ends[::-1]), {})[0].number,
        ]
        assert lengths[0] == lengths[1]
        assert lengths[0] == pytest.approx(math.dist(*ends), rel=1e-12)


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The coarse sample study."""
    folder = tmp_path_factory.mktemp("truth") / "sample"
    write_sample(folder, coarse=True)
    return folder


@pytest.fixture(scope="module")
def series(sample: Path) -> dict[str, scripting.Series]:
    """Its series by the keys of the truths, each read through the folder source."""
    found = {}
    for key in ("ct", "mr", "prior"):
        (found[key],) = scripting.open_study(sample / key).series
    return found


LENGTHS = [truth for truth in SAMPLE_TRUTH if truth.kind == "length"]
RODS = [truth for truth in SAMPLE_TRUTH if truth.kind == "value" and truth.unit == "HU"]


@pytest.mark.parametrize("truth", LENGTHS, ids=lambda truth: truth.key)
def test_every_length_of_the_sample(series: dict[str, scripting.Series], truth: Truth) -> None:
    found = scripting.measure("distance", series[truth.series], truth.points_mm)["length"]
    assert found.number == pytest.approx(truth.number, abs=1e-9)
    assert found.unit == truth.unit == "mm"


@pytest.mark.parametrize("truth", RODS, ids=lambda truth: truth.key)
def test_every_rod_of_the_sample_on_every_slice(series: dict[str, scripting.Series], truth: Truth) -> None:
    assert ROD_RADIUS_MM > 2.5 + 3.0  # the disc of the probe and one coarse pixel
    place = series[truth.series]
    for index, shown in list(enumerate(place.stack.images))[::5]:
        point = (*truth.points_mm[0][:2], shown.plane.origin[2])
        found = scripting.measure("probe", place, point, index=index)
        for key in ("value", "mean", "minimum", "maximum"):
            assert found[key].number == pytest.approx(truth.number, abs=1e-9)
        if found["count"].number == 1:  # a coarse pixel of the prior is larger than the disc
            assert (found["sd"].number, found["sd"].note) == (None, "only 1 pixel")
        else:
            assert found["sd"].number == pytest.approx(0.0, abs=1e-9)
        assert {found[key].unit for key in ("value", "mean", "sd")} == {"HU"}


@pytest.mark.real_data
def test_lengths_of_the_digital_orientation_phantom() -> None:
    random = np.random.default_rng(2)
    with scripting.open_study(case("digital-orientation-ibsi2")) as study:
        (place,) = study.series
        (x0, y0, _), spacing = place.stack.images[0].plane.origin, 2.0
        for _ in range(200):
            a, b = random.integers(0, 32, (2, 3))
            ends = [(x0 + spacing * p[0], y0 + spacing * p[1], -126.0 + spacing * p[2]) for p in (a, b)]
            found = scripting.measure("distance", place, ends)["length"]
            assert found.number == pytest.approx(2.0 * math.sqrt(int(((a - b) ** 2).sum())), abs=1e-9)
            assert found.unit == "mm"


@pytest.mark.parametrize("points", [[(0, 0, 0)], [(0, 0, 0)] * 3, []])
def test_the_wrong_number_of_points_is_refused(
    series: dict[str, scripting.Series], points: list[tuple[int, int, int]]
) -> None:
    with pytest.raises(ValueError, match="2 to 2 points"):
        scripting.measure("distance", series["ct"], points)
