"""C42: how far a number may be off by the grid of pixels and by its calibration, in closed form."""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from pydicom.sr.codedict import codes

from tests.made import random_plane
from tests.measure.made import NOW, REFERENCE, UPRIGHT, image, measured, measurement
from viewer_app.imaging.cuts import SlabMode
from viewer_app.imaging.geometry import Calibration, Floats, Plane, vector
from viewer_app.measure import kinds
from viewer_app.measure.evaluate import evaluate
from viewer_app.measure.kind import FreePoints, Gesture, Images, Kind, Number, Outline
from viewer_app.measure.kinds import KINDS
from viewer_app.measure.measurement import Figure, Measurement, Reconstruction, Reference
from viewer_app.measure.present import margin, shown, shown_with_margin
from viewer_app.measure.quantity import Dimension, Quantity, Value
from viewer_app.measure.serial import figures_from_json, figures_to_json
from viewer_app.measure.uncertainty import uncertainties
from viewer_app.measure.user_calibration import UserScale

ROW, COLUMN = 0.5, 0.7
UNEQUAL = replace(UPRIGHT, row_spacing=ROW, column_spacing=COLUMN)
STORED = np.zeros((64, 64), dtype=np.int16)


class _Shape(FreePoints):
    """What tests add to the table: points by clicks, one number."""

    title, shortcut, icon = "Shape", "", ""
    gesture, min_points, max_points = Gesture.CLICKS, 2, 10_000

    def __init__(self, name: str, quantity: Quantity, work: Any) -> None:
        self.name, self.quantities, self._work = name, (quantity,), work

    def outline(self, points: Floats, mm_per_pixel: float) -> Outline:
        """The points."""
        return Outline((points,))

    def evaluate(self, figures: Sequence[Figure], images: Images) -> dict[str, Number]:
        """By the work."""
        return {self.quantities[0].key: Number(self._work([np.asarray(figure.points) for figure in figures]))}


def _rectangle(figures: list[Floats]) -> float:
    width, height, _ = np.abs(figures[0][1] - figures[0][0])
    return float(width * height)


def _polygon(figures: list[Floats]) -> float:
    x, y, _ = figures[0].T
    return float(abs(x @ np.roll(y, -1) - y @ np.roll(x, -1)) / 2)


def _angle(figures: list[Floats]) -> float:
    (first, second) = figures[0][0] - figures[0][1], figures[0][2] - figures[0][1]
    return math.degrees(math.atan2(np.linalg.norm(np.cross(first, second)), first @ second))


def _apart(figures: list[Floats]) -> float:
    return float(np.linalg.norm(figures[1][0] - figures[0][0]))


AREA = Quantity("area", "Area", Dimension.AREA, codes.SCT.Area)
RECTANGLE = _Shape("box", AREA, _rectangle)
POLYGON = _Shape("outline", AREA, _polygon)
ANGLE = _Shape("corner", Quantity("angle", "Angle", Dimension.ANGLE), _angle)
APART = _Shape("apart", Quantity("length", "Length", Dimension.LENGTH), _apart)


@pytest.fixture
def shapes(monkeypatch: pytest.MonkeyPatch) -> None:
    """The table of kinds with the shapes of this test."""
    added: dict[str, Kind] = {shape.name: shape for shape in (RECTANGLE, POLYGON, ANGLE, APART)}
    for reader in ("viewer_app.measure.evaluate", "tests.measure.made"):
        monkeypatch.setattr(f"{reader}.KINDS", {**kinds.KINDS, **added})


def uncertainty(kind: str, plane: Plane, pixels: Any) -> float | None:
    return next(iter(measured(kind, image(plane, STORED), pixels).values())).uncertainty


def beyond(length: float, half: float) -> float:
    """By how much moving one end of a line sideways makes it longer."""
    return math.hypot(length, half) - length


def test_a_length_along_a_row_is_off_by_a_pixel_at_most() -> None:
    found = uncertainty("distance", UNEQUAL, [(10, 20), (40, 20)])
    assert found == pytest.approx(COLUMN + 2 * beyond(30 * COLUMN, ROW / 2), rel=1e-12)
    assert found == pytest.approx(COLUMN, rel=0.02)


def test_a_length_down_a_column_takes_the_distance_of_rows() -> None:
    found = uncertainty("distance", UNEQUAL, [(10, 20), (10, 50)])
    assert found == pytest.approx(ROW + 2 * beyond(30 * ROW, COLUMN / 2), rel=1e-12)


def test_an_oblique_length_takes_both() -> None:
    """To first order: |cos| of the column spacing and |sin| of the row spacing."""
    across, down = 300 * COLUMN, 400 * ROW
    length = math.hypot(across, down)
    found = uncertainty("distance", UNEQUAL, [(0, 0), (300, 400)])
    assert found == pytest.approx(across / length * COLUMN + down / length * ROW, rel=2e-3)


def test_a_line_without_length_is_off_by_its_pixels_all_the_same() -> None:
    assert uncertainty("distance", UNEQUAL, [(3, 3), (3, 3)]) == pytest.approx(ROW + COLUMN)


@pytest.mark.usefixtures("shapes")
def test_a_rectangle() -> None:
    """Each side is off by a pixel: width by row spacing and height by column spacing."""
    width, height = 20 * COLUMN, 12 * ROW
    exact = width * ROW + height * COLUMN
    assert uncertainty("box", UNEQUAL, [(5, 5), (25, 17)]) == pytest.approx(exact, rel=1e-12)
    corners = [(5, 5), (25, 5), (25, 17), (5, 17)]
    assert uncertainty("outline", UNEQUAL, corners) == pytest.approx(exact, rel=1e-12)


@pytest.mark.usefixtures("shapes")
def test_an_angle() -> None:
    """A right angle: an arm turns by the arc tangent of half a pixel over its length."""
    arm, other = 30 * COLUMN, 40 * ROW
    ends = math.atan(ROW / 2 / arm) + math.atan(COLUMN / 2 / other)
    vertex = math.atan(COLUMN / 2 / other) + math.atan(ROW / 2 / arm)
    found = uncertainty("corner", UNEQUAL, [(40, 10), (10, 10), (10, 50)])
    assert found == pytest.approx(math.degrees(ends + vertex), rel=1e-9)


@pytest.mark.usefixtures("shapes")
@pytest.mark.parametrize("count", [16, 17, 24, 200, 2000])
def test_an_outline_is_as_uncertain_however_many_points_it_has(count: int) -> None:
    """C35. A circle of r: half a pixel outward everywhere, that is 4 r to each side, 8 r half pixels."""
    radius, turns = 20.0, np.linspace(0, 2 * math.pi, count, endpoint=False)
    pixels = 32 + radius * np.stack([np.cos(turns), np.sin(turns)], axis=1)
    assert uncertainty("outline", UPRIGHT, pixels) == pytest.approx(8 * radius * 0.5, rel=0.06)


@pytest.mark.usefixtures("shapes")
def test_an_outline_of_many_points_is_quick() -> None:
    turns = np.linspace(0, 2 * math.pi, 3000, endpoint=False)
    pixels = 256 + 200 * np.stack([np.cos(turns), np.sin(turns)], axis=1)
    drawn, shown_image = measurement("outline", UPRIGHT, UPRIGHT.to_patient(pixels)), image(UPRIGHT, STORED)
    times = []
    for _ in range(5):
        begun = time.perf_counter()
        evaluate(drawn, {REFERENCE: shown_image})
        times.append(time.perf_counter() - begun)
    assert min(times) < 0.05  # ten times the goal: the machine may be shared


def two_slices(step: float | None) -> Value:
    """30 mm across and 40 mm along, between two slices."""
    above = replace(UNEQUAL, origin=(0.0, 0.0, 40.0))
    second = Reference("2.25.5", "2.25.7", 1)
    figures = (
        Figure(UNEQUAL, ((0.0, 0.0, 0.0),), REFERENCE),
        Figure(above, ((30.0, 0.0, 40.0),), second),
    )
    drawn = Measurement("uid", "apart", figures, "", "", "", NOW, NOW)
    grain = (COLUMN, ROW, step)
    images: Images = {REFERENCE: image(UNEQUAL, STORED, grain=grain), second: image(above, STORED, grain=grain)}
    return evaluate(drawn, images)[0]


@pytest.mark.usefixtures("shapes")
def test_across_slices_the_step_counts() -> None:
    found = two_slices(step=5.0)
    assert found.number == 50.0
    assert found.uncertainty == pytest.approx(0.6 * COLUMN + 0.8 * 5.0, rel=0.06)
    exact = sum(
        2 * max(abs(math.dist((0, 0, 0), (30 + x, y, 40 + z)) - 50) for x, y, z in (move, [-part for part in move]))
        for move in ([COLUMN / 2, 0, 0], [0, ROW / 2, 0], [0, 0, 2.5])
    )
    assert found.uncertainty == pytest.approx(exact, rel=1e-9)


@pytest.mark.usefixtures("shapes")
def test_without_a_known_step_nothing_is_claimed() -> None:
    assert two_slices(step=None).uncertainty is None


def test_on_a_reconstructed_plane_the_voxels_count() -> None:
    """A coronal picture of 0.5 mm pixels through slices 5 mm apart: a length along z is off by a slice step."""
    plane = replace(UNEQUAL, column_direction=(0.0, 0.0, -1.0), row_spacing=ROW, column_spacing=ROW)
    made = Reconstruction("2.25.5", 0, 0.0, SlabMode.MEAN)
    points = ((0.0, 0.0, 0.0), (0.0, 0.0, -40.0))
    drawn = Measurement("uid", "distance", (Figure(plane, points, None, made),), "", "", "", NOW, NOW)
    there: Images = {(made, plane): image(plane, STORED, grain=(COLUMN, 5.0, ROW))}
    (found,) = evaluate(drawn, there)
    assert found.uncertainty == pytest.approx(5.0 + 2 * beyond(40.0, COLUMN / 2), rel=1e-12)
    bare: list[Images] = [{}, {(made, plane): image(plane, STORED)}]
    for images in bare:
        (unknown,) = evaluate(drawn, images)
        assert (unknown.number, unknown.uncertainty) == (40.0, None)


def test_a_number_that_no_point_changes_claims_none() -> None:
    """It is not known to the last bit: it hangs on something else."""
    for number in (12.5, None):
        kind = _Shape("fixed", AREA, lambda figures, number=number: number)
        drawn = measurement("distance", UNEQUAL, UNEQUAL.to_patient([(1, 1), (9, 9)]))
        assert uncertainties(kind, drawn.figures, {}, kind.evaluate(drawn.figures, {})) == {}


UNKNOWN = [
    Calibration.PROJECTION,
    Calibration.CENTER_OF_BEAM,
    Calibration.UNSTATED,
    Calibration.DETECTOR,
    Calibration.FILM,
]


@pytest.mark.usefixtures("shapes")
def test_on_a_localizer_not_even_an_angle_claims_one() -> None:
    """It magnifies across the table only."""
    plane = replace(UPRIGHT, calibration=Calibration.LOCALIZER)
    assert uncertainty("distance", plane, [(10, 20), (40, 20)]) is None
    assert uncertainty("corner", plane, [(40, 10), (10, 10), (10, 50)]) is None


@pytest.mark.usefixtures("shapes")
@pytest.mark.parametrize("calibration", UNKNOWN)
def test_where_the_magnification_is_unknown_no_length_claims_one(calibration: Calibration) -> None:
    plane = Plane.unlocated(0.2, 0.2, "mm", calibration)
    assert uncertainty("distance", plane, [(10, 20), (40, 20)]) is None
    assert uncertainty("corner", plane, [(40, 10), (10, 10), (10, 50)]) is not None


def test_in_pixels_it_is_a_pixel() -> None:
    (found,) = measured("distance", image(Plane.in_pixels(), STORED), [(10, 20), (40, 20)]).values()
    assert found.unit == "px"
    assert found.uncertainty == pytest.approx(1.0, rel=0.02)


def test_a_calibration_adds_its_own_part() -> None:
    plane = Plane.unlocated(0.4, 0.4, "mm", Calibration.USER)
    pixels = [(10, 20), (40, 20)]
    drawn = measurement("distance", Plane.in_pixels(), Plane.in_pixels().to_patient(pixels))
    (found,) = evaluate(drawn, {}, {REFERENCE: UserScale(plane, 0.02, "user calibration")})
    alone = uncertainty("distance", plane, pixels)
    assert alone is not None
    assert (found.unit, found.provenance) == ("mm", "user calibration")
    assert found.number == pytest.approx(12.0)
    assert found.uncertainty == pytest.approx(alone + 0.02 * 12.0)


def test_pixel_values_and_counts_have_none() -> None:
    for found in measured("probe", image(UNEQUAL, STORED), [(20, 20)]).values():
        assert found.uncertainty is None


def test_it_bounds_every_reading_within_the_pixels() -> None:
    """No pair of points inside the same pixels is further off, on any plane, but for the second order."""
    random = np.random.default_rng(42)
    for _ in range(200):
        plane = random_plane(random)
        drawn = random.uniform(0, 400, (2, 2))
        found = measured("distance", image(plane, STORED), drawn)["length"]
        assert found.number is not None
        assert found.uncertainty is not None
        for _ in range(20):
            moved = plane.to_patient(drawn + random.uniform(-0.5, 0.5, (2, 2)))
            off = abs(float(np.linalg.norm(moved[1] - moved[0])) - found.number)
            assert off <= found.uncertainty * 1.001 + 1e-9


def test_it_does_not_depend_on_the_image_being_there() -> None:
    drawn = measurement("distance", UNEQUAL, UNEQUAL.to_patient([(10, 20), (40, 20)]))
    assert evaluate(drawn, {}) == evaluate(drawn, {REFERENCE: image(UNEQUAL, STORED)})
    kind, figures = KINDS["distance"], drawn.figures
    assert uncertainties(kind, figures, {}, kind.evaluate(figures, {}))["length"] > 0


def test_a_row_of_before_reads_as_not_claimed() -> None:
    figure = Figure(UNEQUAL, (vector((1, 2, 3)),), REFERENCE)
    value = Value("length", "Length", Dimension.LENGTH, 1.5, "mm", uncertainty=0.25)
    data = figures_to_json("distance", [figure], [value], 1)
    assert figures_from_json(data)[1] == (value,)
    del data["values"][0]["uncertainty"]
    assert figures_from_json(data)[1] == (replace(value, uncertainty=None),)


SHOWN = [
    (12.34, 0.449, "mm", "12.3\u2009±\u20090.4\u2009mm", "±0.4"),
    (12.25, 0.35, "mm", "12.2\u2009±\u20090.3\u2009mm", "±0.3"),
    (12.34, 0.01, "mm", "12.3\u2009±\u20090.1\u2009mm", "±0.1"),
    (3000.4, 95.4, "mm²", "3000\u2009±\u200995\u2009mm²", "±95"),
    (3000.4, 9.96, "mm²", "3000.4\u2009±\u200910.0\u2009mm²", "±10.0"),
    (12.34, None, "mm", "12.3\u2009mm", ""),
    (35.54, 0.8, "deg", "35.5\u2009±\u20090.8°", "±0.8"),
]


@pytest.mark.parametrize(("number", "off", "unit", "text", "sign"), SHOWN)
def test_as_it_is_read(number: float, off: float | None, unit: str, text: str, sign: str) -> None:
    dimension = {"mm": Dimension.LENGTH, "mm²": Dimension.AREA, "deg": Dimension.ANGLE}[unit]
    value = Value("key", "Title", dimension, number, unit, uncertainty=off)
    assert (shown_with_margin(value), margin(value)) == (text, sign)
    assert shown(value).split("\u2009")[0].rstrip("°") == text.split("\u2009", maxsplit=1)[0]
